/*
 * Text forms of bytes: base64 (RFC 4648 §4, with padding), base64url without padding (§5), base32
 * in lower case without padding (§6), hex, and UUIDs (RFC 9562). Not for secrets that need constant
 * time. Decoders take canonical input only: unused bits must be zero, no white space.
 */
#ifndef COMMONSHELF_ENCODE_H
#define COMMONSHELF_ENCODE_H

#include <commonshelf/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CS_BASE64_LEN(n) (((n) + 2) / 3 * 4)
#define CS_BASE32_LEN(n) (((n)*8 + 4) / 5)

CS_API void cs_base64_add(struct cs_buffer *out, struct cs_span bytes);
CS_API void cs_base64url_add(struct cs_buffer *out, struct cs_span bytes);
CS_API void cs_base32_add(struct cs_buffer *out, struct cs_span bytes);
CS_API void cs_hex_add(struct cs_buffer *out, struct cs_span bytes);

/* Each writes exactly `n` bytes to `out`; CS_MALFORMED when the text is not the canonical form of n
 * bytes, and then `out` is undefined. */
CS_MUST_USE CS_API enum cs_status cs_base64_read(struct cs_span text, void *out, size_t n);
CS_MUST_USE CS_API enum cs_status cs_base64url_read(struct cs_span text, void *out, size_t n);
CS_MUST_USE CS_API enum cs_status cs_base32_read(struct cs_span text, void *out, size_t n);
CS_MUST_USE CS_API enum cs_status cs_hex_read(struct cs_span text, void *out, size_t n);
/* Base64 of any length up to `max` bytes (CS_TOO_LARGE), appended to `out`; nothing is on failure.
 * */
CS_MUST_USE CS_API enum cs_status cs_base64_read_any(struct cs_span text, size_t max,
                                                     struct cs_buffer *out);

/* An unsigned decimal number of canonical form: digits only, no leading zero, at most `max`.
 * CS_MALFORMED otherwise, and `out` is left alone. */
CS_MUST_USE CS_API enum cs_status cs_decimal_read(struct cs_span text, uint64_t max, uint64_t *out);

/* True if the bytes are valid UTF-8 (RFC 3629: no surrogates, nothing over U+10FFFF, shortest
 * form). */
CS_API bool cs_utf8_valid(struct cs_span text);

struct cs_uuid {
    unsigned char b[16];
};

#define CS_URN_UUID_LEN 45 /* "urn:uuid:" and 36 characters */

/* Version 5 (RFC 9562 §5.5): SHA-1 of the namespace and the name. */
CS_MUST_USE CS_API enum cs_status cs_uuid_name(const struct cs_uuid *space, struct cs_span name,
                                               struct cs_uuid *out);
/* Version 4 from 16 random bytes that the caller brings. */
CS_API void cs_uuid_random(const unsigned char random[16], struct cs_uuid *out);
/* "urn:uuid:…" in lower case, NUL-terminated. */
CS_API void cs_uuid_write(const struct cs_uuid *uuid, char out[CS_URN_UUID_LEN + 1]);
/* That form only: no upper case, no other spelling; any version. */
CS_MUST_USE CS_API enum cs_status cs_uuid_read(struct cs_span urn, struct cs_uuid *out);

#ifdef __cplusplus
}
#endif
#endif
