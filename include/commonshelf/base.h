/*
 * What every module of libcommonshelf shares: spans of bytes, a growing buffer, and the reasons for
 * a refusal. It is not a general utility library. Everyone who uses the library includes it.
 */
#ifndef COMMONSHELF_BASE_H
#define COMMONSHELF_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__GNUC__)
#define CS_API __attribute__((visibility("default")))
#define CS_MUST_USE __attribute__((warn_unused_result))
#else
#define CS_API
#define CS_MUST_USE
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* A view of bytes someone else owns. */
struct cs_span {
    const unsigned char *p;
    size_t n;
};

/* A span over a C string, without its NUL. NULL gives an empty span. */
static inline struct cs_span cs_span_of(const char *s)
{
    struct cs_span v = {(const unsigned char *)s, s ? strlen(s) : 0};
    return v;
}

static inline struct cs_span cs_span_make(const void *p, size_t n)
{
    struct cs_span v = {(const unsigned char *)p, n};
    return v;
}

static inline bool cs_span_equal(struct cs_span a, struct cs_span b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool cs_span_is(struct cs_span a, const char *s)
{
    return cs_span_equal(a, cs_span_of(s));
}

/*
 * Why something was refused. One value for each reason that a person could act on; cs_status_text
 * gives a short English phrase, cs_status_code the word that stands in JSON ("bad_signature").
 */
enum cs_status {
    CS_OK = 0,
    CS_NO_MEMORY, /* an allocation failed; nothing was changed */
    CS_TOO_LARGE, /* over the cap that limits.h names for it */
    CS_MALFORMED, /* not of the form the specification gives */
    CS_NOT_UTF8, /* text with invalid UTF-8 or forbidden control characters */
    CS_UNKNOWN_VERSION, /* a type or version line this library does not speak */
    CS_BAD_KEY, /* a public key that is low-order, non-canonical or of another length */
    CS_NO_SIGNATURE, /* no signature by the key that was asked for */
    CS_BAD_SIGNATURE, /* a signature by that key which does not verify */
    CS_WRONG_ORIGIN, /* speaks for another log or node than the expected one */
    CS_WRONG_HASH, /* content does not have the announced hash */
    CS_WRONG_PROOF, /* a Merkle proof that does not lead to the root */
    CS_WRONG_CHAIN, /* a version that does not follow the one before it */
    CS_EXPIRED, /* its time is over */
    CS_NOT_YET, /* its time has not come: a clock is wrong here or there */
    CS_BAD_DIGEST, /* Content-Digest does not match the body */
    CS_WRONG_RECIPIENT, /* addressed to another node */
    CS_UNKNOWN_KEY, /* keyid of a node that is not known here */
    CS_BAD_MAC, /* the invite's secret was not proved */
    CS_BAD_JSON, /* not the strict JSON of SPEC.md */
    CS_BAD_MEMBER, /* a record member of the wrong shape or over its cap */
    CS_CUT_OFF, /* ends in the middle: a copy that was not finished */
    CS_INTERNAL, /* the crypto or compression library failed */
};

CS_API const char *cs_status_text(enum cs_status status);
CS_API const char *cs_status_code(enum cs_status status);

/* An allocator; NULL in its place means malloc, realloc and free. */
struct cs_allocator {
    void *(*resize)(void *ctx, void *p, size_t n); /* p NULL allocates; NULL on failure, p kept */
    void (*release)(void *ctx, void *p);
    void *ctx;
};

/*
 * A growing run of bytes, owned. Start from CS_BUFFER_INIT (or set `alloc` first). A failed
 * allocation sets `failed` and later additions do nothing, so that a writer checks once at its end.
 * Nothing that is added may lie in the buffer itself. cs_buffer_reset empties it and keeps its
 * memory; cs_buffer_free gives that back and leaves an empty buffer. Both forget a failure.
 */
struct cs_buffer {
    unsigned char *p;
    size_t n;
    size_t room;
    bool failed;
    const struct cs_allocator *alloc;
};
#define CS_BUFFER_INIT                                                                             \
    {                                                                                              \
        NULL, 0, 0, false, NULL                                                                    \
    }

CS_API void cs_buffer_add(struct cs_buffer *b, const void *p, size_t n);
CS_API void cs_buffer_add_span(struct cs_buffer *b, struct cs_span s);
CS_API void cs_buffer_add_text(struct cs_buffer *b, const char *s);
CS_API void cs_buffer_add_byte(struct cs_buffer *b, unsigned char c);
__attribute__((format(printf, 2, 3))) CS_API void cs_buffer_printf(struct cs_buffer *b,
                                                                   const char *format, ...);
/* Makes room for n more bytes and returns where they go (b->n is not moved); NULL if it can't. */
CS_API unsigned char *cs_buffer_reserve(struct cs_buffer *b, size_t n);
/* Adds a NUL that is not counted in n, and returns the bytes as a C string; NULL when failed. */
CS_API const char *cs_buffer_text(struct cs_buffer *b);
CS_API void cs_buffer_reset(struct cs_buffer *b);
CS_API void cs_buffer_free(struct cs_buffer *b);

static inline struct cs_span cs_buffer_span(const struct cs_buffer *b)
{
    return cs_span_make(b->p, b->n);
}

static inline enum cs_status cs_buffer_status(const struct cs_buffer *b)
{
    return b->failed ? CS_NO_MEMORY : CS_OK;
}

#ifdef __cplusplus
}
#endif
#endif
