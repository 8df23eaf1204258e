/*
 * Charters: a network of institutions as its coordinators sign it: who is a member in which role, on what terms,
 * until when. Each version is signed by enough coordinators of the one before and of itself (as in TUF 1.0 §5.3).
 * It doesn't say whether to follow a network: that is a person's to decide. Text form: SPEC.md §18.
 */
#ifndef COMMONSHELF_CHARTER_H
#define COMMONSHELF_CHARTER_H

#include <commonshelf/keyset.h>

#ifdef __cplusplus
extern "C" {
#endif

/* "ch1" and the base32 of SHA-256(text of the charter's version 1), NUL-terminated. */
struct cs_charter_id {
    char s[CS_NODE_ID_LEN + 1];
};

/* CS_MALFORMED unless it is exactly the 55-character form. */
CS_MUST_USE CS_API enum cs_status cs_charter_id_read(struct cs_span text,
                                                     struct cs_charter_id *out);

struct cs_charter_coordinator {
    struct cs_node_id node;
    struct cs_public_key gov; /* one of that node's own, from one of its keysets */
};

/* What a member does; a set of these. */
enum cs_charter_role {
    CS_CHARTER_PUBLISHER = 1, /* its catalogue is part of the network's search */
    CS_CHARTER_EVALUATOR = 2, /* its marks are shown */
    CS_CHARTER_MIRROR = 4, /* it may relay the network's shelves */
    CS_CHARTER_OBSERVER = 8, /* it reads, and is nothing else */
};

struct cs_charter_member {
    struct cs_node_id node;
    unsigned roles;
    uint64_t since; /* seconds since 1970 */
    char name[CS_PROFILE_TEXT_MAX + 1];
};

/* `term_lines` and `member_lines` point into the note that was read. */
struct cs_charter {
    char name[CS_PROFILE_TEXT_MAX + 1];
    uint64_t version;
    struct cs_hash prev; /* of the text before; all zero in version 1, where the text says "-" */
    uint64_t issued, expires; /* seconds since 1970 */
    unsigned threshold;
    size_t coordinators;
    struct cs_charter_coordinator coordinator[CS_CHARTER_COORDINATORS_MAX];
    size_t terms, members;
    struct cs_span term_lines, member_lines;
    struct cs_hash text_hash; /* SHA-256 of the note's text */
};

/*
 * Appends the note's text (no signatures): everything up to the coordinators, then terms, then members in order of
 * their node IDs. `term_lines` and `member_lines` are not looked at.
 */
CS_API void cs_charter_begin(const struct cs_charter *charter, struct cs_buffer *out);
CS_API void cs_charter_add_term(struct cs_buffer *out, const char *term);
CS_API void cs_charter_add_member(struct cs_buffer *out, const struct cs_charter_member *member);

/*
 * Parses a charter and checks what can be checked of it alone: form, keys (cs_key_check), that coordinators are
 * members, and threshold signatures by its own coordinators (CS_NO_SIGNATURE if too few; a bad one by a
 * coordinator is CS_BAD_SIGNATURE whatever the others are). Another version line is CS_UNKNOWN_VERSION, a list
 * or text over its cap CS_TOO_LARGE, everything else CS_MALFORMED. Expiry is the caller's to judge, and whether
 * the coordinators' keys are theirs.
 */
CS_MUST_USE CS_API enum cs_status cs_charter_read(struct cs_span note, struct cs_charter *out);

/* The network's identity, from version 1 of its charter; CS_WRONG_CHAIN if it is another version. */
CS_MUST_USE CS_API enum cs_status cs_charter_id(const struct cs_charter *first,
                                                struct cs_charter_id *out);

/* CS_OK if `note` (read as `next`) follows `now`: version + 1, prev, not issued before it (CS_WRONG_CHAIN), and
 * now's threshold of now's coordinators (CS_NO_SIGNATURE, CS_BAD_SIGNATURE). CS_WRONG_HASH if `next` was not read
 * from `note`. */
CS_MUST_USE CS_API enum cs_status cs_charter_follows(const struct cs_charter *now,
                                                     struct cs_span note,
                                                     const struct cs_charter *next);

/* The verifier's key of a coordinator: "<node-id>/gov", type 0x01. `name` is what its name points into. */
CS_API void cs_charter_key(const struct cs_charter_coordinator *coordinator,
                           char name[CS_NOTE_NAME_MAX + 1], struct cs_note_key *out);
/* CS_OK if this coordinator signed the note, else as cs_note_verify. */
CS_MUST_USE CS_API enum cs_status
cs_charter_signed_by(struct cs_span note, const struct cs_charter_coordinator *coordinator);

/* Take the next term or member off what cs_charter_read gave; false at the end. */
CS_API bool cs_charter_next_term(struct cs_span *terms, struct cs_span *term);
CS_API bool cs_charter_next_member(struct cs_span *members, struct cs_charter_member *out);
/* The member that this node is; false if it is none. `out` may be NULL. */
CS_API bool cs_charter_find(const struct cs_charter *charter, const struct cs_node_id *node,
                            struct cs_charter_member *out);

#ifdef __cplusplus
}
#endif
#endif
