#include <inttypes.h>
#include <stdio.h>

#include <commonshelf/gzip.h>

#include "sync/internal.h"

struct http_fetch *log_fetch(struct log_pull *lp, const char *what, uint64_t cap,
                             struct problem *why)
{
    char path[CS_TILE_PATH_MAX + CS_SHELF_NAME_MAX + 80];
    struct http_fetch *fetch;

    snprintf(path, sizeof path, "/csh/v1/log/%s/%" PRIu64 "/%s", lp->log.shelf, lp->log.epoch,
             what);
    if ((fetch = peering_fetch(lp->pull->setup->peering, lp->pull->contact, path, why)))
        fetch->cap = cap;
    return fetch;
}

static int look(struct log_pull *lp, const struct http_fetch *fetch, struct problem *why)
{
    if (fetch->failed)
        return http_fetch_expect(fetch, 200, why);
    if (fetch->status == 404)
        return problem_set(
            why, "not_there",
            _("\"%s\" does not have a part of its catalogue that it signed for (%.*s). "
              "What was received before is kept. It is asked again later."),
            lp->pull->contact->row.node.name, (int)fetch->url.path.n,
            (const char *)fetch->url.path.p);
    return fetch->status == 200 || fetch->status == 304 ? 0 : http_fetch_expect(fetch, 200, why);
}

int log_fetch_run(struct log_pull *lp, struct http_fetch *const *list, size_t n,
                  struct problem *why)
{
    /* What the client says of the first failure is said again by `look`, of the first in order. */
    struct problem ignored = PROBLEM_INIT;
    int failed = http_fetch(lp->pull->client, list, n, &ignored);

    for (size_t i = 0; i < n; i++) {
        lp->pull->result->requests++;
        lp->pull->result->bytes += list[i]->received_bytes;
    }
    for (size_t i = 0; i < n; i++)
        if (look(lp, list[i], why))
            return -1;
    if (failed) {
        problem_set(why, ignored.code, "%s", ignored.message);
        return -1;
    }
    return 0;
}

int log_wrong(struct log_pull *lp, const char *what, struct problem *why)
{
    return problem_set(
        why, "wrong_hash",
        _("\"%s\" sent %s/%s that is not what it signed: damaged on its disk or on the "
          "way, or altered. It was thrown away; what was received before is kept. It "
          "is asked again later."),
        lp->pull->contact->row.node.name, lp->log.shelf, what);
}

int log_fetch_gunzip(struct log_pull *lp, const struct http_fetch *fetch, size_t max,
                     const char *what, struct cs_buffer *raw, struct problem *why)
{
    enum cs_status status;

    cs_buffer_reset(raw);
    status = cs_gunzip(cs_buffer_span(&fetch->received), max, raw);
    if (status == CS_NO_MEMORY)
        return problem_no_memory(why);
    return status == CS_OK ? 0 : log_wrong(lp, what, why);
}
