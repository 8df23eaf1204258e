/*
 * When the keys change: every own log gets its newest checkpoint again, signed by the new ones.
 */
#include "catalogue/internal.h"

void catalogue_hold(struct catalogue *c)
{
    pthread_mutex_lock(&c->publishing);
}

void catalogue_release(struct catalogue *c)
{
    pthread_mutex_unlock(&c->publishing);
}

static int sign_again(struct catalogue *c, const struct log_row *log, void *arg,
                      struct problem *why)
{
    struct cs_buffer note = {.alloc = memory_allocator()};
    struct cs_checkpoint checkpoint;
    int rc = checkpoint_sign(c, log, &log->range, &checkpoint, &note, why);

    if (!rc)
        rc = store_log_refresh(arg, log->lid, &checkpoint, cs_buffer_span(&note), why);
    cs_buffer_free(&note);
    return rc;
}

int catalogue_sign_again(struct catalogue *c, struct transaction *t, struct problem *why)
{
    return own_logs_each(c, sign_again, t, why);
}

static int derive(struct catalogue *c, const struct log_row *log, void *arg, struct problem *why)
{
    struct cs_buffer note = {.alloc = memory_allocator()};
    bool found;
    int rc = store_log_checkpoint(c->reader, log->lid, &note, &found, why);

    (void)arg;
    if (!rc && found)
        rc = checkpoint_derive(c, log, cs_buffer_span(&note), why);
    cs_buffer_free(&note);
    return rc;
}

int catalogue_derive(struct catalogue *c, struct problem *why)
{
    return own_logs_each(c, derive, NULL, why);
}
