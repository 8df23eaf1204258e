#include "store/internal.h"

int store_changes(struct reader *r, int64_t after, struct change *rows, size_t max, size_t *n,
                  struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(&r->c, why, &s,
                             "SELECT seq,rid,bid FROM change WHERE seq>? ORDER BY seq LIMIT ?",
                             "ii", after, (int64_t)max);

    for (*n = 0; rc == 1; rc = statement_step(&r->c, s, why)) {
        rows[*n].seq = sqlite3_column_int64(s, 0);
        rows[*n].rid = sqlite3_column_int64(s, 1);
        rows[(*n)++].bid = sqlite3_column_int64(s, 2);
    }
    return rc;
}

int store_changes_last(struct reader *r, int64_t *seq, struct problem *why)
{
    /* Also after pruning: the sequence remembers. */
    return statement_number(&r->c, why, seq, "SELECT seq FROM sqlite_sequence WHERE name='change'",
                            "");
}

int store_changes_prune(struct transaction *t, int64_t through, struct problem *why)
{
    return statement_run(writer_of(t), why, "DELETE FROM change WHERE seq<=?", "i", through);
}

int store_record_ids(struct reader *r, row_id bid, row_id after, row_id *rids, size_t max,
                     size_t *n, struct problem *why)
{
    sqlite3_stmt *s;
    int rc = bid ? statement_first(&r->c, why, &s,
                                   "SELECT rid FROM version WHERE bid=? AND rid>?"
                                   " ORDER BY rid LIMIT ?",
                                   "iii", bid, after, (int64_t)max)
                 : statement_first(&r->c, why, &s,
                                   "SELECT rid FROM record WHERE rid>? ORDER BY rid LIMIT ?", "ii",
                                   after, (int64_t)max);

    for (*n = 0; rc == 1; rc = statement_step(&r->c, s, why))
        rids[(*n)++] = sqlite3_column_int64(s, 0);
    return rc;
}
