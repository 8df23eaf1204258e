#include <inttypes.h>

#include "store/internal.h"

/* What an own record says now, against what is published of it. */
struct standing {
    row_id sid, vid;
    bool live, differs, published;
    uint64_t rev;
};

static int standing_of(struct database *c, row_id rid, struct standing *out, struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(
        c, why, &s,
        "SELECT r.sid,r.rev,r.published,l.vid,l.body IS NOT NULL,r.pubhash IS NOT l.hash"
        " FROM record r LEFT JOIN version l ON l.vid=(SELECT v.vid FROM version v JOIN batch b"
        " ON b.bid=v.bid WHERE v.rid=r.rid AND b.state=1 ORDER BY v.vid DESC LIMIT 1)"
        " WHERE r.rid=?",
        "i", rid);

    memset(out, 0, sizeof *out);
    if (rc != 1)
        return rc;
    out->sid = sqlite3_column_int64(s, 0);
    out->rev = column_u64(s, 1);
    out->published = sqlite3_column_int(s, 2) == 1;
    out->vid = sqlite3_column_int64(s, 3);
    out->live = sqlite3_column_int(s, 4) != 0;
    out->differs = out->live ? !out->published || sqlite3_column_int(s, 5) != 0 : out->published;
    statement_end(s);
    return 0;
}

static int look_at(struct transaction *t, row_id sid, row_id lid, row_id rid, struct problem *why)
{
    struct standing now;
    unsigned char salt[CS_SALT];

    if (standing_of(writer_of(t), rid, &now, why))
        return -1;
    if (now.sid != sid)
        return 0;
    if (!now.differs)
        return statement_run(writer_of(t), why, "DELETE FROM pending WHERE lid=? AND rid=?", "ii",
                             lid, rid);
    random_bytes(salt, sizeof salt);
    return statement_run(writer_of(t), why,
                         "INSERT INTO pending(lid,rid,op,salt,vid,rev) VALUES(?,?,?,?,?,?)"
                         " ON CONFLICT DO UPDATE SET op=excluded.op,vid=excluded.vid",
                         "iiibii", lid, rid, (int64_t)(now.live ? CS_OP_PUT : CS_OP_WITHDRAW),
                         cs_span_make(salt, sizeof salt), now.vid, (int64_t)now.rev + 1);
}

int store_pending_look(struct transaction *t, row_id sid, row_id lid, row_id rid,
                       struct problem *why)
{
    return look_at(t, sid, lid, rid, why);
}

/* The next record numbers of a batch behind its cursor. */
static int next_of_batch(struct database *c, row_id bid, row_id cursor, row_id *rids, size_t max,
                         size_t *n, struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(c, why, &s,
                             "SELECT rid FROM version WHERE bid=? AND rid>? ORDER BY rid LIMIT ?",
                             "iii", bid, cursor, (int64_t)max);

    for (*n = 0; rc == 1; rc = statement_step(c, s, why))
        rids[(*n)++] = sqlite3_column_int64(s, 0);
    return rc;
}

#define LOOK_AT_ONCE 256

/* Looks at some records of one batch. *left false: no batch of the shelf has anything to look at. */
static int fill_some(struct transaction *t, row_id sid, row_id lid, size_t *looked, bool *left,
                     struct problem *why)
{
    struct database *c = writer_of(t);
    row_id rids[LOOK_AT_ONCE], bid, cursor;
    sqlite3_stmt *s;
    int rc = statement_first(c, why, &s,
                             "SELECT bid,cursor FROM batch WHERE sid=? AND todo=1 ORDER BY bid"
                             " LIMIT 1",
                             "i", sid);

    *left = rc == 1;
    *looked = 0;
    if (rc != 1)
        return rc;
    bid = sqlite3_column_int64(s, 0);
    cursor = sqlite3_column_int64(s, 1);
    statement_end(s);
    if (next_of_batch(c, bid, cursor, rids, LOOK_AT_ONCE, looked, why))
        return -1;
    for (size_t i = 0; i < *looked; i++)
        if (look_at(t, sid, lid, rids[i], why))
            return -1;
    if (*looked < LOOK_AT_ONCE)
        return statement_run(c, why, "UPDATE batch SET todo=0,cursor=0 WHERE bid=?", "i", bid);
    return statement_run(c, why, "UPDATE batch SET cursor=? WHERE bid=?", "ii", rids[*looked - 1],
                         bid);
}

/* A log that holds nothing yet starts with its E entry. */
static int fill_epoch(struct transaction *t, row_id lid, struct problem *why)
{
    unsigned char salt[CS_SALT];

    random_bytes(salt, sizeof salt);
    return statement_run(writer_of(t), why,
                         "INSERT INTO pending(lid,rid,op,salt,vid,rev)"
                         " SELECT lid,0,?2,?3,0,0 FROM log WHERE lid=?1 AND size=0"
                         " ON CONFLICT DO NOTHING",
                         "iib", lid, (int64_t)CS_OP_EPOCH, cs_span_make(salt, sizeof salt));
}

int store_pending_fill(struct transaction *t, row_id sid, row_id lid, size_t max, bool *more,
                       struct problem *why)
{
    size_t total = 0, looked;

    if (fill_epoch(t, lid, why))
        return -1;
    do {
        if (fill_some(t, sid, lid, &looked, more, why))
            return -1;
        total += looked;
    } while (*more && total < max);
    return 0;
}

static int payload_of(struct pending *p, sqlite3_stmt *s, struct cs_buffer *payload,
                      struct problem *why)
{
    struct cs_uuid id;
    char urn[CS_URN_UUID_LEN + 1];

    if (p->op == CS_OP_EPOCH)
        return 0;
    if (!column_bytes(s, 4, id.b, sizeof id.b))
        return store_damaged(why, "pending without its record");
    if (p->op == CS_OP_PUT)
        return store_compose(payload, &id, p->rev, column_span(s, 5), why);
    cs_uuid_write(&id, urn);
    cs_buffer_printf(payload, "{\"id\":\"%s\",\"rev\":%" PRIu64 "}", urn, p->rev);
    return payload->failed ? problem_no_memory(why) : 0;
}

int store_pending_next(struct reader *r, row_id lid, row_id after, struct pending *out,
                       struct cs_buffer *payload, bool *found, struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(&r->c, why, &s,
                             "SELECT p.rid,p.op,p.salt,p.rev,r.uid,v.body FROM pending p"
                             " LEFT JOIN record r ON r.rid=p.rid LEFT JOIN version v ON v.vid=p.vid"
                             " WHERE p.lid=? AND p.rid>? ORDER BY p.rid LIMIT 1",
                             "ii", lid, after);

    *found = rc == 1;
    if (rc != 1)
        return rc;
    out->rid = sqlite3_column_int64(s, 0);
    out->op = (enum cs_op)sqlite3_column_int(s, 1);
    out->rev = column_u64(s, 3);
    rc = column_bytes(s, 2, out->salt, sizeof out->salt) ? payload_of(out, s, payload, why)
                                                         : store_damaged(why, "pending.salt");
    statement_end(s);
    return rc;
}

int store_pending_count(struct reader *r, row_id lid, uint64_t *n, struct problem *why)
{
    int64_t count;

    if (statement_number(&r->c, why, &count,
                         "SELECT (SELECT count(*) FROM pending WHERE lid=?1)+"
                         "(SELECT count(*) FROM redaction WHERE lid=?1 AND salt IS NOT NULL)",
                         "i", lid))
        return -1;
    *n = (uint64_t)count;
    return 0;
}
