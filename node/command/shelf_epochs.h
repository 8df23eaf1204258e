/*
 * The subcommands of shelf that are about epochs of its log. For shelf.c.
 */
#ifndef COMMAND_SHELF_EPOCHS_H
#define COMMAND_SHELF_EPOCHS_H

#include "command/command.h"

extern const struct command shelf_compact, shelf_prune;

#endif
