/*
 * Which URLs may name a node: https, a host in its one spelling, at most a port. Whether its
 * address may be contacted is decided when the connection is made, not here.
 */
#include <commonshelf/encode.h>
#include <commonshelf/profile.h>

#include <arpa/inet.h>

#define SCHEME "https://"
#define HOST_MAX 253 /* RFC 1035 §2.3.4, without the root's dot */
#define LABEL_MAX 63

static bool is_digit(unsigned char c)
{
    return c >= '0' && c <= '9';
}

static bool is_label_byte(unsigned char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-';
}

/* The text of an address that inet_pton understands and inet_ntop writes the same: one spelling for
 * each address, so no "127.1", no leading zeros, no zone. */
static bool is_address(int family, struct cs_span host)
{
    char text[INET6_ADDRSTRLEN], again[INET6_ADDRSTRLEN];
    struct in6_addr address; /* room for both families */

    if (host.n >= sizeof(text) || memchr(host.p, '\0', host.n))
        return false;
    memcpy(text, host.p, host.n);
    text[host.n] = '\0';
    return inet_pton(family, text, &address) == 1 &&
           inet_ntop(family, &address, again, sizeof(again)) && strcmp(text, again) == 0;
}

/* The last label decides whether software takes a name for a number ("0x7f000001", "1"). */
static bool looks_numeric(struct cs_span label)
{
    return is_digit(label.p[0]);
}

static bool is_label(struct cs_span label)
{
    if (label.n == 0 || label.n > LABEL_MAX || label.p[0] == '-' || label.p[label.n - 1] == '-')
        return false;
    for (size_t i = 0; i < label.n; i++) {
        if (!is_label_byte(label.p[i]))
            return false;
    }
    return true;
}

static bool is_host_name(struct cs_span host)
{
    struct cs_span label = {host.p, 0};

    if (host.n == 0 || host.n > HOST_MAX)
        return false;
    for (size_t i = 0; i <= host.n; i++) {
        if (i < host.n && host.p[i] != '.') {
            label.n++;
            continue;
        }
        if (!is_label(label))
            return false;
        if (i == host.n)
            break;
        label = cs_span_make(host.p + i + 1, 0);
    }
    return !looks_numeric(label) || is_address(AF_INET, host);
}

static bool is_port(struct cs_span text)
{
    uint64_t port;

    return cs_decimal_read(text, 65535, &port) == CS_OK && port > 0;
}

bool cs_url_is_origin(struct cs_span url)
{
    size_t scheme = strlen(SCHEME);
    struct cs_span host, rest;
    const unsigned char *end;

    if (url.n <= scheme || memcmp(url.p, SCHEME, scheme) != 0)
        return false;
    rest = cs_span_make(url.p + scheme, url.n - scheme);
    if (rest.p[0] == '[') {
        end = memchr(rest.p, ']', rest.n);
        if (!end)
            return false;
        host = cs_span_make(rest.p + 1, (size_t)(end - rest.p) - 1);
        if (!is_address(AF_INET6, host))
            return false;
        end++;
    } else {
        end = memchr(rest.p, ':', rest.n);
        if (!end)
            end = rest.p + rest.n;
        host = cs_span_make(rest.p, (size_t)(end - rest.p));
        if (!is_host_name(host))
            return false;
    }
    rest = cs_span_make(end, rest.n - (size_t)(end - rest.p));
    return rest.n == 0 || (rest.p[0] == ':' && is_port(cs_span_make(rest.p + 1, rest.n - 1)));
}
