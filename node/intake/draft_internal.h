/*
 * What the parts of draft.h share: the table of members, the draft itself, and how values are kept.
 */
#ifndef INTAKE_DRAFT_INTERNAL_H
#define INTAKE_DRAFT_INTERNAL_H

#include <jansson.h>

#include <commonshelf/record.h>

#include "intake/draft.h"
#include "intake/text.h"
#include "intake/values.h"

#define DRAFT_PROBLEMS_MAX 64 /* of one row; more only repeat themselves */
#define DRAFT_KEY_MAX 400

enum shape {
    SHAPE_TEXT,
    SHAPE_TEXTS,
    SHAPE_STRING,
    SHAPE_STRINGS,
    SHAPE_WORD,
    SHAPE_WORDS,
    SHAPE_LANGUAGES,
    SHAPE_LICENCE,
    SHAPE_DATE,
    SHAPE_ISBNS,
    SHAPE_URIS,
    SHAPE_URL,
    SHAPE_NUMBER,
    SHAPE_TIME,
    SHAPE_DURATION,
};

struct rule {
    const char *name;
    enum shape shape;
    size_t bytes; /* decisions on the record's members; SPEC.md §9 */
    size_t count;
    enum lexicon_topic topic; /* of a word */
};

extern const struct rule draft_rules[MEMBERS];

struct draft {
    struct arena *arena;
    struct lexicon *lexicon;
    const char *language;
    struct cs_buffer scratch;
    json_t *members[MEMBERS]; /* texts are arrays of {value, lang} until the end */
    json_t *record;
    json_t *id, *rev; /* stand in for those that the catalogue gives, when a record is checked */
    uint64_t row;
    char *key;
    size_t weight;
    bool refused, failed;
    struct intake_problem problems[DRAFT_PROBLEMS_MAX];
    size_t n_problems;
    uint64_t assumed;
    char language_raw[VALUE_LANGUAGE_MAX], language_read[VALUE_LANGUAGE_MAX]; /* the last one */
};

/* One value in its final form for a member; `s` is copied. */
void draft_keep(struct draft *d, enum member m, json_t *value);
void draft_keep_string(struct draft *d, enum member m, struct cs_span s);
bool draft_has_value(const struct draft *d, enum member m, struct cs_span s);
/* Whether a list has room for one more; says once that it has not. */
bool draft_has_room(struct draft *d, enum member m, const char *column);
/* What stood in the source, short enough to be shown in a message. */
const char *draft_shown(struct draft *d, struct cs_span value);

/* Values with a form of their own, each trimmed and not empty. */
void draft_put_language(struct draft *d, const char *column, struct cs_span value);
void draft_put_isbn(struct draft *d, const char *column, struct cs_span value);
void draft_put_uri(struct draft *d, enum member m, const char *column, struct cs_span value);
void draft_put_licence(struct draft *d, const char *column, struct cs_span value);
void draft_put_date(struct draft *d, enum member m, const char *column, struct cs_span value);
void draft_put_number(struct draft *d, enum member m, const char *column, struct cs_span value);

#endif
