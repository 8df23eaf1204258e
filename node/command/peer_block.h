/*
 * peer add, peer block and peer unblock, and what the commands about one peer share.
 */
#ifndef COMMAND_PEER_BLOCK_H
#define COMMAND_PEER_BLOCK_H

#include "command/command.h"

extern const struct command peer_set, peer_add, peer_block, peer_unblock;

/* Finds the peer that the command names, and does something with it. */
typedef int (*peer_action)(struct call *call, struct reader *r, struct peer_row *peer,
                           struct problem *why);
CS_MUST_USE int peer_with(struct call *call, peer_action action, struct problem *why);
/* The JSON of a command that did. */
CS_MUST_USE int peer_done(struct call *call, const struct peer_row *peer, struct problem *why);

#endif
