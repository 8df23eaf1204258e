/*
 * This node's own history, as its peers have it. A home that was put back from an older copy must not sign
 * until it knows what it signed since: a second tree of the same size is a fork for everybody who saw the
 * first. Peers say what they saw of it; what is missing here is taken back from them.
 */
#include <stdio.h>
#include <stdlib.h>

#include <commonshelf/chain.h>
#include <commonshelf/frames.h>

#include "sync/own.h"

int own_ask(struct own *o, const char *const *path, uint64_t cap,
            struct http_fetch *fetch[OWN_PEERS], struct problem *why)
{
    struct http_fetch *list[OWN_PEERS];
    struct problem unused = PROBLEM_INIT;
    size_t n = 0;

    for (size_t i = 0; i < o->peers; i++) {
        fetch[i] = NULL;
        if (!path[i])
            continue;
        if (!(fetch[i] = peering_fetch(o->setup->peering, o->peer[i], path[i], why)))
            return -1;
        fetch[i]->cap = cap;
        fetch[i]->deadline_ms = o->deadline_ms;
        list[n++] = fetch[i];
    }
    if (n > 0 && http_fetch(o->client, list, n, &unused))
        log_line(LOG_LEVEL_DEBUG, "sync", "%s", unused.message);
    return 0;
}

static void free_fetches(struct own *o, struct http_fetch *fetch[OWN_PEERS])
{
    for (size_t i = 0; i < o->peers; i++)
        http_fetch_free(fetch[i]);
}

/* ---- what they saw */

static bool is_own(const struct own *o, const char *origin)
{
    char shelf[CS_SHELF_NAME_MAX + 1];
    struct cs_node_id node;
    uint64_t epoch;

    return cs_origin_read(cs_span_of(origin), &node, shelf, &epoch) == CS_OK &&
           cs_node_id_equal(&node, signer_node(o->setup->signer));
}

static int add_claim(struct own *o, const struct cs_seen_log *seen, size_t peer,
                     struct problem *why)
{
    if (o->claims == o->room) {
        size_t room = o->room ? o->room * 2 : 16;
        struct own_claim *more = memory_resize(o->claim, room * sizeof *more);

        if (!more)
            return problem_no_memory(why);
        o->claim = more;
        o->room = room;
    }
    o->claim[o->claims++] = (struct own_claim){*seen, peer};
    return 0;
}

static int read_seen(struct own *o, size_t peer, const struct http_fetch *fetch,
                     struct problem *why)
{
    const struct contact *c = o->peer[peer];
    struct cs_seen_log seen;
    struct cs_span logs;
    uint64_t time;

    if (!fetch || fetch->failed || fetch->status != 200 ||
        cs_seen_read(cs_buffer_span(&fetch->received), &c->row.node.id, &c->keyset, &time, &logs) !=
            CS_OK)
        return 0;
    o->out->answered++;
    while (cs_seen_next(&logs, &seen))
        if (is_own(o, seen.origin) && add_claim(o, &seen, peer, why))
            return -1;
    return 0;
}

static int gather_claims(struct own *o, struct problem *why)
{
    struct http_fetch *fetch[OWN_PEERS] = {NULL};
    const char *path[OWN_PEERS];
    int rc;

    for (size_t i = 0; i < o->peers; i++)
        path[i] = "/csh/v1/seen";
    rc = own_ask(o, path, CS_SEEN_MAX, fetch, why);
    for (size_t i = 0; i < o->peers && rc == 0; i++)
        rc = read_seen(o, i, fetch[i], why);
    free_fetches(o, fetch);
    return rc;
}

/* By log, an earlier epoch first; of one log the largest first, so that most is got at once. */
static int by_log(const void *a, const void *b)
{
    const struct own_claim *x = a, *y = b;
    size_t n = strlen(x->seen.origin), m = strlen(y->seen.origin);
    int order = strcmp(x->seen.origin, y->seen.origin);

    if (order == 0)
        return (x->seen.size < y->seen.size) - (x->seen.size > y->seen.size);
    return n == m ? order : (n > m) - (n < m);
}

/* ---- identity: keys and profile */

static int keys_older(uint64_t version, struct problem *why)
{
    return problem_set(why, "keys_older",
                       _("A peer knows newer keys of this institution (version %llu) than this "
                         "home has, so this home is an old copy. Nothing is signed with the old "
                         "ones. Put back the newest copy of the keys, or make new ones from the "
                         "printed root key: commonshelf keys recover"),
                       (unsigned long long)version);
}

/* True if their chain goes on behind the keyset that this home has. */
static bool goes_on(const struct cs_keyset *own, struct cs_span own_note, struct cs_span chain)
{
    struct cs_span note;

    for (uint64_t version = 1; chain.n > 0 && cs_chain_next(&chain, &note); version++)
        if (version == own->version)
            return chain.n > 0 && cs_span_equal(note, own_note);
    return false;
}

static int judge_identity(struct own *o, struct cs_span chain, struct cs_span profile,
                          struct carried *carried, struct problem *why)
{
    const struct cs_keyset *own = signer_keyset(o->setup->signer);

    if (peering_carried_read(chain, profile, carried) != CS_OK ||
        !cs_node_id_equal(&carried->id, signer_node(o->setup->signer)))
        return 0;
    if (goes_on(own, signer_keyset_note(o->setup->signer), chain))
        return keys_older(carried->keyset.version, why);
    return peering_profile_adopt(o->setup->peering, profile, why);
}

static int read_identity(struct own *o, struct cs_span body, struct problem *why)
{
    struct cs_buffer chain = {.alloc = memory_allocator()};
    struct cs_span profile = cs_span_make(NULL, 0), data;
    enum cs_status status = cs_frames_open(&body);
    unsigned char type = 0;
    struct carried *carried = memory_new(sizeof *carried);
    int rc = 0;

    while (status == CS_OK && type != CS_FRAME_END) {
        status = cs_frames_next(&body, &type, &data);
        if (status == CS_OK && type == CS_FRAME_KEYSET)
            cs_buffer_add_span(&chain, data);
        else if (status == CS_OK && type == CS_FRAME_PROFILE)
            profile = data;
    }
    if (!carried || chain.failed)
        rc = problem_no_memory(why);
    else if (status == CS_OK)
        rc = judge_identity(o, cs_buffer_span(&chain), profile, carried, why);
    memory_free(carried);
    cs_buffer_free(&chain);
    return rc;
}

/* Each peer that mirrors a log of this node has its keysets and profile too. */
static int compare_identity(struct own *o, struct problem *why)
{
    struct http_fetch *fetch[OWN_PEERS] = {NULL};
    char text[OWN_PEERS][128], hex[65];
    const char *path[OWN_PEERS] = {NULL};
    int rc;

    for (size_t i = 0; i < o->claims; i++) {
        size_t peer = o->claim[i].peer;

        cs_origin_directory(o->claim[i].seen.origin, hex);
        snprintf(text[peer], sizeof text[peer], "/csh/v1/relay/%s/keysets", hex);
        path[peer] = text[peer];
    }
    rc = own_ask(o, path, CS_FRAMES_BODY_MAX, fetch, why);
    for (size_t i = 0; i < o->peers && rc == 0; i++)
        if (fetch[i] && !fetch[i]->failed && fetch[i]->status == 200)
            rc = read_identity(o, cs_buffer_span(&fetch[i]->received), why);
    free_fetches(o, fetch);
    return rc;
}

/* ---- all of it */

static int compare_all(struct own *o, struct problem *why)
{
    if (gather_claims(o, why))
        return -1;
    if (o->claims == 0)
        return 0;
    qsort(o->claim, o->claims, sizeof *o->claim, by_log);
    if (compare_identity(o, why))
        return -1;
    for (size_t i = 0; i < o->claims; i++) {
        bool last =
            i + 1 == o->claims || strcmp(o->claim[i].seen.origin, o->claim[i + 1].seen.origin) != 0;

        if (own_compare(o, &o->claim[i], why))
            return -1;
        if (last && o->missing.code) {
            *why = o->missing;
            return -1;
        }
    }
    return 0;
}

static int make_self(struct own *o, struct problem *why)
{
    bool found;

    if (!(o->self = memory_new(sizeof *o->self)))
        return problem_no_memory(why);
    if (store_node_get(o->reader, STORE_SELF, &o->self->row.node, &found, why))
        return -1;
    o->self->row.node.nid = STORE_SELF;
    o->self->row.node.id = *signer_node(o->setup->signer);
    o->self->keyset = *signer_keyset(o->setup->signer);
    return 0;
}

static int find_peers(struct own *o, struct problem *why)
{
    struct peer_row *row = memory_new(sizeof *row);
    struct problem unused = PROBLEM_INIT;
    row_id nid[OWN_PEERS];
    bool found;
    size_t n;
    int rc = -1;

    if (!row) {
        problem_no_memory(why);
        goto out;
    }
    if (store_peer_pick(o->reader, STORE_SELF, OWN_PEERS, nid, &n, why))
        goto out;
    for (size_t i = 0; i < n; i++) {
        struct contact *c = memory_new(sizeof *c);

        if (!c) {
            problem_no_memory(why);
            goto out;
        }
        if (store_peer_get(o->reader, nid[i], row, &found, &unused) || !found ||
            peering_contact(o->reader, row, c, &unused)) {
            problem_clear(&unused);
            memory_free(c);
            continue;
        }
        o->peer[o->peers++] = c;
    }
    rc = 0;
out:
    memory_free(row);
    return rc;
}

static int own_history(const struct sync_setup *setup, const struct contact *peer,
                       unsigned deadline_ms, const atomic_bool *cancel, struct own_history *out,
                       struct problem *why)
{
    struct own *o = memory_new(sizeof *o);
    int rc = -1;

    memset(out, 0, sizeof *out);
    if (!o)
        return problem_no_memory(why);
    o->setup = setup;
    o->cancel = cancel;
    o->deadline_ms = deadline_ms;
    o->out = out;
    if (!(o->reader = store_reader(setup->store, why)) ||
        !(o->client = http_client_new(cancel, why)) || make_self(o, why))
        goto out;
    if (!peer && find_peers(o, why))
        goto out;
    if (peer) {
        if (!(o->peer[0] = memory_new(sizeof *peer))) {
            problem_no_memory(why);
            goto out;
        }
        *o->peer[o->peers++] = *peer;
    }
    out->asked = o->peers;
    rc = compare_all(o, why);
    out->entries = o->counts.entries;
    if (out->records > 0 && setup->changed)
        setup->changed(setup->arg);
out:
    for (size_t i = 0; i < o->peers; i++)
        memory_free(o->peer[i]);
    http_client_free(o->client);
    store_reader_free(o->reader);
    memory_free(o->self);
    memory_free(o->claim);
    memory_free(o);
    return rc;
}

int sync_own_history(const struct sync_setup *setup, unsigned deadline_ms,
                     const atomic_bool *cancel, struct own_history *out, struct problem *why)
{
    return own_history(setup, NULL, deadline_ms, cancel, out, why);
}

int sync_own_history_from(const struct sync_setup *setup, const struct contact *peer,
                          const atomic_bool *cancel, struct own_history *out, struct problem *why)
{
    return own_history(setup, peer, SYNC_OWN_DEADLINE_MS, cancel, out, why);
}
