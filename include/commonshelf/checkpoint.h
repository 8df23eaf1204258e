/*
 * Signed checkpoints: a log's origin, size and root, signed by its log key and carrying the own
 * witness's timestamped cosignature. Source: c2sp.org/tlog-checkpoint, c2sp.org/tlog-cosignature.
 */
#ifndef COMMONSHELF_CHECKPOINT_H
#define COMMONSHELF_CHECKPOINT_H

#include <commonshelf/keyset.h>
#include <commonshelf/merkle.h>

#ifdef __cplusplus
extern "C" {
#endif

struct cs_checkpoint {
    char origin[CS_ORIGIN_MAX + 1];
    uint64_t size;
    struct cs_hash root;
    uint64_t time; /* of the own cosignature, seconds since 1970; 0 when it was not verified */
};

/* "<node-id>/<shelf>/<epoch>". Reading takes this form only, epochs from 1 to CS_VERSION_MAX;
 * CS_MALFORMED otherwise. */
CS_API void cs_origin_write(const struct cs_node_id *node, const char *shelf, uint64_t epoch,
                            char out[CS_ORIGIN_MAX + 1]);
CS_MUST_USE CS_API enum cs_status cs_origin_read(struct cs_span origin, struct cs_node_id *node,
                                                 char shelf[CS_SHELF_NAME_MAX + 1],
                                                 uint64_t *epoch);
/* The directory name of a log: hex SHA-256 of the origin, NUL-terminated. */
CS_API void cs_origin_directory(const char *origin, char out[65]);

/* Appends the text: origin LF size LF base64(root) LF. */
CS_API void cs_checkpoint_write(const struct cs_checkpoint *checkpoint, struct cs_buffer *out);
/* Parses the three lines; extension lines, other origins than cs_origin_read takes and sizes over
 * CS_LOG_SIZE_MAX are CS_MALFORMED, a size of 0 with another root than the empty tree's is
 * CS_WRONG_HASH. No signature is looked at. */
CS_MUST_USE CS_API enum cs_status cs_checkpoint_parse(struct cs_span note,
                                                      struct cs_checkpoint *out);
/* Whether `node` is among the witnesses of a checkpoint's note, and at what time by its clock: verified by the
 * witness key of its keyset, whatever the checkpoint says and whoever else signed. `time` may be NULL. */
CS_MUST_USE CS_API enum cs_status cs_checkpoint_cosigned(struct cs_span note,
                                                         const struct cs_node_id *node,
                                                         const struct cs_keyset *keyset,
                                                         uint64_t *time);
/* Parses and verifies: exactly this origin (CS_WRONG_ORIGIN), the log key's signature, the own
 * witness's cosignature. On failure `out` is unchanged. Its time is the caller's to judge. */
CS_MUST_USE CS_API enum cs_status cs_checkpoint_read(struct cs_span note, const char *origin,
                                                     const struct cs_node_id *node,
                                                     const struct cs_keyset *keyset,
                                                     struct cs_checkpoint *out);

#ifdef __cplusplus
}
#endif
#endif
