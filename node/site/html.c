#include "site/html.h"

#include <commonshelf/encode.h>

#include <assert.h>
#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>

#define WORDS_MAX 8 /* values in one sentence */

enum place { PLACE_TEXT, PLACE_ATTRIBUTE };

static const char replacement[] = "\xef\xbf\xbd";

/* Length of the character at p, 0 if it is no valid UTF-8. */
static size_t character(const unsigned char *p, size_t left)
{
    size_t n = *p < 0x80 ? 1 : *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : 4;

    return n <= left && cs_utf8_valid(cs_span_make(p, n)) ? n : 0;
}

/* U+0080-009F, the second set of control characters. */
static bool is_control(const unsigned char *p, size_t n)
{
    if (n == 1)
        return (*p < 0x20 && *p != '\n' && *p != '\t') || *p == 0x7f;
    return n == 2 && p[0] == 0xc2 && p[1] < 0xa0;
}

/* U+202A-202E and U+2066-2069. */
static bool is_direction(const unsigned char *p, size_t n)
{
    return n == 3 && p[0] == 0xe2 &&
           ((p[1] == 0x80 && p[2] >= 0xaa && p[2] <= 0xae) ||
            (p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9));
}

static void escape(struct cs_buffer *out, struct cs_span text, enum place place)
{
    for (size_t i = 0, n; i < text.n; i += n) {
        const unsigned char *p = text.p + i;

        n = character(p, text.n - i);
        if (n == 0 || is_control(p, n)) {
            cs_buffer_add_text(out, replacement);
            n += n == 0;
        } else if (is_direction(p, n)) {
            continue;
        } else if (*p == '&') {
            html_raw(out, "&amp;");
        } else if (*p == '<') {
            html_raw(out, "&lt;");
        } else if (*p == '>') {
            html_raw(out, "&gt;");
        } else if (*p == '"' && place == PLACE_ATTRIBUTE) {
            html_raw(out, "&quot;");
        } else if (*p == '\'' && place == PLACE_ATTRIBUTE) {
            html_raw(out, "&#39;");
        } else {
            cs_buffer_add(out, p, n);
        }
    }
}

void html_text(struct cs_buffer *out, const char *text)
{
    escape(out, cs_span_of(text), PLACE_TEXT);
}

void html_span(struct cs_buffer *out, struct cs_span text)
{
    escape(out, text, PLACE_TEXT);
}

void html_attribute(struct cs_buffer *out, const char *text)
{
    escape(out, cs_span_of(text), PLACE_ATTRIBUTE);
}

void html_attribute_span(struct cs_buffer *out, struct cs_span text)
{
    escape(out, text, PLACE_ATTRIBUTE);
}

void html_url_part(struct cs_buffer *out, struct cs_span text)
{
    static const char hex[] = "0123456789ABCDEF";

    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = text.p[i];

        if (c < 0x80 && (isalnum(c) || c == '-' || c == '.' || c == '_' || c == '~')) {
            cs_buffer_add_byte(out, c);
        } else {
            cs_buffer_add_byte(out, '%');
            cs_buffer_add_byte(out, (unsigned char)hex[c >> 4]);
            cs_buffer_add_byte(out, (unsigned char)hex[c & 15]);
        }
    }
}

void html_number(struct cs_buffer *out, uint64_t n)
{
    cs_buffer_printf(out, "%" PRIu64, n);
}

/* ---- sentences */

/*
 * Reads a conversion at p, which points to its '%': the number of its value (the next one counted
 * by *next, or that before '$'), -1 for "%%". Moves *p behind it.
 */
static int conversion(const char **p, int *next)
{
    const char *s = *p + 1;
    int which;

    if (*s == '%') {
        *p = s + 1;
        return -1;
    }
    if (*s >= '1' && *s <= '0' + WORDS_MAX && s[1] == '$') {
        which = *s - '1';
        s += 2;
    } else {
        which = (*next)++;
    }
    assert(*s == 's' && which < WORDS_MAX);
    *p = s + 1;
    return which;
}

static int values_in(const char *format)
{
    int most = 0, next = 0;

    for (const char *p = format; (p = strchr(p, '%'));) {
        int which = conversion(&p, &next);

        if (which >= most)
            most = which + 1;
    }
    return most;
}

void html_words(struct cs_buffer *out, const char *format, ...)
{
    const char *value[WORDS_MAX];
    int n = values_in(format), next = 0;
    va_list list;

    va_start(list, format);
    for (int i = 0; i < n; i++)
        value[i] = va_arg(list, const char *);
    va_end(list);
    for (const char *p = format; *p;) {
        size_t plain = strcspn(p, "%");

        html_span(out, cs_span_make(p, plain));
        p += plain;
        if (*p) {
            int which = conversion(&p, &next);

            if (which < 0)
                html_raw(out, "%");
            else
                html_value(out, value[which], NULL);
        }
    }
}

/* ---- strangers' values */

void html_value(struct cs_buffer *out, const char *text, const char *lang)
{
    html_raw(out, "<bdi");
    if (lang && *lang) {
        html_raw(out, " lang=\"");
        html_attribute(out, lang);
        html_raw(out, "\"");
    }
    html_raw(out, ">");
    html_text(out, text);
    html_raw(out, "</bdi>");
}

void html_language(struct cs_buffer *out, const char *lang)
{
    if (lang && *lang) {
        html_raw(out, " lang=\"");
        html_attribute(out, lang);
        html_raw(out, "\"");
    }
    html_raw(out, " dir=\"auto\"");
}

void html_marked(struct cs_buffer *out, const char *text)
{
    bool open = false;

    while (*text) {
        size_t n = strcspn(text, "\x02\x03");

        html_span(out, cs_span_make(text, n));
        text += n;
        if (*text == '\x02' && !open) {
            html_raw(out, "<mark>");
            open = true;
        } else if (*text == '\x03' && open) {
            html_raw(out, "</mark>");
            open = false;
        }
        text += *text != '\0';
    }
    if (open)
        html_raw(out, "</mark>");
}

void html_paragraphs(struct cs_buffer *out, const char *text, const char *lang)
{
    bool open = false, line = false; /* in a paragraph; with a line before this one */

    while (*text) {
        size_t n = strcspn(text, "\n");
        size_t first = strspn(text, " \t\r");
        size_t end = n;

        while (end > 0 && strchr(" \t\r", text[end - 1]))
            end--;
        if (first >= n) {
            if (open)
                html_raw(out, "</p>");
            open = line = false;
        } else {
            if (!open) {
                html_raw(out, "<p");
                html_language(out, lang);
                html_raw(out, ">");
            }
            if (line)
                html_raw(out, "<br>");
            html_span(out, cs_span_make(text, end));
            open = line = true;
        }
        text += n + (text[n] == '\n');
    }
    if (open)
        html_raw(out, "</p>");
}

/* ---- links */

static bool host_character(char c)
{
    return isalnum((unsigned char)c) || c == '.' || c == '-';
}

/* Length of "host[:port]" at p, 0 if it is none. */
static size_t authority(const char *p)
{
    size_t n = 0, digits;

    if (*p == '[') {
        n = 1 + strspn(p + 1, "0123456789abcdefABCDEF:.");
        if (n < 3 || p[n] != ']')
            return 0;
        n++;
    } else {
        while (p[n] && (unsigned char)p[n] < 0x80 && host_character(p[n]))
            n++;
        if (n == 0 || *p == '.' || *p == '-')
            return 0;
    }
    if (p[n] == ':') {
        digits = strspn(p + n + 1, "0123456789");
        if (digits == 0 || digits > 5)
            return 0;
        n += 1 + digits;
    }
    return p[n] == '\0' || strchr("/?#", p[n]) ? n : 0;
}

bool html_url_host(const char *url, struct cs_span *host)
{
    static const char scheme[] = "https://";
    const char *p = url;
    size_t n;

    if (!url || strncmp(url, scheme, sizeof scheme - 1) != 0)
        return false;
    p += sizeof scheme - 1;
    n = authority(p);
    if (n == 0)
        return false;
    for (const char *c = p + n; *c; c++)
        if (*c <= 0x20 || (unsigned char)*c >= 0x7f || strchr("\"<>\\^`{|}", *c))
            return false;
    *host = cs_span_make(p, n);
    return true;
}

bool html_link_out(struct cs_buffer *out, const char *url, const char *css)
{
    struct cs_span host;

    if (!html_url_host(url, &host))
        return false;
    html_raw(out, "<a rel=\"noopener nofollow external\" href=\"");
    html_attribute(out, url);
    if (css) {
        html_raw(out, "\" class=\"");
        html_attribute(out, css);
    }
    html_raw(out, "\">");
    return true;
}
