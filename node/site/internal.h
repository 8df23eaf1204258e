/*
 * What the files of site/ share. A request goes through three hands: a handler (handle_*.c) reads
 * it and asks the rooms below, a page (page_*.c) writes what came of it, answer.c sends it. Pages
 * know no HTTP and ask no store, so that tests can write them from made-up answers.
 */
#ifndef SITE_INTERNAL_H
#define SITE_INTERNAL_H

#include <jansson.h>
#include <stdatomic.h>

#include <commonshelf/record.h>

#include "search/search.h"
#include "site/html.h"
#include "site/phrase.h"
#include "site/site.h"
#include "site/terms.h"
#include "sync/sync.h"

#define SITE_SILENT_AFTER (3 * 86400u) /* seconds without a word from a peer that pages mention */
#define SITE_PEERS_MAX 256 /* shown on one page; the rest is counted */

/* ---- what a thread keeps: made when first needed, by that thread alone */
struct site_tools {
    struct reader *reader;
    struct searcher *searcher;
    struct phrases *phrases;
};

struct site {
    char *home;
    struct store *store;
    char name[CS_PROFILE_TEXT_MAX + 1];
    char place[CS_PROFILE_TEXT_MAX + 1];
    struct cs_node_id id;
    atomic_llong indexed, to_index; /* to_index 0: the index is complete */
    struct site_tools tools[HTTP_LOOPS_MAX + HTTP_WORKERS_MAX];
};

/* The thread's tools. On failure the exchange is answered, and NULL returned. With `search` they
 * have a searcher. */
struct site_tools *site_tools(struct site *site, struct http_exchange *x, bool search);

/* ---- pages */

/* What every page is written with. */
struct page {
    struct cs_buffer *out;
    struct phrases *phrases; /* NULL on error pages: no number or date stands on them */
    const char *name, *place;
    const struct cs_node_id *id;
    uint64_t now;
    int64_t indexed, to_index;
};

enum nav { NAV_NONE, NAV_SEARCH, NAV_NETWORK, NAV_ABOUT };

/* Up to and with <main>; the title is `title` and the institution's name. `css` is main's class. */
void page_begin(const struct page *p, enum nav nav, const char *title, const char *css);
void page_end(const struct page *p);
/* The search box; `request` NULL for an empty one. */
void page_search_box(const struct page *p, const struct search_request *request);
/* Says how far the index is; nothing when it is complete. */
void page_indexing(const struct page *p);
/* <time datetime="…">, the start tag only. */
void page_time(const struct page *p, uint64_t time);

/* Where a holder stands, for its dot and words. */
enum holder { HOLDER_HERE, HOLDER_KEPT, HOLDER_SILENT };
enum holder page_holder(const struct page *p, row_id nid, uint64_t last_heard);
/* Its dot: never the only sign, words stand beside it. */
void page_dot(struct cs_buffer *out, enum holder holder);

/* ---- links back into the search: "/search?…", as the value of an attribute, with its quotes */
struct question_change {
    const char *add_field, *add_value; /* NULL: none */
    size_t leave; /* number of a filter to leave out; SIZE_MAX: none, SIZE_MAX-1: all */
    size_t offset;
};
#define LEAVE_NONE SIZE_MAX
#define LEAVE_ALL (SIZE_MAX - 1)
void question_href(struct cs_buffer *out, const struct search_request *request,
                   const struct question_change *change);
/* A new search, for a query or (field, value); each may be NULL. */
void search_href(struct cs_buffer *out, const char *query, const char *field, const char *value);

/* What a filter's value is called: "Kiswahili" for inLanguage "sw". */
const char *facet_words(const struct page *p, const struct search_answer *answer, const char *field,
                        const char *value, char out[PHRASE_TEXT]);
/* Whether there is anything to choose. */
bool page_has_facets(const struct search_request *request, const struct search_answer *answer);
void page_facets(const struct page *p, const struct search_request *request,
                 const struct search_answer *answer);
void page_chosen(const struct page *p, const struct search_request *request,
                 const struct search_answer *answer);

struct home_figures {
    int64_t own, mirrored;
    bool exact; /* false: both are at least this */
    size_t peers;
};
void page_home(const struct page *p, const struct search_answer *answer,
               const struct home_figures *figures);
void page_results(const struct page *p, const struct search_request *request,
                  const struct search_answer *answer);

void page_hit(const struct page *p, const struct search_answer *answer, const struct search_hit *h);

struct record_view {
    const struct record_row *row;
    const json_t *record;
    const struct peer_row *peer; /* NULL for own records */
    uint64_t log_size; /* entries of the signed catalogue it stands in; 0: none */
};
void page_record(const struct page *p, const struct record_view *view);
void page_files(const struct page *p, const json_t *record);
void page_who_has_it(const struct page *p, const struct record_view *view);
void page_provenance(const struct page *p, const struct record_view *view);
/* A URI: a link if it is one that may be followed, else text. `label` NULL: the URI itself. */
void page_uri(struct cs_buffer *out, const char *uri, const char *label);

struct peer_view {
    struct peer_row row;
    enum standing standing; /* of its logs, the worst */
};
void page_peers(const struct page *p, const struct peer_view *peers, size_t n, bool more);
void page_about(const struct page *p);
void page_join(const struct page *p);
void page_error(const struct page *p, unsigned status, const char *code);
/* A sentence for people about an error of this room, or NULL. */
const char *error_sentence(const char *code);

/* ---- members of a record, read with care (it may be a stranger's of a later version) */
const char *member_string(const json_t *record, const char *member);
/* The i-th string of a list; a single string counts as a list of one. NULL behind the last. */
const char *member_item(const json_t *record, const char *member, size_t i);
bool member_integer(const json_t *record, const char *member, int64_t *n);
/* The year of an EDTF date: its first four characters. False if there is none. */
bool member_year(const json_t *record, char out[8]);

/* ---- reading what was asked: question.c */
#define QUESTION_FILTERS_MAX 16

struct question {
    struct http_query query;
    struct search_filter filter[QUESTION_FILTERS_MAX];
    struct search_request request; /* points into the two above */
};
/* 0, or -1 with the code of the error. Free it in both cases. */
CS_MUST_USE int question_read(struct cs_span raw, struct question *out, const char **code);
void question_free(struct question *question);
/* The two segments behind a prefix: a node ID and a urn:uuid, both percent-encoded or not. */
CS_MUST_USE int question_record(struct cs_span path, const char *prefix, struct cs_node_id *node,
                                struct cs_uuid *id);

/* ---- answering: answer.c */
/* Starts a page in `out`. `tools` NULL: no number or date may stand on it. */
struct page site_page(const struct site *site, struct site_tools *tools, struct cs_buffer *out);
void site_headers(struct http_exchange *x);
/* Sends and frees `body`; compressed if that is worth it and accepted. */
void site_send(struct http_exchange *x, unsigned status, const char *content_type,
               struct cs_buffer *body);
void site_send_page(struct http_exchange *x, struct cs_buffer *page);
void site_send_json(struct http_exchange *x, const json_t *json);
/* The page for people, a problem document for programs: by path and Accept. */
void site_fail(const struct site *site, struct http_exchange *x, unsigned status, const char *code);
/* 400 and false if the request has a query at all. */
bool site_no_query(const struct site *site, struct http_exchange *x);

/* ---- handlers */
void site_home(struct http_exchange *x, void *arg);
void site_search(struct http_exchange *x, void *arg);
void site_api_search(struct http_exchange *x, void *arg);
void site_record(struct http_exchange *x, void *arg);
void site_api_record(struct http_exchange *x, void *arg);
void site_peers(struct http_exchange *x, void *arg);
void site_about(struct http_exchange *x, void *arg);
void site_join(struct http_exchange *x, void *arg);
void site_style(struct http_exchange *x, void *arg);
void site_icon(struct http_exchange *x, void *arg);
void site_robots(struct http_exchange *x, void *arg);
void site_health(struct http_exchange *x, void *arg);
void site_unknown(struct http_exchange *x, void *arg);

/* "/style-<hash>.css": named by its content, so that it may be cached for ever. */
const char *style_path(void);
struct cs_span style_text(void);

#endif
