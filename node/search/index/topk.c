#include "search/index/topk.h"

#include <math.h>

#include "search/index/run.h"

/* The k best so far; heap[0] is the worst of them. */
struct best {
    struct found *heap;
    size_t n, k;
};

struct search {
    const struct topk_request *request;
    struct score_table table;
    struct best best;
    uint64_t total;
    bool counting;
};

static bool worse(const struct found *a, const struct found *b)
{
    if (a->score != b->score)
        return a->score < b->score;
    if (a->segment != b->segment)
        return a->segment > b->segment;
    return a->document > b->document;
}

static void sift_down(struct found *heap, size_t n, size_t i)
{
    struct found moving = heap[i];

    for (size_t child; (child = 2 * i + 1) < n; i = child) {
        if (child + 1 < n && worse(&heap[child + 1], &heap[child]))
            child++;
        if (!worse(&heap[child], &moving))
            break;
        heap[i] = heap[child];
    }
    heap[i] = moving;
}

static void best_add(struct best *b, const struct found *f)
{
    if (b->k == 0)
        return;
    if (b->n < b->k) {
        size_t i = b->n++;

        for (; i > 0 && worse(f, &b->heap[(i - 1) / 2]); i = (i - 1) / 2)
            b->heap[i] = b->heap[(i - 1) / 2];
        b->heap[i] = *f;
    } else if (worse(&b->heap[0], f)) {
        b->heap[0] = *f;
        sift_down(b->heap, b->n, 0);
    }
}

static void best_sort(struct best *b)
{
    for (size_t n = b->n; n > 1;) {
        struct found worst = b->heap[0];

        b->heap[0] = b->heap[--n];
        b->heap[n] = worst;
        sift_down(b->heap, n, 0);
    }
}

/* What a further document has to have more than; -1 as long as any is welcome. */
static double needed(const struct search *s)
{
    if (s->counting)
        return -1;
    if (s->best.k == 0)
        return INFINITY;
    return s->best.n == s->best.k ? s->best.heap[0].score : -1;
}

static bool shut_out(struct search *s, struct run *without, uint32_t segment, uint32_t document)
{
    const struct topk_request *r = s->request;
    double score;

    if (without && run_seek(without, document) == document && run_match(without, -1, &score))
        return true;
    return r->accept && !r->accept(r->arg, segment, document);
}

static void take(struct search *s, struct run *run, struct run *without, uint32_t segment,
                 uint32_t document, double need)
{
    struct found f = {segment, document, 0};

    if (shut_out(s, without, segment, document) || !run_match(run, need, &f.score))
        return;
    if (s->counting) {
        s->total++;
        if (s->request->match)
            s->request->match(s->request->arg, segment, document);
        s->counting = s->total < s->request->count_limit;
    }
    if (f.score > need)
        best_add(&s->best, &f);
}

static void walk(struct search *s, struct run *run, struct run *without, uint32_t segment)
{
    uint32_t documents = s->request->asked->segment[segment]->documents;
    uint32_t next = 0, last = 0, document;
    bool known = false, idle = false; /* whether bounds up to `last` are */

    while (next < documents) {
        double need = needed(s);

        if (need >= 0 && (!known || next > last)) {
            known = true;
            if (run_bound(run, next, &last) * (1 + 1e-9) <= need) {
                if (last >= documents - 1)
                    return;
                next = last + 1;
                continue;
            }
            idle = run_need(run, need);
        }
        document = run_seek(run, next);
        if (known && idle && document > last) {
            if (last >= documents - 1)
                return;
            next = last + 1;
            continue;
        }
        if (document >= documents)
            return;
        if (known && document > last) {
            next = document;
            continue;
        }
        take(s, run, without, segment, document, need);
        next = document + 1;
    }
}

static int search_segment(struct search *s, uint32_t segment, struct arena *arena,
                          struct problem *why)
{
    const struct topk_request *r = s->request;
    const struct segment *in = r->asked->segment[segment];
    struct scoring scoring = {&s->table, score_slack(&in->written, &r->asked->basis)};
    struct run *run, *without = NULL;
    bool nothing;

    arena_reset(arena);
    if (!(run = run_new(r->want, in, &scoring, arena, &nothing)))
        return nothing ? 0 : problem_no_memory(why);
    if (r->without && !(without = run_new(r->without, in, &scoring, arena, &nothing)) && !nothing)
        return problem_no_memory(why);
    walk(s, run, without, segment);
    return 0;
}

int topk(const struct topk_request *request, struct topk_answer *answer, struct problem *why)
{
    struct search *s = memory_new(sizeof *s);
    struct arena *arena = arena_new();
    int rc = s && arena ? 0 : problem_no_memory(why);

    if (rc == 0) {
        s->request = request;
        s->best = (struct best){answer->found, 0, request->k};
        s->counting = request->count_limit > 0;
        score_table_make(&s->table, &request->asked->basis);
    }
    for (size_t i = 0; rc == 0 && i < request->asked->segments; i++)
        rc = search_segment(s, (uint32_t)i, arena, why);
    if (rc == 0) {
        best_sort(&s->best);
        answer->n = s->best.n;
        answer->total = s->total;
        answer->total_exact = s->counting;
    }
    arena_free(arena);
    memory_free(s);
    return rc;
}
