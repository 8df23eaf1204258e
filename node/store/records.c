#include <inttypes.h>

#include "store/internal.h"

int store_compose(struct cs_buffer *json, const struct cs_uuid *id, uint64_t rev,
                  struct cs_span body, struct problem *why)
{
    char urn[CS_URN_UUID_LEN + 1];

    if (body.n < 2 || body.p[0] != '{')
        return store_damaged(why, "version.body");
    cs_uuid_write(id, urn);
    cs_buffer_printf(json, "{\"id\":\"%s\",\"rev\":%" PRIu64 ",", urn, rev);
    cs_buffer_add(json, body.p + 1, body.n - 1);
    return json->failed ? problem_no_memory(why) : 0;
}

#define RECORD_COLUMNS                                                                             \
    "SELECT "                                                                                      \
    "r.rid,r.nid,coalesce(r.lid,sl.lid,0),r.uid,n.id,n.name,coalesce(sh.name,nullif(lg.title,'')," \
    "lg.shelf),"                                                                                   \
    "coalesce(sh.audience,lg.audience,1),r.rev,r.published,coalesce(lg.as_of,sl.as_of,0),r.body,"  \
    "r.pubhash,"                                                                                   \
    "r.sid IS NOT NULL FROM record r JOIN node n ON n.nid=r.nid"                                   \
    " LEFT JOIN log lg ON lg.lid=r.lid LEFT JOIN shelf sh ON sh.sid=r.sid"                         \
    " LEFT JOIN log sl ON sl.lid=sh.lid LEFT JOIN peer p ON p.nid=r.nid"                           \
    " WHERE coalesce(p.state,0)=0 AND "

/* An own record: its text is in its newest live version. */
static int own_text(struct reader *r, struct record_row *out, struct cs_buffer *json,
                    bool published, const struct cs_hash *pubhash, bool *found, struct problem *why)
{
    struct cs_span hash;
    sqlite3_stmt *s;
    int rc = statement_first(&r->c, why, &s,
                             "SELECT v.body,v.hash FROM version v JOIN batch b ON b.bid=v.bid"
                             " WHERE v.rid=? AND b.state=1 ORDER BY v.vid DESC LIMIT 1",
                             "i", out->rid);

    *found = rc == 1 && sqlite3_column_type(s, 0) != SQLITE_NULL;
    if (rc != 1)
        return rc;
    if (*found) {
        hash = column_span(s, 1);
        if (!published || !cs_span_equal(hash, cs_span_make(pubhash->b, sizeof pubhash->b))) {
            out->rev++;
            out->as_of = 0;
        }
        rc = store_compose(json, &out->id, out->rev, column_span(s, 0), why);
    } else {
        rc = 0;
    }
    statement_end(s);
    return rc;
}

static int record_from(struct reader *r, sqlite3_stmt *s, struct record_row *out,
                       struct cs_buffer *json, bool *found, struct problem *why)
{
    size_t start = json->n;
    struct cs_hash pubhash = {{0}};
    struct cs_span id = cs_span_make(sqlite3_column_text(s, 4), (size_t)sqlite3_column_bytes(s, 4));
    bool own = sqlite3_column_int(s, 13) != 0, published;
    int rc = 0;

    memset(out, 0, sizeof *out);
    out->rid = sqlite3_column_int64(s, 0);
    out->nid = sqlite3_column_int64(s, 1);
    out->lid = sqlite3_column_int64(s, 2);
    if (!column_bytes(s, 3, out->id.b, sizeof out->id.b) ||
        cs_node_id_read(id, &out->node) != CS_OK) {
        rc = store_damaged(why, "record.uid");
        goto out;
    }
    column_text(s, 5, out->node_name, sizeof out->node_name);
    column_text(s, 6, out->shelf, sizeof out->shelf);
    out->audience = audience_of(sqlite3_column_int(s, 7));
    out->rev = column_u64(s, 8);
    published = sqlite3_column_int(s, 9) == 1;
    out->published = published;
    out->as_of = published ? column_u64(s, 10) : 0;
    if (own) {
        if (published && !column_bytes(s, 12, pubhash.b, sizeof pubhash.b)) {
            rc = store_damaged(why, "record.pubhash");
            goto out;
        }
    } else if (published) {
        cs_buffer_add_span(json, column_span(s, 11));
    }
    *found = published;
out:
    statement_end(s);
    if (rc == 0 && own)
        rc = own_text(r, out, json, published, &pubhash, found, why);
    if (rc == 0 && json->failed)
        rc = problem_no_memory(why);
    out->json = json->p ? cs_span_make(json->p + start, json->n - start) : cs_span_make(NULL, 0);
    return rc;
}

int store_record_get(struct reader *r, row_id rid, struct record_row *out, struct cs_buffer *json,
                     bool *found, struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(&r->c, why, &s, RECORD_COLUMNS "r.rid=?", "i", rid);

    *found = false;
    return rc == 1 ? record_from(r, s, out, json, found, why) : rc;
}

int store_record_find(struct reader *r, const struct cs_node_id *node, const struct cs_uuid *id,
                      struct record_row *out, struct cs_buffer *json, bool *found,
                      struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(&r->c, why, &s,
                             RECORD_COLUMNS "r.nid=(SELECT nid FROM node WHERE id=?) AND r.uid=?",
                             "tb", node->s, cs_span_make(id->b, sizeof id->b));

    *found = false;
    return rc == 1 ? record_from(r, s, out, json, found, why) : rc;
}

int store_record_original(struct reader *r, row_id rid, struct cs_buffer *original, bool *found,
                          struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(&r->c, why, &s,
                             "SELECT v.original FROM version v JOIN batch b ON b.bid=v.bid"
                             " WHERE v.rid=? AND b.state=1 ORDER BY v.vid DESC LIMIT 1",
                             "i", rid);

    *found = rc == 1 && sqlite3_column_type(s, 0) != SQLITE_NULL;
    if (rc != 1)
        return rc;
    if (*found)
        cs_buffer_add_span(original, column_span(s, 0));
    statement_end(s);
    return original->failed ? problem_no_memory(why) : 0;
}

int store_record_counts(struct reader *r, struct record_counts *out, struct problem *why)
{
    if (statement_number(
            &r->c, why, &out->own,
            "SELECT count(*) FROM record r WHERE r.nid=1 AND"
            " (SELECT v.body FROM version v JOIN batch b ON b.bid=v.bid"
            " WHERE v.rid=r.rid AND b.state=1 ORDER BY v.vid DESC LIMIT 1) IS NOT NULL",
            ""))
        return -1;
    return statement_number(
        &r->c, why, &out->mirrored,
        "SELECT coalesce(sum(l.records),0) FROM log l JOIN peer p ON p.nid=l.nid"
        " WHERE p.state=0",
        "");
}
