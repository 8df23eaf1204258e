/*
 * The columns of a table and the members they are for: proposed from their headers, then as --map
 * says.
 */
#ifndef INTAKE_COLUMNS_H
#define INTAKE_COLUMNS_H

#include "intake/csv.h"
#include "intake/draft.h"
#include "intake/values.h"

struct column {
    char *header; /* as it stands in the file; "2" where there is none */
    enum member member;
    char language[VALUE_LANGUAGE_MAX]; /* of "Title (sw)"; else "" */
};

struct columns {
    struct arena *arena;
    struct column *list;
    size_t n;
};

/* How many cells of a row are headers that the lexicon knows; `title` whether one is the title. */
size_t columns_known(struct lexicon *x, const struct csv_row *row, bool *title);
/* Columns from the header row; without `headed` they are called by their numbers. */
CS_MUST_USE int columns_set(struct columns *c, struct lexicon *x, const struct csv_row *row,
                            bool headed, struct problem *why);
/* True if every --map names its column by number: the file may have no header. */
bool columns_map_is_numbers(const struct intake_options *o);
/* "bad_map" when a field or a column is unknown. */
CS_MUST_USE int columns_map(struct columns *c, struct lexicon *x, const struct intake_options *o,
                            struct problem *why);
/* "Acc. No., Title, …": at most `max` bytes, for messages. */
void columns_names(const struct columns *c, char *out, size_t max);

#endif
