/*
 * The shelves of a node that one reader may read: the answer to its signed request. Not a note: the answer's
 * own signature covers it, and it is for nobody else. Text form: SPEC.md, Restricted shelves.
 */
#ifndef COMMONSHELF_SHELVES_H
#define COMMONSHELF_SHELVES_H

#include <commonshelf/charter.h>
#include <commonshelf/profile.h>

#ifdef __cplusplus
extern "C" {
#endif

enum cs_shelf_audience {
    CS_SHELF_PUBLIC,
    CS_SHELF_NODES, /* this reader and perhaps others, by name */
    CS_SHELF_CHARTER, /* the members of a network */
};

struct cs_shelf {
    char path[CS_SHELF_NAME_MAX +
              1]; /* the name that its log has: that of a restricted one tells nothing */
    uint64_t epoch;
    char name[CS_SHELF_NAME_MAX + 1]; /* for people; a public one's path */
    enum cs_shelf_audience audience;
    struct cs_charter_id charter; /* of CS_SHELF_CHARTER, else empty */
};

#define CS_SHELVES_MAX 32768 /* bytes: CS_PROFILE_SHELVES_MAX lines, each as long as can be */

/* Appends the head, then a line for each shelf, in order of their paths. */
CS_API void cs_shelves_begin(struct cs_buffer *out, const struct cs_node_id *node);
CS_API void cs_shelves_add(struct cs_buffer *out, const struct cs_shelf *shelf);

/*
 * Checks the whole text: CS_TOO_LARGE over CS_SHELVES_MAX bytes or CS_PROFILE_SHELVES_MAX shelves,
 * CS_WRONG_ORIGIN if it is another node's, CS_UNKNOWN_VERSION, CS_MALFORMED. `lines` points into it, for
 * cs_shelves_next; on failure it is unchanged.
 */
CS_MUST_USE CS_API enum cs_status
cs_shelves_read(struct cs_span text, const struct cs_node_id *node, struct cs_span *lines);
/* Takes the next shelf off what cs_shelves_read gave; false at the end. */
CS_API bool cs_shelves_next(struct cs_span *lines, struct cs_shelf *out);

#ifdef __cplusplus
}
#endif
#endif
