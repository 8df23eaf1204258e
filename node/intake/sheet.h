/*
 * Tables as people keep them: which row is the header, which column is what, and each row as a record.
 * Cells are csv's, values draft's.
 */
#ifndef INTAKE_SHEET_H
#define INTAKE_SHEET_H

#include "intake/draft.h"
#include "intake/source.h"

struct sheet;

/* A format that is a table, and the byte between its cells; 0 for "find out". False for others. */
bool sheet_format(const char *format, unsigned char *separator);

/* `separator` 0 detects it. The source's encoding must have been detected. */
CS_MUST_USE struct sheet *sheet_open(struct source *source, const char *filename,
                                     unsigned char separator, const struct intake_options *options,
                                     struct draft *draft, struct problem *why);
void sheet_close(struct sheet *s);
const char *sheet_name(const struct sheet *s); /* "csv", "tsv", "semicolon", "pipe" */
bool sheet_mapping(const struct sheet *s, size_t i, const char **member, const char **column);
/* Rows above the header, and whether there is a header at all: for notices. */
uint64_t sheet_skipped(const struct sheet *s);
bool sheet_headed(const struct sheet *s);
int sheet_next(struct sheet *s, struct draft *draft, struct intake_row *row, struct problem *why);

#endif
