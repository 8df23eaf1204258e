#include "search/lane.h"

#include <pthread.h>

#define BLOCKS 4 /* each thread has one in its hands; the rest evens out long and short records */

struct lane {
    pthread_mutex_t lock;
    pthread_cond_t moved; /* a block changed hands, or one side is done */
    struct lane_block block[BLOCKS];
    size_t given, taken,
        back; /* blocks since the beginning: back <= taken <= given <= back + BLOCKS */
    bool ended, stopped;
};

struct lane *lane_new(struct problem *why)
{
    struct lane *lane = memory_new(sizeof *lane);

    if (!lane) {
        problem_no_memory(why);
        return NULL;
    }
    pthread_mutex_init(&lane->lock, NULL);
    pthread_cond_init(&lane->moved, NULL);
    for (size_t i = 0; i < BLOCKS; i++)
        lane->block[i].bytes.alloc = memory_allocator();
    return lane;
}

void lane_free(struct lane *lane)
{
    if (!lane)
        return;
    for (size_t i = 0; i < BLOCKS; i++)
        cs_buffer_free(&lane->block[i].bytes);
    pthread_cond_destroy(&lane->moved);
    pthread_mutex_destroy(&lane->lock);
    memory_free(lane);
}

struct lane_block *lane_take_empty(struct lane *lane)
{
    struct lane_block *block = NULL;

    pthread_mutex_lock(&lane->lock);
    while (!lane->stopped && lane->given == lane->back + BLOCKS)
        pthread_cond_wait(&lane->moved, &lane->lock);
    if (!lane->stopped)
        block = &lane->block[lane->given % BLOCKS];
    pthread_mutex_unlock(&lane->lock);
    if (block) {
        block->n = 0;
        cs_buffer_reset(&block->bytes);
    }
    return block;
}

static void move(struct lane *lane, size_t *count)
{
    pthread_mutex_lock(&lane->lock);
    ++*count;
    pthread_cond_signal(&lane->moved);
    pthread_mutex_unlock(&lane->lock);
}

static void finish(struct lane *lane, bool *side)
{
    pthread_mutex_lock(&lane->lock);
    *side = true;
    pthread_cond_signal(&lane->moved);
    pthread_mutex_unlock(&lane->lock);
}

void lane_give(struct lane *lane)
{
    move(lane, &lane->given);
}

void lane_end(struct lane *lane)
{
    finish(lane, &lane->ended);
}

struct lane_block *lane_take(struct lane *lane)
{
    struct lane_block *block = NULL;

    pthread_mutex_lock(&lane->lock);
    while (!lane->ended && lane->taken == lane->given)
        pthread_cond_wait(&lane->moved, &lane->lock);
    if (lane->taken < lane->given)
        block = &lane->block[lane->taken++ % BLOCKS];
    pthread_mutex_unlock(&lane->lock);
    return block;
}

void lane_give_back(struct lane *lane)
{
    move(lane, &lane->back);
}

void lane_stop(struct lane *lane)
{
    finish(lane, &lane->stopped);
}
