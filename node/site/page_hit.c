/*
 * One result of a search.
 */
#include "site/internal.h"

#define CREATORS_SHOWN 3
#define LEVELS_SHOWN 3
#define LANGUAGES_SHOWN 3

static uint64_t last_heard(const struct search_answer *answer, const struct cs_node_id *node)
{
    for (size_t i = 0; i < answer->peers; i++)
        if (cs_node_id_equal(&answer->peer[i].id, node))
            return answer->peer[i].last_sync;
    return 0;
}

/* " · " between the values of a line, nothing before the first. */
static void separate(struct cs_buffer *o, bool *first)
{
    if (!*first)
        html_raw(o, " · ");
    *first = false;
}

static void list(const struct page *p, const json_t *record, const char *member, size_t most,
                 const char *lang, bool *first)
{
    struct cs_buffer *o = p->out;
    const char *item;

    for (size_t i = 0; (item = member_item(record, member, i)); i++) {
        if (i == 0)
            separate(o, first);
        else
            html_raw(o, ", ");
        if (i == most) {
            html_text(o, _("and others"));
            return;
        }
        html_value(o, item, lang);
    }
}

static void languages(const struct page *p, const json_t *record, bool *first)
{
    struct cs_buffer *o = p->out;
    char name[PHRASE_TEXT];
    const char *tag;

    for (size_t i = 0; i < LANGUAGES_SHOWN && (tag = member_item(record, "inLanguage", i)); i++) {
        if (i == 0)
            separate(o, first);
        else
            html_raw(o, ", ");
        html_value(o, phrase_language(tag, name), NULL);
    }
}

/* Who made it, when, in which languages, for whom: one line under the title. */
static void facts(const struct page *p, const struct search_hit *hit)
{
    const json_t *record = hit->record;
    const char *category = member_string(record, "category");
    const char *takes = member_string(record, "timeRequired");
    struct cs_buffer *o = p->out;
    char text[PHRASE_TEXT], year[8];
    bool first = true;
    int64_t n;

    html_raw(o, "<p class=\"facts\">");
    if (category && strcmp(category, "material") != 0 && term_category(category)) {
        separate(o, &first);
        html_text(o, term_category(category));
    }
    if (member_item(record, "creator", 0))
        list(p, record, "creator", CREATORS_SHOWN, hit->name_lang, &first);
    else
        list(p, record, "publisher", 1, hit->name_lang, &first);
    if (member_year(record, year)) {
        separate(o, &first);
        html_text(o, phrase_date(p->phrases, year, text));
    }
    languages(p, record, &first);
    list(p, record, "educationalLevel", LEVELS_SHOWN, hit->name_lang, &first);
    if (takes) {
        separate(o, &first);
        html_value(o, phrase_duration(p->phrases, takes, text), NULL);
    }
    if (member_integer(record, "capacity", &n)) {
        separate(o, &first);
        html_words(o, P_("for %s person", "for up to %s people", (unsigned long)n),
                   phrase_number(p->phrases, n, text));
    }
    html_raw(o, "</p>");
}

/* Whether one can have it, as a chip. */
static void chips(const struct page *p, const struct search_hit *hit)
{
    struct cs_buffer *o = p->out;
    const char *kind = member_string(hit->record, "kind");
    const char *license = member_string(hit->record, "license");
    const char *words = term_availability(hit->availability);
    char text[PHRASE_TEXT];
    int64_t copies;

    if (kind && !strcmp(kind, "need")) {
        html_raw(o, "<li class=\"chip warn\">");
        html_text(o, _("Needed: can you help?"));
        html_raw(o, "</li>");
    } else if (words && strcmp(hit->availability, "unknown") != 0) {
        html_raw(o, "<li class=\"chip\">");
        html_text(o, words);
        if (member_integer(hit->record, "copies", &copies) && copies > 0) {
            html_raw(o, " · ");
            html_words(o, P_("%s copy", "%s copies", (unsigned long)copies),
                       phrase_number(p->phrases, copies, text));
        }
        html_raw(o, "</li>");
    }
    if (license && term_license(license, text)) {
        html_raw(o, "<li class=\"chip\">");
        html_text(o, text);
        html_raw(o, "</li>");
    }
}

static void holder(const struct page *p, const struct search_answer *answer,
                   const struct search_hit *hit)
{
    struct cs_buffer *o = p->out;
    const struct record_row *row = &hit->row;
    bool own = row->nid == STORE_SELF;
    uint64_t heard = own ? 0 : last_heard(answer, &row->node);
    enum holder where = page_holder(p, row->nid, heard);
    char when[PHRASE_TEXT];

    html_raw(o, "<ul class=\"holders\">");
    html_raw(o, "<li>");
    page_dot(o, where);
    html_value(o, own ? p->name : row->node_name, NULL);
    if (where == HOLDER_HERE) {
        html_raw(o, " <small>");
        html_text(o, _("our own"));
        html_raw(o, "</small>");
    } else if (where == HOLDER_SILENT && heard) {
        html_raw(o, " <small>");
        page_time(p, heard);
        html_words(o, _("last heard %s"), phrase_when(p->phrases, heard, p->now, when));
        html_raw(o, "</time></small>");
    } else if (row->as_of) {
        html_raw(o, " <small>");
        page_time(p, row->as_of);
        html_words(o, _("as of %s"), phrase_when(p->phrases, row->as_of, p->now, when));
        html_raw(o, "</time></small>");
    }
    html_raw(o, "</li>");
    chips(p, hit);
    html_raw(o, "</ul>");
}

void page_hit(const struct page *p, const struct search_answer *answer, const struct search_hit *h)
{
    struct cs_buffer *o = p->out;
    char urn[CS_URN_UUID_LEN + 1];

    cs_uuid_write(&h->row.id, urn);
    html_raw(o, "<li><article><h2><a href=\"/record/");
    html_url_part(o, cs_span_of(h->row.node.s));
    html_raw(o, "/");
    html_url_part(o, cs_span_of(urn));
    html_raw(o, "\"");
    html_language(o, h->name_lang);
    html_raw(o, ">");
    html_text(o, h->name ? h->name : _("Without a title"));
    html_raw(o, "</a></h2>");
    facts(p, h);
    if (h->snippet && *h->snippet) {
        html_raw(o, "<p class=\"snippet\"");
        html_language(o, h->snippet_lang);
        html_raw(o, ">");
        html_marked(o, h->snippet);
        html_raw(o, "</p>");
    }
    holder(p, answer, h);
    html_raw(o, "</article></li>");
}
