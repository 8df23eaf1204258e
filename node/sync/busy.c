#include <pthread.h>

#include "sync/internal.h"

#define BUSY_MAX 256

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t freed = PTHREAD_COND_INITIALIZER;
static struct {
    row_id nid;
    atomic_bool *stop; /* may be NULL */
} busy[BUSY_MAX];
static size_t busies;

static bool is_busy(row_id nid)
{
    for (size_t i = 0; i < busies; i++)
        if (busy[i].nid == nid)
            return true;
    return false;
}

void busy_enter(row_id nid, atomic_bool *stop)
{
    pthread_mutex_lock(&lock);
    while (busies == BUSY_MAX || is_busy(nid))
        pthread_cond_wait(&freed, &lock);
    busy[busies].nid = nid;
    busy[busies++].stop = stop;
    pthread_mutex_unlock(&lock);
}

void busy_leave(row_id nid)
{
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < busies; i++)
        if (busy[i].nid == nid) {
            busy[i] = busy[--busies];
            break;
        }
    pthread_cond_broadcast(&freed);
    pthread_mutex_unlock(&lock);
}

void sync_stop(row_id nid)
{
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < busies; i++)
        if (busy[i].nid == nid && busy[i].stop)
            atomic_store(busy[i].stop, true);
    pthread_mutex_unlock(&lock);
}

void sync_settle(row_id nid)
{
    busy_enter(nid, NULL);
    busy_leave(nid);
}
