/*
 * Opening, reading and writing: the connections and transactions of store/, and the numbers by which
 * rows are known inside this node. Part of store.h.
 */
#ifndef STORE_TYPES_H
#define STORE_TYPES_H

#include <commonshelf/checkpoint.h>
#include <commonshelf/encode.h>
#include <commonshelf/keyset.h>

#include "support/support.h"

struct store; /* a home's database; shared by all threads */
struct reader; /* a connection for one thread that sees committed state */
struct transaction; /* the writer's; also reads what it has written */

/* Row numbers; 0 is none. They mean nothing outside this home. */
typedef int64_t row_id;
#define STORE_SELF ((row_id)1) /* this institution's own row among the nodes */

enum store_mode {
    STORE_CREATE, /* a new home: the file must not exist */
    STORE_WRITE, /* the lock is held: migrates, recovers */
    STORE_READ, /* somebody else may hold the lock: refuses an older or newer schema */
};

/*
 * Opens HOME/node.db. "database_newer" for a schema of a later version, "database_damaged" when it
 * is no database or fails its own check, "disk_full" and the like from the file system.
 */
CS_MUST_USE struct store *store_open(const char *home, enum store_mode mode, struct problem *why);
void store_close(struct store *store);

CS_MUST_USE struct reader *store_reader(struct store *store, struct problem *why);
void store_reader_free(struct reader *reader);

/* Waits for the one before to end. Everything until store_commit happens whole or not at all. */
CS_MUST_USE struct transaction *store_begin(struct store *store, struct problem *why);
/* Commits, durably, and frees *t. On failure nothing was changed. */
CS_MUST_USE int store_commit(struct transaction **t, struct problem *why);
/* Grows with every commit: what was read since it last grew is still what the database says. Ask before
 * reading, not after. Any thread. */
uint64_t store_generation(struct store *store);
/* Undoes and frees *t; NULL is fine. */
void store_rollback(struct transaction **t);
/* Reads inside the transaction. */
struct reader *transaction_reader(struct transaction *t);

/* A small value by name: "clock_last", "index_state". Missing: 0 with *found false. */
CS_MUST_USE int store_meta_get(struct reader *r, const char *key, int64_t *value, bool *found,
                               struct problem *why);
CS_MUST_USE int store_meta_set(struct transaction *t, const char *key, int64_t value,
                               struct problem *why);

/* For doctor: every page against its checksum, then SQLite's own integrity check. 0 and *ok, with what
 * was found in `detail`. */
CS_MUST_USE int store_check(struct store *store, struct reader *r, bool *ok,
                            struct cs_buffer *detail, struct problem *why);
/* Moves the write-ahead log into the database; for an idle moment. */
void store_checkpoint_wal(struct store *store);
/* After something was taken back: what was deleted is overwritten in the database already; this also
 * empties the write-ahead log, which may still hold it, unless readers are busy with it. */
void store_forget(struct store *store);

#endif
