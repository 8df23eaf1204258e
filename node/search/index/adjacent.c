#include "search/index/run.h"

#define PLACES_MAX (SCORE_FIELDS * SEGMENT_TF_MAX)

struct adjacent {
    struct places {
        uint32_t from[SCORE_FIELDS + 1];
        uint32_t place[PLACES_MAX];
    } * term;
};

struct adjacent *adjacent_new(struct arena *arena, size_t terms)
{
    struct adjacent *p = arena_take(arena, sizeof *p);

    if (!p || !(p->term = arena_take(arena, terms * sizeof *p->term)))
        return NULL;
    return p;
}

/* How often every term i stands i places behind a place of the first one, in one field. */
static uint32_t count_in_field(const struct adjacent *p, size_t n, unsigned field)
{
    uint32_t at[WANT_CHILDREN_MAX], count = 0;

    for (size_t i = 0; i < n; i++)
        at[i] = p->term[i].from[field];
    for (uint32_t k = at[0]; k < p->term[0].from[field + 1]; k++) {
        uint32_t start = p->term[0].place[k];
        bool all = true;

        for (size_t i = 1; i < n && all; i++) {
            const struct places *t = &p->term[i];

            while (at[i] < t->from[field + 1] && t->place[at[i]] < start + i)
                at[i]++;
            if (at[i] == t->from[field + 1])
                return count;
            all = t->place[at[i]] == start + i;
        }
        count += all;
    }
    return count;
}

score_bytes adjacent_tf(struct adjacent *p, struct run *const *child, size_t n, unsigned fields)
{
    score_bytes tf = 0;

    for (size_t i = 0; i < n; i++) {
        score_bytes have = postings_tf(child[i]->postings);

        for (unsigned f = 0; f < SCORE_FIELDS; f++)
            if (!(have >> 8 * f & 0xFF))
                fields &= ~(1u << f);
    }
    if (!fields)
        return 0;
    for (size_t i = 0; i < n; i++)
        postings_positions(child[i]->postings, p->term[i].place, PLACES_MAX, p->term[i].from);
    for (unsigned f = 0; f < SCORE_FIELDS; f++)
        if (fields >> f & 1)
            tf |= count_in_field(p, n, f) << 8 * f;
    return tf;
}
