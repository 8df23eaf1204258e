/*
 * A record, member by member, as it reads on a terminal.
 */
#ifndef COMMAND_RECORD_SHOW_H
#define COMMAND_RECORD_SHOW_H

#include <jansson.h>

#include "command/output.h"

void record_show(struct output *out, json_t *record);

#endif
