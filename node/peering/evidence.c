/*
 * What is known of a node, for others: who it is, and what it signed and should not have.
 */
#include <commonshelf/frames.h>

#include "peering/peering.h"

static int add_keysets(struct reader *r, row_id nid, struct cs_buffer *out, struct problem *why)
{
    struct cs_buffer note = {.alloc = memory_allocator()};
    bool found = true;
    int rc = 0;

    for (uint64_t version = 1; found && rc == 0; version++) {
        cs_buffer_reset(&note);
        rc = store_keyset_get(r, nid, version, &note, &found, why);
        if (rc == 0 && found)
            cs_frames_add(out, CS_FRAME_KEYSET, cs_buffer_span(&note));
    }
    cs_buffer_free(&note);
    return rc;
}

int peering_identity_frames(struct reader *r, row_id nid, struct cs_buffer *out,
                            struct problem *why)
{
    struct cs_buffer note = {.alloc = memory_allocator()};
    bool found;
    int rc = -1;

    cs_frames_begin(out);
    if (add_keysets(r, nid, out, why) || store_profile_get(r, nid, &note, &found, why))
        goto out;
    if (found)
        cs_frames_add(out, CS_FRAME_PROFILE, cs_buffer_span(&note));
    cs_frames_end(out);
    rc = out->failed ? problem_no_memory(why) : 0;
out:
    cs_buffer_free(&note);
    return rc;
}

/* Sizes decide which of the two comes first. */
static void add_notes(const struct evidence *e, struct cs_buffer *out)
{
    struct cs_span a = cs_buffer_span(&e->note_a), b = cs_buffer_span(&e->note_b), other;
    struct cs_span proof = cs_buffer_span(&e->proof);
    struct cs_hash hash[CS_PROOF_MAX + 1];
    struct cs_checkpoint first, second;
    size_t n = proof.n / CS_HASH;

    if (cs_checkpoint_parse(a, &first) == CS_OK && cs_checkpoint_parse(b, &second) == CS_OK &&
        first.size > second.size) {
        other = a;
        a = b;
        b = other;
    }
    if (n > CS_PROOF_MAX + 1)
        n = 0;
    if (n > 0)
        memcpy(hash[0].b, proof.p, n * CS_HASH);
    cs_evidence_add(out, a, b, hash, n);
}

int peering_evidence(struct reader *r, row_id nid, struct cs_buffer *file,
                     struct cs_evidence *proved, struct problem *why)
{
    struct evidence e = {.note_a = {.alloc = memory_allocator()}};
    bool found = true, any = false;
    int rc = -1;

    e.note_b.alloc = e.proof.alloc = e.note_a.alloc;
    for (size_t i = 0; found; i++) {
        if (store_evidence_get(r, nid, i, &e, &found, why))
            goto out;
        any = any || found;
        cs_buffer_reset(file);
        cs_frames_begin(file);
        if (!found || add_keysets(r, nid, file, why))
            continue;
        add_notes(&e, file);
        if (file->failed) {
            problem_no_memory(why);
            goto out;
        }
        if (cs_evidence_read(cs_buffer_span(file), proved) == CS_OK) {
            rc = 0;
            goto out;
        }
    }
    cs_buffer_reset(file);
    problem_set(why, "no_evidence", "%s",
                any ? _("What was seen of this peer contradicts itself, but is no proof that "
                        "others could verify. Nothing was written.")
                    : _("Nothing that this peer signed is known to contradict itself. Nothing was "
                        "written."));
out:
    cs_buffer_free(&e.note_a);
    cs_buffer_free(&e.note_b);
    cs_buffer_free(&e.proof);
    return rc;
}
