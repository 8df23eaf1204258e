/*
 * The root key as a page that a person can print, lock away, and type in again years later: lines of
 * base32, each with check letters, so that a typing error is named by its line. It reads and writes
 * text only; what to do with the key is the caller's.
 *
 * The bytes: 1 (version) ‖ seed (32) ‖ node ID's hash (32) ‖ first five of SHA-256 over all before.
 * In base32 that is seven lines of sixteen letters. Behind each stand three more: the first fifteen
 * bits of SHA-256 over "commonshelf/root-page/v1" LF number LF letters.
 */
#ifndef SUPPORT_ROOT_PAGE_H
#define SUPPORT_ROOT_PAGE_H

#include <commonshelf/keyset.h>

#include "support/problem.h"

#define ROOT_PAGE_LINES 7
#define ROOT_PAGE_MAX 65536 /* a page with all the words around it */

/* Appends the seven lines, "1  abcd efgh ijkl mnop  qrs". */
void root_page_lines(const unsigned char seed[CS_KEY_SEED], const struct cs_node_id *node,
                     struct cs_buffer *out);
/* Appends the whole page, with the institution's name and how it is used. */
void root_page_write(const unsigned char seed[CS_KEY_SEED], const struct cs_node_id *node,
                     const char *name, struct cs_buffer *out);
/* Frees a page, and leaves nothing of it in memory. */
void root_page_wipe(struct cs_buffer *page);
/* Appends what stands in a QR code: "COMMONSHELF-ROOT:" and the lines' letters in capitals. */
void root_page_code(const unsigned char seed[CS_KEY_SEED], const struct cs_node_id *node,
                    struct cs_buffer *out);

/*
 * Reads any of them, or a PKCS#8 PEM of the key (then `node` becomes empty: it does not say). Blanks,
 * hyphens and capitals do not matter, 0, 1 and 8 are read as o, l and b; lines that do not begin with
 * a number from 1 to 7 are skipped. "page_mistyped" names the lines that are wrong or missing.
 */
CS_MUST_USE int root_page_read(struct cs_span text, unsigned char seed[CS_KEY_SEED],
                               struct cs_node_id *node, struct problem *why);

#endif
