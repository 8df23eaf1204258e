/*
 * The body of a hello: frames with a keyset chain, a profile and the hello note. Read as a stranger's,
 * written as this node's own.
 */
#include <commonshelf/frames.h>

#include "peering/internal.h"

/* K (one or more), F, I, Z, in this order. */
static enum cs_status take_frames(struct cs_span rest, struct introduction *out)
{
    static const char order[] = "KFIZ";
    size_t at = 0;
    unsigned char type = 0;
    struct cs_span data;
    enum cs_status status = cs_frames_open(&rest);

    while (status == CS_OK && type != CS_FRAME_END) {
        if ((status = cs_frames_next(&rest, &type, &data)) != CS_OK)
            return status;
        if (type == CS_FRAME_KEYSET && at == 0) {
            out->keysets++;
            cs_buffer_add_span(&out->store, data);
            continue;
        }
        if (out->keysets == 0 || type != (unsigned char)order[++at])
            return CS_MALFORMED;
        if (data.n > CS_NOTE_MAX)
            return CS_TOO_LARGE;
        if (type == CS_FRAME_PROFILE)
            out->profile = data;
        else if (type == CS_FRAME_HELLO)
            out->note = data;
    }
    return status == CS_OK ? cs_buffer_status(&out->store) : status;
}

enum cs_status introduction_read(struct cs_span body, struct introduction *out)
{
    enum cs_status status;
    struct cs_hash hash;

    memset(out, 0, sizeof *out);
    out->store.alloc = memory_allocator();
    if ((status = take_frames(body, out)) != CS_OK)
        return status;
    out->chain = cs_buffer_span(&out->store);
    if ((status = cs_hello_read(out->note, &out->hello)) != CS_OK)
        return status;
    cs_sha256(out->chain, &hash);
    if (memcmp(hash.b, out->hello.keysets.b, CS_HASH) != 0)
        return CS_WRONG_HASH;
    cs_sha256(out->profile, &hash);
    return memcmp(hash.b, out->hello.profile.b, CS_HASH) == 0 ? CS_OK : CS_WRONG_HASH;
}

enum cs_status introduction_chain(struct introduction *in)
{
    size_t count;
    enum cs_status status = cs_chain_read(in->chain, &in->hello.from, &in->keyset, &count);

    return status == CS_OK && count != in->keysets ? CS_MALFORMED : status;
}

void introduction_free(struct introduction *in)
{
    cs_buffer_free(&in->store);
}

enum cs_status introduction_verify(const struct introduction *in, struct cs_profile *profile)
{
    enum cs_status status = cs_hello_verify(in->note, &in->hello.from, &in->keyset);

    if (status != CS_OK)
        return status;
    return cs_profile_read(in->profile, &in->hello.from, &in->keyset, profile);
}

static int own_profile(struct reader *r, struct cs_buffer *note, struct problem *why)
{
    bool found;

    if (store_profile_get(r, STORE_SELF, note, &found, why))
        return -1;
    return found ? 0
                 : problem_set(why, "no_profile",
                               _("This node has no profile yet. Start it "
                                 "once with \"commonshelf serve\"."));
}

int introduction_cover(struct peering *p, struct reader *r, struct cs_hello *hello,
                       struct problem *why)
{
    struct cs_buffer profile = {.alloc = memory_allocator()};
    int rc = own_profile(r, &profile, why);

    if (rc == 0) {
        cs_sha256(signer_keyset_chain(p->signer), &hello->keysets);
        cs_sha256(cs_buffer_span(&profile), &hello->profile);
    }
    cs_buffer_free(&profile);
    return rc;
}

int introduction_write(struct peering *p, struct reader *r, const struct cs_hello *hello,
                       struct cs_buffer *body, struct problem *why)
{
    struct cs_buffer text = {.alloc = memory_allocator()}, note = text, profile = text;
    struct cs_span chain = signer_keyset_chain(p->signer), keyset;
    int rc = -1;

    cs_hello_write(hello, &text);
    if (text.failed) {
        problem_no_memory(why);
        goto out;
    }
    if (own_profile(r, &profile, why) ||
        signer_note(p->signer, STATEMENT_HELLO, cs_buffer_span(&text), hello->time, &note, why))
        goto out;
    cs_frames_begin(body);
    while (chain.n > 0 && cs_chain_next(&chain, &keyset))
        cs_frames_add(body, CS_FRAME_KEYSET, keyset);
    cs_frames_add(body, CS_FRAME_PROFILE, cs_buffer_span(&profile));
    cs_frames_add(body, CS_FRAME_HELLO, cs_buffer_span(&note));
    cs_frames_end(body);
    rc = body->failed ? problem_no_memory(why) : 0;
out:
    cs_buffer_free(&text);
    cs_buffer_free(&note);
    cs_buffer_free(&profile);
    return rc;
}

int peer_store(struct transaction *t, const struct introduction *in,
               const struct cs_profile *profile, const char *network, row_id *nid,
               enum identity_taken *taken, struct problem *why)
{
    struct node_row held;
    bool found;

    if (peering_identity(t, &profile->node, in->chain, &in->keyset, nid, taken, why))
        return -1;
    if (*taken != IDENTITY_TAKEN)
        return 0;
    if (store_node_get(transaction_reader(t), *nid, &held, &found, why))
        return -1;
    /* A profile never goes back to an earlier version. */
    if (profile->version >= held.profile_version &&
        store_profile_put(t, *nid, profile, in->profile, why))
        return -1;
    if (!network)
        return 0;
    return store_peer_put(t, *nid, PEER_ACTIVE, network, clock_now(), why) ||
                   store_peer_through(t, *nid, 0, why)
               ? -1
               : 0;
}
