/*
 * Redeeming an invite: first contact, this node's hello, the inviter's answer, both stored.
 */
#include <commonshelf/frames.h>
#include <commonshelf/record.h>

#include <jansson.h>

#include "peering/internal.h"

#define HELLO_TRIES 3 /* the same bytes each time: a lost answer loses nothing */
#define PROBLEM_BODY_MAX 4096 /* of a refusal, in which its reason stands */

struct joining {
    struct peering *p;
    struct reader *reader;
    struct http_client *client;
    struct cs_invite invite;
    unsigned char name[16];
    struct introduction peer; /* from first contact */
    struct cs_profile *profile;
    struct http_pin pin;
    struct sockaddr_storage address;
    char network[CIDR_TEXT];
    struct cs_buffer body; /* this node's hello */
    struct cs_hello hello;
};

static int read_link(struct joining *j, struct cs_span link, struct problem *why)
{
    if (cs_invite_read(link, &j->invite) != CS_OK)
        return problem_set(why, "bad_link",
                           _("This is not a whole invite link. Nothing was sent. Copy it again: it "
                             "begins with https:// and has a # and a ~ in it."));
    if (cs_node_id_equal(&j->invite.node, signer_node(j->p->signer)))
        return problem_set(why, "own_link",
                           _("This invite is this institution's own. Give it to "
                             "the other institution: they run \"join\"."));
    cs_invite_name(j->invite.secret, j->name);
    return 0;
}

static int make_hello(struct joining *j, struct problem *why)
{
    struct cs_hello *h = &j->hello;
    struct transaction *t = NULL;
    enum cs_status status;

    memset(h, 0, sizeof *h);
    h->from = *signer_node(j->p->signer);
    h->to = j->invite.node;
    h->time = clock_now();
    memcpy(h->invite, j->name, sizeof h->invite);
    random_bytes(h->nonce, sizeof h->nonce);
    if (introduction_cover(j->p, j->reader, h, why))
        return -1;
    if ((status = cs_hello_mac(h, CS_HELLO_JOINER, j->invite.secret, &h->mac)) != CS_OK)
        return problem_status(why, status, _("this node's hello"));
    cs_buffer_reset(&j->body);
    if (introduction_write(j->p, j->reader, h, &j->body, why) ||
        !(t = store_begin(j->p->store, why)) ||
        store_joining_put(t, j->name, cs_buffer_span(&j->body), h->time, why) ||
        store_commit(&t, why)) {
        store_rollback(&t);
        return -1;
    }
    return 0;
}

/* A hello that an earlier run began is sent again as it was, unless this node has new keys since. */
static int prepare_hello(struct joining *j, struct problem *why)
{
    struct introduction own;
    bool found, same;

    if (store_joining_get(j->reader, j->name, &j->body, &found, why))
        return -1;
    if (!found)
        return make_hello(j, why);
    same = introduction_read(cs_buffer_span(&j->body), &own) == CS_OK &&
           cs_node_id_equal(&own.hello.to, &j->invite.node) &&
           cs_span_equal(own.chain, signer_keyset_chain(j->p->signer));
    j->hello = own.hello;
    introduction_free(&own);
    return same ? 0 : make_hello(j, why);
}

/* True if the inviter gives this as its reason. */
static bool says(const struct http_fetch *fetch, const char *code)
{
    json_t *said = NULL;
    const char *text;
    bool is;

    if (cs_json_read(cs_buffer_span(&fetch->received), PROBLEM_BODY_MAX, &said) != CS_OK)
        return false;
    text = json_string_value(json_object_get(said, "code"));
    is = text && strcmp(text, code) == 0;
    json_decref(said);
    return is;
}

/* It is this node's keys that the inviter does not take; the invite stays good. */
static int keys_refused(const struct joining *j, const struct http_fetch *fetch,
                        struct problem *why)
{
    if (says(fetch, "keys_expired"))
        return problem_set(why, "keys_expired_there",
                           _("By the clock of \"%s\" this node's keys have expired. You are not "
                             "peers yet; the invite stays good. Look at the clocks of both "
                             "machines, or make new keys: commonshelf keys rotate"),
                           j->profile->name);
    if (says(fetch, "keyset_older") || says(fetch, "keyset_overridden") ||
        says(fetch, "identity_frozen"))
        return problem_set(
            why, "keys_refused_there",
            _("\"%s\" knows other keys of this node, newer ones or a second set, and "
              "does not take these. You are not peers; the invite stays good. If "
              "this home is an old copy, put back the newest one."),
            j->profile->name);
    return 0;
}

static int refused(const struct joining *j, const struct http_fetch *fetch, struct problem *why)
{
    if (fetch->status == 409 && keys_refused(j, fetch, why))
        return -1;
    switch (fetch->status) {
    case 404:
        return problem_set(why, "invite_unknown",
                           _("The other node does not know this invite: it was altered on the way, "
                             "or withdrawn. You are not peers yet. Ask for a new one."));
    case 409:
        return problem_set(
            why, "invite_used",
            _("This invite was used already, by another node. You are not peers yet. "
              "Ask for a new one, and ask who used it."));
    case 403:
        return problem_set(why, "blocked_there", "%s",
                           _("The other institution has blocked this one. You are not peers. Its "
                             "people have to unblock this institution first; the invite stays "
                             "good."));
    case 410:
        return problem_set(
            why, "invite_expired",
            _("The time of this invite is over. You are not peers yet. Ask for a new "
              "one."));
    default:
        return http_fetch_expect(fetch, 200, why);
    }
}

static int check_answer(struct joining *j, const struct http_fetch *fetch, struct introduction *in,
                        struct problem *why)
{
    enum cs_status status = introduction_read(cs_buffer_span(&fetch->received), in);
    struct cs_hash mac;

    if (status == CS_OK && (!cs_node_id_equal(&in->hello.from, &j->invite.node) ||
                            !cs_node_id_equal(&in->hello.to, signer_node(j->p->signer)) ||
                            memcmp(in->hello.invite, j->name, sizeof j->name) != 0 ||
                            memcmp(in->hello.answers, j->hello.nonce, CS_NONCE) != 0))
        status = CS_WRONG_RECIPIENT;
    if (status == CS_OK)
        status = cs_hello_mac(&in->hello, CS_HELLO_INVITER, j->invite.secret, &mac);
    if (status == CS_OK && !cs_equal_secret(mac.b, in->hello.mac.b, CS_HASH))
        status = CS_BAD_MAC;
    if (status == CS_OK)
        status = introduction_chain(in);
    if (status == CS_OK)
        status = introduction_verify(in, j->profile);
    return status == CS_OK ? 0 : problem_status(why, status, _("the answer to this node's hello"));
}

/* The inviter says that the request came at the wrong time, and what time it is there. */
static bool is_wrong_time(const struct joining *j, const struct http_fetch *fetch, uint64_t *now)
{
    return fetch->status == 401 &&
           http_verify_response(fetch, &j->invite.node, &j->peer.keyset.auth, now, NULL) == 0;
}

static int send_hello(struct joining *j, struct introduction *answer, struct problem *why)
{
    char url[CS_URL_MAX + 1];
    struct http_fetch *fetch = NULL;
    uint64_t now = clock_now();
    bool told = false; /* by the inviter what time it is */
    int rc = -1;

    if (http_url_join(j->invite.url, "/csh/v1/hello", url))
        return problem_set(why, "bad_url", _("The address of the other node is too long."));
    for (int tries = 1;; tries++) {
        problem_clear(why);
        http_fetch_free(fetch);
        if (!(fetch = http_fetch_new(url, why)))
            return -1;
        fetch->method = HTTP_POST;
        fetch->body = cs_buffer_span(&j->body);
        fetch->cap = CS_FRAMES_BODY_MAX;
        fetch->pin[0] = j->pin;
        fetch->pins = 1;
        fetch->networks = allowed_networks(j->p, fetch->network);
        if (http_sign_request(fetch, j->p->signer, &j->invite.node, CS_FRAMES_TYPE, now, why))
            goto out;
        if (http_fetch(j->client, &fetch, 1, why) == 0) {
            if (told || !is_wrong_time(j, fetch, &now))
                break;
            told = true;
            clocks_warn(j->profile->name, now);
        } else if (tries >= HELLO_TRIES || problem_is(why, "cancelled")) {
            goto out;
        }
    }
    if (fetch->status != 200) {
        rc = refused(j, fetch, why);
        goto out;
    }
    if (http_verify_response(fetch, &j->invite.node, &j->peer.keyset.auth, &now, why))
        goto out;
    rc = check_answer(j, fetch, answer, why);
    /* The spans of the answer point into the fetch: keep what is stored. */
    if (rc == 0) {
        size_t chain = answer->store.n;
        cs_buffer_add_span(&answer->store, answer->profile);
        if (answer->store.failed)
            rc = problem_no_memory(why);
        answer->chain = cs_span_make(answer->store.p, chain);
        answer->profile = cs_span_make(answer->store.p + chain, answer->store.n - chain);
    }
out:
    http_fetch_free(fetch);
    return rc;
}

static int store_peer(struct joining *j, const struct introduction *answer, struct peer_row *peer,
                      struct problem *why)
{
    struct transaction *t = store_begin(j->p->store, why);
    enum identity_taken taken;
    row_id nid;
    bool found;

    if (!t || peering_not_blocked(transaction_reader(t), &j->invite.node, why) ||
        peer_store(t, answer, j->profile, j->network, &nid, &taken, why) ||
        store_peer_get(transaction_reader(t), nid, peer, &found, why) || store_commit(&t, why)) {
        store_rollback(&t);
        return -1;
    }
    if (taken != IDENTITY_TAKEN)
        return identity_problem(taken, j->profile->name, why);
    peers_changed(j->p);
    return 0;
}

static int join(struct joining *j, struct cs_span link, struct peer_row *peer, struct problem *why)
{
    struct cidr network[HTTP_FETCH_NETWORKS_MAX];
    size_t networks = allowed_networks(j->p, network);
    struct introduction answer = {.keysets = 0};
    int rc = -1;

    if (read_link(j, link, why) || peering_not_blocked(j->reader, &j->invite.node, why) ||
        first_contact(j->p, j->client, j->invite.url, &j->invite.node, network, networks, &j->peer,
                      j->profile, &j->pin, &j->address, why) ||
        identity_expired(&j->peer.keyset, j->profile->name, why) ||
        identity_expired(signer_keyset(j->p->signer), NULL, why))
        return -1;
    if (!network_of(j->p, (const struct sockaddr *)&j->address, j->network))
        return problem_set(
            why, "address_not_allowed",
            _("The other node's address is in no network that this node may contact. "
              "Nothing was sent. Add its network to allow_cidr in "
              "commonshelf.conf."));
    if (prepare_hello(j, why) == 0 && send_hello(j, &answer, why) == 0)
        rc = store_peer(j, &answer, peer, why);
    introduction_free(&answer);
    return rc;
}

int peering_join(struct peering *p, struct cs_span link, const atomic_bool *cancel,
                 struct peer_row *peer, struct problem *why)
{
    struct joining j = {.p = p};
    int rc = -1;

    j.body.alloc = memory_allocator();
    if (!(j.profile = memory_new(sizeof *j.profile)))
        return problem_no_memory(why);
    if (peering_profile_refresh(p, why) == 0 && (j.reader = store_reader(p->store, why)) &&
        (j.client = http_client_new(cancel, why)))
        rc = join(&j, link, peer, why);
    introduction_free(&j.peer);
    cs_buffer_free(&j.body);
    http_client_free(j.client);
    store_reader_free(j.reader);
    memory_free(j.profile);
    return rc;
}
