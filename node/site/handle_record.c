/*
 * One record, for people and for programs.
 */
#include "site/internal.h"

#define RECORD_PAGE "/record/"
#define RECORD_API "/api/v1/record/"

/* What a request for a record found. */
struct found {
    struct cs_buffer text;
    struct record_row row;
    json_t *record;
    struct peer_row peer;
    bool has_peer;
    struct log_row log;
    bool has_log;
};

static void found_free(struct found *f)
{
    json_decref(f->record);
    cs_buffer_free(&f->text);
}

/* The record if an anonymous reader may see it. 0 with *any false when there is none for them. */
static int look(struct reader *r, const struct cs_node_id *node, const struct cs_uuid *id,
                struct found *f, bool *any, struct problem *why)
{
    struct viewer viewer = {.kind = VIEWER_ANONYMOUS};

    if (store_record_find(r, node, id, &f->row, &f->text, any, why))
        return -1;
    if (!*any)
        return 0;
    if (!catalogue_shows(viewer, &f->row)) {
        *any = false;
        return 0;
    }
    if (cs_json_read(f->row.json, CS_ENTRY_MAX, &f->record) != CS_OK)
        return problem_set(why, "database_damaged", _("A record in the database can’t be read."));
    if (f->row.lid && store_log_get(r, f->row.lid, &f->log, &f->has_log, why))
        return -1;
    return f->row.nid == STORE_SELF ? 0
                                    : store_peer_get(r, f->row.nid, &f->peer, &f->has_peer, why);
}

/* 0, or -1 when the exchange is answered; f is to be freed in both cases. */
static int find(struct site *site, struct http_exchange *x, const char *prefix,
                struct site_tools **tools, struct found *f)
{
    struct problem why = PROBLEM_INIT;
    struct cs_node_id node;
    struct cs_uuid id;
    bool any;

    memset(f, 0, sizeof *f);
    f->text.alloc = memory_allocator();
    if (!site_no_query(site, x))
        return -1;
    if (question_record(http_request(x)->path, prefix, &node, &id)) {
        site_fail(site, x, 404, "no_record");
        return -1;
    }
    if (!(*tools = site_tools(site, x, false)))
        return -1;
    if (look((*tools)->reader, &node, &id, f, &any, &why)) {
        log_problem(LOG_LEVEL_ERROR, "site", &why);
        site_fail(site, x, 503, "unavailable");
        return -1;
    }
    if (!any) {
        site_fail(site, x, 404, "no_record");
        return -1;
    }
    return 0;
}

void site_record(struct http_exchange *x, void *arg)
{
    struct site *site = arg;
    struct cs_buffer out = {.alloc = memory_allocator()};
    struct site_tools *tools;
    struct found f;

    if (!find(site, x, RECORD_PAGE, &tools, &f)) {
        struct page p = site_page(site, tools, &out);
        struct record_view view = {
            .row = &f.row,
            .record = f.record,
            .peer = f.has_peer ? &f.peer : NULL,
            .log_size = f.has_log ? f.log.range.size : 0,
        };

        page_record(&p, &view);
        site_send_page(x, &out);
    }
    found_free(&f);
}

void site_api_record(struct http_exchange *x, void *arg)
{
    struct site *site = arg;
    struct site_tools *tools;
    char as_of[CLOCK_TEXT];
    struct found f;
    json_t *json;

    if (!find(site, x, RECORD_API, &tools, &f)) {
        clock_text(f.row.as_of, as_of);
        json =
            json_pack("{s:O, s:{s:s, s:s}, s:s, s:s?}", "record", f.record, "node", "id",
                      f.row.node.s, "name", f.row.nid == STORE_SELF ? site->name : f.row.node_name,
                      "shelf", f.row.shelf, "as_of", f.row.as_of ? as_of : NULL);
        site_send_json(x, json);
        json_decref(json);
    }
    found_free(&f);
}
