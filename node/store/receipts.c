#include "store/internal.h"

int store_receipt_get(struct reader *r, row_id lid, row_id nid, struct receipt_row *out,
                      struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(&r->c, why, &s,
                             "SELECT epoch,applied,seen,heard,asked FROM receipt"
                             " WHERE lid=? AND nid=?",
                             "ii", lid, nid);

    memset(out, 0, sizeof *out);
    if (rc != 1)
        return rc;
    out->epoch = column_u64(s, 0);
    out->applied = column_u64(s, 1);
    out->seen = column_u64(s, 2);
    out->heard = column_u64(s, 3);
    out->asked = column_u64(s, 4);
    statement_end(s);
    return 0;
}

int store_receipt_put(struct transaction *t, row_id lid, row_id nid, const struct receipt_row *row,
                      struct problem *why)
{
    return statement_run(writer_of(t), why,
                         "INSERT INTO receipt(lid,nid,epoch,applied,seen,heard,asked)"
                         " VALUES(?,?,?,?,?,?,?) ON CONFLICT DO UPDATE SET epoch=excluded.epoch,"
                         "applied=excluded.applied,seen=excluded.seen,heard=excluded.heard,"
                         "asked=excluded.asked",
                         "iiiiiii", lid, nid, (int64_t)row->epoch, (int64_t)row->applied,
                         (int64_t)row->seen, (int64_t)row->heard, (int64_t)row->asked);
}

/* A redaction is applied with the checkpoint that was signed after it. */
int store_withdrawn_find(struct reader *r, const struct cs_uuid *id, struct withdrawn_row *out,
                         bool *found, struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(
        &r->c, why, &s,
        "SELECT sh.lid,sh.name,r.redacted,r.epoch,max(r.idx+1,coalesce((SELECT min(c.size)"
        " FROM checkpoint c WHERE r.redacted>0 AND c.lid=sh.lid AND c.time>=r.redacted),0))"
        " FROM record r JOIN shelf sh ON sh.sid=r.sid WHERE r.nid=1 AND r.uid=? AND r.published=2",
        "b", cs_span_make(id->b, sizeof id->b));

    *found = rc == 1;
    if (rc != 1)
        return rc;
    memset(out, 0, sizeof *out);
    out->lid = sqlite3_column_int64(s, 0);
    column_text(s, 1, out->shelf, sizeof out->shelf);
    out->redacted = column_u64(s, 2);
    out->epoch = column_u64(s, 3);
    out->size = column_u64(s, 4);
    statement_end(s);
    return 0;
}

int store_mirror_list(struct reader *r, row_id lid, struct mirror_row *rows, size_t max, size_t *n,
                      struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(&r->c, why, &s,
                             "SELECT n.id,n.name,coalesce(p.state,-1)=0,coalesce(c.epoch,0),"
                             "coalesce(c.applied,0),coalesce(c.heard,0) FROM node n"
                             " LEFT JOIN peer p ON p.nid=n.nid"
                             " LEFT JOIN receipt c ON c.nid=n.nid AND c.lid=?"
                             " WHERE p.state=0 OR c.heard>0 ORDER BY n.name,n.nid LIMIT ?",
                             "ii", lid, (int64_t)max);

    for (*n = 0; rc == 1; rc = statement_step(&r->c, s, why)) {
        struct mirror_row *row = &rows[(*n)++];

        memset(row, 0, sizeof *row);
        column_text(s, 0, row->node.s, sizeof row->node.s);
        column_text(s, 1, row->name, sizeof row->name);
        row->partner = sqlite3_column_int(s, 2) != 0;
        row->receipt.epoch = column_u64(s, 3);
        row->receipt.applied = column_u64(s, 4);
        row->receipt.heard = column_u64(s, 5);
    }
    return rc;
}
