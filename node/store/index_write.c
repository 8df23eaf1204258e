/*
 * Filling the search index: documents in, documents out, and how far it has come.
 */
#include <assert.h>

#include "store/index_internal.h"

int index_number(struct index *index, int64_t *out, const char *key, struct problem *why)
{
    if (statement_number(&index->c, &index->failure, out, "SELECT value FROM meta WHERE key=?", "t",
                         key))
        return index_problem(index, why);
    return 0;
}

static int set_number(struct index *index, const char *key, int64_t value, struct problem *why)
{
    if (statement_run(&index->c, &index->failure, "UPDATE meta SET value=? WHERE key=?", "it",
                      value, key))
        return index_problem(index, why);
    return 0;
}

int store_index_progress(struct index *index, struct index_progress *out, struct problem *why)
{
    int64_t filling = 0;

    memset(out, 0, sizeof *out);
    if (index_number(index, &out->seq, "seq", why) ||
        index_number(index, &filling, "filling", why) ||
        index_number(index, &out->after, "after", why))
        return -1;
    out->filling = filling != 0;
    return 0;
}

int store_index_begin(struct index *index, struct problem *why)
{
    assert(index->write && !index->in_transaction);
    if (statement_run(&index->c, &index->failure, "BEGIN IMMEDIATE", ""))
        return index_problem(index, why);
    index->in_transaction = true;
    return 0;
}

int store_index_commit(struct index *index, const struct index_progress *progress,
                       struct problem *why)
{
    assert(index->in_transaction);
    if (set_number(index, "seq", progress->seq, why) ||
        set_number(index, "filling", progress->filling, why) ||
        set_number(index, "after", progress->after, why) ||
        set_number(index, "made", index->made, why))
        return -1;
    if (statement_run(&index->c, &index->failure, "COMMIT", ""))
        return index_problem(index, why);
    index->in_transaction = false;
    return 0;
}

/* After a rollback the numbers given to new values mean nothing any more. */
static void forget_values(struct index *index)
{
    for (size_t i = 0; i < VALUE_SLOTS; i++) {
        memory_free(index->value[i].text);
        index->value[i].text = NULL;
    }
}

void store_index_rollback(struct index *index)
{
    if (!index || !index->in_transaction)
        return;
    if (!sqlite3_get_autocommit(index->c.db))
        statement_run(&index->c, NULL, "ROLLBACK", "");
    index->in_transaction = false;
    forget_values(index);
    index_number(index, &index->made, "made", NULL);
}

/* ---- documents */

static uint64_t mix(uint64_t h, const void *p, size_t n)
{
    const unsigned char *b = p;
    uint64_t word;

    h = (h ^ n) * 0x9E3779B97F4A7C15u;
    for (; n >= 8; n -= 8, b += 8) {
        memcpy(&word, b, 8);
        h = (h ^ word) * 0x9E3779B97F4A7C15u;
        h ^= h >> 29;
    }
    word = 0;
    if (n)
        memcpy(&word, b, n);
    h = (h ^ word) * 0xBF58476D1CE4E5B9u;
    return h ^ h >> 32;
}

/* Not against attackers: whoever makes two texts of one hash keeps his own change from being seen. */
static int64_t document_hash(row_id nid, bool owner_only, const struct cs_span tokens[INDEX_FIELDS],
                             const char *const facets[INDEX_FACETS])
{
    uint64_t h = mix(owner_only, &nid, sizeof nid);

    for (int i = 0; i < INDEX_FIELDS; i++)
        h = mix(h, tokens[i].p, tokens[i].n);
    for (int i = 0; i < INDEX_FACETS; i++)
        h = mix(h, facets[i], facets[i] ? strlen(facets[i]) : 0);
    return (int64_t)h;
}

/* The number of a facet value, made when new. */
static int value_number(struct index *index, int facet, const char *text, size_t n, int64_t *vid,
                        struct problem *why)
{
    struct value_slot *slot = &index->value[mix((uint64_t)facet, text, n) % VALUE_SLOTS];
    sqlite3_stmt *s;
    char *copy;
    int rc;

    if (slot->text && slot->facet == facet && strlen(slot->text) == n &&
        memcmp(slot->text, text, n) == 0) {
        *vid = slot->vid;
        return 0;
    }
    if (!(copy = memory_copy_span(cs_span_make(text, n))))
        return problem_no_memory(why);
    rc = statement_first(&index->c, &index->failure, &s,
                         "SELECT vid FROM value WHERE facet=? AND text=?", "it", (int64_t)facet,
                         copy);
    if (rc == 1) {
        *vid = sqlite3_column_int64(s, 0);
        statement_end(s);
    } else if (rc == 0) {
        rc = statement_run(&index->c, &index->failure, "INSERT INTO value(facet,text) VALUES(?,?)",
                           "it", (int64_t)facet, copy);
        *vid = sqlite3_last_insert_rowid(index->c.db);
    }
    if (rc < 0) {
        memory_free(copy);
        return index_problem(index, why);
    }
    memory_free(slot->text);
    *slot = (struct value_slot){copy, facet, *vid};
    return 0;
}

static size_t put_varint(unsigned char *out, uint64_t v)
{
    size_t n = 0;

    for (; v >= 0x80; v >>= 7)
        out[n++] = (unsigned char)(v | 0x80);
    out[n++] = (unsigned char)v;
    return n;
}

static int facet_numbers(struct index *index, const char *const facets[INDEX_FACETS],
                         unsigned char out[INDEX_VALUES_MAX * 10], size_t *n, struct problem *why)
{
    int values = 0;

    *n = 0;
    for (int facet = 0; facet < INDEX_FACETS; facet++) {
        for (const char *p = facets[facet]; p && *p && values < INDEX_VALUES_MAX;) {
            size_t length = strcspn(p, "\x1F");
            int64_t vid = 0;
            if (length > 0 && length <= INDEX_VALUE_MAX) {
                if (value_number(index, facet, p, length, &vid, why))
                    return -1;
                *n += put_varint(out + *n, (uint64_t)vid << FACET_BITS | (uint64_t)facet);
                values++;
            }
            p += length + (p[length] != 0);
        }
    }
    return 0;
}

static int insert_text(struct index *index, bool owner_only,
                       const struct cs_span tokens[INDEX_FIELDS], struct problem *why)
{
    static const char for_all[] = "INSERT INTO ft(rowid,title,creator,about,text)"
                                  " VALUES(?,?,?,?,?)";
    static const char for_owner[] = "INSERT INTO ft_owner(rowid,title,creator,about,text)"
                                    " VALUES(?,?,?,?,?)";
    sqlite3_stmt *s = statement_start(&index->c, &index->failure, owner_only ? for_owner : for_all,
                                      "izzzz", index->made);
    int rc = SQLITE_OK;

    if (!s)
        return index_problem(index, why);
    for (int i = 0; i < INDEX_FIELDS && rc == SQLITE_OK; i++)
        rc = sqlite3_bind_text64(s, i + 2, tokens[i].p ? (const char *)tokens[i].p : "",
                                 tokens[i].n, SQLITE_STATIC, SQLITE_UTF8);
    if (rc != SQLITE_OK) {
        database_problem(&index->c, rc, &index->failure);
        statement_end(s);
        return index_problem(index, why);
    }
    return statement_step(&index->c, s, &index->failure) < 0 ? index_problem(index, why) : 0;
}

int store_index_put(struct index *index, row_id rid, row_id nid, bool owner_only,
                    const struct cs_span tokens[INDEX_FIELDS],
                    const char *const facets[INDEX_FACETS], struct problem *why)
{
    unsigned char numbers[INDEX_VALUES_MAX * 10];
    int64_t hash = document_hash(nid, owner_only, tokens, facets);
    size_t n;
    sqlite3_stmt *s;
    int rc;

    assert(index->in_transaction);
    rc = statement_first(&index->c, &index->failure, &s, "SELECT hash FROM doc WHERE rid=?", "i",
                         rid);
    if (rc < 0)
        return index_problem(index, why);
    if (rc == 1) {
        bool same = sqlite3_column_int64(s, 0) == hash;
        statement_end(s);
        if (same)
            return 0;
        if (store_index_remove(index, rid, why))
            return -1;
    }
    if (facet_numbers(index, facets, numbers, &n, why))
        return -1;
    index->made++;
    if (insert_text(index, owner_only, tokens, why))
        return -1;
    if (statement_run(&index->c, &index->failure,
                      "INSERT INTO doc(docid,rid,nid,flags,hash,facets) VALUES(?,?,?,?,?,?)",
                      "iiiiib", index->made, rid, nid, (int64_t)owner_only, hash,
                      cs_span_make(numbers, n)))
        return index_problem(index, why);
    return 0;
}

int store_index_remove(struct index *index, row_id rid, struct problem *why)
{
    assert(index->in_transaction);
    if (statement_run(&index->c, &index->failure, "DELETE FROM doc WHERE rid=?", "i", rid))
        return index_problem(index, why);
    return 0;
}

int store_index_clear(struct index *index, struct problem *why)
{
    assert(index->in_transaction);
    if (statement_run(&index->c, &index->failure, "DELETE FROM doc", "") ||
        statement_run(&index->c, &index->failure, "DELETE FROM value", "") ||
        statement_run(&index->c, &index->failure, "INSERT INTO ft(ft) VALUES('delete-all')", "") ||
        statement_run(&index->c, &index->failure,
                      "INSERT INTO ft_owner(ft_owner) VALUES('delete-all')", ""))
        return index_problem(index, why);
    forget_values(index);
    index->made = 0;
    return 0;
}

int store_index_worn(struct index *index, bool *worn, struct problem *why)
{
    int64_t documents, left;

    if (store_index_counts(index, &documents, why))
        return -1;
    left = index->made - documents;
    *worn = left >= INDEX_WORN_MIN && left > index->made / 100 * INDEX_WORN_PERCENT;
    return 0;
}

int store_index_merge(struct index *index, struct problem *why)
{
    if (statement_run(&index->c, &index->failure, "INSERT INTO ft(ft) VALUES('optimize')", "") ||
        statement_run(&index->c, &index->failure,
                      "INSERT INTO ft_owner(ft_owner) VALUES('optimize')", ""))
        return index_problem(index, why);
    return store_index_sync(index, why);
}

int store_index_sync(struct index *index, struct problem *why)
{
    int rc = sqlite3_wal_checkpoint_v2(index->c.db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);

    if (rc == SQLITE_OK || (rc & 0xff) == SQLITE_BUSY)
        return 0;
    database_problem(&index->c, rc, &index->failure);
    return index_problem(index, why);
}

int store_index_counts(struct index *index, int64_t *documents, struct problem *why)
{
    if (statement_number(&index->c, &index->failure, documents, "SELECT count(*) FROM doc", ""))
        return index_problem(index, why);
    return 0;
}

int store_index_check(struct index *index, bool *ok, struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(&index->c, &index->failure, &s, "PRAGMA integrity_check(1)", "");

    *ok = false;
    if (rc == 1) {
        *ok = cs_span_is(column_span(s, 0), "ok");
        statement_end(s);
    }
    if (rc >= 0 && *ok && index->write &&
        (statement_run(&index->c, &index->failure, "INSERT INTO ft(ft) VALUES('integrity-check')",
                       "") ||
         statement_run(&index->c, &index->failure,
                       "INSERT INTO ft_owner(ft_owner) VALUES('integrity-check')", "")))
        rc = -1;
    if (rc >= 0)
        return 0;
    if (problem_is(&index->failure, "database_damaged")) {
        problem_clear(&index->failure);
        *ok = false;
        return 0;
    }
    return index_problem(index, why);
}
