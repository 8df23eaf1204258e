/*
 * An answer to a search, as it reads on a terminal.
 */
#ifndef COMMAND_SEARCH_SHOW_H
#define COMMAND_SEARCH_SHOW_H

#include "command/output.h"
#include "search/search.h"

void search_show(struct output *out, const struct search_request *request,
                 const struct search_answer *answer);

#endif
