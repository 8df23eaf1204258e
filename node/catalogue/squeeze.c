#include "catalogue/squeeze.h"

#include <assert.h>
#include <pthread.h>

#include <commonshelf/gzip.h>

enum squeeze_state { EMPTY, GIVEN, DONE, ENDING };

struct squeeze {
    pthread_t thread;
    bool threaded;
    pthread_mutex_t lock;
    pthread_cond_t turned; /* `state` changed */
    enum squeeze_state state;
    bool busy; /* the giver's own: between give and take */
    struct cs_buffer raw, gz;
    enum cs_status status;
};

static void compress(struct squeeze *s)
{
    cs_buffer_reset(&s->gz);
    s->status = cs_gzip(cs_buffer_span(&s->raw), &s->gz);
    cs_buffer_reset(&s->raw);
}

static void *work(void *arg)
{
    struct squeeze *s = arg;

    pthread_mutex_lock(&s->lock);
    while (s->state != ENDING) {
        if (s->state != GIVEN) {
            pthread_cond_wait(&s->turned, &s->lock);
            continue;
        }
        /* Between GIVEN and DONE the buffers are this thread's alone. */
        pthread_mutex_unlock(&s->lock);
        compress(s);
        pthread_mutex_lock(&s->lock);
        if (s->state == GIVEN)
            s->state = DONE;
        pthread_cond_signal(&s->turned);
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

struct squeeze *squeeze_new(void)
{
    struct squeeze *s = memory_new(sizeof *s);

    if (!s)
        return NULL;
    s->raw.alloc = s->gz.alloc = memory_allocator();
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->turned, NULL);
    s->threaded = pthread_create(&s->thread, NULL, work, s) == 0;
    return s;
}

static void turn(struct squeeze *s, enum squeeze_state state)
{
    pthread_mutex_lock(&s->lock);
    s->state = state;
    pthread_cond_signal(&s->turned);
    pthread_mutex_unlock(&s->lock);
}

bool squeeze_busy(const struct squeeze *s)
{
    return s->busy;
}

void squeeze_give(struct squeeze *s, struct cs_buffer *raw)
{
    struct cs_buffer empty = s->raw;

    assert(!squeeze_busy(s));
    s->raw = *raw;
    *raw = empty;
    cs_buffer_reset(raw);
    s->busy = true;
    turn(s, GIVEN);
}

enum cs_status squeeze_take(struct squeeze *s, struct cs_span *gz)
{
    if (s->threaded) {
        pthread_mutex_lock(&s->lock);
        while (s->state == GIVEN)
            pthread_cond_wait(&s->turned, &s->lock);
        s->state = EMPTY;
        pthread_mutex_unlock(&s->lock);
    } else {
        compress(s);
        s->state = EMPTY;
    }
    s->busy = false;
    *gz = cs_buffer_span(&s->gz);
    return s->status;
}

void squeeze_free(struct squeeze *s)
{
    if (!s)
        return;
    turn(s, ENDING);
    if (s->threaded)
        pthread_join(s->thread, NULL);
    pthread_cond_destroy(&s->turned);
    pthread_mutex_destroy(&s->lock);
    cs_buffer_free(&s->raw);
    cs_buffer_free(&s->gz);
    memory_free(s);
}
