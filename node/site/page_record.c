/*
 * One record: what it is, then whether one can have it and who has it (page_holding.c), then the
 * rest.
 */
#include "site/internal.h"

/* ---- rows of the list of facts: opened by the first value, so that no row is empty */

struct row {
    const struct page *p;
    const char *label;
    bool open;
};

static void value_begin(struct row *r)
{
    struct cs_buffer *o = r->p->out;

    if (r->open) {
        html_raw(o, " · ");
        return;
    }
    html_raw(o, "<dt>");
    html_text(o, r->label);
    html_raw(o, "</dt><dd>");
    r->open = true;
}

static void row_end(struct row *r)
{
    if (r->open)
        html_raw(r->p->out, "</dd>");
}

/* Values of a list; with `search` each leads to a search for it as a phrase. */
static void list_values(struct row *r, const json_t *record, const char *member, const char *lang,
                        bool search)
{
    struct cs_buffer *o = r->p->out;
    const char *item;

    for (size_t i = 0; (item = member_item(record, member, i)); i++) {
        value_begin(r);
        if (search) {
            html_raw(o, "<a href=");
            search_href(o, item, NULL, NULL);
            html_raw(o, ">");
        }
        html_value(o, item, lang);
        if (search)
            html_raw(o, "</a>");
    }
}

static void uri_values(struct row *r, const json_t *record, const char *member)
{
    const char *item;

    for (size_t i = 0; (item = member_item(record, member, i)); i++) {
        value_begin(r);
        page_uri(r->p->out, item, NULL);
    }
}

static void one_value(struct row *r, const char *value, const char *lang)
{
    if (!value)
        return;
    value_begin(r);
    html_value(r->p->out, value, lang);
}

/* ---- the rows */

static void people_rows(const struct page *p, const json_t *record, const char *lang)
{
    struct row by = {p, _("By"), false}, with = {p, _("With"), false};

    list_values(&by, record, "creator", lang, true);
    row_end(&by);
    list_values(&with, record, "contributor", lang, true);
    row_end(&with);
}

static void kind_row(const struct page *p, const json_t *record, const char *lang)
{
    struct row what = {p, _("What it is"), false};
    const char *category = member_string(record, "category"), *item;

    if (category)
        one_value(&what, term_category(category) ? term_category(category) : category, NULL);
    for (size_t i = 0; (item = member_item(record, "type", i)); i++)
        one_value(&what, term_type(item) ? term_type(item) : item, NULL);
    list_values(&what, record, "learningResourceType", lang, false);
    row_end(&what);
}

static void use_rows(const struct page *p, const json_t *record, const char *lang)
{
    struct row whom = {p, _("For"), false}, about = {p, _("About"), false};
    struct row takes = {p, _("Takes"), false};
    const char *duration = member_string(record, "timeRequired");
    char text[PHRASE_TEXT];
    int64_t n;

    list_values(&whom, record, "educationalLevel", lang, false);
    list_values(&whom, record, "audience", lang, false);
    if (member_integer(record, "capacity", &n)) {
        value_begin(&whom);
        html_words(p->out, P_("%s person", "up to %s people", (unsigned long)n),
                   phrase_number(p->phrases, n, text));
    }
    row_end(&whom);
    list_values(&about, record, "about", lang, true);
    list_values(&about, record, "keywords", lang, true);
    row_end(&about);
    if (duration)
        one_value(&takes, phrase_duration(p->phrases, duration, text), NULL);
    row_end(&takes);
}

static void language_row(const struct page *p, const json_t *record)
{
    struct row row = {p, _("Language"), false};
    char name[PHRASE_TEXT], own[PHRASE_TEXT];
    const char *tag;

    for (size_t i = 0; (tag = member_item(record, "inLanguage", i)); i++) {
        one_value(&row, phrase_language(tag, name), NULL);
        if (*phrase_language_own(tag, own) && strcmp(own, name) != 0) {
            html_raw(p->out, " <small>");
            html_value(p->out, own, tag);
            html_raw(p->out, "</small>");
        }
    }
    row_end(&row);
}

static void license_row(const struct page *p, const json_t *record)
{
    struct row row = {p, _("Licence"), false};
    const char *license = member_string(record, "license");
    char name[TERM_TEXT];

    if (license) {
        value_begin(&row);
        page_uri(p->out, license, term_license(license, name) ? name : NULL);
    }
    row_end(&row);
}

static void published_rows(const struct page *p, const json_t *record, const char *lang)
{
    struct row by = {p, _("Published by"), false}, when = {p, _("Published"), false};
    struct row from = {p, _("From"), false}, until = {p, _("Until"), false};
    const char *date;
    char text[PHRASE_TEXT];

    one_value(&by, member_string(record, "publisher"), lang);
    row_end(&by);
    if ((date = member_string(record, "datePublished")))
        one_value(&when, phrase_date(p->phrases, date, text), NULL);
    row_end(&when);
    if ((date = member_string(record, "validFrom")))
        one_value(&from, phrase_date(p->phrases, date, text), NULL);
    row_end(&from);
    if ((date = member_string(record, "validUntil")))
        one_value(&until, phrase_date(p->phrases, date, text), NULL);
    row_end(&until);
}

static void number_rows(const struct page *p, const json_t *record)
{
    struct row isbn = {p, _("ISBN"), false}, identifier = {p, _("Identifier"), false};
    struct row part = {p, _("Part of"), false}, based = {p, _("Made from"), false};

    list_values(&isbn, record, "isbn", NULL, false);
    row_end(&isbn);
    uri_values(&identifier, record, "identifier");
    row_end(&identifier);
    uri_values(&part, record, "isPartOf");
    row_end(&part);
    uri_values(&based, record, "isBasedOn");
    row_end(&based);
}

/* ---- titles */

/* A text member's other forms: other languages, other scripts. */
static void other_values(const struct page *p, const json_t *text, const char *shown)
{
    struct cs_buffer *o = p->out;

    for (size_t i = 0; i < json_array_size(text); i++) {
        const json_t *item = json_array_get(text, i);
        const char *value = json_string_value(json_object_get(item, "value"));

        if (!value)
            value = json_string_value(item);
        if (!value || !strcmp(value, shown))
            continue;
        html_raw(o, "<p class=\"other\"");
        html_language(o, json_string_value(json_object_get(item, "lang")));
        html_raw(o, ">");
        html_text(o, value);
        html_raw(o, "</p>");
    }
}

static void titles(const struct page *p, const json_t *record, const char *name, const char *lang)
{
    struct cs_buffer *o = p->out;
    const json_t *alternate = json_object_get(record, "alternateName");

    html_raw(o, "<h1");
    html_language(o, lang);
    html_raw(o, ">");
    html_text(o, name);
    html_raw(o, "</h1>");
    other_values(p, json_object_get(record, "name"), name);
    /* alternateName is a list of texts, each of which may be a list itself. */
    other_values(p, alternate, name);
    for (size_t i = 0; i < json_array_size(alternate); i++)
        other_values(p, json_array_get(alternate, i), name);
}

void page_record(const struct page *p, const struct record_view *v)
{
    struct cs_buffer *o = p->out;
    const char *lang = NULL, *text_lang = NULL;
    const char *name = cs_record_text(v->record, "name", language_get(), &lang);
    const char *text = cs_record_text(v->record, "description", language_get(), &text_lang);
    const char *kind = member_string(v->record, "kind");

    if (!name)
        name = _("Without a title");
    page_begin(p, NAV_NONE, name, "record");
    html_raw(o, "<article>");
    titles(p, v->record, name, lang);
    if (kind && !strcmp(kind, "need")) {
        html_raw(o, "<p><span class=\"chip warn\">");
        html_text(o, _("Needed: can you help?"));
        html_raw(o, "</span></p>");
    }
    if (text) {
        html_raw(o, "<div class=\"text\">");
        html_paragraphs(o, text, text_lang);
        html_raw(o, "</div>");
    }
    page_who_has_it(p, v);
    page_files(p, v->record);
    html_raw(o, "<h2>");
    html_text(o, _("More about it"));
    html_raw(o, "</h2><dl>");
    people_rows(p, v->record, lang);
    kind_row(p, v->record, lang);
    use_rows(p, v->record, lang);
    language_row(p, v->record);
    published_rows(p, v->record, lang);
    license_row(p, v->record);
    number_rows(p, v->record);
    html_raw(o, "</dl>");
    html_raw(o, "</article><aside>");
    page_provenance(p, v);
    html_raw(o, "</aside>");
    page_end(p);
}
