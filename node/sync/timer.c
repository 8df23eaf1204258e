/*
 * In a running node every peer is pulled in its own time, on a thread of its own: a slow one delays
 * nobody. Failures are asked again later and later, up to a day.
 */
#include <errno.h>
#include <pthread.h>

#include "sync/internal.h"

#define BACKOFF_MAX_SECONDS 86400
#define LOOK_AGAIN_SECONDS 60 /* at the latest: clocks change, machines sleep */
#define HELD_SECONDS 2 /* until it is asked again whether this node knows what it has signed */
#define JITTER 8 /* an eighth more or less, so that peers do not ask in step */

struct running {
    struct sync_timer *timer;
    row_id nid;
    pthread_t thread;
    bool used, done;
};

struct sync_timer {
    struct sync_setup setup;
    uint64_t interval; /* seconds */
    atomic_bool cancel;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool woken, published, announcing, announced;
    uint64_t
        deposit_due; /* when own logs are next brought to relays, if they have not all of them */
    unsigned deposit_failures;
    pthread_t announcement; /* while announcing */
    struct announcer *announcer;
    struct notices *notices;
    struct running running[SYNC_AT_ONCE];
};

static void *pull_one(void *arg)
{
    struct running *run = arg;
    struct sync_timer *timer = run->timer;
    struct problem why = PROBLEM_INIT;
    struct sync_result result;

    if (sync_pull(&timer->setup, run->nid, &timer->cancel, &result, &why))
        log_problem(LOG_LEVEL_ERROR, "sync", &why);
    else if (result.state == SYNC_FAILED && !atomic_load(&timer->cancel))
        log_line(LOG_LEVEL_WARN, "sync", "%s: %s", result.name, result.why.message);
    else if (result.state == SYNC_OK)
        log_line(LOG_LEVEL_INFO, "sync",
                 P_("%s: %llu new entry", "%s: %llu new entries", result.entries), result.name,
                 (unsigned long long)result.entries);
    pthread_mutex_lock(&timer->lock);
    run->done = true;
    timer->woken = true;
    pthread_cond_signal(&timer->wake);
    pthread_mutex_unlock(&timer->lock);
    return NULL;
}

static uint64_t backed_off(uint64_t wait, unsigned failures)
{
    for (unsigned i = 0; i < failures && wait < BACKOFF_MAX_SECONDS; i++)
        wait *= 2;
    return wait > BACKOFF_MAX_SECONDS ? BACKOFF_MAX_SECONDS : wait;
}

static uint64_t wait_for(const struct sync_timer *timer, const struct peer_row *peer)
{
    uint64_t wait = backed_off(timer->interval, peer->failures);

    /* The same for a peer until it is tried again: from its own numbers, not from chance. */
    return wait + wait / JITTER * ((uint64_t)(peer->node.nid * 7 + (row_id)peer->last_try) % 3) / 2;
}

static struct running *free_place(struct sync_timer *timer)
{
    for (size_t i = 0; i < SYNC_AT_ONCE; i++)
        if (!timer->running[i].used)
            return &timer->running[i];
    return NULL;
}

static bool is_running(const struct sync_timer *timer, row_id nid)
{
    for (size_t i = 0; i < SYNC_AT_ONCE; i++)
        if (timer->running[i].used && timer->running[i].nid == nid)
            return true;
    return false;
}

/* Called with the lock held, which is let go while a thread is joined. */
static void collect(struct sync_timer *timer, bool all)
{
    for (size_t i = 0; i < SYNC_AT_ONCE; i++) {
        struct running *run = &timer->running[i];
        pthread_t thread = run->thread;

        if (!run->used || (!run->done && !all))
            continue;
        pthread_mutex_unlock(&timer->lock);
        pthread_join(thread, NULL);
        pthread_mutex_lock(&timer->lock);
        run->used = false;
    }
}

/* One that is known from a file only is not visited. */
static bool has_a_way(const struct peer_row *peer)
{
    return peer->node.url[0] || peer->through || peer->node.vias > 0;
}

/* Starts who is due; returns the seconds until somebody will be. Called with the lock held. */
static uint64_t start_due(struct sync_timer *timer, const struct peer_row *peers, size_t n)
{
    uint64_t now = clock_now(), next = LOOK_AGAIN_SECONDS;

    for (size_t i = 0; i < n; i++) {
        uint64_t due = peers[i].last_try + wait_for(timer, &peers[i]);
        uint64_t noticed = notices_due(timer->notices, peers[i].node.nid);
        struct running *run;

        due = noticed < due ? noticed : due;
        if (peers[i].state != PEER_ACTIVE || !has_a_way(&peers[i]) ||
            is_running(timer, peers[i].node.nid))
            continue;
        if (due > now && peers[i].last_try <= now) {
            next = due - now < next ? due - now : next;
            continue;
        }
        if (!(run = free_place(timer)))
            continue; /* the first that ends wakes this thread */
        notices_done(timer->notices, peers[i].node.nid);
        *run = (struct running){.timer = timer, .nid = peers[i].node.nid, .used = true};
        if (pthread_create(&run->thread, NULL, pull_one, run))
            run->used = false;
    }
    return next;
}

/* ---- telling others */

/* Before others hear of it: they may go to the relay at once. */
static void deposit(struct sync_timer *timer)
{
    struct sync_deposits *done = memory_new(sizeof *done);
    struct problem why = PROBLEM_INIT;
    bool held = signer_held(timer->setup.signer) != NULL;
    bool well = done && sync_deposit(&timer->setup, &timer->cancel, done, &why) == 0;

    if (!done)
        problem_no_memory(&why);
    if (!well)
        log_problem(LOG_LEVEL_ERROR, "sync", &why);
    for (size_t i = 0; done && i < done->n; i++) {
        if (!done->at[i].well && !atomic_load(&timer->cancel))
            log_line(LOG_LEVEL_WARN, "sync", "%s: %s", done->at[i].name, done->at[i].why.message);
        else if (done->at[i].bytes)
            log_line(LOG_LEVEL_INFO, "sync", _("%s has all that is published here now"),
                     done->at[i].name);
        well = well && done->at[i].well;
    }
    memory_free(done);
    pthread_mutex_lock(&timer->lock);
    timer->deposit_failures = well ? 0 : timer->deposit_failures + 1;
    timer->deposit_due =
        clock_monotonic_ms() / 1000 +
        (held ? HELD_SECONDS : backed_off(timer->interval, timer->deposit_failures));
    pthread_mutex_unlock(&timer->lock);
}

static void *announce(void *arg)
{
    struct sync_timer *timer = arg;
    struct cs_buffer note = {.alloc = memory_allocator()};
    struct problem why = PROBLEM_INIT;
    int rc;

    deposit(timer);
    while ((rc = announcer_next(timer->announcer, &note, &why)) == 1 &&
           announcer_tell(timer->announcer, cs_buffer_span(&note), &why) == 0)
        cs_buffer_reset(&note);
    if (rc)
        log_problem(LOG_LEVEL_ERROR, "sync", &why);
    cs_buffer_free(&note);
    pthread_mutex_lock(&timer->lock);
    timer->announced = true;
    timer->woken = true;
    pthread_cond_signal(&timer->wake);
    pthread_mutex_unlock(&timer->lock);
    return NULL;
}

/* Called with the lock held, which is let go while the thread is joined. */
static void end_announcement(struct sync_timer *timer)
{
    pthread_t thread = timer->announcement;

    if (!timer->announcing)
        return;
    pthread_mutex_unlock(&timer->lock);
    pthread_join(thread, NULL);
    pthread_mutex_lock(&timer->lock);
    timer->announcing = false;
}

/* Called with the lock held. */
static void start_announcement(struct sync_timer *timer)
{
    if (timer->announcing && timer->announced)
        end_announcement(timer);
    if (timer->announcing ||
        (!timer->published && timer->deposit_due > clock_monotonic_ms() / 1000))
        return;
    timer->published = timer->announced = false;
    timer->announcing = pthread_create(&timer->announcement, NULL, announce, timer) == 0;
}

/* At the latest. Called with the lock held. */
static time_t look_again(const struct sync_timer *timer, uint64_t next)
{
    uint64_t now = clock_monotonic_ms() / 1000;
    uint64_t due = timer->announcing || timer->deposit_due <= now ? next : timer->deposit_due - now;

    return (time_t)(due < next ? due : next);
}

static int list_peers(struct sync_timer *timer, struct peer_row **peers, size_t *n)
{
    struct problem why = PROBLEM_INIT;
    struct reader *r = store_reader(timer->setup.store, &why);

    *n = 0;
    *peers = NULL;
    if (!r || !(*peers = memory_new(sizeof **peers * STORE_PEERS_MAX)) ||
        store_peer_list(r, *peers, STORE_PEERS_MAX, n, &why)) {
        log_problem(LOG_LEVEL_ERROR, "sync", &why);
        *n = 0;
    }
    store_reader_free(r);
    return 0;
}

static void *run_timer(void *arg)
{
    struct sync_timer *timer = arg;

    while (!atomic_load(&timer->cancel)) {
        struct peer_row *peers;
        struct timespec until;
        size_t n;

        /* A wake from here on is for the next look. */
        pthread_mutex_lock(&timer->lock);
        timer->woken = false;
        pthread_mutex_unlock(&timer->lock);
        list_peers(timer, &peers, &n);
        pthread_mutex_lock(&timer->lock);
        collect(timer, false);
        start_announcement(timer);
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += look_again(timer, start_due(timer, peers, n));
        memory_free(peers);
        while (!timer->woken && !atomic_load(&timer->cancel) &&
               pthread_cond_timedwait(&timer->wake, &timer->lock, &until) != ETIMEDOUT)
            ;
        pthread_mutex_unlock(&timer->lock);
    }
    return NULL;
}

static struct sync_timer *new_timer(const struct sync_setup *setup, unsigned minutes)
{
    struct sync_timer *timer = memory_new(sizeof *timer);

    if (!timer)
        return NULL;
    timer->setup = *setup;
    timer->interval = (uint64_t)minutes * 60;
    timer->notices = notices_new(setup->notice_seconds);
    timer->announcer = announcer_new(&timer->setup, &timer->cancel);
    return timer;
}

static void free_timer(struct sync_timer *timer)
{
    announcer_free(timer->announcer);
    notices_free(timer->notices);
    memory_free(timer);
}

struct sync_timer *sync_timer_start(const struct sync_setup *setup, unsigned minutes,
                                    struct problem *why)
{
    struct sync_timer *timer = new_timer(setup, minutes);
    pthread_condattr_t monotonic;

    if (!timer || !timer->notices || !timer->announcer) {
        problem_no_memory(why);
        if (timer)
            free_timer(timer);
        return NULL;
    }
    pthread_mutex_init(&timer->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&timer->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (pthread_create(&timer->thread, NULL, run_timer, timer)) {
        problem_set(why, "no_thread", _("No thread could be started. The node did not start."));
        free_timer(timer);
        return NULL;
    }
    return timer;
}

void sync_timer_wake(struct sync_timer *timer)
{
    if (!timer)
        return;
    pthread_mutex_lock(&timer->lock);
    timer->woken = true;
    pthread_cond_signal(&timer->wake);
    pthread_mutex_unlock(&timer->lock);
}

void sync_timer_notice(struct sync_timer *timer, row_id nid)
{
    if (!timer)
        return;
    pthread_mutex_lock(&timer->lock);
    notices_add(timer->notices, nid, clock_now());
    pthread_mutex_unlock(&timer->lock);
    sync_timer_wake(timer);
}

void sync_timer_published(struct sync_timer *timer)
{
    if (!timer)
        return;
    pthread_mutex_lock(&timer->lock);
    timer->published = true;
    pthread_mutex_unlock(&timer->lock);
    sync_timer_wake(timer);
}

void sync_timer_stop(struct sync_timer *timer)
{
    if (!timer)
        return;
    atomic_store(&timer->cancel, true);
    sync_timer_wake(timer);
    pthread_join(timer->thread, NULL);
    pthread_mutex_lock(&timer->lock);
    collect(timer, true);
    end_announcement(timer);
    pthread_mutex_unlock(&timer->lock);
    pthread_cond_destroy(&timer->wake);
    pthread_mutex_destroy(&timer->lock);
    free_timer(timer);
}
