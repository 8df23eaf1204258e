/*
 * Values of the JSON documents that more than one command prints, and the words that people read in
 * their place.
 */
#ifndef COMMAND_DOCUMENT_H
#define COMMAND_DOCUMENT_H

#include <jansson.h>

#include "store/store.h"

/* A string; bytes that are no UTF-8 stand in it as "\x.." (JSON has no other way for them). NULL:
 * no memory. */
CS_MUST_USE json_t *document_text(const char *text);
/* "2026-11-30T00:00:00Z", or null for 0. */
CS_MUST_USE json_t *document_time(uint64_t seconds);
/* {"id":"cs1…","name":"…"} */
CS_MUST_USE json_t *document_node(const struct cs_node_id *id, const char *name);
/* Base64. */
CS_MUST_USE json_t *document_hash(const struct cs_hash *hash);
/* "public" or "private": also what is typed on the command line, so not translated. */
const char *document_audience(enum audience audience);
/* All that is known of a peer. */
CS_MUST_USE json_t *document_peer(const struct peer_row *peer);
/* Its state for people. */
#define DOCUMENT_STATE (CS_PROFILE_TEXT_MAX + 64)
const char *document_peer_state(const struct peer_row *peer, char out[DOCUMENT_STATE]);
/* A network that is followed; `member`: this institution is in it now. */
CS_MUST_USE json_t *document_charter(const struct charter_row *row, bool member);
/* Its state for people. */
const char *document_charter_state(const struct charter_row *row);

#endif
