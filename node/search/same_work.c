#include "search/same_work.h"

#include <jansson.h>

static bool share_string(const json_t *a, const json_t *b)
{
    json_t *x, *y;
    size_t i, k;

    json_array_foreach(a, i, x) json_array_foreach(b, k, y) if (json_equal(x, y)) return true;
    return false;
}

static bool equal_member(const json_t *a, const json_t *b, const char *member)
{
    const json_t *x = json_object_get(a, member), *y = json_object_get(b, member);

    return x && y && json_equal(x, y);
}

/* Two things of one institution are never one: it knows what it has twice. */
static bool same_work(const struct search_hit *a, const struct search_hit *b)
{
    const json_t *x = a->record, *y = b->record;

    if (a->row.nid == b->row.nid)
        return false;
    return share_string(json_object_get(x, "isbn"), json_object_get(y, "isbn")) ||
           equal_member(x, y, "url") ||
           (equal_member(x, y, "name") && equal_member(x, y, "creator") &&
            equal_member(x, y, "datePublished"));
}

static bool name_other(struct search_hit *best, const struct search_hit *other)
{
    struct search_also *also = (struct search_also *)(uintptr_t)&best->also[best->also_n++];

    cs_uuid_write(&other->row.id, also->id);
    also->node = other->row.node;
    also->node_name = other->row.node_name;
    also->availability = other->availability;
    return true;
}

int same_work_group(struct search_answer *answer, struct problem *why)
{
    struct search_hit *hit = answer->hit;
    size_t kept = 0;

    for (size_t i = 0; i < answer->n; i++) {
        size_t best = 0;

        while (best < kept && !same_work(&hit[best], &hit[i]))
            best++;
        if (best == kept) {
            if (kept != i)
                hit[kept] = hit[i];
            kept++;
            continue;
        }
        if (!hit[best].also &&
            !(hit[best].also = arena_take(answer->arena, answer->n * sizeof *hit[best].also)))
            return problem_no_memory(why);
        /* The name must outlive the hit's place in the list. */
        struct search_hit *other = arena_take(answer->arena, sizeof *other);
        if (!other)
            return problem_no_memory(why);
        *other = hit[i];
        name_other(&hit[best], other);
        json_decref((json_t *)(uintptr_t)hit[i].record);
    }
    answer->n = kept;
    return 0;
}
