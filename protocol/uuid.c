/*
 * UUIDs as record identifiers (RFC 9562), in their one canonical spelling.
 */
#include <commonshelf/encode.h>

#include <openssl/err.h>
#include <openssl/evp.h>

static const char urn[] = "urn:uuid:";
#define URN_LEN (sizeof(urn) - 1)

/* Bytes between the hyphens: 8-4-4-4-12 digits. */
static const size_t groups[] = {4, 2, 2, 2, 6};
#define GROUPS (sizeof(groups) / sizeof(groups[0]))

static void set_version(struct cs_uuid *uuid, unsigned version)
{
    uuid->b[6] = (unsigned char)((uuid->b[6] & 0x0f) | version << 4);
    uuid->b[8] = (unsigned char)((uuid->b[8] & 0x3f) | 0x80);
}

enum cs_status cs_uuid_name(const struct cs_uuid *space, struct cs_span name, struct cs_uuid *out)
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    enum cs_status status = CS_INTERNAL;

    if (!ctx)
        return CS_NO_MEMORY;
    ERR_set_mark();
    if (EVP_DigestInit_ex(ctx, EVP_sha1(), NULL) != 1 ||
        EVP_DigestUpdate(ctx, space->b, sizeof(space->b)) != 1 ||
        (name.n > 0 && EVP_DigestUpdate(ctx, name.p, name.n) != 1) ||
        EVP_DigestFinal_ex(ctx, hash, NULL) != 1)
        goto out;
    memcpy(out->b, hash, sizeof(out->b));
    set_version(out, 5);
    status = CS_OK;
out:
    ERR_pop_to_mark();
    EVP_MD_CTX_free(ctx);
    return status;
}

void cs_uuid_random(const unsigned char random[16], struct cs_uuid *out)
{
    memcpy(out->b, random, sizeof(out->b));
    set_version(out, 4);
}

void cs_uuid_write(const struct cs_uuid *uuid, char out[CS_URN_UUID_LEN + 1])
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *from = uuid->b;
    char *to = out;

    memcpy(to, urn, URN_LEN);
    to += URN_LEN;
    for (size_t g = 0; g < GROUPS; g++) {
        if (g > 0)
            *to++ = '-';
        for (size_t i = 0; i < groups[g]; i++, from++) {
            *to++ = digits[*from >> 4];
            *to++ = digits[*from & 0xf];
        }
    }
    *to = '\0';
}

enum cs_status cs_uuid_read(struct cs_span text, struct cs_uuid *out)
{
    unsigned char *to = out->b;
    const unsigned char *from;

    if (text.n != CS_URN_UUID_LEN || memcmp(text.p, urn, URN_LEN) != 0)
        return CS_MALFORMED;
    from = text.p + URN_LEN;
    for (size_t g = 0; g < GROUPS; g++) {
        if (g > 0 && *from++ != '-')
            return CS_MALFORMED;
        if (cs_hex_read(cs_span_make(from, groups[g] * 2), to, groups[g]))
            return CS_MALFORMED;
        from += groups[g] * 2;
        to += groups[g];
    }
    return CS_OK;
}
