/*
 * What a search found.
 */
#include <stdio.h>

#include "site/internal.h"

#define SILENT_SHOWN 2 /* peers named above the results; /peers has them all */

/* ---- the line above */

/* How many institutions the hits come from; 0 if that can't be said. */
static size_t institutions(const struct search_request *request, const struct search_answer *answer)
{
    for (size_t i = 0; i < request->filters; i++)
        if (!strcmp(request->filter[i].field, "node"))
            return 0; /* the facet then counts what the filter leaves out, too */
    for (size_t i = 0; i < answer->facets; i++)
        if (!strcmp(answer->facet[i].field, "node"))
            return answer->facet[i].n;
    return 0;
}

static void silent_peer(const struct page *p, const struct search_peer *peer)
{
    struct cs_buffer *o = p->out;
    char when[PHRASE_TEXT];

    html_raw(o, "<li>");
    page_dot(o, HOLDER_SILENT);
    if (peer->last_sync)
        html_words(o, _("%s: last heard %s"), peer->name,
                   phrase_when(p->phrases, peer->last_sync, p->now, when));
    else
        html_words(o, _("%s: its catalogue has not arrived yet"), peer->name);
    html_raw(o, "</li>");
}

static void peers_line(const struct page *p, const struct search_answer *answer)
{
    struct cs_buffer *o = p->out;
    size_t kept = 0, silent = 0;
    char n[PHRASE_TEXT];

    for (size_t i = 0; i < answer->peers; i++)
        kept += page_holder(p, 0, answer->peer[i].last_sync) == HOLDER_KEPT;
    if (kept) {
        html_raw(o, "<li>");
        page_dot(o, HOLDER_KEPT);
        html_words(o, P_("%s other catalogue kept here", "%s other catalogues kept here", kept),
                   phrase_number(p->phrases, (int64_t)kept, n));
        html_raw(o, "</li>");
    }
    for (size_t i = 0; i < answer->peers; i++)
        if (page_holder(p, 0, answer->peer[i].last_sync) == HOLDER_SILENT &&
            silent++ < SILENT_SHOWN)
            silent_peer(p, &answer->peer[i]);
    if (silent > SILENT_SHOWN) {
        html_raw(o, "<li><a href=\"/peers\">");
        silent -= SILENT_SHOWN;
        html_words(o, P_("%s more not heard for days", "%s more not heard for days", silent),
                   phrase_number(p->phrases, (int64_t)silent, n));
        html_raw(o, "</a></li>");
    }
}

static const char *total_words(const struct page *p, const struct search_answer *answer,
                               struct cs_buffer *out)
{
    char n[PHRASE_TEXT];

    phrase_number(p->phrases, answer->total, n);
    if (answer->total == 0)
        cs_buffer_add_text(out, p->to_index > 0 ? _("Nothing found so far") : _("Nothing found"));
    else if (answer->total_exact)
        cs_buffer_printf(out, P_("%s result", "%s results", (unsigned long)answer->total), n);
    else
        cs_buffer_printf(out, _("More than %s results"), n);
    return cs_buffer_text(out);
}

static void summary(const struct page *p, const struct search_request *request,
                    const struct search_answer *answer, const char *total)
{
    struct cs_buffer *o = p->out;
    size_t from = institutions(request, answer);
    char n[PHRASE_TEXT];

    html_raw(o, "<div class=\"summary\"><h1>");
    html_text(o, total);
    html_raw(o, "</h1><ul role=\"list\">");
    if (from > 1) {
        html_raw(o, "<li>");
        html_words(o, _("from %s institutions"), phrase_number(p->phrases, (int64_t)from, n));
        html_raw(o, "</li>");
    }
    peers_line(p, answer);
    html_raw(o, "</ul></div>");
    page_chosen(p, request, answer);
    page_indexing(p);
}

/* ---- below */

static void page_link(const struct page *p, const struct search_request *request, size_t offset,
                      const char *rel, const char *words)
{
    struct question_change change = {.leave = LEAVE_NONE, .offset = offset};
    struct cs_buffer *o = p->out;

    html_raw(o, "<a class=\"button\" rel=\"");
    html_attribute(o, rel);
    html_raw(o, "\" href=");
    question_href(o, request, &change);
    html_raw(o, ">");
    html_text(o, words);
    html_raw(o, "</a>");
}

static void range(const struct page *p, const struct search_request *request,
                  const struct search_answer *answer)
{
    char from[PHRASE_TEXT], to[PHRASE_TEXT], of[PHRASE_TEXT];
    int64_t first = (int64_t)request->offset + 1;

    phrase_number(p->phrases, first, from);
    phrase_number(p->phrases, first + (int64_t)answer->n - 1, to);
    phrase_number(p->phrases, answer->total, of);
    html_words(p->out, answer->total_exact ? _("%s to %s of %s") : _("%s to %s of more than %s"),
               from, to, of);
}

static void pages(const struct page *p, const struct search_request *request,
                  const struct search_answer *answer)
{
    struct cs_buffer *o = p->out;
    size_t next = request->offset + request->limit;
    bool more = request->offset + request->limit < (size_t)answer->total || !answer->total_exact;

    if (!request->offset && !more)
        return;
    html_raw(o, "<nav class=\"pages\" aria-label=\"");
    html_attribute(o, _("Pages of results"));
    html_raw(o, "\">");
    if (request->offset)
        page_link(p, request,
                  request->offset > request->limit ? request->offset - request->limit : 0, "prev",
                  _("Earlier"));
    html_raw(o, "<span>");
    range(p, request, answer);
    html_raw(o, "</span>");
    if (more && answer->n && next <= SEARCH_OFFSET_MAX)
        page_link(p, request, next, "next", _("More results"));
    html_raw(o, "</nav>");
    if (more && answer->n && next > SEARCH_OFFSET_MAX) {
        html_raw(o, "<p class=\"soft\">");
        html_text(o, _("Further results can’t be listed. A more exact question finds them."));
        html_raw(o, "</p>");
    }
}

/* ---- nothing found */

static void tip(struct cs_buffer *o, const char *words)
{
    html_raw(o, "<li>");
    html_text(o, words);
    html_raw(o, "</li>");
}

static void nothing(const struct page *p, const struct search_request *request)
{
    struct question_change all = {.leave = LEAVE_ALL}, start = {.leave = LEAVE_NONE};
    struct cs_buffer *o = p->out;

    html_raw(o, "<div class=\"nothing\">");
    if (request->offset) {
        html_raw(o, "<p>");
        html_text(o, _("The results end before this page."));
        html_raw(o, " <a href=");
        question_href(o, request, &start);
        html_raw(o, ">");
        html_text(o, _("Go to the first"));
        html_raw(o, "</a></p></div>");
        return;
    }
    if (p->to_index == 0) {
        html_raw(o, "<p>");
        html_text(
            o, _("Neither here nor in the catalogues of other institutions that are kept here."));
        html_raw(o, "</p>");
    }
    html_raw(o, "<ul>");
    if (request->filters) {
        html_raw(o, "<li><a href=");
        question_href(o, request, &all);
        html_raw(o, ">");
        html_text(o, _("Look without the narrowing"));
        html_raw(o, "</a></li>");
    }
    tip(o, _("Try fewer words, or others that mean the same."));
    tip(o, _("Look at the spelling. Accents don’t matter, letters do."));
    tip(o, _("The beginning of a word is enough with a star behind it: solar*"));
    html_raw(o, "</ul><p><a href=\"/search?q=\">");
    html_text(o, _("See everything there is"));
    html_raw(o, "</a></p></div>");
}

void page_results(const struct page *p, const struct search_request *request,
                  const struct search_answer *answer)
{
    struct cs_buffer *o = p->out, title = CS_BUFFER_INIT, total = CS_BUFFER_INIT;

    title.alloc = total.alloc = memory_allocator();
    total_words(p, answer, &total);
    cs_buffer_add_span(&title, request->query);
    cs_buffer_add_text(&title, request->query.n ? ": " : "");
    cs_buffer_add_span(&title, cs_buffer_span(&total));
    page_begin(p, NAV_SEARCH, cs_buffer_text(&title), "results");
    page_search_box(p, request);
    summary(p, request, answer, cs_buffer_text(&total));
    if (page_has_facets(request, answer)) {
        html_raw(o, "<div class=\"columns\">");
        page_facets(p, request, answer);
    } else {
        html_raw(o, "<div class=\"column\">");
    }
    html_raw(o, "<section aria-label=\"");
    html_attribute(o, _("Results"));
    html_raw(o, "\">");
    if (answer->n) {
        html_raw(o, "<p class=\"order\"><span>");
        html_text(o, request->query.n ? _("Best match first") : _("Everything there is"));
        html_raw(o, "</span><span>");
        range(p, request, answer);
        html_raw(o, "</span></p><ol class=\"hits\" start=\"");
        html_number(o, request->offset + 1);
        html_raw(o, "\">");
        for (size_t i = 0; i < answer->n; i++)
            page_hit(p, answer, &answer->hit[i]);
        html_raw(o, "</ol>");
    } else {
        nothing(p, request);
    }
    pages(p, request, answer);
    html_raw(o, "</section></div>");
    page_end(p);
    o->failed |= title.failed || total.failed;
    cs_buffer_free(&title);
    cs_buffer_free(&total);
}
