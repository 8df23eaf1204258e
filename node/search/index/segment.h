/*
 * Reads a segment: an immutable part of the index, mapped into memory. Whatever bytes the file holds,
 * reading stays inside it and ends; whether they are those that were written only segment_check tells.
 * Many threads may read one segment. Inside search/index/ only.
 */
#ifndef SEARCH_INDEX_SEGMENT_H
#define SEARCH_INDEX_SEGMENT_H

#include "search/index/format.h"
#include "support/support.h"

struct segment {
    const unsigned char *map;
    size_t size;
    const struct segment_trailer *trailer;
    uint32_t documents;
    struct score_basis written; /* the averages that its block maxima were made with */
    struct cs_span postings, dictionary;
    const struct segment_block *block;
    size_t blocks;
    const score_bytes *lengths; /* of each document */
    const struct segment_record *record; /* of each document */
};

/*
 * "index_missing" if there is no file; "index_other" if it is of another version or analysis;
 * "index_damaged" if it is no whole segment. In time that does not grow with the file.
 */
CS_MUST_USE struct segment *segment_open(const char *path, const char *analysis,
                                         struct problem *why);
void segment_close(struct segment *s);
/* Reads all of it: "index_damaged" if a byte is not as it was written. */
CS_MUST_USE int segment_check(const struct segment *s, struct problem *why);

/* A term's postings; postings.h reads them. */
struct term {
    uint32_t df;
    const unsigned char *p, *end;
};
bool segment_find(const struct segment *s, struct cs_span text, struct term *out);

/* From term to term in the order of their bytes. */
struct term_walk {
    const struct segment *s;
    size_t block, left; /* the next block; terms left in this one */
    bool first; /* the next is the first of its block */
    const unsigned char *p, *end;
    uint64_t postings; /* where the next term's are */
    size_t n;
    unsigned char text[SEGMENT_TERM_MAX];
    struct term term;
};
/* The first call of term_walk_next gives the first term that is not less than `from`. */
void term_walk_begin(struct term_walk *w, const struct segment *s, struct cs_span from);
/* False at the end. w->text, w->n and w->term are the term until the next call. */
bool term_walk_next(struct term_walk *w);

#endif
