/*
 * Evidence files: K… C C [H] Z.
 */
#include <commonshelf/evidence.h>

#include <commonshelf/frames.h>

/* The frames of a file, before anything of them is believed. */
struct parts {
    struct cs_span keysets; /* from the first K frame on */
    size_t versions;
    struct cs_span note[2];
    struct cs_span hashes;
};

static enum cs_status split(struct cs_span rest, struct parts *out)
{
    unsigned char type = 0, before = CS_FRAME_KEYSET;
    enum cs_status status = cs_frames_open(&rest);
    size_t notes = 0;
    struct cs_span data;

    memset(out, 0, sizeof(*out));
    out->keysets = rest;
    while (status == CS_OK && type != CS_FRAME_END) {
        status = cs_frames_next(&rest, &type, &data);
        if (status)
            return status;
        if (type == CS_FRAME_KEYSET && before == CS_FRAME_KEYSET)
            out->versions++;
        else if (type == CS_FRAME_CHECKPOINT && notes < 2)
            out->note[notes++] = data;
        else if (type == CS_FRAME_HASHES && notes == 2 && before == CS_FRAME_CHECKPOINT)
            out->hashes = data;
        else if (type != CS_FRAME_END)
            return CS_MALFORMED;
        before = type;
    }
    if (status == CS_OK && (out->versions == 0 || notes != 2 || out->hashes.n % CS_HASH != 0))
        status = CS_MALFORMED;
    return status;
}

/* One checkpoint by the keys of one version. */
static enum cs_status by_keys(const struct cs_keyset *keyset, const struct cs_node_id *node,
                              struct cs_span note, struct cs_checkpoint *out)
{
    struct cs_checkpoint parsed;
    enum cs_status status = cs_checkpoint_parse(note, &parsed);

    return status ? status : cs_checkpoint_read(note, parsed.origin, node, keyset, out);
}

/* Walks the chain. Each checkpoint counts if any version's keys signed it; what the newest says of one that
 * none did is the reason. */
static enum cs_status verify(const struct parts *parts, struct cs_evidence *out,
                             struct cs_checkpoint checkpoint[2])
{
    enum cs_status signature[2] = {CS_NO_SIGNATURE, CS_NO_SIGNATURE}, status;
    struct cs_keyset now = {.version = 0}, next;
    struct cs_span rest = parts->keysets, note;
    unsigned char type;

    for (size_t i = 0; i < parts->versions; i++) {
        status = cs_frames_next(&rest, &type, &note);
        if (status == CS_OK)
            status = cs_keyset_read(note, &next);
        if (status == CS_OK)
            status = i == 0 ? cs_keyset_node_id(&next, &out->node)
                            : cs_keyset_follows(&now, note, &next);
        if (status)
            return status;
        now = next;
        for (size_t c = 0; c < 2; c++)
            if (signature[c] != CS_OK)
                signature[c] = by_keys(&now, &out->node, parts->note[c], &checkpoint[c]);
    }
    return signature[0] ? signature[0] : signature[1];
}

/* Two trees of one log, both signed. */
static enum cs_status contradict(struct cs_span hashes, struct cs_evidence *e)
{
    struct cs_hash hash[CS_PROOF_MAX + 1];
    size_t n = hashes.n / CS_HASH;
    enum cs_status status;

    if (e->smaller.size == e->larger.size) {
        e->kind = CS_EVIDENCE_FORK;
        e->prefix = e->larger.root;
        return memcmp(e->smaller.root.b, e->larger.root.b, CS_HASH) == 0 || n > 0 ? CS_WRONG_PROOF
                                                                                  : CS_OK;
    }
    if (n == 0) {
        e->kind = CS_EVIDENCE_ROLLBACK;
        return e->smaller.time > e->larger.time ? CS_OK : CS_WRONG_PROOF;
    }
    if (n > CS_PROOF_MAX + 1)
        return CS_TOO_LARGE;
    memcpy(hash[0].b, hashes.p, hashes.n);
    e->kind = CS_EVIDENCE_FORK;
    status = cs_merkle_prefix_root(e->smaller.size, e->larger.size, &e->larger.root, hash, n,
                                   &e->prefix);
    if (status == CS_OK && memcmp(e->prefix.b, e->smaller.root.b, CS_HASH) == 0)
        status = CS_WRONG_PROOF;
    return status;
}

enum cs_status cs_evidence_read(struct cs_span file, struct cs_evidence *out)
{
    struct cs_checkpoint checkpoint[2];
    struct parts parts;
    enum cs_status status = CS_TOO_LARGE;

    if (file.n <= CS_EVIDENCE_MAX)
        status = split(file, &parts);
    if (status == CS_OK)
        status = verify(&parts, out, checkpoint);
    if (status == CS_OK && strcmp(checkpoint[0].origin, checkpoint[1].origin) != 0)
        status = CS_WRONG_ORIGIN;
    if (status == CS_OK && checkpoint[0].size > checkpoint[1].size)
        status = CS_MALFORMED;
    if (status)
        return status;
    out->smaller = checkpoint[0];
    out->larger = checkpoint[1];
    return contradict(parts.hashes, out);
}

void cs_evidence_add(struct cs_buffer *out, struct cs_span smaller, struct cs_span larger,
                     const struct cs_hash *hash, size_t n)
{
    cs_frames_add(out, CS_FRAME_CHECKPOINT, smaller);
    cs_frames_add(out, CS_FRAME_CHECKPOINT, larger);
    if (n > 0)
        cs_frames_add(out, CS_FRAME_HASHES, cs_span_make(hash[0].b, n * CS_HASH));
    cs_frames_end(out);
}
