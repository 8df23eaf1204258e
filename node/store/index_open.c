/*
 * The file of the search index: opening, making, refusing what is not ours; and the tokenizer that
 * takes tokens as they are given.
 */
#include <errno.h>
#include <stdio.h>

#include "store/index_internal.h"

#define WRITER_CACHE "PRAGMA cache_size=-8192"
#define READER_CACHE "PRAGMA cache_size=-2048"

static const char tables[] =
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;"
    "CREATE TABLE value(vid INTEGER PRIMARY KEY, facet INTEGER NOT NULL, text TEXT NOT NULL);"
    "CREATE UNIQUE INDEX value_text ON value(facet,text);"
    "CREATE TABLE doc(docid INTEGER PRIMARY KEY, rid INTEGER NOT NULL, nid INTEGER NOT NULL,"
    " flags INTEGER NOT NULL, hash INTEGER NOT NULL, facets BLOB NOT NULL);"
    "CREATE UNIQUE INDEX doc_rid ON doc(rid);"
    "CREATE VIRTUAL TABLE ft USING fts5(title,creator,about,text,content='',"
    " tokenize='" INDEX_TOKENIZER "');"
    "CREATE VIRTUAL TABLE ft_owner USING fts5(title,creator,about,text,content='',"
    " tokenize='" INDEX_TOKENIZER "');"
    /* The 16 MB that a transaction gathers before it writes a segment: few, large segments. */
    "INSERT INTO ft(ft,rank) VALUES('hashsize',16777216);"
    "INSERT INTO meta(key,value) VALUES('seq',0),('filling',1),('after',0),('made',0);";

int index_problem(struct index *index, struct problem *why)
{
    const char *code = index->failure.code;

    if (code && (strcmp(code, "database_damaged") == 0 || strcmp(code, "database") == 0))
        problem_set(
            why, "index_damaged",
            _("The search index is damaged. No record is lost: it is made from the records. "
              "Run \"commonshelf doctor --repair\" to make it anew."));
    else if (code && strcmp(code, "permission") == 0)
        problem_set(why, code,
                    _("The search index can't be written. Nothing was changed. Check who "
                      "owns the home and that its disk is not read-only."));
    else if (code && strcmp(code, "database_busy") == 0)
        problem_set(why, code,
                    _("Another program is using the search index for longer than this "
                      "one waits. Try again."));
    else
        problem_set(why, code ? code : "index_damaged", "%s", index->failure.message);
    problem_detail(why, "search.db: %s", index->failure.detail);
    problem_clear(&index->failure);
    return -1;
}

/* ---- the tokenizer */

static int tokenizer_new(void *context, const char **args, int n, Fts5Tokenizer **out)
{
    (void)args;
    (void)n;
    *out = context; /* it has no state; anything but NULL will do */
    return SQLITE_OK;
}

static void tokenizer_free(Fts5Tokenizer *t)
{
    (void)t;
}

static int tokenizer_run(Fts5Tokenizer *t, void *context, int flags, const char *text, int n,
                         int (*token)(void *, int, const char *, int, int, int))
{
    int rc = SQLITE_OK;

    (void)t;
    (void)flags;
    for (int i = 0; i < n && rc == SQLITE_OK;) {
        const char *end = memchr(text + i, ' ', (size_t)(n - i));
        int stop = end ? (int)(end - text) : n;
        int same = text[i] == 0x1F;
        if (stop > i + same)
            rc = token(context, same ? FTS5_TOKEN_COLOCATED : 0, text + i + same, stop - i - same,
                       i, stop);
        i = stop + 1;
    }
    return rc;
}

int index_tokenizer_register(struct database *c, struct problem *why)
{
    static fts5_tokenizer tokenizer = {tokenizer_new, tokenizer_free, tokenizer_run};
    fts5_api *api = NULL;
    sqlite3_stmt *s = NULL;
    int rc = sqlite3_prepare_v2(c->db, "SELECT fts5(?1)", -1, &s, NULL);

    if (rc == SQLITE_OK) {
        sqlite3_bind_pointer(s, 1, &api, "fts5_api_ptr", NULL);
        sqlite3_step(s);
        rc = sqlite3_finalize(s);
    }
    if (rc == SQLITE_OK && api)
        rc = api->xCreateTokenizer(api, INDEX_TOKENIZER, &tokenizer, &tokenizer, NULL);
    if (rc == SQLITE_OK && api)
        return 0;
    return problem_set(
        why, "sqlite_without_fts5",
        _("This SQLite library has no full-text search (FTS5). Install one that has; "
          "Debian's does."));
}

/* ---- opening */

static int index_path(const char *home, char out[FILE_PATH_MAX], struct problem *why)
{
    char directory[FILE_PATH_MAX];

    if (file_join(directory, home, "index") || file_join(out, directory, "search.db"))
        return problem_set(why, "path_too_long", _("The path of the home is too long: %s"), home);
    return 0;
}

int store_index_discard(const char *home, struct problem *why)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    char path[FILE_PATH_MAX], name[FILE_PATH_MAX + 8];

    if (index_path(home, path, why))
        return -1;
    /* The database first: a log without its database is thrown away by SQLite itself. */
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        if (file_remove(name, why))
            return -1;
    }
    return 0;
}

/* Whether the file is an index of this version and analysis; anything odd means no. */
static bool index_ours(struct index *index, const char *analysis)
{
    int64_t application = 0, version = 0;
    sqlite3_stmt *s;
    bool ours;

    if (statement_number(&index->c, NULL, &application, "PRAGMA application_id", "") ||
        statement_number(&index->c, NULL, &version, "PRAGMA user_version", ""))
        return false;
    if (application != INDEX_APPLICATION || version != INDEX_SCHEMA)
        return false;
    if (statement_first(&index->c, NULL, &s, "SELECT value FROM meta WHERE key='analysis'", "") !=
        1)
        return false;
    ours = cs_span_is(column_span(s, 0), analysis);
    statement_end(s);
    /* Its full-text table must open: a torn schema shows here. */
    return ours && statement_run(&index->c, NULL, "SELECT rowid FROM ft LIMIT 0", "") == 0;
}

static int index_connect(struct index *index, int flags, struct problem *why)
{
    struct stat st;

    if (database_open(&index->c, index->path, flags, why) ||
        index_tokenizer_register(&index->c, why))
        return -1;
    /* Derived data: a commit lost with the power is made again, so no sync for each. */
    sqlite3_exec(index->c.db, "PRAGMA synchronous=NORMAL", NULL, NULL, NULL);
    sqlite3_exec(index->c.db, index->write ? WRITER_CACHE : "PRAGMA query_only=ON;" READER_CACHE,
                 NULL, NULL, NULL);
    /* A reader must not tidy up the log by its name when it closes: by then the file of that name may
     * belong to a newer index. */
    if (!index->write)
        sqlite3_db_config(index->c.db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    if (stat(index->path, &st) == 0) {
        index->device = st.st_dev;
        index->inode = st.st_ino;
    }
    return 0;
}

static int index_make(struct index *index, const char *home, const char *analysis,
                      struct problem *why)
{
    char directory[FILE_PATH_MAX], mark[96];
    int rc;

    database_close(&index->c);
    if (file_join(directory, home, "index") || file_make_directory(directory, 0700, why) ||
        store_index_discard(home, why) ||
        index_connect(index, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, why))
        return -1;
    snprintf(mark, sizeof mark, "PRAGMA application_id=%d; PRAGMA user_version=%d",
             INDEX_APPLICATION, INDEX_SCHEMA);
    rc = sqlite3_exec(index->c.db, "PRAGMA journal_mode=WAL; BEGIN IMMEDIATE", NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(index->c.db, tables, NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(index->c.db, mark, NULL, NULL, NULL);
    if (rc == SQLITE_OK &&
        statement_run(&index->c, &index->failure,
                      "INSERT INTO meta(key,value) VALUES('analysis',?)", "t", analysis))
        return index_problem(index, why);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(index->c.db, "COMMIT", NULL, NULL, NULL);
    if (rc != SQLITE_OK) {
        database_problem(&index->c, rc, &index->failure);
        return index_problem(index, why);
    }
    return 0;
}

static int index_open_writer(struct index *index, const char *home, const char *analysis,
                             bool *rebuilt, struct problem *why)
{
    *rebuilt =
        !(file_exists(index->path) && index_connect(index, SQLITE_OPEN_READWRITE, NULL) == 0 &&
          index_ours(index, analysis));
    if (*rebuilt && index_make(index, home, analysis, why))
        return -1;
    return index_number(index, &index->made, "made", why);
}

static int index_open_reader(struct index *index, const char *analysis, struct problem *why)
{
    if (file_exists(index->path) && index_connect(index, SQLITE_OPEN_READWRITE, NULL) == 0 &&
        index_ours(index, analysis))
        return 0;
    return problem_set(
        why, "index_missing",
        _("There is no search index yet. It is made by the next command that changes "
          "records, and by \"commonshelf serve\"."));
}

struct index *store_index_open(const char *home, bool write, const char *analysis, bool *rebuilt,
                               struct problem *why)
{
    struct index *index = memory_new(sizeof *index);
    bool made = false;

    if (!index) {
        problem_no_memory(why);
        return NULL;
    }
    problem_clear(&index->failure);
    index->write = write;
    if (index_path(home, index->path, why) ||
        (write ? index_open_writer(index, home, analysis, &made, why)
               : index_open_reader(index, analysis, why))) {
        store_index_close(index);
        return NULL;
    }
    if (rebuilt)
        *rebuilt = made;
    return index;
}

void store_index_close(struct index *index)
{
    if (!index)
        return;
    for (size_t i = 0; i < VALUE_SLOTS; i++)
        memory_free(index->value[i].text);
    for (size_t i = 0; i <= INDEX_FACETS; i++)
        memory_free(index->tally[i].slot);
    database_close(&index->c);
    memory_free(index);
}

bool store_index_current(const struct index *index)
{
    struct stat st;

    return stat(index->path, &st) == 0 && st.st_dev == index->device && st.st_ino == index->inode;
}
