#include "support/memory.h"

#include <assert.h>
#include <stdalign.h>

/* A request fits into the first block; an import takes bigger ones as it goes. */
#define BLOCK_FIRST 4096
#define BLOCK_MAX (256u << 10)

struct block {
    struct block *before;
    size_t room, used;
    alignas(max_align_t) unsigned char bytes[];
};

struct arena {
    struct block *last; /* the one that is filled; the first block is at the end of the chain */
};

static struct block *block_new(size_t room, struct block *before)
{
    struct block *b;

    if (room > SIZE_MAX - sizeof *b)
        return NULL;
    b = memory_resize(NULL, sizeof *b + room);
    if (!b)
        return NULL;
    b->before = before;
    b->room = room;
    b->used = 0;
    return b;
}

struct arena *arena_new(void)
{
    struct arena *a = memory_new(sizeof *a);

    if (!a)
        return NULL;
    a->last = block_new(BLOCK_FIRST, NULL);
    if (!a->last) {
        memory_free(a);
        return NULL;
    }
    return a;
}

static size_t round_up(size_t n)
{
    return (n + alignof(max_align_t) - 1) / alignof(max_align_t) * alignof(max_align_t);
}

void *arena_take(struct arena *a, size_t n)
{
    struct block *b = a->last;
    size_t need = round_up(n ? n : 1);
    void *p;

    if (need < n)
        return NULL;
    if (b->room - b->used < need) {
        size_t room = b->room < BLOCK_MAX ? b->room * 2 : BLOCK_MAX;

        b = block_new(need > room ? need : room, a->last);
        if (!b)
            return NULL;
        a->last = b;
    }
    p = b->bytes + b->used;
    b->used += need;
    memset(p, 0, need);
    return p;
}

char *arena_text(struct arena *a, const char *s, size_t n)
{
    char *copy;

    if (n == SIZE_MAX)
        return NULL;
    copy = arena_take(a, n + 1);
    if (copy && n)
        memcpy(copy, s, n);
    return copy;
}

void arena_reset(struct arena *a)
{
    while (a->last->before) {
        struct block *before = a->last->before;

        memory_free(a->last);
        a->last = before;
    }
    a->last->used = 0;
}

void arena_free(struct arena *a)
{
    if (!a)
        return;
    arena_reset(a);
    memory_free(a->last);
    memory_free(a);
}
