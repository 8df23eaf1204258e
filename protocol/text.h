/*
 * The lines of Commonshelf's own notes: "commonshelf/TYPE/v1", then "word value" lines. Readers
 * take one line off the front of `rest` and answer CS_MALFORMED when it is not the line that was
 * asked for. Inside the library only.
 */
#ifndef COMMONSHELF_PROTOCOL_TEXT_H
#define COMMONSHELF_PROTOCOL_TEXT_H

#include <commonshelf/keyset.h>

/* Valid UTF-8 without control characters other than LF: what a note may consist of. */
bool cs_text_valid(struct cs_span text);

/* The first line. CS_UNKNOWN_VERSION for another version of the same type. */
CS_MUST_USE enum cs_status cs_text_type(struct cs_span *rest, const char *type);
CS_MUST_USE enum cs_status cs_text_value(struct cs_span *rest, const char *word,
                                         struct cs_span *value);
CS_MUST_USE enum cs_status cs_text_number(struct cs_span *rest, const char *word, uint64_t max,
                                          uint64_t *out);
/* Base64 of exactly n bytes. */
CS_MUST_USE enum cs_status cs_text_bytes(struct cs_span *rest, const char *word, void *out,
                                         size_t n);
/* The same, but "-" stands for n zero bytes, and zero bytes may not be spelled otherwise. */
CS_MUST_USE enum cs_status cs_text_bytes_or_none(struct cs_span *rest, const char *word, void *out,
                                                 size_t n);
CS_MUST_USE enum cs_status cs_text_node(struct cs_span *rest, const char *word,
                                        struct cs_node_id *out);
/* Copies a value into a string of `room` bytes with its NUL; CS_TOO_LARGE if it doesn't fit. */
CS_MUST_USE enum cs_status cs_text_copy(struct cs_span value, char *out, size_t room);

/* The matching writers. */
void cs_text_add(struct cs_buffer *out, const char *word, const char *value);
void cs_text_add_number(struct cs_buffer *out, const char *word, uint64_t value);
void cs_text_add_bytes(struct cs_buffer *out, const char *word, const void *p, size_t n);
void cs_text_add_bytes_or_none(struct cs_buffer *out, const char *word, const void *p, size_t n);

#endif
