/*
 * ISBNs as people and catalogues write them (ISO 2108), brought to 13 digits.
 */
#include <commonshelf/record.h>

#include "protocol/scan.h"
#include "protocol/shape.h"

/* Takes a space, a hyphen or one of their typographic relatives off the front of `s`. */
static bool take_separator(struct cs_span *s)
{
    static const char *const separators[] = {
        " ",
        "-",
        "\xc2\xa0", /* no-break space */
        "\xc2\xad", /* soft hyphen */
        "\xe2\x80\x90", /* U+2010 to U+2015: hyphens and dashes */
        "\xe2\x80\x91",
        "\xe2\x80\x92",
        "\xe2\x80\x93",
        "\xe2\x80\x94",
        "\xe2\x80\x95",
        "\xe2\x88\x92", /* minus sign */
    };

    for (size_t i = 0; i < sizeof(separators) / sizeof(separators[0]); i++)
        if (scan_word(s, separators[i]))
            return true;
    return false;
}

/* Takes "ISBN", "ISBN-13:", "isbn10 " and the like. */
static void take_prefix(struct cs_span *s)
{
    struct cs_span rest;

    while (take_separator(s))
        ;
    if (s->n < 4 || (s->p[0] | 0x20) != 'i' || (s->p[1] | 0x20) != 's' || (s->p[2] | 0x20) != 'b' ||
        (s->p[3] | 0x20) != 'n')
        return;
    scan_skip(s, 4);

    /* 10 or 13 is the name's and not the number's when a colon or a space ends it. */
    rest = *s;
    (void)take_separator(&rest);
    if (rest.n > 2 && rest.p[0] == '1' && (rest.p[1] == '0' || rest.p[1] == '3') &&
        (rest.p[2] == ':' || rest.p[2] == ' ')) {
        scan_skip(&rest, 2);
        *s = rest;
    }
    while (take_separator(s))
        ;
    (void)scan_char(s, ':');
    while (take_separator(s))
        ;
}

/* Whether what follows the number is the end or a note: "(pbk.)", ": $12.00", " hardback". */
static bool note_valid(struct cs_span rest)
{
    bool apart = false;

    while (take_separator(&rest))
        apart = true;
    if (rest.n == 0 || (rest.p[0] && strchr("([:;,./", rest.p[0])))
        return true;
    return apart && !scan_is_digit(rest.p[0]);
}

/*
 * Collects digits, and X in the tenth place, across single separators. Stops behind the thirteenth,
 * or at the first byte that belongs to no number.
 */
static size_t take_number(struct cs_span *s, unsigned char digits[13])
{
    struct cs_span rest = *s;
    size_t n = 0;

    while (n < 13 && rest.n > 0) {
        unsigned char c = rest.p[0];
        bool check = n == 9 && (c | 0x20) == 'x';

        if (!scan_is_digit(c) && !check)
            break;
        digits[n++] = check ? 10 : (unsigned char)(c - '0');
        scan_skip(&rest, 1);
        *s = rest;
        if (check)
            break;
        (void)take_separator(&rest);
    }
    return n;
}

/* The digit that twelve others ask for. */
static unsigned check_digit_13(const unsigned char digits[12])
{
    unsigned sum = 0;

    for (size_t i = 0; i < 12; i++)
        sum += digits[i] * (i % 2 ? 3u : 1u);
    return (10 - sum % 10) % 10;
}

/* An ISBN-10's sum with weights 10 to 1 is a multiple of 11. */
static bool good_10(const unsigned char digits[10])
{
    unsigned sum = 0;

    for (unsigned i = 0; i < 10; i++)
        sum += digits[i] * (10 - i);
    return sum % 11 == 0;
}

/* 978 and 979 are what the international agency has of the article numbers. */
static bool agency_prefix(const unsigned char digits[13])
{
    return digits[0] == 9 && digits[1] == 7 && (digits[2] == 8 || digits[2] == 9);
}

enum cs_status cs_isbn_read(struct cs_span text, char out[14])
{
    unsigned char digits[13];
    size_t n;

    take_prefix(&text);
    n = take_number(&text, digits);
    if ((n != 10 && n != 13) || !note_valid(text))
        return CS_MALFORMED;
    if (n == 10) {
        if (!good_10(digits))
            return CS_BAD_MEMBER;
        memmove(digits + 3, digits, 9);
        memcpy(digits, "\x09\x07\x08", 3);
        digits[12] = (unsigned char)check_digit_13(digits);
    }
    if (!agency_prefix(digits))
        return CS_MALFORMED;
    if (digits[12] != check_digit_13(digits))
        return CS_BAD_MEMBER;
    for (size_t i = 0; i < 13; i++)
        out[i] = (char)('0' + digits[i]);
    out[13] = '\0';
    return CS_OK;
}

bool cs_shape_isbn(struct cs_span s)
{
    unsigned char digits[13];

    return s.n == 13 && take_number(&s, digits) == 13 && s.n == 0 && agency_prefix(digits) &&
           digits[12] == check_digit_13(digits);
}
