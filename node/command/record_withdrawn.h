/*
 * An own record that was taken back: who says that it is hidden there, and when that was last heard.
 */
#ifndef COMMAND_RECORD_WITHDRAWN_H
#define COMMAND_RECORD_WITHDRAWN_H

#include "command/command.h"

/* *found false, and nothing printed, if this institution has withdrawn no record of that ID. */
CS_MUST_USE int record_withdrawn_show(struct call *call, struct reader *r, const struct cs_uuid *id,
                                      bool *found, struct problem *why);

#endif
