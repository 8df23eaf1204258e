/*
 * base64, base64url, base32, hex: all four write a run of bytes as digits of 6, 5 or 4 bits, the
 * most significant first, so one writer and one reader serve them. And decimal numbers.
 */
#include <commonshelf/encode.h>

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char base64url_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char base32_digits[] = "abcdefghijklmnopqrstuvwxyz234567";
static const char hex_digits[] = "0123456789abcdef";

/* What a digit stands for, plus one: 0 is no digit. */
#define BASE64_COMMON                                                                              \
    ['A'] = 1, ['B'] = 2, ['C'] = 3, ['D'] = 4, ['E'] = 5, ['F'] = 6, ['G'] = 7, ['H'] = 8,        \
    ['I'] = 9, ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16, \
    ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23,            \
    ['X'] = 24, ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30,            \
    ['e'] = 31, ['f'] = 32, ['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36, ['k'] = 37,            \
    ['l'] = 38, ['m'] = 39, ['n'] = 40, ['o'] = 41, ['p'] = 42, ['q'] = 43, ['r'] = 44,            \
    ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48, ['w'] = 49, ['x'] = 50, ['y'] = 51,            \
    ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56, ['4'] = 57, ['5'] = 58,            \
    ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62

static const unsigned char base64_values[256] = {BASE64_COMMON, ['+'] = 63, ['/'] = 64};
static const unsigned char base64url_values[256] = {BASE64_COMMON, ['-'] = 63, ['_'] = 64};
static const unsigned char base32_values[256] = {
    ['a'] = 1,  ['b'] = 2,  ['c'] = 3,  ['d'] = 4,  ['e'] = 5,  ['f'] = 6,  ['g'] = 7,  ['h'] = 8,
    ['i'] = 9,  ['j'] = 10, ['k'] = 11, ['l'] = 12, ['m'] = 13, ['n'] = 14, ['o'] = 15, ['p'] = 16,
    ['q'] = 17, ['r'] = 18, ['s'] = 19, ['t'] = 20, ['u'] = 21, ['v'] = 22, ['w'] = 23, ['x'] = 24,
    ['y'] = 25, ['z'] = 26, ['2'] = 27, ['3'] = 28, ['4'] = 29, ['5'] = 30, ['6'] = 31, ['7'] = 32,
};
static const unsigned char hex_values[256] = {
    ['0'] = 1, ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
    ['8'] = 9, ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
};

/* Digits that n bytes need, without padding. */
static inline size_t digits_of(size_t n, unsigned bits)
{
    return n / bits * 8 + (n % bits * 8 + bits - 1) / bits;
}

/* Writes digits_of(bytes.n, bits) digits. Inlined, so that `bits` is a constant. */
static inline void write_digits(struct cs_span bytes, const char *digits, unsigned bits,
                                unsigned char *to)
{
    uint32_t hold = 0;
    unsigned held = 0;
    uint32_t mask = (1u << bits) - 1;

    for (size_t i = 0; i < bytes.n; i++) {
        hold = hold << 8 | bytes.p[i];
        for (held += 8; held >= bits; held -= bits)
            *to++ = (unsigned char)digits[hold >> (held - bits) & mask];
    }
    if (held > 0)
        *to = (unsigned char)digits[hold << (bits - held) & mask];
}

/* Reads digits into exactly n bytes; the bits left over must be zero. */
static inline enum cs_status read_digits(struct cs_span text, const unsigned char values[256],
                                         unsigned bits, unsigned char *to, size_t n)
{
    uint32_t hold = 0;
    unsigned held = 0;

    if (text.n != digits_of(n, bits))
        return CS_MALFORMED;
    for (size_t i = 0; i < text.n; i++) {
        unsigned value = values[text.p[i]];

        if (value == 0)
            return CS_MALFORMED;
        hold = hold << bits | (value - 1);
        held += bits;
        if (held >= 8) {
            held -= 8;
            *to++ = (unsigned char)(hold >> held & 0xff);
        }
    }
    return hold & ((1u << held) - 1) ? CS_MALFORMED : CS_OK;
}

static inline void add_digits(struct cs_buffer *out, struct cs_span bytes, const char *digits,
                              unsigned bits)
{
    size_t n = digits_of(bytes.n, bits);
    unsigned char *to = cs_buffer_reserve(out, n);

    if (!to)
        return;
    write_digits(bytes, digits, bits, to);
    out->n += n;
}

void cs_base64_add(struct cs_buffer *out, struct cs_span bytes)
{
    size_t padding = (3 - bytes.n % 3) % 3;

    add_digits(out, bytes, base64_digits, 6);
    cs_buffer_add(out, "==", padding);
}

void cs_base64url_add(struct cs_buffer *out, struct cs_span bytes)
{
    add_digits(out, bytes, base64url_digits, 6);
}

void cs_base32_add(struct cs_buffer *out, struct cs_span bytes)
{
    add_digits(out, bytes, base32_digits, 5);
}

void cs_hex_add(struct cs_buffer *out, struct cs_span bytes)
{
    add_digits(out, bytes, hex_digits, 4);
}

enum cs_status cs_base64_read(struct cs_span text, void *out, size_t n)
{
    size_t padding = (3 - n % 3) % 3;

    if (text.n < padding || (padding > 0 && memcmp(text.p + text.n - padding, "==", padding) != 0))
        return CS_MALFORMED;
    text.n -= padding;
    return read_digits(text, base64_values, 6, out, n);
}

enum cs_status cs_base64url_read(struct cs_span text, void *out, size_t n)
{
    return read_digits(text, base64url_values, 6, out, n);
}

enum cs_status cs_base32_read(struct cs_span text, void *out, size_t n)
{
    return read_digits(text, base32_values, 5, out, n);
}

enum cs_status cs_hex_read(struct cs_span text, void *out, size_t n)
{
    return read_digits(text, hex_values, 4, out, n);
}

enum cs_status cs_base64_read_any(struct cs_span text, size_t max, struct cs_buffer *out)
{
    size_t n = text.n / 4 * 3;
    enum cs_status status;
    unsigned char *to;

    if (text.n % 4 != 0)
        return CS_MALFORMED;
    if (text.n > 0 && text.p[text.n - 1] == '=')
        n -= text.p[text.n - 2] == '=' ? 2 : 1;
    if (n > max)
        return CS_TOO_LARGE;
    to = cs_buffer_reserve(out, n);
    if (!to)
        return CS_NO_MEMORY;
    status = cs_base64_read(text, to, n);
    if (status == CS_OK)
        out->n += n;
    return status;
}

enum cs_status cs_decimal_read(struct cs_span text, uint64_t max, uint64_t *out)
{
    uint64_t value = 0;

    if (text.n == 0 || (text.n > 1 && text.p[0] == '0'))
        return CS_MALFORMED;
    for (size_t i = 0; i < text.n; i++) {
        unsigned digit = (unsigned)text.p[i] - '0';

        if (digit > 9 || digit > max || value > (max - digit) / 10)
            return CS_MALFORMED;
        value = value * 10 + digit;
    }
    *out = value;
    return CS_OK;
}
