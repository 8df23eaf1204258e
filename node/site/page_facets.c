/*
 * Narrowing a search: facets as plain links, and the filters that are in force.
 */
#include <stdio.h>

#include "site/internal.h"

#define VALUES_SHOWN 6 /* of each facet; the rest stands behind "more" */

const char *facet_words(const struct page *p, const struct search_answer *answer, const char *field,
                        const char *value, char out[PHRASE_TEXT])
{
    const char *words = NULL;
    struct cs_span host;

    if (!strcmp(field, "category"))
        words = term_category(value);
    else if (!strcmp(field, "type"))
        words = term_type(value);
    else if (!strcmp(field, "availability"))
        words = term_availability(value);
    else if (!strcmp(field, "kind"))
        words = term_kind(value);
    else if (!strcmp(field, "inLanguage"))
        words = phrase_language(value, out);
    else if (!strcmp(field, "license")) {
        if (term_license(value, out))
            words = out;
        else if (html_url_host(value, &host) && host.n < PHRASE_TEXT)
            snprintf(out, PHRASE_TEXT, "%.*s", (int)host.n, (const char *)host.p), words = out;
    } else if (!strcmp(field, "node")) {
        if (!strcmp(value, p->id->s))
            return p->name;
        for (size_t i = 0; i < answer->peers && !words; i++)
            if (!strcmp(value, answer->peer[i].id.s))
                words = answer->peer[i].name;
    }
    return words && *words ? words : value;
}

/* The number of the filter in force, LEAVE_NONE if it is not. */
static size_t chosen(const struct search_request *request, const char *field, const char *value)
{
    for (size_t i = 0; i < request->filters; i++)
        if (!strcmp(request->filter[i].field, field) && !strcmp(request->filter[i].value, value))
            return i;
    return LEAVE_NONE;
}

static void facet_value(const struct page *p, const struct search_request *request,
                        const struct search_answer *answer, const char *field,
                        const struct search_facet_value *v)
{
    struct cs_buffer *o = p->out;
    size_t which = chosen(request, field, v->value);
    struct question_change change = {.leave = which};
    char words[PHRASE_TEXT], own[PHRASE_TEXT];
    const char *label = facet_words(p, answer, field, v->value, words);

    if (which == LEAVE_NONE) {
        change.add_field = field;
        change.add_value = v->value;
    }
    html_raw(o, "<li><a href=");
    question_href(o, request, &change);
    if (which != LEAVE_NONE)
        html_raw(o, " aria-current=\"true\"");
    html_raw(o, "><span>");
    html_value(o, label, NULL);
    /* People look for their own language by its own name. */
    if (!strcmp(field, "inLanguage") && *phrase_language_own(v->value, own) && strcmp(own, label)) {
        html_raw(o, " <small>");
        html_value(o, own, v->value);
        html_raw(o, "</small>");
    }
    html_raw(o, "</span> <span class=\"n\">");
    html_text(o, phrase_number(p->phrases, v->count, words));
    html_raw(o, "</span></a></li>");
}

static void facet(const struct page *p, const struct search_request *request,
                  const struct search_answer *answer, const struct search_facet *f)
{
    struct cs_buffer *o = p->out;

    html_raw(o, "<h3>");
    html_text(o, term_facet(f->field));
    html_raw(o, "</h3><ul>");
    for (size_t i = 0; i < f->n && i < VALUES_SHOWN; i++)
        facet_value(p, request, answer, f->field, &f->value[i]);
    html_raw(o, "</ul>");
    if (f->n <= VALUES_SHOWN)
        return;
    html_raw(o, "<details class=\"more\"><summary>");
    html_text(o, _("More"));
    html_raw(o, "<span class=\"hidden\">: ");
    html_text(o, term_facet(f->field));
    html_raw(o, "</span></summary><ul>");
    for (size_t i = VALUES_SHOWN; i < f->n; i++)
        facet_value(p, request, answer, f->field, &f->value[i]);
    html_raw(o, "</ul></details>");
}

/* One that leaves a choice, or in which one was made. */
static bool useful(const struct search_request *request, const struct search_facet *f)
{
    for (size_t i = 0; i < f->n; i++)
        if (chosen(request, f->field, f->value[i].value) != LEAVE_NONE)
            return true;
    return f->n > 1;
}

bool page_has_facets(const struct search_request *request, const struct search_answer *answer)
{
    for (size_t i = 0; i < answer->facets; i++)
        if (useful(request, &answer->facet[i]))
            return true;
    return false;
}

void page_facets(const struct page *p, const struct search_request *request,
                 const struct search_answer *answer)
{
    static const char *const order[] = {"category",   "availability", "educationalLevel",
                                        "inLanguage", "type",         "license",
                                        "node",       "kind"};
    struct cs_buffer *o = p->out;

    html_raw(o, "<details class=\"facets\"><summary>");
    html_text(o, _("Narrow it down"));
    html_raw(o, "</summary><nav aria-label=\"");
    html_attribute(o, _("Narrow it down"));
    html_raw(o, "\">");
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
        for (size_t k = 0; k < answer->facets; k++)
            if (!strcmp(answer->facet[k].field, order[i]) && useful(request, &answer->facet[k]))
                facet(p, request, answer, &answer->facet[k]);
    html_raw(o, "</nav></details>");
}

void page_chosen(const struct page *p, const struct search_request *request,
                 const struct search_answer *answer)
{
    struct cs_buffer *o = p->out;
    char words[PHRASE_TEXT];

    if (!request->filters)
        return;
    html_raw(o, "<ul class=\"chosen\" aria-label=\"");
    html_attribute(o, _("Narrowed down to"));
    html_raw(o, "\">");
    for (size_t i = 0; i < request->filters; i++) {
        const struct search_filter *f = &request->filter[i];
        struct question_change change = {.leave = i};

        html_raw(o, "<li><a class=\"chip\" href=");
        question_href(o, request, &change);
        html_raw(o, ">");
        html_value(o, facet_words(p, answer, f->field, f->value, words), NULL);
        html_raw(o, "<span aria-hidden=\"true\"> ×</span><span class=\"hidden\">, ");
        html_text(o, _("take this away"));
        html_raw(o, "</span></a></li>");
    }
    html_raw(o, "</ul>");
}
