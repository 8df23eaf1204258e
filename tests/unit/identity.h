/*
 * The identity of the specification's worked examples, and signing as it: every key's seed is the
 * SHA-256 of "commonshelf test vector " and a name. Tests only.
 */
#ifndef TESTS_IDENTITY_H
#define TESTS_IDENTITY_H

#include "tests/unit/vectors.h"

#include <commonshelf/keyset.h>

/* The worked example: its genesis keyset note, its node ID and its first checkpoint. */
extern const char example_keyset_note[];
extern const char example_node[];
extern const char example_checkpoint[];

void seed_named(const char *name, unsigned char seed[CS_KEY_SEED]);
struct cs_public_key key_named(const char *name);

/* The example's keyset, filled in member by member (without text_hash). */
struct cs_keyset example_keyset(void);
struct cs_node_id example_node_id(void);

/* Appends a signature line by the key `key_name` under the signer's name `signer`. */
void sign_as(struct cs_buffer *note, struct cs_span text, const char *key_name, const char *signer,
             enum cs_note_type type, uint64_t time);

/* Writes text, empty line, and one Ed25519 signature. The buffer is emptied before. */
void signed_note(struct cs_buffer *note, struct cs_span text, const char *key_name,
                 const char *signer);

/* `text` with the first occurrence of `old` replaced; the test fails if there is none. */
void replaced(struct cs_buffer *out, const char *text, const char *old, const char *new);

#endif
