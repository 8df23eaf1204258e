/*
 * What the bundles of a log hash to as files, kept beside them: HOME/logs/<directory>/sums/N is of bundles
 * 256·N onwards. The tree proves what a bundle says; a bit of its gzip bytes that says nothing is found by this.
 * Written with the bundles; derived, so that one that is missing or damaged is made again from proved bundles.
 */
#ifndef CATALOGUE_LOG_SUMS_H
#define CATALOGUE_LOG_SUMS_H

#include "catalogue/log_files.h"

#define SUMS_PARTS                                                                                 \
    8 /* partial bundles of the group: the newest edge, the one before, and some more */

struct log_sums {
    uint64_t group;
    struct cs_hash full[CS_BUNDLE_WIDTH]; /* all zero: not known */
    struct {
        unsigned char slot, width; /* width 0: none */
        struct cs_hash sum;
    } part[SUMS_PARTS]; /* the newest first */
};

CS_MUST_USE int log_sums_path(const char *home, const char *origin, uint64_t group,
                              char out[FILE_PATH_MAX], struct problem *why);
/* Those of a group; none known if the file is missing. "log_file_damaged" if it is: `out` knows none then. */
CS_MUST_USE int log_sums_read(const char *home, const char *origin, uint64_t group,
                              struct log_sums *out, struct problem *why);
/* NULL: not known. */
const struct cs_hash *log_sums_get(const struct log_sums *sums, uint64_t bundle, unsigned width);
void log_sums_set(struct log_sums *sums, uint64_t bundle, unsigned width,
                  const struct cs_hash *sum);
/* The file's bytes. */
void log_sums_write(const struct log_sums *sums, struct cs_buffer *out);
/* That of one bundle, durable, before the bundle itself is written again. */
CS_MUST_USE int log_sums_change(const char *home, const char *origin, const struct cs_tile *bundle,
                                struct cs_span gz, struct problem *why);

#endif
