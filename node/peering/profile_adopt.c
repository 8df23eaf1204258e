/*
 * This node's own profile, as a peer still has it, in a home that was put back from an older copy. A version
 * must never be signed with two texts, so what is signed next goes above what was signed once.
 */
#include "peering/internal.h"

/* True if `note` says nothing that the profile held here does not say, or is older. */
static int is_known(struct peering *p, struct reader *r, struct cs_span note,
                    const struct cs_profile *theirs, struct cs_profile *held, bool *known,
                    struct problem *why)
{
    struct cs_buffer here = {.alloc = memory_allocator()};
    uint64_t keyset;
    bool found;
    int rc = store_profile_get(r, STORE_SELF, &here, &found, why);

    *known = rc == 0 && found && cs_span_equal(cs_buffer_span(&here), note);
    if (rc == 0 && found && !*known &&
        signer_read_profile(p->signer, cs_buffer_span(&here), held, &keyset) == CS_OK)
        *known = theirs->version < held->version;
    cs_buffer_free(&here);
    return rc;
}

static int adopt(struct peering *p, struct cs_span note, struct cs_profile *profiles,
                 struct problem *why)
{
    struct transaction *t;
    uint64_t keyset;
    bool known;
    int rc = -1;

    if (signer_read_profile(p->signer, note, &profiles[0], &keyset) != CS_OK)
        return 0; /* nothing that this node signed */
    if (!(t = store_begin(p->store, why)))
        return -1;
    if (is_known(p, transaction_reader(t), note, &profiles[0], &profiles[1], &known, why) == 0 &&
        (known || (signer_remember_profile(p->signer, note, why) == 0 &&
                   store_profile_put(t, STORE_SELF, &profiles[0], note, why) == 0)))
        rc = known ? 0 : store_commit(&t, why);
    store_rollback(&t);
    return rc;
}

int peering_profile_adopt(struct peering *p, struct cs_span note, struct problem *why)
{
    struct cs_profile *profiles = memory_new(2 * sizeof *profiles);
    int rc;

    if (!profiles)
        return problem_no_memory(why);
    peering_hold(p);
    rc = adopt(p, note, profiles, why);
    peering_release(p);
    memory_free(profiles);
    return rc;
}
