/*
 * The door of peer_api/: what other nodes ask of this one, under /csh/v1. Thin: it reads the request,
 * asks the rooms below, and writes their answer. Everything it serves without a signature is public
 * and proves itself. Endpoints: SPEC.md §10.
 */
#ifndef PEER_API_PEER_API_H
#define PEER_API_PEER_API_H

#include "catalogue/catalogue.h"
#include "http/http.h"
#include "peering/peering.h"
#include "store/store.h"
#include "sync/sync.h"

struct peer_api;
CS_MUST_USE struct peer_api *peer_api_new(const char *home, struct store *store,
                                          struct signer *signer, struct peering *peering,
                                          struct problem *why);
/* Adds the routes; before http_server_start. */
CS_MUST_USE int peer_api_register(struct peer_api *api, struct http_server *server,
                                  struct problem *why);
/* Called when a peer is shown to have published something, from any thread; before http_server_start. */
void peer_api_on_notice(struct peer_api *api, void (*noticed)(void *arg, row_id nid), void *arg);
/* What peers deposit: `records` is called after new ones came, from any thread; `quota` is what each may keep
 * here, in bytes. Before http_server_start. */
void peer_api_on_deposit(struct peer_api *api, uint64_t quota, void (*records)(void *arg),
                         void *arg);
/* After the server has stopped. */
void peer_api_free(struct peer_api *api);

#endif
