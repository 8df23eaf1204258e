/*
 * Content-Digest (RFC 9530 §2) with its one member sha-256.
 */
#include <commonshelf/encode.h>
#include <commonshelf/httpsig.h>

#include "protocol/httpsig_internal.h"

#include <assert.h>

static const char opening[] = "sha-256=:";
#define OPENING_LEN (sizeof(opening) - 1)
#define HASH_TEXT CS_BASE64_LEN(CS_HASH)

_Static_assert(OPENING_LEN + HASH_TEXT + 1 == CS_DIGEST_LEN, "the length that httpsig.h names");

void cs_digest_write(struct cs_span body, char out[CS_DIGEST_LEN + 1])
{
    /* A buffer over the caller's room, which the value fills exactly: it never grows. */
    struct cs_buffer value = {(unsigned char *)out, 0, CS_DIGEST_LEN + 1, false, NULL};
    struct cs_hash hash;

    cs_sha256(body, &hash);
    cs_buffer_add(&value, opening, OPENING_LEN);
    cs_base64_add(&value, cs_span_make(hash.b, CS_HASH));
    cs_buffer_add_byte(&value, ':');
    assert(value.p == (unsigned char *)out && value.n == CS_DIGEST_LEN);
    out[CS_DIGEST_LEN] = '\0';
}

enum cs_status cs_digest_read(struct cs_span value, struct cs_hash *out)
{
    if (value.n != CS_DIGEST_LEN || memcmp(value.p, opening, OPENING_LEN) != 0 ||
        value.p[CS_DIGEST_LEN - 1] != ':')
        return CS_MALFORMED;
    return cs_base64_read(cs_span_make(value.p + OPENING_LEN, HASH_TEXT), out->b, CS_HASH);
}

enum cs_status cs_digest_compare(const struct cs_hash *announced, struct cs_span body)
{
    struct cs_hash hash;

    cs_sha256(body, &hash);
    return memcmp(announced->b, hash.b, CS_HASH) == 0 ? CS_OK : CS_BAD_DIGEST;
}

enum cs_status cs_digest_check(struct cs_span value, struct cs_span body)
{
    struct cs_hash announced;
    enum cs_status status = cs_digest_read(value, &announced);

    return status ? status : cs_digest_compare(&announced, body);
}
