#include "intake/values.h"

#include <stdio.h>

/* Schemes that name or locate something and run nothing. */
static const char *const schemes[] = {
    "https", "http", "urn", "info", "doi",  "ark",  "hdl", "ftp",    "mailto", "tel",
    "geo",   "tag",  "oai", "isbn", "issn", "lsid", "did", "magnet", "ni",
};

static const char *known_scheme(struct cs_span text, size_t *length)
{
    size_t i, k;

    for (i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        for (k = 0; schemes[i][k] && k < text.n; k++)
            if ((text.p[k] | 0x20) != schemes[i][k])
                break;
        if (schemes[i][k] == '\0' && k < text.n && text.p[k] == ':') {
            *length = k;
            return schemes[i];
        }
    }
    return NULL;
}

/* Whether a byte may stand in a URI as it is. The percent sign may when two hex digits follow. */
static bool allowed(struct cs_span text, size_t i)
{
    unsigned char c = text.p[i];

    if (c == '%')
        return i + 2 < text.n && strchr("0123456789abcdefABCDEF", text.p[i + 1]) &&
               strchr("0123456789abcdefABCDEF", text.p[i + 2]) && text.p[i + 1] && text.p[i + 2];
    return c > ' ' && c < 0x7F && !strchr("\"<>\\^`{|}", c);
}

/* An http(s) authority: a host, no user name (it hides where a link goes). */
static bool host(struct cs_span t)
{
    size_t i;

    if (t.n < 3 || t.p[0] != '/' || t.p[1] != '/')
        return false;
    for (i = 2; i < t.n && !strchr("/?#", t.p[i] ? t.p[i] : '/'); i++)
        if (t.p[i] == '@' || t.p[i] <= ' ' || t.p[i] == '\\')
            return false;
    return i > 2 && t.p[2] != ':' && t.p[2] != '.';
}

enum uri_kind value_uri(struct cs_span text, size_t max, char out[VALUE_URI_MAX])
{
    size_t i, n, length;
    const char *scheme = known_scheme(text, &length);
    bool web;

    if (!scheme || text.n == length + 1 || max >= VALUE_URI_MAX)
        return URI_NONE;
    web = scheme[0] == 'h' && scheme[1] == 't';
    if (web && !host(cs_span_make(text.p + length + 1, text.n - length - 1)))
        return URI_NONE;
    n = (size_t)snprintf(out, VALUE_URI_MAX, "%s", scheme);
    for (i = length; i < text.n; i++) {
        if (n + 3 > max)
            return URI_NONE;
        if (allowed(text, i))
            out[n++] = (char)text.p[i];
        else
            n += (size_t)snprintf(out + n, VALUE_URI_MAX - n, "%%%02X", text.p[i]);
    }
    out[n] = '\0';
    return !web ? URI_OTHER : scheme[4] == 's' ? URI_HTTPS : URI_HTTP;
}
