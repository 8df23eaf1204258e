/*
 * Text of strangers on a terminal: what could move the cursor, change colours or turn the direction
 * of reading is shown as an escape. Not for HTML, JSON or files.
 */
#ifndef SUPPORT_TERMINAL_H
#define SUPPORT_TERMINAL_H

#include <commonshelf/base.h>

/*
 * Writes `text` with control characters, bytes that are no UTF-8 and direction overrides as "\x1b"
 * or "\u202e", as far as `room` bytes hold whole characters, and a NUL behind. Returns the bytes
 * written without the NUL; room is at least 1.
 */
size_t terminal_text(char *out, size_t room, struct cs_span text);

#endif
