#include "intake/marc_mend.h"

#include <stdbool.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "intake/marc_wire.h"

#define FIELD_END 0x1E
#define RECORD_END 0x1D
#define NUMBERED_MAX 99999 /* what five digits of length can say */
#define ENTRY_WIDTH_MAX 21 /* tag, nine digits, nine digits */

struct layout {
    size_t length_width, start_width; /* digits in a directory entry */
    size_t entries;
    size_t base; /* first byte behind the directory's terminator */
};

/* A number of `width` digits; -1 if they are none. */
static long number(const unsigned char *p, size_t width)
{
    long n = 0;
    size_t i;

    for (i = 0; i < width; i++) {
        if (p[i] < '0' || p[i] > '9')
            return -1;
        n = n * 10 + (p[i] - '0');
    }
    return n;
}

static size_t digit_or(unsigned char c, size_t otherwise)
{
    return c >= '1' && c <= '9' ? (size_t)(c - '0') : otherwise;
}

static const unsigned char *entry(const unsigned char *record, const struct layout *l, size_t i)
{
    return record + MARC_LEADER + i * (3 + l->length_width + l->start_width);
}

/* Where the directory ends, and that it is a whole number of entries of digits. */
static bool find_layout(const unsigned char *record, size_t n, struct layout *l)
{
    const unsigned char *end;
    size_t width, i;

    if (n < MARC_LEADER + 2)
        return false;
    end = memchr(record + MARC_LEADER, FIELD_END, n - MARC_LEADER);
    l->length_width = digit_or(record[20], 4);
    l->start_width = digit_or(record[21], 5);
    width = 3 + l->length_width + l->start_width;
    if (!end || end == record + MARC_LEADER || (size_t)(end - record - MARC_LEADER) % width != 0)
        return false;
    l->base = (size_t)(end - record) + 1;
    l->entries = (l->base - 1 - MARC_LEADER) / width;
    for (i = 0; i < l->entries; i++)
        if (number(entry(record, l, i) + 3, l->length_width + l->start_width) < 0)
            return false;
    return true;
}

/* Whether every entry names a field that ends with a terminator, and only there. */
static bool directory_true(const unsigned char *record, size_t n, const struct layout *l)
{
    const unsigned char *e;
    size_t i, length, start;

    for (i = 0; i < l->entries; i++) {
        e = entry(record, l, i);
        length = (size_t)number(e + 3, l->length_width);
        start = (size_t)number(e + 3 + l->length_width, l->start_width);
        if (length == 0 || start > n - l->base || length > n - l->base - start)
            return false;
        if (memchr(record + l->base + start, FIELD_END, length) !=
            record + l->base + start + length - 1)
            return false;
    }
    return true;
}

struct place {
    const unsigned char *tag;
    long start;
    size_t i;
};

static int by_start(const void *a, const void *b)
{
    const struct place *x = a, *y = b;

    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return x->i < y->i ? -1 : 1;
}

/* The k-th field in the order of their starts is the k-th terminated run of bytes. */
static size_t rebuild(const unsigned char *record, size_t n, const struct layout *l,
                      unsigned char *out)
{
    struct place *places = calloc(l->entries, sizeof *places);
    const unsigned char *at = record + l->base, *end = record + n, *stop;
    size_t i, k = 0, used = MARC_LEADER, data;
    char digits[32];

    if (!places)
        return 0;
    for (i = 0; i < l->entries; i++) {
        places[i].tag = entry(record, l, i);
        places[i].start = number(places[i].tag + 3 + l->length_width, l->start_width);
        places[i].i = i;
    }
    qsort(places, l->entries, sizeof *places, by_start);
    data = MARC_LEADER + l->entries * ENTRY_WIDTH_MAX + 1;
    if (data + (n - l->base) > NUMBERED_MAX)
        goto out; /* with the wider entries it can't be numbered */
    for (; k < l->entries && (stop = memchr(at, FIELD_END, (size_t)(end - at))); at = stop + 1) {
        snprintf(digits, sizeof digits, "%09zu%09zu", (size_t)(stop + 1 - at),
                 (size_t)(at - record) - l->base);
        memcpy(out + used, places[k].tag, 3);
        memcpy(out + used + 3, digits, ENTRY_WIDTH_MAX - 3);
        used += ENTRY_WIDTH_MAX;
        k++;
    }
    if (k == l->entries && at == end) {
        out[used++] = FIELD_END;
        memcpy(out + used, record + l->base, n - l->base);
        used += n - l->base;
        out[20] = out[21] = '9';
    } else
        k = 0;
out:
    free(places);
    return k == l->entries ? used : 0;
}

static void put_number(unsigned char *p, size_t n)
{
    char digits[24];

    snprintf(digits, sizeof digits, "%05zu", n);
    memcpy(p, digits, 5);
}

size_t mend_iso2709(const unsigned char *record, size_t n, unsigned char *out, const char **code)
{
    struct layout l;

    *code = "bad_directory";
    if (!find_layout(record, n, &l))
        return 0;
    memcpy(out, record, MARC_LEADER);
    if (directory_true(record, n, &l)) {
        memcpy(out, record, n);
    } else {
        n = rebuild(record, n, &l, out);
        if (n == 0)
            return 0;
        find_layout(out, n, &l);
    }
    if (n + 1 > NUMBERED_MAX) {
        *code = "record_too_large";
        return 0;
    }
    out[n++] = RECORD_END;
    put_number(out, n);
    put_number(out + 12, l.base);
    return n;
}
