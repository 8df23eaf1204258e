/*
 * A node's keys and its identity. The genesis keyset's hash is the node ID; each later keyset is
 * signed by enough roots of the one before and of itself (TUF 1.0 §5.3). It doesn't say whom to
 * trust: that is peering. Text form: SPEC.md §4.
 */
#ifndef COMMONSHELF_KEYSET_H
#define COMMONSHELF_KEYSET_H

#include <commonshelf/note.h>

#ifdef __cplusplus
extern "C" {
#endif

/* "cs1" and the base32 of SHA-256(text of the genesis keyset note), NUL-terminated. */
struct cs_node_id {
    char s[CS_NODE_ID_LEN + 1];
};

/* CS_MALFORMED unless it is exactly the 55-character form. */
CS_MUST_USE CS_API enum cs_status cs_node_id_read(struct cs_span text, struct cs_node_id *out);
CS_API bool cs_node_id_equal(const struct cs_node_id *a, const struct cs_node_id *b);

enum cs_role { CS_ROLE_ROOT, CS_ROLE_LOG, CS_ROLE_AUTH, CS_ROLE_WITNESS };
#define CS_ROLES 4

/* "root", "log", "auth", "witness". */
CS_API const char *cs_role_name(enum cs_role role);

/* A log that ends here, whatever else was signed for it: a thief had the keys, or a backup came
 * back. */
struct cs_retired {
    char origin[CS_ORIGIN_MAX + 1];
    uint64_t size;
    struct cs_hash root; /* of the first `size` entries */
};

struct cs_keyset {
    uint64_t version;
    struct cs_hash prev; /* of the text before; all zero in version 1, where the text says "-" */
    uint64_t issued, expires; /* seconds since 1970 */
    unsigned threshold;
    size_t roots;
    struct cs_public_key root[CS_KEYSET_ROOTS_MAX];
    struct cs_public_key log, auth, witness;
    bool has_gov;
    struct cs_public_key gov;
    size_t retires;
    struct cs_retired retired[CS_KEYSET_RETIRED_MAX];
    struct cs_hash text_hash; /* SHA-256 of the note's text */
};

/* Appends the note's text (no signatures). */
CS_API void cs_keyset_write(const struct cs_keyset *keyset, struct cs_buffer *out);

/*
 * Parses a keyset note and checks what can be checked of it alone: form, keys (cs_key_check, no key
 * twice), threshold signatures by its own roots (CS_NO_SIGNATURE if too few; a bad one by a root is
 * CS_BAD_SIGNATURE whatever the others are). Unknown lines are refused (CS_MALFORMED); another
 * version line is CS_UNKNOWN_VERSION. Expiry is the caller's to judge.
 */
CS_MUST_USE CS_API enum cs_status cs_keyset_read(struct cs_span note, struct cs_keyset *out);

/* The node ID of a genesis keyset; CS_WRONG_CHAIN if it is not version 1. */
CS_MUST_USE CS_API enum cs_status cs_keyset_node_id(const struct cs_keyset *genesis,
                                                    struct cs_node_id *out);

/* CS_OK if `note` (read as `next`) follows `now`: version + 1 and prev (CS_WRONG_CHAIN), and now's
 * threshold (CS_NO_SIGNATURE, CS_BAD_SIGNATURE). CS_WRONG_HASH if `next` was not read from `note`.
 * */
CS_MUST_USE CS_API enum cs_status
cs_keyset_follows(const struct cs_keyset *now, struct cs_span note, const struct cs_keyset *next);

/* The place (0 is the highest) of the first of now's roots that signed `note`; CS_NO_SIGNATURE if
 * none did, CS_BAD_SIGNATURE as above. */
CS_MUST_USE CS_API enum cs_status cs_keyset_rank(const struct cs_keyset *now, struct cs_span note,
                                                 size_t *rank);

/*
 * The verifier's key for a role: names are "root" in keysets (the first root), the origin for the
 * log key in checkpoints (give it as `origin`), "<node-id>/<role>" elsewhere (`origin` NULL).
 * `name` is the storage the key's name span points into.
 */
CS_API void cs_keyset_key(const struct cs_keyset *keyset, const struct cs_node_id *node,
                          enum cs_role role, const char *origin, char name[CS_NOTE_NAME_MAX + 1],
                          struct cs_note_key *out);

/* Six words for two people to compare aloud, the same from both sides: from SHA-256 over the two
 * node IDs in order, 11 bits a word. Separated by spaces, NUL-terminated. */
#define CS_CHECK_WORDS_MAX 64
CS_API void cs_check_words(const struct cs_node_id *a, const struct cs_node_id *b,
                           char out[CS_CHECK_WORDS_MAX]);

#ifdef __cplusplus
}
#endif
#endif
