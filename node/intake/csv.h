/*
 * Cells of a separated-values file: RFC 4180, and what spreadsheets and people make of it. Knows
 * nothing of headers, encodings or records; the bytes it is given are UTF-8 already.
 */
#ifndef INTAKE_CSV_H
#define INTAKE_CSV_H

#include <sys/types.h>

#include <commonshelf/base.h>

#define CSV_COLUMNS_MAX 1000 /* wider is a table of figures, not a catalogue */
#define CSV_CELL_MAX (64u << 10) /* a record holds 60,000 bytes at most */
#define CSV_ROW_MAX (1u << 20) /* where an unclosed quote is given up */

/* Gives up to n bytes; 0 at the end, -1 when it failed. */
typedef ssize_t (*csv_source)(void *arg, unsigned char *p, size_t n);

enum csv_fault {
    CSV_NO_FAULT,
    CSV_UNCLOSED_QUOTE, /* opened in the row that was asked for, not closed within CSV_ROW_MAX */
    CSV_ROW_TOO_LONG,
    CSV_NUL_BYTE,
    CSV_READ_FAILED,
    CSV_NO_MEMORY,
};

/* Spans are good until the next call. */
struct csv_row {
    uint64_t number; /* from 1; a row with quoted line breaks is one, a blank line is one */
    const struct cs_span *cells;
    size_t n; /* at least 1, at most CSV_COLUMNS_MAX */
    size_t beyond; /* cells with content behind CSV_COLUMNS_MAX */
    size_t huge; /* the first column with a cell over CSV_CELL_MAX, from 1; else 0 */
    size_t stray_quote; /* the first column whose cell opens with a quote that does not close it */
    struct cs_span original; /* the row without its line end */
};

struct csv;
CS_MUST_USE struct csv *csv_new(csv_source source, void *arg, unsigned char separator);
void csv_free(struct csv *c);
/*
 * 1 with the next row, 0 at the end, -1 with a fault in the row after the last one given. A quote
 * opens a cell only when the one that closes it stands before a separator, a line end or the end:
 * otherwise the cell is taken as it stands (`stray_quote`). CR, LF and CRLF all end rows.
 */
CS_MUST_USE int csv_next(struct csv *c, struct csv_row *row);
/* True if nothing stands behind the last row given: in a sample, it may be cut. */
bool csv_drained(const struct csv *c);
enum csv_fault csv_fault(const struct csv *c);
/* The row that csv_next is at: of the fault, after -1. */
uint64_t csv_number(const struct csv *c);

#endif
