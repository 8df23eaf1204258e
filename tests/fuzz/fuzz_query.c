/*
 * What a person types: whatever it is, it becomes an expression that SQLite's full-text index takes, and
 * a snippet can be marked with it. The bytes before the first NUL are typed, those behind it are the text.
 */
#include "tests/fuzz/fuzz.h"

#include <commonshelf/encode.h>
#include <sqlite3.h>

#include "search/internal.h"

static sqlite3 *index_like_ours(void)
{
    sqlite3 *db = NULL;

    must(sqlite3_open(":memory:", &db) == SQLITE_OK);
    must(sqlite3_exec(db,
                      "CREATE VIRTUAL TABLE ft USING fts5(title,creator,about,text);"
                      "INSERT INTO ft VALUES('a b','c','d','e f');",
                      NULL, NULL, NULL) == SQLITE_OK);
    return db;
}

static void check_match(sqlite3 *db, struct cs_buffer *match)
{
    sqlite3_stmt *ask = NULL;
    int rc;

    if (match->n == 0)
        return;
    must(strlen(cs_buffer_text(match)) == match->n);
    must(sqlite3_prepare_v2(db, "SELECT rowid FROM ft WHERE ft MATCH ?1", -1, &ask, NULL) ==
         SQLITE_OK);
    must(sqlite3_bind_text(ask, 1, cs_buffer_text(match), (int)match->n, SQLITE_STATIC) ==
         SQLITE_OK);
    rc = sqlite3_step(ask);
    must(rc == SQLITE_ROW || rc == SQLITE_DONE);
    sqlite3_finalize(ask);
}

static void check_snippet(struct analyser *a, struct cs_span typed, struct cs_span text)
{
    struct problem why = PROBLEM_INIT;
    struct arena *arena = arena_new();
    struct wanted *wanted = wanted_new(a, typed, stemmers_of("en"), &why);
    char *copy = memory_new(text.n + 1);
    const char *snippet;
    bool found;

    must(arena && wanted && copy);
    if (text.n)
        memcpy(copy, text.p, text.n);
    copy[text.n] = '\0';
    /* The texts of records are UTF-8: the reader of records has seen to it. */
    if (cs_utf8_valid(cs_span_of(copy))) {
        snippet = snippet_make(wanted, a, arena, copy, stemmers_of("en"), &found);
        must(snippet && cs_utf8_valid(cs_span_of(snippet)));
    }
    memory_free(copy);
    wanted_free(wanted);
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct analyser *a;
    static sqlite3 *db;
    struct problem why = PROBLEM_INIT;
    const uint8_t *nul = size ? memchr(data, '\0', size) : NULL;
    struct cs_span typed = cs_span_make(data, nul ? (size_t)(nul - data) : size);
    struct query q;

    if (!db) {
        db = index_like_ours();
        must((a = analyser_new(false, &why)) != NULL);
    }
    /* A filter by node looks into the database, which has tests of its own. */
    for (size_t i = 0; i + 5 <= typed.n; i++)
        if (memcmp(typed.p + i, "from:", 5) == 0 || memcmp(typed.p + i, "node:", 5) == 0)
            return 0;
    must(query_read(&q, a, NULL, typed, stemmers_of("en"), &why) == 0);
    must(q.filters <= QUERY_FILTERS_MAX);
    for (size_t i = 0; i < q.filters; i++)
        must(memchr(q.filter[i].value, '\0', typed.n + 1) != NULL);
    check_match(db, &q.match);
    check_match(db, &q.any);
    query_free(&q);
    check_snippet(a, typed, nul ? cs_span_make(nul + 1, size - typed.n - 1) : cs_span_make("", 0));
    return 0;
}
