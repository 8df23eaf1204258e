/*
 * A power cut at every step of what a model recorded, in every way that it may go. Tests only.
 */
#ifndef TESTS_CRASH_CUTS_H
#define TESTS_CRASH_CUTS_H

#include "tests/crash/model.h"

struct cuts {
    struct model *model; /* the test's, until cuts_end */
    char home[FILE_PATH_MAX]; /* where what a crash leaves is put, one after the other */
    /* Opens what is in `home` after a crash at `step`, as the next start does. Returns why it is not as it
     * must be, or NULL. */
    const char *(*survives)(struct cuts *cuts, size_t step, enum survival survival);
};

/* In memory, where there is a file system for it: hundreds of small homes are made and synced. */
void cuts_begin(struct cuts *cuts, const char *test_directory);
void cuts_end(struct cuts *cuts);

/* Fails the test at the first crash up to step `last` that does not survive. */
void cuts_everywhere(struct cuts *cuts, size_t last, unsigned seeds);
/* True if the sync at step `sync`, left out, tells by some crash at steps from..to. One that does not is one
 * that does nothing, or that nobody sees. */
bool cuts_miss(struct cuts *cuts, size_t sync, size_t from, size_t to);

#endif
