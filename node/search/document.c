#include <commonshelf/record.h>

#include "search/internal.h"

static const struct {
    const char *member;
    int field;
} members[] = {
    {"name", INDEX_TITLE},          {"alternateName", INDEX_TITLE}, {"creator", INDEX_CREATOR},
    {"contributor", INDEX_CREATOR}, {"about", INDEX_ABOUT},         {"keywords", INDEX_ABOUT},
    {"description", INDEX_TEXT},    {"publisher", INDEX_TEXT},      {"place", INDEX_TEXT},
    {"callNumber", INDEX_TEXT},
};

static const struct {
    const char *member;
    int facet;
} facets[] = {
    {"type", INDEX_TYPE},           {"category", INDEX_CATEGORY}, {"educationalLevel", INDEX_LEVEL},
    {"inLanguage", INDEX_LANGUAGE}, {"license", INDEX_LICENSE},   {"kind", INDEX_KIND},
};

void document_init(struct document *d)
{
    memset(d, 0, sizeof *d);
    for (size_t i = 0; i < INDEX_FIELDS; i++)
        d->tokens[i].alloc = memory_allocator();
    for (size_t i = 0; i < INDEX_FACETS; i++)
        d->facet[i].alloc = memory_allocator();
}

void document_free(struct document *d)
{
    for (size_t i = 0; i < INDEX_FIELDS; i++)
        cs_buffer_free(&d->tokens[i]);
    for (size_t i = 0; i < INDEX_FACETS; i++)
        cs_buffer_free(&d->facet[i]);
}

/* The stemmers of every language that the record is in. */
static uint32_t record_stemmers(const json_t *record)
{
    const json_t *languages = json_object_get(record, "inLanguage");
    uint32_t set = 0;
    json_t *tag;
    size_t i;

    json_array_foreach(languages, i, tag) set |= stemmers_of(json_string_value(tag));
    return set;
}

static int add_text(struct document *d, int field, struct analyser *a, const json_t *text,
                    uint32_t stemmers, struct problem *why)
{
    struct cs_buffer *out = &d->tokens[field];

    cs_buffer_add_text(out, out->n ? " " GAP_TOKEN : GAP_TOKEN);
    return analyse_tokens(a, cs_span_make(json_string_value(text), json_string_length(text)),
                          stemmers, out, why);
}

/* A string, a {"value","lang"}, or an array of either. */
static int add_member(struct document *d, int field, struct analyser *a, const json_t *value,
                      uint32_t stemmers, struct problem *why)
{
    const char *lang;
    json_t *item;
    size_t i;

    if (json_is_string(value))
        return add_text(d, field, a, value, stemmers, why);
    if (json_is_object(value)) {
        lang = json_string_value(json_object_get(value, "lang"));
        return add_member(d, field, a, json_object_get(value, "value"),
                          lang ? stemmers_of(lang) : stemmers, why);
    }
    json_array_foreach(value, i, item) if (add_member(d, field, a, item, stemmers, why)) return -1;
    return 0;
}

static void add_isbns(struct document *d, const json_t *record)
{
    struct cs_buffer *out = &d->tokens[INDEX_ABOUT];
    json_t *isbn;
    size_t i;

    json_array_foreach(json_object_get(record, "isbn"), i, isbn) cs_buffer_printf(
        out, "%s" GAP_TOKEN " " ISBN_MARK "%s", out->n ? " " : "", json_string_value(isbn));
}

static void add_facet(struct cs_buffer *out, const char *value)
{
    if (!value || !*value)
        return;
    if (out->n)
        cs_buffer_add_byte(out, 0x1F);
    cs_buffer_add_text(out, value);
}

const char *record_availability(const json_t *record)
{
    const char *access = json_string_value(json_object_get(record, "conditionsOfAccess"));
    static const char *const known[] = {"open", "ask", "loan", "onsite"};

    for (size_t i = 0; access && i < sizeof known / sizeof *known; i++)
        if (strcmp(access, known[i]) == 0)
            return known[i];
    return "unknown";
}

int document_read(struct document *d, struct analyser *a, const json_t *record, struct problem *why)
{
    uint32_t stemmers = record_stemmers(record);

    for (size_t i = 0; i < INDEX_FIELDS; i++)
        cs_buffer_reset(&d->tokens[i]);
    for (size_t i = 0; i < INDEX_FACETS; i++)
        cs_buffer_reset(&d->facet[i]);
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (add_member(d, members[i].field, a, json_object_get(record, members[i].member), stemmers,
                       why))
            return -1;
    add_isbns(d, record);
    for (size_t i = 0; i < sizeof facets / sizeof *facets; i++) {
        const json_t *value = json_object_get(record, facets[i].member);
        json_t *item;
        size_t k;

        add_facet(&d->facet[facets[i].facet], json_string_value(value));
        json_array_foreach(value, k, item)
            add_facet(&d->facet[facets[i].facet], json_string_value(item));
    }
    add_facet(&d->facet[INDEX_AVAILABILITY], record_availability(record));
    return 0;
}
