/*
 * Reads a page of site/ as strictly as it is meant to be written: lower-case tags of a known
 * list, every one closed in its place, attributes of a known list in double quotes, every link of
 * a harmless kind, ids unique, no raw '<', '>' or stray '&', no control character. Whatever a
 * stranger smuggled in as mark-up is therefore an error, whichever way it was done.
 */
#ifndef TESTS_SITE_MARKUP_H
#define TESTS_SITE_MARKUP_H

#include <commonshelf/encode.h>

#include <stdio.h>

#define MARKUP_DEPTH_MAX 64
#define MARKUP_IDS_MAX 64
#define MARKUP_FAULT_MAX 200

struct markup {
    const char *at, *end;
    struct cs_span open[MARKUP_DEPTH_MAX];
    size_t depth;
    struct cs_span id[MARKUP_IDS_MAX];
    size_t ids;
    size_t tags, links_out;
    char fault[MARKUP_FAULT_MAX]; /* empty while all is well */
};

static inline bool markup_fail(struct markup *m, const char *what)
{
    int left = m->end - m->at > 60 ? 60 : (int)(m->end - m->at);

    if (!m->fault[0])
        snprintf(m->fault, sizeof m->fault, "%s at: %.*s", what, left, m->at);
    return false;
}

static inline bool markup_one_of(struct cs_span s, const char *const *list)
{
    for (; *list; list++)
        if (cs_span_is(s, *list))
            return true;
    return false;
}

static inline struct cs_span markup_take(struct markup *m, const char *letters)
{
    const char *start = m->at;

    while (m->at < m->end && *m->at && strchr(letters, *m->at))
        m->at++;
    return cs_span_make(start, (size_t)(m->at - start));
}

#define MARKUP_LETTERS "abcdefghijklmnopqrstuvwxyz"

/* An entity at '&'. */
static inline bool markup_entity(struct markup *m)
{
    static const char *const known[] = {"amp", "lt", "gt", "quot", "#39", NULL};
    struct cs_span name;

    m->at++;
    name = markup_take(m, MARKUP_LETTERS "#0123456789");
    if (!markup_one_of(name, known) || m->at == m->end || *m->at != ';')
        return markup_fail(m, "a stray &");
    m->at++;
    return true;
}

/* Characters that may stand in text and in attributes. */
static inline bool markup_character(struct markup *m)
{
    unsigned char c = (unsigned char)*m->at;

    if (c == '&')
        return markup_entity(m);
    if (c == '<' || c == '>')
        return markup_fail(m, "a raw angle bracket");
    if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f)
        return markup_fail(m, "a control character");
    m->at++;
    return true;
}

static inline bool markup_link(struct markup *m, struct cs_span value)
{
    static const char https[] = "https://";

    if (value.n && (value.p[0] == '#' || (value.p[0] == '/' && (value.n < 2 || value.p[1] != '/'))))
        return true;
    if (value.n > sizeof https && !memcmp(value.p, https, sizeof https - 1)) {
        m->links_out++;
        return true;
    }
    return markup_fail(m, "a link that may not be");
}

static inline bool markup_id(struct markup *m, struct cs_span value)
{
    for (size_t i = 0; i < m->ids; i++)
        if (cs_span_equal(m->id[i], value))
            return markup_fail(m, "an id twice");
    if (m->ids == MARKUP_IDS_MAX)
        return markup_fail(m, "too many ids");
    m->id[m->ids++] = value;
    return true;
}

static inline bool markup_attribute(struct markup *m)
{
    static const char *const known[] = {"lang",
                                        "dir",
                                        "charset",
                                        "name",
                                        "content",
                                        "rel",
                                        "href",
                                        "type",
                                        "class",
                                        "id",
                                        "role",
                                        "action",
                                        "for",
                                        "maxlength",
                                        "autocomplete",
                                        "autocapitalize",
                                        "enterkeyhint",
                                        "value",
                                        "aria-label",
                                        "data-label",
                                        "aria-labelledby",
                                        "aria-current",
                                        "aria-hidden",
                                        "datetime",
                                        "start",
                                        "scope",
                                        "open",
                                        "tabindex",
                                        "viewBox",
                                        "width",
                                        "height",
                                        "d",
                                        NULL};
    struct cs_span name = markup_take(m, MARKUP_LETTERS "-B"), value;

    if (!markup_one_of(name, known))
        return markup_fail(m, "an unknown attribute before");
    if (cs_span_is(name, "open"))
        return true;
    if (m->end - m->at < 2 || m->at[0] != '=' || m->at[1] != '"')
        return markup_fail(m, "an attribute without quotes before");
    m->at += 2;
    value.p = (const unsigned char *)m->at;
    while (m->at < m->end && *m->at != '"')
        if (!markup_character(m))
            return false;
    if (m->at == m->end)
        return markup_fail(m, "an attribute without end");
    value.n = (size_t)((const unsigned char *)m->at - value.p);
    m->at++;
    if (cs_span_is(name, "href") || cs_span_is(name, "action"))
        return markup_link(m, value);
    return !cs_span_is(name, "id") || markup_id(m, value);
}

static inline bool markup_start_tag(struct markup *m, struct cs_span name)
{
    static const char *const known[] = {
        "html",    "head",    "meta",  "title",   "link",    "body",   "a",   "header", "svg",
        "path",    "span",    "b",     "small",   "nav",     "ul",     "ol",  "li",     "main",
        "footer",  "p",       "form",  "label",   "input",   "button", "h1",  "h2",     "h3",
        "details", "summary", "div",   "section", "article", "aside",  "dl",  "dt",     "dd",
        "table",   "thead",   "tbody", "tr",      "th",      "td",     "bdi", "time",   "mark",
        "code",    "pre",     "wbr",   "br",      NULL};
    static const char *const empty[] = {"meta", "link", "input", "br", "wbr", NULL};

    if (!markup_one_of(name, known))
        return markup_fail(m, "an unknown tag before");
    m->tags++;
    while (m->at < m->end && *m->at == ' ') {
        m->at++;
        if (!markup_attribute(m))
            return false;
    }
    if (m->at < m->end && *m->at == '/' && cs_span_is(name, "path")) {
        m->at++;
    } else if (!markup_one_of(name, empty)) {
        if (m->depth == MARKUP_DEPTH_MAX)
            return markup_fail(m, "too deep");
        m->open[m->depth++] = name;
    }
    if (m->at == m->end || *m->at != '>')
        return markup_fail(m, "a tag that does not end");
    m->at++;
    return true;
}

static inline bool markup_tag(struct markup *m)
{
    bool closing;
    struct cs_span name;

    m->at++;
    closing = m->at < m->end && *m->at == '/';
    m->at += closing;
    name = markup_take(m, MARKUP_LETTERS "123");
    if (!closing)
        return markup_start_tag(m, name);
    if (m->depth == 0 || !cs_span_equal(m->open[m->depth - 1], name))
        return markup_fail(m, "an end tag out of place before");
    m->depth--;
    if (m->at == m->end || *m->at != '>')
        return markup_fail(m, "an end tag that does not end");
    m->at++;
    return true;
}

/* Reads a whole page or, with fragment, what may stand in one. True if all is well. */
static inline bool markup_read(struct markup *m, struct cs_span page, bool fragment)
{
    static const char doctype[] = "<!DOCTYPE html>\n";

    memset(m, 0, sizeof *m);
    m->at = (const char *)page.p;
    m->end = m->at + page.n;
    if (!cs_utf8_valid(page))
        return markup_fail(m, "not UTF-8");
    if (!fragment) {
        if (page.n < sizeof doctype || memcmp(m->at, doctype, sizeof doctype - 1) != 0)
            return markup_fail(m, "no doctype");
        m->at += sizeof doctype - 1;
    }
    while (m->at < m->end)
        if (!(*m->at == '<' ? markup_tag(m) : markup_character(m)))
            return false;
    return m->depth == 0 ? true : markup_fail(m, "a tag left open");
}

#endif
