#include "command/search_show.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>

#include "command/text.h"

#define CREATORS_SHOWN 3
#define SNIPPET_LINES 2
#define ALSO_SHOWN 5 /* other holders of the same work */
#define INDENT 4

/* Where it can be had, in words. */
static const char *availability(const char *word)
{
    static const struct {
        const char *word, *text;
    } words[] = {
        {"open", N_("open to all")},
        {"ask", N_("ask for it")},
        {"loan", N_("can be borrowed")},
        {"onsite", N_("to be used there")},
    };

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (word && !strcmp(word, words[i].word))
            return _(words[i].text);
    return NULL;
}

static void add_part(struct cs_buffer *line, const char *text)
{
    if (!text || !*text)
        return;
    if (line->n)
        cs_buffer_add_text(line, " \xc2\xb7 ");
    cs_buffer_add_text(line, text);
}

/* An array's strings with a separator, at most `most` of them. */
static void add_strings(struct cs_buffer *line, const json_t *array, size_t most)
{
    struct cs_buffer part = {.alloc = memory_allocator()};
    size_t n = json_array_size(array);

    for (size_t i = 0; i < n && i < most; i++) {
        const char *value = json_string_value(json_array_get(array, i));

        if (value)
            cs_buffer_printf(&part, "%s%s", part.n ? "; " : "", value);
    }
    if (n > most)
        cs_buffer_add_text(&part, " \xe2\x80\xa6");
    add_part(line, cs_buffer_text(&part));
    cs_buffer_free(&part);
}

static void print_line(struct output *out, struct cs_buffer *line, const char *mark)
{
    struct cs_buffer text = {.alloc = memory_allocator()};

    if (line->n && !line->failed) {
        cs_buffer_printf(&text, "%*s%s", INDENT, "", mark);
        text_add_line(&text, cs_buffer_span(line), out->shape.width - INDENT);
        cs_buffer_printf(&text, "%s\n", *mark ? STYLE_END : "");
        if (!text.failed)
            output_print_span(out, cs_buffer_span(&text));
    }
    cs_buffer_free(&text);
    cs_buffer_reset(line);
}

static void print_title(struct output *out, size_t number, const char *name)
{
    struct cs_buffer text = {.alloc = memory_allocator()};

    cs_buffer_printf(&text, "%2zu. " STYLE_STRONG, number);
    text_add_line(&text, cs_span_of(name ? name : ""), out->shape.width - INDENT);
    cs_buffer_add_text(&text, STYLE_END "\n");
    if (!text.failed)
        output_print_span(out, cs_buffer_span(&text));
    cs_buffer_free(&text);
}

static void print_snippet(struct output *out, const char *snippet)
{
    struct cs_buffer text = {.alloc = memory_allocator()};

    if (!snippet || !*snippet)
        return;
    text_add_wrapped(&text, cs_span_of(snippet), INDENT, out->shape.width - INDENT, SNIPPET_LINES);
    if (!text.failed)
        output_print_span(out, cs_buffer_span(&text));
    cs_buffer_free(&text);
}

/* Who has it, how it can be had, and how old that knowledge is. */
static void add_holding(struct cs_buffer *line, const struct search_hit *hit)
{
    char ago[TEXT_AGO], when[TEXT_AGO + 40];

    add_part(line, hit->row.node_name[0] ? hit->row.node_name : hit->row.node.s);
    if (json_string_value(json_object_get(hit->record, "kind")) &&
        !strcmp(json_string_value(json_object_get(hit->record, "kind")), "need"))
        add_part(line, _("wanted there"));
    else
        add_part(line, availability(hit->availability));
    add_part(line, json_string_value(json_object_get(hit->record, "callNumber")));
    if (hit->row.audience == AUDIENCE_NODES || hit->row.audience == AUDIENCE_CHARTER)
        add_part(line, _("not for everyone"));
    if (hit->row.nid != STORE_SELF) {
        text_ago(hit->row.as_of, clock_now(), ago);
        snprintf(when, sizeof when, _("seen %s"), ago);
        add_part(line, when);
    } else if (hit->row.audience == AUDIENCE_PRIVATE) {
        add_part(line, _("private: seen by this institution only"));
    } else if (!hit->row.as_of) {
        add_part(line, _("not published yet"));
    }
}

/* Who else has the same work. */
static void print_also(struct output *out, const struct search_hit *hit)
{
    struct cs_buffer line = {.alloc = memory_allocator()};

    for (size_t i = 0; i < hit->also_n && i < ALSO_SHOWN; i++) {
        cs_buffer_printf(&line, _("also at %s"),
                         hit->also[i].node_name[0] ? hit->also[i].node_name : hit->also[i].node.s);
        add_part(&line, availability(hit->also[i].availability));
        print_line(out, &line, "");
    }
    if (hit->also_n > ALSO_SHOWN) {
        cs_buffer_printf(&line, _("and at %zu more places"), hit->also_n - ALSO_SHOWN);
        print_line(out, &line, "");
    }
    cs_buffer_free(&line);
}

static void print_hit(struct output *out, size_t number, const struct search_hit *hit)
{
    struct cs_buffer line = {.alloc = memory_allocator()};
    const json_t *record = hit->record;

    print_title(out, number, hit->name);
    add_strings(&line, json_object_get(record, "creator"), CREATORS_SHOWN);
    add_part(&line, json_string_value(json_object_get(record, "datePublished")));
    add_strings(&line, json_object_get(record, "inLanguage"), CREATORS_SHOWN);
    print_line(out, &line, "");
    add_holding(&line, hit);
    print_line(out, &line, "");
    print_also(out, hit);
    print_snippet(out, hit->snippet);
    add_part(&line, json_string_value(json_object_get(record, "url")));
    print_line(out, &line, STYLE_FAINT);
    output_print(out, "\n");
    cs_buffer_free(&line);
}

static void print_total(struct output *out, const struct search_answer *answer)
{
    if (answer->total_exact)
        output_print(out,
                     P_("%" PRId64 " record found (%.1f ms)\n\n",
                        "%" PRId64 " records found (%.1f ms)\n\n", (unsigned long)answer->total),
                     answer->total, answer->ms);
    else
        output_print(out, _("More than %" PRId64 " records found (%.1f ms)\n\n"), answer->total,
                     answer->ms);
}

/* Mirrors that were not asked for anything new in a while, and peers that did not answer. */
static void print_peers(struct output *out, const struct search_answer *answer)
{
    for (size_t i = 0; i < answer->peers; i++) {
        const struct search_peer *peer = &answer->peer[i];

        if (!strcmp(peer->state, "mirrored") || !strcmp(peer->state, "answered"))
            continue;
        output_say(out, _("%s has not answered: %s."), peer->name, peer->state);
    }
}

void search_show(struct output *out, const struct search_request *request,
                 const struct search_answer *answer)
{
    if (!answer->total) {
        output_print(out, "%s\n", _("Nothing was found."));
        output_say(out, "%s",
                   _("Try fewer or other words, or another spelling. \"commonshelf peer list\" "
                     "shows whose catalogues are searched."));
    } else {
        print_total(out, answer);
    }
    for (size_t i = 0; i < answer->n; i++)
        print_hit(out, request->offset + i + 1, &answer->hit[i]);
    if (answer->n && (int64_t)(request->offset + request->limit) < answer->total)
        output_say(out, _("More: --offset %zu"), request->offset + request->limit);
    print_peers(out, answer);
}
