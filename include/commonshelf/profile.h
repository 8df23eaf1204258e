/*
 * A node's public face: name, place, URL, TLS pins, how to reach it, and its public shelves, signed
 * by its log key. `version` never decreases. It holds nothing about people. SPEC.md §5.
 */
#ifndef COMMONSHELF_PROFILE_H
#define COMMONSHELF_PROFILE_H

#include <commonshelf/keyset.h>

#ifdef __cplusplus
extern "C" {
#endif

enum cs_reach { CS_REACH_DIRECT, CS_REACH_NONE };

struct cs_profile_shelf {
    char name[CS_SHELF_NAME_MAX + 1];
    uint64_t epoch;
};

struct cs_profile {
    struct cs_node_id node;
    uint64_t version;
    uint64_t issued, expires; /* seconds since 1970 */
    char name[CS_PROFILE_TEXT_MAX + 1];
    char place[CS_PROFILE_TEXT_MAX + 1]; /* may be empty */
    char lang[36]; /* BCP 47, of name and place; may be empty */
    char url[CS_URL_MAX + 1]; /* https://HOST[:PORT], no path; empty when reach is none */
    enum cs_reach reach;
    size_t vias;
    struct cs_node_id via[CS_PROFILE_VIAS_MAX];
    size_t pins;
    struct cs_hash pin[CS_PROFILE_PINS_MAX]; /* SHA-256 of a SubjectPublicKeyInfo (RFC 7469 §2.4) */
    size_t shelves;
    struct cs_profile_shelf shelf[CS_PROFILE_SHELVES_MAX];
};

/*
 * Appends the note's text (no signature). CS_MALFORMED, and nothing appended, for what
 * cs_profile_read would not take: text with control characters, a URL that is no plain https
 * origin, a node that is reached directly without URL or pin or one that isn't and has a URL, a
 * via, pin or shelf twice.
 */
CS_MUST_USE CS_API enum cs_status cs_profile_write(const struct cs_profile *profile,
                                                   struct cs_buffer *out);

/* Parses and verifies against the node's current keyset: signer "<node-id>/log", `node` line equal
 * to `node`. Expiry is the caller's to judge. Lines stand in any order behind the first; unknown
 * "word value" lines are ignored (later versions add some). CS_TOO_LARGE for a list or text over
 * its cap. */
CS_MUST_USE CS_API enum cs_status cs_profile_read(struct cs_span note,
                                                  const struct cs_node_id *node,
                                                  const struct cs_keyset *keyset,
                                                  struct cs_profile *out);

/* True for "https://HOST[:PORT]": HOST a name in lower case (international ones as xn--) or a
 * literal address in its one canonical spelling, so nothing that only some software takes for an
 * address; no user, path, query, fragment, no trailing dot. */
CS_API bool cs_url_is_origin(struct cs_span url);
/* True for a shelf's name: [a-z0-9][a-z0-9-]*, at most CS_SHELF_NAME_MAX bytes. */
CS_API bool cs_shelf_name_valid(struct cs_span name);

#ifdef __cplusplus
}
#endif
#endif
