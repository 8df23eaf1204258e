/*
 * Gathers cosignatures of own logs: a few of the peers that are visited anyway are asked to be witnesses, and
 * what they sign is served with the checkpoint, so that a reader can see who else saw the same tree.
 */
#include <inttypes.h>
#include <stdio.h>

#include "sync/internal.h"

#define WITNESSES 3 /* others whose lines a checkpoint carries: enough for readers to share one */
#define OWN_LINES 2 /* of the log key, and of this node's own witness */
#define COLLECT_DEADLINE_MS 10000

struct collection {
    struct pull *pull;
    const struct log_row *log;
    struct cs_buffer note;
};

/* True if the peer's line is not among the note's and there is a use for it. */
static bool is_wanted(const struct collection *c)
{
    const struct contact *peer = c->pull->contact;
    struct cs_note parsed;

    if (cs_note_parse(cs_buffer_span(&c->note), CS_CHECKPOINT_MAX, &parsed) != CS_OK ||
        parsed.signatures >= OWN_LINES + WITNESSES)
        return false;
    return cs_checkpoint_cosigned(cs_buffer_span(&c->note), &peer->row.node.id, &peer->keyset,
                                  NULL) != CS_OK;
}

/* One POST; `old` is the size that the peer cosigned last, as far as is known. */
static int post(struct collection *c, uint64_t old, struct http_fetch **fetch, struct problem *why)
{
    struct cs_buffer body = {.alloc = memory_allocator()};
    struct cs_hash hash[CS_PROOF_MAX + 1];
    bool power = (old & (old - 1)) == 0;
    size_t n = 0;
    int rc = -1;

    if (old > 0 && old < c->log->range.size) {
        if (log_prove_prefix(c->pull->setup->home, c->log->origin, c->log->range.size, old,
                             c->log->range.size, hash, &n, why))
            goto out;
        n -= power; /* the root of a complete old tree is in no proof */
    }
    cs_add_checkpoint_write(old, hash + (n > 0 && power), n, cs_buffer_span(&c->note), &body);
    if (body.failed) {
        problem_no_memory(why);
        goto out;
    }
    *fetch =
        peering_fetch(c->pull->setup->peering, c->pull->contact, "/csh/v1/add-checkpoint", why);
    if (!*fetch || http_fetch_header(*fetch, "Content-Type", "text/plain", why))
        goto out;
    (*fetch)->method = HTTP_POST;
    (*fetch)->body = cs_buffer_span(&body);
    (*fetch)->cap = CS_CHECKPOINT_MAX;
    (*fetch)->deadline_ms = COLLECT_DEADLINE_MS;
    c->pull->result->requests++;
    rc = http_fetch(c->pull->client, fetch, 1, why);
    (*fetch)->body = cs_span_make(NULL, 0);
out:
    cs_buffer_free(&body);
    return rc;
}

/* "409 Conflict", and the size that it cosigned last. */
static bool read_size(const struct http_fetch *fetch, uint64_t max, uint64_t *size)
{
    struct cs_span text = cs_buffer_span(&fetch->received);

    if (fetch->status != 409 || text.n == 0 || text.p[text.n - 1] != '\n')
        return false;
    text.n--;
    return cs_decimal_read(text, max, size) == CS_OK && *size > 0;
}

/* A peer that refuses or does not answer is no witness this time; only own failures are failures. */
static int ask(struct collection *c, struct problem *why)
{
    const struct contact *peer = c->pull->contact;
    struct problem unused = PROBLEM_INIT;
    struct http_fetch *fetch = NULL;
    uint64_t size;
    int rc = 0;

    if (post(c, 0, &fetch, &unused))
        goto out;
    if (read_size(fetch, c->log->range.size, &size)) {
        http_fetch_free(fetch);
        fetch = NULL;
        if (post(c, size, &fetch, &unused))
            goto out;
    }
    if (fetch->status == 200)
        rc = catalogue_cosigned(c->pull->setup->catalogue, c->log->lid, peer->row.node.nid,
                                &peer->row.node.id, &peer->keyset, cs_buffer_span(&fetch->received),
                                why);
    else
        log_line(LOG_LEVEL_DEBUG, "sync", "%s did not cosign %s: %u", peer->row.node.name,
                 c->log->origin, fetch->status);
out:
    http_fetch_free(fetch);
    return rc;
}

static int collect(struct pull *p, const struct log_row *log, struct problem *why)
{
    struct collection c = {.pull = p, .log = log, .note = {.alloc = memory_allocator()}};
    struct viewer anybody = {.kind = VIEWER_ANONYMOUS};
    struct shelf_row shelf;
    bool found;
    int rc = -1;

    if (store_shelf_by_path(p->reader, log->shelf, &shelf, &found, why))
        return -1;
    if (!found || shelf.lid != log->lid ||
        !catalogue_allows(anybody, ACTION_READ, STORE_SELF, shelf.audience))
        return 0;
    if (store_log_checkpoint(p->reader, log->lid, &c.note, &found, why))
        goto out;
    rc = found && log->range.size > 0 && is_wanted(&c) ? ask(&c, why) : 0;
out:
    cs_buffer_free(&c.note);
    return rc;
}

int collect_cosignatures(struct pull *p, struct problem *why)
{
    struct log_row *log;
    size_t n;
    int rc = 0;

    if (!p->setup->catalogue || !p->client)
        return 0;
    if (!(log = memory_new(CS_PROFILE_SHELVES_MAX * sizeof *log)))
        return problem_no_memory(why);
    if (store_log_list(p->reader, STORE_SELF, log, CS_PROFILE_SHELVES_MAX, &n, why))
        rc = -1;
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = collect(p, &log[i], why);
    memory_free(log);
    return rc;
}
