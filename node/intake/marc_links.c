#include "intake/marc_internal.h"

#include <stdio.h>

/* ---- identifiers */

static void put_identifier(const struct marc_work *w, const struct marc_field *f, const char *uri)
{
    draft_put(w->draft, MEMBER_IDENTIFIER, marc_column(w->draft, f, "a"), NULL, cs_span_of(uri));
}

/* Library of Congress control number, normalised as info:lccn wants it: no blanks, nothing from a
 * slash on, six digits behind a hyphen. */
static void put_lccn(const struct marc_work *w, const struct marc_field *f)
{
    struct cs_span value = marc_subfield(f, "a");
    char head[32], tail[16], uri[64];
    size_t i, h = 0, t = 0;
    bool hyphen = false;

    for (i = 0; i < value.n && value.p[i] != '/'; i++) {
        if (value.p[i] == '-')
            hyphen = true;
        else if (value.p[i] != ' ' && !hyphen && h < sizeof head - 1)
            head[h++] = (char)value.p[i];
        else if (value.p[i] != ' ' && hyphen && t < sizeof tail - 1)
            tail[t++] = (char)value.p[i];
    }
    head[h] = tail[t] = '\0';
    for (i = 0; i < h; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789", head[i] | 0x20))
            return;
    if (h == 0 || strspn(tail, "0123456789") != t || t > 6)
        return;
    snprintf(uri, sizeof uri, "info:lccn/%s%s%s", head, hyphen ? &"000000"[t] : "", tail);
    put_identifier(w, f, uri);
}

static void put_issn(const struct marc_work *w, const struct marc_field *f)
{
    struct cs_span v = marc_subfield(f, "a");
    char uri[32];
    size_t i;

    if (v.n < 9 || v.p[4] != '-')
        return;
    for (i = 0; i < 9; i++)
        if (i != 4 && (v.p[i] < '0' || v.p[i] > '9') && !(i == 8 && (v.p[i] | 0x20) == 'x'))
            return;
    snprintf(uri, sizeof uri, "urn:issn:%.9s", (const char *)v.p);
    put_identifier(w, f, uri);
}

/* "(OCoLC)ocm36503359": the prefix OCLC puts before its numbers in print is no part of them. */
static void put_system_number(const struct marc_work *w, const struct marc_field *f)
{
    struct cs_span v = marc_subfield(f, "a");
    char uri[64];
    size_t i = 7, n;

    if (!text_starts(v, "(OCoLC)"))
        return;
    while (i < v.n && (v.p[i] < '0' || v.p[i] > '9'))
        i++;
    while (i < v.n && v.p[i] == '0')
        i++;
    for (n = i; n < v.n && v.p[n] >= '0' && v.p[n] <= '9'; n++)
        ;
    if (n == i || n - i > 20 || n != v.n)
        return;
    snprintf(uri, sizeof uri, "info:oclcnum/%.*s", (int)(n - i), (const char *)v.p + i);
    put_identifier(w, f, uri);
}

static void put_standard_number(const struct marc_work *w, const struct marc_field *f)
{
    struct cs_span v = marc_subfield(f, "a"), source = marc_subfield(f, "2");
    char text[VALUE_URI_MAX];

    if (f->indicator[0] != '7' || v.n == 0 || v.n > 300)
        return;
    if (cs_span_is(source, "doi") && !text_starts(v, "http")) {
        snprintf(text, sizeof text, "https://doi.org/%.*s", (int)v.n, (const char *)v.p);
        put_identifier(w, f, text);
    } else if (cs_span_is(source, "urn") || cs_span_is(source, "uri") || cs_span_is(source, "doi"))
        draft_put(w->draft, MEMBER_IDENTIFIER, marc_column(w->draft, f, "a"), NULL, v);
}

void marc_put_identifiers(const struct marc_work *w)
{
    static const struct {
        const char *tag;
        void (*put)(const struct marc_work *w, const struct marc_field *f);
    } readers[] = {{"010", put_lccn},
                   {"022", put_issn},
                   {"024", put_standard_number},
                   {"035", put_system_number}};
    const struct marc_field *f;
    struct cs_span rest, value;
    size_t i, k;
    char code;

    for (i = 0; (f = marc_field_next(w->m, "020", &i));)
        for (rest = f->data; marc_subfield_next(&rest, &code, &value);)
            if (code == 'a')
                draft_put(w->draft, MEMBER_ISBN, marc_column(w->draft, f, "a"), NULL, value);
    for (k = 0; k < sizeof readers / sizeof *readers; k++)
        for (i = 0; (f = marc_field_next(w->m, readers[k].tag, &i));)
            readers[k].put(w, f);
}

void marc_put_key(const struct marc_work *w)
{
    const struct marc_field *f, *agency;
    struct cs_span number, organisation;
    char key[400];
    size_t i = 0;

    f = marc_field_next(w->m, "001", &i);
    if (!f)
        return;
    /* danMARC2 has subfields even here. */
    number =
        memchr(f->data.p, MARC_SUBFIELD, f->data.n) ? marc_subfield(f, "a") : text_trim(f->data);
    i = 0;
    agency = marc_field_next(w->m, "003", &i);
    organisation = agency ? text_trim(agency->data) : cs_span_make(NULL, 0);
    if (number.n == 0 || number.n + organisation.n + 2 > sizeof key)
        return;
    snprintf(key, sizeof key, "%.*s%s%.*s", (int)organisation.n, (const char *)organisation.p,
             organisation.n ? ":" : "", (int)number.n, (const char *)number.p);
    draft_set_key(w->draft, "001", cs_span_of(key));
}

/* ---- addresses and access */

/* Words in a note of an 856 that make it something else than the thing itself. */
static bool about_it_only(const struct marc_field *f)
{
    static const char *const words[] = {"table of contents",
                                        "contributor bio",
                                        "publisher description",
                                        "sample text",
                                        "cover",
                                        "book review",
                                        "inhaltsverzeichnis",
                                        "inhaltstext",
                                        "klappentext",
                                        "rezension",
                                        "sommaire",
                                        "indice",
                                        "finding aid",
                                        "catalogue record",
                                        "related"};
    struct cs_span rest = f->data, value;
    char lower[200], code;
    size_t i, n;

    while (marc_subfield_next(&rest, &code, &value)) {
        if (code != '3' && code != 'y' && code != 'z')
            continue;
        n = value.n < sizeof lower - 1 ? value.n : sizeof lower - 1;
        for (i = 0; i < n; i++)
            lower[i] =
                (char)(value.p[i] >= 'A' && value.p[i] <= 'Z' ? value.p[i] | 0x20 : value.p[i]);
        lower[n] = '\0';
        for (i = 0; i < sizeof words / sizeof *words; i++)
            if (strstr(lower, words[i]))
                return true;
    }
    return false;
}

static bool says(const struct marc_field *f, const char *codes, const char *word)
{
    struct cs_span rest = f->data, value;
    char code;

    while (marc_subfield_next(&rest, &code, &value))
        if (strchr(codes, code) && value.n >= strlen(word) &&
            memmem(value.p, value.n, word, strlen(word)))
            return true;
    return false;
}

static bool restricted(const struct marc_field *f)
{
    static const char *const words[] = {"estricted", "ubscription", "imited to", "icensed",
                                        "uthorized", "log in",      "login"};
    size_t i;

    for (i = 0; i < sizeof words / sizeof *words; i++)
        if (says(f, "z3y", words[i]))
            return true;
    return false;
}

/* 506: who may use it. ' ' when it doesn't say, '0' nobody is kept out, '1' somebody is. */
static char access_note(const struct marc_record *m)
{
    const struct marc_field *f;
    size_t i = 0;

    while ((f = marc_field_next(m, "506", &i)))
        if (f->indicator[0] == '0' || f->indicator[0] == '1')
            return f->indicator[0];
    return ' ';
}

static const char *access_of(const struct marc_work *w, bool online, bool kept)
{
    char note = access_note(w->m);

    if (online)
        return kept || note == '1' ? "ask" : "open";
    if (note == '1')
        return "ask";
    return w->m->leader[6] == 'p' ? "onsite" : "loan";
}

void marc_put_links(const struct marc_work *w)
{
    const struct marc_field *f;
    struct cs_span uri;
    bool online = false, kept = false;
    char kind, licence[VALUE_LICENCE_MAX];
    bool assumed;
    size_t i;

    for (i = 0; (f = marc_field_next(w->m, "856", &i));) {
        kind = f->indicator[1];
        uri = marc_subfield(f, "u");
        if (uri.n == 0 || (kind != '0' && kind != '1' && kind != ' ') || about_it_only(f))
            continue;
        draft_put(w->draft, MEMBER_URL, marc_column(w->draft, f, "u"), NULL, uri);
        online = true;
        kept |= restricted(f);
    }
    draft_put(w->draft, MEMBER_CONDITIONS_OF_ACCESS, "856", NULL,
              cs_span_of(access_of(w, online, kept)));
    for (i = 0; (f = marc_field_next(w->m, "540", &i));) {
        uri = marc_subfield(f, "u");
        if (uri.n == 0)
            uri = marc_subfield(f, "a");
        /* A note in words about rights is usual here, and is no licence. */
        if (uri.n > 0 && value_licence(draft_lexicon(w->draft), uri, licence, &assumed))
            draft_put(w->draft, MEMBER_LICENSE, marc_column(w->draft, f, "a"), NULL, uri);
    }
}
