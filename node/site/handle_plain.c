/*
 * Pages and files without a question in them.
 */
#include "site/internal.h"

#define LOGS_MAX 64 /* of one peer, looked at for contradictions */

/* How it stands with the peer's logs: the worst of them counts. */
static int judge(struct reader *r, struct peer_view *peer, struct log_row *logs,
                 struct problem *why)
{
    size_t n = 0;

    peer->standing = STANDING_OK;
    if (store_log_list(r, peer->row.node.nid, logs, LOGS_MAX, &n, why))
        return -1;
    for (size_t i = 0; i < n; i++) {
        enum standing standing =
            sync_standing(&logs[i], clock_agreed_at(peer->row.last_sync), clock_agreed());

        if (standing > peer->standing)
            peer->standing = standing;
    }
    return 0;
}

static int list_peers(struct http_exchange *x, struct reader *r, struct peer_view **peers,
                      size_t *n, struct problem *why)
{
    struct arena *arena = http_arena(x);
    struct peer_row *rows;
    struct log_row *logs;

    if (!arena || !(rows = arena_take(arena, (SITE_PEERS_MAX + 1) * sizeof *rows)) ||
        !(*peers = arena_take(arena, (SITE_PEERS_MAX + 1) * sizeof **peers)) ||
        !(logs = arena_take(arena, LOGS_MAX * sizeof *logs)))
        return problem_no_memory(why);
    if (store_peer_list(r, rows, SITE_PEERS_MAX + 1, n, why))
        return -1;
    for (size_t i = 0; i < *n; i++) {
        (*peers)[i].row = rows[i];
        if (judge(r, &(*peers)[i], logs, why))
            return -1;
    }
    return 0;
}

void site_peers(struct http_exchange *x, void *arg)
{
    struct site *site = arg;
    struct cs_buffer out = {.alloc = memory_allocator()};
    struct problem why = PROBLEM_INIT;
    struct peer_view *peers = NULL;
    struct site_tools *tools;
    struct page p;
    size_t n = 0;

    if (!site_no_query(site, x) || !(tools = site_tools(site, x, false)))
        return;
    if (list_peers(x, tools->reader, &peers, &n, &why)) {
        log_problem(LOG_LEVEL_ERROR, "site", &why);
        site_fail(site, x, 503, "unavailable");
        return;
    }
    p = site_page(site, tools, &out);
    page_peers(&p, peers, n > SITE_PEERS_MAX ? SITE_PEERS_MAX : n, n > SITE_PEERS_MAX);
    site_send_page(x, &out);
}

static void send_plain(struct http_exchange *x, struct site *site,
                       void (*write)(const struct page *))
{
    struct cs_buffer out = {.alloc = memory_allocator()};
    struct page p = site_page(site, NULL, &out);

    if (!site_no_query(site, x))
        return;
    write(&p);
    site_send_page(x, &out);
}

void site_about(struct http_exchange *x, void *arg)
{
    send_plain(x, arg, page_about);
}

void site_join(struct http_exchange *x, void *arg)
{
    send_plain(x, arg, page_join);
}

void site_unknown(struct http_exchange *x, void *arg)
{
    site_fail(arg, x, 404, "not_found");
}

/* ---- files */

static void send_file(struct http_exchange *x, const char *content_type, const char *cache,
                      struct cs_span text)
{
    struct cs_buffer out = {.alloc = memory_allocator()};

    cs_buffer_add_span(&out, text);
    site_headers(x);
    http_set_header(x, "Cache-Control", cache);
    http_set_header(x, "Vary", "Accept-Encoding");
    site_send(x, 200, content_type, &out);
}

void site_style(struct http_exchange *x, void *arg)
{
    (void)arg;
    send_file(x, "text/css; charset=utf-8", "public, max-age=31536000, immutable", style_text());
}

void site_icon(struct http_exchange *x, void *arg)
{
    static const char icon[] =
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 24 24\" fill=\"#2a8f76\">"
        "<path d=\"M3 4h4v14H3zM9 2h4v16H9zM14.6 5.2l3.7-1 3.5 13-3.7 1zM1 20h22v2H1z\"/></svg>\n";

    (void)arg;
    send_file(x, "image/svg+xml", "public, max-age=86400", cs_span_make(icon, sizeof icon - 1));
}

void site_robots(struct http_exchange *x, void *arg)
{
    /* Lists of results are endless; the records they lead to are what is worth keeping. */
    static const char robots[] =
        "User-agent: *\nDisallow: /search\nDisallow: /api/\nDisallow: /csh/\n";

    (void)arg;
    send_file(x, "text/plain; charset=utf-8", "public, max-age=86400",
              cs_span_make(robots, sizeof robots - 1));
}

void site_health(struct http_exchange *x, void *arg)
{
    static const char ok[] = "{\"ok\":true}\n";

    (void)arg;
    site_headers(x);
    http_set_header(x, "Cache-Control", "no-store");
    http_answer(x, 200, "application/json", cs_span_make(ok, sizeof ok - 1));
}
