/*
 * MARC as the node sees it: a child process that reads the file, the frames it sends, and what its
 * records say. No library of MARC is loaded here; the child is not trusted.
 */
#ifndef INTAKE_MARC_H
#define INTAKE_MARC_H

#include "intake/draft.h"
#include "intake/marc_wire.h"
#include "intake/source.h"

struct marc;

/* `reader` is the program's path, NULL looks for it. Codes: "no_marc_reader", problem_errno's. */
CS_MUST_USE struct marc *marc_open(const struct source *source, const char *filename, bool xml,
                                   const char *reader, struct problem *why);
/* Ends the child if it still runs. NULL is fine. */
void marc_close(struct marc *m);
bool marc_mapping(size_t i, const char **member, const char **column);
int marc_next(struct marc *m, struct draft *draft, struct intake_row *row, struct problem *why);

/* ---- records, for the parts of the room and its tests */

#define MARC_FIELDS_MAX 8192 /* a serial with every issue as an item has a few thousand */

struct marc_field {
    char tag[4];
    char indicator[2];
    struct cs_span data; /* UTF-8; 0x1F before each subfield's code */
};

struct marc_record {
    char leader[MARC_LEADER + 1];
    struct marc_field *fields;
    size_t n;
    bool left_out; /* there were more than MARC_FIELDS_MAX */
};

/* Reads the data of a FRAME_RECORD into m->fields (room for MARC_FIELDS_MAX); text that is not UTF-8
 * or holds a NUL is refused. Spans point into `frame`. False when it is malformed. */
CS_MUST_USE bool marc_record_read(struct cs_span frame, struct marc_record *m);
/* The next field with this tag at or after *i, which moves behind it. "6XX" has X for any digit. NULL
 * when there is none. */
const struct marc_field *marc_field_next(const struct marc_record *m, const char *tag, size_t *i);
/* The next subfield; *rest starts as field->data. */
bool marc_subfield_next(struct cs_span *rest, char *code, struct cs_span *value);
/* The first subfield with one of these codes, empty if there is none. */
struct cs_span marc_subfield(const struct marc_field *f, const char *codes);

/* Puts what the record says into the draft, which was begun. */
void marc_map(const struct marc_record *m, struct draft *draft);
/* The same for UNIMARC; marc_map calls it. */
void marc_map_unimarc(const struct marc_record *m, struct draft *draft);

/* ---- text of fields, for both maps */

/* The values of these subfields in the order they stand, with `between`; tidied and without the ISBD
 * punctuation at the end. In the draft's memory. */
struct cs_span marc_join(struct draft *draft, const struct marc_field *f, const char *codes,
                         const char *between);
/* Without the " /", " :", " ;", "," and, but for initials and abbreviations, "." at the end. */
struct cs_span marc_trim(struct cs_span text);
/* "245$a" for messages: in the draft's memory. */
const char *marc_column(struct draft *draft, const struct marc_field *f, const char *code);

#endif
