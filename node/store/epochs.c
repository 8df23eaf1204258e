#include "store/internal.h"

int store_epoch_salt(struct transaction *t, row_id lid, unsigned char salt[CS_SALT],
                     struct problem *why)
{
    struct database *c = writer_of(t);
    unsigned char fresh[CS_SALT];
    sqlite3_stmt *s;
    int rc;

    random_bytes(fresh, sizeof fresh);
    if (statement_run(c, why, "UPDATE log SET next_salt=coalesce(next_salt,?) WHERE lid=?", "bi",
                      cs_span_make(fresh, sizeof fresh), lid))
        return -1;
    rc = statement_first(c, why, &s, "SELECT next_salt FROM log WHERE lid=?", "i", lid);
    if (rc < 0)
        return -1;
    if (rc == 0)
        return store_damaged(why, "no such log");
    rc = column_bytes(s, 0, salt, CS_SALT) ? 0 : store_damaged(why, "log.next_salt");
    statement_end(s);
    return rc;
}

/* The epoch that was becomes a row of its own. Origins are unique, so it gets its own back last. */
static int keep_old(struct transaction *t, row_id lid, uint64_t now, row_id *old,
                    struct problem *why)
{
    struct database *c = writer_of(t);

    if (statement_run(c, why,
                      "INSERT INTO log(nid,shelf,epoch,origin,state,size,range,checkpoint_size,"
                      "checkpoint,as_of,superseded) SELECT nid,shelf,epoch,origin||'#',state,size,"
                      "range,checkpoint_size,checkpoint,as_of,?2 FROM log WHERE lid=?1",
                      "ii", lid, (int64_t)now))
        return -1;
    *old = sqlite3_last_insert_rowid(c->db);
    if (statement_run(c, why, "UPDATE checkpoint SET lid=? WHERE lid=?", "ii", *old, lid))
        return -1;
    return statement_run(c, why, "UPDATE redaction SET lid=? WHERE lid=?", "ii", *old, lid);
}

static int drop_old(struct transaction *t, row_id lid, struct problem *why)
{
    struct database *c = writer_of(t);

    if (statement_run(c, why, "INSERT OR IGNORE INTO leaving SELECT origin FROM log WHERE lid=?",
                      "i", lid) ||
        statement_run(c, why, "DELETE FROM checkpoint WHERE lid=?", "i", lid) ||
        statement_run(c, why, "DELETE FROM blank WHERE lid=?", "i", lid))
        return -1;
    return statement_run(c, why, "DELETE FROM redaction WHERE lid=?", "i", lid);
}

int store_epoch_switch(struct transaction *t, row_id lid, const struct epoch_row *next,
                       uint64_t now, struct problem *why)
{
    struct database *c = writer_of(t);
    const struct cs_checkpoint *checkpoint = next->checkpoint;
    row_id old = 0;
    int64_t nid;

    if (statement_number(c, why, &nid, "SELECT nid FROM log WHERE lid=?", "i", lid) ||
        (nid == STORE_SELF ? keep_old(t, lid, now, &old, why) : drop_old(t, lid, why)) ||
        statement_run(
            c, why,
            "UPDATE log SET epoch=?,origin=?,state=0,size=?,range=?,checkpoint_size=?,"
            "checkpoint=?,as_of=?,etag=?,next_salt=NULL WHERE lid=?",
            "itibibiti", (int64_t)next->epoch, checkpoint->origin, (int64_t)next->range->size,
            cs_span_make(next->range->hash[0].b, next->range->n * sizeof next->range->hash[0]),
            (int64_t)checkpoint->size, next->note, (int64_t)checkpoint->time, next->etag, lid) ||
        statement_run(c, why, "INSERT INTO checkpoint(lid,size,root,time,note) VALUES(?,?,?,?,?)",
                      "iibib", lid, (int64_t)checkpoint->size,
                      cs_span_make(checkpoint->root.b, CS_HASH), (int64_t)checkpoint->time,
                      next->note))
        return -1;
    return statement_run(
        c, why, "UPDATE log SET origin=substr(origin,1,length(origin)-1) WHERE lid=?", "i", old);
}

int store_log_supersede(struct transaction *t, row_id lid, uint64_t now, struct problem *why)
{
    return statement_run(writer_of(t), why,
                         "UPDATE log SET superseded=?2 FROM (SELECT nid,shelf,epoch FROM log"
                         " WHERE lid=?1) n WHERE log.nid=n.nid AND log.shelf=n.shelf"
                         " AND log.epoch<n.epoch AND log.superseded=0",
                         "ii", lid, (int64_t)now);
}

int store_mirror_clear(struct transaction *t, row_id lid, int64_t max, bool *more,
                       struct problem *why)
{
    struct database *c = writer_of(t);

    if (statement_run(c, why,
                      "INSERT INTO change(rid,bid) SELECT rid,0 FROM record WHERE lid=? LIMIT ?",
                      "ii", lid, max) ||
        statement_run(
            c, why, "DELETE FROM record WHERE rid IN (SELECT rid FROM record WHERE lid=? LIMIT ?)",
            "ii", lid, max))
        return -1;
    *more = sqlite3_changes(c->db) > 0;
    return *more ? 0 : statement_run(c, why, "UPDATE log SET records=0 WHERE lid=?", "i", lid);
}

int store_log_remove(struct transaction *t, row_id lid, struct problem *why)
{
    if (drop_old(t, lid, why))
        return -1;
    return statement_run(writer_of(t), why, "DELETE FROM log WHERE lid=? AND superseded>0", "i",
                         lid);
}

int store_log_forget(struct transaction *t, row_id lid, struct problem *why)
{
    if (drop_old(t, lid, why))
        return -1;
    return statement_run(writer_of(t), why, "DELETE FROM log WHERE lid=? AND nid<>1", "i", lid);
}

int store_leaving_next(struct reader *r, const char *after, char origin[CS_ORIGIN_MAX + 1],
                       bool *found, struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(&r->c, why, &s,
                             "SELECT origin FROM leaving WHERE origin>? ORDER BY origin LIMIT 1",
                             "t", after);

    *found = rc == 1;
    if (rc != 1)
        return rc;
    column_text(s, 0, origin, CS_ORIGIN_MAX + 1);
    statement_end(s);
    return 0;
}

int store_leaving_done(struct transaction *t, const char *origin, struct problem *why)
{
    return statement_run(writer_of(t), why, "DELETE FROM leaving WHERE origin=?", "t", origin);
}
