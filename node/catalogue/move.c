/*
 * A record goes to another shelf: withdrawn on the one, and only once that is signed put on the other, so that
 * nobody meets it on both and nobody who sees only the first keeps it. What a crash interrupts goes on at the next
 * start.
 */
#include "catalogue/internal.h"

static int no_such_record(struct problem *why)
{
    return problem_set(why, "no_such_record",
                       _("This institution has no such record to move. Nothing was changed."));
}

/* Its withdrawal where it stands, if others can have read it there. */
static int leave(struct transaction *t, const struct cs_uuid *id, const struct own_row *own,
                 struct problem *why)
{
    struct cs_span none = {NULL, 0};
    row_id bid;
    bool again;

    if (!own->published)
        return 0;
    return store_batch_begin(t, own->sid, "by hand", "", clock_now(), &bid, why) ||
                   store_version_add(t, bid, own->sid, "by hand", id, own->rid, none, NULL, none,
                                     &again, why) ||
                   store_batch_state(t, bid, BATCH_LIVE, 0, 0, 1, why)
               ? -1
               : 0;
}

static int begin(struct catalogue *c, const struct cs_uuid *id, const char *name, bool *moves,
                 struct problem *why)
{
    struct transaction *t = store_begin(c->store, why);
    struct shelf_row to;
    struct own_row own;
    bool found, known;
    int rc = -1;

    if (!t || store_own_find(transaction_reader(t), id, &own, &found, why) ||
        store_shelf_find(transaction_reader(t), name, &to, &known, why))
        goto out;
    if (!known) {
        problem_set(why, "no_such_shelf",
                    _("There is no shelf \"%s\". Nothing was changed. \"commonshelf shelf list\" "
                      "shows the shelves."),
                    name);
        goto out;
    }
    if (!found || !own.live) {
        no_such_record(why);
        goto out;
    }
    *moves = own.sid != to.sid;
    if (*moves && (store_move_begin(t, own.rid, to.sid, why) || leave(t, id, &own, why)))
        goto out;
    rc = store_commit(&t, why);
out:
    store_rollback(&t);
    return rc;
}

/* The withdrawal, signed, in the log of the shelf that it leaves. */
static int sign_leaving(struct catalogue *c, const struct move_row *move, struct problem *why)
{
    struct transaction *t = NULL;
    uint64_t appended = 0;
    struct log_row log;
    bool found;
    int rc = -1;

    if (store_log_of_shelf(c->reader, move->from, &log, &found, why))
        return -1;
    if (!found)
        return 0;
    if (!(t = store_begin(c->store, why)) ||
        store_pending_look(t, move->from, log.lid, move->rid, why) || store_commit(&t, why) ||
        publish_waiting(c, &log, &appended, why))
        goto out;
    rc = 0;
out:
    store_rollback(&t);
    return rc;
}

static int arrive(struct catalogue *c, const struct move_row *move, struct problem *why)
{
    struct transaction *t = store_begin(c->store, why);
    row_id bid;

    if (!t || store_batch_begin(t, move->to, "by hand", "", clock_now(), &bid, why) ||
        store_move_finish(t, bid, move->rid, why) ||
        store_batch_state(t, bid, BATCH_LIVE, 1, 0, 0, why) || store_commit(&t, why)) {
        store_rollback(&t);
        return -1;
    }
    return 0;
}

int moves_resume(struct catalogue *c, struct problem *why)
{
    struct move_row move;
    bool found;

    for (;;) {
        if (store_move_next(c->reader, &move, &found, why))
            return -1;
        if (!found)
            return 0;
        if ((move.published && sign_leaving(c, &move, why)) || arrive(c, &move, why))
            return -1;
    }
}

int catalogue_move(struct catalogue *c, const struct cs_uuid *id, const char *shelf,
                   struct problem *why)
{
    bool moves;
    int rc;

    pthread_mutex_lock(&c->publishing);
    rc = begin(c, id, shelf, &moves, why);
    if (rc == 0 && moves)
        rc = moves_resume(c, why);
    pthread_mutex_unlock(&c->publishing);
    return rc;
}
