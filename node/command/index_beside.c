#include "command/index_beside.h"

struct index_beside {
    struct home *home;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool waiting, ending;
};

static void *work(void *arg)
{
    struct index_beside *b = arg;

    pthread_mutex_lock(&b->lock);
    while (!b->ending) {
        struct problem why = PROBLEM_INIT;

        if (!b->waiting) {
            pthread_cond_wait(&b->wake, &b->lock);
            continue;
        }
        b->waiting = false;
        pthread_mutex_unlock(&b->lock);
        /* What fails here fails again in the command's own call_index, which says it. */
        if (home_index(b->home, NULL, NULL, &why))
            log_problem(LOG_LEVEL_DEBUG, "search", &why);
        pthread_mutex_lock(&b->lock);
    }
    pthread_mutex_unlock(&b->lock);
    return NULL;
}

static void records_changed(void *arg)
{
    struct index_beside *b = arg;

    pthread_mutex_lock(&b->lock);
    b->waiting = true;
    pthread_cond_signal(&b->wake);
    pthread_mutex_unlock(&b->lock);
}

static void release(struct index_beside *b)
{
    pthread_cond_destroy(&b->wake);
    pthread_mutex_destroy(&b->lock);
    memory_free(b);
}

struct index_beside *index_beside_begin(struct home *home, bool waiting)
{
    struct index_beside *b;

    if (home_has_listener(home) || !(b = memory_new(sizeof *b)))
        return NULL;
    b->home = home;
    b->waiting = waiting;
    pthread_mutex_init(&b->lock, NULL);
    pthread_cond_init(&b->wake, NULL);
    if (pthread_create(&b->thread, NULL, work, b)) {
        release(b);
        return NULL;
    }
    home_listen(home, &(struct home_listener){.records = records_changed, .arg = b});
    return b;
}

void index_beside_end(struct index_beside *b)
{
    if (!b)
        return;
    home_listen(b->home, &(struct home_listener){0});
    pthread_mutex_lock(&b->lock);
    b->ending = true;
    pthread_cond_signal(&b->wake);
    pthread_mutex_unlock(&b->lock);
    pthread_join(b->thread, NULL);
    release(b);
}
