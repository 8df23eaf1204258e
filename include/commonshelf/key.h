/*
 * Ed25519 keys (RFC 8032) and SHA-256, the only signature and hash of protocol version 1. Signing
 * happens elsewhere, behind one door of the node; here are verification and, for tools and tests,
 * signing with a seed that the caller holds.
 */
#ifndef COMMONSHELF_KEY_H
#define COMMONSHELF_KEY_H

#include <commonshelf/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CS_KEY_PUBLIC 32
#define CS_KEY_SEED 32
#define CS_SIGNATURE 64
#define CS_HASH 32

struct cs_public_key {
    unsigned char b[CS_KEY_PUBLIC];
};

struct cs_hash {
    unsigned char b[CS_HASH];
};

/*
 * Refuses with CS_BAD_KEY what no honest signer makes: a y that is not reduced modulo 2^255-19, and
 * the eight points of small order. Every public key from outside passes here before it is used
 * (OpenSSL verifies with low-order keys).
 */
CS_MUST_USE CS_API enum cs_status cs_key_check(const struct cs_public_key *key);

/* CS_OK only if the signature is good; CS_BAD_SIGNATURE, CS_BAD_KEY (cs_key_check is part of it)
 * or CS_INTERNAL otherwise. S must be below the group order. */
CS_MUST_USE CS_API enum cs_status cs_key_verify(const struct cs_public_key *key,
                                                struct cs_span message,
                                                const unsigned char signature[CS_SIGNATURE]);

CS_MUST_USE CS_API enum cs_status cs_key_public(const unsigned char seed[CS_KEY_SEED],
                                                struct cs_public_key *out);
CS_MUST_USE CS_API enum cs_status cs_key_sign(const unsigned char seed[CS_KEY_SEED],
                                              struct cs_span message,
                                              unsigned char signature[CS_SIGNATURE]);

/*
 * SHA-256 (FIPS 180-4) of one run of bytes, or of several one behind the other. Ends the process if
 * OpenSSL has no memory for its context: a hash that was not computed must never pass for one.
 * `out` may overlap what is hashed.
 */
CS_API void cs_sha256(struct cs_span bytes, struct cs_hash *out);
CS_API void cs_sha256_many(const struct cs_span *parts, size_t count, struct cs_hash *out);
CS_MUST_USE CS_API enum cs_status cs_hmac_sha256(struct cs_span key, struct cs_span message,
                                                 struct cs_hash *out);
/* Compares in constant time. */
CS_API bool cs_equal_secret(const void *a, const void *b, size_t n);

#ifdef __cplusplus
}
#endif
#endif
