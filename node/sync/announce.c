/*
 * Tells peers that this institution has published something: its newest checkpoints, sent to each once. Who is
 * not there when it comes finds out by its own visits.
 */
#include <stdio.h>

#include "sync/internal.h"

#define ANNOUNCED_AT_ONCE 8
#define DEADLINE_MS 10000

struct told {
    row_id lid;
    char origin[CS_ORIGIN_MAX + 1];
    uint64_t size;
};

struct announcer {
    const struct sync_setup *setup;
    const atomic_bool *cancel;
    struct told told[CS_PROFILE_SHELVES_MAX];
    size_t logs;
};

struct announcer *announcer_new(const struct sync_setup *setup, const atomic_bool *cancel)
{
    struct announcer *a = memory_new(sizeof *a);
    struct problem unused = PROBLEM_INIT;
    struct cs_buffer note = {.alloc = memory_allocator()};

    if (!a)
        return NULL;
    a->setup = setup;
    a->cancel = cancel;
    /* What was published before this start is known, or will be found. */
    while (announcer_next(a, &note, &unused) == 1)
        cs_buffer_reset(&note);
    cs_buffer_free(&note);
    return a;
}

void announcer_free(struct announcer *a)
{
    memory_free(a);
}

static struct told *told_of(struct announcer *a, const struct log_row *log)
{
    for (size_t i = 0; i < a->logs; i++)
        if (a->told[i].lid == log->lid)
            return &a->told[i];
    if (a->logs == CS_PROFILE_SHELVES_MAX)
        return NULL;
    a->told[a->logs].lid = log->lid;
    return &a->told[a->logs++];
}

static bool is_public(struct reader *r, const struct log_row *log, struct problem *why)
{
    struct viewer anybody = {.kind = VIEWER_ANONYMOUS};
    struct shelf_row shelf;
    bool found;

    return store_shelf_find(r, log->shelf, &shelf, &found, why) == 0 && found &&
           shelf.lid == log->lid &&
           catalogue_allows(anybody, ACTION_READ, STORE_SELF, shelf.audience);
}

int announcer_next(struct announcer *a, struct cs_buffer *note, struct problem *why)
{
    struct reader *r = store_reader(a->setup->store, why);
    struct log_row *log = memory_new(CS_PROFILE_SHELVES_MAX * sizeof *log);
    bool found = false;
    size_t n = 0;
    int rc = r && log ? store_log_list(r, STORE_SELF, log, CS_PROFILE_SHELVES_MAX, &n, why) : -1;

    for (size_t i = 0; rc == 0 && i < n; i++) {
        struct told *told = log[i].superseded ? NULL : told_of(a, &log[i]);

        if (!told ||
            (strcmp(told->origin, log[i].origin) == 0 && log[i].checkpoint_size <= told->size))
            continue;
        strcpy(told->origin, log[i].origin);
        told->size = log[i].checkpoint_size;
        if (told->size == 0 || !is_public(r, &log[i], why))
            continue;
        rc = store_log_checkpoint(r, log[i].lid, note, &found, why);
        if (rc == 0 && found)
            rc = 1;
    }
    memory_free(log);
    store_reader_free(r);
    return rc;
}

/* ---- to everybody */

struct telling {
    struct announcer *announcer;
    struct reader *reader;
    struct http_client *client;
    struct contact *contact;
    struct http_fetch *fetch[ANNOUNCED_AT_ONCE];
    size_t n;
};

/* A node that asks others to visit its relays tells those; they fetch it once each. */
static bool is_told(const struct telling *t, const struct peer_row *peer)
{
    const struct peering *peering = t->announcer->setup->peering;
    size_t n;
    const struct cs_node_id *via = peering_vias(peering, &n);
    bool spared = n > 0 && peering_url(peering)[0];

    for (size_t i = 0; i < n; i++)
        if (cs_node_id_equal(&via[i], &peer->node.id))
            return true;
    return !spared;
}

static void send_all(struct telling *t)
{
    struct problem unused = PROBLEM_INIT;

    if (t->n > 0 && http_fetch(t->client, t->fetch, t->n, &unused))
        log_line(LOG_LEVEL_DEBUG, "sync", "%s", unused.message);
    while (t->n > 0)
        http_fetch_free(t->fetch[--t->n]);
}

static void add(struct telling *t, const struct peer_row *peer, struct cs_span note)
{
    struct problem unused = PROBLEM_INIT;
    struct http_fetch *fetch;

    if (peer->state != PEER_ACTIVE || !peer->node.url[0] || !is_told(t, peer) ||
        peering_contact(t->reader, peer, t->contact, &unused) ||
        !(fetch =
              peering_fetch(t->announcer->setup->peering, t->contact, "/csh/v1/notify", &unused)))
        return;
    if (http_fetch_header(fetch, "Content-Type", "text/plain; charset=utf-8", &unused)) {
        http_fetch_free(fetch);
        return;
    }
    fetch->method = HTTP_POST;
    fetch->body = note;
    fetch->deadline_ms = DEADLINE_MS;
    t->fetch[t->n++] = fetch;
    if (t->n == ANNOUNCED_AT_ONCE)
        send_all(t);
}

int announcer_tell(struct announcer *a, struct cs_span note, struct problem *why)
{
    struct peer_row *peer = memory_new(STORE_PEERS_MAX * sizeof *peer);
    struct telling *t = memory_new(sizeof *t);
    size_t n;
    int rc = -1;

    if (!peer || !t || !(t->contact = memory_new(sizeof *t->contact))) {
        problem_no_memory(why);
        goto out;
    }
    t->announcer = a;
    if (!(t->reader = store_reader(a->setup->store, why)) ||
        store_peer_list(t->reader, peer, STORE_PEERS_MAX, &n, why) ||
        !(t->client = http_client_new(a->cancel, why)))
        goto out;
    for (size_t i = 0; i < n && !atomic_load(a->cancel); i++)
        add(t, &peer[i], note);
    send_all(t);
    rc = 0;
out:
    if (t) {
        http_client_free(t->client);
        store_reader_free(t->reader);
        memory_free(t->contact);
    }
    memory_free(t);
    memory_free(peer);
    return rc;
}
