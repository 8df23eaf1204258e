/*
 * gzip (RFC 1952) with bounds, for bundles and tails. One member only: what follows it is refused.
 */
#ifndef COMMONSHELF_GZIP_H
#define COMMONSHELF_GZIP_H

#include <commonshelf/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Level 6, no name, no time: the same bytes for the same input and zlib. */
CS_MUST_USE CS_API enum cs_status cs_gzip(struct cs_span raw, struct cs_buffer *out);

/*
 * Appends at most `max` bytes. CS_TOO_LARGE beyond `max`, or when more than 1 MiB came out at more
 * than 200 times what went in; CS_MALFORMED for anything truncated, with a wrong CRC or length, or
 * followed by more bytes. On failure `out` has its old length.
 */
CS_MUST_USE CS_API enum cs_status cs_gunzip(struct cs_span gz, size_t max, struct cs_buffer *out);

#ifdef __cplusplus
}
#endif
#endif
