/*
 * The node's private keys, behind one door. It signs statements of known types after checking that
 * they are well formed and this node's own; it never signs bytes as such. Today it works in this
 * process; its calls are small and of fixed form so that it can move into one of its own.
 */
#ifndef SUPPORT_SIGNER_H
#define SUPPORT_SIGNER_H

#include <commonshelf/checkpoint.h>
#include <commonshelf/keyset.h>

#include "support/problem.h"

struct signer;

/* Makes the four keys (PKCS#8 PEM, mode 0600) and keyset 1 valid for a year in `directory`, which
 * must be empty. Files: root.key log.key auth.key witness.key keyset. */
CS_MUST_USE int signer_create(const char *directory, struct problem *why);
/* Opens them; "key_exposed" for files that others can read, "key_damaged" when a file can't be read as
 * a key or keys and keyset don't belong together. root.key may be missing: it can be kept elsewhere. */
CS_MUST_USE struct signer *signer_open(const char *directory, struct problem *why);
void signer_close(struct signer *signer);

const struct cs_node_id *signer_node(const struct signer *signer);
const struct cs_keyset *signer_keyset(const struct signer *signer);
/* The newest keyset note; and the whole chain from the genesis, one note behind the other. */
struct cs_span signer_keyset_note(const struct signer *signer);
struct cs_span signer_keyset_chain(const struct signer *signer);

/* Two threads read the clock and then meet at the signer: the later one gets the newer time. */
#define SIGNER_SLACK 5

enum statement {
    STATEMENT_PROFILE, /* log key; a note text; signs a version only once */
    STATEMENT_CHECKPOINT, /* log key, and the witness's cosignature with the time */
    STATEMENT_HELLO, /* auth key; a note text */
};

/*
 * Appends the complete signed note for `text` to `out`. Refused with code "refused_to_sign" when the
 * text is not a well-formed statement of that type by this node, when a checkpoint is smaller than
 * one signed before for its origin, has another root at the same size, or is a profile whose version
 * was signed with another text; with "clock_behind" when `time` lies more than SIGNER_SLACK seconds
 * before the last signature's. `out` is then as it was. Thread-safe.
 */
CS_MUST_USE int signer_note(struct signer *signer, enum statement type, struct cs_span text,
                            uint64_t time, struct cs_buffer *out, struct problem *why);
/* What the signer must remember from earlier runs: called for every own checkpoint at start. If that
 * fails for want of memory, no checkpoint is signed until the next start. */
void signer_remember(struct signer *signer, const struct cs_checkpoint *checkpoint);
/* The same for the newest own profile, as signed; -1 if it is not this node's. */
CS_MUST_USE int signer_remember_profile(struct signer *signer, struct cs_span note,
                                        struct problem *why);

/*
 * While it is not certain that this home has the newest of what it ever signed, no checkpoint and no
 * profile is signed: each is refused with this problem. NULL ends that. Thread-safe.
 */
void signer_hold(struct signer *signer, const struct problem *reason);

/* The auth key over a signature base of RFC 9421 of the frozen profile: starts with "@method" or
 * "@status" and ends with this node's own keyid and the tag. */
CS_MUST_USE int signer_http(struct signer *signer, struct cs_span base,
                            unsigned char signature[CS_SIGNATURE], struct problem *why);

#endif
