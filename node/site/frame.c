/*
 * What stands around every page.
 */
#include <stdio.h>

#include "site/internal.h"

#define LIBRARY_ICON                                                                               \
    "<svg class=\"mark\" viewBox=\"0 0 24 24\" width=\"24\" height=\"24\" aria-hidden=\"true\">"   \
    "<path class=\"a\" d=\"M3 4h4v14H3z\"/><path class=\"b\" d=\"M9 2h4v16H9z\"/>"                 \
    "<path class=\"c\" d=\"m14.6 5.2 3.7-1 3.5 13-3.7 1z\"/><path class=\"b\" d=\"M1 "             \
    "20h22v2H1z\"/>"                                                                               \
    "</svg>"

static void nav_item(struct cs_buffer *o, const char *href, const char *words, bool current)
{
    html_raw(o, "<li><a href=\"");
    html_attribute(o, href);
    html_raw(o, "\"");
    if (current)
        html_raw(o, " aria-current=\"page\"");
    html_raw(o, ">");
    html_text(o, words);
    html_raw(o, "</a></li>");
}

static void top(const struct page *p, enum nav nav)
{
    struct cs_buffer *o = p->out;

    html_raw(o, "<a class=\"skip\" href=\"#main\">");
    html_text(o, _("Skip to the content"));
    html_raw(o, "</a><header class=\"top\"><a class=\"brand\" href=\"/\">" LIBRARY_ICON
                "<span><b dir=\"auto\">");
    html_text(o, p->name);
    html_raw(o, "</b>");
    if (*p->place) {
        html_raw(o, "<small dir=\"auto\">");
        html_text(o, p->place);
        html_raw(o, "</small>");
    }
    html_raw(o, "</span></a><nav aria-label=\"");
    html_attribute(o, _("Main"));
    html_raw(o, "\"><ul>");
    nav_item(o, "/", _("Search"), nav == NAV_SEARCH);
    nav_item(o, "/peers", _("Network"), nav == NAV_NETWORK);
    nav_item(o, "/about", _("About"), nav == NAV_ABOUT);
    html_raw(o, "</ul></nav></header>");
}

void page_begin(const struct page *p, enum nav nav, const char *title, const char *css)
{
    struct cs_buffer *o = p->out;

    html_raw(o, "<!DOCTYPE html>\n<html lang=\"");
    html_attribute(o, language_get());
    html_raw(o, "\" dir=\"");
    if (phrase_right_to_left())
        html_raw(o, "rtl");
    else
        html_raw(o, "ltr");
    html_raw(o, "\">\n<head><meta charset=\"utf-8\"><title>");
    if (title) {
        html_text(o, title);
        html_raw(o, " · ");
    }
    html_text(o, p->name);
    html_raw(o, "</title><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
                "<meta name=\"color-scheme\" content=\"light dark\">"
                "<meta name=\"referrer\" content=\"no-referrer\"><link rel=\"stylesheet\" href=\"");
    html_attribute(o, style_path());
    html_raw(o,
             "\"><link rel=\"icon\" href=\"/favicon.ico\" type=\"image/svg+xml\"></head>\n<body>");
    top(p, nav);
    html_raw(o, "\n<main id=\"main\" class=\"");
    html_attribute(o, css);
    html_raw(o, "\">");
}

void page_end(const struct page *p)
{
    struct cs_buffer *o = p->out;

    html_raw(o, "</main>\n<footer><p>");
    html_words(o, _("The catalogue of %s and of its network. Nothing about you is kept here."),
               p->name);
    html_raw(o, "</p></footer></body></html>\n");
}

void page_search_box(const struct page *p, const struct search_request *request)
{
    struct cs_buffer *o = p->out;

    html_raw(o, "<form class=\"ask\" role=\"search\" action=\"/search\"><label for=\"q\">");
    html_text(o, _("What are you looking for?"));
    html_raw(o,
             "</label><span class=\"box\"><input id=\"q\" name=\"q\" type=\"search\" dir=\"auto\""
             " maxlength=\"1000\" autocomplete=\"off\" autocapitalize=\"none\""
             " enterkeyhint=\"search\" value=\"");
    if (request)
        html_attribute_span(o, request->query);
    html_raw(o, "\"><button>");
    html_text(o, _("Search"));
    html_raw(o, "</button></span>");
    for (size_t i = 0; request && i < request->filters; i++) {
        html_raw(o, "<input type=\"hidden\" name=\"filter\" value=\"");
        html_attribute(o, request->filter[i].field);
        html_raw(o, ":");
        html_attribute(o, request->filter[i].value);
        html_raw(o, "\">");
    }
    html_raw(o, "</form>");
}

void page_indexing(const struct page *p)
{
    char done[PHRASE_TEXT], of[PHRASE_TEXT];

    if (p->to_index <= 0)
        return;
    html_raw(p->out, "<p class=\"notice\">");
    html_words(
        p->out,
        _("This catalogue is still being put in order: %s of %s records so far. What you look "
          "for may be among the rest; ask again in a few minutes."),
        phrase_number(p->phrases, p->indexed, done), phrase_number(p->phrases, p->to_index, of));
    html_raw(p->out, "</p>");
}

void page_time(const struct page *p, uint64_t time)
{
    char text[CLOCK_TEXT];

    clock_text(time, text);
    html_raw(p->out, "<time datetime=\"");
    html_attribute(p->out, text);
    html_raw(p->out, "\">");
}

enum holder page_holder(const struct page *p, row_id nid, uint64_t last_heard)
{
    if (nid == STORE_SELF)
        return HOLDER_HERE;
    return last_heard + SITE_SILENT_AFTER < p->now ? HOLDER_SILENT : HOLDER_KEPT;
}

void page_dot(struct cs_buffer *out, enum holder holder)
{
    if (holder == HOLDER_SILENT)
        html_raw(out, "<span class=\"dot late\"></span>");
    else
        html_raw(out, "<span class=\"dot\"></span>");
}
