/*
 * The first page and the results, for people and for programs.
 */
#include "site/internal.h"

/* Asks the index. On failure the exchange is answered. */
static int run(struct site *site, struct http_exchange *x, struct searcher *searcher,
               const struct search_request *request, struct search_answer *answer)
{
    struct problem why = PROBLEM_INIT;

    if (!search_run(searcher, request, answer, &why))
        return 0;
    log_problem(LOG_LEVEL_ERROR, "site", &why);
    site_fail(site, x, 503, "unavailable");
    return -1;
}

static void count_records(const struct site *site, const struct search_answer *answer,
                          struct home_figures *out)
{
    *out = (struct home_figures){.own = 0, .exact = answer->total_exact, .peers = answer->peers};
    for (size_t i = 0; i < answer->facets; i++) {
        const struct search_facet *f = &answer->facet[i];

        for (size_t k = 0; !strcmp(f->field, "node") && k < f->n; k++)
            if (!strcmp(f->value[k].value, site->id.s))
                out->own = f->value[k].count;
    }
    out->mirrored = answer->total - out->own;
    if (!out->exact)
        out->own = answer->total;
}

void site_home(struct http_exchange *x, void *arg)
{
    struct site *site = arg;
    struct search_request request = {
        .lang = language_get(), .viewer = {.kind = VIEWER_ANONYMOUS}, .limit = 1};
    struct cs_buffer out = {.alloc = memory_allocator()};
    struct search_answer answer;
    struct home_figures figures;
    struct site_tools *tools;
    struct page p;

    if (!site_no_query(site, x) || !(tools = site_tools(site, x, true)) ||
        run(site, x, tools->searcher, &request, &answer))
        return;
    count_records(site, &answer, &figures);
    p = site_page(site, tools, &out);
    page_home(&p, &answer, &figures);
    search_answer_free(&answer);
    site_send_page(x, &out);
}

/* Reads the question and runs it. 0 with both to be freed; -1 when the exchange is answered. */
static int ask(struct site *site, struct http_exchange *x, struct site_tools **tools,
               struct question *question, struct search_answer *answer)
{
    const char *code;

    if (question_read(http_request(x)->query, question, &code))
        site_fail(site, x, 400, code);
    else if ((*tools = site_tools(site, x, true)) &&
             !run(site, x, (*tools)->searcher, &question->request, answer))
        return 0;
    question_free(question);
    return -1;
}

void site_search(struct http_exchange *x, void *arg)
{
    struct site *site = arg;
    struct cs_buffer out = {.alloc = memory_allocator()};
    struct search_answer answer;
    struct question question;
    struct site_tools *tools;
    struct page p;

    if (ask(site, x, &tools, &question, &answer))
        return;
    p = site_page(site, tools, &out);
    page_results(&p, &question.request, &answer);
    search_answer_free(&answer);
    question_free(&question);
    site_send_page(x, &out);
}

void site_api_search(struct http_exchange *x, void *arg)
{
    struct site *site = arg;
    struct search_answer answer;
    struct question question;
    struct site_tools *tools;
    json_t *json;

    if (ask(site, x, &tools, &question, &answer))
        return;
    json = search_json(&question.request, &answer);
    site_send_json(x, json);
    json_decref(json);
    search_answer_free(&answer);
    question_free(&question);
}
