#include "store/internal.h"

int store_evidence_add(struct transaction *t, row_id nid, const char *kind, struct cs_span note_a,
                       struct cs_span note_b, uint64_t now, struct problem *why)
{
    /* The same evidence again says nothing new. */
    return statement_run(writer_of(t), why,
                         "INSERT INTO evidence(nid,kind,time,note_a,note_b) SELECT ?1,?2,?3,?4,?5"
                         " WHERE NOT EXISTS(SELECT 1 FROM evidence WHERE nid=?1 AND kind=?2"
                         " AND note_a IS ?4 AND note_b IS ?5)",
                         "itibb", nid, kind, (int64_t)now, note_a, note_b);
}

int store_evidence_count(struct reader *r, row_id nid, int64_t *n, struct problem *why)
{
    return statement_number(&r->c, why, n, "SELECT count(*) FROM evidence WHERE nid=?", "i", nid);
}

int store_evidence_fork(struct transaction *t, row_id nid, struct cs_span smaller,
                        struct cs_span larger, struct cs_span hashes, uint64_t now,
                        struct problem *why)
{
    return statement_run(writer_of(t), why,
                         "INSERT INTO evidence(nid,kind,time,note_a,note_b,proof)"
                         " SELECT ?1,'forked',?2,?3,?4,?5"
                         " WHERE (SELECT count(*) FROM evidence WHERE nid=?1)<?6"
                         " AND NOT EXISTS(SELECT 1 FROM evidence WHERE nid=?1 AND kind='forked'"
                         " AND note_a IS ?3 AND note_b IS ?4)",
                         "iibbbi", nid, (int64_t)now, smaller, larger, hashes,
                         (int64_t)STORE_EVIDENCE_MAX);
}

static int copy(sqlite3_stmt *s, int column, struct cs_buffer *out, struct problem *why)
{
    cs_buffer_reset(out);
    cs_buffer_add_span(out, column_span(s, column));
    return out->failed ? problem_no_memory(why) : 0;
}

int store_evidence_get(struct reader *r, row_id nid, size_t i, struct evidence *out, bool *found,
                       struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(&r->c, why, &s,
                             "SELECT kind,time,note_a,note_b,proof FROM evidence WHERE nid=?"
                             " ORDER BY kind<>'forked',eid LIMIT 1 OFFSET ?",
                             "ii", nid, (int64_t)i);

    *found = rc == 1;
    if (rc != 1)
        return rc;
    column_text(s, 0, out->kind, sizeof out->kind);
    out->time = column_u64(s, 1);
    rc = copy(s, 2, &out->note_a, why) || copy(s, 3, &out->note_b, why) ||
                 copy(s, 4, &out->proof, why)
             ? -1
             : 0;
    statement_end(s);
    return rc;
}
