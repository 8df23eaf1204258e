/*
 * The node's private keys, behind one door. It signs statements of known types after checking that
 * they are well formed and this node's own; it never signs bytes as such. Today it works in this
 * process; its calls are small and of fixed form so that it can move into one of its own.
 */
#ifndef SUPPORT_SIGNER_H
#define SUPPORT_SIGNER_H

#include <commonshelf/checkpoint.h>
#include <commonshelf/keyset.h>
#include <commonshelf/profile.h>

#include "support/problem.h"

struct signer;

/* Makes the four keys (PKCS#8 PEM, mode 0600) and keyset 1 valid for a year in `directory`, which
 * must be empty. Files: root.key log.key auth.key witness.key keyset. The online keys of keyset N
 * are log-N.key and so on. */
CS_MUST_USE int signer_create(const char *directory, struct problem *why);
/* The same, but the root key is never written: its seed goes to `root`, for the caller to put elsewhere
 * and to wipe. */
CS_MUST_USE int signer_create_offline(const char *directory, unsigned char root[CS_KEY_SEED],
                                      struct problem *why);
/* Opens them, and destroys keys of keysets before the newest; "key_exposed" for files that others can read, "key_damaged" when a file can't be read as
 * a key or keys and keyset don't belong together. root.key may be missing: it can be kept elsewhere. */
CS_MUST_USE struct signer *signer_open(const char *directory, struct problem *why);
void signer_close(struct signer *signer);

/*
 * The next keyset: new log, auth and witness keys for a year, signed by the root. `root` is its
 * seed, or NULL for the one in keys/ ("root_missing" if there is none, "wrong_root" if it is none of
 * this node's). `retired` are logs that end (any number: as many keysets are made as they need).
 * Durable when it returns, and in force at once; the old private keys are destroyed. A crash leaves
 * the old keyset or the new one. What was signed by the old keys is the caller's to sign again.
 */
CS_MUST_USE int signer_rotate(struct signer *signer, const unsigned char *root,
                              const struct cs_retired *retired, size_t retires,
                              struct problem *why);
/*
 * New keys for a node that has none any more, or old ones: the keyset behind `chain`, which others kept,
 * as signer_rotate makes it. The directory is made if it is missing; what it holds of older keysets is
 * destroyed when it is next opened. The root key is not kept in it. "wrong_root" "clock_behind".
 */
CS_MUST_USE int signer_recover(const char *directory, struct cs_span chain,
                               const unsigned char root[CS_KEY_SEED], struct problem *why);
/* True if the root's private key is in keys/. */
bool signer_has_root(const struct signer *signer);
/* Its seed, for who must print it: wipe it afterwards. "root_missing". */
CS_MUST_USE int signer_root(struct signer *signer, unsigned char seed[CS_KEY_SEED],
                            struct problem *why);
/* Removes it from keys/: it is kept elsewhere from now on. Durable when it returns. */
CS_MUST_USE int signer_forget_root(struct signer *signer, struct problem *why);

/* What these return stays as it is until signer_close, also when another keyset takes over. */
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
    STATEMENT_SEEN, /* witness key; a note text: what this node cosigned for others */
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
/*
 * Cosigns another node's checkpoint, given as its text, by the witness key: appends the one signature line.
 * The caller has proved that it continues what was cosigned before and stores it before it shows it to
 * anyone; refused here all the same are own origins, a smaller size than was cosigned and another root for
 * the same size ("refused_to_sign"). Times as in signer_note. Thread-safe.
 */
CS_MUST_USE int signer_cosign(struct signer *signer, struct cs_span text, uint64_t time,
                              struct cs_buffer *out, struct problem *why);
/* What the signer must remember from earlier runs: called at start for every own checkpoint and every
 * cosigned one. If that fails for want of memory, no checkpoint is signed until the next start. */
void signer_remember(struct signer *signer, const struct cs_checkpoint *checkpoint);
/* The same for the newest own profile, as signed; -1 if it is not this node's. */
CS_MUST_USE int signer_remember_profile(struct signer *signer, struct cs_span note,
                                        struct problem *why);

/*
 * While it is not certain that this home has the newest of what it ever signed, no checkpoint and no
 * profile is signed: each is refused with this problem. NULL ends that. Thread-safe.
 */
void signer_hold(struct signer *signer, const struct problem *reason);
/* The code of that problem; NULL when nothing is held. Thread-safe. */
const char *signer_held(struct signer *signer);
/* Read what this node signed, under whichever of its keysets; *version says which. */
enum cs_status signer_read_profile(const struct signer *signer, struct cs_span note,
                                   struct cs_profile *out, uint64_t *version);
enum cs_status signer_read_checkpoint(const struct signer *signer, struct cs_span note,
                                      const char *origin, struct cs_checkpoint *out,
                                      uint64_t *version);

/* The auth key over a signature base of RFC 9421 of the frozen profile: starts with "@method" or
 * "@status" and ends with this node's own keyid and the tag. */
CS_MUST_USE int signer_http(struct signer *signer, struct cs_span base,
                            unsigned char signature[CS_SIGNATURE], struct problem *why);

#endif
