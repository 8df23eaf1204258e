/*
 * Conditional and range requests, decided: pure functions over header values (RFC 9110 §13, §14). For
 * files of this room.
 */
#ifndef HTTP_CONDITIONS_H
#define HTTP_CONDITIONS_H

#include "http/request.h"

/* True if the list of entity tags has this one (its text without quotes), or is "*". `weak` compares
 * weakly, as If-None-Match does; else W/ tags never match. Reads what is well-formed. */
bool conditions_match(struct cs_span list, const char *etag, bool weak);

enum range {
    RANGE_WHOLE, /* none, several, malformed, or not for this version: the whole is sent */
    RANGE_PART, /* first and last are set, both inside the content */
    RANGE_OUTSIDE, /* nothing of it exists: 416 */
};
/* What a GET asks of content of `size` bytes whose strong tag is `etag`. */
enum range conditions_range(const struct http_request *request, const char *etag, uint64_t size,
                            uint64_t *first, uint64_t *last);

#endif
