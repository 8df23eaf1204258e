/*
 * Reading one value as people and catalogues write it into the one form a record has. Each gives
 * false when the text can't be read; none guesses beyond what its comment says.
 */
#ifndef INTAKE_VALUES_H
#define INTAKE_VALUES_H

#include "intake/lexicon.h"

#define VALUE_LANGUAGE_MAX 36 /* cs_language_valid's 35 and a NUL */
#define VALUE_DATE_MAX 33
#define VALUE_TIME_MAX 33
#define VALUE_LICENCE_MAX 401
#define VALUE_URI_MAX 2001

/* A BCP 47 tag, an ISO 639-2 or -3 code, MARC's withdrawn codes, or a language's name. */
bool value_language(struct lexicon *x, struct cs_span text, char out[VALUE_LANGUAGE_MAX]);
/* An ISO 639-2/B code as MARC has it; false for the codes that say nothing (und, zxx, blanks). */
bool value_marc_language(struct cs_span code, char out[VALUE_LANGUAGE_MAX]);

/*
 * A URI for "CC BY", "CC-BY-NC 4.0", "by-sa", a Creative Commons address in any spelling, an SPDX
 * name, or words the lexicon knows. `assumed` is set when a Creative Commons licence without a version
 * was read as the current one, 4.0.
 */
bool value_licence(struct lexicon *x, struct cs_span text, char out[VALUE_LICENCE_MAX],
                   bool *assumed);

/*
 * EDTF from "2010", "2010-05-03", "3.5.2010", "c1998", "[1998?]", "ca. 1998", "19--", "199u",
 * "1998-2001", "May 1998" (the year). `vague` is set when a day and month could be either way round,
 * and only the year was taken.
 */
bool value_date(struct cs_span text, char out[VALUE_DATE_MAX], bool *vague);
/* An ISO 8601 date or time; also a date with dots or slashes that can be read one way only. */
bool value_time(struct cs_span text, char out[VALUE_TIME_MAX]);
/* "P1DT2H" as it is; "90 min", "1:30", "2 h" made one. */
bool value_duration(struct cs_span text, char out[VALUE_TIME_MAX]);

/* Copies `s` if it fits. */
static inline bool value_copy(char *out, size_t room, const char *s)
{
    size_t n = strlen(s);

    if (n >= room)
        return false;
    memcpy(out, s, n + 1);
    return true;
}

enum uri_kind { URI_NONE, URI_HTTPS, URI_HTTP, URI_OTHER };
/*
 * A URI (RFC 3986) with spaces and characters beyond ASCII percent-encoded, scheme in lower case.
 * `max` is the cap in bytes. URI_NONE when it is none, or of a scheme that can run something
 * (javascript, data, …).
 */
enum uri_kind value_uri(struct cs_span text, size_t max, char out[VALUE_URI_MAX]);

#endif
