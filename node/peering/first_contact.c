/*
 * Talking to a node whose TLS key is not known yet, or not any more: nothing is believed of the
 * connection but what the signed profile that came over it says.
 */
#include <inttypes.h>
#include <stdio.h>

#include "peering/internal.h"

struct visit {
    struct http_client *client;
    const char *url;
    const struct cidr *network;
    size_t networks;
    bool captured;
    struct http_pin pin; /* of the first connection; every later one must have it too */
    struct sockaddr_storage address;
};

static int get(struct visit *v, const char *path, struct cs_buffer *note, struct problem *why)
{
    char url[CS_URL_MAX + 1];
    struct http_fetch *fetch = NULL;
    int rc = -1;

    if (http_url_join(v->url, path, url)) {
        problem_set(why, "bad_url", _("The address of the other node is too long."));
        return -1;
    }
    if (!(fetch = http_fetch_new(url, why)))
        return -1;
    fetch->trust = v->captured ? HTTP_TRUST_PINS : HTTP_TRUST_CAPTURE;
    fetch->pin[0] = v->pin;
    fetch->pins = v->captured ? 1 : 0;
    fetch->cap = CS_NOTE_MAX;
    memcpy(fetch->network, v->network, v->networks * sizeof *v->network);
    fetch->networks = v->networks;
    if (http_fetch(v->client, &fetch, 1, why) || http_fetch_expect(fetch, 200, why))
        goto out;
    if (!fetch->has_peer) {
        problem_set(why, "tls", _("The other side showed no certificate. Nothing was sent."));
        goto out;
    }
    v->pin = fetch->peer;
    v->captured = true;
    v->address = fetch->address;
    cs_buffer_add_span(note, cs_buffer_span(&fetch->received));
    rc = note->failed ? problem_no_memory(why) : 0;
out:
    http_fetch_free(fetch);
    return rc;
}

static int not_the_one(struct problem *why)
{
    return problem_set(why, "wrong_identity",
                       _("Another node answers at that address: its keys are not those of the node "
                         "that was expected. Nothing was sent or stored. Ask the institution for "
                         "its present address, or for a new invite."));
}

/* Keyset 1 proves the identity; later ones must follow one another up to the newest. */
static int get_chain(struct visit *v, const struct cs_node_id *node, struct introduction *in,
                     struct problem *why)
{
    struct cs_buffer note = {.alloc = memory_allocator()};
    struct cs_keyset newest;
    enum cs_status status;
    size_t count;
    int rc = -1;

    if (get(v, "/csh/v1/keyset", &note, why))
        goto out;
    if ((status = cs_keyset_read(cs_buffer_span(&note), &newest)) != CS_OK) {
        problem_status(why, status, _("the keyset of the other node"));
        goto out;
    }
    if (newest.version > CS_KEYSET_CHAIN_MAX) {
        problem_status(why, CS_TOO_LARGE, _("the chain of keysets of the other node"));
        goto out;
    }
    for (uint64_t version = 1; version < newest.version; version++) {
        char path[64];
        snprintf(path, sizeof path, "/csh/v1/keyset/%" PRIu64, version);
        if (get(v, path, &in->store, why))
            goto out;
    }
    cs_buffer_add_span(&in->store, cs_buffer_span(&note));
    if (in->store.failed) {
        problem_no_memory(why);
        goto out;
    }
    in->chain = cs_buffer_span(&in->store);
    status = cs_chain_read(in->chain, node, &in->keyset, &count);
    if (status == CS_WRONG_ORIGIN)
        rc = not_the_one(why);
    else
        rc = status == CS_OK ? 0
                             : problem_status(why, status,
                                              _("the chain of keysets of the other "
                                                "node"));
out:
    cs_buffer_free(&note);
    return rc;
}

/* The connection's own key must stand in the profile, or a public authority must vouch for it. */
static int key_is_listed(struct visit *v, const struct cs_profile *profile, struct problem *why)
{
    struct http_fetch *fetch = NULL;
    char url[CS_URL_MAX + 1];
    bool vouched = false;

    for (size_t i = 0; i < profile->pins; i++)
        if (memcmp(profile->pin[i].b, v->pin.spki.b, CS_HASH) == 0)
            return 0;
    if (http_url_join(v->url, "/csh/v1/profile", url) == 0 && (fetch = http_fetch_new(url, NULL))) {
        fetch->trust = HTTP_TRUST_PUBLIC;
        memcpy(fetch->network, v->network, v->networks * sizeof *v->network);
        fetch->networks = v->networks;
        vouched = http_fetch(v->client, &fetch, 1, NULL) == 0 && fetch->status == 200 &&
                  fetch->has_peer && memcmp(fetch->peer.spki.b, v->pin.spki.b, CS_HASH) == 0;
    }
    http_fetch_free(fetch);
    if (vouched)
        return 0;
    return problem_set(why, "wrong_certificate",
                       _("The connection is not the other node's own: its signed profile does not "
                         "list the certificate that was shown. Somebody may be in between. Nothing "
                         "was sent or stored. Try again from another network, or ask the "
                         "institution."));
}

int first_contact(struct peering *p, struct http_client *client, const char *url,
                  const struct cs_node_id *node, const struct cidr *network, size_t networks,
                  struct introduction *in, struct cs_profile *profile, struct http_pin *pin,
                  struct sockaddr_storage *address, struct problem *why)
{
    struct visit v = {.client = client, .url = url, .network = network, .networks = networks};
    struct cs_buffer note = {.alloc = memory_allocator()};
    size_t chain_length;
    enum cs_status status;
    int rc = -1;

    (void)p;
    memset(in, 0, sizeof *in);
    in->store.alloc = memory_allocator();
    if (get_chain(&v, node, in, why) || get(&v, "/csh/v1/profile", &note, why))
        goto out;
    status = cs_profile_read(cs_buffer_span(&note), node, &in->keyset, profile);
    if (status != CS_OK) {
        problem_status(why, status, _("the profile of the other node"));
        goto out;
    }
    if (key_is_listed(&v, profile, why))
        goto out;
    /* Both notes live in one buffer, which may move: the spans are taken last. */
    chain_length = in->store.n;
    cs_buffer_add_span(&in->store, cs_buffer_span(&note));
    if (in->store.failed) {
        problem_no_memory(why);
        goto out;
    }
    in->chain = cs_span_make(in->store.p, chain_length);
    in->profile = cs_span_make(in->store.p + chain_length, in->store.n - chain_length);
    *pin = v.pin;
    *address = v.address;
    rc = 0;
out:
    cs_buffer_free(&note);
    return rc;
}
