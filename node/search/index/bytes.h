/*
 * Numbers in a segment's bytes: little-endian words, and varints (7 bits a byte, the least first, the top
 * bit set on all but the last). Reading stays between `p` and `end` whatever stands there; a number that
 * is cut off reads as 0 and leaves p at end. Inside search/index/ only.
 */
#ifndef SEARCH_INDEX_BYTES_H
#define SEARCH_INDEX_BYTES_H

#include <stdint.h>
#include <string.h>

#include <commonshelf/base.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "The search index maps little-endian files into memory as they are."
#endif

static inline uint32_t bytes_u32(const unsigned char *p)
{
    uint32_t v;

    memcpy(&v, p, sizeof v);
    return v;
}

static inline uint64_t bytes_u64(const unsigned char *p)
{
    uint64_t v;

    memcpy(&v, p, sizeof v);
    return v;
}

static inline uint32_t bytes_varint(const unsigned char **p, const unsigned char *end)
{
    uint32_t v = 0;

    for (unsigned shift = 0; *p < end && shift < 35; shift += 7) {
        unsigned char c = *(*p)++;
        v |= (uint32_t)(c & 0x7F) << shift;
        if (!(c & 0x80))
            return v;
    }
    *p = end;
    return 0;
}

/* As above for an offset in a file. */
static inline uint64_t bytes_varint64(const unsigned char **p, const unsigned char *end)
{
    uint64_t v = 0;

    for (unsigned shift = 0; *p < end && shift < 70; shift += 7) {
        unsigned char c = *(*p)++;
        v |= (uint64_t)(c & 0x7F) << shift;
        if (!(c & 0x80))
            return v;
    }
    *p = end;
    return 0;
}

#define BYTES_VARINT_MAX 10

/* Writes at most BYTES_VARINT_MAX bytes; how many. */
static inline size_t bytes_put_varint(unsigned char *out, uint64_t v)
{
    size_t n = 0;

    for (; v >= 0x80; v >>= 7)
        out[n++] = (unsigned char)(v | 0x80);
    out[n++] = (unsigned char)v;
    return n;
}

static inline void bytes_add_varint(struct cs_buffer *b, uint64_t v)
{
    unsigned char at[BYTES_VARINT_MAX];

    if (v < 0x80)
        cs_buffer_add_byte(b, (unsigned char)v);
    else
        cs_buffer_add(b, at, bytes_put_varint(at, v));
}

static inline void bytes_add_u32(struct cs_buffer *b, uint32_t v)
{
    cs_buffer_add(b, &v, sizeof v);
}

static inline void bytes_add_u64(struct cs_buffer *b, uint64_t v)
{
    cs_buffer_add(b, &v, sizeof v);
}

#endif
