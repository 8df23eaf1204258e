/*
 * https URLs of other nodes, read strictly: what is accepted here is all that this node will ever
 * connect to. Resolves nothing; whether an address may be contacted is decided at the socket.
 */
#ifndef HTTP_URL_H
#define HTTP_URL_H

#include <commonshelf/limits.h>

#include "support/support.h"

#define HTTP_HOST_MAX 255
#define HTTP_AUTHORITY_MAX (HTTP_HOST_MAX + 8)

/* Never copied by assignment: it has views of itself. */
struct http_url {
    char text[CS_URL_MAX + 1]; /* the URL as it is requested: scheme and host in lower case */
    char host[HTTP_HOST_MAX + 1]; /* lower case; IPv6 with its brackets */
    unsigned port;
    char authority[HTTP_AUTHORITY_MAX + 1]; /* host, and ":port" unless it is 443 */
    struct cs_span path, query; /* into text; query with its '?' */
    bool is_address; /* the host is an IP address, not a name */
};

/*
 * Refuses, with code "bad_url": any scheme but https, user:password@, a fragment, a port below 1024
 * other than 443, an IPv4 address in any form but four decimal numbers, names that end in a dot,
 * IPv6 zones, characters that RFC 3986 does not allow. A missing path becomes "/".
 */
CS_MUST_USE int http_url_read(const char *text, struct http_url *out, struct problem *why);

/* Appends `path` (which begins with '/') to a node's base URL, dropping the base's final '/'. -1 if
 * it is longer than CS_URL_MAX. */
CS_MUST_USE int http_url_join(const char *base, const char *path, char out[CS_URL_MAX + 1]);

#endif
