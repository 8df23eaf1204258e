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

typedef int own_log(struct catalogue *c, const struct log_row *log, void *arg, struct problem *why);
/* Calls for every own log that has entries, those of ended epochs too, until one fails. The caller holds
 * c->publishing, or nobody else has the catalogue yet. */
int own_logs_each(struct catalogue *c, own_log *each, void *arg, struct problem *why);
/* Proves from the disk that a log continues to what was written: what will be signed is *proved. */
int log_read_again(struct catalogue *c, const struct log_row *log, const struct cs_range *written,
                   struct cs_range *proved, struct problem *why);
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
/* Goes on with moves that a crash interrupted; as above. */
int moves_resume(struct catalogue *c, struct problem *why);
/* Goes on with redactions that a crash interrupted; as above. */
int redact_resume(struct catalogue *c, struct problem *why);

#endif
