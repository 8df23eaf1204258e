/*
 * Small work on UTF-8 text: tidying what a person typed into a cell, folding words so that spellings
 * meet, cutting and splitting. All input is valid UTF-8.
 */
#ifndef INTAKE_TEXT_H
#define INTAKE_TEXT_H

#include <commonshelf/base.h>

#define FOLD_MAX 160 /* bytes of a folded word; longer ones are in no table */

/*
 * Without control characters, white space at its ends and runs of white space inside; with `lines`,
 * line breaks stay (at most two together). Composed characters are put together (NFC). Points into
 * `text` when nothing had to change, else into `scratch`, which is overwritten.
 */
struct cs_span text_tidy(struct cs_span text, bool lines, struct cs_buffer *scratch);
struct cs_span text_trim(struct cs_span text); /* white space at the ends, Unicode's included */
/* The first characters that fit into `max` bytes. */
struct cs_span text_cut(struct cs_span text, size_t max);
/*
 * Takes the next part off the front of `rest`, up to one of `separators` or a line break; trimmed, may
 * be empty. False when there is nothing left.
 */
bool text_split(struct cs_span *rest, const char *separators, struct cs_span *part);

/*
 * Letters and digits only, in one case, without accents, vowel points and tatweel; digits of every
 * script as ASCII ones. Its length, 0 when nothing is left or it would be over FOLD_MAX.
 */
size_t text_fold(struct cs_span text, char out[FOLD_MAX + 1]);
/* The number in a text of decimal digits of one script. -1 if it is none or over 999,999,999. */
int64_t text_number(struct cs_span text);
/* Copies the text with decimal digits of every script turned into ASCII ones; CS span into scratch. */
struct cs_span text_digits(struct cs_span text, struct cs_buffer *scratch);

bool text_starts(struct cs_span text, const char *prefix); /* ASCII case ignored */

#endif
