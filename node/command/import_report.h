/*
 * What an import tells: how each column was read, what was wrong with which row, how much came of
 * it; for people, as JSON, and as a CSV of problems.
 */
#ifndef COMMAND_IMPORT_REPORT_H
#define COMMAND_IMPORT_REPORT_H

#include "command/command.h"
#include "command/document.h"
#include "intake/intake.h"

#define IMPORT_PROBLEMS_MAX 1000 /* in JSON; all of them are in the CSV */
#define IMPORT_SAMPLES_MAX 3 /* records that --dry-run shows */

struct import_counts {
    int64_t read, added, updated, unchanged, repeated, refused, withdrawn;
};

struct import_report {
    struct output *out;
    const struct call_file *errors; /* NULL: no CSV is wanted */
    struct cs_buffer csv; /* of it, what is not written yet */
    json_t *problems; /* with a member "file", as the CSV has it */
    int64_t problems_left_out;
    json_t *files; /* one entry each */
    json_t *mapping; /* of the first file */
    json_t *samples;
    struct import_counts all;
};

CS_MUST_USE int import_report_begin(struct import_report *r, struct output *out,
                                    const struct call_file *errors, struct problem *why);
void import_report_free(struct import_report *r);

/* Keeps one problem of a file. */
CS_MUST_USE int import_report_problem(struct import_report *r, const char *file,
                                      const struct intake_problem *p, struct problem *why);
/* Notes how the columns of a file were read; with `show` tells the person. */
CS_MUST_USE int import_report_mapping(struct import_report *r, const char *file,
                                      const struct intake *in, bool show, struct problem *why);
/* Keeps a record to show, while there is room. */
CS_MUST_USE int import_report_sample(struct import_report *r, const json_t *record,
                                     struct problem *why);
/* A file is done; `batch` 0 when nothing changed. */
CS_MUST_USE int import_report_file(struct import_report *r, const char *file, const char *source,
                                   const char *format, const struct import_counts *counts,
                                   row_id batch, struct problem *why);
/* Writes the rest of the CSV. */
CS_MUST_USE int import_report_finish(struct import_report *r, struct problem *why);
/* Tells people about samples and problems, and how to take it back. */
void import_report_show(const struct import_report *r, bool dry_run);
/* The document of the contract; the caller owns it. NULL: no memory. */
CS_MUST_USE json_t *import_report_json(const struct import_report *r, bool dry_run);

#endif
