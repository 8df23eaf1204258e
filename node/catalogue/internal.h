/*
 * What the files of catalogue/ share.
 */
#ifndef CATALOGUE_INTERNAL_H
#define CATALOGUE_INTERNAL_H

#include <pthread.h>

#include "catalogue/catalogue.h"

struct catalogue {
    char home[FILE_PATH_MAX];
    struct store *store;
    struct signer *signer;
    pthread_mutex_t publishing; /* one publication at a time */
    struct reader *reader; /* the publisher's */
};

/* Signs a checkpoint for the log at `range` and appends the note. */
int checkpoint_sign(struct catalogue *c, const struct log_row *log, const struct cs_range *range,
                    struct cs_checkpoint *checkpoint, struct cs_buffer *note, struct problem *why);
/* Writes the checkpoint file that the committed row stands for. */
int checkpoint_derive(struct catalogue *c, const struct log_row *log, struct cs_span note,
                      struct problem *why);
/* Appends and signs what waits for a log already, without looking for more; `log` is read again.
 * *appended counts up. The caller holds c->publishing. */
int publish_waiting(struct catalogue *c, struct log_row *log, uint64_t *appended,
                    struct problem *why);
/* Goes on with redactions that a crash interrupted; as above. */
int redact_resume(struct catalogue *c, struct problem *why);

#endif
