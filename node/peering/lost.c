/*
 * A node that lost everything but its root key asks who mirrors it: at a mirror lie its keysets and its
 * profile, which prove themselves. Nothing is sent but requests for what anybody may have.
 */
#include <commonshelf/frames.h>
#include <commonshelf/seen.h>

#include <inttypes.h>
#include <stdio.h>

#include "peering/internal.h"

#define SEEN_ROUNDS 64 /* of CS_SEEN_LOGS_MAX logs each */

/* ---- the mirror */

static void fill_contact(const struct cs_node_id *node, const struct introduction *in,
                         const struct cs_profile *profile, struct contact *out)
{
    memset(out, 0, sizeof *out);
    out->row.node.id = *node;
    strcpy(out->row.node.name, profile->name);
    out->keyset = in->keyset;
    out->profile = *profile;
}

int peering_meet(struct peering *p, struct http_client *client, struct cs_span link,
                 const struct cs_node_id *own, struct contact *out, struct problem *why)
{
    struct cidr network[HTTP_FETCH_NETWORKS_MAX];
    size_t networks = allowed_networks(p, network);
    struct introduction in = {.keysets = 0};
    struct cs_profile *profile = memory_new(sizeof *profile);
    struct sockaddr_storage address;
    struct cs_invite invite;
    struct http_pin pin;
    int rc = -1;

    if (!profile)
        return problem_no_memory(why);
    if (cs_invite_read(link, &invite) != CS_OK)
        problem_set(why, "bad_link", "%s",
                    _("This is neither a file nor a whole invite link. Nothing was sent. A link "
                      "begins with https:// and has a # and a ~ in it."));
    else if (cs_node_id_equal(&invite.node, own))
        problem_set(
            why, "own_link", "%s",
            _("This invite is the lost node's own. Ask a peer of it for one of theirs: they "
              "run \"commonshelf invite\"."));
    else if ((rc = first_contact(p, client, invite.url, &invite.node, network, networks, &in,
                                 profile, &pin, &address, why)) == 0)
        fill_contact(&invite.node, &in, profile, out);
    introduction_free(&in);
    memory_free(profile);
    return rc;
}

/* ---- what it has seen */

static int ask(struct peering *p, struct http_client *client, const struct contact *at,
               const char *path, uint64_t cap, struct http_fetch **out, struct problem *why)
{
    if (!(*out = peering_fetch(p, at, path, why)))
        return -1;
    (*out)->cap = cap;
    return http_fetch(client, out, 1, why);
}

/* Goes through one seen note. *more: there may be another, from *since on. */
static int look_through(const struct contact *at, const struct http_fetch *fetch,
                        const struct cs_node_id *node, char origin[CS_ORIGIN_MAX + 1],
                        uint64_t *seen, uint64_t *since, bool *more, struct problem *why)
{
    enum cs_status status;
    struct cs_seen_log log;
    struct cs_span logs;
    uint64_t time, n = 0;

    if (http_fetch_expect(fetch, 200, why))
        return -1;
    status =
        cs_seen_read(cs_buffer_span(&fetch->received), &at->row.node.id, &at->keyset, &time, &logs);
    if (status != CS_OK)
        return problem_status(why, status, _("what the other node says that it saw"));
    *more = false;
    for (; cs_seen_next(&logs, &log); n++) {
        if (!strncmp(log.origin, node->s, CS_NODE_ID_LEN) && log.time >= *seen) {
            strcpy(origin, log.origin);
            *seen = log.time;
        }
        *more = n + 1 == CS_SEEN_LOGS_MAX && log.time > *since;
        if (*more)
            *since = log.time;
    }
    return 0;
}

static int find_origin(struct peering *p, struct http_client *client, const struct contact *at,
                       const struct cs_node_id *node, char origin[CS_ORIGIN_MAX + 1],
                       uint64_t *seen, struct problem *why)
{
    struct http_fetch *fetch = NULL;
    uint64_t since = 0;
    bool more = true;
    int rc = 0;

    *seen = 0;
    /* Where it has cosigned nothing, it may still have a part. */
    snprintf(origin, CS_ORIGIN_MAX + 1, "%s/public/1", node->s);
    for (int round = 0; rc == 0 && more && round < SEEN_ROUNDS; round++) {
        char path[64];

        snprintf(path, sizeof path, "/csh/v1/seen?since=%" PRIu64, since);
        rc = ask(p, client, at, path, CS_SEEN_MAX, &fetch, why);
        if (rc == 0)
            rc = look_through(at, fetch, node, origin, seen, &since, &more, why);
        http_fetch_free(fetch);
        fetch = NULL;
    }
    return rc;
}

/* ---- the identity */

enum cs_status peering_identity_read(struct cs_span frames, struct cs_buffer *chain,
                                     struct cs_buffer *profile)
{
    enum cs_status status = cs_frames_open(&frames);
    unsigned char type = 0;
    struct cs_span data;

    while (status == CS_OK && type != CS_FRAME_END) {
        status = cs_frames_next(&frames, &type, &data);
        if (status == CS_OK && type == CS_FRAME_KEYSET)
            cs_buffer_add_span(chain, data);
        else if (status == CS_OK && type == CS_FRAME_PROFILE && profile->n == 0)
            cs_buffer_add_span(profile, data);
    }
    if (status == CS_OK)
        status = cs_buffer_status(chain);
    return status == CS_OK ? cs_buffer_status(profile) : status;
}

int remembered_read(struct remembered *r, const struct cs_node_id *node, struct problem *why)
{
    struct cs_keyset genesis;
    struct cs_span rest = cs_buffer_span(&r->chain), first;
    struct cs_node_id id;
    size_t count;
    enum cs_status status = CS_MALFORMED;

    if (cs_chain_next(&rest, &first) && (status = cs_keyset_read(first, &genesis)) == CS_OK &&
        (status = cs_keyset_node_id(&genesis, &id)) == CS_OK)
        status = cs_node_id_equal(&id, node)
                     ? cs_chain_read(cs_buffer_span(&r->chain), node, &r->keyset, &count)
                     : CS_WRONG_ORIGIN;
    if (status != CS_OK)
        return problem_status(why, status, _("what the other node has of the lost one's keysets"));
    /* A profile of earlier keys says no more than nothing. */
    if (cs_profile_read(cs_buffer_span(&r->note), node, &r->keyset, &r->profile) != CS_OK)
        cs_buffer_reset(&r->note);
    return 0;
}

static int nothing_there(const struct contact *at, const struct cs_node_id *node,
                         struct problem *why)
{
    return problem_set(why, "nothing_remembered",
                       _("\"%s\" has nothing of the node %s: it never mirrored it, or removed it. "
                         "Ask another peer for an invite."),
                       at->row.node.name, node->s);
}

int peering_recall(struct peering *p, struct http_client *client, const struct contact *at,
                   const struct cs_node_id *node, struct remembered *out, struct problem *why)
{
    char origin[CS_ORIGIN_MAX + 1], path[128], hex[65];
    struct http_fetch *fetch = NULL;
    enum cs_status status;
    int rc = -1;

    memset(out, 0, sizeof *out);
    out->chain.alloc = out->note.alloc = memory_allocator();
    if (find_origin(p, client, at, node, origin, &out->seen, why))
        return -1;
    cs_origin_directory(origin, hex);
    snprintf(path, sizeof path, "/csh/v1/relay/%s/keysets", hex);
    if (ask(p, client, at, path, CS_FRAMES_BODY_MAX, &fetch, why))
        goto out;
    if (fetch->status == 404) {
        nothing_there(at, node, why);
        goto out;
    }
    if (http_fetch_expect(fetch, 200, why))
        goto out;
    status = peering_identity_read(cs_buffer_span(&fetch->received), &out->chain, &out->note);
    rc = status == CS_OK
             ? remembered_read(out, node, why)
             : problem_status(why, status, _("what the other node has of the lost one's keysets"));
out:
    http_fetch_free(fetch);
    if (rc)
        remembered_free(out);
    return rc;
}

void remembered_free(struct remembered *r)
{
    cs_buffer_free(&r->chain);
    cs_buffer_free(&r->note);
}
