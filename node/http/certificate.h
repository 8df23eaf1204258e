/*
 * The node's own TLS certificate, for as long as nobody gave it another: peers pin the key, so names
 * and dates in it matter to browsers only. Not a certificate authority.
 */
#ifndef HTTP_CERTIFICATE_H
#define HTTP_CERTIFICATE_H

#include <commonshelf/key.h>

#include "support/support.h"

/* The SHA-256 of a certificate's SubjectPublicKeyInfo in DER: what peers pin (RFC 7469 §2.4). */
struct http_pin {
    struct cs_hash spki;
};

/*
 * Makes an EC P-256 key (PKCS#8 PEM, mode 0600) and a self-signed certificate (PEM) valid for ten
 * years for `name`: a host name, an IPv4 or an IPv6 address without brackets. Existing files are
 * replaced. Both are durable when it returns 0.
 */
CS_MUST_USE int http_certificate_create(const char *key_path, const char *certificate_path,
                                        const char *name, struct problem *why);
/* The pin of the first certificate in a PEM file. */
CS_MUST_USE int http_certificate_pin(const char *certificate_path, struct http_pin *out,
                                     struct problem *why);

#endif
