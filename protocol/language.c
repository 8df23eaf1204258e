/*
 * The shape of language tags: RFC 5646 §2.1, without the grandfathered ones (all deprecated).
 */
#include <commonshelf/record.h>

#include "protocol/scan.h"

static bool all_letters(struct cs_span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!scan_is_letter(s.p[i]))
            return false;
    return true;
}

static bool all_digits(struct cs_span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!scan_is_digit(s.p[i]))
            return false;
    return true;
}

/* The next subtag: 1 to 8 letters and digits; empty at the end. False if it is anything else. */
static bool next_subtag(struct cs_span *rest, bool first, struct cs_span *subtag)
{
    size_t n = 0;

    *subtag = cs_span_make(NULL, 0);
    if (rest->n == 0)
        return true;
    if (!first && !scan_char(rest, '-'))
        return false;
    while (n < rest->n && (scan_is_letter(rest->p[n]) || scan_is_digit(rest->p[n])))
        n++;
    if (n < 1 || n > 8)
        return false;
    return scan_bytes(rest, n, subtag);
}

static bool is_variant(struct cs_span s)
{
    return s.n >= 5 || (s.n == 4 && scan_is_digit(s.p[0]));
}

/* What follows a singleton: subtags of two letters or digits, of one behind 'x', up to the next. */
static bool extensions_valid(struct cs_span *rest, struct cs_span singleton)
{
    while (singleton.n == 1) {
        bool private_use = (singleton.p[0] | 0x20) == 'x';
        struct cs_span subtag;
        size_t count = 0;

        for (;; count++) {
            if (!next_subtag(rest, false, &subtag))
                return false;
            if (subtag.n == 0 || (subtag.n == 1 && !private_use))
                break;
        }
        if (count == 0)
            return false;
        singleton = subtag;
    }
    return singleton.n == 0;
}

bool cs_language_valid(struct cs_span tag)
{
    struct cs_span rest = tag, subtag;

    if (tag.n == 0 || tag.n > CS_LANGUAGE_MAX || !next_subtag(&rest, true, &subtag))
        return false;
    if (subtag.n == 1)
        return (subtag.p[0] | 0x20) == 'x' && extensions_valid(&rest, subtag);
    if (!all_letters(subtag))
        return false;

    /* Up to three extended languages stand only behind a language of two or three letters. */
    bool extended = subtag.n <= 3;

    if (!next_subtag(&rest, false, &subtag))
        return false;
    for (int i = 0; extended && i < 3 && subtag.n == 3 && all_letters(subtag); i++)
        if (!next_subtag(&rest, false, &subtag))
            return false;
    if (subtag.n == 4 && all_letters(subtag) && !next_subtag(&rest, false, &subtag)) /* script */
        return false;
    if (((subtag.n == 2 && all_letters(subtag)) || (subtag.n == 3 && all_digits(subtag))) &&
        !next_subtag(&rest, false, &subtag)) /* region */
        return false;
    while (is_variant(subtag))
        if (!next_subtag(&rest, false, &subtag))
            return false;
    return extensions_valid(&rest, subtag);
}
