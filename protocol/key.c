/*
 * Ed25519 verification and signing, and SHA-256, by OpenSSL. What OpenSSL lets through and a
 * catalogue must not rest on (keys of small order, unreduced keys) is refused here before it.
 */
#include <commonshelf/key.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdlib.h>

/* y of the points whose order divides 8, little-endian, without the bit for the sign of x: 0, 1,
 * -1 and the two of order 8. With either sign they are the eight points. */
static const unsigned char small_order[][CS_KEY_PUBLIC] = {
    {0},
    {1},
    {0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
    {0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4,
     0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6,
     0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05},
    {0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b,
     0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39,
     0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a},
};

/* 2^255 - 19 and the order of the group, little-endian (RFC 8032 §5.1). */
static const unsigned char field_prime[32] = {
    0xed, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f};
static const unsigned char group_order[32] = {
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10};

/* a < b for little-endian numbers. */
static bool below(const unsigned char a[32], const unsigned char b[32])
{
    for (size_t i = 32; i-- > 0;) {
        if (a[i] != b[i])
            return a[i] < b[i];
    }
    return false;
}

enum cs_status cs_key_check(const struct cs_public_key *key)
{
    unsigned char y[CS_KEY_PUBLIC];

    memcpy(y, key->b, sizeof(y));
    y[31] &= 0x7f;
    if (!below(y, field_prime))
        return CS_BAD_KEY;
    for (size_t i = 0; i < sizeof(small_order) / sizeof(small_order[0]); i++) {
        if (memcmp(y, small_order[i], sizeof(y)) == 0)
            return CS_BAD_KEY;
    }
    return CS_OK;
}

/*
 * OpenSSL leaves the reasons of a failure in a queue of the thread, where libssl would take them
 * for failures of a connection. So every function here removes what it caused.
 */
static enum cs_status verify(const struct cs_public_key *key, struct cs_span message,
                             const unsigned char *signature)
{
    enum cs_status status = CS_INTERNAL;
    EVP_MD_CTX *ctx = NULL;
    EVP_PKEY *pkey;
    int good;

    pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key->b, sizeof(key->b));
    if (!pkey)
        goto out;
    ctx = EVP_MD_CTX_new();
    if (!ctx || EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, pkey) != 1)
        goto out;
    good = EVP_DigestVerify(ctx, signature, CS_SIGNATURE, message.p, message.n);
    /* 1 alone is success; a negative number is a failure of the library. */
    if (good == 1)
        status = CS_OK;
    else if (good == 0)
        status = CS_BAD_SIGNATURE;
out:
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(pkey);
    return status;
}

enum cs_status cs_key_verify(const struct cs_public_key *key, struct cs_span message,
                             const unsigned char signature[CS_SIGNATURE])
{
    enum cs_status status = cs_key_check(key);

    if (status)
        return status;
    if (!below(signature + 32, group_order))
        return CS_BAD_SIGNATURE;
    ERR_set_mark();
    status = verify(key, message, signature);
    ERR_pop_to_mark();
    return status;
}

enum cs_status cs_key_public(const unsigned char seed[CS_KEY_SEED], struct cs_public_key *out)
{
    enum cs_status status = CS_INTERNAL;
    size_t n = sizeof(out->b);
    EVP_PKEY *pkey;

    ERR_set_mark();
    pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, CS_KEY_SEED);
    if (pkey && EVP_PKEY_get_raw_public_key(pkey, out->b, &n) == 1 && n == sizeof(out->b))
        status = CS_OK;
    EVP_PKEY_free(pkey);
    ERR_pop_to_mark();
    return status;
}

enum cs_status cs_key_sign(const unsigned char seed[CS_KEY_SEED], struct cs_span message,
                           unsigned char signature[CS_SIGNATURE])
{
    enum cs_status status = CS_INTERNAL;
    size_t n = CS_SIGNATURE;
    EVP_MD_CTX *ctx = NULL;
    EVP_PKEY *pkey;

    ERR_set_mark();
    pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, CS_KEY_SEED);
    if (!pkey)
        goto out;
    ctx = EVP_MD_CTX_new();
    if (ctx && EVP_DigestSignInit(ctx, NULL, NULL, NULL, pkey) == 1 &&
        EVP_DigestSign(ctx, signature, &n, message.p, message.n) == 1 && n == CS_SIGNATURE)
        status = CS_OK;
out:
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(pkey);
    ERR_pop_to_mark();
    return status;
}

/*
 * The library's only state: OpenSSL's SHA-256, looked up once for the process and never changed or
 * freed. Looking it up at each use costs as much as hashing 500 bytes, and takes a lock.
 */
static CRYPTO_ONCE sha256_once = CRYPTO_ONCE_STATIC_INIT;
static const EVP_MD *sha256;

static void sha256_find(void)
{
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
}

/*
 * A hash that could not be computed must never pass for one, and nobody could go on without: only a
 * lack of memory for OpenSSL's context of a few hundred bytes leads here.
 */
static void require(bool ok)
{
    if (!ok)
        abort();
}

void cs_sha256_many(const struct cs_span *parts, size_t count, struct cs_hash *out)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();

    require(ctx && CRYPTO_THREAD_run_once(&sha256_once, sha256_find) == 1 && sha256);
    require(EVP_DigestInit_ex(ctx, sha256, NULL) == 1);
    for (size_t i = 0; i < count; i++)
        require(parts[i].n == 0 || EVP_DigestUpdate(ctx, parts[i].p, parts[i].n) == 1);
    require(EVP_DigestFinal_ex(ctx, out->b, NULL) == 1);
    EVP_MD_CTX_free(ctx);
}

void cs_sha256(struct cs_span bytes, struct cs_hash *out)
{
    cs_sha256_many(&bytes, 1, out);
}

enum cs_status cs_hmac_sha256(struct cs_span key, struct cs_span message, struct cs_hash *out)
{
    static const unsigned char nothing[1] = {0};
    size_t n = 0;
    bool done;

    ERR_set_mark();
    done = EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, key.n > 0 ? key.p : nothing, key.n,
                     message.n > 0 ? message.p : nothing, message.n, out->b, sizeof(out->b), &n);
    ERR_pop_to_mark();
    return done && n == sizeof(out->b) ? CS_OK : CS_INTERNAL;
}

bool cs_equal_secret(const void *a, const void *b, size_t n)
{
    return CRYPTO_memcmp(a, b, n) == 0;
}
