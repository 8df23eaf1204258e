/*
 * Signed requests and responses: one frozen profile of RFC 9421, with RFC 9530 digests. No
 * negotiation: the component list is compared as bytes. Which key belongs to a keyid, and whether a
 * nonce was seen, is the caller's to say. SPEC.md §7.
 */
#ifndef COMMONSHELF_HTTPSIG_H
#define COMMONSHELF_HTTPSIG_H

#include <commonshelf/keyset.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ("@method" "@authority" "@path" "@query" "content-digest" "content-type" "csh-to"), and without
 * the content fields for requests that have no body. */
#define CS_HTTPSIG_TAG "commonshelf-v1"
#define CS_HTTPSIG_INPUT_MAX 600
#define CS_HTTPSIG_VALUE_MAX 120

/*
 * What is signed of a request. The values are the header fields' without white space around them; a
 * caller that found one of these fields twice refuses the request itself. All are printable ASCII:
 * a verifier refuses any other, so that no value brings a line of its own into the base.
 */
struct cs_request {
    struct cs_span method, authority; /* "POST", "host[:port]" in lower case, port 443 left out */
    struct cs_span path, query; /* raw, at most CS_URL_MAX; query with its '?', or empty */
    bool has_body; /* the content fields are covered; without it they and the body must be empty */
    struct cs_span content_type;
    struct cs_span content_digest; /* the header's value; exactly one sha-256 member */
    struct cs_span to; /* CSH-To */
};

struct cs_httpsig {
    uint64_t created, expires;
    char nonce[25]; /* base64 of 16 bytes */
    struct cs_node_id node; /* from keyid "<node-id>/auth" */
};

/* `Content-Digest: sha-256=:…:` for a body, NUL-terminated; RFC 9530 §2. */
#define CS_DIGEST_LEN 54
CS_API void cs_digest_write(struct cs_span body, char out[CS_DIGEST_LEN + 1]);
/* CS_MALFORMED unless the value is exactly one sha-256 member; CS_BAD_DIGEST when it differs. */
CS_MUST_USE CS_API enum cs_status cs_digest_check(struct cs_span value, struct cs_span body);

/* Writes Signature-Input's value ("cs=(…);created=…") for sig. */
CS_API void cs_httpsig_input(bool has_body, const struct cs_httpsig *sig, struct cs_buffer *out);
/* The signature base of a request (RFC 9421 §2.5), from the inner value of Signature-Input behind
 * "cs=". */
CS_API void cs_httpsig_base(const struct cs_request *request, struct cs_span params,
                            struct cs_buffer *out);
/* "cs=:BASE64:". */
CS_API void cs_httpsig_value(const unsigned char signature[CS_SIGNATURE], struct cs_buffer *out);

/*
 * Step 1 of verifying: grammar of both headers, component list, parameters in the fixed order, tag.
 * Finds the keyid's node and leaves the signature in `out` and what is signed of Signature-Input in
 * `params`, a span into it. CS_TOO_LARGE over the two caps above, CS_MALFORMED for anything else.
 */
CS_MUST_USE CS_API enum cs_status cs_httpsig_read(struct cs_span signature_input,
                                                  struct cs_span signature, bool has_body,
                                                  struct cs_httpsig *sig, struct cs_span *params,
                                                  unsigned char out[CS_SIGNATURE]);

/*
 * The whole verification of a request, in the order of SPEC.md §7: grammar, recipient
 * (CS_WRONG_RECIPIENT), times against `now` in seconds since 1970 (CS_EXPIRED, CS_NOT_YET;
 * CS_MALFORMED for a lifetime that is not 1 to CS_REQUEST_LIFETIME_MAX), signature with `key`
 * (cs_key_verify), digest of `body` (CS_BAD_DIGEST). `key` comes from cs_httpsig_read's node through
 * the caller's table. The nonce is the caller's next step. `sig` is filled once the grammar holds,
 * also when a later step fails.
 */
CS_MUST_USE CS_API enum cs_status
cs_request_verify(const struct cs_request *request, struct cs_span signature_input,
                  struct cs_span signature, struct cs_span body, const struct cs_node_id *self,
                  const struct cs_public_key *key, uint64_t now, struct cs_httpsig *sig);

/*
 * Responses cover ("@status" "content-digest" "content-type" "signature";req;key="cs"): the last
 * binds the response to the request's signature.
 */
struct cs_response {
    unsigned status;
    struct cs_span content_type, content_digest;
    struct cs_span request_signature; /* the request's Signature member "cs": ":BASE64:" */
};
CS_API void cs_response_input(const struct cs_httpsig *sig, struct cs_buffer *out);
CS_API void cs_response_base(const struct cs_response *response, struct cs_span params,
                             struct cs_buffer *out);
/*
 * As cs_request_verify. `from` is the node that was asked: CS_WRONG_ORIGIN when another one signs.
 * `nonce` is the request's own: CS_WRONG_RECIPIENT for the answer to another request.
 */
CS_MUST_USE CS_API enum cs_status
cs_response_verify(const struct cs_response *response, struct cs_span signature_input,
                   struct cs_span signature, struct cs_span body, const struct cs_node_id *from,
                   const char *nonce, const struct cs_public_key *key, uint64_t now,
                   struct cs_httpsig *sig);

#ifdef __cplusplus
}
#endif
#endif
