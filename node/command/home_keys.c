/*
 * The home when its keys change. The signer's file of keysets is what counts; the database follows
 * it: the keysets that are served, and what is signed anew, all in one transaction.
 */
#include "command/home.h"

#include <inttypes.h>

#include <commonshelf/chain.h>

static int put_keysets(struct home *home, struct transaction *t, struct problem *why)
{
    struct cs_span rest = signer_keyset_chain(home->signer), note;

    for (uint64_t version = 1; rest.n > 0 && cs_chain_next(&rest, &note); version++)
        if (store_keyset_put(t, STORE_SELF, version, note, why))
            return -1;
    return 0;
}

/* With peering and catalogue held. */
static int follow(struct home *home, struct problem *why)
{
    struct transaction *t = store_begin(home->store, why);

    if (!t || put_keysets(home, t, why) || catalogue_sign_again(home->catalogue, t, why) ||
        peering_sign_again(home->peering, t, why) || store_commit(&t, why)) {
        store_rollback(&t);
        return -1;
    }
    return catalogue_derive(home->catalogue, why);
}

/* A later keyset than this home's is what the owner of a higher root takes back by a new one: so that alone
 * is no reason against it. Nobody else signs meanwhile. */
static int rotate_although_older(struct home *home, const unsigned char *root,
                                 const struct problem *older, struct problem *why)
{
    int rc;

    peering_hold(home->peering);
    catalogue_hold(home->catalogue);
    signer_hold(home->signer, NULL);
    rc = signer_rotate(home->signer, root, NULL, 0, why);
    signer_hold(home->signer, older);
    catalogue_release(home->catalogue);
    peering_release(home->peering);
    return rc ? -1 : home_certain(home, false, why);
}

int home_rotate(struct home *home, const unsigned char *root, struct problem *why)
{
    struct problem uncertain = PROBLEM_INIT;
    bool older = home_certain(home, false, &uncertain) != 0;
    int rc = 0;

    if (older && !problem_is(&uncertain, "keys_older")) {
        *why = uncertain;
        return -1;
    }
    if (older && rotate_although_older(home, root, &uncertain, why))
        return -1;
    peering_hold(home->peering);
    catalogue_hold(home->catalogue);
    if (!older)
        rc = signer_rotate(home->signer, root, NULL, 0, why);
    if (!rc)
        rc = follow(home, why);
    catalogue_release(home->catalogue);
    peering_release(home->peering);
    return rc;
}

static int keys_older(const struct home *home, uint64_t version, struct problem *why)
{
    return problem_set(why, "keys_older",
                       _("The keys in %s/keys are older than those that this node last used "
                         "(version %" PRIu64 "). Nothing was done with them. Put back the newest "
                         "copy of that directory, or make new keys from the printed root key: "
                         "commonshelf keys recover"),
                       home->path, version);
}

/* The newest keyset that the database has of this node. *held->version is 0 when it has none. */
static int held_keyset(struct home *home, struct cs_keyset *held, struct problem *why)
{
    struct cs_buffer note = {.alloc = memory_allocator()};
    struct reader *r = store_reader(home->store, why);
    enum cs_status status;
    bool found = false;
    int rc = r ? store_keyset_get(r, STORE_SELF, 0, &note, &found, why) : -1;

    held->version = 0;
    if (rc == 0 && found && (status = cs_keyset_read(cs_buffer_span(&note), held)) != CS_OK)
        rc = problem_status(why, status, _("the keyset in the database"));
    cs_buffer_free(&note);
    store_reader_free(r);
    return rc;
}

static int is_older(struct home *home, const struct cs_keyset *held, struct problem *why)
{
    const struct cs_keyset *own = signer_keyset(home->signer);

    if (held->version < own->version ||
        (held->version == own->version &&
         memcmp(&held->text_hash, &own->text_hash, sizeof held->text_hash) == 0))
        return 0;
    return keys_older(home, held->version, why);
}

int home_check_keys(struct home *home, struct problem *why)
{
    struct cs_keyset *held = memory_new(sizeof *held);
    int rc;

    if (!held)
        return problem_no_memory(why);
    rc = held_keyset(home, held, why) || is_older(home, held, why) ? -1 : 0;
    memory_free(held);
    return rc;
}

int home_adopt_keys(struct home *home, struct problem *why)
{
    struct cs_keyset *held = memory_new(sizeof *held);
    int rc = -1;

    if (!held)
        return problem_no_memory(why);
    if (held_keyset(home, held, why) || is_older(home, held, why))
        goto out;
    if (held->version == signer_keyset(home->signer)->version) {
        rc = 0;
        goto out;
    }
    if (home_certain(home, false, why))
        goto out;
    peering_hold(home->peering);
    catalogue_hold(home->catalogue);
    rc = follow(home, why);
    catalogue_release(home->catalogue);
    peering_release(home->peering);
out:
    memory_free(held);
    return rc;
}
