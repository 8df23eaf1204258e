/*
 * GET shelves, signed: what of this node's shelves the caller may read.
 */
#include <stdlib.h>

#include <commonshelf/shelves.h>

#include "peer_api/internal.h"

#define SHELVES_TYPE "text/plain; charset=utf-8"

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct cs_shelf *)a)->path, ((const struct cs_shelf *)b)->path);
}

static enum cs_shelf_audience audience_word(enum audience audience)
{
    return audience == AUDIENCE_PUBLIC    ? CS_SHELF_PUBLIC
           : audience == AUDIENCE_CHARTER ? CS_SHELF_CHARTER
                                          : CS_SHELF_NODES;
}

/* The shelf as the caller sees it; false if it may not, or there is nothing to read yet. */
static int describe(struct reader *r, const struct shelf_row *row, row_id caller,
                    struct cs_shelf *out, bool *may, struct problem *why)
{
    struct viewer viewer = {.kind = VIEWER_PEER, .peer = caller};
    struct log_row log;

    *may = false;
    if (!row->lid)
        return 0;
    if (catalogue_reads(r, viewer, row, may, why))
        return -1;
    if (!*may)
        return 0;
    if (store_log_get(r, row->lid, &log, may, why))
        return -1;
    *may = *may && log.range.size > 0;
    memset(out, 0, sizeof *out);
    strcpy(out->path, log.shelf);
    strcpy(out->name, row->name);
    out->epoch = log.epoch;
    out->audience = audience_word(row->audience);
    out->charter = row->charter;
    return 0;
}

static int write_shelves(struct peer_api *api, struct reader *r, row_id caller,
                         struct cs_buffer *text, struct problem *why)
{
    struct shelf_row *row = memory_new(CS_PROFILE_SHELVES_MAX * sizeof *row);
    struct cs_shelf *shelf = memory_new(CS_PROFILE_SHELVES_MAX * sizeof *shelf);
    size_t rows, n = 0;
    bool may;
    int rc = -1;

    if (!row || !shelf) {
        problem_no_memory(why);
        goto out;
    }
    if (store_shelf_rows(r, row, CS_PROFILE_SHELVES_MAX, &rows, why))
        goto out;
    for (size_t i = 0; i < rows; i++) {
        if (describe(r, &row[i], caller, &shelf[n], &may, why))
            goto out;
        n += may;
    }
    qsort(shelf, n, sizeof *shelf, by_path);
    cs_shelves_begin(text, signer_node(api->signer));
    for (size_t i = 0; i < n; i++)
        cs_shelves_add(text, &shelf[i]);
    rc = text->failed ? problem_no_memory(why) : 0;
out:
    memory_free(row);
    memory_free(shelf);
    return rc;
}

static void work(struct http_exchange *x, void *arg)
{
    struct peer_api *api = arg;
    struct cs_buffer text = {.alloc = memory_allocator()};
    struct caller *caller = arena_take(http_arena(x), sizeof *caller);
    struct problem why = PROBLEM_INIT;

    if (!caller) {
        problem_no_memory(&why);
        api_failed(x, &why);
        return;
    }
    if (!api_caller(api, x, caller))
        return;
    if (write_shelves(api, api_reader(api, x), caller->peer.node.nid, &text, &why))
        api_failed(x, &why);
    else
        api_answer_caller(api, x, caller, 200, SHELVES_TYPE, cs_buffer_span(&text));
    cs_buffer_free(&text);
}

void api_shelves(struct http_exchange *x, void *arg)
{
    if (!api_has_query(x))
        http_defer(x, work, arg);
}
