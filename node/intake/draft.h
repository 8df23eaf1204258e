/*
 * A record that is being put together: values are read into their one form, held to their caps,
 * and left out with a problem when they can't be read. Readers of every format fill one.
 */
#ifndef INTAKE_DRAFT_H
#define INTAKE_DRAFT_H

#include "intake/intake.h"
#include "intake/lexicon.h"

/* In the order they stand in a record. */
enum member {
    MEMBER_KIND,
    MEMBER_CATEGORY,
    MEMBER_TYPE,
    MEMBER_NAME,
    MEMBER_ALTERNATE_NAME,
    MEMBER_CREATOR,
    MEMBER_CONTRIBUTOR,
    MEMBER_DESCRIPTION,
    MEMBER_ABOUT,
    MEMBER_KEYWORDS,
    MEMBER_LEARNING_RESOURCE_TYPE,
    MEMBER_EDUCATIONAL_LEVEL,
    MEMBER_AUDIENCE,
    MEMBER_IN_LANGUAGE,
    MEMBER_LICENSE,
    MEMBER_PUBLISHER,
    MEMBER_DATE_PUBLISHED,
    MEMBER_ISBN,
    MEMBER_IDENTIFIER,
    MEMBER_URL,
    MEMBER_IMAGE,
    MEMBER_CONDITIONS_OF_ACCESS,
    MEMBER_COPIES,
    MEMBER_CAPACITY,
    MEMBER_CALL_NUMBER,
    MEMBER_PLACE,
    MEMBER_VALID_FROM,
    MEMBER_VALID_UNTIL,
    MEMBER_TIME_REQUIRED,
    MEMBER_IS_BASED_ON,
    MEMBER_IS_PART_OF,
    MEMBERS,
    /* Not members, but what a column can be for. */
    MEMBER_KEY = MEMBERS,
    MEMBER_IGNORE,
    MEMBER_NONE
};

const char *member_name(enum member m); /* "id" and "ignore" for those two; NULL for MEMBER_NONE */
enum member member_find(const char *name);
/* Whether a record has many of it; false for a single value, and for the identifier. */
bool draft_is_list(enum member m);

struct draft;
CS_MUST_USE struct draft *draft_new(const char *language);
void draft_free(struct draft *d);
struct lexicon *draft_lexicon(struct draft *d);

/* Forgets everything and starts the record of this row. */
void draft_begin(struct draft *d, uint64_t row);
/*
 * Adds a value as the source has it; an empty one adds nothing. `lang` is the language of a text, or
 * NULL. A single member keeps its first value. `column` must live as long as the row.
 */
void draft_put(struct draft *d, enum member m, const char *column, const char *lang,
               struct cs_span value);
/* The same for a cell: those members that are lists are split at ';', '|' and line breaks. */
void draft_put_cell(struct draft *d, enum member m, const char *column, const char *lang,
                    struct cs_span cell);
/* The identifier in the source; the first one stays. */
void draft_set_key(struct draft *d, const char *column, struct cs_span value);
bool draft_has(const struct draft *d, enum member m);

/* `message` is a format in the reader's language. `refused` makes the row no record. */
__attribute__((format(printf, 5, 6))) void draft_problem(struct draft *d, const char *column,
                                                         const char *code, bool refused,
                                                         const char *message, ...);
/* Memory that lives until the next draft_begin. NULL sets the draft's failure. */
char *draft_text(struct draft *d, struct cs_span text);

/* Checks the record as a whole and fills everything of `row` but `original`. -1 only without memory. */
CS_MUST_USE int draft_finish(struct draft *d, struct intake_row *row, struct problem *why);
/* How many values so far were a Creative Commons licence without a version. */
uint64_t draft_assumed_licences(const struct draft *d);

#endif
