/*
 * What the files of store/ share: a connection with its prepared statements, and short ways to run
 * one. Not for other rooms.
 */
#ifndef STORE_INTERNAL_H
#define STORE_INTERNAL_H

#include <pthread.h>
#include <sqlite3.h>

#include <stdatomic.h>

#include "store/store.h"

#define STATEMENT_SLOTS 256 /* a power of two, well over the number of distinct statements */

struct database {
    sqlite3 *db;
    struct {
        const char *sql; /* the literal's address is the key */
        sqlite3_stmt *statement;
    } slot[STATEMENT_SLOTS];
};

struct reader {
    struct database c;
};

struct transaction {
    struct store *store;
    struct reader *reader; /* the writer's connection */
    row_id counted; /* the log whose visible records changed by `delta` in this transaction */
    int64_t delta;
};

struct store {
    char path[FILE_PATH_MAX];
    bool writable;
    pthread_mutex_t writing; /* held from store_begin to store_commit or store_rollback */
    struct reader writer;
    struct transaction transaction; /* the one there is */
    atomic_ullong generation; /* commits so far */
};

extern const int schema_newest; /* the version that this program reads and writes */

int database_open(struct database *c, const char *path, int flags, struct problem *why);
void database_close(struct database *c);
/* Makes the tables or brings them up to schema_newest. */
int schema_migrate(struct database *c, struct problem *why);
int schema_version(struct database *c, int64_t *version, struct problem *why);

/* The VFS through which every database file is written: reports to support/file's seam. */
#define STORE_VFS "commonshelf"
int vfs_register(struct problem *why);

/* ---- statements
 * `types` has a letter for each parameter: i int64_t, t const char * (NULL is null),
 * b struct cs_span (empty is a blob without bytes; p NULL is null), f double, z nothing (null).
 * Texts and blobs must live until the statement is reset. */
sqlite3_stmt *statement_start(struct database *c, struct problem *why, const char *sql,
                              const char *types, ...);
/* 1 a row, 0 no more (and the statement is reset), -1 failed (reset, problem set). */
int statement_step(struct database *c, sqlite3_stmt *s, struct problem *why);
void statement_end(sqlite3_stmt *s);
/* Start, step to the end, reset. */
int statement_run(struct database *c, struct problem *why, const char *sql, const char *types, ...);
/* Start and first step: 1, 0 or -1 as statement_step; *s is set when 1. */
int statement_first(struct database *c, struct problem *why, sqlite3_stmt **s, const char *sql,
                    const char *types, ...);
/* One number: 0 where there is no row. */
int statement_number(struct database *c, struct problem *why, int64_t *out, const char *sql,
                     const char *types, ...);

struct cs_span column_span(sqlite3_stmt *s, int column);
/* Copies a text column into a fixed array, cut at a character if it must be. */
void column_text(sqlite3_stmt *s, int column, char *out, size_t room);
/* False unless the blob has exactly n bytes. */
bool column_bytes(sqlite3_stmt *s, int column, void *out, size_t n);
static inline uint64_t column_u64(sqlite3_stmt *s, int column)
{
    return (uint64_t)sqlite3_column_int64(s, column);
}

/* Turns an SQLite result into a problem; returns -1. */
int database_problem(struct database *c, int result, struct problem *why);
/* A row that this program would not have written. */
int store_damaged(struct problem *why, const char *what);

static inline struct database *writer_of(struct transaction *t)
{
    return &t->reader->c;
}

/* What a column says; anything unknown is nobody's. */
static inline enum audience audience_of(int column)
{
    return column >= AUDIENCE_PUBLIC && column <= AUDIENCE_CHARTER ? (enum audience)column
                                                                   : AUDIENCE_PRIVATE;
}

/* Writes the count of visible records that a transaction gathered for one log. */
int transaction_flush_count(struct transaction *t, struct problem *why);
int transaction_count(struct transaction *t, row_id lid, int64_t delta, struct problem *why);

/* Appends {"id":…,"rev":N, and the members of `body`. */
int store_compose(struct cs_buffer *json, const struct cs_uuid *id, uint64_t rev,
                  struct cs_span body, struct problem *why);

#endif
