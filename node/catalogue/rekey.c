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

/* Calls for every own log that was published. With the publisher held. */
static int each_log(struct catalogue *c,
                    int (*each)(struct catalogue *c, const struct log_row *log, void *arg,
                                struct problem *why),
                    void *arg, struct problem *why)
{
    struct log_row *log = memory_new(sizeof *log * CS_PROFILE_SHELVES_MAX);
    size_t n;
    int rc = -1;

    if (!log)
        return problem_no_memory(why);
    if (store_log_list(c->reader, STORE_SELF, log, CS_PROFILE_SHELVES_MAX, &n, why))
        goto out;
    for (size_t i = 0; i < n; i++)
        if (log[i].range.size > 0 && each(c, &log[i], arg, why))
            goto out;
    rc = 0;
out:
    memory_free(log);
    return rc;
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
    return each_log(c, sign_again, t, why);
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
    return each_log(c, derive, NULL, why);
}
