/*
 * The rest of a record's page: its files, who has it, and where what is said here comes from.
 */
#include "site/internal.h"

void page_uri(struct cs_buffer *o, const char *text, const char *label)
{
    bool link = html_link_out(o, text, NULL);

    html_value(o, label ? label : text, NULL);
    if (link)
        html_raw(o, "</a>");
}

/* ---- files */

static void file(const struct page *p, const json_t *encoding)
{
    struct cs_buffer *o = p->out;
    const char *name = member_string(encoding, "name"), *url = member_string(encoding, "url");
    const char *media = member_string(encoding, "mediaType");
    char text[PHRASE_TEXT];
    struct cs_span host;
    int64_t size;

    html_raw(o, "<li>");
    page_uri(o, url ? url : "", name ? name : _("File"));
    html_raw(o, " <small>");
    if (media)
        html_value(o, term_media(media), NULL);
    if (member_integer(encoding, "size", &size)) {
        html_raw(o, " · ");
        html_text(o, phrase_bytes(p->phrases, size, text));
    }
    if (html_url_host(url, &host)) {
        html_raw(o, " · <bdi>");
        html_span(o, host);
        html_raw(o, "</bdi>");
    }
    html_raw(o, "</small></li>");
}

void page_files(const struct page *p, const json_t *record)
{
    const json_t *encodings = json_object_get(record, "encoding");
    size_t n = json_array_size(encodings);

    if (!n)
        return;
    html_raw(p->out, "<h2>");
    html_text(p->out, _("Files"));
    html_raw(p->out, "</h2><ul class=\"files\">");
    for (size_t i = 0; i < n; i++)
        file(p, json_array_get(encodings, i));
    html_raw(p->out, "</ul>");
}

/* ---- who has it */

static void holder_cell(const struct page *p, const struct record_view *v)
{
    struct cs_buffer *o = p->out;
    const struct record_row *row = v->row;
    const char *lang, *at = cs_record_text(v->record, "place", language_get(), &lang);
    const char *town = v->peer ? v->peer->node.place : p->place;

    html_raw(o, "<td>");
    page_dot(o, page_holder(p, row->nid, v->peer ? v->peer->last_sync : 0));
    html_value(o, row->nid == STORE_SELF ? p->name : row->node_name, NULL);
    if (*town) {
        html_raw(o, "<small>");
        html_value(o, town, NULL);
        html_raw(o, "</small>");
    }
    if (at) {
        html_raw(o, "<small>");
        html_value(o, at, lang);
        html_raw(o, "</small>");
    }
    html_raw(o, "</td>");
}

static void have_cell(const struct page *p, const json_t *record)
{
    struct cs_buffer *o = p->out;
    const char *conditions = member_string(record, "conditionsOfAccess");
    const char *words = term_availability(conditions ? conditions : "unknown");
    const char *call = member_string(record, "callNumber");
    char n[PHRASE_TEXT];
    int64_t copies;

    html_raw(o, "<td>");
    html_text(o, words ? words : _("Not said"));
    if (member_integer(record, "copies", &copies)) {
        html_raw(o, "<small>");
        html_words(o, P_("%s copy", "%s copies", (unsigned long)copies),
                   phrase_number(p->phrases, copies, n));
        html_raw(o, "</small>");
    }
    if (call) {
        html_raw(o, "<small>");
        html_words(o, _("Call number %s"), call);
        html_raw(o, "</small>");
    }
    html_raw(o, "</td>");
}

static void seen_cell(const struct page *p, const struct record_view *v)
{
    struct cs_buffer *o = p->out;
    char when[PHRASE_TEXT];

    html_raw(o, "<td>");
    if (v->row->nid == STORE_SELF) {
        html_text(o, _("our own"));
    } else if (v->row->as_of) {
        page_time(p, v->row->as_of);
        html_text(o, phrase_when(p->phrases, v->row->as_of, p->now, when));
        html_raw(o, "</time>");
    }
    html_raw(o, "</td>");
}

static void owner_link_cell(const struct page *p, const json_t *record)
{
    struct cs_buffer *o = p->out;
    const char *url = member_string(record, "url");
    struct cs_span host;

    html_raw(o, "<td>");
    if (html_url_host(url, &host) && html_link_out(o, url, "button main")) {
        html_text(o, _("To the owner’s page"));
        html_raw(o, "</a><small><bdi>");
        html_span(o, host);
        html_raw(o, "</bdi></small>");
    }
    html_raw(o, "</td>");
}

void page_who_has_it(const struct page *p, const struct record_view *v)
{
    static const char *const heads[] = {N_("Institution"), N_("Can I have it?"), N_("Seen")};
    const char *kind = member_string(v->record, "kind");
    struct cs_buffer *o = p->out;

    html_raw(o, "<h2 id=\"who\">");
    html_text(o, kind && !strcmp(kind, "need") ? _("Who needs it") : _("Who has it"));
    html_raw(o, "</h2><table class=\"who\" aria-labelledby=\"who\"><thead><tr>");
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        html_raw(o, "<th scope=\"col\">");
        html_text(o, language_text(heads[i]));
        html_raw(o, "</th>");
    }
    html_raw(o, "<td></td></tr></thead><tbody><tr>");
    holder_cell(p, v);
    have_cell(p, v->record);
    seen_cell(p, v);
    owner_link_cell(p, v->record);
    html_raw(o, "</tr></tbody></table>");
}

/* ---- where it comes from */

static void for_programs(const struct page *p, const struct record_row *row)
{
    struct cs_buffer *o = p->out;
    char urn[CS_URN_UUID_LEN + 1];

    cs_uuid_write(&row->id, urn);
    html_raw(o, "<p class=\"soft\"><a href=\"/api/v1/record/");
    html_url_part(o, cs_span_of(row->node.s));
    html_raw(o, "/");
    html_url_part(o, cs_span_of(urn));
    html_raw(o, "\">");
    html_text(o, _("The record for programs (JSON)"));
    html_raw(o, "</a></p>");
}

void page_provenance(const struct page *p, const struct record_view *v)
{
    struct cs_buffer *o = p->out;
    const struct record_row *row = v->row;
    const char *name = row->nid == STORE_SELF ? p->name : row->node_name;
    char n[PHRASE_TEXT], when[PHRASE_TEXT];

    html_raw(o, "<details class=\"card\" open><summary>");
    html_text(o, _("Where this record comes from"));
    html_raw(o, "</summary><p>");
    html_words(o, _("Catalogued by %s, which alone can change or withdraw it."), name);
    html_raw(o, "</p>");
    if (row->as_of && v->log_size) {
        html_raw(o, "<p>");
        phrase_number(p->phrases, (int64_t)v->log_size, n);
        if (row->nid == STORE_SELF)
            html_words(o,
                       P_("It stands in our signed catalogue “%s”, with %s entry.",
                          "It stands in our signed catalogue “%s”, with %s entries.",
                          (unsigned long)v->log_size),
                       row->shelf, n);
        else
            html_words(
                o,
                P_("It stands in that institution’s signed catalogue “%s”, with %s entry, whose "
                   "signatures were checked here.",
                   "It stands in that institution’s signed catalogue “%s”, with %s entries, "
                   "whose signatures were checked here.",
                   (unsigned long)v->log_size),
                row->shelf, n);
        html_raw(o, "</p><p>");
        page_time(p, row->as_of);
        html_words(o, _("As it was signed %s."), phrase_when(p->phrases, row->as_of, p->now, when));
        html_raw(o, "</time> ");
        if (v->peer && v->peer->way.name[0]) {
            html_words(o, _("Read through %s."), v->peer->way.name);
            html_raw(o, " ");
        }
        html_words(o, _("Version %s of the record."),
                   phrase_number(p->phrases, (int64_t)row->rev, n));
        html_raw(o, "</p>");
    } else {
        html_raw(o, "<p>");
        html_text(
            o,
            _("It is not in that institution’s signed catalogue yet, so that others can’t see it "
              "so far."));
        html_raw(o, "</p>");
    }
    html_raw(o, "<p><a href=");
    search_href(o, NULL, "node", row->node.s);
    html_raw(o, ">");
    html_words(o, _("Everything of %s"), name);
    html_raw(o, "</a></p></details>");
    for_programs(p, row);
}
