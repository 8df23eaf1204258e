#include "support/memory.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>

/* Allocations left until one fails; 0 while nothing is to fail. */
static _Atomic unsigned long fail_in;

void memory_fail_at(unsigned long n)
{
    atomic_store(&fail_in, n);
}

static bool fails_now(void)
{
    unsigned long left = atomic_load_explicit(&fail_in, memory_order_relaxed);

    while (left)
        if (atomic_compare_exchange_weak(&fail_in, &left, left - 1))
            return left == 1;
    return false;
}

void *memory_resize(void *p, size_t n)
{
    assert(n > 0);
    if (fails_now())
        return NULL;
    return realloc(p, n);
}

void *memory_new(size_t n)
{
    assert(n > 0);
    if (fails_now())
        return NULL;
    return calloc(1, n);
}

void memory_free(void *p)
{
    free(p);
}

char *memory_copy_span(struct cs_span s)
{
    char *copy = memory_resize(NULL, s.n + 1);

    if (!copy)
        return NULL;
    if (s.n)
        memcpy(copy, s.p, s.n);
    copy[s.n] = '\0';
    return copy;
}

char *memory_copy_text(const char *s)
{
    return memory_copy_span(cs_span_of(s));
}

static void *buffer_resize(void *ctx, void *p, size_t n)
{
    (void)ctx;
    return memory_resize(p, n);
}

static void buffer_release(void *ctx, void *p)
{
    (void)ctx;
    memory_free(p);
}

const struct cs_allocator *memory_allocator(void)
{
    static const struct cs_allocator pair = {buffer_resize, buffer_release, NULL};

    return &pair;
}
