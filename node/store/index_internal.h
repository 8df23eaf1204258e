/*
 * What the three files of the search index share. Not for the rest of store/.
 */
#ifndef STORE_INDEX_INTERNAL_H
#define STORE_INDEX_INTERNAL_H

#include <sys/stat.h>

#include "store/internal.h"

/*
 * meta      analysis (text), seq, filling, after (index_progress), made: the highest docid given out
 * value     facet values, each once; `doc` and queries know them by number
 * doc       which row of the full-text table is which record's current text. A record that changes gets
 *           a new docid and its old row here goes; what the full-text table still says under the old
 *           docid finds no partner and so is never a hit.
 * ft        the full-text table, without a copy of the text (contentless).
 * ft_owner  the same of what only the owner finds. Scores follow from all texts of a table, so what anybody is
 *           shown must not follow from these.
 *
 * Why old text is left behind in `ft`: SQLite 3.40 removes from a contentless table only when it is
 * told, token for token, what had been put in; one difference (another ICU, a changed stemmer) would
 * corrupt the table without a sign. Keeping the tokens for that would double the file. Left-behind
 * rows cost a little space and shift bm25's averages a little, so above INDEX_WORN of the whole the
 * index is filled anew.
 */
#define INDEX_SCHEMA 2
#define INDEX_APPLICATION 0x43736878 /* "Cshx" */
#define INDEX_WORN_PERCENT 30
#define INDEX_WORN_MIN 2000 /* below this many left-behind rows nothing is worth a refill */

#define INDEX_TOKENIZER "given"
int index_tokenizer_register(struct database *c, struct problem *why);

/* Facet values by number, while writing. A slot is simply overwritten by the next value that falls
 * into it. */
#define VALUE_SLOTS 1024
struct value_slot {
    char *text;
    int facet;
    int64_t vid;
};

/* Counts by key; open addressing, grows by doubling. Keys are never 0. */
struct tally {
    struct tally_slot {
        int64_t key, count;
    } * slot;
    size_t room, n;
};

struct index {
    struct database c;
    char path[FILE_PATH_MAX];
    dev_t device;
    ino_t inode;
    bool write, in_transaction;
    int64_t made;
    struct problem failure; /* of the statement that failed last, before it is put in words */
    struct value_slot value[VALUE_SLOTS];
    struct tally tally[INDEX_FACETS + 1]; /* of the last search */
};

/* A document's facet values are numbers: vid << FACET_BITS | facet, as varints. */
#define FACET_BITS 3
_Static_assert(INDEX_FACETS < 1 << FACET_BITS, "a facet's number has FACET_BITS bits");

/* Puts index->failure in the index's own words; returns -1. */
int index_problem(struct index *index, struct problem *why);
int index_number(struct index *index, int64_t *out, const char *key, struct problem *why);

void tally_clear(struct tally *t);
CS_MUST_USE int tally_add(struct tally *t, int64_t key);

#endif
