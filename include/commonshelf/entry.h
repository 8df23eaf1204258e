/*
 * Log entries and the bundles they travel in. An entry is 0x01 | op | salt[16] | payload; the salt
 * keeps a redacted entry from being guessed from its hash. What a payload says is record.h's.
 * Bundle format: c2sp.org/tlog-tiles, with one addition: a length of 0 is followed by the 32-byte
 * leaf hash of a redacted entry.
 */
#ifndef COMMONSHELF_ENTRY_H
#define COMMONSHELF_ENTRY_H

#include <commonshelf/checkpoint.h>
#include <commonshelf/limits.h>
#include <commonshelf/merkle.h>

#ifdef __cplusplus
extern "C" {
#endif

enum cs_op {
    CS_OP_EPOCH = 'E', /* leaf 0: which epoch this is and what it follows */
    CS_OP_PUT = 'P', /* a record, whole */
    CS_OP_WITHDRAW = 'D', /* {"id","rev"}: hide it */
    CS_OP_REDACT = 'R', /* {"epoch","index"}: serve only that leaf's hash */
};

#define CS_SALT 16

struct cs_entry {
    enum cs_op op;
    const unsigned char *salt; /* CS_SALT bytes, inside the entry */
    struct cs_span payload;
};

/* Appends an entry's bytes. CS_TOO_LARGE over CS_ENTRY_MAX. */
CS_MUST_USE CS_API enum cs_status cs_entry_write(enum cs_op op, const unsigned char salt[CS_SALT],
                                                 struct cs_span payload, struct cs_buffer *out);
/* Spans point into `bytes`. CS_UNKNOWN_VERSION, CS_TOO_LARGE, CS_MALFORMED for a short or unknown
 * one. The payload is not looked at. */
CS_MUST_USE CS_API enum cs_status cs_entry_read(struct cs_span bytes, struct cs_entry *out);

/* What an epoch follows: the log as it was signed last, and how many of its entries live on in this
 * one (compaction.h). */
struct cs_epoch_prev {
    char origin[CS_ORIGIN_MAX + 1];
    uint64_t size;
    struct cs_hash root;
    uint64_t count;
};
/* The payload of leaf 0: {"epoch":1,"prev":null}, and for later epochs
 * {"epoch":N,"prev":{"origin","size","root","count"}}. `prev` is NULL for epoch 1 and only then;
 * CS_MALFORMED otherwise. */
CS_MUST_USE CS_API enum cs_status cs_epoch_write(uint64_t epoch, const struct cs_epoch_prev *prev,
                                                 struct cs_buffer *payload);
/*
 * Reads leaf 0's payload; CS_MALFORMED if it isn't for `epoch`, or follows anything but a log of the
 * epoch before it (whose, and which shelf's, is the caller's to compare). `prev` may be NULL; of epoch
 * 1 it becomes empty.
 */
CS_MUST_USE CS_API enum cs_status cs_epoch_read(struct cs_span payload, uint64_t epoch,
                                                struct cs_epoch_prev *prev);

/* The payload of an R entry: {"epoch":N,"index":I}. */
CS_MUST_USE CS_API enum cs_status cs_redaction_write(uint64_t epoch, uint64_t index,
                                                     struct cs_buffer *payload);
/*
 * Reads the payload of the R entry that stands at `at` in the log of `epoch`. CS_MALFORMED unless it
 * names an entry of that epoch which stands before it and is not the E at 0: what counts is decided
 * by the payload and its place alone, so that every reader decides alike.
 */
CS_MUST_USE CS_API enum cs_status cs_redaction_read(struct cs_span payload, uint64_t epoch,
                                                    uint64_t at, uint64_t *index);

/* Appends an entry to a raw (not yet compressed) bundle, whether it can be read or not: a log keeps what its
 * publisher signed. CS_TOO_LARGE, or CS_MALFORMED for an empty one. */
CS_MUST_USE CS_API enum cs_status cs_bundle_add(struct cs_buffer *raw, struct cs_span entry);
CS_API void cs_bundle_add_redacted(struct cs_buffer *raw, const struct cs_hash *leaf);

/* What stands at one place of a bundle. */
struct cs_bundle_item {
    struct cs_span entry; /* empty when redacted */
    struct cs_hash leaf;
};

/*
 * Takes the next item off the front of `rest`, and computes its leaf hash. CS_MALFORMED when the
 * lengths do not fit, CS_TOO_LARGE over CS_ENTRY_MAX; `rest` then stays. The loop ends when rest->n
 * is 0. The entry is not looked into: cs_entry_read does.
 */
CS_MUST_USE CS_API enum cs_status cs_bundle_next(struct cs_span *rest, struct cs_bundle_item *item);
/* The same without the hash, for bundles that were verified. Empty: a redacted entry. */
CS_MUST_USE CS_API enum cs_status cs_bundle_next_entry(struct cs_span *rest, struct cs_span *entry);

#ifdef __cplusplus
}
#endif
#endif
