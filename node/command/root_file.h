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
/* The page with its QR code: for paper, or for the person's terminal. Free it with root_page_wipe. */
CS_MUST_USE int root_file_page(const struct call *call, const struct call_file *file,
                               const unsigned char seed[CS_KEY_SEED], const struct cs_node_id *node,
                               const char *name, struct cs_buffer *page, struct problem *why);
/* True for "-": the page is shown, not written. */
bool root_file_is_screen(const struct call_file *file);
/* "no_file" where a page can't be shown: with --json. `file` may be NULL. */
CS_MUST_USE int root_file_check(const struct call_file *file, const struct call *call,
                                struct problem *why);
/* Writes the page to the file, syncs it, and reads it back: it holds `seed`. Nothing for the screen. */
CS_MUST_USE int root_file_keep(const struct call_file *file, const struct cs_buffer *page,
                               const unsigned char seed[CS_KEY_SEED], struct problem *why);
/* Takes away the file that was made for a page that there is not. `file` may be NULL. */
void root_file_discard(const struct call_file *file);

#endif
