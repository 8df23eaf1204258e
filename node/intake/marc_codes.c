#include "intake/marc_internal.h"

#include <stdio.h>

#include <commonshelf/record.h>

char marc_position(const struct marc_record *m, const char *tag, size_t at)
{
    size_t i = 0;
    const struct marc_field *f = marc_field_next(m, tag, &i);

    return f && at < f->data.n ? (char)f->data.p[at] : ' ';
}

/* ---- languages */

static void add_language(struct marc_work *w, const char *column, struct cs_span code, bool marc)
{
    char tag[VALUE_LANGUAGE_MAX];
    size_t i;

    if (w->n_languages == MARC_LANGUAGES_MAX ||
        !(marc ? value_marc_language(code, tag)
               : value_language(draft_lexicon(w->draft), code, tag)))
        return;
    for (i = 0; i < w->n_languages; i++)
        if (strcmp(w->languages[i], tag) == 0)
            return;
    value_copy(w->languages[w->n_languages++], VALUE_LANGUAGE_MAX, tag);
    draft_put(w->draft, MEMBER_IN_LANGUAGE, column, NULL, cs_span_of(tag));
}

void marc_put_languages(struct marc_work *w)
{
    const struct marc_field *f;
    struct cs_span rest, value;
    size_t i = 0, k;
    char code;

    if ((f = marc_field_next(w->m, "008", &i)) && f->data.n >= 38)
        add_language(w, "008", cs_span_make(f->data.p + 35, 3), true);
    for (i = 0; (f = marc_field_next(w->m, "041", &i));) {
        for (rest = f->data; marc_subfield_next(&rest, &code, &value);) {
            if (code != 'a' && code != 'd')
                continue;
            value = text_trim(value);
            if (f->indicator[1] == '7') {
                add_language(w, "041$a", value, false);
                continue;
            }
            /* Older records write several codes into one subfield: "freengger". */
            for (k = 0; value.n % 3 == 0 && k + 3 <= value.n; k += 3)
                add_language(w, "041$a", cs_span_make(value.p + k, 3), true);
        }
    }
}

/* ---- types */

static const char *electronic_type(const struct marc_record *m)
{
    switch (marc_position(m, "008", 26)) {
    case 'a':
    case 'e':
        return "Dataset";
    case 'c':
        return "ImageObject";
    case 'd':
        return "TextDigitalDocument";
    case 'g':
        return "Game";
    case 'h':
        return "AudioObject";
    case 'j':
        return "WebSite";
    default:
        return "SoftwareApplication";
    }
}

static const char *type_of(const struct marc_record *m)
{
    char level = m->leader[7];

    switch (m->leader[6]) {
    case 'a':
        return level == 'b' ? "Article" : level == 's' || level == 'i' ? "Periodical" : "Book";
    case 't':
    case 'f':
    case 'd':
        return m->leader[6] == 'd' ? "SheetMusic" : m->leader[6] == 'f' ? "Map" : "Manuscript";
    case 'c':
        return "SheetMusic";
    case 'e':
        return "Map";
    case 'g':
        return "VideoObject";
    case 'i':
        return "AudioObject";
    case 'j':
        return "MusicRecording";
    case 'k':
        return "ImageObject";
    case 'm':
        return electronic_type(m);
    case 'o':
    case 'r':
        return "PhysicalObject";
    case 'p':
        return "Collection";
    default:
        return NULL;
    }
}

void marc_put_type(const struct marc_work *w)
{
    const char *type = type_of(w->m);
    size_t i = 0;

    if (type)
        draft_put(w->draft, MEMBER_TYPE, "LDR", NULL, cs_span_of(type));
    if (marc_field_next(w->m, "502", &i))
        draft_put(w->draft, MEMBER_TYPE, "502", NULL, cs_span_of("Thesis"));
}

/* ---- dates */

/* Four positions of the 008: "1998", "199u", "19uu" with X for what is not known. False otherwise. */
static bool coded_year(const unsigned char *p, char out[5])
{
    size_t i, unknown = 0;

    for (i = 0; i < 4; i++) {
        if (p[i] >= '0' && p[i] <= '9' && unknown == 0)
            out[i] = (char)p[i];
        else if (p[i] == 'u' || p[i] == 'U') {
            out[i] = 'X';
            unknown++;
        } else
            return false;
    }
    out[4] = '\0';
    return unknown <= 2 && strcmp(out, "0000") != 0;
}

static bool coded_date(const unsigned char *p, char out[VALUE_DATE_MAX])
{
    char first[5], second[5];
    bool has_second;

    if (!coded_year(p + 7, first))
        return false;
    has_second = coded_year(p + 11, second) && strcmp(second, "9999") != 0;
    switch (p[6]) {
    case 'c': /* still published */
        snprintf(out, VALUE_DATE_MAX, "%s/..", first);
        break;
    case 'd':
    case 'm':
    case 'i':
    case 'k':
    case 'q': /* one year of several: the span is what is known */
        if (has_second && strcmp(first, second) != 0)
            snprintf(out, VALUE_DATE_MAX, "%s/%s", first, second);
        else if (memcmp(p + 11, "9999", 4) == 0)
            snprintf(out, VALUE_DATE_MAX, "%s/..", first);
        else
            snprintf(out, VALUE_DATE_MAX, "%s", first);
        break;
    case 'e':
        if (memchr("01", p[11], 2) && p[12] >= '0' && p[12] <= '9') {
            snprintf(out, VALUE_DATE_MAX, "%s-%.2s", first, (const char *)p + 11);
            if (cs_date_valid(cs_span_of(out)))
                break;
        }
        snprintf(out, VALUE_DATE_MAX, "%s", first);
        break;
    default:
        snprintf(out, VALUE_DATE_MAX, "%s", first);
    }
    return cs_date_valid(cs_span_of(out));
}

void marc_put_date(const struct marc_work *w)
{
    static const char *const tags[] = {"264", "260", "264"};
    const struct marc_field *f;
    struct cs_span written;
    char date[VALUE_DATE_MAX];
    size_t i = 0, k;
    bool vague;

    f = marc_field_next(w->m, "008", &i);
    if (f && f->data.n >= 15 && coded_date(f->data.p, date)) {
        draft_put(w->draft, MEMBER_DATE_PUBLISHED, "008", NULL, cs_span_of(date));
        return;
    }
    for (k = 0; k < sizeof tags / sizeof *tags; k++) {
        for (i = 0; (f = marc_field_next(w->m, tags[k], &i));) {
            written = marc_subfield(f, "c");
            if ((k == 0 && f->indicator[1] != '1') || !value_date(written, date, &vague))
                continue;
            draft_put(w->draft, MEMBER_DATE_PUBLISHED, marc_column(w->draft, f, "c"), NULL,
                      cs_span_of(date));
            return;
        }
    }
}
