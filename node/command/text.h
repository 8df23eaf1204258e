/*
 * Text laid out in columns of a terminal, for scripts of every width. Strangers' text may be given:
 * line ends and tabs become spaces, what could move a terminal is escaped.
 */
#ifndef COMMAND_TEXT_H
#define COMMAND_TEXT_H

#include "command/output.h"

/* Columns that UTF-8 text takes: 2 for wide characters, 0 for combining ones. Marks take none. */
size_t text_width(struct cs_span text);
/* Appends the text on one line, cut to `width` columns with an ellipsis. */
void text_add_line(struct cs_buffer *out, struct cs_span text, size_t width);
/*
 * Appends the text in lines of at most `width` columns, broken at spaces where it has some, each
 * behind `indent` spaces and with a line end; at most `lines`, the last with an ellipsis if text is
 * left. Marks (STYLE_…) are kept, and switched off at a line's end.
 */
void text_add_wrapped(struct cs_buffer *out, struct cs_span text, size_t indent, size_t width,
                      size_t lines);

/*
 * Appends a label and, beside it from `column` on, wrapped text: at most `width` wide. A label that
 * reaches into that column stands on a line of its own. Always ends with a line end.
 */
void text_add_beside(struct cs_buffer *out, struct cs_span label, struct cs_span text,
                     size_t column, size_t width, size_t lines);

/* "3 hours ago", "just now", "never" for 0. */
#define TEXT_AGO 80
void text_ago(uint64_t then, uint64_t now, char out[TEXT_AGO]);

/* Rows of cells that are printed as wide as they need and the terminal allows. */
#define TEXT_COLUMNS_MAX 8
struct table;
/* Titles of its columns, already translated. NULL: no memory. */
CS_MUST_USE struct table *table_new(const char *const *titles, size_t columns);
/* Copies the cells, one a column. */
void table_add(struct table *table, const char *const *cells);
/* Prints it; nothing if it has no row. */
void table_print(struct table *table, struct output *out);
void table_free(struct table *table); /* NULL is fine */

#endif
