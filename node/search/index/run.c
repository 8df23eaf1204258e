#include "search/index/run.h"

/* A sum of bounds is rounded otherwise than the sum of scores that it stands above. */
#define ROUNDING (1 + 1e-9)

static struct run *run_make(const struct want *w, const struct segment *s,
                            const struct scoring *scoring, struct arena *arena, bool *nothing);

static unsigned fields_of(const struct want *w)
{
    return w->fields ? w->fields : WANT_FIELDS_ALL;
}

static double weight_of(const struct want *w)
{
    return w->weight > 0 ? w->weight : 1;
}

/* ---- making */

static struct run *make_term(struct run *r, const struct segment *s, const struct scoring *scoring,
                             struct arena *arena, bool *nothing)
{
    struct term term;

    if (!segment_find(s, r->want->text, &term)) {
        *nothing = true;
        return NULL;
    }
    if (!(r->postings = arena_take(arena, sizeof *r->postings)))
        return NULL;
    postings_open(r->postings, s, &term, scoring);
    r->cost = term.df;
    return r;
}

static struct run *make_prefix(struct run *r, const struct segment *s,
                               const struct scoring *scoring, struct arena *arena, bool *nothing)
{
    r->gathered = gathered_new(s, r->want->text, fields_of(r->want), scoring, arena, nothing);
    if (!r->gathered)
        return NULL;
    r->cost = gathered_n(r->gathered);
    return r;
}

/* The rarest first: it leads, the others only follow. */
static void order_by_cost(struct run *r)
{
    for (size_t i = 1; i < r->n; i++)
        for (size_t k = i; k > 0 && r->order[k]->cost < r->order[k - 1]->cost; k--) {
            struct run *swap = r->order[k];
            r->order[k] = r->order[k - 1];
            r->order[k - 1] = swap;
        }
}

static struct run *make_children(struct run *r, const struct segment *s,
                                 const struct scoring *scoring, struct arena *arena, bool *nothing)
{
    const struct want *w = r->want;
    bool all = w->kind == WANT_ALL || w->kind == WANT_PHRASE;

    if (!(r->child = arena_take(arena, (w->n + 1) * sizeof(struct run *))) ||
        !(r->order = arena_take(arena, (w->n + 1) * sizeof(struct run *))))
        return NULL;
    for (size_t i = 0; i < w->n; i++) {
        bool missing = false;
        struct run *child = run_make(w->child[i], s, scoring, arena, &missing);

        if (!child && !missing)
            return NULL;
        if (!child && all)
            *nothing = true;
        if (!child && all)
            return NULL;
        if (child) {
            child->place = r->n;
            r->order[r->n] = r->child[r->n] = child;
            r->n++;
            r->cost = all && r->n > 1 ? (child->cost < r->cost ? child->cost : r->cost)
                                      : r->cost + child->cost;
        }
    }
    if (r->n == 0) {
        *nothing = true;
        return NULL;
    }
    if (w->kind == WANT_PHRASE && !(r->adjacent = adjacent_new(arena, r->n)))
        return NULL;
    if (all)
        order_by_cost(r);
    return r;
}

static struct run *run_make(const struct want *w, const struct segment *s,
                            const struct scoring *scoring, struct arena *arena, bool *nothing)
{
    struct run *r = arena_take(arena, sizeof *r);

    if (!r)
        return NULL;
    r->want = w;
    r->document = NO_DOCUMENT;
    switch (w->kind) {
    case WANT_EVERY:
        r->cost = s->documents;
        return r;
    case WANT_TERM:
        return make_term(r, s, scoring, arena, nothing);
    case WANT_PREFIX:
        return make_prefix(r, s, scoring, arena, nothing);
    default:
        return make_children(r, s, scoring, arena, nothing);
    }
}

struct run *run_new(const struct want *w, const struct segment *s, const struct scoring *scoring,
                    struct arena *arena, bool *nothing)
{
    *nothing = false;
    return run_make(w, s, scoring, arena, nothing);
}

/* ---- seeking */

static uint32_t seek_all(struct run *r, uint32_t target)
{
    for (size_t i = 0; i < r->n;) {
        uint32_t document = run_seek(r->order[i], target);

        if (document == NO_DOCUMENT)
            return NO_DOCUMENT;
        if (document == target) {
            i++;
            continue;
        }
        /* The first one leads on from there. */
        target = document;
        i = i == 0 ? 1 : 0;
    }
    return target;
}

static uint32_t seek_any(struct run *r, uint32_t target)
{
    uint32_t first = NO_DOCUMENT;

    for (size_t i = 0; i < r->n; i++) {
        uint32_t document = r->child[i]->idle ? NO_DOCUMENT : run_seek(r->child[i], target);

        if (document < first)
            first = document;
    }
    return first;
}

uint32_t run_seek(struct run *r, uint32_t target)
{
    switch (r->want->kind) {
    case WANT_EVERY:
        return r->document = target;
    case WANT_TERM:
        return r->document = postings_seek(r->postings, target);
    case WANT_PREFIX:
        return r->document = gathered_seek(r->gathered, target);
    case WANT_PHRASE:
    case WANT_ALL:
        return r->document = seek_all(r, target);
    case WANT_ANY:
    case WANT_SAME:
        return r->document = seek_any(r, target);
    }
    return NO_DOCUMENT;
}

/* ---- matching */

static double score_of(const struct want *w, double x)
{
    return w->idf * score_saturate(weight_of(w) * x);
}

static score_bytes in_fields(score_bytes tf, unsigned fields)
{
    for (unsigned f = 0; f < SCORE_FIELDS; f++)
        if (!(fields >> f & 1))
            tf &= ~((score_bytes)0xFF << 8 * f);
    return tf;
}

static bool match_tf(const struct run *r, const struct postings *p, score_bytes tf, double *score)
{
    if (tf == 0)
        return false;
    *score = score_of(r->want, score_x(p->scoring->table, tf, p->s->lengths[r->document]));
    return true;
}

static bool match_term(struct run *r, double *score)
{
    return match_tf(r, r->postings, in_fields(postings_tf(r->postings), fields_of(r->want)), score);
}

static bool match_phrase(struct run *r, double need, double *score)
{
    if (r->bound * ROUNDING <= need)
        return false;
    return match_tf(r, r->child[0]->postings,
                    adjacent_tf(r->adjacent, r->child, r->n, fields_of(r->want)), score);
}

static bool match_all(struct run *r, double need, double *score)
{
    double sum = 0, ahead = 0;

    for (size_t i = 0; i < r->n; i++)
        ahead += r->child[i]->bound;
    for (size_t i = 0; i < r->n; i++) {
        double one;

        if ((sum + ahead) * ROUNDING <= need)
            return false;
        ahead -= r->child[i]->bound;
        if (!run_match(r->child[i], need - sum - ahead, &one))
            return false;
        sum += one;
    }
    *score = sum;
    return true;
}

/* The most promising first, but added in the order of the query, so that the sum is the same as everywhere. */
static bool match_any(struct run *r, double need, double *score)
{
    double one[WANT_CHILDREN_MAX] = {0}, sum = 0, ahead = 0;
    bool any = false;

    for (size_t i = 0; i < r->n; i++)
        ahead += r->child[i]->bound;
    for (size_t i = r->n; i-- > 0;) {
        struct run *c = r->order[i];

        if ((sum + ahead) * ROUNDING <= need)
            return false;
        ahead -= c->bound;
        if (run_seek(c, r->document) != r->document || !run_match(c, -1, &one[c->place]))
            continue;
        sum += one[c->place];
        any = true;
    }
    *score = 0;
    for (size_t i = 0; i < r->n; i++)
        *score += one[i];
    return any;
}

static bool match_same(struct run *r, double need, double *score)
{
    bool any = false;

    *score = 0;
    for (size_t i = 0; i < r->n; i++) {
        struct run *c = r->child[i];
        double one;

        if (c->idle || c->document != r->document || !run_match(c, need, &one))
            continue;
        if (one > *score)
            *score = one;
        any = true;
    }
    return any;
}

bool run_match(struct run *r, double need, double *score)
{
    switch (r->want->kind) {
    case WANT_EVERY:
        *score = 0;
        return true;
    case WANT_TERM:
        return match_term(r, score);
    case WANT_PREFIX:
        *score = score_of(r->want, gathered_x(r->gathered));
        return true;
    case WANT_PHRASE:
        return match_phrase(r, need, score);
    case WANT_ALL:
        return match_all(r, need, score);
    case WANT_ANY:
        return match_any(r, need, score);
    case WANT_SAME:
        return match_same(r, need, score);
    }
    return false;
}

/* ---- bounds */

static double bound_children(struct run *r, uint32_t target, uint32_t *last)
{
    bool same = r->want->kind == WANT_SAME;
    double bound = 0;

    *last = NO_DOCUMENT;
    for (size_t i = 0; i < r->n; i++) {
        uint32_t until;
        double one = run_bound(r->child[i], target, &until);

        if (until < *last)
            *last = until;
        if (!same)
            bound += one;
        else if (one > bound)
            bound = one;
    }
    return bound;
}

/* A phrase stands in a document no more often than the rarest of its words there. */
static double bound_phrase(struct run *r, uint32_t target, uint32_t *last)
{
    float least = 0;

    *last = NO_DOCUMENT;
    for (size_t i = 0; i < r->n; i++) {
        uint32_t until;
        float x = postings_bound(r->child[i]->postings, target, &until);

        if (until < *last)
            *last = until;
        if (i == 0 || x < least)
            least = x;
    }
    return score_of(r->want, (double)least);
}

double run_bound(struct run *r, uint32_t target, uint32_t *last)
{
    switch (r->want->kind) {
    case WANT_EVERY:
        *last = NO_DOCUMENT;
        return r->bound = 0;
    case WANT_TERM:
        return r->bound = score_of(r->want, (double)postings_bound(r->postings, target, last));
    case WANT_PREFIX:
        return r->bound = score_of(r->want, (double)gathered_bound(r->gathered, target, last));
    case WANT_PHRASE:
        return r->bound = bound_phrase(r, target, last);
    default:
        return r->bound = bound_children(r, target, last);
    }
}

static void order_by_bound(struct run *r)
{
    for (size_t i = 1; i < r->n; i++)
        for (size_t k = i; k > 0 && r->order[k]->bound < r->order[k - 1]->bound; k--) {
            struct run *swap = r->order[k];
            r->order[k] = r->order[k - 1];
            r->order[k - 1] = swap;
        }
}

/* Those whose bounds together can't do it need not be looked for; what the others find may have them too. */
static bool need_any(struct run *r, double need)
{
    double sum = 0;
    bool idle = false;

    order_by_bound(r);
    for (size_t i = 0; i < r->n; i++) {
        struct run *c = r->order[i];

        sum += c->bound;
        c->idle = sum * ROUNDING <= need;
        idle = idle || c->idle;
        if (!c->idle)
            idle = run_need(c, need - (r->bound - c->bound)) || idle;
    }
    return idle;
}

static bool need_same(struct run *r, double need)
{
    bool idle = false;

    for (size_t i = 0; i < r->n; i++) {
        struct run *c = r->child[i];

        c->idle = c->bound * ROUNDING <= need;
        idle = (!c->idle && run_need(c, need)) || c->idle || idle;
    }
    return idle;
}

bool run_need(struct run *r, double need)
{
    bool idle = false;

    switch (r->want->kind) {
    case WANT_ALL:
        for (size_t i = 0; i < r->n; i++)
            idle = run_need(r->child[i], need - (r->bound - r->child[i]->bound)) || idle;
        return idle;
    case WANT_ANY:
        return need_any(r, need);
    case WANT_SAME:
        return need_same(r, need);
    default:
        return false;
    }
}
