/*
 * Taking a text apart from its front, byte by byte, for grammars that are a few words long. ASCII
 * only, whatever the locale. Not installed.
 */
#ifndef PROTOCOL_SCAN_H
#define PROTOCOL_SCAN_H

#include <commonshelf/base.h>

static inline bool scan_is_digit(unsigned char c)
{
    return c >= '0' && c <= '9';
}

static inline bool scan_is_letter(unsigned char c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static inline bool scan_is_hex(unsigned char c)
{
    return scan_is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

/* Moves the front over n bytes, which must be there. */
static inline void scan_skip(struct cs_span *s, size_t n)
{
    s->p += n;
    s->n -= n;
}

/* Each takes something off the front, or leaves the text as it was and returns false. */

static inline bool scan_char(struct cs_span *s, char c)
{
    if (s->n == 0 || s->p[0] != (unsigned char)c)
        return false;
    scan_skip(s, 1);
    return true;
}

static inline bool scan_word(struct cs_span *s, const char *word)
{
    size_t n = strlen(word);

    if (s->n < n || memcmp(s->p, word, n) != 0)
        return false;
    scan_skip(s, n);
    return true;
}

static inline bool scan_bytes(struct cs_span *s, size_t n, struct cs_span *bytes)
{
    if (s->n < n)
        return false;
    *bytes = cs_span_make(s->p, n);
    scan_skip(s, n);
    return true;
}

/* Exactly `count` digits, at most nine. */
static inline bool scan_digits(struct cs_span *s, size_t count, unsigned *value)
{
    *value = 0;
    if (s->n < count)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!scan_is_digit(s->p[i]))
            return false;
        *value = *value * 10 + (s->p[i] - (unsigned)'0');
    }
    scan_skip(s, count);
    return true;
}

#endif
