#include "support/address.h"

#include <arpa/inet.h>
#include <stdio.h>

/* An address without its port: the bytes in network order. */
struct plain {
    int family; /* AF_UNSPEC when it is none of ours */
    unsigned char bytes[16];
};

struct range {
    unsigned char bytes[16];
    unsigned prefix;
};

/*
 * What no peer on the Internet can have, from the IANA IPv4 Special-Purpose Address Registry. The few
 * blocks inside 192.0.0.0/24 that are globally reachable are anycast services, never a node.
 */
static const struct range closed4[] = {
    {{0}, 8}, /* this network */
    {{10}, 8}, /* private use */
    {{100, 64}, 10}, /* shared by carriers' NATs */
    {{127}, 8}, /* loopback */
    {{169, 254}, 16}, /* link-local */
    {{172, 16}, 12}, /* private use */
    {{192, 0, 0}, 24}, /* protocol assignments */
    {{192, 0, 2}, 24}, /* documentation */
    {{192, 88, 99}, 24}, /* 6to4 relay anycast, deprecated */
    {{192, 168}, 16}, /* private use */
    {{198, 18}, 15}, /* benchmarking */
    {{198, 51, 100}, 24}, /* documentation */
    {{203, 0, 113}, 24}, /* documentation */
    {{224}, 3}, /* multicast, reserved, broadcast */
};

/* IPv6 is open only inside 2000::/3, the global unicast that IANA hands out, and not here. */
static const struct range open6 = {{0x20}, 3};
static const struct range closed6[] = {
    {{0x20, 0x01}, 23}, /* protocol assignments: Teredo, ORCHID, benchmarking */
    {{0x20, 0x01, 0x0d, 0xb8}, 32}, /* documentation */
    {{0x20, 0x02}, 16}, /* 6to4: an IPv4 address in disguise */
    {{0x3f, 0xff}, 20}, /* documentation */
};

/* IPv4 inside IPv6: the last four bytes. The local-use NAT64 prefix 64:ff9b:1::/48 is outside
 * 2000::/3 and stays closed: what it embeds can't be known. */
static const struct range mapped = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96};
static const struct range nat64 = {{0, 0x64, 0xff, 0x9b}, 96};

static bool in_range(const unsigned char *bytes, const unsigned char *start, unsigned prefix)
{
    unsigned whole = prefix / 8, rest = prefix % 8;

    if (memcmp(bytes, start, whole) != 0)
        return false;
    return rest == 0 || ((bytes[whole] ^ start[whole]) & (0xff00u >> rest) & 0xff) == 0;
}

static bool in_any(const unsigned char *bytes, const struct range *ranges, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (in_range(bytes, ranges[i].bytes, ranges[i].prefix))
            return true;
    return false;
}

static void unwrap(struct plain *a)
{
    a->family = AF_INET;
    memmove(a->bytes, a->bytes + 12, 4);
    memset(a->bytes + 4, 0, 12);
}

/* The address that is meant: IPv4 for mapped IPv6. */
static struct plain plain_of(const struct sockaddr *address)
{
    struct plain a = {AF_UNSPEC, {0}};
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    if (address->sa_family == AF_INET) {
        memcpy(&v4, address, sizeof v4);
        a.family = AF_INET;
        memcpy(a.bytes, &v4.sin_addr, 4);
    } else if (address->sa_family == AF_INET6) {
        memcpy(&v6, address, sizeof v6);
        a.family = AF_INET6;
        memcpy(a.bytes, &v6.sin6_addr, 16);
        if (in_range(a.bytes, mapped.bytes, mapped.prefix))
            unwrap(&a);
    }
    return a;
}

bool address_is_global(const struct sockaddr *address)
{
    struct plain a = plain_of(address);

    if (a.family == AF_INET6 && in_range(a.bytes, nat64.bytes, nat64.prefix))
        unwrap(&a);
    if (a.family == AF_INET)
        return !in_any(a.bytes, closed4, sizeof closed4 / sizeof closed4[0]);
    if (a.family == AF_INET6)
        return in_range(a.bytes, open6.bytes, open6.prefix) &&
               !in_any(a.bytes, closed6, sizeof closed6 / sizeof closed6[0]);
    return false;
}

bool address_is_loopback(const struct sockaddr *address)
{
    static const unsigned char one[16] = {[15] = 1};
    struct plain a = plain_of(address);

    if (a.family == AF_INET)
        return a.bytes[0] == 127;
    return a.family == AF_INET6 && memcmp(a.bytes, one, sizeof one) == 0;
}

/* Plain digits up to `max` without a leading zero: no sign, no white space. */
static int read_number(const char *text, unsigned max, unsigned *out)
{
    unsigned n = 0;

    if (!*text || (text[0] == '0' && text[1]))
        return -1;
    for (; *text; text++) {
        if (*text < '0' || *text > '9')
            return -1;
        n = n * 10 + (unsigned)(*text - '0');
        if (n > max)
            return -1;
    }
    *out = n;
    return 0;
}

static void clear_behind(unsigned char *bytes, size_t n, unsigned prefix)
{
    for (size_t i = 0; i < n; i++) {
        unsigned keep = prefix > 8 * i ? prefix - 8 * (unsigned)i : 0;

        if (keep < 8)
            bytes[i] &= (unsigned char)(0xff00u >> keep);
    }
}

int cidr_read(const char *text, struct cidr *out)
{
    char address[INET6_ADDRSTRLEN];
    struct cidr c = {AF_UNSPEC, {0}, 0};
    const char *slash = strchr(text, '/');
    size_t n = slash ? (size_t)(slash - text) : strlen(text);

    if (!strcmp(text, "global")) {
        *out = c;
        return 0;
    }
    if (n == 0 || n >= sizeof address)
        return -1;
    memcpy(address, text, n);
    address[n] = '\0';
    if (inet_pton(AF_INET, address, c.bytes) == 1)
        c.family = AF_INET;
    else if (inet_pton(AF_INET6, address, c.bytes) == 1)
        c.family = AF_INET6;
    else
        return -1;
    c.prefix = c.family == AF_INET ? 32 : 128;
    if (slash && read_number(slash + 1, c.prefix, &c.prefix))
        return -1;
    if (c.family == AF_INET6 && c.prefix >= mapped.prefix &&
        in_range(c.bytes, mapped.bytes, mapped.prefix)) {
        c.family = AF_INET;
        memmove(c.bytes, c.bytes + 12, 4);
        memset(c.bytes + 4, 0, 12);
        c.prefix -= mapped.prefix;
    }
    clear_behind(c.bytes, sizeof c.bytes, c.prefix);
    *out = c;
    return 0;
}

void cidr_write(const struct cidr *cidr, char out[CIDR_TEXT])
{
    char address[INET6_ADDRSTRLEN];

    if (cidr->family == AF_UNSPEC || !inet_ntop(cidr->family, cidr->bytes, address, sizeof address))
        snprintf(out, CIDR_TEXT, "global");
    else
        snprintf(out, CIDR_TEXT, "%s/%u", address, cidr->prefix);
}

bool cidr_has(const struct cidr *cidr, const struct sockaddr *address)
{
    struct plain a;

    if (cidr->family == AF_UNSPEC)
        return address_is_global(address);
    a = plain_of(address);
    return a.family == cidr->family && in_range(a.bytes, cidr->bytes, cidr->prefix);
}

bool address_network(const struct sockaddr *address, const struct cidr *allowed, size_t n,
                     struct cidr *out)
{
    if (address_is_global(address)) {
        *out = (struct cidr){AF_UNSPEC, {0}, 0};
        return true;
    }
    for (size_t i = 0; i < n; i++) {
        if (cidr_has(&allowed[i], address)) {
            *out = allowed[i];
            return true;
        }
    }
    return false;
}

int address_read(const char *text, struct sockaddr_storage *out, socklen_t *length)
{
    bool bracketed = text[0] == '[';
    const char *start = text + bracketed;
    const char *end = bracketed ? strstr(text, "]:") : strchr(text, ':');
    char host[INET6_ADDRSTRLEN];
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    unsigned port;

    if (!end || (size_t)(end - start) >= sizeof host)
        return -1;
    memcpy(host, start, (size_t)(end - start));
    host[end - start] = '\0';
    if (read_number(end + (bracketed ? 2 : 1), 65535, &port))
        return -1;
    memset(out, 0, sizeof *out);
    if (bracketed && inet_pton(AF_INET6, host, &v6.sin6_addr) == 1) {
        v6.sin6_port = htons((in_port_t)port);
        memcpy(out, &v6, sizeof v6);
        *length = sizeof v6;
        return 0;
    }
    if (!bracketed && inet_pton(AF_INET, host, &v4.sin_addr) == 1) {
        v4.sin_port = htons((in_port_t)port);
        memcpy(out, &v4, sizeof v4);
        *length = sizeof v4;
        return 0;
    }
    return -1;
}

void address_write(const struct sockaddr *address, char out[ADDRESS_TEXT])
{
    char host[INET6_ADDRSTRLEN];
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    if (address->sa_family == AF_INET) {
        memcpy(&v4, address, sizeof v4);
        inet_ntop(AF_INET, &v4.sin_addr, host, sizeof host);
        snprintf(out, ADDRESS_TEXT, "%s:%u", host, (unsigned)ntohs(v4.sin_port));
    } else if (address->sa_family == AF_INET6) {
        memcpy(&v6, address, sizeof v6);
        inet_ntop(AF_INET6, &v6.sin6_addr, host, sizeof host);
        snprintf(out, ADDRESS_TEXT, "[%s]:%u", host, (unsigned)ntohs(v6.sin6_port));
    } else {
        snprintf(out, ADDRESS_TEXT, "?");
    }
}
