#include "site/site.h"

#include <stdio.h>

#include "site/internal.h"

struct site *site_new(const char *home, struct store *store, const struct config *config,
                      struct problem *why)
{
    struct site *site = memory_new(sizeof *site);
    struct reader *reader = NULL;
    struct node_row self;
    bool found = false;

    if (!site || !(site->home = memory_copy_text(home))) {
        problem_no_memory(why);
        goto fail;
    }
    site->store = store;
    snprintf(site->name, sizeof site->name, "%s", config->name);
    snprintf(site->place, sizeof site->place, "%s", config->place);
    if (!(reader = store_reader(store, why)) ||
        store_node_get(reader, STORE_SELF, &self, &found, why))
        goto fail;
    if (!found) {
        problem_set(why, "no_identity",
                    _("This home has no identity: it was never made whole by init."));
        goto fail;
    }
    site->id = self.id;
    store_reader_free(reader);
    return site;
fail:
    store_reader_free(reader);
    site_free(site);
    return NULL;
}

void site_free(struct site *site)
{
    if (!site)
        return;
    for (size_t i = 0; i < sizeof site->tools / sizeof site->tools[0]; i++) {
        if (site->tools[i].searcher)
            search_close(site->tools[i].searcher);
        store_reader_free(site->tools[i].reader);
        phrase_free(site->tools[i].phrases);
    }
    memory_free(site->home);
    memory_free(site);
}

struct site_tools *site_tools(struct site *site, struct http_exchange *x, bool search)
{
    struct site_tools *t = &site->tools[http_loop_index(x)];
    struct problem why = PROBLEM_INIT;

    if (!t->phrases && !(t->phrases = phrase_new()))
        problem_no_memory(&why);
    else if (!t->reader)
        t->reader = store_reader(site->store, &why);
    if (t->phrases && t->reader && search && !t->searcher)
        t->searcher = search_open(site->home, t->reader, &why);
    if (t->phrases && t->reader && (t->searcher || !search))
        return t;
    log_problem(LOG_LEVEL_WARN, "site", &why);
    site_fail(site, x, 503, atomic_load(&site->to_index) ? "index_missing" : "unavailable");
    return NULL;
}

/* Finding, ranking and showing: milliseconds. */
#define COST_SEARCH 20

int site_register(struct site *site, struct http_server *server, struct problem *why)
{
    const struct http_route routes[] = {
        {.path = "/", .handler = site_home},
        {.path = "/search", .cost = COST_SEARCH, .handler = site_search},
        {.path = "/record/", .prefix = true, .handler = site_record},
        {.path = "/peers", .handler = site_peers},
        {.path = "/about", .handler = site_about},
        {.path = "/csh/join", .handler = site_join},
        {.path = style_path(), .handler = site_style},
        {.path = "/favicon.ico", .handler = site_icon},
        {.path = "/robots.txt", .handler = site_robots},
        {.path = "/healthz", .handler = site_health},
        {.path = "/api/v1/search", .cost = COST_SEARCH, .handler = site_api_search},
        {.path = "/api/v1/record/", .prefix = true, .handler = site_api_record},
        {.path = "/", .prefix = true, .handler = site_unknown},
    };

    for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
        struct http_route route = routes[i];

        route.methods = HTTP_GET;
        route.arg = site;
        if (http_server_route(server, &route, why))
            return -1;
    }
    return 0;
}

void site_error_page(unsigned status, const char *code, struct cs_buffer *page, void *arg)
{
    struct page p = site_page(arg, NULL, page);

    page_error(&p, status, code);
}

void site_indexing(struct site *site, int64_t done, int64_t of)
{
    atomic_store(&site->indexed, done);
    atomic_store(&site->to_index, of);
}
