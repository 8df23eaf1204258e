/*
 * Files of charters: notes, one behind the other, in the order of their versions.
 */
#ifndef COMMAND_CHARTER_FILE_H
#define COMMAND_CHARTER_FILE_H

#include "command/command.h"

/* Appends the whole file; "too_large" over what a chain of charters may have. */
CS_MUST_USE int charter_file_read(const struct call_file *file, struct cs_buffer *notes,
                                  struct problem *why);
/* Writes every version that is held. */
CS_MUST_USE int charter_file_write(const struct call_file *file, struct reader *r,
                                   const struct charter_row *row, struct problem *why);

#endif
