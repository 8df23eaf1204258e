/*
 * What the client shares with certificates. For files of this room.
 */
#ifndef HTTP_CERTIFICATE_INTERNAL_H
#define HTTP_CERTIFICATE_INTERNAL_H

#include <openssl/x509.h>

#include "http/certificate.h"

/* The pin of a certificate; -1 when it cannot be had. */
int certificate_spki(const X509 *certificate, struct http_pin *out);

#endif
