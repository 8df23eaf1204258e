/*
 * The documents of a prefix: of all terms that begin so. There may be thousands of them, so they are not
 * merged one by one: windows of documents are filled from all of them, and walked over.
 */
#include "search/index/run.h"

#define WINDOW 8192 /* documents */
#define WORD 64

/* A document of a term that is too rare to be read block by block. */
struct single {
    uint32_t document;
    float x;
};

struct gathered {
    uint32_t documents; /* of the segment */
    unsigned fields;
    struct postings **frequent;
    size_t frequents, room;
    struct single *single; /* window by window */
    uint32_t *window_from; /* the first of each window; one more than windows */
    size_t singles, singles_room;
    uint64_t n;
    float max;
    uint32_t document, window; /* the window that is filled; UINT32_MAX: none */
    uint64_t *set;
    float *x;
};

struct gathering {
    struct gathered *g;
    const struct segment *s;
    const struct scoring *scoring;
    struct arena *arena;
    struct postings scratch;
};

static float x_of(const struct gathered *g, struct postings *p)
{
    score_bytes tf = postings_tf(p);

    for (unsigned f = 0; f < SCORE_FIELDS; f++)
        if (!(g->fields >> f & 1))
            tf &= ~((score_bytes)0xFF << 8 * f);
    return score_x(p->scoring->table, tf, p->s->lengths[p->document]);
}

/* Doubles an array of the arena; the old one stays there until all is freed. */
static bool grow(struct arena *arena, void **array, size_t size, size_t n, size_t *room)
{
    size_t more = *room ? *room * 2 : 64;
    void *bigger;

    if (n < *room)
        return true;
    if (!(bigger = arena_take(arena, more * size)))
        return false;
    if (n)
        memcpy(bigger, *array, n * size);
    *array = bigger;
    *room = more;
    return true;
}

static bool add_single(struct gathering *in, uint32_t document, float x)
{
    struct gathered *g = in->g;
    void *array = g->single;

    if (!grow(in->arena, &array, sizeof *g->single, g->singles, &g->singles_room))
        return false;
    g->single = array;
    g->single[g->singles++] = (struct single){document, x};
    if (x > g->max)
        g->max = x;
    return true;
}

static bool add_rare(struct gathering *in, const struct term *term)
{
    struct postings *p = &in->scratch;

    postings_open(p, in->s, term, in->scoring);
    for (uint32_t d = postings_seek(p, 0); d != NO_DOCUMENT; d = postings_seek(p, d + 1)) {
        float x = x_of(in->g, p);
        if (x > 0 && !add_single(in, d, x))
            return false;
    }
    return true;
}

static bool add_frequent(struct gathering *in, const struct term *term)
{
    struct gathered *g = in->g;
    struct postings *p = arena_take(in->arena, sizeof *p);
    void *array = g->frequent;
    float bound;

    if (!p || !grow(in->arena, &array, sizeof *g->frequent, g->frequents, &g->room))
        return false;
    g->frequent = array;
    postings_open(p, in->s, term, in->scoring);
    g->frequent[g->frequents++] = p;
    bound = postings_bound_all(p);
    if (bound > g->max)
        g->max = bound;
    return true;
}

/* Puts the singles in the order of their windows: they need no order within one. */
static bool sort_singles(struct gathering *in)
{
    struct gathered *g = in->g;
    size_t windows = g->documents / WINDOW + 1;
    struct single *sorted = arena_take(in->arena, (g->singles + 1) * sizeof *sorted);

    g->window_from = arena_take(in->arena, (windows + 1) * sizeof *g->window_from);
    if (!sorted || !g->window_from)
        return false;
    for (size_t i = 0; i < g->singles; i++)
        g->window_from[g->single[i].document / WINDOW + 1]++;
    for (size_t w = 0; w < windows; w++)
        g->window_from[w + 1] += g->window_from[w];
    for (size_t i = g->singles; i-- > 0;)
        sorted[--g->window_from[g->single[i].document / WINDOW + 1]] = g->single[i];
    /* Each has moved to where its window begins; the last one's end is what was left out. */
    for (size_t w = 0; w < windows; w++)
        g->window_from[w] = g->window_from[w + 1];
    g->window_from[windows] = (uint32_t)g->singles;
    g->single = sorted;
    return true;
}

struct gathered *gathered_new(const struct segment *s, struct cs_span prefix, unsigned fields,
                              const struct scoring *scoring, struct arena *arena, bool *nothing)
{
    struct gathered *g = arena_take(arena, sizeof *g);
    struct gathering *in = arena_take(arena, sizeof *in);
    struct term_walk *walk = arena_take(arena, sizeof *walk);

    if (!g || !in || !walk)
        return NULL;
    g->documents = s->documents;
    g->fields = fields;
    g->window = UINT32_MAX;
    in->g = g;
    in->s = s;
    in->scoring = scoring;
    in->arena = arena;
    for (term_walk_begin(walk, s, prefix); term_walk_next(walk);) {
        if (walk->n < prefix.n || memcmp(walk->text, prefix.p, prefix.n) != 0)
            break;
        g->n += walk->term.df;
        if (walk->term.df < SEGMENT_BLOCK ? !add_rare(in, &walk->term)
                                          : !add_frequent(in, &walk->term))
            return NULL;
    }
    if (g->singles == 0 && g->frequents == 0) {
        *nothing = true;
        return NULL;
    }
    g->set = arena_take(arena, WINDOW / 8);
    g->x = arena_take(arena, WINDOW * sizeof *g->x);
    return g->set && g->x && sort_singles(in) ? g : NULL;
}

static void put(struct gathered *g, uint32_t document, float x)
{
    uint32_t i = document % WINDOW;
    uint64_t bit = (uint64_t)1 << i % WORD;

    if (!(g->set[i / WORD] & bit) || x > g->x[i])
        g->x[i] = x;
    g->set[i / WORD] |= bit;
}

static void fill(struct gathered *g, uint32_t window)
{
    uint32_t first = window * WINDOW, beyond = first + WINDOW;

    g->window = window;
    memset(g->set, 0, WINDOW / 8);
    for (uint32_t i = g->window_from[window]; i < g->window_from[window + 1]; i++)
        put(g, g->single[i].document, g->single[i].x);
    for (size_t i = 0; i < g->frequents; i++) {
        struct postings *p = g->frequent[i];

        for (uint32_t d = postings_seek(p, first); d < beyond; d = postings_seek(p, d + 1)) {
            float x = x_of(g, p);
            if (x > 0)
                put(g, d, x);
        }
    }
}

uint32_t gathered_seek(struct gathered *g, uint32_t target)
{
    if (g->window != UINT32_MAX && g->document >= target)
        return g->document;
    while (target < g->documents) {
        uint32_t i = target % WINDOW;
        uint64_t word;

        if (target / WINDOW != g->window)
            fill(g, target / WINDOW);
        word = g->set[i / WORD] >> i % WORD;
        if (word)
            return g->document = target + (uint32_t)__builtin_ctzll(word);
        target += WORD - i % WORD;
    }
    return g->document = NO_DOCUMENT;
}

float gathered_x(const struct gathered *g)
{
    return g->x[g->document % WINDOW];
}

float gathered_bound(struct gathered *g, uint32_t target, uint32_t *last)
{
    (void)target;
    *last = NO_DOCUMENT;
    return g->max;
}

uint64_t gathered_n(const struct gathered *g)
{
    return g->n;
}
