#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "store/internal.h"
#include "store/page_sum.h"

#define BUSY_MS 10000 /* another connection of this home holds the lock for moments only */
#define WRITER_CACHE_KIB 8192
#define READER_CACHE_KIB 1024

int database_open(struct database *c, const char *path, int flags, struct problem *why)
{
    int rc, reserve = PAGE_SUM;

    memset(c, 0, sizeof *c);
    if (vfs_register(why))
        return -1;
    rc = sqlite3_open_v2(path, &c->db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                         STORE_VFS);
    if (rc != SQLITE_OK) {
        database_problem(c, rc, why);
        database_close(c);
        return -1;
    }
    sqlite3_busy_timeout(c->db, BUSY_MS);
    sqlite3_file_control(c->db, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserve);
    sqlite3_db_config(c->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(c->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(c->db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
    rc = sqlite3_exec(c->db,
                      "PRAGMA page_size=4096; PRAGMA cell_size_check=ON; PRAGMA foreign_keys=ON; "
                      "PRAGMA synchronous=FULL;"
                      "PRAGMA temp_store=MEMORY",
                      NULL, NULL, NULL);
    if (rc != SQLITE_OK) {
        database_problem(c, rc, why);
        database_close(c);
        return -1;
    }
    return 0;
}

void database_close(struct database *c)
{
    for (size_t i = 0; i < STATEMENT_SLOTS; i++)
        sqlite3_finalize(c->slot[i].statement);
    sqlite3_close(c->db);
    memset(c, 0, sizeof *c);
}

static int set_cache(struct database *c, int kib)
{
    char sql[64];

    snprintf(sql, sizeof sql, "PRAGMA cache_size=-%d", kib);
    return sqlite3_exec(c->db, sql, NULL, NULL, NULL);
}

static int open_writer(struct store *store, enum store_mode mode, struct problem *why)
{
    struct database *c = &store->writer.c;
    int64_t version;

    if (mode == STORE_CREATE && file_exists(store->path))
        return problem_set(why, "home_exists",
                           _("There is a database here already: %s. Nothing was "
                             "changed."),
                           store->path);
    if (mode == STORE_WRITE && !file_exists(store->path))
        return problem_set(why, "no_database",
                           _("The home has no database: %s is missing. Restore "
                             "it from a backup."),
                           store->path);
    if (database_open(c, store->path,
                      SQLITE_OPEN_READWRITE | (mode == STORE_CREATE ? SQLITE_OPEN_CREATE : 0), why))
        return -1;
    set_cache(c, WRITER_CACHE_KIB);
    /* What a record said must be gone when it was taken back, also from free pages. */
    int rc =
        sqlite3_exec(c->db, "PRAGMA journal_mode=WAL; PRAGMA secure_delete=ON", NULL, NULL, NULL);
    if (rc != SQLITE_OK)
        return database_problem(c, rc, why);
    if (mode == STORE_CREATE && chmod(store->path, 0600) != 0)
        return problem_errno(why, errno, FILE_CREATE, store->path);
    if (schema_version(c, &version, why))
        return -1;
    if (version > schema_newest)
        return problem_set(why, "database_newer",
                           _("This home was last used by a newer commonshelf. Nothing was changed. "
                             "Install that version again, or restore a backup made before."));
    return schema_migrate(c, why);
}

static int open_readable(struct store *store, struct problem *why)
{
    int64_t version;

    if (!file_exists(store->path))
        return problem_set(why, "no_database",
                           _("The home has no database: %s is missing. Restore "
                             "it from a backup."),
                           store->path);
    /* A reader of a WAL database must be able to write its shared memory, so not READONLY. */
    if (database_open(&store->writer.c, store->path, SQLITE_OPEN_READWRITE, why))
        return -1;
    sqlite3_exec(store->writer.c.db, "PRAGMA query_only=ON", NULL, NULL, NULL);
    if (schema_version(&store->writer.c, &version, why))
        return -1;
    if (version != schema_newest)
        return problem_set(why, "database_version",
                           _("This home belongs to another version of commonshelf. Nothing was "
                             "changed. Start its own version, or end it and let this one convert "
                             "the home."));
    return 0;
}

struct store *store_open(const char *home, enum store_mode mode, struct problem *why)
{
    struct store *store = memory_new(sizeof *store);

    if (!store) {
        problem_no_memory(why);
        return NULL;
    }
    pthread_mutex_init(&store->writing, NULL);
    store->writable = mode != STORE_READ;
    if (file_join(store->path, home, "node.db") ||
        (store->writable ? open_writer(store, mode, why) : open_readable(store, why))) {
        store_close(store);
        return NULL;
    }
    return store;
}

void store_close(struct store *store)
{
    if (!store)
        return;
    database_close(&store->writer.c);
    pthread_mutex_destroy(&store->writing);
    memory_free(store);
}

struct reader *store_reader(struct store *store, struct problem *why)
{
    struct reader *r = memory_new(sizeof *r);

    if (!r) {
        problem_no_memory(why);
        return NULL;
    }
    if (database_open(&r->c, store->path, SQLITE_OPEN_READWRITE, why)) {
        memory_free(r);
        return NULL;
    }
    sqlite3_exec(r->c.db, "PRAGMA query_only=ON", NULL, NULL, NULL);
    set_cache(&r->c, READER_CACHE_KIB);
    return r;
}

void store_reader_free(struct reader *reader)
{
    if (!reader)
        return;
    database_close(&reader->c);
    memory_free(reader);
}

struct transaction *store_begin(struct store *store, struct problem *why)
{
    struct transaction *t = &store->transaction;

    assert(store->writable);
    pthread_mutex_lock(&store->writing);
    t->store = store;
    t->reader = &store->writer;
    t->counted = 0;
    t->delta = 0;
    if (statement_run(&store->writer.c, why, "BEGIN IMMEDIATE", "")) {
        pthread_mutex_unlock(&store->writing);
        return NULL;
    }
    return t;
}

void store_rollback(struct transaction **t)
{
    struct store *store;

    if (!*t)
        return;
    store = (*t)->store;
    *t = NULL;
    if (!sqlite3_get_autocommit(store->writer.c.db))
        statement_run(&store->writer.c, NULL, "ROLLBACK", "");
    pthread_mutex_unlock(&store->writing);
}

int store_commit(struct transaction **t, struct problem *why)
{
    struct store *store = (*t)->store;

    if (transaction_flush_count(*t, why) || statement_run(&store->writer.c, why, "COMMIT", "")) {
        store_rollback(t);
        return -1;
    }
    atomic_fetch_add(&store->generation, 1);
    *t = NULL;
    pthread_mutex_unlock(&store->writing);
    return 0;
}

uint64_t store_generation(struct store *store)
{
    return atomic_load(&store->generation);
}

struct reader *transaction_reader(struct transaction *t)
{
    return t->reader;
}

int store_meta_get(struct reader *r, const char *key, int64_t *value, bool *found,
                   struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(&r->c, why, &s, "SELECT value FROM meta WHERE key=?", "t", key);

    *found = rc == 1;
    if (rc == 1) {
        *value = sqlite3_column_int64(s, 0);
        statement_end(s);
    }
    return rc < 0 ? -1 : 0;
}

int store_meta_set(struct transaction *t, const char *key, int64_t value, struct problem *why)
{
    return statement_run(writer_of(t), why, "INSERT OR REPLACE INTO meta(key,value) VALUES(?,?)",
                         "ti", key, value);
}

/* Every page of the file, also those that no table uses now. The caller holds writers off. */
static int check_pages(struct database *c, bool *ok, struct cs_buffer *detail, struct problem *why)
{
    unsigned char page[PAGE_BYTES];
    sqlite3_int64 size = 0;
    sqlite3_file *file;
    int rc = sqlite3_file_control(c->db, "main", SQLITE_FCNTL_FILE_POINTER, &file);

    if (rc == SQLITE_OK)
        rc = file->pMethods->xFileSize(file, &size);
    for (sqlite3_int64 at = 0; rc == SQLITE_OK && at + PAGE_BYTES <= size; at += PAGE_BYTES) {
        rc = file->pMethods->xRead(file, page, PAGE_BYTES, at);
        if (rc != SQLITE_IOERR_DATA)
            continue;
        *ok = false;
        cs_buffer_printf(detail, _("page %lld is not as it was written; "),
                         (long long)(at / PAGE_BYTES + 1));
        rc = SQLITE_OK;
    }
    return rc == SQLITE_OK ? 0 : database_problem(c, rc, why);
}

static int check_tables(struct database *c, bool *ok, struct cs_buffer *detail, struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(c, why, &s, "PRAGMA integrity_check(20)", "");

    for (; rc == 1; rc = statement_step(c, s, why)) {
        struct cs_span line = column_span(s, 0);
        if (cs_span_is(line, "ok"))
            continue;
        *ok = false;
        cs_buffer_add_span(detail, line);
        cs_buffer_add_text(detail, "; ");
    }
    return rc;
}

int store_check(struct store *store, struct reader *r, bool *ok, struct cs_buffer *detail,
                struct problem *why)
{
    int rc;

    *ok = true;
    pthread_mutex_lock(&store->writing);
    rc = check_pages(&r->c, ok, detail, why);
    pthread_mutex_unlock(&store->writing);
    /* Tables that are read over a bad page would only say the same again. */
    return rc == 0 && *ok ? check_tables(&r->c, ok, detail, why) : rc;
}

void store_checkpoint_wal(struct store *store)
{
    pthread_mutex_lock(&store->writing);
    sqlite3_wal_checkpoint_v2(store->writer.c.db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    sqlite3_db_release_memory(store->writer.c.db);
    pthread_mutex_unlock(&store->writing);
}

void store_forget(struct store *store)
{
    pthread_mutex_lock(&store->writing);
    sqlite3_wal_checkpoint_v2(store->writer.c.db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    pthread_mutex_unlock(&store->writing);
}
