/*
 * From a request to an answer: the index finds, the store has the records, catalogue says which of them
 * the asker may see.
 */
#include <commonshelf/record.h>

#include "search/internal.h"
#include "search/same_work.h"

#define FACET_VALUES_MAX 20
#define ANSWER_PEERS_MAX STORE_PEERS_MAX

/* BM25 by field: title 4, creator 3, subjects 2, the rest 1. */
static const double weights[INDEX_FIELDS] = {4, 3, 2, 1};

struct searcher {
    char home[FILE_PATH_MAX];
    struct reader *reader; /* the caller's */
    struct index *index; /* opened anew when another file stands in its place */
    struct analyser *analyser;
    struct cs_buffer json;
};

struct searcher *search_open(const char *home, struct reader *reader, struct problem *why)
{
    struct searcher *s = memory_new(sizeof *s);

    if (!s || strlen(home) >= sizeof s->home || !(s->analyser = analyser_new(false, why))) {
        memory_free(s);
        problem_no_memory(why);
        return NULL;
    }
    strcpy(s->home, home);
    s->reader = reader;
    s->json.alloc = memory_allocator();
    return s;
}

void search_close(struct searcher *s)
{
    if (!s)
        return;
    store_index_close(s->index);
    analyser_free(s->analyser);
    cs_buffer_free(&s->json);
    memory_free(s);
}

static int open_index(struct searcher *s, struct problem *why)
{
    char analysis[ANALYSIS_TEXT];

    if (s->index && store_index_current(s->index))
        return 0;
    store_index_close(s->index);
    analysis_version(analysis);
    s->index = store_index_open(s->home, false, analysis, NULL, why);
    return s->index ? 0 : -1;
}

/* ---- one hit */

static uint32_t stemmers_for(const json_t *record, uint32_t reader)
{
    const json_t *languages = json_object_get(record, "inLanguage");
    json_t *tag;
    size_t i;

    json_array_foreach(languages, i, tag) reader |= stemmers_of(json_string_value(tag));
    return reader;
}

static int describe(struct searcher *s, const struct search_request *request, struct wanted *wanted,
                    uint32_t stemmers, struct arena *arena, struct search_hit *hit)
{
    const char *text;
    bool found = false;

    hit->name = cs_record_text(hit->record, "name", request->lang, &hit->name_lang);
    if (!hit->name)
        hit->name = "";
    hit->availability = record_availability(hit->record);
    text = cs_record_text(hit->record, "description", request->lang, &hit->snippet_lang);
    hit->snippet = "";
    if (text && !(hit->snippet = snippet_make(wanted, s->analyser, arena, text,
                                              stemmers_for(hit->record, stemmers), &found)))
        return -1;
    return 0;
}

/* The record of a hit, if it is still there and the asker may see it. *kept says so. */
static int take(struct searcher *s, const struct search_request *request, row_id rid,
                struct arena *arena, struct search_hit *hit, bool *kept, struct problem *why)
{
    json_t *record = NULL;
    bool found;

    *kept = false;
    cs_buffer_reset(&s->json);
    if (store_record_get(s->reader, rid, &hit->row, &s->json, &found, why))
        return -1;
    if (!found || !catalogue_shows(request->viewer, &hit->row) ||
        cs_json_read(hit->row.json, CS_ENTRY_MAX, &record) != CS_OK)
        return 0;
    hit->row.json.p =
        (const unsigned char *)arena_text(arena, (const char *)hit->row.json.p, hit->row.json.n);
    hit->record = record;
    *kept = true;
    return hit->row.json.p ? 0 : problem_no_memory(why);
}

/* ---- facets and peers */

static const struct {
    int facet;
    const char *field;
} facets[] = {
    {INDEX_TYPE, "type"},
    {INDEX_CATEGORY, "category"},
    {INDEX_LEVEL, "educationalLevel"},
    {INDEX_LANGUAGE, "inLanguage"},
    {INDEX_LICENSE, "license"},
    {INDEX_AVAILABILITY, "availability"},
    {INDEX_KIND, "kind"},
    {INDEX_NODE, "node"},
};
#define FACETS (sizeof facets / sizeof *facets)

struct gathering {
    struct searcher *s;
    struct search_answer *answer;
    struct search_facet *facet;
    bool failed;
};

static void add_value(void *arg, const char *value, row_id nid, int64_t count)
{
    struct gathering *g = arg;
    struct search_facet_value *out = &g->facet->value[g->facet->n];
    struct node_row *node = NULL;
    bool found = true;

    if (!value) {
        if (!(node = memory_new(sizeof *node)) ||
            store_node_get(g->s->reader, nid, node, &found, NULL))
            g->failed = true;
        value = !g->failed && found ? node->id.s : "";
    }
    if (*value && (out->value = arena_text(g->answer->arena, value, strlen(value)))) {
        out->count = count;
        g->facet->n++;
    }
    memory_free(node);
}

static int gather_facets(struct searcher *s, struct search_answer *answer, struct problem *why)
{
    struct gathering g = {.s = s, .answer = answer};

    answer->facet = arena_take(answer->arena, FACETS * sizeof *answer->facet);
    if (!answer->facet)
        return problem_no_memory(why);
    answer->facets = FACETS;
    for (size_t i = 0; i < FACETS; i++) {
        g.facet = &answer->facet[i];
        g.facet->field = facets[i].field;
        g.facet->value = arena_take(answer->arena, FACET_VALUES_MAX * sizeof *g.facet->value);
        if (!g.facet->value)
            return problem_no_memory(why);
        if (store_index_facet(s->index, facets[i].facet, FACET_VALUES_MAX, add_value, &g, why))
            return -1;
    }
    return g.failed ? problem_no_memory(why) : 0;
}

static int gather_peers(struct searcher *s, struct search_answer *answer, struct problem *why)
{
    struct peer_row *rows = memory_new(sizeof *rows * ANSWER_PEERS_MAX);
    size_t n;
    int rc = -1;

    if (!rows)
        return problem_no_memory(why);
    if (store_peer_list(s->reader, rows, ANSWER_PEERS_MAX, &n, why))
        goto out;
    answer->peer = arena_take(answer->arena, (n ? n : 1) * sizeof *answer->peer);
    if (!answer->peer)
        goto out;
    for (size_t i = 0; i < n; i++) {
        struct search_peer *peer = &answer->peer[answer->peers];

        if (rows[i].state != PEER_ACTIVE)
            continue;
        peer->id = rows[i].node.id;
        peer->name = arena_text(answer->arena, rows[i].node.name, strlen(rows[i].node.name));
        peer->state = "mirrored";
        peer->last_sync = rows[i].last_sync;
        for (size_t k = 0; k < answer->n; k++)
            peer->hits += answer->hit[k].row.nid == rows[i].node.nid;
        if (!peer->name)
            goto out;
        answer->peers++;
    }
    rc = 0;
out:
    memory_free(rows);
    return rc ? problem_no_memory(why) : 0;
}

/* ---- the whole */

static int add_filters(struct searcher *s, const struct search_request *request,
                       struct index_filter *filter, size_t *n, struct problem *why)
{
    for (size_t i = 0; i < request->filters && *n < INDEX_FILTERS_MAX; i++) {
        int facet = query_facet(cs_span_of(request->filter[i].field));
        if (facet < 0)
            continue;
        if (query_filter(&filter[*n], s->reader, facet, request->filter[i].value, why))
            return -1;
        filter[(*n)++].how = facet == INDEX_LANGUAGE ? INDEX_SUBTAG : INDEX_IS;
    }
    return 0;
}

static int find(struct searcher *s, const struct search_request *request, struct query *q,
                uint32_t stemmers, struct search_answer *answer, struct problem *why)
{
    struct index_filter filter[INDEX_FILTERS_MAX];
    struct index_hit hits[SEARCH_LIMIT_MAX];
    struct index_query query = {
        .match = q->match.n ? cs_buffer_text(&q->match) : NULL,
        .owner = request->viewer.kind == VIEWER_OWNER,
        .filter = filter,
        .filters = q->filters,
        .offset = request->offset < SEARCH_OFFSET_MAX ? request->offset : SEARCH_OFFSET_MAX,
        .limit = request->limit < SEARCH_LIMIT_MAX ? request->limit : SEARCH_LIMIT_MAX,
        .count_limit = SEARCH_COUNT_EXACT,
    };
    struct wanted *wanted = NULL;
    size_t n = 0;
    int rc = -1;

    memcpy(query.weight, weights, sizeof weights);
    memcpy(filter, q->filter, q->filters * sizeof *filter);
    if (add_filters(s, request, filter, &query.filters, why) ||
        store_index_search(s->index, &query, hits, &n, &answer->total, &answer->total_exact, why))
        return -1;
    answer->hit = arena_take(answer->arena, (n ? n : 1) * sizeof *answer->hit);
    if (!answer->hit)
        return problem_no_memory(why);
    if (!(wanted = wanted_new(s->analyser, request->query, stemmers, why)))
        return -1;
    for (size_t i = 0; i < n; i++) {
        struct search_hit *hit = &answer->hit[answer->n];
        bool kept;

        if (take(s, request, hits[i].rid, answer->arena, hit, &kept, why))
            goto out;
        if (!kept)
            continue;
        hit->score = hits[i].score;
        answer->n++;
        if (describe(s, request, wanted, stemmers, answer->arena, hit)) {
            problem_no_memory(why);
            goto out;
        }
    }
    rc = gather_facets(s, answer, why) || same_work_group(answer, why) ||
                 gather_peers(s, answer, why)
             ? -1
             : 0;
out:
    wanted_free(wanted);
    return rc;
}

int search_run(struct searcher *s, const struct search_request *request,
               struct search_answer *answer, struct problem *why)
{
    uint64_t start = clock_monotonic_us();
    uint32_t stemmers = stemmers_of(request->lang ? request->lang : "en");
    struct query q = {.nothing = false};
    int rc = -1;

    memset(answer, 0, sizeof *answer);
    answer->total_exact = true;
    if (!(answer->arena = arena_new()))
        return problem_no_memory(why);
    if (open_index(s, why) == 0 &&
        query_read(&q, s->analyser, s->reader, request->query, stemmers, why) == 0)
        rc = q.nothing ? gather_peers(s, answer, why) : find(s, request, &q, stemmers, answer, why);
    query_free(&q);
    if (rc)
        search_answer_free(answer);
    answer->ms = (double)(clock_monotonic_us() - start) / 1000;
    return rc;
}

void search_answer_free(struct search_answer *answer)
{
    for (size_t i = 0; i < answer->n; i++)
        json_decref((json_t *)(uintptr_t)answer->hit[i].record);
    arena_free(answer->arena);
    memset(answer, 0, sizeof *answer);
}
