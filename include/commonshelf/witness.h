/*
 * Asking a witness to cosign: the body of POST add-checkpoint. It says from which size on the checkpoint
 * continues what the witness cosigned last, and proves it. Source: c2sp.org/tlog-witness.
 */
#ifndef COMMONSHELF_WITNESS_H
#define COMMONSHELF_WITNESS_H

#include <commonshelf/checkpoint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CS_WITNESS_BODY_MAX 16384 /* 63 lines of 45 bytes, a checkpoint, and the old size */

struct cs_add_checkpoint {
    uint64_t old_size;
    size_t n;
    struct cs_hash proof[CS_PROOF_MAX];
    struct cs_span note; /* the checkpoint, as it came: its signatures are the caller's to verify */
    struct cs_checkpoint checkpoint; /* time 0 */
};

/* CS_TOO_LARGE for a 64th hash or a body over CS_WITNESS_BODY_MAX, CS_MALFORMED, or what
 * cs_checkpoint_parse says of the note. `out` points into `body`. */
CS_MUST_USE CS_API enum cs_status cs_add_checkpoint_read(struct cs_span body,
                                                         struct cs_add_checkpoint *out);
CS_API void cs_add_checkpoint_write(uint64_t old_size, const struct cs_hash *proof, size_t n,
                                    struct cs_span note, struct cs_buffer *out);

#ifdef __cplusplus
}
#endif
#endif
