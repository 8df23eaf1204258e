/*
 * The node's allocation pair in the shape that each library wants it.
 */
#include "support/memory.h"

#include <curl/curl.h>
#include <event2/event.h>
#include <jansson.h>
#include <malloc.h>
#include <openssl/crypto.h>
#include <sqlite3.h>
#include <unicode/uclean.h>

/* The libraries may ask for nothing and expect something to free. */
static void *take(size_t n)
{
    return memory_resize(NULL, n ? n : 1);
}

static void *take_zeroed(size_t count, size_t size)
{
    size_t n;

    if (__builtin_mul_overflow(count, size, &n))
        return NULL;
    return memory_new(n ? n : 1);
}

static void *resize(void *p, size_t n)
{
    return memory_resize(p, n ? n : 1);
}

static char *copy(const char *s)
{
    return memory_copy_text(s);
}

/* OpenSSL: a size of 0 gives NULL and frees. */
static void *openssl_take(size_t n, const char *file, int line)
{
    (void)file;
    (void)line;
    return n ? memory_resize(NULL, n) : NULL;
}

static void *openssl_resize(void *p, size_t n, const char *file, int line)
{
    (void)file;
    (void)line;
    if (n)
        return memory_resize(p, n);
    memory_free(p);
    return NULL;
}

static void openssl_free(void *p, const char *file, int line)
{
    (void)file;
    (void)line;
    memory_free(p);
}

static void *sqlite_take(int n)
{
    return n > 0 ? memory_resize(NULL, (size_t)n) : NULL;
}

static void *sqlite_resize(void *p, int n)
{
    return n > 0 ? memory_resize(p, (size_t)n) : NULL;
}

/* SQLite asks for the size of what it was given; libc knows it, so no header of our own is needed. */
static int sqlite_size(void *p)
{
    return p ? (int)malloc_usable_size(p) : 0;
}

static int sqlite_round_up(int n)
{
    return (n + 7) & ~7;
}

static int sqlite_begin(void *data)
{
    (void)data;
    return SQLITE_OK;
}

static void sqlite_end(void *data)
{
    (void)data;
}

static void *icu_take(const void *context, size_t n)
{
    (void)context;
    return take(n);
}

static void *icu_resize(const void *context, void *p, size_t n)
{
    (void)context;
    return resize(p, n);
}

static void icu_free(const void *context, void *p)
{
    (void)context;
    memory_free(p);
}

int memory_install(void)
{
    static const sqlite3_mem_methods sqlite = {
        sqlite_take,     memory_free,  sqlite_resize, sqlite_size,
        sqlite_round_up, sqlite_begin, sqlite_end,    NULL,
    };
    UErrorCode icu = U_ZERO_ERROR;

    /* Before libcurl, whose start uses OpenSSL. */
    if (!CRYPTO_set_mem_functions(openssl_take, openssl_resize, openssl_free))
        return -1;
    if (sqlite3_config(SQLITE_CONFIG_MALLOC, &sqlite) != SQLITE_OK)
        return -1;
    event_set_mem_functions(take, resize, memory_free);
    json_set_alloc_funcs(take, memory_free);
    u_setMemoryFunctions(NULL, icu_take, icu_resize, icu_free, &icu);
    if (U_FAILURE(icu))
        return -1;
    if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, take, memory_free, resize, copy, take_zeroed))
        return -1;
    return 0;
}
