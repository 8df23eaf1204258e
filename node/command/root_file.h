/*
 * The root key in files that a person names: a page (support/root_page.h) or root.key itself.
 */
#ifndef COMMAND_ROOT_FILE_H
#define COMMAND_ROOT_FILE_H

#include "command/command.h"

/* Reads it; `node` becomes empty when the file does not say whose it is. Wipe the seed afterwards. */
CS_MUST_USE int root_file_read(const struct call_file *file, unsigned char seed[CS_KEY_SEED],
                               struct cs_node_id *node, struct problem *why);
/* Writes to the file and syncs it. */
CS_MUST_USE int root_file_write(const struct call_file *file, struct cs_span text,
                                struct problem *why);

#endif
