/*
 * GET /csh/v1/charter/ID and charter/ID/N: charters of networks that this node follows. Whoever knows the ID may
 * read them; every member has them.
 */
#include <commonshelf/encode.h>

#include "peer_api/internal.h"

/* "ID" or "ID/N"; *version 0 for the newest. */
static bool read_path(struct cs_span path, struct cs_charter_id *id, uint64_t *version)
{
    struct cs_span rest;

    *version = 0;
    if (path.n < CS_NODE_ID_LEN ||
        cs_charter_id_read(cs_span_make(path.p, CS_NODE_ID_LEN), id) != CS_OK)
        return false;
    rest = cs_span_make(path.p + CS_NODE_ID_LEN, path.n - CS_NODE_ID_LEN);
    if (rest.n == 0)
        return true;
    return rest.p[0] == '/' &&
           cs_decimal_read(cs_span_make(rest.p + 1, rest.n - 1), CS_CHARTER_CHAIN_MAX, version) ==
               CS_OK &&
           *version > 0;
}

void api_charter(struct http_exchange *x, void *arg)
{
    struct peer_api *api = arg;
    struct cs_buffer note = {.alloc = memory_allocator()};
    struct cs_span path = http_request(x)->path;
    size_t prefix = sizeof "/csh/v1/charter/" - 1;
    struct problem why = PROBLEM_INIT;
    struct charter_row row;
    struct cs_charter_id id;
    struct reader *r;
    uint64_t version;
    bool found = false;
    int rc = 0;

    if (api_has_query(x) || !(r = api_reader(api, x)))
        return;
    if (read_path(cs_span_make(path.p + prefix, path.n - prefix), &id, &version))
        rc = store_charter_find(r, &id, &row, &found, &why);
    if (rc == 0 && found)
        rc = store_charter_note(r, row.chid, version, &note, &found, &why);
    api_answer_found(x, rc, found, cs_buffer_span(&note), version ? 86400 : API_NOTE_SECONDS, &why);
    cs_buffer_free(&note);
}
