/*
 * The threads that deferred exchanges run on, started as they are needed and never more than a few.
 */
#include "http/internal.h"

int workers_open(struct workers *w, struct http_server *server)
{
    memset(w, 0, sizeof *w);
    w->last = &w->first;
    w->max = server->limits.workers;
    w->queue_max = server->limits.queue;
    if (pthread_mutex_init(&w->lock, NULL))
        return -1;
    if (pthread_cond_init(&w->more, NULL)) {
        pthread_mutex_destroy(&w->lock);
        return -1;
    }
    w->server = server;
    return 0;
}

static struct http_exchange *take(struct workers *w)
{
    struct http_exchange *x;

    pthread_mutex_lock(&w->lock);
    w->idle++;
    while (!w->first && !w->stopping)
        pthread_cond_wait(&w->more, &w->lock);
    w->idle--;
    if ((x = w->first)) {
        w->first = x->queue_next;
        if (!w->first)
            w->last = &w->first;
        w->queued--;
    }
    pthread_mutex_unlock(&w->lock);
    return x;
}

static void *work(void *arg)
{
    struct workers *w = arg;
    struct http_exchange *x;
    unsigned number = 0;

    pthread_mutex_lock(&w->lock);
    while (!pthread_equal(w->thread[number], pthread_self()))
        number++;
    pthread_mutex_unlock(&w->lock);
    while ((x = take(w)))
        exchange_work(x, w->server->loops + number);
    return NULL;
}

bool workers_put(struct workers *w, struct http_exchange *x)
{
    bool taken = false;

    pthread_mutex_lock(&w->lock);
    if (w->stopping || w->queued >= w->queue_max)
        goto out;
    if (w->idle <= w->queued && w->started < w->max &&
        pthread_create(&w->thread[w->started], NULL, work, w) == 0)
        w->started++;
    if (!w->started)
        goto out;
    x->queue_next = NULL;
    *w->last = x;
    w->last = &x->queue_next;
    w->queued++;
    pthread_cond_signal(&w->more);
    taken = true;
out:
    pthread_mutex_unlock(&w->lock);
    return taken;
}

void workers_close(struct workers *w)
{
    if (!w->server)
        return;
    pthread_mutex_lock(&w->lock);
    w->stopping = true;
    pthread_cond_broadcast(&w->more);
    pthread_mutex_unlock(&w->lock);
    for (unsigned i = 0; i < w->started; i++)
        pthread_join(w->thread[i], NULL);
    pthread_cond_destroy(&w->more);
    pthread_mutex_destroy(&w->lock);
    w->server = NULL;
}
