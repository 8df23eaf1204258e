#include "support/signer_keys.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/file.h"
#include "support/language.h"
#include "support/random.h"

#define KEY_FILE_MAX 4096 /* a PKCS#8 PEM of Ed25519 has 119 bytes */

static int crypto_failed(struct problem *why)
{
    char text[160];

    ERR_error_string_n(ERR_get_error(), text, sizeof text);
    ERR_clear_error();
    problem_detail(why, "%s", text);
    return problem_set(why, "crypto_failed", "%s",
                       _("The cryptography library failed. Nothing was signed or changed."));
}

void signer_keys_file(enum cs_role role, uint64_t version, char out[SIGNER_KEY_FILE])
{
    if (role == CS_ROLE_ROOT || version == 1)
        snprintf(out, SIGNER_KEY_FILE, "%s.key", cs_role_name(role));
    else
        snprintf(out, SIGNER_KEY_FILE, "%s-%" PRIu64 ".key", cs_role_name(role), version);
}

static int key_path(char out[FILE_PATH_MAX], const char *directory, enum cs_role role,
                    uint64_t version, struct problem *why)
{
    char name[SIGNER_KEY_FILE];

    signer_keys_file(role, version, name);
    return file_join(out, directory, name) ? problem_errno(why, ENAMETOOLONG, FILE_OPEN, directory)
                                           : 0;
}

EVP_PKEY *signer_keys_from_seed(const unsigned char seed[CS_KEY_SEED], struct problem *why)
{
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, CS_KEY_SEED);

    if (!key)
        crypto_failed(why);
    return key;
}

int signer_keys_seed(const EVP_PKEY *key, unsigned char seed[CS_KEY_SEED], struct problem *why)
{
    size_t n = CS_KEY_SEED;

    if (EVP_PKEY_get_raw_private_key(key, seed, &n) == 1 && n == CS_KEY_SEED)
        return 0;
    return crypto_failed(why);
}

int signer_keys_make(struct signer_keys *keys, bool root, struct problem *why)
{
    unsigned char seed[CS_KEY_SEED];

    for (int role = 0; role < CS_ROLES; role++) {
        if (role == CS_ROLE_ROOT && (!root || keys->role[role]))
            continue;
        random_bytes(seed, sizeof seed);
        keys->role[role] = signer_keys_from_seed(seed, why);
        OPENSSL_cleanse(seed, sizeof seed);
        if (!keys->role[role]) {
            signer_keys_free(keys);
            return -1;
        }
    }
    return 0;
}

void signer_keys_free(struct signer_keys *keys)
{
    for (int role = 0; role < CS_ROLES; role++) {
        EVP_PKEY_free(keys->role[role]);
        keys->role[role] = NULL;
    }
}

static int write_key(const EVP_PKEY *key, const char *path, bool anew, struct problem *why)
{
    BIO *pem = BIO_new(BIO_s_secmem()); /* wiped when freed */
    char *text = NULL;
    long n;
    int rc = -1;

    if (!pem || PEM_write_bio_PKCS8PrivateKey(pem, key, NULL, NULL, 0, NULL, NULL) != 1) {
        crypto_failed(why);
        goto out;
    }
    n = BIO_get_mem_data(pem, &text);
    if (n <= 0) {
        crypto_failed(why);
        goto out;
    }
    rc = anew ? file_put_new(path, cs_span_make(text, (size_t)n), 0600, why)
              : file_put(path, cs_span_make(text, (size_t)n), 0600, why);
out:
    BIO_free(pem);
    return rc;
}

int signer_keys_write(const struct signer_keys *keys, const char *directory, uint64_t version,
                      struct problem *why)
{
    char path[FILE_PATH_MAX];

    for (int role = 0; role < CS_ROLES; role++)
        if (keys->role[role] &&
            (key_path(path, directory, (enum cs_role)role, version, why) ||
             write_key(keys->role[role], path, role == CS_ROLE_ROOT || version == 1, why)))
            return -1;
    return 0;
}

int signer_keys_remove(const char *directory, uint64_t version, struct problem *why)
{
    char path[FILE_PATH_MAX];

    for (int role = 0; role < CS_ROLES; role++)
        if (role != CS_ROLE_ROOT &&
            (key_path(path, directory, (enum cs_role)role, version, why) || file_remove(path, why)))
            return -1;
    return 0;
}

/* The bytes of a file that only its owner can read; their number, or -1. */
static ssize_t read_private(const char *path, unsigned char out[KEY_FILE_MAX], struct problem *why)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    ssize_t got = -1;
    size_t n = 0;
    struct stat st;

    if (fd < 0)
        return problem_errno(why, errno, FILE_OPEN, path);
    if (fstat(fd, &st)) {
        problem_errno(why, errno, FILE_READ, path);
        goto out;
    }
    if (!S_ISREG(st.st_mode)) {
        problem_set(why, "key_damaged", _("%s is not a file."), path);
        goto out;
    }
    if (st.st_mode & (S_IRWXG | S_IRWXO)) {
        problem_set(why, "key_exposed",
                    _("Other users of this machine can read or change the key in %s, and whoever "
                      "has it can speak in this node's name. Nothing was signed with it now. Run "
                      "\"chmod 600 %s\"; if others may have read it, replace the keys."),
                    path, path);
        goto out;
    }
    while (n < KEY_FILE_MAX) {
        got = read(fd, out + n, KEY_FILE_MAX - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        n += (size_t)got;
    }
    if (got < 0)
        problem_errno(why, errno, FILE_READ, path);
out:
    close(fd);
    return got < 0 ? -1 : (ssize_t)n;
}

/* A key with a passphrase is not ours: OpenSSL must not ask for it on the terminal. */
static int no_passphrase(char *out, int room, int writing, void *arg)
{
    (void)out;
    (void)room;
    (void)writing;
    (void)arg;
    return -1;
}

static EVP_PKEY *read_key(const char *path, struct problem *why)
{
    unsigned char text[KEY_FILE_MAX];
    EVP_PKEY *key = NULL;
    BIO *pem = NULL;
    ssize_t n = read_private(path, text, why);

    if (n < 0)
        goto out;
    pem = BIO_new_mem_buf(text, (int)n);
    if (!pem) {
        crypto_failed(why);
        goto out;
    }
    key = PEM_read_bio_PrivateKey(pem, NULL, no_passphrase, NULL);
    if (!key || EVP_PKEY_get_base_id(key) != EVP_PKEY_ED25519) {
        problem_set(why, "key_damaged",
                    _("%s is not a key of this node: it is damaged or another file. Put back the "
                      "copy from your backup."),
                    path);
        EVP_PKEY_free(key);
        key = NULL;
    }
out:
    ERR_clear_error();
    BIO_free(pem);
    OPENSSL_cleanse(text, sizeof text);
    return key;
}

int signer_keys_read(struct signer_keys *keys, const char *directory, uint64_t version,
                     struct problem *why)
{
    char path[FILE_PATH_MAX];

    memset(keys, 0, sizeof *keys);
    for (int role = 0; role < CS_ROLES; role++) {
        if (key_path(path, directory, (enum cs_role)role, version, why))
            goto fail;
        if (role == CS_ROLE_ROOT && !file_exists(path))
            continue;
        keys->role[role] = read_key(path, why);
        if (!keys->role[role])
            goto fail;
    }
    return 0;
fail:
    signer_keys_free(keys);
    return -1;
}

int signer_keys_public(const EVP_PKEY *key, struct cs_public_key *out, struct problem *why)
{
    size_t n = sizeof out->b;

    if (EVP_PKEY_get_raw_public_key(key, out->b, &n) != 1 || n != sizeof out->b)
        return crypto_failed(why);
    return 0;
}

int signer_keys_sign(EVP_PKEY *key, struct cs_span message, unsigned char signature[CS_SIGNATURE],
                     struct problem *why)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    size_t n = CS_SIGNATURE;
    int rc = 0;

    if (!context || EVP_DigestSignInit(context, NULL, NULL, NULL, key) != 1 ||
        EVP_DigestSign(context, signature, &n, message.p, message.n) != 1 || n != CS_SIGNATURE)
        rc = crypto_failed(why);
    EVP_MD_CTX_free(context);
    return rc;
}
