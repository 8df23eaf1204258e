/*
 * What a crash may leave of a directory: a recording of every step that reached the file system, and
 * the states that a power cut after any of them allows. POSIX promises only what was synced: content by
 * a sync of the file, names by a sync of the directory. Tests only.
 */
#ifndef TESTS_CRASH_MODEL_H
#define TESTS_CRASH_MODEL_H

#include "support/support.h"

struct model;

/* Starts from what lies under `directory` now, all of it durable, and records what support/file
 * announces from then on. One recording at a time. */
struct model *model_record(const char *directory);
void model_stop(struct model *m);
void model_free(struct model *m);

/* Steps so far: a crash "at n" comes after n of them. */
size_t model_steps(const struct model *m);
/* True if step n (from 0) is a sync of a file or directory whose path has `part` in it. */
bool model_is_sync(const struct model *m, size_t n, const char *part);
const char *model_path(const struct model *m, size_t n);

enum survival {
    SURVIVES_ALL, /* the process was killed: everything is there */
    SURVIVES_SYNCED, /* power was cut: only what was synced */
    SURVIVES_TORN, /* as before, and half of each write that was not */
    SURVIVES_NAMES, /* unsynced names are there, unsynced content is not */
    SURVIVES_CONTENT, /* the other way round */
    SURVIVES_SOME, /* any mixture, drawn from `seed` */
};

/*
 * Rebuilds in the empty directory `into` what a crash at `step` leaves. `without` is a sync that is
 * taken out of the recording, as if the program had forgotten it; SIZE_MAX for none.
 */
void model_crash(const struct model *m, size_t step, enum survival survival, unsigned seed,
                 size_t without, const char *into);

#endif
