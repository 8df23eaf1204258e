/*
 * A node's home: where it is, whose it is, who may write to it now, and its parts, opened in order.
 * One struct home serves every thread of the process. Finds and opens only; what is done with the
 * parts is the commands'.
 */
#ifndef COMMAND_HOME_H
#define COMMAND_HOME_H

#include <pthread.h>
#include <stdatomic.h>

#include "catalogue/catalogue.h"
#include "peering/peering.h"
#include "search/search.h"
#include "store/store.h"
#include "support/support.h"

/* How long a command waits for another one that has the home. */
#define HOME_WAIT_MS 10000

#define HOME_CONFIG "commonshelf.conf"
#define HOME_KEYS "keys"
#define HOME_KEYSETS "keys/keyset"
#define HOME_ROOT "keys/root.key"
#define HOME_TLS_KEY "keys/tls.key"
#define HOME_TLS_CERTIFICATE "keys/tls.crt"
#define HOME_LOCK "lock"
#define HOME_RUN "run"

/* Told by the rooms below, from any thread, that something changed; `serve` acts on it. */
struct home_listener {
    void (*records)(void *arg); /* there are records that the index has not */
    void (*peers)(void *arg);
    void (*dropped)(void *arg, const struct cs_node_id *node, row_id nid); /* see peering_setup */
    void (*indexing)(void *arg, int64_t done, int64_t of);
    void (*published)(void *arg); /* own logs may have new checkpoints */
    void *arg;
};

struct home {
    char path[FILE_PATH_MAX]; /* absolute */
    int lock; /* the descriptor that holds it; -1: reading beside another process */
    struct config config;
    bool has_config;
    struct signer *signer;
    struct store *store;
    struct catalogue *catalogue;
    struct peering *peering;

    pthread_mutex_t certainty; /* while peers are asked what they saw of this node's own logs */
    bool certain; /* that nothing is missing of what this node signed */
    atomic_bool ending; /* cuts off what waits for peers */

    pthread_mutex_t indexing; /* over the index's one writer */
    struct search_index *index;

    pthread_mutex_t listening;
    struct home_listener listener;
};

/* Where the home is: `given` (of -C), else $COMMONSHELF_HOME, else in $XDG_DATA_HOME or
 * ~/.local/share. Absolute, whether it exists or not. */
CS_MUST_USE int home_find(const char *given, char out[FILE_PATH_MAX], struct problem *why);
/* 0 if there is a home: "no_home" says how to make one. */
CS_MUST_USE int home_exists(const char *path, struct problem *why);
/* 0 if this process runs as the home's owner: "other_user" names the command that would work,
 * made of `argv`; -C is put in unless it is `named` there, as the other user's environment is
 * another. */
CS_MUST_USE int home_owned(const char *path, char *const *argv, bool named, struct problem *why);

/* A home with nothing open yet. Takes over the lock. NULL: no memory, and the lock is closed. */
CS_MUST_USE struct home *home_new(const char *path, int lock, struct problem *why);
void home_free(struct home *home); /* closes its parts in order; NULL is fine */

/* Everything, for the process that has the lock: recovery is part of it. */
CS_MUST_USE int home_open(struct home *home, struct problem *why);
/* Configuration and database only, beside another process. */
CS_MUST_USE int home_open_reading(struct home *home, struct problem *why);
/* The steps of home_open one by one, each at most once, for who wants to know which of them
 * fails. */
CS_MUST_USE int home_open_config(struct home *home, struct problem *why);
CS_MUST_USE int home_open_signer(struct home *home, struct problem *why);
CS_MUST_USE int home_open_store(struct home *home, struct problem *why);
CS_MUST_USE int home_open_catalogue(struct home *home, struct problem *why);
CS_MUST_USE int home_open_peering(struct home *home, struct problem *why);
CS_MUST_USE int home_open_index(struct home *home, struct problem *why);

/*
 * Before the first signature, and again before each publication, for a copy may run elsewhere: asks peers
 * what they saw of the own logs, and takes back what is missing here (sync_own_history). Until it returns 0,
 * no checkpoint and no profile is signed. "not_certain" when the home looks like a copy and no peer answers:
 * `insist` is a person's word that it is the newest one. And the codes of sync_own_history. Home wholly open.
 * Any thread.
 */
CS_MUST_USE int home_certain(struct home *home, bool insist, struct problem *why);
enum home_standing {
    HOME_SIGNS,
    HOME_UNCERTAIN, /* it looks like a copy, and has not heard from a peer since */
    HOME_FORKED, /* two histories of an own log are signed */
};
/* As the database says, also beside the process that holds the home. */
CS_MUST_USE int home_standing(struct home *home, struct reader *r, enum home_standing *standing,
                              struct problem *why);
/* No checkpoint and no profile is signed before home_certain; part of home_open. */
CS_MUST_USE int home_hold(struct home *home, struct problem *why);

/*
 * Makes the next keyset (signer_rotate: `root` is the root's seed or NULL) and signs with the new
 * keys what peers ask for, so that they see the old state or the new one. Home wholly open.
 */
CS_MUST_USE int home_rotate(struct home *home, const unsigned char *root, struct problem *why);
/* Completes a change of keys that was cut off; part of home_open. "keys_older" when the database has
 * seen newer keys than those in the home. */
CS_MUST_USE int home_adopt_keys(struct home *home, struct problem *why);
/* "keys_older" too, before what newer keys signed is looked at. Signer and store open. */
CS_MUST_USE int home_check_keys(struct home *home, struct problem *why);

/* A home that `keys recover` makes signs nothing until it has its history back: "recovery_unfinished". */
CS_MUST_USE int home_recover_begin(struct transaction *t, struct problem *why);
CS_MUST_USE int home_recover_end(struct home *home, struct problem *why);

/* This node's ID and name, as the database and the configuration have them. */
CS_MUST_USE int home_self(struct home *home, struct reader *r, struct node_row *self,
                          struct problem *why);

/* Sets who is told of changes; all NULL: nobody. */
void home_listen(struct home *home, const struct home_listener *listener);
/* True if somebody sees to it that changes are indexed: who searches need not. */
bool home_has_listener(struct home *home);
/* For the rooms below: callbacks with the home as their argument. */
void home_records_changed(void *home);
void home_peers_changed(void *home);
void home_peer_dropped(void *home, const struct cs_node_id *node, row_id nid);
void home_published(void *home);

/* Brings the index up to the newest change; waits for another thread that does. `progress` may be
 * NULL. */
CS_MUST_USE int home_index(struct home *home, void (*progress)(void *arg, int64_t done, int64_t of),
                           void *arg, struct problem *why);
/* Throws the index away and makes it anew. */
CS_MUST_USE int home_index_rebuild(struct home *home,
                                   void (*progress)(void *arg, int64_t done, int64_t of), void *arg,
                                   struct problem *why);
/* Documents in the index and records that should be there, with no writer between the two
 * counts. */
CS_MUST_USE int home_index_check(struct home *home, struct reader *r, int64_t *documents,
                                 int64_t *records, struct problem *why);

#endif
