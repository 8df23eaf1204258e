/*
 * Internet addresses as policy sees them: parsing ADDR:PORT and CIDR, and the one answer to "may this
 * node connect there". Resolves no names and opens no sockets. Special ranges: IANA special-purpose
 * address registries (RFC 6890).
 */
#ifndef SUPPORT_ADDRESS_H
#define SUPPORT_ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>

#include <commonshelf/base.h>

/* An IPv4 or IPv6 prefix. IPv4 is kept as such; mapped IPv6 is turned into IPv4 when compared. */
struct cidr {
    int family; /* AF_INET, AF_INET6, or AF_UNSPEC for "global": every globally routable address */
    unsigned char bytes[16];
    unsigned prefix;
};

#define CIDR_TEXT 64
CS_MUST_USE int cidr_read(const char *text,
                          struct cidr *out); /* -1 if malformed; "global" is one */
void cidr_write(const struct cidr *cidr, char out[CIDR_TEXT]);
bool cidr_has(const struct cidr *cidr, const struct sockaddr *address);

/* Globally routable unicast, by allow-list (protocol-research §8.4); mapped and NAT64 forms are
 * decoded first. */
bool address_is_global(const struct sockaddr *address);
bool address_is_loopback(const struct sockaddr *address);
/*
 * The network a peer at this address belongs to: "global" if it is globally routable, else the first
 * of the allowed CIDRs that has it. False if none does: it must not be contacted.
 */
bool address_network(const struct sockaddr *address, const struct cidr *allowed, size_t n,
                     struct cidr *out);

/* "127.0.0.1:7480", "[::1]:0", "0.0.0.0:7443". -1 if malformed or a name. */
CS_MUST_USE int address_read(const char *text, struct sockaddr_storage *out, socklen_t *length);
#define ADDRESS_TEXT 64
/* With the port; IPv6 in brackets. */
void address_write(const struct sockaddr *address, char out[ADDRESS_TEXT]);

#endif
