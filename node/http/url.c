/*
 * Strict https URLs.
 */
#include "http/url.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <strings.h>

#include <commonshelf/encode.h>

#include "support/support.h"

#define HTTPS_PORT 443
#define PORT_UNPRIVILEGED                                                                          \
    1024 /* below it other protocols live that a request could be made to speak */

static bool is_digit(unsigned char c)
{
    return c >= '0' && c <= '9';
}

static bool is_hex(unsigned char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* unreserved, sub-delims, ":" and "@" (RFC 3986 §3.3), and "/" and, for queries, "?". */
static bool is_path_text(struct cs_span s, bool query)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = s.p[i];

        if (c == '%') {
            if (s.n - i < 3 || !is_hex(s.p[i + 1]) || !is_hex(s.p[i + 2]))
                return false;
        } else if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !is_digit(c) &&
                   !(c && strchr("-._~!$&'()*+,;=:@/", c)) && !(query && c == '?')) {
            return false;
        }
    }
    return true;
}

/* A host name as DNS has it, in lower case. Names that end like a number are left to the address
 * parser: resolvers take "127.1" and "0x7f000001" for addresses. */
static bool is_name(const char *host)
{
    const char *label = host;

    for (;;) {
        size_t n = strcspn(label, ".");

        if (n == 0 || n > 63 || label[0] == '-' || label[n - 1] == '-' ||
            strspn(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") < n)
            return false;
        if (!label[n])
            return !is_digit((unsigned char)label[0]) || strspn(label, "0123456789abcdefx") < n;
        label += n + 1;
    }
}

static bool read_host(struct cs_span host, struct http_url *out)
{
    unsigned char address[16];
    char bare[HTTP_HOST_MAX + 1];

    if (!host.n || host.n > HTTP_HOST_MAX || memchr(host.p, 0, host.n))
        return false;
    for (size_t i = 0; i < host.n; i++) {
        unsigned char c = host.p[i];

        out->host[i] = (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
    }
    out->host[host.n] = 0;
    if (out->host[0] == '[') {
        if (host.n < 4 || out->host[host.n - 1] != ']')
            return false;
        memcpy(bare, out->host + 1, host.n - 2);
        bare[host.n - 2] = 0;
        out->is_address = true;
        return inet_pton(AF_INET6, bare, address) == 1;
    }
    out->is_address = inet_pton(AF_INET, out->host, address) == 1;
    return out->is_address || is_name(out->host);
}

static bool read_port(struct cs_span port, unsigned *out)
{
    uint64_t number;

    if (cs_decimal_read(port, 65535, &number) != CS_OK)
        return false;
    *out = (unsigned)number;
    return number == HTTPS_PORT || number >= PORT_UNPRIVILEGED;
}

/* host[:port], where an IPv6 host has colons of its own. */
static bool read_authority(struct cs_span authority, struct http_url *out)
{
    size_t host = authority.n;

    if (authority.n && authority.p[0] == '[') {
        const unsigned char *close = memchr(authority.p, ']', authority.n);

        host = close ? (size_t)(close - authority.p) + 1 : authority.n;
    } else if (authority.n) {
        const unsigned char *colon = memchr(authority.p, ':', authority.n);

        host = colon ? (size_t)(colon - authority.p) : authority.n;
    }
    out->port = HTTPS_PORT;
    if (!read_host(cs_span_make(authority.p, host), out))
        return false;
    if (host < authority.n &&
        (authority.p[host] != ':' ||
         !read_port(cs_span_make(authority.p + host + 1, authority.n - host - 1), &out->port)))
        return false;
    if (out->port == HTTPS_PORT)
        snprintf(out->authority, sizeof out->authority, "%s", out->host);
    else
        snprintf(out->authority, sizeof out->authority, "%s:%u", out->host, out->port);
    return true;
}

static bool read_url(struct cs_span text, struct http_url *out)
{
    static const char scheme[] = "https://";
    size_t at = sizeof scheme - 1, end, mark, used;
    struct cs_span path, query;
    int head;

    if (text.n > CS_URL_MAX || text.n < at || strncasecmp((const char *)text.p, scheme, at) != 0)
        return false;
    for (end = at; end < text.n && text.p[end] != '/' && text.p[end] != '?'; end++)
        ;
    for (mark = end; mark < text.n && text.p[mark] != '?'; mark++)
        ;
    if (!read_authority(cs_span_make(text.p + at, end - at), out))
        return false;
    path = cs_span_make(text.p + end, mark - end);
    query = cs_span_make(text.p + mark, text.n - mark);
    if (!is_path_text(path, false) || !is_path_text(query, true))
        return false;
    head =
        snprintf(out->text, sizeof out->text, "%s%s%s", scheme, out->authority, path.n ? "" : "/");
    if (head < 0 || (size_t)head + path.n + query.n > CS_URL_MAX)
        return false;
    used = (size_t)head;
    memcpy(out->text + used, path.p, path.n);
    memcpy(out->text + used + path.n, query.p, query.n);
    out->text[used + path.n + query.n] = 0;
    if (!path.n)
        used--;
    out->path = cs_span_make(out->text + used, path.n ? path.n : 1);
    out->query = cs_span_make(out->text + used + out->path.n, query.n);
    return true;
}

int http_url_read(const char *text, struct http_url *out, struct problem *why)
{
    memset(out, 0, sizeof *out);
    if (read_url(cs_span_of(text), out))
        return 0;
    return problem_set(why, "bad_url",
                       _("This is not an https address of a node. It looks like "
                         "https://library.example.org or https://192.0.2.7:7443."));
}

int http_url_join(const char *base, const char *path, char out[CS_URL_MAX + 1])
{
    size_t n = strlen(base);
    int length;

    if (n && base[n - 1] == '/')
        n--;
    if (n > CS_URL_MAX)
        return -1;
    length = snprintf(out, CS_URL_MAX + 1, "%.*s%s", (int)n, base, path);
    return length < 0 || length > CS_URL_MAX ? -1 : 0;
}
