/*
 * C2SP signed notes: text, an empty line, signature lines "— NAME BASE64(key ID ‖ signature)".
 * Parses, verifies and writes them. It doesn't know what a note says, nor whose key to trust: the
 * caller names the keys. Source: c2sp.org/signed-note, c2sp.org/tlog-cosignature.
 */
#ifndef COMMONSHELF_NOTE_H
#define COMMONSHELF_NOTE_H

#include <commonshelf/base.h>
#include <commonshelf/key.h>
#include <commonshelf/limits.h>

#ifdef __cplusplus
extern "C" {
#endif

enum cs_note_type {
    CS_NOTE_ED25519 = 0x01, /* a signature over the note's text */
    CS_NOTE_COSIGNATURE = 0x04, /* over "cosignature/v1\ntime T\n" and the text, with a time */
};

struct cs_note_signature {
    struct cs_span name;
    unsigned char key_id[4];
    struct cs_span bytes; /* what follows the key ID, decoded; empty when longer than any type */
};

/*
 * A parsed note. Its spans point into the bytes that were parsed, which must outlive it, and into
 * its own `store`: it is not copied by assignment.
 */
struct cs_note {
    struct cs_span text; /* with its final LF: exactly what is signed */
    size_t signatures;
    struct cs_note_signature signature[CS_NOTE_SIGNATURES_MAX];
    unsigned char store[CS_NOTE_SIGNATURES_MAX][80];
};

/* A key as a verifier knows it. */
struct cs_note_key {
    struct cs_span name;
    enum cs_note_type type;
    struct cs_public_key key;
};

/*
 * CS_TOO_LARGE over `max` bytes; CS_NOT_UTF8 for invalid UTF-8 and control characters other than LF
 * (below U+0020 as C2SP says, and DEL and U+0080 to U+009F); CS_MALFORMED for everything else the
 * specification does not allow, a 17th signature included. Signatures of unknown type or length are
 * listed when they are base64 of at least five bytes. Of one longer than any type here only name
 * and key ID are kept: under the name and key ID of a known key it is a bad signature, otherwise it
 * is nothing.
 */
CS_MUST_USE CS_API enum cs_status cs_note_parse(struct cs_span bytes, size_t max,
                                                struct cs_note *out);

/* The first four bytes of SHA-256(name ‖ LF ‖ type ‖ public key). A hint, never an identity. */
CS_API void cs_note_key_id(const struct cs_note_key *key, unsigned char out[4]);

/*
 * CS_OK if the note has a good signature by exactly this key; CS_NO_SIGNATURE if none names it;
 * CS_BAD_SIGNATURE if one names it and does not verify, even beside a good one. `time` (may be
 * NULL) receives a cosignature's time in seconds since 1970, the newest if there are several; 0 for
 * type 0x01 and unless CS_OK. A time over CS_TIME_MAX is a bad signature. CS_BAD_KEY and
 * CS_INTERNAL as in cs_key_verify.
 */
CS_MUST_USE CS_API enum cs_status cs_note_verify(const struct cs_note *note,
                                                 const struct cs_note_key *key, uint64_t *time);

/* What a signer signs for a key of this type: the text itself, or the cosignature's message. */
CS_API void cs_note_message(enum cs_note_type type, struct cs_span text, uint64_t time,
                            struct cs_buffer *out);

/* Appends one signature line for a signature that was made over cs_note_message. The caller has
 * appended the text and, before the first line, the empty line (cs_note_begin). */
CS_API void cs_note_begin(struct cs_buffer *out, struct cs_span text);
CS_API void cs_note_add_signature(struct cs_buffer *out, const struct cs_note_key *key,
                                  uint64_t time, const unsigned char signature[CS_SIGNATURE]);

/*
 * Appends `note` with one more signature line, which ends with LF: a line of the same name and key ID goes,
 * and of a note that is full its last one. CS_MALFORMED if either is not what it should be.
 */
CS_MUST_USE CS_API enum cs_status cs_note_put_line(struct cs_span note, size_t max,
                                                   struct cs_span line, struct cs_buffer *out);

/* True for a signer's name: not empty, no white space, no '+', valid UTF-8, at most
 * CS_NOTE_NAME_MAX bytes. */
CS_API bool cs_note_name_valid(struct cs_span name);

/*
 * Reads a note's text line by line: each line without its LF. Returns false at the end. `rest`
 * starts as the text.
 */
CS_API bool cs_note_line(struct cs_span *rest, struct cs_span *line);
/* Splits "word value" at the first space; false if there is none or a side is empty. */
CS_API bool cs_note_field(struct cs_span line, struct cs_span *word, struct cs_span *value);

#ifdef __cplusplus
}
#endif
#endif
