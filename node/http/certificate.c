#include "http/certificate.h"

#include <arpa/inet.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>

#include "http/certificate_internal.h"
#include "support/support.h"

#define YEAR (365 * 86400L)
#define YEARS 10
#define DAY 86400L
#define PEM_MAX 65536
#define NAME_MAX_IN_COMMON 64 /* X.520 ub-common-name */

static int crypto_problem(struct problem *why)
{
    char text[200];

    ERR_error_string_n(ERR_peek_last_error(), text, sizeof text);
    ERR_clear_error();
    problem_set(why, "crypto", _("The certificate could not be made: the crypto library failed."));
    problem_detail(why, "%s", text);
    return -1;
}

static int add_extension(X509 *certificate, int which, const char *value)
{
    X509V3_CTX ctx;
    X509_EXTENSION *extension;
    int rc;

    X509V3_set_ctx_nodb(&ctx);
    X509V3_set_ctx(&ctx, certificate, certificate, NULL, NULL, 0);
    if (!(extension = X509V3_EXT_conf_nid(NULL, &ctx, which, value)))
        return -1;
    rc = X509_add_ext(certificate, extension, -1) == 1 ? 0 : -1;
    X509_EXTENSION_free(extension);
    return rc;
}

static bool is_address(const char *name)
{
    unsigned char bytes[16];

    return inet_pton(AF_INET, name, bytes) == 1 || inet_pton(AF_INET6, name, bytes) == 1;
}

/* The extension is written in OpenSSL's configuration language: only what a host name or address is
 * made of may reach it. */
static int name_it(X509 *certificate, const char *name)
{
    char alternative[300];
    X509_NAME *subject = X509_get_subject_name(certificate);
    const char *common = strlen(name) <= NAME_MAX_IN_COMMON ? name : "Commonshelf";

    if (!*name ||
        strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._:") <
            strlen(name))
        return -1;
    if ((size_t)snprintf(alternative, sizeof alternative, "%s:%s", is_address(name) ? "IP" : "DNS",
                         name) >= sizeof alternative)
        return -1;
    if (X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)common, -1,
                                   -1, 0) != 1 ||
        X509_set_issuer_name(certificate, subject) != 1)
        return -1;
    return add_extension(certificate, NID_subject_alt_name, alternative);
}

static int number_it(X509 *certificate)
{
    unsigned char serial[16];
    BIGNUM *number;
    int rc = -1;

    random_bytes(serial, sizeof serial);
    serial[0] = (unsigned char)((serial[0] & 0x7f) | 0x40); /* positive, always 16 bytes long */
    if ((number = BN_bin2bn(serial, sizeof serial, NULL)) &&
        BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)))
        rc = 0;
    BN_free(number);
    return rc;
}

static X509 *make(EVP_PKEY *key, const char *name)
{
    X509 *certificate = X509_new();
    time_t now = (time_t)clock_now();

    if (certificate && X509_set_version(certificate, X509_VERSION_3) == 1 &&
        !number_it(certificate) &&
        /* a day back: clocks that are a little slow accept it too */
        X509_time_adj_ex(X509_getm_notBefore(certificate), 0, -DAY, &now) &&
        X509_time_adj_ex(X509_getm_notAfter(certificate), 0, YEARS * YEAR, &now) &&
        X509_set_pubkey(certificate, key) == 1 && !name_it(certificate, name) &&
        !add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
        !add_extension(certificate, NID_key_usage, "critical,digitalSignature") &&
        !add_extension(certificate, NID_ext_key_usage, "serverAuth") &&
        X509_sign(certificate, key, EVP_sha256()) > 0)
        return certificate;
    X509_free(certificate);
    return NULL;
}

/* Writes what a memory BIO has. */
static int put(BIO *bio, const char *path, mode_t mode, struct problem *why)
{
    char *bytes;
    long n = BIO_get_mem_data(bio, &bytes);

    return file_put_durable(path, cs_span_make(bytes, n > 0 ? (size_t)n : 0), mode, why);
}

int http_certificate_create(const char *key_path, const char *certificate_path, const char *name,
                            struct problem *why)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = NULL;
    BIO *key_pem = BIO_new(BIO_s_secmem()), *certificate_pem = BIO_new(BIO_s_mem());
    int rc = -1;

    if (!key || !key_pem || !certificate_pem || !(certificate = make(key, name)) ||
        PEM_write_bio_PKCS8PrivateKey(key_pem, key, NULL, NULL, 0, NULL, NULL) != 1 ||
        PEM_write_bio_X509(certificate_pem, certificate) != 1) {
        crypto_problem(why);
        goto out;
    }
    if (put(key_pem, key_path, 0600, why) || put(certificate_pem, certificate_path, 0644, why))
        goto out;
    rc = 0;
out:
    BIO_free(key_pem);
    BIO_free(certificate_pem);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return rc;
}

int certificate_spki(const X509 *certificate, struct http_pin *out)
{
    unsigned char *der = NULL;
    int n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);

    if (n <= 0)
        return -1;
    cs_sha256(cs_span_make(der, (size_t)n), &out->spki);
    OPENSSL_free(der);
    return 0;
}

int http_certificate_pin(const char *certificate_path, struct http_pin *out, struct problem *why)
{
    struct cs_buffer pem = {.alloc = memory_allocator()};
    BIO *bio = NULL;
    X509 *certificate = NULL;
    int rc = -1;

    if (file_read(certificate_path, PEM_MAX, &pem, why))
        goto out;
    if (!(bio = BIO_new_mem_buf(pem.p, (int)pem.n)) ||
        !(certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL)) ||
        certificate_spki(certificate, out)) {
        ERR_clear_error();
        problem_set(why, "bad_certificate", _("The certificate %s cannot be read."),
                    certificate_path);
        goto out;
    }
    rc = 0;
out:
    X509_free(certificate);
    BIO_free(bio);
    cs_buffer_free(&pem);
    return rc;
}
