#include "store/internal.h"

static int node_from(sqlite3_stmt *s, struct node_row *out, struct problem *why)
{
    struct cs_span id = cs_span_make(sqlite3_column_text(s, 1), (size_t)sqlite3_column_bytes(s, 1));

    out->nid = sqlite3_column_int64(s, 0);
    if (cs_node_id_read(id, &out->id) != CS_OK)
        return store_damaged(why, "node.id");
    column_text(s, 2, out->name, sizeof out->name);
    column_text(s, 3, out->place, sizeof out->place);
    column_text(s, 4, out->url, sizeof out->url);
    out->profile_version = column_u64(s, 5);
    out->profile_expires = column_u64(s, 6);
    out->keyset_expires = column_u64(s, 7);
    out->frozen = column_u64(s, 8);
    return 0;
}

int store_node_add(struct transaction *t, const struct cs_node_id *id, row_id *nid,
                   struct problem *why)
{
    if (statement_run(writer_of(t), why, "INSERT INTO node(id) VALUES(?) ON CONFLICT DO NOTHING",
                      "t", id->s))
        return -1;
    return statement_number(writer_of(t), why, nid, "SELECT nid FROM node WHERE id=?", "t", id->s);
}

static int node_row(sqlite3_stmt *s, int rc, struct node_row *out, bool *found, struct problem *why)
{
    *found = rc == 1;
    if (rc != 1)
        return rc;
    rc = node_from(s, out, why);
    statement_end(s);
    return rc;
}

int store_node_get(struct reader *r, row_id nid, struct node_row *out, bool *found,
                   struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(&r->c, why, &s,
                             "SELECT nid,id,name,place,url,profile_version,profile_expires,"
                             "keyset_expires,frozen"
                             " FROM node WHERE nid=?",
                             "i", nid);

    return node_row(s, rc, out, found, why);
}

int store_node_find(struct reader *r, const struct cs_node_id *id, struct node_row *out,
                    bool *found, struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(&r->c, why, &s,
                             "SELECT nid,id,name,place,url,profile_version,profile_expires,"
                             "keyset_expires,frozen"
                             " FROM node WHERE id=?",
                             "t", id->s);

    return node_row(s, rc, out, found, why);
}

int store_node_named(struct reader *r, const char *name, struct node_row *out, bool *found,
                     struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(&r->c, why, &s,
                             "SELECT nid,id,name,place,url,profile_version,profile_expires,"
                             "keyset_expires,frozen"
                             " FROM node WHERE name=? COLLATE NOCASE ORDER BY nid LIMIT 1",
                             "t", name);

    return node_row(s, rc, out, found, why);
}

int store_keyset_put(struct transaction *t, row_id nid, uint64_t version, struct cs_span note,
                     struct problem *why)
{
    return statement_run(writer_of(t), why,
                         "INSERT INTO keyset(nid,version,note) VALUES(?,?,?)"
                         " ON CONFLICT DO UPDATE SET note=excluded.note",
                         "iib", nid, (int64_t)version, note);
}

int store_keyset_chain(struct reader *r, row_id nid, struct cs_buffer *chain, struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(&r->c, why, &s, "SELECT note FROM keyset WHERE nid=? ORDER BY version",
                             "i", nid);

    for (; rc == 1; rc = statement_step(&r->c, s, why))
        cs_buffer_add_span(chain, column_span(s, 0));
    return rc == 0 && chain->failed ? problem_no_memory(why) : rc;
}

int store_keyset_drop(struct transaction *t, row_id nid, uint64_t version, struct problem *why)
{
    return statement_run(writer_of(t), why, "DELETE FROM keyset WHERE nid=? AND version>=?", "ii",
                         nid, (int64_t)version);
}

int store_node_keys(struct transaction *t, row_id nid, uint64_t expires, uint64_t frozen,
                    struct problem *why)
{
    return statement_run(writer_of(t), why, "UPDATE node SET keyset_expires=?,frozen=? WHERE nid=?",
                         "iii", (int64_t)expires, (int64_t)frozen, nid);
}

static int one_blob(sqlite3_stmt *s, int rc, struct cs_buffer *out, bool *found,
                    struct problem *why)
{
    *found = rc == 1 && sqlite3_column_type(s, 0) != SQLITE_NULL;
    if (rc != 1)
        return rc;
    if (*found)
        cs_buffer_add_span(out, column_span(s, 0));
    statement_end(s);
    return out->failed ? problem_no_memory(why) : 0;
}

int store_keyset_get(struct reader *r, row_id nid, uint64_t version, struct cs_buffer *note,
                     bool *found, struct problem *why)
{
    sqlite3_stmt *s;
    int rc = version ? statement_first(&r->c, why, &s,
                                       "SELECT note FROM keyset WHERE nid=? AND version=?", "ii",
                                       nid, (int64_t)version)
                     : statement_first(&r->c, why, &s,
                                       "SELECT note FROM keyset WHERE nid=?"
                                       " ORDER BY version DESC LIMIT 1",
                                       "i", nid);

    return one_blob(s, rc, note, found, why);
}

int store_profile_put(struct transaction *t, row_id nid, const struct cs_profile *profile,
                      struct cs_span note, struct problem *why)
{
    return statement_run(writer_of(t), why,
                         "UPDATE node SET name=?,place=?,url=?,profile=?,profile_version=?,"
                         "profile_expires=?,vias=? WHERE nid=?",
                         "tttbiiii", profile->name, profile->place, profile->url, note,
                         (int64_t)profile->version, (int64_t)profile->expires,
                         (int64_t)profile->vias, nid);
}

int store_profile_outdate(struct transaction *t, row_id nid, struct problem *why)
{
    return statement_run(writer_of(t), why, "UPDATE node SET profile_version=0 WHERE nid=?", "i",
                         nid);
}

int store_profile_get(struct reader *r, row_id nid, struct cs_buffer *note, bool *found,
                      struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(&r->c, why, &s, "SELECT profile FROM node WHERE nid=?", "i", nid);

    return one_blob(s, rc, note, found, why);
}
