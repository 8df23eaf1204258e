#include "store/internal.h"

#define JOINING_SECONDS (90 * 86400) /* no invite is good for longer */

int store_invite_add(struct transaction *t, const struct invite_row *invite, struct problem *why)
{
    return statement_run(writer_of(t), why,
                         "INSERT INTO invite(name,secret,created,expires) VALUES(?,?,?,?)", "bbii",
                         cs_span_make(invite->name, sizeof invite->name),
                         cs_span_make(invite->secret, sizeof invite->secret),
                         (int64_t)invite->created, (int64_t)invite->expires);
}

static int invite_from(sqlite3_stmt *s, struct invite_row *out, struct cs_buffer *answer,
                       struct problem *why)
{
    if (!column_bytes(s, 0, out->secret, sizeof out->secret))
        return store_damaged(why, "invite.secret");
    out->created = column_u64(s, 1);
    out->expires = column_u64(s, 2);
    out->used = sqlite3_column_type(s, 3) != SQLITE_NULL;
    if (!out->used)
        return 0;
    if (cs_node_id_read(cs_span_make(sqlite3_column_text(s, 3), (size_t)sqlite3_column_bytes(s, 3)),
                        &out->used_by) != CS_OK ||
        !column_bytes(s, 4, out->mac.b, sizeof out->mac.b))
        return store_damaged(why, "invite.used_by");
    cs_buffer_add_span(answer, column_span(s, 5));
    return answer->failed ? problem_no_memory(why) : 0;
}

int store_invite_get(struct reader *r, const unsigned char name[16], struct invite_row *out,
                     struct cs_buffer *answer, bool *found, struct problem *why)
{
    sqlite3_stmt *s;
    int rc;

    memset(out, 0, sizeof *out);
    memcpy(out->name, name, sizeof out->name);
    rc = statement_first(
        &r->c, why, &s, "SELECT secret,created,expires,used_by,mac,answer FROM invite WHERE name=?",
        "b", cs_span_make(name, sizeof out->name));
    *found = rc == 1;
    if (rc != 1)
        return rc;
    rc = invite_from(s, out, answer, why);
    statement_end(s);
    return rc;
}

int store_invite_use(struct transaction *t, const struct invite_row *invite, struct cs_span answer,
                     struct problem *why)
{
    return statement_run(writer_of(t), why,
                         "UPDATE invite SET used_by=?,mac=?,answer=? WHERE name=?", "tbbb",
                         invite->used_by.s, cs_span_make(invite->mac.b, sizeof invite->mac.b),
                         answer, cs_span_make(invite->name, sizeof invite->name));
}

int store_invite_purge(struct transaction *t, uint64_t before, struct problem *why)
{
    if (statement_run(writer_of(t), why, "DELETE FROM joining WHERE created<?", "i",
                      (int64_t)before - JOINING_SECONDS))
        return -1;
    return statement_run(writer_of(t), why, "DELETE FROM invite WHERE expires<?", "i",
                         (int64_t)before);
}

int store_joining_get(struct reader *r, const unsigned char name[16], struct cs_buffer *body,
                      bool *found, struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(&r->c, why, &s, "SELECT body FROM joining WHERE name=?", "b",
                             cs_span_make(name, 16));

    *found = rc == 1;
    if (rc != 1)
        return rc;
    cs_buffer_add_span(body, column_span(s, 0));
    statement_end(s);
    return body->failed ? problem_no_memory(why) : 0;
}

int store_joining_put(struct transaction *t, const unsigned char name[16], struct cs_span body,
                      uint64_t now, struct problem *why)
{
    return statement_run(writer_of(t), why,
                         "INSERT OR REPLACE INTO joining(name,body,created) VALUES(?,?,?)", "bbi",
                         cs_span_make(name, 16), body, (int64_t)now);
}
