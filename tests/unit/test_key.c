/*
 * Ed25519 and SHA-256: the RFCs' examples, Wycheproof's vectors, and the keys and signatures that
 * OpenSSL alone would let through.
 */
#include "tests/unit/vectors.h"

#include <commonshelf/encode.h>
#include <commonshelf/key.h>

#include <jansson.h>
#include <openssl/err.h>
#include <openssl/evp.h>

static void from_hex(const char *text, void *out, size_t n)
{
    assert_int_equal(cs_hex_read(cs_span_of(text), out, n), CS_OK);
}

/* RFC 8032 §7.1, tests 1 to 3 */
static void rfc_8032_examples(void **state)
{
    static const struct {
        const char *seed, *key, *message, *signature;
    } rows[] = {
        {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
         "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
         "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701"
         "cf9"
         "b46bd25bf5f0595bbe24655141438e7a100b"},
        {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
         "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
         "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d"
         "0f1"
         "1d8c387b2eaeb4302aeeb00d291612bb0c00"},
        {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
         "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
         "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f7609"
         "84d"
         "c6594a7c15e9716ed28dc027beceea1ec40a"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        unsigned char seed[CS_KEY_SEED], message[4], expected[CS_SIGNATURE], made[CS_SIGNATURE];
        struct cs_span span = {message, strlen(rows[i].message) / 2};
        struct cs_public_key key, made_key;

        from_hex(rows[i].seed, seed, sizeof(seed));
        from_hex(rows[i].key, key.b, sizeof(key.b));
        from_hex(rows[i].message, message, span.n);
        from_hex(rows[i].signature, expected, sizeof(expected));
        assert_int_equal(cs_key_public(seed, &made_key), CS_OK);
        assert_memory_equal(made_key.b, key.b, sizeof(key.b));
        assert_int_equal(cs_key_sign(seed, span, made), CS_OK);
        assert_memory_equal(made, expected, sizeof(made));
        assert_int_equal(cs_key_check(&key), CS_OK);
        assert_int_equal(cs_key_verify(&key, span, expected), CS_OK);
        made[10] ^= 1;
        assert_int_equal(cs_key_verify(&key, span, made), CS_BAD_SIGNATURE);
    }
}

static const char *const small_order[] = {
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    /* 1 and -1 again, with the sign of an x that is zero */
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
};

static void keys_of_small_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(small_order) / sizeof(small_order[0]); i++) {
        struct cs_public_key key;

        from_hex(small_order[i], key.b, sizeof(key.b));
        assert_int_equal(cs_key_check(&key), CS_BAD_KEY);
    }
}

/* 2^255 - 19 and all above it that 255 bits can hold, with either sign. */
static void keys_that_are_not_reduced(void **state)
{
    (void)state;
    for (unsigned low = 0xed; low <= 0xff; low++) {
        for (unsigned high = 0x7f; high <= 0xff; high += 0x80) {
            struct cs_public_key key;

            memset(key.b, 0xff, sizeof(key.b));
            key.b[0] = (unsigned char)low;
            key.b[31] = (unsigned char)high;
            assert_int_equal(cs_key_check(&key), CS_BAD_KEY);
            /* Smaller in its middle: reduced again. */
            key.b[15] = 0xfe;
            assert_int_equal(cs_key_check(&key), CS_OK);
        }
    }
}

/* What makes cs_key_check necessary: under the neutral key one signature fits every message. */
static void openssl_would_accept_the_neutral_key(void **state)
{
    unsigned char signature[CS_SIGNATURE] = {1};
    struct cs_public_key key = {{1}};
    EVP_PKEY *pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key.b, sizeof(key.b));
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    struct cs_span any = cs_span_of("any message");

    (void)state;
    assert_int_equal(EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, pkey), 1);
    assert_int_equal(EVP_DigestVerify(ctx, signature, sizeof(signature), any.p, any.n), 1);
    assert_int_equal(cs_key_verify(&key, any, signature), CS_BAD_KEY);
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(pkey);
}

/* S + L stands for the same number as S: without the bound each signature would have a twin. */
static void s_is_below_the_group_order(void **state)
{
    static const unsigned char order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a,       0x63,
                                            0x12, 0x58, 0xd6, 0x9c, 0xf7,       0xa2,
                                            0xde, 0xf9, 0xde, 0x14, [31] = 0x10};
    unsigned char seed[CS_KEY_SEED] = {7}, signature[CS_SIGNATURE];
    struct cs_span message = cs_span_of("shelf");
    struct cs_public_key key;
    unsigned carry = 0;

    (void)state;
    assert_int_equal(cs_key_public(seed, &key), CS_OK);
    assert_int_equal(cs_key_sign(seed, message, signature), CS_OK);
    assert_int_equal(cs_key_verify(&key, message, signature), CS_OK);
    for (size_t i = 0; i < 32; i++) {
        unsigned sum = signature[32 + i] + (unsigned)order[i] + carry;

        signature[32 + i] = (unsigned char)sum;
        carry = sum >> 8;
    }
    assert_int_equal(cs_key_verify(&key, message, signature), CS_BAD_SIGNATURE);
    memcpy(signature + 32, order, sizeof(order));
    assert_int_equal(cs_key_verify(&key, message, signature), CS_BAD_SIGNATURE);
    memset(signature + 32, 0xff, 32);
    assert_int_equal(cs_key_verify(&key, message, signature), CS_BAD_SIGNATURE);
}

static void a_key_that_is_no_point_verifies_nothing(void **state)
{
    struct cs_public_key key = {{2}};
    unsigned char signature[CS_SIGNATURE] = {0};

    (void)state;
    assert_int_equal(cs_key_verify(&key, cs_span_of("x"), signature), CS_BAD_SIGNATURE);
}

/* Failures must not stay in the thread's queue: libssl would read them as a broken connection. */
static void failures_leave_openssls_queue_alone(void **state)
{
    unsigned char seed[CS_KEY_SEED] = {1}, signature[CS_SIGNATURE];
    struct cs_public_key key;
    unsigned long before;

    (void)state;
    assert_int_equal(cs_key_public(seed, &key), CS_OK);
    assert_int_equal(cs_key_sign(seed, cs_span_of("a"), signature), CS_OK);
    ERR_clear_error();
    assert_int_equal(cs_key_verify(&key, cs_span_of("b"), signature), CS_BAD_SIGNATURE);
    key.b[0] ^= 1;
    assert_int_equal(cs_key_verify(&key, cs_span_of("a"), signature), CS_BAD_SIGNATURE);
    assert_true(ERR_peek_error() == 0);
    ERR_raise(ERR_LIB_USER, 77);
    before = ERR_peek_error();
    assert_int_equal(cs_key_verify(&key, cs_span_of("b"), signature), CS_BAD_SIGNATURE);
    assert_true(ERR_peek_last_error() == before);
    ERR_clear_error();
}

static bool wycheproof_case(const json_t *test, const struct cs_public_key *key, bool *good)
{
    const char *sig = json_string_value(json_object_get(test, "sig"));
    const char *msg = json_string_value(json_object_get(test, "msg"));
    unsigned char signature[CS_SIGNATURE], message[2048];
    size_t n;

    assert_non_null(sig);
    assert_non_null(msg);
    n = strlen(msg) / 2;
    assert_true(n <= sizeof(message));
    if (strlen(sig) != 2 * sizeof(signature))
        return false;
    from_hex(sig, signature, sizeof(signature));
    from_hex(msg, message, n);
    *good = cs_key_verify(key, cs_span_make(message, n), signature) == CS_OK;
    return true;
}

/* All 151: 88 that hold, 51 that don't, 12 whose signature has another length and is no argument of
 * cs_key_verify (notes refuse those by their length). */
static void wycheproof(void **state)
{
    char path[512];
    json_t *root;
    size_t held = 0, refused = 0, other_length = 0;
    json_t *group, *test;
    size_t g, t;

    (void)state;
    vectors_path("crypto/wycheproof/ed25519_test.json", path, sizeof(path));
    root = json_load_file(path, 0, NULL);
    assert_non_null(root);
    json_array_foreach(json_object_get(root, "testGroups"), g, group)
    {
        struct cs_public_key key;

        from_hex(json_string_value(json_object_get(json_object_get(group, "publicKey"), "pk")),
                 key.b, sizeof(key.b));
        json_array_foreach(json_object_get(group, "tests"), t, test)
        {
            const char *expected = json_string_value(json_object_get(test, "result"));
            bool good = false;

            if (!wycheproof_case(test, &key, &good)) {
                assert_string_equal(expected, "invalid");
                other_length++;
                continue;
            }
            if (good != (strcmp(expected, "valid") == 0))
                fail_msg("test %lld should be %s",
                         (long long)json_integer_value(json_object_get(test, "tcId")), expected);
            *(good ? &held : &refused) += 1;
        }
    }
    json_decref(root);
    assert_int_equal(held, 88);
    assert_int_equal(refused, 51);
    assert_int_equal(other_length, 12);
}

/* FIPS 180-4's example, the empty message, and parts that make the same message. */
static void sha256_of_parts(void **state)
{
    static const char abc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    static const char none[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    struct cs_span parts[] = {cs_span_of("a"), cs_span_make(NULL, 0), cs_span_of("bc")};
    struct cs_hash expected, made;

    (void)state;
    from_hex(abc, expected.b, CS_HASH);
    cs_sha256(cs_span_of("abc"), &made);
    assert_memory_equal(made.b, expected.b, CS_HASH);
    cs_sha256_many(parts, 3, &made);
    assert_memory_equal(made.b, expected.b, CS_HASH);
    from_hex(none, expected.b, CS_HASH);
    cs_sha256(cs_span_make(NULL, 0), &made);
    assert_memory_equal(made.b, expected.b, CS_HASH);
    cs_sha256_many(NULL, 0, &made);
    assert_memory_equal(made.b, expected.b, CS_HASH);
}

/* RFC 4231 §4.2 and §4.3; and the empty key and message. */
static void hmac_examples(void **state)
{
    unsigned char key[20];
    struct cs_hash expected, made;

    (void)state;
    memset(key, 0x0b, sizeof(key));
    from_hex("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7", expected.b,
             CS_HASH);
    assert_int_equal(cs_hmac_sha256(cs_span_make(key, sizeof(key)), cs_span_of("Hi There"), &made),
                     CS_OK);
    assert_memory_equal(made.b, expected.b, CS_HASH);
    from_hex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", expected.b,
             CS_HASH);
    assert_int_equal(
        cs_hmac_sha256(cs_span_of("Jefe"), cs_span_of("what do ya want for nothing?"), &made),
        CS_OK);
    assert_memory_equal(made.b, expected.b, CS_HASH);
    from_hex("b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad", expected.b,
             CS_HASH);
    assert_int_equal(cs_hmac_sha256(cs_span_make(NULL, 0), cs_span_make(NULL, 0), &made), CS_OK);
    assert_memory_equal(made.b, expected.b, CS_HASH);
}

static void secrets_compare(void **state)
{
    (void)state;
    assert_true(cs_equal_secret("abcd", "abcd", 4));
    assert_false(cs_equal_secret("abcd", "abce", 4));
    assert_true(cs_equal_secret("abcd", "abce", 3));
    assert_true(cs_equal_secret("", "", 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc_8032_examples),
        cmocka_unit_test(keys_of_small_order),
        cmocka_unit_test(keys_that_are_not_reduced),
        cmocka_unit_test(openssl_would_accept_the_neutral_key),
        cmocka_unit_test(s_is_below_the_group_order),
        cmocka_unit_test(a_key_that_is_no_point_verifies_nothing),
        cmocka_unit_test(failures_leave_openssls_queue_alone),
        cmocka_unit_test(wycheproof),
        cmocka_unit_test(sha256_of_parts),
        cmocka_unit_test(hmac_examples),
        cmocka_unit_test(secrets_compare),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
