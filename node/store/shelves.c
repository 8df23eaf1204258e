#include "store/internal.h"

int store_shelf_add(struct transaction *t, const char *name, enum audience audience, row_id *sid,
                    struct problem *why)
{
    if (statement_run(writer_of(t), why, "INSERT INTO shelf(name,audience) VALUES(?,?)", "ti", name,
                      (int64_t)audience))
        return -1;
    *sid = sqlite3_last_insert_rowid(writer_of(t)->db);
    return 0;
}

int store_shelf_set(struct transaction *t, row_id sid, enum audience audience, struct problem *why)
{
    if (statement_run(writer_of(t), why, "UPDATE shelf SET audience=? WHERE sid=?", "ii",
                      (int64_t)audience, sid))
        return -1;
    /* The index knows of each record who may find it. */
    return statement_run(writer_of(t), why,
                         "INSERT INTO change(rid,bid) SELECT 0,bid FROM batch"
                         " WHERE sid=? AND state=1",
                         "i", sid);
}

int store_shelf_remove(struct transaction *t, row_id sid, struct problem *why)
{
    return statement_run(writer_of(t), why, "DELETE FROM shelf WHERE sid=?", "i", sid);
}

/* The newest live version of a record, by number; NULL without any. */
#define LIVE_VERSION                                                                               \
    "(SELECT v.vid FROM version v JOIN batch b ON b.bid=v.bid WHERE v.rid=r.rid AND b.state=1"     \
    " ORDER BY v.vid DESC LIMIT 1)"

static int shelf_counts(struct reader *r, struct shelf_row *row, struct problem *why)
{
    if (statement_number(&r->c, why, &row->records,
                         "SELECT count(*) FROM record r JOIN version l ON l.vid=" LIVE_VERSION
                         " WHERE r.sid=? AND l.body IS NOT NULL",
                         "i", row->sid))
        return -1;
    row->waiting = 0;
    if (row->audience == AUDIENCE_PRIVATE)
        return 0;
    return statement_number(
        &r->c, why, &row->waiting,
        "SELECT count(*) FROM (SELECT DISTINCT w.rid FROM batch q JOIN version w ON w.bid=q.bid"
        " WHERE q.sid=?1 AND q.todo=1) c JOIN record r ON r.rid=c.rid"
        " LEFT JOIN version l ON l.vid=" LIVE_VERSION
        " WHERE CASE WHEN l.body IS NULL THEN r.published=1"
        " ELSE r.published<>1 OR r.pubhash IS NOT l.hash END",
        "i", row->sid);
}

static void shelf_from(sqlite3_stmt *s, struct shelf_row *out)
{
    memset(out, 0, sizeof *out);
    out->sid = sqlite3_column_int64(s, 0);
    column_text(s, 1, out->name, sizeof out->name);
    out->audience =
        sqlite3_column_int(s, 2) == AUDIENCE_PUBLIC ? AUDIENCE_PUBLIC : AUDIENCE_PRIVATE;
    out->lid = sqlite3_column_int64(s, 3);
    out->epoch = column_u64(s, 4);
}

#define SHELF_COLUMNS                                                                              \
    "SELECT s.sid,s.name,s.audience,coalesce(s.lid,0),coalesce(l.epoch,1) FROM shelf s"            \
    " LEFT JOIN log l ON l.lid=s.lid"

int store_shelf_find(struct reader *r, const char *name, struct shelf_row *out, bool *found,
                     struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(&r->c, why, &s, SHELF_COLUMNS " WHERE s.name=?", "t", name);

    *found = rc == 1;
    if (rc != 1)
        return rc;
    shelf_from(s, out);
    statement_end(s);
    return 0;
}

int store_shelf_rows(struct reader *r, struct shelf_row *rows, size_t max, size_t *n,
                     struct problem *why)
{
    sqlite3_stmt *s;
    int rc =
        statement_first(&r->c, why, &s, SHELF_COLUMNS " ORDER BY s.sid LIMIT ?", "i", (int64_t)max);

    for (*n = 0; rc == 1; rc = statement_step(&r->c, s, why))
        shelf_from(s, &rows[(*n)++]);
    return rc;
}

int store_shelf_list(struct reader *r, struct shelf_row *rows, size_t max, size_t *n,
                     struct problem *why)
{
    int rc = store_shelf_rows(r, rows, max, n, why);

    for (size_t i = 0; rc == 0 && i < *n; i++)
        rc = shelf_counts(r, &rows[i], why);
    return rc;
}

int store_shelf_count(struct reader *r, struct shelf_row *row, struct problem *why)
{
    return shelf_counts(r, row, why);
}
