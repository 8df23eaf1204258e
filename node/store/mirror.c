#include "store/internal.h"

/* What is held of a peer's record; rid 0: nothing. */
struct held {
    row_id rid, lid;
    uint64_t rev;
    bool visible;
};

static int held_of(struct database *c, row_id nid, const struct cs_uuid *id, struct held *out,
                   struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(c, why, &s,
                             "SELECT rid,lid,rev,published FROM record WHERE nid=? AND uid=?", "ib",
                             nid, cs_span_make(id->b, sizeof id->b));

    memset(out, 0, sizeof *out);
    if (rc != 1)
        return rc;
    out->rid = sqlite3_column_int64(s, 0);
    out->lid = sqlite3_column_int64(s, 1);
    out->rev = column_u64(s, 2);
    out->visible = sqlite3_column_int(s, 3) == 1;
    statement_end(s);
    return 0;
}

static int changed(struct transaction *t, row_id rid, struct problem *why)
{
    return statement_run(writer_of(t), why, "INSERT INTO change(rid,bid) VALUES(?,0)", "i", rid);
}

/* One row for the newest entry of a record; `published` 1 with its payload, 2 without. */
static int take(struct transaction *t, row_id nid, row_id lid, const struct cs_uuid *id,
                uint64_t rev, uint64_t index, int published, struct cs_span payload, bool *stale,
                struct problem *why)
{
    struct held held;
    row_id rid;

    if (held_of(writer_of(t), nid, id, &held, why))
        return -1;
    *stale = held.rid != 0 && rev <= held.rev;
    if (*stale)
        return 0;
    if (held.rid == 0) {
        if (statement_run(writer_of(t), why,
                          "INSERT INTO record(nid,uid,lid,rev,idx,published,body)"
                          " VALUES(?,?,?,?,?,?,?)",
                          "ibiiiib", nid, cs_span_make(id->b, sizeof id->b), lid, (int64_t)rev,
                          (int64_t)index, (int64_t)published, payload))
            return -1;
        rid = sqlite3_last_insert_rowid(writer_of(t)->db);
    } else {
        rid = held.rid;
        if (statement_run(writer_of(t), why,
                          "UPDATE record SET lid=?,rev=?,idx=?,published=?,body=? WHERE rid=?",
                          "iiiibi", lid, (int64_t)rev, (int64_t)index, (int64_t)published, payload,
                          rid))
            return -1;
    }
    if (held.visible && transaction_count(t, held.lid, -1, why))
        return -1;
    if (published == 1 && transaction_count(t, lid, 1, why))
        return -1;
    return changed(t, rid, why);
}

int store_mirror_put(struct transaction *t, row_id nid, row_id lid, const struct cs_uuid *id,
                     uint64_t rev, uint64_t index, struct cs_span payload, bool *stale,
                     struct problem *why)
{
    return take(t, nid, lid, id, rev, index, 1, payload, stale, why);
}

int store_mirror_withdraw(struct transaction *t, row_id nid, row_id lid, const struct cs_uuid *id,
                          uint64_t rev, uint64_t index, bool *stale, struct problem *why)
{
    return take(t, nid, lid, id, rev, index, 2, cs_span_make(NULL, 0), stale, why);
}
