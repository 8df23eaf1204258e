/*
 * The bytes of an opened file: a regular one as it is, a pipe by way of a temporary file; and its text
 * in UTF-8, from whatever encoding it has. Doesn't know what the text says.
 */
#ifndef INTAKE_SOURCE_H
#define INTAKE_SOURCE_H

#include "support/support.h"

#define SOURCE_SAMPLE (256u << 10) /* what format, separator and header are detected from */

enum encoding {
    ENCODING_UTF8,
    ENCODING_UTF8_MIXED, /* UTF-8 with some bytes that are not; those are read as Windows-1252 */
    ENCODING_WINDOWS1252,
    ENCODING_UTF16LE,
    ENCODING_UTF16BE,
};

struct source {
    int fd; /* the caller's, or `spool` */
    int spool; /* -1 when the caller's is a regular file */
    uint64_t size;
    enum encoding encoding;
    size_t bom; /* bytes of byte order mark at the start */
    uint64_t bad_line; /* the first with bytes that are not UTF-8, from 1; 0 when there is none */
    uint64_t at; /* next byte that source_text reads */
    unsigned char *raw; /* bytes read and not yet decoded */
    size_t raw_n;
};

/* "empty_file", "too_large" for an endless pipe, problem_errno's. */
CS_MUST_USE int source_open(struct source *s, int fd, const char *filename, struct problem *why);
void source_close(struct source *s);

/* Reads whole from an offset, short only at the end. -1 with errno. */
ssize_t source_bytes(const struct source *s, void *p, size_t n, uint64_t offset);

/* Looks at the byte order mark and at every byte of the file, and sets encoding, bom and bad_line. */
CS_MUST_USE int source_detect_encoding(struct source *s, const char *filename, struct problem *why);

/* Up to n bytes of valid UTF-8 from where the last call stopped (never half a character); 0 at the
 * end, -1 with errno. A csv_source. n is at least 4096. */
ssize_t source_text(void *source, unsigned char *p, size_t n);
/* Starts source_text again at the beginning. */
void source_rewind(struct source *s);

#endif
