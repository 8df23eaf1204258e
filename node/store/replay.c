/*
 * Whoever comes first writes for all who wait: while it commits, the next ones gather behind it.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/internal.h"

#define REPLAY_CACHE "PRAGMA cache_size=-1024"

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS nonce(node TEXT NOT NULL, nonce TEXT NOT NULL,"
    " until INTEGER NOT NULL, PRIMARY KEY(node,nonce)) WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS nonce_until ON nonce(until);"
    "CREATE TABLE IF NOT EXISTS held(node TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TRIGGER IF NOT EXISTS nonce_added AFTER INSERT ON nonce BEGIN"
    " INSERT INTO held(node,n) VALUES(new.node,1) ON CONFLICT DO UPDATE SET n=n+1; END;"
    "CREATE TRIGGER IF NOT EXISTS nonce_gone AFTER DELETE ON nonce BEGIN"
    " UPDATE held SET n=n-1 WHERE node=old.node; DELETE FROM held WHERE node=old.node AND n=0; END";

struct asking {
    struct asking *next;
    const char *node, *nonce;
    uint64_t until, now;
    enum replay_found found;
    bool failed, answered;
    struct problem why;
};

struct replay {
    struct database c;
    uint32_t each, all;
    pthread_mutex_t lock; /* of what follows; never held while the disk works */
    pthread_cond_t committed;
    bool writing; /* somebody has the connection */
    struct asking *first, **last;
};

static int open_database(struct replay *replay, const char *path, struct problem *why)
{
    struct database *c = &replay->c;
    int rc;

    if (database_open(c, path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, why))
        return -1;
    rc = sqlite3_exec(c->db, "PRAGMA journal_mode=WAL; " REPLAY_CACHE, NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(c->db, schema, NULL, NULL, NULL);
    if (rc != SQLITE_OK) {
        database_problem(c, rc, why);
        database_close(c);
        return -1;
    }
    if (chmod(path, 0600) == 0)
        return 0;
    database_close(c);
    return problem_errno(why, errno, FILE_CREATE, path);
}

static void discard(const char *path)
{
    static const char *const tails[] = {"", "-wal", "-shm"};
    char name[FILE_PATH_MAX + 8];

    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
        snprintf(name, sizeof name, "%s%s", path, tails[i]);
        unlink(name);
    }
}

struct replay *store_replay_open(const char *home, uint32_t each, uint32_t all, struct problem *why)
{
    struct replay *replay = memory_new(sizeof *replay);
    struct problem damaged = PROBLEM_INIT;
    char path[FILE_PATH_MAX];

    if (!replay) {
        problem_no_memory(why);
        return NULL;
    }
    pthread_mutex_init(&replay->lock, NULL);
    pthread_cond_init(&replay->committed, NULL);
    replay->each = each;
    replay->all = all;
    replay->last = &replay->first;
    if (file_join(path, home, "replay.db")) {
        problem_errno(why, ENAMETOOLONG, FILE_OPEN, home);
    } else if (open_database(replay, path, &damaged) == 0) {
        return replay;
    } else if (strcmp(damaged.code, "database_damaged") == 0) {
        log_line(LOG_LEVEL_WARN, "store", _("%s is damaged and is made anew"), path);
        discard(path);
        if (open_database(replay, path, why) == 0)
            return replay;
    } else {
        *why = damaged;
    }
    store_replay_close(replay);
    return NULL;
}

void store_replay_close(struct replay *replay)
{
    if (!replay)
        return;
    if (replay->c.db)
        database_close(&replay->c);
    pthread_cond_destroy(&replay->committed);
    pthread_mutex_destroy(&replay->lock);
    memory_free(replay);
}

static int look(struct replay *replay, struct asking *a, struct problem *why)
{
    struct database *c = &replay->c;
    int64_t seen, each, all;

    if (statement_number(c, why, &seen, "SELECT 1 FROM nonce WHERE node=? AND nonce=?", "tt",
                         a->node, a->nonce))
        return -1;
    a->found = REPLAY_SEEN;
    if (seen)
        return 0;
    if (statement_number(c, why, &each, "SELECT n FROM held WHERE node=?", "t", a->node) ||
        statement_number(c, why, &all, "SELECT coalesce(sum(n),0) FROM held", ""))
        return -1;
    a->found = REPLAY_FULL;
    if (each >= replay->each || all >= replay->all)
        return 0;
    a->found = REPLAY_NEW;
    return statement_run(c, why, "INSERT INTO nonce(node,nonce,until) VALUES(?,?,?)", "tti",
                         a->node, a->nonce, (int64_t)a->until);
}

static int write_all(struct replay *replay, struct asking *list, struct problem *why)
{
    struct database *c = &replay->c;

    if (statement_run(c, why, "BEGIN IMMEDIATE", "") ||
        statement_run(c, why, "DELETE FROM nonce WHERE until<?", "i", (int64_t)list->now))
        return -1;
    for (struct asking *a = list; a; a = a->next)
        if (look(replay, a, why))
            return -1;
    return statement_run(c, why, "COMMIT", "");
}

/* Takes all who wait. The lock is held at both ends. */
static void lead(struct replay *replay)
{
    struct asking *list = replay->first, *next;
    struct problem why = PROBLEM_INIT;
    bool failed;

    replay->first = NULL;
    replay->last = &replay->first;
    replay->writing = true;
    pthread_mutex_unlock(&replay->lock);
    failed = write_all(replay, list, &why) != 0;
    if (failed && !sqlite3_get_autocommit(replay->c.db))
        statement_run(&replay->c, NULL, "ROLLBACK", "");
    pthread_mutex_lock(&replay->lock);
    for (; list; list = next) {
        next = list->next; /* it is its thread's: gone once it is answered and the lock is free */
        list->failed = failed;
        list->why = why;
        list->answered = true;
    }
    replay->writing = false;
    pthread_cond_broadcast(&replay->committed);
}

int store_replay_add(struct replay *replay, const struct cs_node_id *node, const char *nonce,
                     uint64_t until, uint64_t now, enum replay_found *found, struct problem *why)
{
    struct asking a = {.node = node->s, .nonce = nonce, .until = until, .now = now};

    pthread_mutex_lock(&replay->lock);
    *replay->last = &a;
    replay->last = &a.next;
    while (!a.answered) {
        if (replay->writing)
            pthread_cond_wait(&replay->committed, &replay->lock);
        else
            lead(replay);
    }
    pthread_mutex_unlock(&replay->lock);
    *found = a.found;
    if (a.failed && why)
        *why = a.why;
    return a.failed ? -1 : 0;
}
