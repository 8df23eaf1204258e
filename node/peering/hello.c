/*
 * The inviter's side of first contact. The one route whose key comes from the body, and only after
 * the body proved that it knows an invite's secret.
 */
#include <commonshelf/frames.h>

#include <stdio.h>

#include "peering/internal.h"

struct meeting {
    struct peering *p;
    struct reader *reader;
    struct http_exchange *x;
    struct introduction in;
    struct invite_row invite;
    struct cs_buffer answer; /* the one given before, or the new one */
    unsigned status; /* to answer with when something is wrong */
};

static int deny(struct meeting *m, unsigned status, struct problem *why, const char *code,
                const char *message)
{
    m->status = status;
    return problem_set(why, code, "%s", message);
}

/* Invite and MAC. An unknown invite and a wrong MAC get one answer: nobody learns which secrets are
 * near the truth. */
static int prove(struct meeting *m, struct problem *why)
{
    enum cs_status status = introduction_read(http_request(m->x)->body, &m->in);
    struct cs_hash mac;
    bool found;

    if (status != CS_OK)
        return deny(m, 400, why, cs_status_code(status), cs_status_text(status));
    if (!cs_node_id_equal(&m->in.hello.to, signer_node(m->p->signer)))
        return deny(m, 400, why, "wrong_recipient", _("This hello is for another node."));
    m->status = 500;
    if (store_invite_get(m->reader, m->in.hello.invite, &m->invite, &m->answer, &found, why))
        return -1;
    if (!found || cs_hello_mac(&m->in.hello, CS_HELLO_JOINER, m->invite.secret, &mac) != CS_OK ||
        !cs_equal_secret(mac.b, m->in.hello.mac.b, CS_HASH))
        return deny(m, 404, why, "invite_unknown", _("There is no such invite."));
    if (m->invite.expires <= clock_now())
        return deny(m, 410, why, "invite_expired", _("The time of this invite is over."));
    if (m->invite.used && (!cs_node_id_equal(&m->invite.used_by, &m->in.hello.from) ||
                           memcmp(m->invite.mac.b, mac.b, CS_HASH) != 0))
        return deny(m, 409, why, "invite_used", _("This invite was used already."));
    if ((status = introduction_chain(&m->in)) != CS_OK)
        return deny(m, 400, why, cs_status_code(status), cs_status_text(status));
    return 0;
}

static int key_from_body(void *arg, const struct http_exchange *x, const struct cs_node_id *from,
                         struct cs_public_key *out, struct problem *why)
{
    struct meeting *m = arg;

    (void)x;
    if (!cs_node_id_equal(from, &m->in.hello.from))
        return deny(m, 401, why, "unknown_key",
                    _("The request is signed by another node than its "
                      "hello names."));
    *out = m->in.keyset.auth;
    return 0;
}

/* A repeated hello gets the answer it got before and changes nothing: no nonce needs keeping. */
static int nonce_is_free(void *arg, const struct cs_node_id *from, const char *nonce,
                         uint64_t expires, struct problem *why)
{
    (void)arg;
    (void)from;
    (void)nonce;
    (void)expires;
    (void)why;
    return 0;
}

static int write_answer(struct meeting *m, struct problem *why)
{
    struct cs_hello h;
    enum cs_status status;

    memset(&h, 0, sizeof h);
    h.from = *signer_node(m->p->signer);
    h.to = m->in.hello.from;
    h.time = clock_now();
    memcpy(h.invite, m->in.hello.invite, sizeof h.invite);
    random_bytes(h.nonce, sizeof h.nonce);
    memcpy(h.answers, m->in.hello.nonce, sizeof h.answers);
    if (introduction_cover(m->p, m->reader, &h, why))
        return -1;
    if ((status = cs_hello_mac(&h, CS_HELLO_INVITER, m->invite.secret, &h.mac)) != CS_OK)
        return problem_status(why, status, "hello");
    return introduction_write(m->p, m->reader, &h, &m->answer, why);
}

/* Where the joiner may be contacted: decided now when its URL names an address, else at the first
 * connection. An address in no allowed network leaves it unreachable from here, but a peer. */
static void network_of_url(struct peering *p, const char *url, char out[CIDR_TEXT])
{
    struct http_url read;
    struct sockaddr_storage address;
    char text[HTTP_HOST_MAX + 8];
    socklen_t length;

    out[0] = '\0';
    if (!url[0] || http_url_read(url, &read, NULL) || !read.is_address)
        return;
    snprintf(text, sizeof text, "%s:1", read.host);
    if (address_read(text, &address, &length) == 0 &&
        !network_of(p, (const struct sockaddr *)&address, out))
        strcpy(out, "none");
}

/* Who was shut out stays out, with however many invites. */
static int admit(struct meeting *m, struct reader *r, struct problem *why)
{
    struct problem blocked = PROBLEM_INIT;

    if (peering_not_blocked(r, &m->in.hello.from, &blocked) == 0)
        return 0;
    if (problem_is(&blocked, "blocked"))
        return deny(m, 403, why, "blocked", _("This institution has blocked yours."));
    *why = blocked;
    return -1;
}

static int use_invite(struct meeting *m, struct cs_profile *profile, struct problem *why)
{
    struct cs_buffer unused = {.alloc = memory_allocator()};
    char network[CIDR_TEXT];
    struct transaction *t = NULL;
    enum identity_taken taken;
    struct invite_row now;
    bool found;
    row_id nid;
    int rc = -1;

    network_of_url(m->p, profile->url, network);
    if (write_answer(m, why) || !(t = store_begin(m->p->store, why)) ||
        store_invite_get(transaction_reader(t), m->invite.name, &now, &unused, &found, why))
        goto out;
    if (!found || now.used) {
        /* Two hellos at once: the other one was faster. */
        deny(m, 409, why, "invite_used", _("This invite was used already."));
        goto out;
    }
    m->invite.used_by = m->in.hello.from;
    m->invite.mac = m->in.hello.mac;
    if (admit(m, transaction_reader(t), why) ||
        peer_store(t, &m->in, profile, network, &nid, &taken, why) ||
        (taken == IDENTITY_TAKEN &&
         store_invite_use(t, &m->invite, cs_buffer_span(&m->answer), why)) ||
        store_commit(&t, why))
        goto out;
    if (taken != IDENTITY_TAKEN) {
        m->status = 409;
        identity_problem(taken, profile->name, why);
        goto out;
    }
    log_line(LOG_LEVEL_INFO, "peering", _("%s redeemed an invite and is a peer now"),
             profile->name);
    peers_changed(m->p);
    rc = 0;
out:
    store_rollback(&t);
    cs_buffer_free(&unused);
    return rc;
}

static int meet(struct meeting *m, struct cs_httpsig *sig, struct cs_profile *profile,
                struct problem *why)
{
    struct http_url url;
    struct http_verifier verifier = {.self = signer_node(m->p->signer),
                                     .now = clock_now(),
                                     .key = key_from_body,
                                     .nonce = nonce_is_free,
                                     .arg = m};
    enum cs_status status;

    m->status = 500;
    if (http_url_read(m->p->url, &url, why))
        return -1;
    verifier.authority = url.authority;
    if (prove(m, why) || http_verify_request(m->x, &verifier, sig, &m->status, why))
        return -1;
    if ((status = introduction_verify(&m->in, profile)) != CS_OK)
        return deny(m, 400, why, cs_status_code(status), cs_status_text(status));
    if (admit(m, m->reader, why))
        return -1;
    if (identity_expired(&m->in.keyset, profile->name, why)) {
        m->status = 409;
        return -1;
    }
    m->status = 500;
    return m->invite.used ? 0 : use_invite(m, profile, why);
}

void peering_hello(struct peering *p, struct reader *reader, struct http_exchange *x)
{
    struct meeting m = {.p = p, .reader = reader, .x = x, .status = 500};
    struct cs_profile *profile = memory_new(sizeof *profile);
    struct problem why = PROBLEM_INIT;
    struct cs_httpsig sig;

    m.answer.alloc = memory_allocator();
    if (profile && meet(&m, &sig, profile, &why) == 0) {
        http_answer_signed(x, p->signer, &sig, clock_now(), 200, CS_FRAMES_TYPE,
                           cs_buffer_span(&m.answer));
    } else if (m.status == 401 && problem_is(&why, "expired not_yet")) {
        http_answer_wrong_time(x, p->signer, &sig, clock_now(), why.code);
    } else {
        if (m.status >= 500)
            log_problem(LOG_LEVEL_ERROR, "peering", &why);
        http_answer_problem(x, m.status, why.code ? why.code : "no_memory",
                            m.status < 500 ? why.message : NULL);
    }
    introduction_free(&m.in);
    cs_buffer_free(&m.answer);
    memory_free(profile);
}
