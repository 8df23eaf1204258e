/*
 * What a peer brings of its own logs, to be relayed: taken as a file of it would be, within what it may keep
 * here.
 */
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "sync/internal.h"

/* What the files of a node's logs take now. */
static int bytes_held(const struct sync_setup *setup, struct reader *r, row_id nid, uint64_t *bytes,
                      struct problem *why)
{
    struct log_row *log = memory_new(CS_PROFILE_SHELVES_MAX * sizeof *log);
    char path[FILE_PATH_MAX], hex[65];
    size_t n = 0;
    int rc =
        log ? store_log_list(r, nid, log, CS_PROFILE_SHELVES_MAX, &n, why) : problem_no_memory(why);

    *bytes = 0;
    for (size_t i = 0; rc == 0 && i < n; i++) {
        uint64_t of_log;

        cs_origin_directory(log[i].origin, hex);
        snprintf(path, sizeof path, "%s/logs/%s", setup->home, hex);
        rc = file_tree_size(path, &of_log, why);
        *bytes += rc ? 0 : of_log;
    }
    memory_free(log);
    return rc;
}

/* Deposits that are being taken, so that two at once don't each find the same room. */
struct underway {
    row_id nid;
    uint64_t bytes;
    struct underway *next;
};
static pthread_mutex_t underway_lock = PTHREAD_MUTEX_INITIALIZER;
static struct underway *underways;

static void leave(struct underway *u)
{
    struct underway **at = &underways;

    pthread_mutex_lock(&underway_lock);
    while (*at != u)
        at = &(*at)->next;
    *at = u->next;
    pthread_mutex_unlock(&underway_lock);
}

/* What it takes counts from here on until it leaves. With the lock held. */
static int enter(const struct sync_setup *setup, struct reader *r, uint64_t quota,
                 struct underway *u, bool *room, struct problem *why)
{
    uint64_t held;

    if (bytes_held(setup, r, u->nid, &held, why))
        return -1;
    for (const struct underway *other = underways; other; other = other->next)
        held += other->nid == u->nid ? other->bytes : 0;
    *room = held <= quota && u->bytes <= quota - held;
    if (*room) {
        u->next = underways;
        underways = u;
    }
    return 0;
}

int sync_deposit_held(struct reader *r, row_id nid, const char *hex, uint64_t *held,
                      struct problem *why)
{
    struct log_row *log = memory_new(CS_PROFILE_SHELVES_MAX * sizeof *log);
    char of_log[65];
    size_t n = 0;
    int rc =
        log ? store_log_list(r, nid, log, CS_PROFILE_SHELVES_MAX, &n, why) : problem_no_memory(why);

    *held = 0;
    for (size_t i = 0; rc == 0 && i < n; i++) {
        cs_origin_directory(log[i].origin, of_log);
        if (strcmp(of_log, hex) == 0)
            *held = log[i].range.size;
    }
    memory_free(log);
    return rc;
}

/* What came of a file that could be read. That more of the log is to come is no failure. */
static enum deposited judge(const struct sync_result *result, struct problem *why)
{
    if (result->state != SYNC_FAILED || problem_is(&result->why, "not_there"))
        return DEPOSIT_TAKEN;
    *why = result->why;
    if (problem_is(why, "forked rolled_back old_epoch wrong_epoch identity_frozen keyset_older "
                        "keyset_overridden blocked"))
        return DEPOSIT_CONTRADICTS;
    return DEPOSIT_MALFORMED;
}

static int note_heard(const struct sync_setup *setup, row_id nid, struct problem *why)
{
    struct transaction *t = store_begin(setup->store, why);

    if (!t || store_peer_result(t, nid, clock_now(), true, NULL, why) || store_commit(&t, why)) {
        store_rollback(&t);
        return -1;
    }
    return 0;
}

static int import(const struct sync_setup *setup, struct reader *r, const struct peer_row *from,
                  int fd, const char *name, enum deposited *result, uint64_t *held,
                  struct problem *why)
{
    const struct bundle_trust trust = {.only = &from->node.id, .one_log = true};
    struct problem failed = PROBLEM_INIT;
    struct bundle_in in;
    char hex[65];
    int rc = -1;

    if (bundle_import(setup, fd, name, &trust, NULL, NULL, NULL, &in, &failed)) {
        if (pull_is_own_failure(&failed))
            goto out;
        *result = problem_is(&failed, "wrong_origin") ? DEPOSIT_OTHERS : DEPOSIT_MALFORMED;
        rc = 0;
        goto out;
    }
    *result = judge(&in.result[0], &failed);
    cs_origin_directory(in.origin, hex);
    rc = *result != DEPOSIT_TAKEN ? 0
         : note_heard(setup, from->node.nid, &failed) ||
                 sync_deposit_held(r, from->node.nid, hex, held, &failed)
             ? -1
             : 0;
out:
    if (failed.code)
        *why = failed;
    bundle_in_free(&in);
    return rc;
}

int sync_deposit_take(const struct sync_setup *setup, struct reader *r, const struct peer_row *from,
                      struct cs_span body, uint64_t quota, enum deposited *result, uint64_t *held,
                      struct problem *why)
{
    char name[CS_PROFILE_TEXT_MAX + 64];
    struct underway u = {.nid = from->node.nid, .bytes = body.n};
    bool room;
    int fd, rc = -1;

    *held = 0;
    pthread_mutex_lock(&underway_lock);
    rc = enter(setup, r, quota, &u, &room, why);
    pthread_mutex_unlock(&underway_lock);
    if (rc)
        return -1;
    if (!room) {
        *result = DEPOSIT_NO_ROOM;
        return 0;
    }
    snprintf(name, sizeof name, _("the deposit of \"%s\""), from->node.name);
    rc = -1;
    if ((fd = file_in_memory("deposit", why)) >= 0) {
        if (file_write_at(fd, name, 0, body, why) == 0)
            rc = import(setup, r, from, fd, name, result, held, why);
        close(fd);
    }
    leave(&u);
    return rc;
}
