/*
 * Which peers may read a shelf, before and after its audience is changed: who lost that is cut off.
 */
#ifndef COMMAND_AUDIENCE_READERS_H
#define COMMAND_AUDIENCE_READERS_H

#include "command/command.h"

struct audience_readers {
    struct cs_node_id *node; /* free with memory_free */
    size_t n;
};
CS_MUST_USE int audience_readers(struct reader *r, const struct shelf_row *shelf,
                                 struct audience_readers *out, struct problem *why);
/* Those of `before` who are not in `after`: what is on their way to them ends. */
void audience_drop(struct home *home, const struct audience_readers *before,
                   const struct audience_readers *after);

#endif
