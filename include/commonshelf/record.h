/*
 * The record: the strict JSON that a P entry carries, member by member with its caps. It says whether
 * a record is well formed and reads members out of it; how to show or index one is the node's.
 * Members: schema.org/LRMI names, SPEC.md §9. Needs jansson.
 */
#ifndef COMMONSHELF_RECORD_H
#define COMMONSHELF_RECORD_H

#include <commonshelf/encode.h>
#include <commonshelf/limits.h>

#ifdef __cplusplus
extern "C" {
#endif

struct json_t;

/*
 * Strict JSON (RFC 8259): UTF-8 without BOM, no duplicate keys, depth at most CS_JSON_DEPTH_MAX, at
 * most CS_JSON_MEMBERS_MAX members in an object, no NUL (escaped neither), integers of 64 bits, no
 * number that overflows, nothing behind the value. Any value may stand at the top. The caller owns
 * *out (json_decref), which is NULL on failure. CS_BAD_JSON, CS_TOO_LARGE over `max`.
 */
CS_MUST_USE CS_API enum cs_status cs_json_read(struct cs_span text, size_t max,
                                               struct json_t **out);

/* What was wrong with which member: for messages. `member` points to a constant name or is "". */
struct cs_record_fault {
    const char *member;
    const char *reason; /* "missing", "shape", "too_long", "too_many", "value" */
};

/*
 * Checks a whole record object: required members (id, rev, kind, name; category for resources),
 * shapes, caps in bytes and counts, and the values: URIs of RFC 3986 (no scheme that runs or embeds
 * what it names; url and image https only), BCP 47, ISBN check digits, EDTF dates (level 0 and 1 as
 * far as used), ISO 8601 times and durations. A member that is there says something: empty strings
 * and texts of white space alone are refused, empty lists are not. Texts have no control characters
 * but TAB and LF (C0, DEL and C1 are refused: terminals obey them); marks for the direction of
 * writing stay, and who shows a text isolates it. Unknown members pass. CS_BAD_MEMBER, and `fault`
 * (may be NULL) says of which.
 */
CS_MUST_USE CS_API enum cs_status cs_record_check(const struct json_t *record,
                                                  struct cs_record_fault *fault);

/* What identifies a record: CS_BAD_MEMBER if `id` is no urn:uuid or `rev` no integer from 1 to
 * 2^53 - 1. */
CS_MUST_USE CS_API enum cs_status cs_record_key(const struct json_t *record, struct cs_uuid *id,
                                                uint64_t *rev);

/*
 * Reads a P entry's payload as a stranger's: cs_json_read, cs_record_check, cs_record_key. The
 * caller owns *record, which is NULL on failure.
 */
CS_MUST_USE CS_API enum cs_status cs_record_read(struct cs_span payload, struct json_t **record,
                                                 struct cs_uuid *id, uint64_t *rev,
                                                 struct cs_record_fault *fault);
/* cs_record_read for who wants the verdict, not the record: the same status, and for most records
 * several times faster. */
CS_MUST_USE CS_API enum cs_status cs_record_verify(struct cs_span payload, struct cs_uuid *id,
                                                   uint64_t *rev);
/* Reads a D entry's payload; members beside id and rev are ignored. */
CS_MUST_USE CS_API enum cs_status cs_withdrawal_read(struct cs_span payload, struct cs_uuid *id,
                                                     uint64_t *rev);

/*
 * A text member's value: the string itself, or of an array of {"value","lang"} the one whose lang
 * matches `lang` best (exact, then primary subtag), else the first. `found_lang` (may be NULL) gets
 * the value's language: its own, or the record's first inLanguage, or NULL. Borrowed; NULL if there
 * is none.
 */
CS_API const char *cs_record_text(const struct json_t *record, const char *member, const char *lang,
                                  const char **found_lang);

/* 13 digits from an ISBN-10 or ISBN-13 in any usual spelling (hyphens, spaces, "ISBN" before it,
 * a note in brackets behind it); CS_BAD_MEMBER when the check digit is wrong, CS_MALFORMED when it
 * is none. */
CS_MUST_USE CS_API enum cs_status cs_isbn_read(struct cs_span text, char out[14]);
/* True for the shape of a BCP 47 tag (RFC 5646 §2.1) of at most 35 bytes. */
CS_API bool cs_language_valid(struct cs_span tag);
/* True for EDTF (ISO 8601-2) dates of level 0 and most of level 1: "1998", "2021-05", "1998-05-03",
 * "19XX", "199X", "2021-XX", seasons "2021-21", "1998?", "1998~", "1998%", "-0350", intervals
 * "1998/2001", "1998/..", "1998/", and a date with a time. */
CS_API bool cs_date_valid(struct cs_span date);

#ifdef __cplusplus
}
#endif
#endif
