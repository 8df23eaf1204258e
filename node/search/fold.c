/*
 * The key of a word: what is left when everything is taken away that people write or leave out as
 * they please. Two words with one key are the same word to a search.
 */
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/utf16.h>

#include "search/analyse.h"

/* ICU's macros compare code points with unsigned constants. */
#pragma GCC diagnostic ignored "-Wsign-conversion"

/* Letters that have no decomposition but are written without their stroke, hook or dot where a
 * keyboard lacks them; and letters of one sound with two code points. Sorted. */
static const struct pair {
    UChar from;
    UChar to[2];
} pairs[] = {
    {0x00E6, {'a', 'e'}}, {0x00F0, {'d'}},      {0x00F8, {'o'}},
    {0x00FE, {'t', 'h'}}, {0x0111, {'d'}},      {0x0127, {'h'}},
    {0x0131, {'i'}},      {0x0138, {'k'}},      {0x0142, {'l'}},
    {0x014B, {'n'}},      {0x0153, {'o', 'e'}}, {0x0167, {'t'}},
    {0x0180, {'b'}},      {0x0192, {'f'}},      {0x0199, {'k'}},
    {0x019A, {'l'}},      {0x01B4, {'y'}},      {0x01DD, {'e'}},
    {0x0253, {'b'}},      {0x0254, {'o'}},      {0x0256, {'d'}},
    {0x0257, {'d'}},      {0x0259, {'e'}},      {0x025B, {'e'}},
    {0x0263, {'g'}},      {0x0268, {'i'}},      {0x0269, {'i'}},
    {0x0272, {'n'}},      {0x0289, {'u'}},      {0x028B, {'v'}},
    {0x0292, {'z'}},      {0x0629, {0x0647}}, /* teh marbuta: heh */
    {0x0649, {0x064A}}, /* alef maksura: yeh */
    {0x0671, {0x0627}}, /* alef wasla: alef */
    {0x06A9, {0x0643}}, /* keheh: kaf */
    {0x06BE, {0x0647}},   {0x06C1, {0x0647}},   {0x06C3, {0x0647}}, /* hehs: heh */
    {0x06CC, {0x064A}},   {0x06D0, {0x064A}},   {0x06D2, {0x064A}}, /* yehs: yeh */
    {0x06D5, {0x0647}},   {0x0901, {0x0902}}, /* chandrabindu: anusvara */
};

static const UChar *pair_of(UChar32 c)
{
    size_t low = 0, high = sizeof pairs / sizeof *pairs;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (pairs[middle].from == c)
            return pairs[middle].to;
        if (pairs[middle].from < c)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* Marks that readers supply by themselves. Not those that are letters in all but name: the vowels and
 * viramas of Indic scripts, the tones of Thai, the voicing marks of Kana. */
static bool is_dropped(UChar32 c)
{
    if (c < 0x0300)
        return false;
    if (c <= 0x036F)
        return true;
    if (c == 0x0640 || c == 0x0670) /* tatweel, superscript alef */
        return true;
    if ((c >= 0x0591 && c <= 0x05C7) || (c >= 0x0610 && c <= 0x061A) ||
        (c >= 0x064B && c <= 0x065F) || (c >= 0x06D6 && c <= 0x06ED) ||
        (c >= 0x1DC0 && c <= 0x1DFF) || (c >= 0x20D0 && c <= 0x20FF))
        return u_charType(c) == U_NON_SPACING_MARK || u_charType(c) == U_ENCLOSING_MARK;
    return c >= 0x0900 && u_getCombiningClass(c) == 7; /* nukta */
}

/* Composed letters whose parts are to be looked at. Short i, short u and yi of the Cyrillic script are
 * letters of their own; two-part vowels of Indic scripts gain nothing. */
static bool is_composed(UChar32 c)
{
    if (c == 0x0439 || c == 0x045E || c == 0x0457)
        return false;
    return (c >= 0x00C0 && c <= 0x06FF) || (c >= 0x1E00 && c <= 0x1FFF) || c == 0x0929 ||
           c == 0x0931 || c == 0x0934;
}

struct key {
    UChar *out;
    int32_t n, room;
};

static void add_unit(struct key *k, UChar32 c)
{
    if (k->n + 2 > k->room)
        return;
    if (U_IS_SUPPLEMENTARY(c)) {
        k->out[k->n++] = U16_LEAD(c);
        k->out[k->n++] = U16_TRAIL(c);
    } else {
        k->out[k->n++] = (UChar)c;
    }
}

static void add_simple(struct key *k, UChar32 c)
{
    const UChar *to;

    if (c < 0x80) {
        add_unit(k, c);
    } else if (is_dropped(c)) {
        return;
    } else if ((to = pair_of(c))) {
        add_unit(k, to[0]);
        if (to[1])
            add_unit(k, to[1]);
    } else if (u_charType(c) == U_DECIMAL_DIGIT_NUMBER) {
        add_unit(k, '0' + u_charDigitValue(c));
    } else {
        add_unit(k, c);
    }
}

static void add_letter(struct key *k, const UNormalizer2 *parts, UChar32 c)
{
    UErrorCode error = U_ZERO_ERROR;
    UChar part[8];
    int32_t n = is_composed(c) ? unorm2_getDecomposition(parts, c, part, 8, &error) : -1;

    if (n < 0 || U_FAILURE(error)) {
        add_simple(k, c);
        return;
    }
    for (int32_t i = 0; i < n;) {
        U16_NEXT(part, i, n, c);
        add_simple(k, c);
    }
}

/* A nasal before a stop of its own row is written as itself or as anusvara: हिन्दी, हिंदी. */
static void fold_nasals(struct key *k)
{
    static const struct {
        UChar nasal, first, last;
    } rows[] = {{0x0919, 0x0915, 0x0918},
                {0x091E, 0x091A, 0x091D},
                {0x0923, 0x091F, 0x0922},
                {0x0928, 0x0924, 0x0927},
                {0x092E, 0x092A, 0x092D}};
    int32_t n = 0;

    for (int32_t i = 0; i < k->n; i++) {
        k->out[n] = k->out[i];
        for (size_t r = 0; i + 2 < k->n && r < sizeof rows / sizeof *rows; r++) {
            if (k->out[i] == rows[r].nasal && k->out[i + 1] == 0x094D &&
                k->out[i + 2] >= rows[r].first && k->out[i + 2] <= rows[r].last) {
                k->out[n] = 0x0902;
                i++; /* the virama goes with it */
                break;
            }
        }
        n++;
    }
    k->n = n;
}

int32_t fold_word(const UChar *word, int32_t n, unsigned flags, UChar *out, int32_t room)
{
    UErrorCode error = U_ZERO_ERROR;
    const UNormalizer2 *parts = unorm2_getNFDInstance(&error);
    struct key k = {out, 0, room};
    bool devanagari = false;

    for (int32_t i = 0; i < n;) {
        UChar32 c;
        U16_NEXT(word, i, n, c);
        devanagari = devanagari || c == 0x094D;
        if (c < 0x80)
            add_unit(&k, c);
        else
            add_letter(&k, parts, c);
    }
    if (devanagari)
        fold_nasals(&k);
    /* The article, where a word of three letters is left: not of "الله", not of "الى". */
    if (!(flags & FOLD_KEEP_ARTICLE) && k.n >= 5 && out[0] == 0x0627 && out[1] == 0x0644) {
        memmove(out, out + 2, (size_t)(k.n - 2) * sizeof *out);
        k.n -= 2;
    }
    return k.n;
}
