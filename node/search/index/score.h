/*
 * How well a document answers a word: BM25F, in one place. Robertson and Zaragoza, "The Probabilistic
 * Relevance Framework: BM25 and Beyond" (2009), section 3.6: frequencies are first weighted and normalised
 * field by field, then added, and only the sum is saturated. Which documents match is not decided here.
 *
 *   x      = sum over fields f of  weight(f) * tf(f) / (1 - b + b * length(f) / average(f))
 *   score  = idf * x * (k1 + 1) / (x + k1)
 *   idf    = ln(1 + (N - df + 0.5) / (df + 0.5)), which is never negative
 *
 * There is no other boost anywhere.
 */
#ifndef SEARCH_INDEX_SCORE_H
#define SEARCH_INDEX_SCORE_H

#include <stdbool.h>
#include <stdint.h>

#define SCORE_FIELDS 4 /* title, creator, about, text: as INDEX_TITLE … */
#define SCORE_K1 1.2
#define SCORE_B 0.75
#define SCORE_TF_MAX 255 /* a word that stands more often in one field counts as often as this */

/* What the scores of one query follow from, over everything that it is asked of. */
struct score_basis {
    double documents; /* N */
    double average[SCORE_FIELDS]; /* length of each field in places; 0 where none has the field */
};

/* Of `documents` whose lengths add up to `length`. */
void score_basis_of(struct score_basis *out, double documents, const uint64_t length[SCORE_FIELDS]);

/*
 * A length as one byte: exact below 16, above it rounded down to three bits after the leading one. The
 * length that counts in a score is what score_length makes of the byte.
 */
unsigned char score_length_byte(uint32_t length);
uint32_t score_length(unsigned char byte);

/* weight(f) / (1 - b + b * length / average(f)) for every field and length byte. */
struct score_table {
    float part[SCORE_FIELDS][256];
};
void score_table_make(struct score_table *t, const struct score_basis *basis);

/* A document's four numbers in one word, field 0 in the lowest byte: its lengths, or a word's frequencies. */
typedef uint32_t score_bytes;

static inline float score_x(const struct score_table *t, score_bytes tf, score_bytes lengths)
{
    float x = 0;

    for (unsigned f = 0; f < SCORE_FIELDS; f++)
        x += (float)((tf >> 8 * f) & 0xFF) * t->part[f][(lengths >> 8 * f) & 0xFF];
    return x;
}

static inline double score_saturate(double x)
{
    return x * (SCORE_K1 + 1) / (x + SCORE_K1);
}
double score_idf(double documents, double df);

/*
 * The greatest x of a block as one byte, rounded up (at most by 4.5 %), and what the byte stands for. It is
 * made with the averages that its segment had when it was written. Where a query brings others, every x of
 * it is at most that times score_slack, because length / average shrinks at most by their quotient.
 */
unsigned char score_max_byte(float x);
float score_max(unsigned char byte);
float score_slack(const struct score_basis *written, const struct score_basis *asked);

/* How one query scores in one segment. */
struct scoring {
    const struct score_table *table;
    float slack;
};

#endif
