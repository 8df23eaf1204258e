#include "command/serve_tasks.h"

#include <errno.h>
#include <time.h>

#include "command/own_keys.h"

#define HOUSE_EVERY_SECONDS 3600
#define RETRY_SECONDS                                                                              \
    60 /* after an index that could not be written, or when nothing may be signed yet */
#define INVITES_KEPT_SECONDS 86400 /* past their time, so that a late answer can say why */

struct tasks {
    struct home *home;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stopping, changed;
    pthread_t indexer, keeper;
    bool has_indexer, has_keeper;
    int reminded; /* how urgent it was when the log last said that keys end */
    int64_t reminded_days; /* and how many days were left */
};

/* Until there is something to do, or the time is over. With the lock held; false when stopping. */
static bool wait_for_change(struct tasks *t, const bool *flag, unsigned seconds)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += seconds;
    while (!t->stopping && !(flag && *flag))
        if (pthread_cond_timedwait(&t->wake, &t->lock, &until) == ETIMEDOUT)
            break;
    return !t->stopping;
}

static void *index_changes(void *arg)
{
    struct tasks *t = arg;
    unsigned pause = HOUSE_EVERY_SECONDS;

    pthread_mutex_lock(&t->lock);
    while (wait_for_change(t, &t->changed, pause)) {
        struct problem why = PROBLEM_INIT;

        t->changed = false;
        pthread_mutex_unlock(&t->lock);
        pause = HOUSE_EVERY_SECONDS;
        if (home_index(t->home, NULL, NULL, &why)) {
            log_problem(LOG_LEVEL_ERROR, "search", &why);
            pause = RETRY_SECONDS;
        }
        pthread_mutex_lock(&t->lock);
    }
    pthread_mutex_unlock(&t->lock);
    return NULL;
}

static int purge_invites(struct home *home, struct problem *why)
{
    struct transaction *t = store_begin(home->store, why);

    if (!t)
        return -1;
    if (store_invite_purge(t, clock_ago(INVITES_KEPT_SECONDS), why) || store_commit(&t, why)) {
        store_rollback(&t);
        return -1;
    }
    return 0;
}

/* What is signed anew from time to time, once it is certain what was signed before. False: not yet. */
static bool sign(struct tasks *t)
{
    struct problem why = PROBLEM_INIT;

    if (home_certain(t->home, false, &why)) {
        log_problem(LOG_LEVEL_ERROR, "serve", &why);
        return false;
    }
    /* The rest is done although one of them failed. */
    if (catalogue_refresh(t->home->catalogue, &why))
        log_problem(LOG_LEVEL_ERROR, "serve", &why);
    problem_clear(&why);
    if (peering_profile_refresh(t->home->peering, &why))
        log_problem(LOG_LEVEL_ERROR, "serve", &why);
    return true;
}

/* When it begins, each time it becomes more urgent, and every day of the last week. */
static void remind_of_keys(struct tasks *t)
{
    struct problem why = PROBLEM_INIT;
    struct reader *r = store_reader(t->home->store, &why);
    uint64_t now = clock_agreed();
    struct own_keys keys;
    char text[OWN_KEYS_TEXT];
    int64_t days;
    int urgency;

    if (!r || own_keys_read(t->home, r, &keys, &why)) {
        log_problem(LOG_LEVEL_ERROR, "serve", &why);
        store_reader_free(r);
        return;
    }
    store_reader_free(r);
    urgency = own_keys_urgency(&keys, now);
    days = own_keys_days(&keys, now);
    if (urgency > t->reminded || (urgency && days < OWN_KEYS_LAST && days != t->reminded_days)) {
        own_keys_text(&keys, now, text);
        log_line(LOG_LEVEL_WARN, "serve", "%s", text);
        t->reminded_days = days;
    }
    t->reminded = urgency;
}

static void *keep_house(void *arg)
{
    struct tasks *t = arg;
    unsigned pause = 0;

    pthread_mutex_lock(&t->lock);
    while (wait_for_change(t, NULL, pause)) {
        struct problem why = PROBLEM_INIT;
        uint64_t pruned;

        pthread_mutex_unlock(&t->lock);
        pause = sign(t) ? HOUSE_EVERY_SECONDS : RETRY_SECONDS;
        if (catalogue_prune(t->home->catalogue, clock_ago(CATALOGUE_KEEP_EPOCH), &pruned, &why))
            log_problem(LOG_LEVEL_ERROR, "serve", &why);
        problem_clear(&why);
        if (purge_invites(t->home, &why))
            log_problem(LOG_LEVEL_ERROR, "serve", &why);
        remind_of_keys(t);
        store_checkpoint_wal(t->home->store);
        pthread_mutex_lock(&t->lock);
    }
    pthread_mutex_unlock(&t->lock);
    return NULL;
}

struct tasks *tasks_start(struct home *home, struct problem *why)
{
    struct tasks *t = memory_new(sizeof *t);
    pthread_condattr_t monotonic;

    if (!t) {
        problem_no_memory(why);
        return NULL;
    }
    t->home = home;
    t->changed = true;
    pthread_mutex_init(&t->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&t->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    t->has_indexer = !pthread_create(&t->indexer, NULL, index_changes, t);
    t->has_keeper = !pthread_create(&t->keeper, NULL, keep_house, t);
    if (t->has_indexer && t->has_keeper)
        return t;
    problem_set(why, "no_thread", "%s",
                _("The system gives this node no further thread. It did not start."));
    tasks_stop(t);
    return NULL;
}

void tasks_records_changed(struct tasks *t)
{
    pthread_mutex_lock(&t->lock);
    t->changed = true;
    pthread_cond_broadcast(&t->wake);
    pthread_mutex_unlock(&t->lock);
}

void tasks_stop(struct tasks *t)
{
    if (!t)
        return;
    pthread_mutex_lock(&t->lock);
    t->stopping = true;
    atomic_store(&t->home->ending, true);
    pthread_cond_broadcast(&t->wake);
    pthread_mutex_unlock(&t->lock);
    if (t->has_indexer)
        pthread_join(t->indexer, NULL);
    if (t->has_keeper)
        pthread_join(t->keeper, NULL);
    pthread_cond_destroy(&t->wake);
    pthread_mutex_destroy(&t->lock);
    memory_free(t);
}
