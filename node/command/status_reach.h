/*
 * What status says of how others come to this node's catalogue.
 */
#ifndef COMMAND_STATUS_REACH_H
#define COMMAND_STATUS_REACH_H

#include <jansson.h>

#include "command/command.h"

/* The line or lines for people. `url` is empty when nobody can connect. */
CS_MUST_USE int status_reach_print(struct output *out, struct home *home, struct reader *r,
                                   const char *url, struct problem *why);
/* The relays that the configuration names, as an array; NULL after a failure. */
CS_MUST_USE json_t *status_vias(struct home *home, struct reader *r, struct problem *why);

#endif
