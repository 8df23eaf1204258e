/*
 * Compresses bundles on a thread of its own while the next one is being made: gzip takes as long as all
 * the rest of writing a log. One bundle at a time, in order. Inside catalogue/ only.
 */
#ifndef CATALOGUE_SQUEEZE_H
#define CATALOGUE_SQUEEZE_H

#include "support/support.h"

struct squeeze;
/* NULL when there is no memory. Where no thread can be had, squeeze_take does the work itself. */
CS_MUST_USE struct squeeze *squeeze_new(void);
/* Hands over a raw bundle: `raw` comes back empty. The one before must have been taken. */
void squeeze_give(struct squeeze *s, struct cs_buffer *raw);
/* True between give and take. */
bool squeeze_busy(const struct squeeze *s);
/* Waits for the gzip bytes, which stay the squeeze's until the next give. */
CS_MUST_USE enum cs_status squeeze_take(struct squeeze *s, struct cs_span *gz);
void squeeze_free(struct squeeze *s);

#endif
