#include "intake/text.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf8.h>

#define NORMALIZE_MAX 4096 /* UTF-16 units: longer texts are normalised piece by piece */

static bool space(UChar32 c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x80 && u_isUWhiteSpace(c)) || c == 0xFEFF;
}

/* Controls that no text needs: C0 but the white space, DEL, C1 (MARC's non-sorting marks are here). */
static bool control(UChar32 c)
{
    return (c < 0x20 && !(c >= '\t' && c <= '\r')) || (c >= 0x7F && c < 0xA0 && c != 0x85);
}

struct cs_span text_trim(struct cs_span t)
{
    int32_t i, n = (int32_t)t.n;
    UChar32 c;

    if (n == 0)
        return t;
    for (i = 0; i < n;) {
        int32_t next = i;
        U8_NEXT(t.p, next, n, c);
        if (!space(c))
            break;
        i = next;
    }
    while (n > i) {
        int32_t before = n;
        U8_PREV(t.p, i, before, c);
        if (!space(c))
            break;
        n = before;
    }
    return cs_span_make(t.p + i, (size_t)(n - i));
}

struct cs_span text_cut(struct cs_span t, size_t max)
{
    if (t.n <= max)
        return t;
    while (max > 0 && (t.p[max] & 0xC0) == 0x80)
        max--;
    return cs_span_make(t.p, max);
}

bool text_starts(struct cs_span text, const char *prefix)
{
    size_t i;

    for (i = 0; prefix[i]; i++)
        if (i >= text.n || (text.p[i] | 0x20) != (prefix[i] | 0x20))
            return false;
    return true;
}

static bool separates(unsigned char c, const char *separators)
{
    if (c == '\n' || c == '\r')
        return true;
    for (; *separators; separators++)
        if ((unsigned char)*separators == c)
            return true;
    return false;
}

bool text_split(struct cs_span *rest, const char *separators, struct cs_span *part)
{
    size_t i;

    if (rest->n == 0)
        return false;
    for (i = 0; i < rest->n && !separates(rest->p[i], separators); i++)
        ;
    *part = text_trim(cs_span_make(rest->p, i));
    i += i < rest->n;
    *rest = cs_span_make(rest->p + i, rest->n - i);
    return true;
}

/* The last byte of U+2000–200A, 2028, 2029 and 202F. */
static bool wide_space(unsigned char c)
{
    return c <= 0x8A || c == 0xA8 || c == 0xA9 || c == 0xAF;
}

/*
 * Bytes that tidying may have to do with: controls, spaces, and the first bytes of characters among
 * which are other spaces (C2, E1–E3, EF), combining marks (CC, CD) and conjoining Hangul (E1).
 */
static const bool suspect[256] = {
    true,          true,          true,          true,          true,          true,
    true,          true,          true,          true,          true,          true,
    true,          true,          true,          true,          true,          true,
    true,          true,          true,          true,          true,          true,
    true,          true,          true,          true,          true,          true,
    true,          true,          true,          [0x7F] = true, [0xC2] = true, [0xCC] = true,
    [0xCD] = true, [0xE1] = true, [0xE2] = true, [0xE3] = true, [0xEF] = true};

/* True if tidying would change nothing. */
static bool tidy_already(struct cs_span t)
{
    const unsigned char *p = t.p, *end = t.p + t.n;

    if (t.n == 0)
        return true;
    if (p[0] == ' ' || end[-1] == ' ')
        return false;
    for (; p < end; p++) {
        if (!suspect[*p])
            continue;
        switch (*p) {
        case ' ':
            if (p[1] == ' ')
                return false;
            break;
        case 0xC2:
            if (p[1] <= 0xA0)
                return false;
            break;
        case 0xE2:
            if ((p[1] == 0x80 && wide_space(p[2])) || (p[1] == 0x81 && p[2] == 0x9F))
                return false;
            break;
        case 0xE3:
            if (p[1] == 0x80 && p[2] == 0x80)
                return false;
            break;
        case 0xEF:
            if (p[1] == 0xBB && p[2] == 0xBF)
                return false;
            break;
        default:
            return false;
        }
    }
    return true;
}

static bool needs_composing(struct cs_span t)
{
    size_t i;

    for (i = 0; i + 1 < t.n; i++)
        if (t.p[i] == 0xCC || t.p[i] == 0xCD ||
            (t.p[i] == 0xE1 && t.p[i + 1] >= 0x84 && t.p[i + 1] <= 0x87))
            return true;
    return false;
}

/* NFC of what stands in `b`, in place. Left as it is when it is too long or can't be done. */
static void compose(struct cs_buffer *b)
{
    UErrorCode e = U_ZERO_ERROR;
    const UNormalizer2 *nfc = unorm2_getNFCInstance(&e);
    UChar wide[NORMALIZE_MAX], composed[NORMALIZE_MAX];
    int32_t n, bytes;

    u_strFromUTF8(wide, NORMALIZE_MAX, &n, (const char *)b->p, (int32_t)b->n, &e);
    n = unorm2_normalize(nfc, wide, n, composed, NORMALIZE_MAX, &e);
    if (U_FAILURE(e) || n > NORMALIZE_MAX)
        return;
    /* Composing never makes UTF-8 longer than three times what it was; it nearly always shrinks. */
    if (!cs_buffer_reserve(b, b->n * 2))
        return;
    u_strToUTF8((char *)b->p, (int32_t)b->room, &bytes, composed, n, &e);
    if (U_SUCCESS(e))
        b->n = (size_t)bytes;
}

struct cs_span text_tidy(struct cs_span text, bool lines, struct cs_buffer *scratch)
{
    struct cs_span t = text_trim(text);
    int32_t i = 0, from, n = (int32_t)t.n;
    unsigned breaks = 0;
    bool gap = false;
    UChar32 c;

    if (tidy_already(t))
        return t;
    cs_buffer_reset(scratch);
    while (i < n) {
        from = i;
        U8_NEXT(t.p, i, n, c);
        if (space(c)) {
            gap = true;
            breaks += lines && c == '\n';
            continue;
        }
        if (c < 0 || control(c))
            continue;
        if (breaks)
            cs_buffer_add(scratch, "\n\n", breaks > 1 ? 2 : 1);
        else if (gap && scratch->n)
            cs_buffer_add_byte(scratch, ' ');
        gap = false;
        breaks = 0;
        cs_buffer_add(scratch, t.p + from, (size_t)(i - from));
    }
    if (scratch->failed)
        return t;
    if (needs_composing(cs_buffer_span(scratch)))
        compose(scratch);
    return cs_buffer_span(scratch);
}

/* ---- folding */

static bool mark(UChar32 c)
{
    return (c >= 0x0300 && c <= 0x036F) || (c >= 0x064B && c <= 0x065F) || c == 0x0670 ||
           c == 0x0640 || c == 0x093C || c == 0x200C || c == 0x200D;
}

/* Compatibility forms taken apart, back in UTF-8; its length, 0 when it doesn't fit. */
static int32_t take_apart(struct cs_span text, unsigned char *out, int32_t room)
{
    UErrorCode e = U_ZERO_ERROR;
    const UNormalizer2 *nfkd = unorm2_getNFKDInstance(&e);
    UChar wide[FOLD_MAX * 2], apart[FOLD_MAX * 4];
    int32_t n;

    u_strFromUTF8(wide, FOLD_MAX * 2, &n, (const char *)text.p, (int32_t)text.n, &e);
    n = unorm2_normalize(nfkd, wide, n, apart, FOLD_MAX * 4, &e);
    u_strToUTF8((char *)out, room, &n, apart, n, &e);
    return U_SUCCESS(e) ? n : 0;
}

static size_t fold_wide(struct cs_span text, char out[FOLD_MAX + 1])
{
    unsigned char apart[FOLD_MAX * 12];
    int32_t n = take_apart(text, apart, sizeof apart), i = 0, used = 0;
    UBool full = false;
    UChar32 c;

    while (i < n) {
        U8_NEXT(apart, i, n, c);
        if (mark(c))
            continue;
        c = u_foldCase(c, U_FOLD_CASE_DEFAULT);
        if (u_isdigit(c))
            c = '0' + u_charDigitValue(c);
        else if (!u_isalpha(c) && !u_hasBinaryProperty(c, UCHAR_GRAPHEME_EXTEND) &&
                 u_charType(c) != U_COMBINING_SPACING_MARK)
            continue;
        /* U8_APPEND puts a letter of ASCII down without looking whether there is room. */
        if (used == FOLD_MAX)
            return 0;
        U8_APPEND((uint8_t *)out, used, FOLD_MAX, (uint32_t)c, full);
        if (full)
            return 0;
    }
    out[used] = '\0';
    return (size_t)used;
}

size_t text_fold(struct cs_span text, char out[FOLD_MAX + 1])
{
    size_t i, n = 0;
    unsigned char c;

    out[0] = '\0';
    if (text.n > FOLD_MAX * 2)
        return 0;
    for (i = 0; i < text.n; i++) {
        c = text.p[i];
        if (c >= 0x80)
            return fold_wide(text, out);
        if (c >= 'A' && c <= 'Z')
            c |= 0x20;
        if ((c < 'a' || c > 'z') && (c < '0' || c > '9'))
            continue;
        if (n == FOLD_MAX)
            return 0;
        out[n++] = (char)c;
    }
    out[n] = '\0';
    return n;
}

struct cs_span text_digits(struct cs_span text, struct cs_buffer *scratch)
{
    int32_t i = 0, from, n = (int32_t)text.n;
    UChar32 c;

    cs_buffer_reset(scratch);
    while (i < n) {
        from = i;
        U8_NEXT(text.p, i, n, c);
        if (c >= 0x80 && u_isdigit(c))
            cs_buffer_add_byte(scratch, (unsigned char)('0' + u_charDigitValue(c)));
        else
            cs_buffer_add(scratch, text.p + from, (size_t)(i - from));
    }
    return cs_buffer_span(scratch);
}

int64_t text_number(struct cs_span text)
{
    int32_t i = 0, n = (int32_t)text.n;
    int64_t value = 0;
    UChar32 c;

    if (n == 0)
        return -1;
    while (i < n) {
        U8_NEXT(text.p, i, n, c);
        if (c < 0 || !u_isdigit(c))
            return -1;
        value = value * 10 + u_charDigitValue(c);
        if (value > 999999999)
            return -1;
    }
    return value;
}
