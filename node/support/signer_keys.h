/*
 * The key files of a node and what is done with the private keys themselves. Included by the
 * signer only.
 */
#ifndef SUPPORT_SIGNER_KEYS_H
#define SUPPORT_SIGNER_KEYS_H

#include <commonshelf/keyset.h>
#include <openssl/evp.h>

#include "support/problem.h"

struct signer_keys {
    EVP_PKEY *role[CS_ROLES]; /* the root may be NULL: kept elsewhere */
};

/* New keys, in memory only; a root only if there is none in `keys` yet and `root` says so. */
CS_MUST_USE int signer_keys_make(struct signer_keys *keys, bool root, struct problem *why);
/* The seed of a key. Wipe it. */
CS_MUST_USE int signer_keys_seed(const EVP_PKEY *key, unsigned char seed[CS_KEY_SEED],
                                 struct problem *why);
/* The key of a seed. */
CS_MUST_USE EVP_PKEY *signer_keys_from_seed(const unsigned char seed[CS_KEY_SEED],
                                            struct problem *why);
/* One PKCS#8 PEM file for each key there is: the root's must not exist yet, the others are those of
 * the keyset `version` and replace what an attempt that was cut off may have left. */
CS_MUST_USE int signer_keys_write(const struct signer_keys *keys, const char *directory,
                                  uint64_t version, struct problem *why);
/* The online keys of keyset `version`, and the root if it is there. */
CS_MUST_USE int signer_keys_read(struct signer_keys *keys, const char *directory, uint64_t version,
                                 struct problem *why);
/* Removes the online keys of a version. Missing ones are fine. */
CS_MUST_USE int signer_keys_remove(const char *directory, uint64_t version, struct problem *why);
/* OpenSSL wipes the private halves as it frees them. */
void signer_keys_free(struct signer_keys *keys);
/* "root.key"; "log.key" for version 1, "log-2.key" for version 2, and so on. */
#define SIGNER_KEY_FILE 40
void signer_keys_file(enum cs_role role, uint64_t version, char out[SIGNER_KEY_FILE]);

CS_MUST_USE int signer_keys_public(const EVP_PKEY *key, struct cs_public_key *out,
                                   struct problem *why);
CS_MUST_USE int signer_keys_sign(EVP_PKEY *key, struct cs_span message,
                                 unsigned char signature[CS_SIGNATURE], struct problem *why);

#endif
