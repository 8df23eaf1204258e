#include "store/internal.h"

#define CHARTER_COLUMNS                                                                            \
    "SELECT c.chid,c.id,c.name,c.version,c.issued,c.expires,c.since,c.confirmed,c.frozen"          \
    " FROM charter c"

static int charter_from(sqlite3_stmt *s, struct charter_row *out, struct problem *why)
{
    struct cs_span id = cs_span_make(sqlite3_column_text(s, 1), (size_t)sqlite3_column_bytes(s, 1));

    memset(out, 0, sizeof *out);
    out->chid = sqlite3_column_int64(s, 0);
    if (cs_charter_id_read(id, &out->id) != CS_OK)
        return store_damaged(why, "charter.id");
    column_text(s, 2, out->name, sizeof out->name);
    out->version = column_u64(s, 3);
    out->issued = column_u64(s, 4);
    out->expires = column_u64(s, 5);
    out->since = column_u64(s, 6);
    out->confirmed = column_u64(s, 7);
    out->frozen = column_u64(s, 8);
    return 0;
}

int store_charter_find(struct reader *r, const struct cs_charter_id *id, struct charter_row *out,
                       bool *found, struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(&r->c, why, &s, CHARTER_COLUMNS " WHERE c.id=?", "t", id->s);

    *found = rc == 1;
    if (rc != 1)
        return rc;
    rc = charter_from(s, out, why);
    statement_end(s);
    return rc;
}

int store_charter_list(struct reader *r, struct charter_row *rows, size_t max, size_t *n,
                       struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(&r->c, why, &s, CHARTER_COLUMNS " ORDER BY c.name,c.id LIMIT ?", "i",
                             (int64_t)max);

    for (*n = 0; rc == 1; rc = statement_step(&r->c, s, why)) {
        if (charter_from(s, &rows[*n], why)) {
            statement_end(s);
            return -1;
        }
        ++*n;
    }
    return rc;
}

int store_charter_behind(struct reader *r, const struct cs_hash *hash, struct charter_row *out,
                         uint64_t *version, bool *found, struct problem *why)
{
    sqlite3_stmt *s;
    int64_t chid;
    int rc = statement_first(&r->c, why, &s, "SELECT chid,version FROM charter_note WHERE hash=?",
                             "b", cs_span_make(hash->b, CS_HASH));

    *found = rc == 1;
    if (rc != 1)
        return rc;
    chid = sqlite3_column_int64(s, 0);
    *version = column_u64(s, 1);
    statement_end(s);
    rc = statement_first(&r->c, why, &s, CHARTER_COLUMNS " WHERE c.chid=?", "i", chid);
    if (rc != 1)
        return rc ? rc : store_damaged(why, "charter_note.chid");
    rc = charter_from(s, out, why);
    statement_end(s);
    return rc;
}

static int blob_from(sqlite3_stmt *s, int rc, struct cs_buffer *note, bool *found,
                     struct problem *why)
{
    *found = rc == 1;
    if (rc != 1)
        return rc;
    cs_buffer_add_span(note, column_span(s, 0));
    statement_end(s);
    return note->failed ? problem_no_memory(why) : 0;
}

int store_charter_note(struct reader *r, row_id chid, uint64_t version, struct cs_buffer *note,
                       bool *found, struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(&r->c, why, &s,
                             "SELECT note FROM charter_note WHERE chid=?1 AND version=CASE ?2"
                             " WHEN 0 THEN (SELECT version FROM charter WHERE chid=?1)"
                             " ELSE ?2 END",
                             "ii", chid, (int64_t)version);

    return blob_from(s, rc, note, found, why);
}

static int put_members(struct database *c, row_id chid, const struct cs_charter *charter,
                       struct problem *why)
{
    struct cs_span rest = charter->member_lines;
    struct cs_charter_member member;

    if (statement_run(c, why, "DELETE FROM charter_member WHERE chid=?", "i", chid))
        return -1;
    while (cs_charter_next_member(&rest, &member))
        if (statement_run(c, why, "INSERT INTO charter_member(chid,node,roles) VALUES(?,?,?)",
                          "iti", chid, member.node.s, (int64_t)member.roles))
            return -1;
    return 0;
}

int store_charter_put(struct transaction *t, const struct cs_charter_id *id,
                      const struct cs_charter *charter, struct cs_span note, uint64_t now,
                      struct problem *why)
{
    struct database *c = writer_of(t);
    row_id chid;

    if (statement_run(c, why,
                      "INSERT INTO charter(id,name,version,issued,expires,since,confirmed)"
                      " VALUES(?1,?2,?3,?4,?5,?6,?6) ON CONFLICT(id) DO UPDATE SET"
                      " name=excluded.name,version=excluded.version,issued=excluded.issued,"
                      "expires=excluded.expires,confirmed=excluded.confirmed",
                      "ttiiii", id->s, charter->name, (int64_t)charter->version,
                      (int64_t)charter->issued, (int64_t)charter->expires, (int64_t)now) ||
        statement_number(c, why, &chid, "SELECT chid FROM charter WHERE id=?", "t", id->s) ||
        statement_run(c, why, "INSERT INTO charter_note(chid,version,hash,note) VALUES(?,?,?,?)",
                      "iibb", chid, (int64_t)charter->version,
                      cs_span_make(charter->text_hash.b, CS_HASH), note))
        return -1;
    return put_members(c, chid, charter, why);
}

int store_charter_confirm(struct transaction *t, row_id chid, uint64_t now, struct problem *why)
{
    return statement_run(writer_of(t), why, "UPDATE charter SET confirmed=? WHERE chid=?", "ii",
                         (int64_t)now, chid);
}

int store_charter_freeze(struct transaction *t, row_id chid, uint64_t version, struct cs_span other,
                         struct problem *why)
{
    return statement_run(writer_of(t), why, "UPDATE charter SET frozen=?,other=? WHERE chid=?",
                         "ibi", (int64_t)version, other, chid);
}

int store_charter_other(struct reader *r, row_id chid, struct cs_buffer *note, bool *found,
                        struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(
        &r->c, why, &s, "SELECT other FROM charter WHERE chid=? AND other IS NOT NULL", "i", chid);

    return blob_from(s, rc, note, found, why);
}

int store_charter_remove(struct transaction *t, row_id chid, struct problem *why)
{
    return statement_run(writer_of(t), why, "DELETE FROM charter WHERE chid=?", "i", chid);
}

int store_charter_roles(struct reader *r, const struct cs_charter_id *id,
                        const struct cs_node_id *node, uint64_t now, unsigned *roles,
                        struct problem *why)
{
    int64_t value;

    if (statement_number(&r->c, why, &value,
                         "SELECT m.roles FROM charter c JOIN charter_member m ON m.chid=c.chid"
                         " WHERE c.id=? AND m.node=? AND c.expires>?",
                         "tti", id->s, node->s, (int64_t)now))
        return -1;
    *roles = (unsigned)value;
    return 0;
}
