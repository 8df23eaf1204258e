/*
 * Cosignatures by others of an own checkpoint: verified, and served with it from then on.
 */
#include "catalogue/internal.h"

/* The newest note with the line in it; 1 if the line is no good signature by that node over this tree. */
static int merge(struct catalogue *c, const struct log_row *log, const struct cs_node_id *node,
                 const struct cs_keyset *keyset, struct cs_span line,
                 struct cs_checkpoint *checkpoint, uint64_t *time, struct cs_buffer *out,
                 struct problem *why)
{
    struct cs_buffer note = {.alloc = memory_allocator()};
    bool found;
    int rc = -1;

    if (store_log_checkpoint(c->reader, log->lid, &note, &found, why))
        goto out;
    rc = !found || cs_note_put_line(cs_buffer_span(&note), CS_CHECKPOINT_MAX, line, out) != CS_OK ||
         cs_checkpoint_cosigned(cs_buffer_span(out), node, keyset, time) != CS_OK ||
         cs_checkpoint_read(cs_buffer_span(out), log->origin, signer_node(c->signer),
                            signer_keyset(c->signer), checkpoint) != CS_OK;
out:
    cs_buffer_free(&note);
    return rc;
}

static int store(struct catalogue *c, const struct log_row *log, row_id nid,
                 const struct cs_checkpoint *checkpoint, uint64_t time, struct cs_span note,
                 struct problem *why)
{
    struct transaction *t = store_begin(c->store, why);

    if (!t || store_log_refresh(t, log->lid, checkpoint, note, why) ||
        store_cosigned_put(t, log->lid, nid, checkpoint->size, time, why) ||
        store_commit(&t, why)) {
        store_rollback(&t);
        return -1;
    }
    return checkpoint_derive(c, log, note, why);
}

int catalogue_cosigned(struct catalogue *c, row_id lid, row_id nid, const struct cs_node_id *node,
                       const struct cs_keyset *keyset, struct cs_span line, struct problem *why)
{
    struct cs_buffer note = {.alloc = memory_allocator()};
    struct cs_checkpoint checkpoint;
    struct log_row log;
    uint64_t time;
    bool found;
    int rc = -1;

    /* A publication in between would have another tree. */
    pthread_mutex_lock(&c->publishing);
    if (store_log_get(c->reader, lid, &log, &found, why))
        goto out;
    rc = found ? merge(c, &log, node, keyset, line, &checkpoint, &time, &note, why) : 1;
    if (rc == 0)
        rc = store(c, &log, nid, &checkpoint, time, cs_buffer_span(&note), why);
    else if (rc > 0)
        rc = 0;
out:
    pthread_mutex_unlock(&c->publishing);
    cs_buffer_free(&note);
    return rc;
}
