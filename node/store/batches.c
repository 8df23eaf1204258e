#include "store/internal.h"

static int source_row(struct transaction *t, const char *source, row_id *soid, struct problem *why)
{
    if (statement_run(writer_of(t), why,
                      "INSERT INTO source(name) VALUES(?) ON CONFLICT DO NOTHING", "t", source))
        return -1;
    return statement_number(writer_of(t), why, soid, "SELECT soid FROM source WHERE name=?", "t",
                            source);
}

int store_batch_begin(struct transaction *t, row_id sid, const char *source, const char *file,
                      uint64_t now, row_id *bid, struct problem *why)
{
    row_id soid;

    if (source_row(t, source, &soid, why) ||
        statement_run(writer_of(t), why,
                      "INSERT INTO batch(sid,source,file,created,state) VALUES(?,?,?,?,0)", "itti",
                      sid, source, file, (int64_t)now))
        return -1;
    *bid = sqlite3_last_insert_rowid(writer_of(t)->db);
    return 0;
}

int store_own_find(struct reader *r, const struct cs_uuid *id, struct own_row *out, bool *found,
                   struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(&r->c, why, &s,
                             "SELECT rid,sid,rev,published,redacted FROM record"
                             " WHERE nid=1 AND uid=?",
                             "b", cs_span_make(id->b, sizeof id->b));

    memset(out, 0, sizeof *out);
    out->id = *id;
    *found = rc == 1;
    if (rc != 1)
        return rc;
    out->rid = sqlite3_column_int64(s, 0);
    out->sid = sqlite3_column_int64(s, 1);
    out->rev = column_u64(s, 2);
    out->published = sqlite3_column_int(s, 3) == 1;
    out->redacted = sqlite3_column_int64(s, 4) != 0;
    statement_end(s);
    rc = statement_first(&r->c, why, &s,
                         "SELECT v.hash FROM version v JOIN batch b ON b.bid=v.bid"
                         " WHERE v.rid=? AND b.state=1 ORDER BY v.vid DESC LIMIT 1",
                         "i", out->rid);
    if (rc == 1) {
        out->live = column_bytes(s, 0, out->body_hash.b, sizeof out->body_hash.b);
        statement_end(s);
    }
    return rc < 0 ? -1 : 0;
}

int store_row_id_get(struct reader *r, const char *source, const struct cs_hash *row,
                     struct cs_uuid *id, bool *found, struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(&r->c, why, &s,
                             "SELECT uid FROM row_id WHERE soid=(SELECT soid FROM source"
                             " WHERE name=?) AND hash=?",
                             "tb", source, cs_span_make(row->b, sizeof row->b));

    *found = rc == 1 && column_bytes(s, 0, id->b, sizeof id->b);
    if (rc == 1)
        statement_end(s);
    return rc < 0 ? -1 : 0;
}

int store_row_id_put(struct transaction *t, const char *source, const struct cs_hash *row,
                     const struct cs_uuid *id, struct problem *why)
{
    return statement_run(writer_of(t), why,
                         "INSERT OR REPLACE INTO row_id(soid,hash,uid)"
                         " SELECT soid,?2,?3 FROM source WHERE name=?1",
                         "tbb", source, cs_span_make(row->b, sizeof row->b),
                         cs_span_make(id->b, sizeof id->b));
}

static int record_row_id(struct transaction *t, row_id sid, const char *source,
                         const struct cs_uuid *id, row_id *rid, struct problem *why)
{
    if (statement_run(writer_of(t), why,
                      "INSERT INTO record(nid,uid,sid,soid)"
                      " VALUES(1,?,?,(SELECT soid FROM source WHERE name=?))",
                      "bit", cs_span_make(id->b, sizeof id->b), sid, source))
        return -1;
    *rid = sqlite3_last_insert_rowid(writer_of(t)->db);
    return 0;
}

int store_version_add(struct transaction *t, row_id bid, row_id sid, const char *source,
                      const struct cs_uuid *id, row_id rid, struct cs_span body,
                      const struct cs_hash *body_hash, struct cs_span original, bool *again,
                      struct problem *why)
{
    struct cs_span none = cs_span_make(NULL, 0);
    bool gone = body.n == 0;

    *again = false;
    if (rid == 0) {
        if (record_row_id(t, sid, source, id, &rid, why))
            return -1;
    } else {
        if (statement_run(writer_of(t), why, "DELETE FROM version WHERE bid=? AND rid=?", "ii", bid,
                          rid))
            return -1;
        *again = sqlite3_changes(writer_of(t)->db) > 0;
    }
    return statement_run(
        writer_of(t), why, "INSERT INTO version(rid,bid,hash,body,original) VALUES(?,?,?,?,?)",
        "iibbb", rid, bid, gone ? none : cs_span_make(body_hash->b, sizeof body_hash->b),
        gone ? none : body, original.n ? original : none);
}

int store_version_drop(struct transaction *t, row_id bid, row_id rid, bool *dropped,
                       struct problem *why)
{
    if (statement_run(writer_of(t), why, "DELETE FROM version WHERE bid=? AND rid=?", "ii", bid,
                      rid))
        return -1;
    *dropped = sqlite3_changes(writer_of(t)->db) > 0;
    return 0;
}

/* Live records of a source that the batch does not mention. */
#define MISSING                                                                                    \
    " FROM record r WHERE r.soid=(SELECT soid FROM source WHERE name=?1)"                          \
    " AND (SELECT v.body FROM version v JOIN batch b ON b.bid=v.bid WHERE v.rid=r.rid"             \
    " AND b.state=1 ORDER BY v.vid DESC LIMIT 1) IS NOT NULL"

int store_missing_count(struct reader *r, row_id bid, const char *source, int64_t *gone,
                        int64_t *live, struct problem *why)
{
    if (statement_number(&r->c, why, live, "SELECT count(*)" MISSING, "t", source))
        return -1;
    return statement_number(&r->c, why, gone,
                            "SELECT count(*)" MISSING
                            " AND NOT EXISTS(SELECT 1 FROM kept k WHERE k.rid=r.rid AND k.bid=?2)",
                            "ti", source, bid);
}

int store_missing_withdraw(struct transaction *t, row_id bid, const char *source,
                           struct problem *why)
{
    return statement_run(writer_of(t), why,
                         "INSERT INTO version(rid,bid) SELECT r.rid,?2" MISSING
                         " AND NOT EXISTS(SELECT 1 FROM kept k WHERE k.rid=r.rid AND k.bid=?2)",
                         "ti", source, bid);
}

int store_kept_add(struct transaction *t, row_id bid, row_id rid, struct problem *why)
{
    return statement_run(writer_of(t), why,
                         "INSERT INTO kept(bid,rid) VALUES(?,?) ON CONFLICT DO NOTHING", "ii", bid,
                         rid);
}

int store_batch_state(struct transaction *t, row_id bid, enum batch_state state, int64_t added,
                      int64_t updated, int64_t withdrawn, struct problem *why)
{
    if (statement_run(writer_of(t), why,
                      "UPDATE batch SET state=?,todo=1,cursor=0,added=?,updated=?,withdrawn=?"
                      " WHERE bid=?",
                      "iiiii", (int64_t)state, added, updated, withdrawn, bid) ||
        statement_run(writer_of(t), why, "DELETE FROM kept WHERE bid=?", "i", bid))
        return -1;
    return statement_run(writer_of(t), why, "INSERT INTO change(rid,bid) VALUES(0,?)", "i", bid);
}

static void batch_from(sqlite3_stmt *s, struct batch_row *out)
{
    out->bid = sqlite3_column_int64(s, 0);
    out->sid = sqlite3_column_int64(s, 1);
    column_text(s, 2, out->source, sizeof out->source);
    column_text(s, 3, out->file, sizeof out->file);
    out->created = column_u64(s, 4);
    out->state = (enum batch_state)sqlite3_column_int(s, 5);
    out->added = sqlite3_column_int64(s, 6);
    out->updated = sqlite3_column_int64(s, 7);
    out->withdrawn = sqlite3_column_int64(s, 8);
}

#define BATCH_COLUMNS "SELECT bid,sid,source,file,created,state,added,updated,withdrawn FROM batch"

int store_batch_get(struct reader *r, row_id bid, struct batch_row *out, bool *found,
                    struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(&r->c, why, &s, BATCH_COLUMNS " WHERE bid=?", "i", bid);

    *found = rc == 1;
    if (rc != 1)
        return rc;
    batch_from(s, out);
    statement_end(s);
    return 0;
}

int store_batch_list(struct reader *r, struct batch_row *rows, size_t max, size_t *n,
                     struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(&r->c, why, &s, BATCH_COLUMNS " ORDER BY bid DESC LIMIT ?", "i",
                             (int64_t)max);

    for (*n = 0; rc == 1; rc = statement_step(&r->c, s, why))
        batch_from(s, &rows[(*n)++]);
    return rc;
}

int store_batch_discard(struct transaction *t, row_id bid, int max, bool *more, struct problem *why)
{
    struct database *c = writer_of(t);

    *more = false;
    if (statement_number(c, why, &bid,
                         "SELECT bid FROM batch WHERE state=0 AND (bid=?1 OR ?1=0) LIMIT 1", "i",
                         bid))
        return -1;
    if (bid == 0)
        return 0;
    /* Records that only this batch brought have no other version and nothing published. */
    if (statement_run(c, why,
                      "DELETE FROM record WHERE rid IN (SELECT v.rid FROM version v WHERE v.bid=?1"
                      " ORDER BY v.rid LIMIT ?2) AND published=0 AND NOT EXISTS"
                      " (SELECT 1 FROM version o WHERE o.rid=record.rid AND o.bid<>?1)",
                      "ii", bid, (int64_t)max) ||
        statement_run(c, why,
                      "DELETE FROM version WHERE vid IN (SELECT vid FROM version WHERE bid=?1"
                      " ORDER BY rid LIMIT ?2)",
                      "ii", bid, (int64_t)max))
        return -1;
    *more = true;
    if (sqlite3_changes(c->db) < max)
        return statement_run(c, why, "DELETE FROM kept WHERE bid=?", "i", bid) ||
                       statement_run(c, why, "DELETE FROM batch WHERE bid=?", "i", bid)
                   ? -1
                   : 0;
    return 0;
}
