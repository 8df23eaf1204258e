/*
 * The door of site/: the pages that people read and the JSON that programs read, both of what an
 * anonymous reader may see, alike on every listener. No script, no cookie, nothing remembered about
 * anybody. Not the protocol between nodes (peer_api) and nothing that changes the node.
 */
#ifndef SITE_SITE_H
#define SITE_SITE_H

#include "http/http.h"
#include "store/store.h"

struct site;

/*
 * Name and place are copied from `config`. The store must outlive the site. The home's index may
 * still be missing or behind: say so with site_indexing.
 */
CS_MUST_USE struct site *site_new(const char *home, struct store *store,
                                  const struct config *config, struct problem *why);
/* After the server that it is registered with was stopped. NULL is fine. */
void site_free(struct site *site);

/*
 * Adds the routes, and a last one for every path that nobody else has, so that a wrong address
 * gets a page of this institution. The server's loops open a reader and a searcher each when
 * first asked.
 */
CS_MUST_USE int site_register(struct site *site, struct http_server *server, struct problem *why);

/* For http_server_config.error_page, with the site as its argument. */
void site_error_page(unsigned status, const char *code, struct cs_buffer *page, void *arg);

/*
 * How far the index is: `done` of `of` records; of 0 says that it is complete. Until then pages say
 * that results may be missing. Any thread.
 */
void site_indexing(struct site *site, int64_t done, int64_t of);

#endif
