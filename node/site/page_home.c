/*
 * The first page: one box, whose catalogue this is, and a way in for those who don't know what to
 * type.
 */
#include "site/internal.h"

static void counts(const struct page *p, const struct home_figures *f)
{
    struct cs_buffer *o = p->out;
    char n[PHRASE_TEXT], peers[PHRASE_TEXT];

    html_raw(o, "<p class=\"counts\">");
    page_dot(o, HOLDER_HERE);
    phrase_number(p->phrases, f->own, n);
    if (!f->exact)
        html_words(o, _("More than %s records of our own and of others"), n);
    else
        html_words(o, P_("%s record of our own", "%s records of our own", (unsigned long)f->own),
                   n);
    if (f->exact && f->peers) {
        html_raw(o, " · ");
        phrase_number(p->phrases, f->mirrored, n);
        phrase_number(p->phrases, (int64_t)f->peers, peers);
        html_words(o, P_("%s from %s other institution", "%s from %s other institutions", f->peers),
                   n, peers);
    }
    html_raw(o, "</p>");
}

static int64_t count_of(const struct search_answer *answer, const char *category)
{
    for (size_t i = 0; i < answer->facets; i++) {
        const struct search_facet *f = &answer->facet[i];

        for (size_t k = 0; !strcmp(f->field, "category") && k < f->n; k++)
            if (!strcmp(f->value[k].value, category))
                return f->value[k].count;
    }
    return 0;
}

static void browse(const struct page *p, const struct search_answer *answer)
{
    struct cs_buffer *o = p->out;
    bool open = false;
    char n[PHRASE_TEXT];

    for (size_t i = 0; term_categories[i]; i++) {
        int64_t count = count_of(answer, term_categories[i]);

        if (!count)
            continue;
        if (!open) {
            html_raw(o, "<nav class=\"browse\" aria-labelledby=\"browse\"><h2 id=\"browse\">");
            html_text(o, _("Look around"));
            html_raw(o, "</h2><ul>");
            open = true;
        }
        html_raw(o, "<li><a href=");
        search_href(o, NULL, "category", term_categories[i]);
        html_raw(o, "><span>");
        html_text(o, term_category(term_categories[i]));
        html_raw(o, "</span> <span class=\"n\">");
        html_text(o, phrase_number(p->phrases, count, n));
        html_raw(o, "</span></a></li>");
    }
    if (open)
        html_raw(o, "</ul></nav>");
}

void page_home(const struct page *p, const struct search_answer *answer,
               const struct home_figures *figures)
{
    struct cs_buffer *o = p->out;

    page_begin(p, NAV_SEARCH, NULL, "home");
    html_raw(o, "<h1 dir=\"auto\">");
    html_text(o, p->name);
    html_raw(o, "</h1><p class=\"lead\">");
    if (figures->peers)
        html_text(
            o, _("Books, worksheets, equipment, rooms and people to learn with: ours, and those of "
                 "the institutions we share with."));
    else
        html_text(o, _("Books, worksheets, equipment, rooms and people to learn with."));
    html_raw(o, "</p>");
    page_search_box(p, NULL);
    counts(p, figures);
    page_indexing(p);
    if (answer->total == 0 && p->to_index == 0) {
        html_raw(o, "<p class=\"notice\">");
        html_text(o, _("Nothing is catalogued here yet."));
        html_raw(o, "</p>");
    }
    browse(p, answer);
    page_end(p);
}
