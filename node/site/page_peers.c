/*
 * The institutions that this one shares with: who they are, and how each is doing.
 */
#include "site/internal.h"

static size_t heard_today(const struct page *p, const struct peer_view *peers, size_t n)
{
    size_t today = 0;

    for (size_t i = 0; i < n; i++)
        today += peers[i].row.last_seen && peers[i].row.last_seen + 86400 > p->now;
    return today;
}

static void lead(const struct page *p, const struct peer_view *peers, size_t n)
{
    struct cs_buffer *o = p->out;
    char number[PHRASE_TEXT];
    int64_t records = 0;

    for (size_t i = 0; i < n; i++)
        records += peers[i].row.records;
    html_raw(o, "<p class=\"lead\">");
    html_words(o, P_("%s other institution.", "%s other institutions.", n),
               phrase_number(p->phrases, (int64_t)n, number));
    html_raw(o, " ");
    html_words(o,
               P_("%s record of theirs is kept here.", "%s records of theirs are kept here.",
                  (unsigned long)records),
               phrase_number(p->phrases, records, number));
    html_raw(o, " ");
    html_words(o, _("Heard from today: %s."),
               phrase_number(p->phrases, (int64_t)heard_today(p, peers, n), number));
    html_raw(o, "</p>");
}

/* How it stands with a peer, in a few words. */
static const char *state_words(const struct page *p, const struct peer_view *v)
{
    if (v->row.state == PEER_BLOCKED)
        return _("shut out by this institution");
    if (v->standing == STANDING_FORKED)
        return _(
            "it signed two different histories of its catalogue: what it shows is not certain");
    if (v->standing == STANDING_ROLLED_BACK)
        return _("new records are withheld: its catalogue contradicted what it had signed before");
    if (v->row.node.frozen)
        return _("new records are withheld: two sets of keys claim to be its own");
    if (v->standing == STANDING_INCOMPLETE)
        return _("some of its records were kept back on the way and are asked for again");
    if (v->standing == STANDING_WITHHELD)
        return _("others have newer records of it, which it does not show here");
    if (!v->row.last_sync)
        return _("its catalogue has not arrived yet");
    if (v->row.last_sync + SITE_SILENT_AFTER < p->now || v->standing == STANDING_STALE)
        return _("silent; what is kept here may be out of date");
    if (node_is_stale(&v->row.node, clock_agreed()))
        return _("stale: its keys have run out, and it has not shown new ones");
    if (v->row.failures)
        return _("did not answer the last time");
    return _("kept here and up to date");
}

static bool troubled(const struct page *p, const struct peer_view *v)
{
    return v->row.state == PEER_BLOCKED || v->standing > STANDING_STALE || v->row.node.frozen ||
           node_is_stale(&v->row.node, clock_agreed()) ||
           v->row.last_sync + SITE_SILENT_AFTER < p->now;
}

/* On a narrow screen the table is a list, and its heads stand before the values. */
static void cell_begin(struct cs_buffer *o, const char *head)
{
    html_raw(o, "<td data-label=\"");
    html_attribute(o, head);
    html_raw(o, "\">");
}

static void when_cell(const struct page *p, uint64_t time)
{
    struct cs_buffer *o = p->out;
    char when[PHRASE_TEXT];

    cell_begin(o, _("Last heard"));
    if (time) {
        page_time(p, time);
        html_text(o, phrase_when(p->phrases, time, p->now, when));
        html_raw(o, "</time>");
    } else {
        html_text(o, _("never"));
    }
    html_raw(o, "</td>");
}

static void peer(const struct page *p, const struct peer_view *v)
{
    const struct node_row *node = &v->row.node;
    struct cs_buffer *o = p->out;
    struct cs_span host;
    char n[PHRASE_TEXT];

    html_raw(o, "<tr><th scope=\"row\">");
    page_dot(o, troubled(p, v) ? HOLDER_SILENT : HOLDER_KEPT);
    html_raw(o, "<a href=");
    search_href(o, NULL, "node", node->id.s);
    html_raw(o, ">");
    html_value(o, *node->name ? node->name : _("An institution that gave no name"), NULL);
    html_raw(o, "</a>");
    if (*node->place) {
        html_raw(o, "<small>");
        html_value(o, node->place, NULL);
        html_raw(o, "</small>");
    }
    if (html_url_host(node->url, &host)) {
        html_raw(o, "<small>");
        html_link_out(o, node->url, NULL);
        html_raw(o, "<bdi>");
        html_span(o, host);
        html_raw(o, "</bdi></a></small>");
    }
    html_raw(o, "</th>");
    cell_begin(o, _("Records"));
    html_text(o, phrase_number(p->phrases, v->row.records, n));
    html_raw(o, "</td>");
    when_cell(p, v->row.last_seen);
    html_raw(o, "<td>");
    html_text(o, state_words(p, v));
    if (v->row.way.name[0]) {
        html_raw(o, "<small>");
        html_words(o, _("read through %s"), v->row.way.name);
        html_raw(o, "</small>");
    }
    html_raw(o, "</td></tr>");
}

static void table(const struct page *p, const struct peer_view *peers, size_t n)
{
    static const char *const heads[] = {N_("Institution"), N_("Records"), N_("Last heard"),
                                        N_("How it stands")};
    struct cs_buffer *o = p->out;

    html_raw(o, "<table class=\"peers\" aria-labelledby=\"network\"><thead><tr>");
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        html_raw(o, "<th scope=\"col\">");
        html_text(o, language_text(heads[i]));
        html_raw(o, "</th>");
    }
    html_raw(o, "</tr></thead><tbody>");
    for (size_t i = 0; i < n; i++)
        peer(p, &peers[i]);
    html_raw(o, "</tbody></table>");
}

void page_peers(const struct page *p, const struct peer_view *peers, size_t n, bool more)
{
    struct cs_buffer *o = p->out;

    page_begin(p, NAV_NETWORK, _("Network"), "plain");
    html_raw(o, "<h1 id=\"network\">");
    html_text(o, _("The network"));
    html_raw(o, "</h1>");
    if (n) {
        lead(p, peers, n);
        table(p, peers, n);
        if (more) {
            html_raw(o, "<p class=\"soft\">");
            html_text(o, _("There are more; these are the first by name."));
            html_raw(o, "</p>");
        }
    } else {
        html_raw(o, "<p class=\"lead\">");
        html_text(o, _("No other institution yet."));
        html_raw(o, "</p><p>");
        html_text(o,
                  _("Two institutions come together by an invitation: one makes a link, the other "
                    "takes it up. From then on each finds what the other shares."));
        html_raw(o, "</p><pre><code>commonshelf invite</code></pre>");
    }
    page_end(p);
}
