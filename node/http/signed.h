/*
 * Signed requests and answers (SPEC.md §7) between the server, the client and libcommonshelf's
 * httpsig: gathers the fields, and nothing else. Whose key it is and whether a nonce was seen are
 * asked of the caller; without an answer nothing passes.
 */
#ifndef HTTP_SIGNED_H
#define HTTP_SIGNED_H

#include <commonshelf/httpsig.h>

#include "http/client.h"
#include "http/server.h"

/* Signs a fetch as it stands: method, URL, body, and the Content-Type given here (NULL without a
 * body) are covered; adds Content-Type, Content-Digest, CSH-To, Signature-Input and Signature. Valid
 * for 60 seconds from `now`. */
CS_MUST_USE int http_sign_request(struct http_fetch *fetch, struct signer *signer,
                                  const struct cs_node_id *to, const char *content_type,
                                  uint64_t now, struct problem *why);
/* 0 if the answer in `fetch.received` is signed by `from`'s auth key in answer to exactly this
 * request. Code "bad_answer_signature" otherwise. Not for fetches with a sink. No other answer can have
 * that signature, so its times are not held against this node's clock: they tell the sender's, in *at. */
CS_MUST_USE int http_verify_response(const struct http_fetch *fetch, const struct cs_node_id *from,
                                     const struct cs_public_key *auth, uint64_t *at,
                                     struct problem *why);

/* What verifying a request needs to know of the world. */
struct http_verifier {
    const struct cs_node_id *self;
    const char *authority; /* of the configured URL; Host is not believed */
    uint64_t now;
    /* The auth key of the node that the request names as its sender. -1: unknown, refused; or, with
     * another problem than "unknown_key" in `why`, it could not be looked up (500). */
    int (*key)(void *arg, const struct http_exchange *x, const struct cs_node_id *from,
               struct cs_public_key *out, struct problem *why);
    /* Remembers the nonce until expires + CS_REQUEST_SKEW_MAX. -1: seen before, refused; or, with a
     * problem in `why`, it could not be remembered (503). Called last, for good signatures only. */
    int (*nonce)(void *arg, const struct cs_node_id *from, const char *nonce, uint64_t expires,
                 struct problem *why);
    void *arg;
};

/* 0 if the request of `x` is signed for this node; its sender, nonce and times are then in `sig`.
 * Otherwise -1, and *status is what to answer (400, 401, 500 or 503), with why->code as the code. With 401
 * "expired" and "not_yet" nothing but the times is wrong: answer by http_answer_wrong_time. */
CS_MUST_USE int http_verify_request(struct http_exchange *x, const struct http_verifier *verifier,
                                    struct cs_httpsig *sig, unsigned *status, struct problem *why);
/* Signs and answers. `request` is what http_verify_request gave. If the signer refuses, the answer is
 * a 500. */
void http_answer_signed(struct http_exchange *x, struct signer *signer,
                        const struct cs_httpsig *request, uint64_t now, unsigned status,
                        const char *content_type, struct cs_span body);
/* 401, signed, so that the sender learns what time it is here. `code` is "expired" or "not_yet". */
void http_answer_wrong_time(struct http_exchange *x, struct signer *signer,
                            const struct cs_httpsig *request, uint64_t now, const char *code);

#endif
