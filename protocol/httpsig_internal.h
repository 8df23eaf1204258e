/*
 * What the files of HTTP signatures share. Not installed.
 */
#ifndef PROTOCOL_HTTPSIG_INTERNAL_H
#define PROTOCOL_HTTPSIG_INTERNAL_H

#include <commonshelf/httpsig.h>

/* One covered component: its identifier as it stands in the list, quotes and parameters included
 * ("\"@query-param\";name=\"Pet\""), and its value. */
struct cs_component {
    const char *identifier;
    struct cs_span value;
};

/*
 * Appends the signature base of RFC 9421 §2.5: a line for each component, then the line
 * @signature-params with `params`, without a line end. The only function that builds one. It does
 * not look at the values: a verifier has refused line ends in them before.
 */
void cs_signature_base(const struct cs_component *components, size_t n, struct cs_span params,
                       struct cs_buffer *out);

/* The hash in a Content-Digest value; CS_MALFORMED unless it is exactly one sha-256 member. */
CS_MUST_USE enum cs_status cs_digest_read(struct cs_span value, struct cs_hash *out);
/* CS_BAD_DIGEST unless it is the body's. */
CS_MUST_USE enum cs_status cs_digest_compare(const struct cs_hash *announced, struct cs_span body);

#endif
