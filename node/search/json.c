#include <jansson.h>

#include <commonshelf/record.h>

#include "search/search.h"

static json_t *node_json(const struct cs_node_id *id, const char *name)
{
    return json_pack("{s:s,s:s%}", "id", id->s, "name", name, strlen(name));
}

static void copy(json_t *out, const json_t *record, const char *member)
{
    json_t *value = json_object_get(record, member);

    if (value)
        json_object_set(out, member, value);
}

static json_t *also_json(const struct search_hit *hit)
{
    json_t *list = json_array();

    for (size_t i = 0; i < hit->also_n; i++)
        json_array_append_new(list, json_pack("{s:s,s:o,s:s}", "id", hit->also[i].id, "node",
                                              node_json(&hit->also[i].node, hit->also[i].node_name),
                                              "availability", hit->also[i].availability));
    return list;
}

/* Marks of the snippet are for those who show it. */
static json_t *plain_snippet(const char *snippet)
{
    struct cs_buffer text = {.alloc = memory_allocator()};
    json_t *value;

    for (; *snippet; snippet++)
        if (*snippet != 0x02 && *snippet != 0x03)
            cs_buffer_add_byte(&text, (unsigned char)*snippet);
    value = text.failed ? NULL : json_stringn((const char *)text.p, text.n);
    cs_buffer_free(&text);
    return value ? value : json_string("");
}

static json_t *hit_json(const struct search_hit *hit)
{
    static const char *const members[] = {
        "creator", "kind",          "category",         "type", "inLanguage", "license",
        "url",     "datePublished", "educationalLevel", "isbn"};
    char id[CS_URN_UUID_LEN + 1], as_of[CLOCK_TEXT];
    json_t *out = json_object();

    cs_uuid_write(&hit->row.id, id);
    json_object_set_new(out, "id", json_string(id));
    json_object_set_new(out, "name", json_string(hit->name));
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        copy(out, hit->record, members[i]);
    json_object_set_new(out, "node", node_json(&hit->row.node, hit->row.node_name));
    json_object_set_new(out, "shelf", json_string(hit->row.shelf));
    json_object_set_new(out, "score", json_real(hit->score));
    json_object_set_new(out, "snippet", plain_snippet(hit->snippet ? hit->snippet : ""));
    json_object_set_new(out, "availability", json_string(hit->availability));
    clock_text(hit->row.as_of, as_of);
    json_object_set_new(out, "as_of", hit->row.as_of ? json_string(as_of) : json_null());
    json_object_set_new(out, "also", also_json(hit));
    return out;
}

static json_t *facet_json(const struct search_facet *facet)
{
    json_t *list = json_array();

    for (size_t i = 0; i < facet->n; i++)
        json_array_append_new(list, json_pack("{s:s,s:I}", "value", facet->value[i].value, "count",
                                              (json_int_t)facet->value[i].count));
    return list;
}

static json_t *peer_json(const struct search_peer *peer)
{
    char time[CLOCK_TEXT];

    clock_text(peer->last_sync, time);
    return json_pack("{s:s,s:s,s:s,s:I,s:I,s:o}", "id", peer->id.s, "name", peer->name, "state",
                     peer->state, "hits", (json_int_t)peer->hits, "ms", (json_int_t)0, "last_sync",
                     peer->last_sync ? json_string(time) : json_null());
}

/* What was typed may be no UTF-8; JSON is. */
static json_t *query_json(struct cs_span query)
{
    json_t *text = cs_utf8_valid(query) ? json_stringn((const char *)query.p, query.n) : NULL;

    return text ? text : json_string("");
}

struct json_t *search_json(const struct search_request *request, const struct search_answer *answer)
{
    json_t *out = json_object(), *hits = json_array(), *facets = json_object(),
           *peers = json_array();

    for (size_t i = 0; i < answer->n; i++)
        json_array_append_new(hits, hit_json(&answer->hit[i]));
    for (size_t i = 0; i < answer->facets; i++)
        json_object_set_new(facets, answer->facet[i].field, facet_json(&answer->facet[i]));
    for (size_t i = 0; i < answer->peers; i++)
        json_array_append_new(peers, peer_json(&answer->peer[i]));
    json_object_set_new(out, "query", query_json(request->query));
    json_object_set_new(out, "total", json_integer((json_int_t)answer->total));
    json_object_set_new(out, "total_exact", json_boolean(answer->total_exact));
    json_object_set_new(out, "ms", json_real(answer->ms));
    json_object_set_new(out, "hits", hits);
    json_object_set_new(out, "facets", facets);
    json_object_set_new(out, "peers", peers);
    return out;
}
