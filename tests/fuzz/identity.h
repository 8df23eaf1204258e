/*
 * A node of known keys for fuzz targets. No fuzzer guesses a signature: inputs that should reach
 * the parsers behind the verification are signed here first.
 */
#ifndef TESTS_FUZZ_IDENTITY_H
#define TESTS_FUZZ_IDENTITY_H

#include "tests/fuzz/fuzz.h"

#include <commonshelf/keyset.h>

/* Seeds whose bytes all have the same value. */
enum { FUZZ_ROOT = 1, FUZZ_LOG, FUZZ_AUTH, FUZZ_WITNESS };

#define FUZZ_NODE "cs1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq"

static inline struct cs_public_key fuzz_key(int number)
{
    unsigned char seed[CS_KEY_SEED];
    struct cs_public_key key;

    memset(seed, number, sizeof(seed));
    must(cs_key_public(seed, &key) == CS_OK);
    return key;
}

static inline struct cs_keyset fuzz_keyset(void)
{
    struct cs_keyset keyset = {
        .version = 1, .issued = 1790000000, .expires = 1821536000, .threshold = 1, .roots = 1};

    keyset.root[0] = fuzz_key(FUZZ_ROOT);
    keyset.log = fuzz_key(FUZZ_LOG);
    keyset.auth = fuzz_key(FUZZ_AUTH);
    keyset.witness = fuzz_key(FUZZ_WITNESS);
    return keyset;
}

/* The text as a note with one good signature; the caller frees `note`. */
static inline void fuzz_sign(struct cs_span text, int number, const char *signer,
                             struct cs_buffer *note)
{
    struct cs_note_key key = {cs_span_of(signer), CS_NOTE_ED25519, fuzz_key(number)};
    unsigned char seed[CS_KEY_SEED], signature[CS_SIGNATURE];

    memset(seed, number, sizeof(seed));
    must(cs_key_sign(seed, text, signature) == CS_OK);
    cs_note_begin(note, text);
    cs_note_add_signature(note, &key, 0, signature);
    must(!note->failed);
}

#endif
