/*
 * What a mirror has seen: for each log it follows the newest checkpoint that it cosigned, and up to where it
 * has applied what the log says. A note signed by the mirror's witness key, for the publisher (a receipt) and
 * for everyone who compares. Doesn't say whether the checkpoints are right. Text form: SPEC.md, Witnesses.
 */
#ifndef COMMONSHELF_SEEN_H
#define COMMONSHELF_SEEN_H

#include <commonshelf/checkpoint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct cs_seen_log {
    char origin[CS_ORIGIN_MAX + 1];
    uint64_t size; /* of the newest checkpoint that the mirror cosigned */
    struct cs_hash root;
    uint64_t time; /* of that cosignature, seconds since 1970 */
    uint64_t applied; /* entries that it holds and follows: what they withdraw is hidden there */
};

/* Appends the note's text: its head, then a line for each log. Logs in order of time, then of origin. */
CS_API void cs_seen_begin(struct cs_buffer *out, const struct cs_node_id *node, uint64_t time);
CS_API void cs_seen_add(struct cs_buffer *out, const struct cs_seen_log *log);

/* The verifier's key: `node`'s witness key for a signature of type 0x01. `name` is what its name points into. */
CS_API void cs_seen_key(const struct cs_keyset *keyset, const struct cs_node_id *node,
                        char name[CS_NOTE_NAME_MAX + 1], struct cs_note_key *out);

/*
 * Parses and verifies: CS_TOO_LARGE over CS_SEEN_MAX bytes or CS_SEEN_LOGS_MAX logs, CS_WRONG_ORIGIN if it
 * is another node's, CS_NO_SIGNATURE, CS_BAD_SIGNATURE. `time` is the mirror's clock, `logs` the lines, for
 * cs_seen_next; it points into `note`. On failure both are unchanged.
 */
CS_MUST_USE CS_API enum cs_status cs_seen_read(struct cs_span note, const struct cs_node_id *node,
                                               const struct cs_keyset *keyset, uint64_t *time,
                                               struct cs_span *logs);
/* Takes the next log off what cs_seen_read gave; false at the end. */
CS_API bool cs_seen_next(struct cs_span *logs, struct cs_seen_log *out);

#ifdef __cplusplus
}
#endif
#endif
