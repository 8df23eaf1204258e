/*
 * The part of a text that shows best why it was found. The text is analysed as it was for the index, so
 * that a word is marked also when it was found by its stem, without its accents, or in another case.
 */
#include <stdlib.h>

#include "search/internal.h"

#define WANTED_MAX 256 /* tokens of a query */
#define MATCHES_MAX 512 /* places in a text that are looked at */
#define TEXT_MAX 20000 /* bytes of a text that are looked at */
#define SNIPPET_BYTES 260
#define LEAD_BYTES 60 /* shown before the first word */

struct wanted {
    struct cs_buffer store;
    size_t n;
    struct {
        size_t from, length;
        unsigned unit; /* words of one unit count once */
    } token[WANTED_MAX];
};

/* Calls `each` for every token of a piece that can stand for its word. */
static void each_token(const struct piece *piece,
                       void (*each)(void *arg, const char *token, size_t n), void *arg)
{
    const char *p = piece->tokens, *end = p + piece->length;

    while (p < end) {
        const char *space = memchr(p, ' ', (size_t)(end - p));
        const char *next = space ? space : end;
        const char *token = p[0] == SAME_PLACE[0] ? p + 1 : p;
        each(arg, token, (size_t)(next - token));
        p = next + 1;
    }
}

struct wanting {
    struct wanted *w;
    unsigned unit;
};

static void want(void *arg, const char *token, size_t n)
{
    struct wanting *wanting = arg;
    struct wanted *w = wanting->w;

    if (w->n == WANTED_MAX)
        return;
    w->token[w->n].from = w->store.n;
    w->token[w->n].length = n;
    w->token[w->n].unit = wanting->unit;
    w->n++;
    cs_buffer_add(&w->store, token, n);
}

static void want_piece(void *arg, const struct piece *piece)
{
    struct wanting wanting = {arg, piece->unit};

    each_token(piece, want, &wanting);
}

struct wanted *wanted_new(struct analyser *a, struct cs_span query, uint32_t stemmers,
                          struct problem *why)
{
    struct wanted *w = memory_new(sizeof *w);

    if (!w) {
        problem_no_memory(why);
        return NULL;
    }
    w->store.alloc = memory_allocator();
    if (query.n > SEARCH_QUERY_MAX)
        query.n = SEARCH_QUERY_MAX;
    if (analyse(a, query, stemmers, false, want_piece, w, why) || w->store.failed) {
        wanted_free(w);
        problem_no_memory(why);
        return NULL;
    }
    return w;
}

void wanted_free(struct wanted *w)
{
    if (!w)
        return;
    cs_buffer_free(&w->store);
    memory_free(w);
}

/* ---- finding them */

struct match {
    size_t start, end;
    unsigned unit;
};

struct finding {
    const struct wanted *w;
    const struct piece *piece;
    struct match match[MATCHES_MAX];
    size_t n;
    bool hit;
    unsigned unit;
};

static void compare(void *arg, const char *token, size_t n)
{
    struct finding *f = arg;

    for (size_t i = 0; !f->hit && i < f->w->n; i++)
        if (f->w->token[i].length == n &&
            memcmp(f->w->store.p + f->w->token[i].from, token, n) == 0) {
            f->hit = true;
            f->unit = f->w->token[i].unit;
        }
}

static void find(void *arg, const struct piece *piece)
{
    struct finding *f = arg;

    if (f->n == MATCHES_MAX)
        return;
    f->hit = false;
    each_token(piece, compare, f);
    if (!f->hit)
        return;
    /* Pairs and words of one run lie over each other. */
    if (f->n > 0 && piece->start < f->match[f->n - 1].end) {
        if (piece->end > f->match[f->n - 1].end)
            f->match[f->n - 1].end = piece->end;
        return;
    }
    f->match[f->n++] = (struct match){piece->start, piece->end, f->unit};
}

/* ---- choosing and cutting */

static size_t distinct(const struct finding *f, size_t first, size_t last)
{
    size_t n = 0;

    for (size_t i = first; i <= last; i++) {
        bool seen = false;
        for (size_t k = first; k < i; k++)
            seen = seen || f->match[k].unit == f->match[i].unit;
        n += !seen;
    }
    return n;
}

static size_t best_start(const struct finding *f)
{
    size_t best = 0, best_score = 0;

    for (size_t i = 0; i < f->n; i++) {
        size_t last = i;
        while (last + 1 < f->n && f->match[last + 1].end - f->match[i].start < SNIPPET_BYTES &&
               last - i < 16)
            last++;
        size_t score = distinct(f, i, last) * 16 + (last - i);
        if (score > best_score) {
            best_score = score;
            best = i;
        }
    }
    return f->n ? f->match[best].start : 0;
}

/* The beginning of a word at or before `at`; of a character where there are no spaces. */
static size_t back_to_word(const char *text, size_t at, size_t least)
{
    size_t i = at;

    while (i > least && text[i - 1] != ' ' && text[i - 1] != '\n' && at - i < 24)
        i--;
    if (i > least && text[i - 1] != ' ' && text[i - 1] != '\n')
        i = at;
    while (i > 0 && ((unsigned char)text[i] & 0xC0) == 0x80)
        i--;
    return i;
}

static void write(struct cs_buffer *out, const char *text, size_t from, size_t to,
                  const struct finding *f)
{
    size_t at = from;

    for (size_t i = 0; i < f->n; i++) {
        const struct match *m = &f->match[i];
        if (m->start < at || m->end > to)
            continue;
        cs_buffer_add(out, text + at, m->start - at);
        cs_buffer_add_byte(out, 0x02);
        cs_buffer_add(out, text + m->start, m->end - m->start);
        cs_buffer_add_byte(out, 0x03);
        at = m->end;
    }
    cs_buffer_add(out, text + at, to - at);
}

const char *snippet_make(struct wanted *w, struct analyser *a, struct arena *arena,
                         const char *text, uint32_t stemmers, bool *found)
{
    struct finding *f = memory_new(sizeof *f);
    struct cs_buffer out = {.alloc = memory_allocator()};
    size_t n = strlen(text), from, to, start;
    const char *copy = NULL;

    *found = false;
    if (!f)
        return NULL;
    if (n > TEXT_MAX)
        for (n = TEXT_MAX; n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80;)
            n--;
    f->w = w;
    if (analyse(a, cs_span_make(text, n), stemmers, true, find, f, NULL))
        f->n = 0;
    *found = f->n > 0;
    start = best_start(f);
    from = start > LEAD_BYTES ? back_to_word(text, start - LEAD_BYTES, 0) : 0;
    to = n - from > SNIPPET_BYTES ? back_to_word(text, from + SNIPPET_BYTES, from) : n;
    if (from > 0)
        cs_buffer_add_text(&out, "… ");
    write(&out, text, from, to, f);
    if (to < strlen(text))
        cs_buffer_add_text(&out, " …");
    if (!out.failed)
        copy = arena_text(arena, (const char *)out.p, out.n);
    cs_buffer_free(&out);
    memory_free(f);
    return copy ? copy : (out.failed ? NULL : arena_text(arena, "", 0));
}
