#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "sync/internal.h"

static struct http_fetch *ask(const struct http_source *s, struct log_pull *lp,
                              const struct part *part, struct problem *why)
{
    char path[PART_NAME_MAX + CS_SHELF_NAME_MAX + 80], hex[65];
    struct http_fetch *fetch;

    if (s->relay) {
        cs_origin_directory(lp->log.origin, hex);
        snprintf(path, sizeof path, "/csh/v1/relay/%s/%s", hex, part->what);
    } else {
        snprintf(path, sizeof path, "/csh/v1/log/%s/%" PRIu64 "/%s", lp->log.shelf, lp->log.epoch,
                 part->what);
    }
    if (!(fetch = peering_fetch(lp->pull->setup->peering, s->at, path, why)))
        return NULL;
    fetch->cap = part->cap;
    /* What is for this node alone is asked for as this node. */
    if (lp->log.audience != AUDIENCE_PUBLIC &&
        peering_sign(lp->pull->setup->peering, s->at, fetch, NULL, why)) {
        http_fetch_free(fetch);
        return NULL;
    }
    if (part->known && http_fetch_header(fetch, "If-None-Match", part->known, why)) {
        http_fetch_free(fetch);
        return NULL;
    }
    return fetch;
}

static int look(const struct http_source *s, const struct http_fetch *fetch,
                const struct part *part, struct problem *why)
{
    if (part->state != PART_MISSING)
        return 0;
    if (!fetch->failed && fetch->status == 404)
        return problem_set(
            why, "not_there",
            _("\"%s\" does not have a part of its catalogue that it signed for (%.*s). "
              "What was received before is kept. It is asked again later."),
            s->source.name, (int)fetch->url.path.n, (const char *)fetch->url.path.p);
    return http_fetch_expect(fetch, 200, why);
}

/* The answer's bytes become the part's. */
static void take(struct http_fetch *fetch, struct part *part)
{
    const char *etag = fetch->field[HTTP_ETAG];

    part->state = PART_MISSING;
    cs_buffer_free(&part->bytes);
    if (fetch->failed)
        return;
    if (fetch->status == 304 && part->known)
        part->state = PART_UNCHANGED;
    if (fetch->status != 200)
        return;
    part->state = PART_HERE;
    part->bytes = fetch->received;
    fetch->received = (struct cs_buffer){.alloc = part->bytes.alloc};
    if (etag && strlen(etag) < sizeof part->etag)
        strcpy(part->etag, etag);
}

struct waiting {
    struct log_pull *lp;
    struct part *part;
};

/* What came is safe from whatever ends this pull, while others are on their way. */
static void came(struct http_fetch *fetch, void *arg)
{
    const struct waiting *waiting = arg;
    struct part *part = waiting->part;

    take(fetch, part);
    if (part->keep && part->state == PART_HERE)
        log_bundle_keep(waiting->lp->pull->setup->home, waiting->lp->log.origin, part->keep,
                        cs_buffer_span(&part->bytes));
}

static int get(struct source *source, struct log_pull *lp, struct part *part, size_t n,
               struct problem *why)
{
    const struct http_source *s = (const struct http_source *)(void *)source;
    struct http_fetch *list[PARTS_AT_ONCE] = {NULL};
    struct waiting waiting[PARTS_AT_ONCE];
    /* What the client says of the first failure is said again by `look`, of the first in order. */
    struct problem ignored = PROBLEM_INIT;
    int rc = -1, failed;

    assert(n <= PARTS_AT_ONCE);
    for (size_t i = 0; i < n; i++) {
        if (!(list[i] = ask(s, lp, &part[i], why)))
            goto out;
        part[i].state = PART_MISSING;
        waiting[i] = (struct waiting){lp, &part[i]};
        list[i]->done = came;
        list[i]->done_arg = &waiting[i];
    }
    failed = http_fetch(s->client, list, n, &ignored);
    for (size_t i = 0; i < n; i++) {
        lp->pull->result->requests++;
        lp->pull->result->bytes += list[i]->received_bytes;
    }
    for (size_t i = 0; i < n; i++)
        if (look(s, list[i], &part[i], why))
            goto out;
    rc = failed ? problem_set(why, ignored.code, "%s", ignored.message) : 0;
out:
    for (size_t i = 0; i < n; i++)
        http_fetch_free(list[i]);
    return rc;
}

void source_http(struct http_source *source, struct http_client *client, const struct contact *at)
{
    source->source = (struct source){.get = get, .live = true, .name = at->row.node.name};
    source->client = client;
    source->at = at;
    source->relay = false;
}

void source_relay(struct http_source *source, struct http_client *client, const struct contact *at)
{
    source_http(source, client, at);
    source->source.live = false;
    source->relay = true;
}
