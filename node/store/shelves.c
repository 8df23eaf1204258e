#include "store/internal.h"

/* Nothing of a restricted shelf's name is in its path: origins travel further than what is in them. */
static int new_path(char path[CS_SHELF_NAME_MAX + 1])
{
    struct cs_buffer text = {.alloc = memory_allocator()};
    unsigned char random[16];
    int rc = -1;

    random_bytes(random, sizeof random);
    cs_buffer_add_text(&text, SHELF_RESTRICTED);
    cs_base32_add(&text, cs_span_make(random, sizeof random));
    if (!text.failed && text.n <= CS_SHELF_NAME_MAX) {
        memcpy(path, text.p, text.n);
        path[text.n] = '\0';
        rc = 0;
    }
    cs_buffer_free(&text);
    return rc;
}

static bool is_restricted(enum audience audience)
{
    return audience == AUDIENCE_NODES || audience == AUDIENCE_CHARTER;
}

int store_shelf_add(struct transaction *t, const char *name, enum audience audience, row_id *sid,
                    struct problem *why)
{
    if (statement_run(writer_of(t), why, "INSERT INTO shelf(name,audience) VALUES(?,?)", "ti", name,
                      (int64_t)AUDIENCE_PRIVATE))
        return -1;
    *sid = sqlite3_last_insert_rowid(writer_of(t)->db);
    return store_shelf_set(t, *sid, audience, NULL, why);
}

int store_shelf_set(struct transaction *t, row_id sid, enum audience audience,
                    const struct cs_charter_id *charter, struct problem *why)
{
    struct database *c = writer_of(t);
    char path[CS_SHELF_NAME_MAX + 1];

    if (new_path(path))
        return problem_no_memory(why);
    if (statement_run(c, why, "UPDATE shelf SET audience=?,charter=? WHERE sid=?", "iti",
                      (int64_t)audience, charter ? charter->s : NULL, sid) ||
        statement_run(c, why, "UPDATE shelf SET path=? WHERE sid=? AND lid IS NULL", "ti",
                      is_restricted(audience) ? path : NULL, sid) ||
        statement_run(c, why, "DELETE FROM shelf_reader WHERE sid=?", "i", sid))
        return -1;
    /* The index knows of each record who may find it. */
    return statement_run(c, why,
                         "INSERT INTO change(rid,bid) SELECT 0,bid FROM batch"
                         " WHERE sid=? AND state=1",
                         "i", sid);
}

int store_shelf_admit(struct transaction *t, row_id sid, const struct cs_node_id *node,
                      struct problem *why)
{
    return statement_run(writer_of(t), why,
                         "INSERT OR IGNORE INTO shelf_reader(sid,node) VALUES(?,?)", "it", sid,
                         node->s);
}

int store_shelf_readers(struct reader *r, row_id sid, struct cs_node_id *nodes, size_t max,
                        size_t *n, struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(&r->c, why, &s,
                             "SELECT node FROM shelf_reader WHERE sid=? ORDER BY node LIMIT ?",
                             "ii", sid, (int64_t)max);

    for (*n = 0; rc == 1; rc = statement_step(&r->c, s, why))
        column_text(s, 0, nodes[(*n)++].s, sizeof nodes->s);
    return rc;
}

int store_shelf_names(struct reader *r, row_id sid, row_id nid, bool *names, struct problem *why)
{
    int64_t found;

    if (statement_number(&r->c, why, &found,
                         "SELECT 1 FROM shelf_reader s JOIN node n ON n.id=s.node WHERE s.sid=?"
                         " AND n.nid=?",
                         "ii", sid, nid))
        return -1;
    *names = found != 0;
    return 0;
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
        " WHERE q.sid=?1 AND q.todo=1) c JOIN record r ON r.rid=c.rid AND r.sid=?1"
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
    out->audience = audience_of(sqlite3_column_int(s, 2));
    out->lid = sqlite3_column_int64(s, 3);
    out->epoch = column_u64(s, 4);
    column_text(s, 5, out->path, sizeof out->path);
    column_text(s, 6, out->charter.s, sizeof out->charter.s);
}

#define SHELF_COLUMNS                                                                              \
    "SELECT s.sid,s.name,s.audience,coalesce(s.lid,0),coalesce(l.epoch,1),"                        \
    "coalesce(s.path,s.name),coalesce(s.charter,'') FROM shelf s"                                  \
    " LEFT JOIN log l ON l.lid=s.lid"

static int shelf_row(sqlite3_stmt *s, int rc, struct shelf_row *out, bool *found)
{
    *found = rc == 1;
    if (rc != 1)
        return rc;
    shelf_from(s, out);
    statement_end(s);
    return 0;
}

int store_shelf_find(struct reader *r, const char *name, struct shelf_row *out, bool *found,
                     struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(&r->c, why, &s, SHELF_COLUMNS " WHERE s.name=?", "t", name);

    return shelf_row(s, rc, out, found);
}

int store_shelf_by_path(struct reader *r, const char *path, struct shelf_row *out, bool *found,
                        struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(&r->c, why, &s, SHELF_COLUMNS " WHERE coalesce(s.path,s.name)=?", "t",
                             path);

    return shelf_row(s, rc, out, found);
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
