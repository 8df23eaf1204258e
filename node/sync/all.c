#include <pthread.h>

#include "sync/internal.h"

/* Several peers, each on its own thread. */
struct crowd {
    const struct sync_setup *setup;
    const row_id *peers;
    size_t n;
    const atomic_bool *cancel;
    struct sync_result *results;
    pthread_mutex_t lock;
    size_t next;
    struct problem *why; /* the first failure of this node's own */
    bool failed;
};

static bool take_next(struct crowd *c, size_t *i)
{
    bool left;

    pthread_mutex_lock(&c->lock);
    left = c->next < c->n && !c->failed;
    if (left)
        *i = c->next++;
    pthread_mutex_unlock(&c->lock);
    return left;
}

static void *work(void *arg)
{
    struct crowd *c = arg;
    size_t i;

    while (take_next(c, &i)) {
        struct problem why = PROBLEM_INIT;

        if (sync_pull(c->setup, c->peers[i], c->cancel, &c->results[i], &why) == 0)
            continue;
        pthread_mutex_lock(&c->lock);
        if (!c->failed && c->why)
            *c->why = why;
        c->failed = true;
        pthread_mutex_unlock(&c->lock);
    }
    return NULL;
}

int sync_pull_all(const struct sync_setup *setup, const row_id *peers, size_t n,
                  const atomic_bool *cancel, struct sync_result *results, struct problem *why)
{
    struct crowd c = {.setup = setup,
                      .peers = peers,
                      .n = n,
                      .cancel = cancel,
                      .results = results,
                      .lock = PTHREAD_MUTEX_INITIALIZER,
                      .why = why};
    pthread_t thread[SYNC_AT_ONCE];
    size_t threads = 0;

    memset(results, 0, n * sizeof *results);
    /* This thread is one of them, so that the work is done even where no thread can be had. */
    while (threads + 1 < n && threads + 1 < SYNC_AT_ONCE &&
           pthread_create(&thread[threads], NULL, work, &c) == 0)
        threads++;
    work(&c);
    for (size_t i = 0; i < threads; i++)
        pthread_join(thread[i], NULL);
    return c.failed ? -1 : 0;
}
