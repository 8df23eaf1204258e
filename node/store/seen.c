#include "store/internal.h"

/* `applied` is what the mirror has committed of the log; 0 of one that is not followed any more. */
#define SEEN_COLUMNS "SELECT s.origin,s.size,s.root,s.time,coalesce(l.size,0),s.note FROM seen s"
#define FOLLOWED                                                                                   \
    " JOIN log l ON l.origin=s.origin AND l.audience=0 JOIN peer p ON p.nid=l.nid AND p.state=0"
#define ANY " LEFT JOIN log l ON l.origin=s.origin"

static int seen_from(sqlite3_stmt *s, struct cs_seen_log *out, struct problem *why)
{
    memset(out, 0, sizeof *out);
    column_text(s, 0, out->origin, sizeof out->origin);
    out->size = column_u64(s, 1);
    if (!column_bytes(s, 2, out->root.b, CS_HASH))
        return store_damaged(why, "seen.root");
    out->time = column_u64(s, 3);
    out->applied = column_u64(s, 4);
    return 0;
}

static int seen_row(sqlite3_stmt *s, int rc, struct cs_seen_log *out, struct cs_buffer *note,
                    bool *found, struct problem *why)
{
    *found = rc == 1;
    if (rc != 1)
        return rc;
    rc = seen_from(s, out, why);
    if (!rc && note) {
        cs_buffer_add_span(note, column_span(s, 5));
        if (note->failed)
            rc = problem_no_memory(why);
    }
    statement_end(s);
    return rc;
}

int store_seen_get(struct reader *r, const char *origin, struct cs_seen_log *out,
                   struct cs_buffer *note, bool *found, struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(&r->c, why, &s, SEEN_COLUMNS ANY " WHERE s.origin=?", "t", origin);

    return seen_row(s, rc, out, note, found, why);
}

int store_seen_followed(struct reader *r, const char *hex, struct cs_seen_log *out,
                        struct cs_buffer *note, bool *found, struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(&r->c, why, &s, SEEN_COLUMNS FOLLOWED " WHERE s.hex=?", "t", hex);

    return seen_row(s, rc, out, note, found, why);
}

/* The rest of a result; `rc` is that of its first step. */
static int rows_from(struct reader *r, sqlite3_stmt *s, int rc, struct cs_seen_log *rows, size_t *n,
                     struct problem *why)
{
    for (*n = 0; rc == 1; rc = statement_step(&r->c, s, why)) {
        if (seen_from(s, &rows[*n], why)) {
            statement_end(s);
            return -1;
        }
        ++*n;
    }
    return rc;
}

int store_seen_list(struct reader *r, uint64_t since, struct cs_seen_log *rows, size_t max,
                    size_t *n, struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(
        &r->c, why, &s, SEEN_COLUMNS FOLLOWED " WHERE s.time>=? ORDER BY s.time,s.origin LIMIT ?",
        "ii", (int64_t)since, (int64_t)max);

    return rows_from(r, s, rc, rows, n, why);
}

int store_seen_all(struct reader *r, const char *after, struct cs_seen_log *rows, size_t max,
                   size_t *n, struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(&r->c, why, &s,
                             SEEN_COLUMNS ANY " WHERE s.origin>? ORDER BY s.origin LIMIT ?", "ti",
                             after, (int64_t)max);

    return rows_from(r, s, rc, rows, n, why);
}

int store_seen_put(struct transaction *t, const struct cs_seen_log *seen, struct cs_span note,
                   struct problem *why)
{
    char hex[65];

    cs_origin_directory(seen->origin, hex);
    return statement_run(writer_of(t), why,
                         "INSERT INTO seen(origin,hex,size,root,time,note) VALUES(?,?,?,?,?,?)"
                         " ON CONFLICT(origin) DO UPDATE SET size=excluded.size,"
                         "root=excluded.root,time=excluded.time,note=excluded.note",
                         "ttibib", seen->origin, hex, (int64_t)seen->size,
                         cs_span_make(seen->root.b, CS_HASH), (int64_t)seen->time, note);
}

/* ---- gossip */

int store_log_gossiped(struct transaction *t, row_id lid, uint64_t now, uint64_t ahead,
                       uint64_t ahead_time, struct problem *why)
{
    return statement_run(writer_of(t), why,
                         "UPDATE log SET gossiped=?,ahead=?,ahead_time=? WHERE lid=?", "iiii",
                         (int64_t)now, (int64_t)ahead, (int64_t)ahead_time, lid);
}

int store_cosigned_put(struct transaction *t, row_id lid, row_id nid, uint64_t size, uint64_t time,
                       struct problem *why)
{
    return statement_run(writer_of(t), why,
                         "INSERT INTO cosigned(lid,nid,size,time) VALUES(?,?,?,?) ON CONFLICT DO"
                         " UPDATE SET size=excluded.size,time=excluded.time"
                         " WHERE excluded.time>time",
                         "iiii", lid, nid, (int64_t)size, (int64_t)time);
}

int store_cosigned_count(struct reader *r, row_id lid, int64_t *n, struct problem *why)
{
    return statement_number(&r->c, why, n, "SELECT count(*) FROM cosigned WHERE lid=?", "i", lid);
}

int store_peer_pick(struct reader *r, row_id except, size_t max, row_id *nids, size_t *n,
                    struct problem *why)
{
    sqlite3_stmt *s;
    int rc =
        statement_first(&r->c, why, &s,
                        "SELECT p.nid FROM peer p JOIN node n ON n.nid=p.nid WHERE p.state=0"
                        " AND n.url<>'' AND p.through=0 AND p.nid<>? ORDER BY random() LIMIT ?",
                        "ii", except, (int64_t)max);

    for (*n = 0; rc == 1; rc = statement_step(&r->c, s, why))
        nids[(*n)++] = sqlite3_column_int64(s, 0);
    return rc;
}

int store_relay_pick(struct reader *r, row_id lid, row_id except, size_t max, row_id *nids,
                     size_t *n, struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(
        &r->c, why, &s,
        "SELECT p.nid FROM peer p JOIN node n ON n.nid=p.nid"
        " LEFT JOIN cosigned c ON c.nid=p.nid AND c.lid=? WHERE p.state=0"
        " AND n.url<>'' AND p.through=0 AND p.nid<>? ORDER BY c.nid IS NULL,random() LIMIT ?",
        "iii", lid, except, (int64_t)max);

    for (*n = 0; rc == 1; rc = statement_step(&r->c, s, why))
        nids[(*n)++] = sqlite3_column_int64(s, 0);
    return rc;
}

int store_relayed_node(struct reader *r, const struct cs_node_id *id, row_id *nid, bool *found,
                       struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(&r->c, why, &s,
                             "SELECT n.nid FROM node n JOIN peer p ON p.nid=n.nid AND p.state=0"
                             " WHERE n.id=? AND EXISTS(SELECT 1 FROM log l JOIN seen e"
                             " ON e.origin=l.origin WHERE l.nid=n.nid AND l.audience=0)",
                             "t", id->s);

    *found = rc == 1;
    if (rc != 1)
        return rc;
    *nid = sqlite3_column_int64(s, 0);
    statement_end(s);
    return 0;
}
