/*
 * Pages of a few sentences: about this node, what to do with an invitation, errors.
 */
#include "site/internal.h"

static void paragraph(struct cs_buffer *o, const char *words)
{
    html_raw(o, "<p>");
    html_text(o, words);
    html_raw(o, "</p>");
}

static void heading(struct cs_buffer *o, const char *words)
{
    html_raw(o, "<h2>");
    html_text(o, words);
    html_raw(o, "</h2>");
}

/* In groups for the eye, without spaces when it is copied. */
static void node_id(struct cs_buffer *o, const struct cs_node_id *id)
{
    enum { PREFIX = 3, GROUP = 4 };

    html_raw(o, "<code class=\"id\"><span>");
    html_span(o, cs_span_make(id->s, PREFIX));
    for (size_t i = PREFIX; i < CS_NODE_ID_LEN; i += GROUP) {
        html_raw(o, "</span><wbr><span>");
        html_span(o, cs_span_make(id->s + i, GROUP));
    }
    html_raw(o, "</span></code>");
}

void page_about(const struct page *p)
{
    struct cs_buffer *o = p->out;

    page_begin(p, NAV_ABOUT, _("About"), "plain");
    html_raw(o, "<h1>");
    html_words(o, _("About %s"), p->name);
    html_raw(o, "</h1><p>");
    if (*p->place)
        html_words(o, _("This is the shared catalogue of %s, %s."), p->name, p->place);
    else
        html_words(o, _("This is the shared catalogue of %s."), p->name);
    html_raw(o, " ");
    html_text(o,
              _("It belongs to a network of institutions that open their catalogues to each other, "
                "without a centre: each keeps its own, and decides alone what others see of it."));
    html_raw(o, "</p>");
    heading(o, _("What is kept about you"));
    paragraph(o,
              _("Nothing. There is no account, no cookie, no script, and no list of what anybody "
                "searched for. What you type is answered from here and asked of nobody else."));
    heading(o, _("Where records come from"));
    paragraph(
        o, _("Every institution signs its catalogue. What comes from others was checked against "
             "their signatures before it was shown here, and each record’s page says whose it is "
             "and how fresh it is. Only its owner can change or withdraw a record."));
    heading(o, _("Who this is, for other institutions"));
    paragraph(o, _("This name never changes, whatever the address. Compare it when you take up an "
                   "invitation."));
    html_raw(o, "<p>");
    node_id(o, p->id);
    html_raw(o, "</p>");
    heading(o, _("For programs"));
    html_raw(o, "<p><a href=\"/api/v1/search?q=\"><code>/api/v1/search?q=</code></a></p>");
    page_end(p);
}

void page_join(const struct page *p)
{
    struct cs_buffer *o = p->out;

    page_begin(p, NAV_NONE, _("An invitation"), "plain");
    html_raw(o, "<h1>");
    html_words(o, _("%s invites another institution"), p->name);
    html_raw(o, "</h1>");
    paragraph(
        o, _("The link that brought you here is an invitation from one institution’s catalogue to "
             "another’s. It is taken up by your institution’s own node, not in this browser."));
    heading(o, _("What to do with it"));
    html_raw(o, "<ol><li>");
    html_text(o, _("Copy the whole link from the address bar, with everything behind the # sign."));
    html_raw(o, "</li><li>");
    html_text(o, _("On the machine of your own node, give it to this command:"));
    html_raw(o, "<pre><code>commonshelf join '");
    html_text(o, _("LINK"));
    html_raw(o, "'</code></pre></li><li>");
    html_text(o,
              _("Both sides then see the other’s name and six words. If the words are the same on "
                "both, nobody stands between you."));
    html_raw(o, "</li></ol>");
    heading(o, _("If you have no node yet"));
    html_raw(o, "<p>");
    html_text(o, _("Install Commonshelf, then begin with:"));
    html_raw(o, "</p><pre><code>commonshelf init --name '");
    html_text(o, _("Your institution"));
    html_raw(o, "'</code></pre>");
    html_raw(o, "<p class=\"soft\">");
    html_text(
        o,
        _("The secret part stands behind the # sign. Your browser did not send it here; it works "
          "once, and not for long. Don’t pass it on."));
    html_raw(o, "</p>");
    page_end(p);
}

/* ---- errors */

const char *error_sentence(const char *code)
{
    static const struct {
        const char *code, *words;
    } sentences[] = {
        {"unknown_parameter", N_("The address asks for something that this page does not know.")},
        {"repeated_parameter", N_("The address says the same thing twice.")},
        {"bad_query", N_("The address is not written as it should be.")},
        {"bad_limit", N_("A page can show from 1 to 100 results.")},
        {"bad_offset", N_("Results can be listed from the first to the 10,000th.")},
        {"bad_filter", N_("The search is narrowed down by something that there is not.")},
        {"too_many_filters",
         N_("The search is narrowed down by too much at once: 16 are the most.")},
        {"no_record", N_("There is no such record here. Its owner may have withdrawn it.")},
        {"not_found", N_("There is no such page here.")},
        {"index_missing", N_("The catalogue is being put in order. Try again in a minute.")},
        {"unavailable", N_("The catalogue can’t be read just now. Nothing is lost. Try again in a "
                           "minute; if it stays so, tell the people who keep it.")},
    };

    for (size_t i = 0; i < sizeof sentences / sizeof sentences[0]; i++)
        if (code && !strcmp(sentences[i].code, code))
            return language_text(sentences[i].words);
    return NULL;
}

static const char *error_title(unsigned status)
{
    switch (status) {
    case 404:
        return _("Not found");
    case 429:
    case 503:
        return _("Not just now");
    default:
        return status < 500 ? _("That was not understood") : _("Something went wrong here");
    }
}

void page_error(const struct page *p, unsigned status, const char *code)
{
    const char *words = error_sentence(code);
    struct cs_buffer *o = p->out;

    if (!words)
        words = status < 500
                    ? _("The request could not be answered as it was made.")
                    : _("The request could not be answered. Nothing is lost. Try again in a "
                        "minute; if it stays so, tell the people who keep this catalogue.");
    page_begin(p, NAV_NONE, error_title(status), "plain");
    html_raw(o, "<h1>");
    html_text(o, error_title(status));
    html_raw(o, "</h1><p class=\"lead\">");
    html_text(o, words);
    html_raw(o, "</p>");
    page_search_box(p, NULL);
    html_raw(o, "<p class=\"soft\">");
    html_number(o, status);
    html_raw(o, "</p>");
    page_end(p);
}
