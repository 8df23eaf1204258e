#include "search/index/tree.h"

static double documents_with(const struct want *w, const struct asked *asked)
{
    double sum = 0;

    for (size_t i = 0; i < asked->segments; i++) {
        struct term term;

        if (segment_find(asked->segment[i], w->text, &term))
            sum += term.df;
    }
    return sum;
}

/* A document with two such terms counts twice. */
static double documents_beginning(const struct want *w, const struct asked *asked)
{
    double sum = 0;

    for (size_t i = 0; i < asked->segments; i++) {
        struct term_walk walk;

        for (term_walk_begin(&walk, asked->segment[i], w->text); term_walk_next(&walk);) {
            if (walk.n < w->text.n || memcmp(walk.text, w->text.p, w->text.n) != 0)
                break;
            sum += walk.term.df;
        }
    }
    return sum;
}

static void weigh_same(struct want *w, const struct asked *asked)
{
    for (size_t i = 0; i < w->n; i++)
        want_weigh(w->child[i], asked);
    for (size_t i = 0; i < w->n; i++) {
        const struct want *c = w->child[i];

        if (c->kind != WANT_TERM || documents_with(c, asked) == 0)
            continue;
        for (size_t k = 0; k < w->n; k++)
            if (w->child[k]->kind == WANT_TERM)
                w->child[k]->idf = c->idf;
        return;
    }
}

void want_weigh(struct want *w, const struct asked *asked)
{
    switch (w->kind) {
    case WANT_EVERY:
        return;
    case WANT_TERM:
        w->idf = score_idf(asked->basis.documents, documents_with(w, asked));
        return;
    case WANT_PREFIX:
        w->idf = score_idf(asked->basis.documents, documents_beginning(w, asked));
        return;
    case WANT_SAME:
        weigh_same(w, asked);
        return;
    default:
        w->idf = 0;
        for (size_t i = 0; i < w->n; i++) {
            want_weigh(w->child[i], asked);
            w->idf += w->child[i]->idf;
        }
    }
}
