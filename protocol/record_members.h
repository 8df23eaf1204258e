/*
 * The table of members, for the two that hold records against it. Not installed; record.c defines it.
 */
#ifndef PROTOCOL_RECORD_MEMBERS_H
#define PROTOCOL_RECORD_MEMBERS_H

#include <commonshelf/record.h>

enum value {
    VALUE_STRING, /* a string of at most `cap` bytes for which `valid` holds */
    VALUE_TEXT, /* a string, or an array of {"value","lang"}; `cap` is for each value */
    VALUE_INTEGER, /* from `low` to `high` */
    VALUE_ENCODING, /* an object that names a file */
};

struct member {
    const char *name;
    enum value value;
    unsigned list; /* most items of an array; 0 for a single value */
    unsigned cap;
    bool (*valid)(struct cs_span);
    int64_t low, high;
};

/* The member of that name and its place in the table, below 64; NULL for one without a meaning. */
const struct member *record_member(struct cs_span name, unsigned *place);
/* Whether a string may be the member's value, or an item of it. */
bool record_string_fits(struct cs_span s, const struct member *member);

/*
 * True only for what cs_record_read says CS_OK to; it may be false for that too: for texts in several
 * languages, files, unusual escapes, members without a meaning. Nothing is allocated.
 */
bool record_quick(struct cs_span payload, struct cs_uuid *id, uint64_t *rev);

#endif
