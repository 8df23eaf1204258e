/*
 * What came of one peer, from the network or from a file: for people and as JSON.
 */
#ifndef COMMAND_SYNC_SHOW_H
#define COMMAND_SYNC_SHOW_H

#include "command/document.h"
#include "command/output.h"
#include "sync/sync.h"

void sync_show(struct output *out, const struct sync_result *r);
/* NULL: no memory. */
CS_MUST_USE json_t *sync_entry(const struct sync_result *r);

/* The same of a relay that was given what is published here. */
void sync_show_deposit(struct output *out, const struct sync_deposited *deposited);
CS_MUST_USE json_t *sync_deposit_entry(const struct sync_deposited *deposited);

#endif
