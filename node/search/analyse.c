#include "search/analyse.h"

#include <stdio.h>
#include <unicode/ubrk.h>
#include <unicode/utf16.h>
#include <unicode/uversion.h>

#include "search/letters.h"
#include "search/word.h"

/* ICU's macros compare code points with unsigned constants. */
#pragma GCC diagnostic ignored "-Wsign-conversion"

#define ANALYSIS 1 /* any change of what a text's tokens are is a new version */
#define PARTS_MAX 8 /* parts of one compound; a longer chain is several */
#define PAIR_BYTES 64

/* A character of a run of Han, Kana or Hangul, with its marks. */
struct run_letter {
    uint32_t at;
    uint32_t unit;
    uint32_t word_end; /* 0, or where the dictionary's word that starts here ends */
};

struct analyser {
    struct words *words;
    struct plain plain;
    UBreakIterator *breaks; /* opened by the first text that needs the dictionary */
    struct run_letter *run;
    size_t run_room;
};

/* One text on its way through. */
struct pass {
    struct analyser *a;
    uint32_t stemmers;
    bool places;
    void (*each)(void *arg, const struct piece *piece);
    void *arg;
    struct problem *why;
    unsigned unit;
    const UChar *u;
    size_t n;
};

struct analyser *analyser_new(bool cache, struct problem *why)
{
    struct analyser *a = memory_new(sizeof *a);

    if (!a) {
        problem_no_memory(why);
        return NULL;
    }
    if (!(a->words = words_new(cache, why))) {
        analyser_free(a);
        return NULL;
    }
    return a;
}

void analyser_free(struct analyser *a)
{
    if (!a)
        return;
    words_free(a->words);
    plain_free(&a->plain);
    if (a->breaks)
        ubrk_close(a->breaks);
    memory_free(a->run);
    memory_free(a);
}

void analysis_version(char out[ANALYSIS_TEXT])
{
    UVersionInfo icu;

    u_getVersion(icu);
    snprintf(out, ANALYSIS_TEXT, "%d/%d", ANALYSIS, icu[0]);
}

/* ---- giving pieces */

static void give(const struct pass *p, struct piece *piece, size_t from, size_t to)
{
    const struct plain *plain = &p->a->plain;

    if (p->places) {
        piece->start = plain->identity ? from : plain->from[from];
        piece->end = plain->identity ? to : plain->to[to - 1];
    }
    p->each(p->arg, piece);
}

static int give_word(const struct pass *p, enum piece_kind kind, const UChar *u, size_t n,
                     uint32_t stemmers, size_t from, size_t to)
{
    struct piece piece = {.kind = kind, .unit = p->unit};
    struct forms forms;

    if (words_forms(p->a->words, u, n, stemmers, &forms, p->why))
        return -1;
    piece.tokens = forms.tokens;
    piece.length = forms.length;
    piece.surface = forms.surface;
    piece.key = forms.key;
    piece.key_length = forms.key_length;
    give(p, &piece, from, to);
    return 0;
}

/* ---- words between spaces, and compounds of them */

struct part {
    size_t from, to;
};

static UChar32 unit_at(const struct pass *p, size_t i, size_t *next)
{
    UChar32 c;

    U16_NEXT(p->u, i, p->n, c);
    *next = i;
    return c;
}

static UChar32 unit_before(const struct pass *p, size_t i)
{
    UChar32 c;

    U16_PREV(p->u, 0, i, c);
    return c;
}

/* Where the run of letters of this kind that starts at `from` ends. */
static size_t run_end(const struct pass *p, size_t from, enum letter kind)
{
    size_t i = from, next;

    while (i < p->n) {
        enum letter letter = letter_of(unit_at(p, i, &next));
        if (letter != kind && letter != LETTER_MARK)
            break;
        i = next;
    }
    return i;
}

static bool all_digits(const struct pass *p, const struct part *part)
{
    for (size_t i = part->from, next; i < part->to; i = next)
        if (!letter_is_digit(unit_at(p, i, &next)))
            return false;
    return true;
}

/*
 * The character that stands between the parts of a number in its joined form; 0 for none. "1,000" is
 * 1000 and "2,5" is 2.5; other chains of digits are dates, telephone numbers, call numbers.
 */
static UChar number_point(const struct pass *p, const struct part *part, size_t n)
{
    UChar mark = p->u[part[0].to];
    bool thousands = mark == ',' || mark == 0x066C;

    for (size_t i = 0; i < n; i++) {
        if (!all_digits(p, &part[i]))
            return 0;
        if (i > 0 && (part[i].to - part[i].from != 3 || p->u[part[i - 1].to] != mark))
            thousands = false;
    }
    if (thousands || n != 2)
        return 0;
    return mark == '.' || mark == ',' || mark == 0x066B ? '.' : 0;
}

static size_t join_parts(const struct pass *p, const struct part *part, size_t n,
                         UChar out[WORD_UNITS_MAX])
{
    UChar point = number_point(p, part, n);
    size_t length = 0;

    for (size_t i = 0; i < n; i++) {
        size_t take = part[i].to - part[i].from;
        if (i > 0 && point && length < WORD_UNITS_MAX)
            out[length++] = point;
        if (take > WORD_UNITS_MAX - length)
            take = WORD_UNITS_MAX - length;
        memcpy(out + length, p->u + part[i].from, take * sizeof *out);
        length += take;
    }
    if (length > 0 && U16_IS_LEAD(out[length - 1]))
        length--;
    return length;
}

static int give_compound(struct pass *p, const struct part *part, size_t n)
{
    UChar joined[WORD_UNITS_MAX];
    size_t length = n > 1 ? join_parts(p, part, n, joined) : 0;

    p->unit++;
    for (size_t i = 0; i < n; i++) {
        if (give_word(p, PIECE_WORD, p->u + part[i].from, part[i].to - part[i].from, p->stemmers,
                      part[i].from, part[i].to))
            return -1;
        if (n > 1 && (i == 0 || i == n - 1) &&
            give_word(p, PIECE_JOINED, joined, length, p->stemmers, part[0].from, part[n - 1].to))
            return -1;
    }
    return 0;
}

/* A word, or several that apostrophes, hyphens and the like hold together. */
static int pass_words(struct pass *p, size_t *i)
{
    struct part part[PARTS_MAX];
    size_t n = 0, next, after;

    for (;;) {
        part[n].from = *i;
        part[n].to = *i = run_end(p, *i, LETTER_WORD);
        n++;
        if (n == PARTS_MAX || *i == p->n)
            break;
        UChar32 c = unit_at(p, *i, &next);
        if (letter_of(c) != LETTER_CONNECTOR || next == p->n)
            break;
        UChar32 follows = unit_at(p, next, &after);
        if (letter_of(follows) != LETTER_WORD || !letter_connects(c, unit_before(p, *i), follows))
            break;
        *i = next;
    }
    return give_compound(p, part, n);
}

/* ---- words that only a dictionary can part */

static int breaks_at(struct pass *p, size_t from, size_t to)
{
    UErrorCode error = U_ZERO_ERROR;

    if (!p->a->breaks)
        p->a->breaks = ubrk_open(UBRK_WORD, "", NULL, 0, &error);
    if (U_SUCCESS(error))
        ubrk_setText(p->a->breaks, p->u + from, (int32_t)(to - from), &error);
    if (U_SUCCESS(error))
        return 0;
    return problem_set(p->why, "icu_data",
                       _("ICU's data files can't be read. Nothing was changed. "
                         "Install libicu again."));
}

static int pass_dictionary(struct pass *p, size_t *i)
{
    size_t from = *i, start = 0;
    int32_t end;

    *i = run_end(p, from, LETTER_DICTIONARY);
    if (breaks_at(p, from, *i))
        return -1;
    ubrk_first(p->a->breaks);
    while ((end = ubrk_next(p->a->breaks)) != UBRK_DONE) {
        p->unit++;
        if (give_word(p, PIECE_WORD, p->u + from + start, (size_t)end - start, 0, from + start,
                      from + (size_t)end))
            return -1;
        start = (size_t)end;
    }
    return 0;
}

/* The characters of the run, in a->run; n of them and one beyond. */
static int run_letters(struct pass *p, size_t from, size_t to, size_t *n)
{
    size_t next;

    *n = 0;
    for (size_t i = from; i < to; i = next) {
        bool mark = letter_of(unit_at(p, i, &next)) == LETTER_MARK;
        if (*n + 2 > p->a->run_room) {
            size_t room = p->a->run_room ? p->a->run_room * 2 : 256;
            void *bigger = memory_resize(p->a->run, room * sizeof *p->a->run);
            if (!bigger)
                return problem_no_memory(p->why);
            p->a->run = bigger;
            p->a->run_room = room;
        }
        if (!mark || *n == 0)
            p->a->run[(*n)++] = (struct run_letter){(uint32_t)i, 0, 0};
    }
    p->a->run[*n] = (struct run_letter){(uint32_t)to, 0, 0};
    return 0;
}

/*
 * Marks where the dictionary's words start. Each is a unit, but single characters side by side are one
 * together: mostly a name that the dictionary doesn't know.
 */
static int run_words(struct pass *p, size_t from, size_t to, bool hangul, size_t n)
{
    struct run_letter *run = p->a->run;
    bool single = false;
    int32_t end = hangul ? (int32_t)(to - from) : 0;

    if (!hangul && breaks_at(p, from, to))
        return -1;
    for (size_t i = 0; i < n;) {
        size_t word_to, last = i;
        if (!hangul &&
            (end = ubrk_following(p->a->breaks, (int32_t)(run[i].at - from))) == UBRK_DONE)
            end = (int32_t)(to - from);
        word_to = from + (size_t)end;
        while (last + 1 < n && run[last + 1].at < word_to)
            last++;
        if (!(single && last == i))
            p->unit++;
        single = last == i;
        run[i].word_end = run[last + 1].at;
        for (; i <= last; i++)
            run[i].unit = p->unit;
    }
    return 0;
}

static void give_pair(struct pass *p, size_t i, size_t n)
{
    const struct run_letter *run = p->a->run;
    bool lone = i + 1 == n;
    size_t to = run[lone ? i + 1 : i + 2].at;
    char tokens[PAIR_BYTES];
    size_t length = strlen(PAIR_MARK);
    struct piece piece = {.kind = PIECE_PAIR, .unit = run[i].unit, .lone = lone, .tokens = tokens};

    memcpy(tokens, PAIR_MARK, length);
    for (size_t k = run[i].at, next; k < to && length + U8_MAX_LENGTH < sizeof tokens; k = next) {
        UChar32 c = unit_at(p, k, &next);
        U8_APPEND_UNSAFE(tokens, length, c);
    }
    piece.inside = !lone && run[i + 1].unit == run[i].unit;
    piece.length = piece.surface = piece.key_length = length;
    give(p, &piece, run[i].at, to);
}

static int pass_run(struct pass *p, size_t *i, enum letter kind)
{
    size_t from = *i, to = run_end(p, from, kind), n;
    unsigned unit;

    *i = to;
    if (run_letters(p, from, to, &n) || run_words(p, from, to, kind == LETTER_HANGUL, n))
        return -1;
    unit = p->unit;
    for (size_t k = 0; k < n; k++) {
        const struct run_letter *letter = &p->a->run[k];
        give_pair(p, k, n);
        p->unit = letter->unit;
        if (letter->word_end &&
            give_word(p, PIECE_RUN_WORD, p->u + letter->at, letter->word_end - letter->at, 0,
                      letter->at, letter->word_end))
            return -1;
    }
    p->unit = unit;
    return 0;
}

int analyse(struct analyser *a, struct cs_span text, uint32_t stemmers, bool places,
            void (*each)(void *arg, const struct piece *piece), void *arg, struct problem *why)
{
    struct pass p = {
        .a = a, .stemmers = stemmers, .places = places, .each = each, .arg = arg, .why = why};
    int rc = 0;

    if (plain_read(&a->plain, text, places, why))
        return -1;
    p.u = a->plain.u;
    p.n = a->plain.n;
    for (size_t i = 0, next; i < p.n && rc == 0;) {
        enum letter letter = letter_of(unit_at(&p, i, &next));
        if (letter == LETTER_WORD)
            rc = pass_words(&p, &i);
        else if (letter == LETTER_DICTIONARY)
            rc = pass_dictionary(&p, &i);
        else if (letter == LETTER_HAN || letter == LETTER_HANGUL)
            rc = pass_run(&p, &i, letter);
        else
            i = next;
    }
    return rc;
}

static void add_tokens(void *arg, const struct piece *piece)
{
    struct cs_buffer *out = arg;

    if (piece->kind == PIECE_JOINED || piece->kind == PIECE_RUN_WORD)
        cs_buffer_add_text(out, " " SAME_PLACE);
    else
        cs_buffer_add_byte(out, ' ');
    cs_buffer_add(out, piece->tokens, piece->length);
}

int analyse_tokens(struct analyser *a, struct cs_span text, uint32_t stemmers,
                   struct cs_buffer *out, struct problem *why)
{
    if (analyse(a, text, stemmers, false, add_tokens, out, why))
        return -1;
    return out->failed ? problem_no_memory(why) : 0;
}
