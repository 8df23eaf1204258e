/*
 * A search answer, a record and peers made up in memory, to write pages from: three institutions,
 * five languages. The page code is the real one.
 */
#ifndef TESTS_SITE_FIXTURE_H
#define TESTS_SITE_FIXTURE_H

#include <stdio.h>

#include "site/internal.h"

#define FIXTURE_NOW UINT64_C(1795514400) /* 2026-11-24 10:00 UTC */
#define FIXTURE_HITS 6

struct fixture {
    struct cs_buffer out;
    struct phrases *phrases;
    struct cs_node_id id, school, museum;
    struct page page;
    struct search_request request;
    struct search_answer answer;
    struct search_hit hit[FIXTURE_HITS];
    struct search_peer peer[2];
    struct search_facet facet[4];
    struct search_facet_value category[3], language[8], node[3], availability[2];
    struct peer_view peers[2];
};

static const char *const fixture_records[FIXTURE_HITS] = {
    "{\"id\":\"urn:uuid:00000000-0000-4000-8000-000000000001\",\"rev\":1,\"kind\":\"resource\","
    "\"category\":\"material\",\"type\":[\"HowTo\"],\"name\":\"Build a solar cooker from a "
    "cardboard box\","
    "\"creator\":[\"Riverside School science club\"],\"datePublished\":\"2024\","
    "\"inLanguage\":[\"en\",\"sw\"],\"educationalLevel\":[\"lower secondary\"],"
    "\"license\":\"https://creativecommons.org/licenses/by/4.0/\",\"conditionsOfAccess\":\"open\","
    "\"encoding\":[{\"sha256\":\"00\",\"size\":1200000,\"mediaType\":\"application/pdf\","
    "\"name\":\"solar-cooker.pdf\",\"url\":\"https://riverside.example/files/solar-cooker.pdf\"}]}",
    "{\"id\":\"urn:uuid:00000000-0000-4000-8000-000000000002\",\"rev\":3,\"kind\":\"resource\","
    "\"category\":\"equipment\",\"name\":\"Parabolic solar cooker, 1.4 m, on loan to schools\","
    "\"conditionsOfAccess\":\"loan\",\"copies\":2,\"capacity\":10,\"inLanguage\":[\"en\"]}",
    "{\"id\":\"urn:uuid:00000000-0000-4000-8000-000000000003\",\"rev\":2,\"kind\":\"resource\","
    "\"category\":\"material\",\"type\":[\"Book\"],\"name\":[{\"value\":\"Jiko la jua: mwongozo wa "
    "mwalimu\",\"lang\":\"sw\"},{\"value\":\"The solar cooker: a teacher\xe2\x80\x99s "
    "guide\",\"lang\":\"en\"}],"
    "\"creator\":[\"Nuru Teachers\xe2\x80\x99 Press\"],\"contributor\":[\"Amina Otieno\"],"
    "\"description\":\"Mwongozo wa kufundisha nishati ya jua kwa kutumia jiko la jua "
    "darasani.\\n\\nMpango wa "
    "muhula katika masomo kumi na mawili, na majaribio yasiyohitaji "
    "umeme.\",\"inLanguage\":[\"sw\"],"
    "\"about\":[\"Physics\",\"Energy\"],\"keywords\":[\"solar "
    "energy\"],\"datePublished\":\"2021-05\","
    "\"educationalLevel\":[\"lower secondary\"],\"audience\":[\"teachers\"],"
    "\"learningResourceType\":[\"teacher\xe2\x80\x99s "
    "guide\"],\"publisher\":\"Nuru\",\"timeRequired\":\"P12W\","
    "\"license\":\"http://rightsstatements.org/vocab/InC/1.0/\",\"isbn\":[\"9789976100426\"],"
    "\"conditionsOfAccess\":\"loan\",\"copies\":3,\"callNumber\":\"530.7 OTI\",\"place\":\"Branch "
    "library\","
    "\"url\":\"https://opac.northgate.example:8443/bib/"
    "1204#top\",\"isPartOf\":[\"urn:isbn:9789976100426\"]}",
    "{\"id\":\"urn:uuid:00000000-0000-4000-8000-000000000004\",\"rev\":1,\"kind\":\"resource\","
    "\"category\":\"workshop\",\"name\":\"Afternoon workshop: cooking with the "
    "sun\",\"timeRequired\":\"PT2H\","
    "\"capacity\":20,\"inLanguage\":[\"en\",\"sw\"],\"conditionsOfAccess\":\"ask\"}",
    "{\"id\":\"urn:uuid:00000000-0000-4000-8000-000000000005\",\"rev\":1,\"kind\":\"resource\","
    "\"category\":\"material\",\"name\":\"\xd8\xa7\xd8\xb5\xd9\x86\xd8\xb9 "
    "\xd8\xb7\xd8\xa8\xd8\xa7\xd8\xae\xd9\x8b\xd8\xa7 "
    "\xd8\xb4\xd9\x85\xd8\xb3\xd9\x8a\xd9\x8b\xd8\xa7 \xd9\x85\xd9\x86 "
    "\xd8\xb5\xd9\x86\xd8\xaf\xd9\x88\xd9\x82 "
    "\xd9\x83\xd8\xb1\xd8\xaa\xd9\x88\xd9\x86\xd9\x8a\",\"creator\":["
    "\"\xd9\x85\xd9\x83\xd8\xaa\xd8\xa8\xd8\xa9 "
    "\xd9\x86\xd9\x88\xd8\xb1\xd8\xab\xd8\xba\xd9\x8a\xd8\xaa\"],\"datePublished\":\"2023\","
    "\"inLanguage\":[\"ar\"],"
    "\"conditionsOfAccess\":\"onsite\",\"license\":\"https://creativecommons.org/publicdomain/zero/"
    "1.0/\"}",
    "{\"id\":\"urn:uuid:00000000-0000-4000-8000-000000000006\",\"rev\":1,\"kind\":\"need\","
    "\"name\":"
    "\"\xe5\xa4\xaa\xe9\x98\xb3\xe8\x83\xbd\xe7\x81\xb6\xe5\xae\x9e\xe9\xaa\x8c\xe5\x99\xa8\xe6\x9d"
    "\x90\","
    "\"inLanguage\":[\"zh\"]}",
};

static const char *const fixture_snippets[FIXTURE_HITS] = {
    "Eight steps with drawings. Pupils measure how a \x02solar cooker\x03 heats a litre of water "
    "and compare "
    "three reflectors; a worksheet and an answer key are included.",
    "Comes with gloves, two pots and a safety card. Collection by bus parcel is possible on "
    "Thursdays.",
    "Mwongozo wa kufundisha nishati ya jua kwa kutumia \x02jiko la jua\x03 darasani.",
    "",
    "\xd8\xab\xd9\x85\xd8\xa7\xd9\x86\xd9\x8a \xd8\xae\xd8\xb7\xd9\x88\xd8\xa7\xd8\xaa "
    "\xd9\x85\xd8\xb9 "
    "\xd8\xb1\xd8\xb3\xd9\x88\xd9\x85. \xd9\x8a\xd9\x82\xd9\x8a\xd8\xb3 "
    "\xd8\xa7\xd9\x84\xd8\xaa\xd9\x84\xd8\xa7\xd9\x85\xd9\x8a\xd8\xb0 \xd8\xb2\xd9\x85\xd9\x86.",
    NULL,
};

static inline void fixture_node(struct cs_node_id *id, char letter)
{
    memset(id, 0, sizeof *id);
    memcpy(id->s, "cs1", 3);
    memset(id->s + 3, letter, CS_NODE_ID_LEN - 3);
}

static inline void fixture_facet(struct search_facet *f, const char *field,
                                 struct search_facet_value *values, size_t n,
                                 const char *const *names)
{
    f->field = field;
    f->value = values;
    f->n = n;
    for (size_t i = 0; i < n; i++)
        values[i] = (struct search_facet_value){names[i], (int64_t)(3 * (n - i))};
}

static inline void fixture_hit(struct fixture *f, size_t i)
{
    struct search_hit *h = &f->hit[i];
    const struct cs_node_id *nodes[] = {&f->id, &f->school, &f->museum};
    static const char *const names[] = {"Kivuli Learning Centre", "Riverside School",
                                        "Makers\xe2\x80\x99 Yard"};
    struct json_t *record = json_loads(fixture_records[i], 0, NULL);
    const char *urn = json_string_value(json_object_get(record, "id"));
    const char *access = json_string_value(json_object_get(record, "conditionsOfAccess"));

    memset(h, 0, sizeof *h);
    h->record = record;
    h->row.rid = (row_id)i + 1;
    h->row.nid = (row_id)(i % 3) + 1;
    h->row.node = *nodes[i % 3];
    snprintf(h->row.node_name, sizeof h->row.node_name, "%s", names[i % 3]);
    snprintf(h->row.shelf, sizeof h->row.shelf, "public");
    h->row.rev = 3;
    h->row.as_of = FIXTURE_NOW - 240;
    if (!urn || cs_uuid_read(cs_span_of(urn), &h->row.id) != CS_OK)
        memset(&h->row.id, 0, sizeof h->row.id);
    h->name = cs_record_text(record, "name", "en", &h->name_lang);
    h->snippet = fixture_snippets[i];
    h->snippet_lang = h->name_lang;
    h->availability = access ? access : "unknown";
}

static inline void fixture_open(struct fixture *f)
{
    static const char *const categories[] = {"material", "equipment", "workshop"};
    static const char *const langs[] = {"en", "sw", "fr", "ar", "hi", "zh", "es", "qqq"};
    static const char *const access[] = {"open", "loan"};

    memset(f, 0, sizeof *f);
    f->out.alloc = memory_allocator();
    f->phrases = phrase_new();
    fixture_node(&f->id, 'a');
    fixture_node(&f->school, 'b');
    fixture_node(&f->museum, 'c');
    f->page = (struct page){.out = &f->out,
                            .phrases = f->phrases,
                            .name = "Kivuli Learning Centre",
                            .place = "Kivuli, Lakeside",
                            .id = &f->id,
                            .now = FIXTURE_NOW};
    f->request = (struct search_request){
        .query = cs_span_of("solar cooker"), .lang = "en", .limit = SEARCH_LIMIT_DEFAULT};
    for (size_t i = 0; i < FIXTURE_HITS; i++)
        fixture_hit(f, i);
    f->peer[0] =
        (struct search_peer){f->school, "Riverside School", "mirrored", 2, FIXTURE_NOW - 240};
    f->peer[1] = (struct search_peer){f->museum, "Makers\xe2\x80\x99 Yard", "mirrored", 2,
                                      FIXTURE_NOW - 4 * 86400};
    fixture_facet(&f->facet[0], "category", f->category, 3, categories);
    fixture_facet(&f->facet[1], "inLanguage", f->language, 8, langs);
    fixture_facet(&f->facet[2], "availability", f->availability, 2, access);
    f->facet[3] = (struct search_facet){"node", 3, f->node};
    f->node[0] = (struct search_facet_value){f->id.s, 20};
    f->node[1] = (struct search_facet_value){f->school.s, 11};
    f->node[2] = (struct search_facet_value){f->museum.s, 6};
    f->answer = (struct search_answer){.total = 37,
                                       .total_exact = true,
                                       .n = FIXTURE_HITS,
                                       .hit = f->hit,
                                       .facets = 4,
                                       .facet = f->facet,
                                       .peers = 2,
                                       .peer = f->peer};
    for (size_t i = 0; i < 2; i++) {
        struct peer_row *row = &f->peers[i].row;

        row->node.nid = (row_id)i + 2;
        row->node.id = f->peer[i].id;
        snprintf(row->node.name, sizeof row->node.name, "%s", f->peer[i].name);
        snprintf(row->node.place, sizeof row->node.place, "Lakeside");
        snprintf(row->node.url, sizeof row->node.url, "https://peer%zu.example:7443", i);
        row->last_seen = row->last_sync = f->peer[i].last_sync;
        row->records = 3104;
    }
}

static inline void fixture_close(struct fixture *f)
{
    for (size_t i = 0; i < FIXTURE_HITS; i++)
        json_decref((struct json_t *)(uintptr_t)f->hit[i].record);
    phrase_free(f->phrases);
    cs_buffer_free(&f->out);
}

#endif
