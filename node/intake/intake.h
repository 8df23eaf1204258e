/*
 * The door of intake/: readers of foreign formats (spreadsheets, MARC 21 and UNIMARC as ISO 2709 or
 * MARCXML) that turn each row into a record. It stores nothing and gives no ids: the caller pulls rows
 * and keeps what it likes of them.
 */
#ifndef INTAKE_INTAKE_H
#define INTAKE_INTAKE_H

#include "support/support.h"

struct json_t;

/* An opened source. One thread at a time. */
struct intake;

struct intake_options {
    const char *format; /* "csv" "tsv" "semicolon" "pipe" "marc" "marcxml"; NULL detects it */
    const char *const
        *map; /* "FIELD=COLUMN": FIELD a member of a record, "id" or "ignore"; COLUMN a
                               header as it stands in the file, or its number counted from 1 */
    size_t maps;
    const char *language; /* BCP 47, given to records that name none; may be NULL */
    const char *reader; /* path of the MARC reader; NULL: beside the program, then where it is
                               installed */
};

/* Something to tell the person. Strings live until the next intake_next, those of notices until
 * intake_close. */
struct intake_problem {
    uint64_t row; /* as in struct intake_row; 0 when it is about the file */
    const char *column; /* header or MARC field ("020$a"); "" when it is about the whole row */
    const char *code; /* a constant: "isbn_checksum" */
    const char *message; /* in the reader's language: what happened, what to do */
    bool refused; /* the row became no record; otherwise only the value was left out */
};

struct intake_row {
    uint64_t number; /* from 1, as a person counts rows (the header is one) or records */
    struct json_t
        *record; /* members of a record without id and rev; NULL when refused. Owned by the
                                intake until the next call: json_incref to keep it */
    const char *key; /* its identifier in the source, else its ISBN, else NULL */
    struct cs_span original; /* the row's text in UTF-8, the MARC record's bytes */
    bool refused;
    const struct intake_problem *problems;
    size_t n_problems;
};

/*
 * Opens what `fd` reads from: a regular file, or a pipe that is first copied to a temporary file (at
 * most INTAKE_PIPE_MAX bytes). Detects format, encoding, separator and header row, and maps columns
 * to members. `filename` is for messages. `fd` stays the caller's and must stay open until
 * intake_close. Codes: "empty_file", "unknown_format", "not_supported" (a workbook, MarcMaker, …: the
 * message says what to save it as), "no_title_column" (names the columns and --map), "bad_map",
 * "too_many_columns", "bad_rows" (see intake_next), "no_marc_reader", those of problem_errno.
 */
CS_MUST_USE struct intake *intake_open(int fd, const char *filename,
                                       const struct intake_options *options, struct problem *why);
void intake_close(struct intake *in);

/* One of the names in intake_options.format. */
const char *intake_format(const struct intake *in);
/*
 * The i-th column and the member it goes to; `member` is NULL for a column that is read by nobody, and
 * "id" for the identifier in the source. False when there is no i-th. Of MARC: the fields that are
 * read.
 */
bool intake_mapping(const struct intake *in, size_t i, const char **member, const char **column);
/*
 * What the person should know about the file as a whole: an encoding that was guessed, rows above the
 * header. NULL when there is no i-th. Reading on can add more.
 */
const struct intake_problem *intake_notice(const struct intake *in, size_t i);

/*
 * Reads the next row. 1 with a row, 0 at the end, -1 when the rest can't be read: an unclosed quote, a
 * NUL byte, a row over its cap, a reader that died; `why` names the row. Rows already given out stay
 * true, so that the caller can refuse the batch whole.
 */
CS_MUST_USE int intake_next(struct intake *in, struct intake_row *row, struct problem *why);

#define INTAKE_PIPE_MAX (UINT64_C(2) << 30) /* what a pipe may put on the disk */

#endif
