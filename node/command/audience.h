/*
 * Who may read a shelf, as it is typed, shown, and written for programs. It decides nothing: catalogue does.
 */
#ifndef COMMAND_AUDIENCE_H
#define COMMAND_AUDIENCE_H

#include <jansson.h>

#include "command/command.h"

#define AUDIENCE_NODES_MAX 256 /* named for one shelf: more is what a network is for */

struct audience_choice {
    enum audience audience;
    struct cs_charter_id charter; /* of AUDIENCE_CHARTER */
    struct cs_node_id *node; /* of AUDIENCE_NODES; the caller frees it */
    size_t nodes;
};
/* "public", "private", "nodes:ID,ID…", "charter:ID". NULL is wrong usage. */
int audience_read(const char *text, const struct cs_node_id *self, struct audience_choice *out,
                  struct problem *why);
/* Stores it as the shelf's. */
int audience_store(struct transaction *t, row_id sid, const struct audience_choice *choice,
                   struct problem *why);
/* One sentence that says who sees it. */
const char *audience_words(enum audience audience);
/* Adds "readers" or "charter" to a shelf's JSON. */
int audience_add(struct reader *r, const struct shelf_row *shelf, json_t *entry,
                 struct problem *why);

#endif
