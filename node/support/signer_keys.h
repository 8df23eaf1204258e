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

/* New keys, in memory only. */
CS_MUST_USE int signer_keys_make(struct signer_keys *keys, struct problem *why);
/* One PKCS#8 PEM file for each, none of which may exist. */
CS_MUST_USE int signer_keys_write(const struct signer_keys *keys, const char *directory,
                                  struct problem *why);
CS_MUST_USE int signer_keys_read(struct signer_keys *keys, const char *directory,
                                 struct problem *why);
/* OpenSSL wipes the private halves as it frees them. */
void signer_keys_free(struct signer_keys *keys);
/* "root.key" and so on. */
const char *signer_keys_file(enum cs_role role);

CS_MUST_USE int signer_keys_public(const EVP_PKEY *key, struct cs_public_key *out,
                                   struct problem *why);
CS_MUST_USE int signer_keys_sign(EVP_PKEY *key, struct cs_span message,
                                 unsigned char signature[CS_SIGNATURE], struct problem *why);

#endif
