/*
 * UNIMARC, as France, Italy, Portugal, Russia and others keep it: the fields most records have.
 */
#include "intake/marc_internal.h"

#include <stdio.h>

static struct cs_span title_text(struct draft *draft, const struct marc_field *f)
{
    struct cs_span title = marc_join(draft, f, "ahi", ". "), rest = marc_join(draft, f, "e", " : ");
    char text[4000];
    const char *copy;
    int n;

    if (rest.n == 0)
        return title;
    n = snprintf(text, sizeof text, "%.*s : %.*s", (int)title.n, (const char *)title.p, (int)rest.n,
                 (const char *)rest.p);
    if (n < 0 || (size_t)n >= sizeof text)
        return title;
    copy = draft_text(draft, cs_span_of(text));
    return copy ? cs_span_of(copy) : title;
}

/* "Asimov, Isaac": surname and forename stand apart, with or without their comma. */
static void put_names(const struct marc_work *w)
{
    static const char *const tags[] = {"700", "701", "710", "711", "702", "712"};
    const struct marc_field *f;
    struct cs_span entry, rest;
    char text[400];
    size_t i, k;
    int n;

    for (k = 0; k < sizeof tags / sizeof *tags; k++) {
        for (i = 0; (f = marc_field_next(w->m, tags[k], &i));) {
            entry = marc_trim(marc_subfield(f, "a"));
            rest = marc_subfield(f, "b");
            while (rest.n > 0 && (rest.p[0] == ',' || rest.p[0] == ' '))
                rest = cs_span_make(rest.p + 1, rest.n - 1);
            n = snprintf(text, sizeof text, "%.*s%s%.*s", (int)entry.n, (const char *)entry.p,
                         rest.n ? f->tag[1] == '0' ? ", " : ". " : "", (int)rest.n,
                         (const char *)rest.p);
            if (n > 0 && (size_t)n < sizeof text)
                draft_put(w->draft, f->tag[2] == '2' ? MEMBER_CONTRIBUTOR : MEMBER_CREATOR,
                          marc_column(w->draft, f, "a"), NULL, cs_span_of(text));
        }
    }
}

static void put_each(const struct marc_work *w, const char *tag, char wanted, enum member m)
{
    const struct marc_field *f;
    struct cs_span rest, value;
    char code, name[2] = {wanted, '\0'};
    size_t i = 0;

    while ((f = marc_field_next(w->m, tag, &i)))
        for (rest = f->data; marc_subfield_next(&rest, &code, &value);)
            if (code == wanted)
                draft_put(w->draft, m, marc_column(w->draft, f, name), NULL, marc_trim(value));
}

static void put_languages(const struct marc_work *w)
{
    const struct marc_field *f;
    struct cs_span rest, value;
    char code, tag[VALUE_LANGUAGE_MAX];
    size_t i = 0;

    while ((f = marc_field_next(w->m, "101", &i)))
        for (rest = f->data; marc_subfield_next(&rest, &code, &value);)
            if (code == 'a' && value_marc_language(text_trim(value), tag))
                draft_put(w->draft, MEMBER_IN_LANGUAGE, "101$a", NULL, cs_span_of(tag));
}

static void put_date(const struct marc_work *w)
{
    const struct marc_field *f;
    struct cs_span coded;
    char date[VALUE_DATE_MAX];
    size_t i = 0;
    bool vague;

    f = marc_field_next(w->m, "100", &i);
    coded = f ? marc_subfield(f, "a") : cs_span_make(NULL, 0);
    if (coded.n >= 13 && value_date(cs_span_make(coded.p + 9, 4), date, &vague))
        draft_put(w->draft, MEMBER_DATE_PUBLISHED, "100$a", NULL, cs_span_of(date));
    for (i = 0; (f = marc_field_next(w->m, "210", &i));)
        if (value_date(marc_subfield(f, "d"), date, &vague))
            draft_put(w->draft, MEMBER_DATE_PUBLISHED, "210$d", NULL, cs_span_of(date));
}

static const char *type_of(const struct marc_record *m)
{
    switch (m->leader[6]) {
    case 'a':
    case 'b':
        return m->leader[7] == 's' ? "Periodical" : "Book";
    case 'c':
    case 'd':
        return "SheetMusic";
    case 'e':
    case 'f':
        return "Map";
    case 'g':
        return "VideoObject";
    case 'i':
        return "AudioObject";
    case 'j':
        return "MusicRecording";
    case 'k':
        return "ImageObject";
    case 'l':
        return "SoftwareApplication";
    case 'r':
        return "PhysicalObject";
    default:
        return "Book";
    }
}

static void put_headings(const struct marc_work *w)
{
    const struct marc_field *f;
    struct cs_span main, divisions;
    char text[400];
    size_t i = 0;
    int n;

    while ((f = marc_field_next(w->m, "60X", &i))) {
        main = marc_join(w->draft, f, "ab", ", ");
        divisions = marc_join(w->draft, f, "jxyz", " -- ");
        n = snprintf(text, sizeof text, "%.*s%s%.*s", (int)main.n, (const char *)main.p,
                     divisions.n ? " -- " : "", (int)divisions.n, (const char *)divisions.p);
        if (n > 0 && (size_t)n < sizeof text)
            draft_put(w->draft, MEMBER_ABOUT, marc_column(w->draft, f, "a"), NULL,
                      cs_span_of(text));
    }
}

void marc_map_unimarc(const struct marc_record *m, struct draft *draft)
{
    struct marc_work w = {.m = m, .draft = draft};
    const struct marc_field *f;
    size_t i;

    put_languages(&w);
    draft_put(draft, MEMBER_TYPE, "LDR", NULL, cs_span_of(type_of(m)));
    for (i = 0; (f = marc_field_next(m, "200", &i));)
        draft_put(draft, MEMBER_NAME, "200$a", NULL, title_text(draft, f));
    for (i = 0; (f = marc_field_next(m, "51X", &i));)
        draft_put(draft, MEMBER_ALTERNATE_NAME, marc_column(draft, f, "a"), NULL,
                  title_text(draft, f));
    put_names(&w);
    put_each(&w, "330", 'a', MEMBER_DESCRIPTION);
    put_headings(&w);
    put_each(&w, "610", 'a', MEMBER_KEYWORDS);
    put_each(&w, "210", 'c', MEMBER_PUBLISHER);
    put_each(&w, "214", 'c', MEMBER_PUBLISHER);
    put_date(&w);
    put_each(&w, "010", 'a', MEMBER_ISBN);
    put_each(&w, "856", 'u', MEMBER_URL);
    draft_put(draft, MEMBER_CONDITIONS_OF_ACCESS, "856", NULL,
              cs_span_of(draft_has(draft, MEMBER_URL) ? "open" : "loan"));
}
