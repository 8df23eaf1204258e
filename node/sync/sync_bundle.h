/*
 * Catalogues in a file, for where there is no network: written from what is held, and taken from a file
 * with the same proofs as from a peer. Part of sync.h. The format is SPEC.md §8.
 */
#ifndef SYNC_SYNC_BUNDLE_H
#define SYNC_SYNC_BUNDLE_H

/* How far a file is read or written. Any thread. */
typedef void (*bundle_progress)(void *arg, uint64_t done, uint64_t of);

/* ---- out */
struct bundle_wanted {
    const char *shelf; /* only this one; NULL: all that are public */
    bool mirrored; /* also what is held of peers */
    uint64_t most; /* bytes of bundles, after which no further one is written; 0: all */
    bool logs_only; /* no charters */
    uint64_t since; /* entries before this one are left out, as far as whole bundles go */
};
struct bundle_log_out {
    char name[CS_PROFILE_TEXT_MAX + 1]; /* of the institution */
    struct cs_node_id id;
    char shelf[CS_SHELF_NAME_MAX + 1];
    uint64_t from, size; /* entries [from, size) */
    bool left_out; /* a mirror that is not whole yet */
};
struct bundle_out {
    struct bundle_log_out *log; /* free with bundle_out_free */
    size_t logs;
    size_t nodes;
    uint64_t bytes; /* of the file */
    uint64_t there; /* of them, how many an earlier export had written already */
};
/*
 * Writes to the open file `fd`, which `name` is said of. What an export that was cut off left there is
 * kept as far as it is the same. "not_a_bundle" when there is something else in it; "no_such_shelf".
 */
CS_MUST_USE int bundle_export(const struct sync_setup *setup, int fd, const char *name,
                              const struct bundle_wanted *wanted, const atomic_bool *cancel,
                              bundle_progress progress, void *arg, struct bundle_out *out,
                              struct problem *why);
void bundle_out_free(struct bundle_out *out);

/* ---- in */
struct bundle_trust {
    const struct cs_node_id *node; /* the person means these, whether they are peers or not */
    size_t n;
    bool one_log; /* one section with one log and nothing else: "malformed" */
    const struct cs_node_id *only; /* NULL, or the one node whose file this may be */
};
struct bundle_in {
    struct sync_result *result; /* one for each other node; free with bundle_in_free */
    size_t n;
    char origin[CS_ORIGIN_MAX + 1]; /* of the first log in it */
    bool own; /* this node's own catalogue is in it too, and was left alone */
};
/*
 * The file's form, its identities and the signatures of its checkpoints are all verified before
 * anything is taken: "not_a_bundle" "cut_off" "malformed" "bad_signature" … then nothing was changed.
 * Each log then is taken as in a pull; results as those of sync_pull.
 */
CS_MUST_USE int bundle_import(const struct sync_setup *setup, int fd, const char *name,
                              const struct bundle_trust *trust, const atomic_bool *cancel,
                              bundle_progress progress, void *arg, struct bundle_in *in,
                              struct problem *why);
void bundle_in_free(struct bundle_in *in);

#endif
