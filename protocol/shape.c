/*
 * Shapes of texts, URIs and names.
 */
#include "protocol/shape.h"

#include "protocol/scan.h"

/* True if every byte is a letter, a digit or one of `others`. */
static bool only(struct cs_span s, const char *others)
{
    for (size_t i = 0; i < s.n; i++)
        if (!scan_is_letter(s.p[i]) && !scan_is_digit(s.p[i]) &&
            (!s.p[i] || !strchr(others, s.p[i])))
            return false;
    return true;
}

bool cs_shape_text(struct cs_span s)
{
    unsigned char before = 0;
    bool visible = false;

    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = s.p[i];

        if (c < 0x20 ? c != '\t' && c != '\n' : c == 0x7f)
            return false;
        if (before == 0xc2 && c < 0xa0) /* U+0080 to U+009F are C2 80 to C2 9F */
            return false;
        visible |= c > ' ';
        before = c;
    }
    return visible;
}

/* The scheme without its colon; empty if there is none. */
static struct cs_span scheme_of(struct cs_span s)
{
    const unsigned char *colon = s.n ? memchr(s.p, ':', s.n) : NULL;
    struct cs_span scheme = cs_span_make(s.p, colon ? (size_t)(colon - s.p) : 0);

    if (scheme.n == 0 || !scan_is_letter(scheme.p[0]) || !only(scheme, "+-."))
        scheme.n = 0;
    return scheme;
}

static bool equal_folded(struct cs_span s, const char *lower)
{
    if (s.n != strlen(lower))
        return false;
    for (size_t i = 0; i < s.n; i++)
        if ((scan_is_letter(s.p[i]) ? (s.p[i] | 0x20) : s.p[i]) != (unsigned char)lower[i])
            return false;
    return true;
}

static bool scheme_safe(struct cs_span scheme)
{
    static const char *const refused[] = {"about",      "blob",       "data",     "file",
                                          "filesystem", "javascript", "vbscript", "view-source"};

    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
        if (equal_folded(scheme, refused[i]))
            return false;
    return scheme.n >= 2; /* "c:" is a drive */
}

/* The characters of RFC 3986, '%' only before two hexadecimal digits, one '#' at most. */
static bool uri_characters(struct cs_span s)
{
    unsigned fragments = 0;

    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = s.p[i];

        if (scan_is_letter(c) || scan_is_digit(c) || (c && strchr("-._~:/?[]@!$&'()*+,;=", c)))
            continue;
        if (c == '%' && i + 2 < s.n && scan_is_hex(s.p[i + 1]) && scan_is_hex(s.p[i + 2]))
            continue;
        if (c != '#' || ++fragments > 1)
            return false;
    }
    return true;
}

bool cs_shape_uri(struct cs_span s)
{
    struct cs_span scheme = scheme_of(s);

    return scheme_safe(scheme) && s.n > scheme.n + 1 && uri_characters(s);
}

/* The bytes before the first of `ends`. */
static struct cs_span before_any(struct cs_span s, const char *ends)
{
    size_t n = 0;

    while (n < s.n && (!s.p[n] || !strchr(ends, s.p[n])))
        n++;
    return cs_span_make(s.p, n);
}

/* Nothing, or ":" and a port. */
static bool port_valid(struct cs_span s)
{
    unsigned port = 0;

    if (s.n == 0)
        return true;
    if (s.p[0] != ':' || s.n < 2 || s.n > 6)
        return false;
    for (size_t i = 1; i < s.n; i++) {
        if (!scan_is_digit(s.p[i]))
            return false;
        port = port * 10 + (s.p[i] - (unsigned)'0');
    }
    return port >= 1 && port <= 65535;
}

/* HOST[:PORT]: a name, or an IPv6 address in brackets. */
static bool authority_valid(struct cs_span s)
{
    struct cs_span host;

    if (s.n > 0 && s.p[0] == '[') {
        const unsigned char *close = memchr(s.p, ']', s.n);

        if (!close || close - s.p < 3)
            return false;
        host = cs_span_make(s.p + 1, (size_t)(close - s.p) - 1);
        for (size_t i = 0; i < host.n; i++)
            if (!scan_is_hex(host.p[i]) && host.p[i] != ':' && host.p[i] != '.')
                return false;
        host.n += 2;
    } else {
        host = before_any(s, ":");
        if (host.n == 0 || !only(host, ".-_") || host.p[0] == '.' || host.p[0] == '-')
            return false;
    }
    return port_valid(cs_span_make(s.p + host.n, s.n - host.n));
}

bool cs_shape_https(struct cs_span s)
{
    static const char scheme[] = "https://";
    const size_t n = sizeof(scheme) - 1;

    if (s.n <= n || memcmp(s.p, scheme, n) != 0 || !uri_characters(s))
        return false;
    return authority_valid(before_any(cs_span_make(s.p + n, s.n - n), "/?#"));
}

bool cs_shape_media_type(struct cs_span s)
{
    struct cs_span type = before_any(s, "/");
    struct cs_span subtype;

    if (type.n == 0 || type.n + 1 >= s.n)
        return false;
    subtype = cs_span_make(s.p + type.n + 1, s.n - type.n - 1);
    return only(type, "!#$&-^_.+") && only(subtype, "!#$&-^_.+");
}

bool cs_shape_type_name(struct cs_span s)
{
    return only(s, "");
}

bool cs_shape_sha256(struct cs_span s)
{
    if (s.n != 64)
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (!scan_is_hex(s.p[i]) || (s.p[i] >= 'A' && s.p[i] <= 'F'))
            return false;
    return true;
}
