#include "command/import_report.h"
#include "command/index_beside.h"
#include "command/publish.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include <commonshelf/encode.h>
#include <commonshelf/record.h>

#define SHELF_DEFAULT "public"
#define MAPS_MAX 256
#define PROGRESS_EVERY 64 /* rows between two looks at the clock */

struct import {
    struct call *call;
    struct intake_options options;
    const char *map[MAPS_MAX];
    const char *shelf;
    bool dry_run;
    struct import_report report;
};

/* "/a/b.csv" is known as "b.csv": the same list from another directory is still the same. */
static const char *file_name(const struct call_file *file)
{
    const char *slash = strrchr(file->name, '/');

    if (!strcmp(file->name, "-"))
        return "stdin";
    return slash && slash[1] ? slash + 1 : file->name;
}

static int read_options(struct import *im, struct problem *why)
{
    const struct options *o = &im->call->options;
    const char *map, *lang = options_value(o, "lang"), *shelf = options_value(o, "shelf");

    im->shelf = shelf ? shelf : SHELF_DEFAULT;
    im->dry_run = options_has(o, "dry-run");
    im->options.format = options_value(o, "format");
    im->options.map = im->map;
    im->options.language = lang;
    if (lang && !cs_language_valid(cs_span_of(lang)))
        return problem_usage(why, "bad_language", "%s",
                             _("--lang takes a language such as en, es or zh-Hans."));
    for (size_t i = 0; (map = options_each(o, "map", i)); i++) {
        if (i == MAPS_MAX)
            return problem_usage(why, "too_many_maps", _("At most %d columns can be mapped."),
                                 MAPS_MAX);
        im->map[im->options.maps++] = map;
    }
    for (size_t i = 0; i < im->call->options.arguments && im->call->options.arguments > 1; i++)
        if (!strcmp(im->call->file[i].name, "-"))
            return problem_usage(why, "stdin_alone", "%s",
                                 _("Standard input can only be imported alone: it can't be read "
                                   "twice."));
    return 0;
}

static struct intake *open_file(struct import *im, const struct call_file *file,
                                struct problem *why)
{
    return intake_open(file->fd, file_name(file), &im->options, why);
}

static int cancelled(const struct import *im, struct problem *why)
{
    if (!atomic_load(im->call->cancel))
        return 0;
    return problem_set(why, "cancelled", "%s", _("Stopped. Nothing was changed."));
}

static void tell_progress(struct import *im, const char *name, int64_t rows)
{
    char what[256];

    if (rows % PROGRESS_EVERY)
        return;
    snprintf(what, sizeof what, _("Reading %s"), name);
    output_progress(im->call->out, what, (uint64_t)rows, 0);
}

/* ---- one file into a batch */

/* What the catalogue says of a row that was read well. */
static int note_outcome(struct import *im, const char *name, uint64_t number,
                        enum draft_outcome outcome, struct import_counts *counts,
                        struct problem *why)
{
    struct intake_problem p = {.row = number, .column = "", .refused = true};

    switch (outcome) {
    case DRAFT_ADDED:
        counts->added++;
        return 0;
    case DRAFT_UPDATED:
        counts->updated++;
        return 0;
    case DRAFT_UNCHANGED:
        counts->unchanged++;
        return 0;
    case DRAFT_REPEATED:
        counts->repeated++;
        p.code = "repeated";
        p.message = _("An earlier row has the same identifier; this one takes its place. If they "
                      "are different things, give each an identifier of its own.");
        p.refused = false;
        break;
    case DRAFT_TOO_LARGE:
        counts->refused++;
        p.code = "record_too_large";
        p.message = _("The record is larger than one entry of a log can be. Shorten its "
                      "description.");
        break;
    case DRAFT_REDACTED:
        counts->refused++;
        p.code = "redacted";
        p.message =
            _("This record was redacted: it was taken back for good, and stays away. Take it "
              "out of the file; or, if it may be shown again, run \"commonshelf record "
              "redact --allow\" with its ID first.");
        break;
    case DRAFT_ELSEWHERE:
        counts->refused++;
        p.code = "on_other_shelf";
        p.message = _("The same record stands on another shelf, and stays there.");
        break;
    }
    return import_report_problem(&im->report, name, &p, why);
}

static int take_row(struct import *im, const char *name, struct catalogue_batch *batch,
                    const struct intake_row *row, struct import_counts *counts, struct problem *why)
{
    enum draft_outcome outcome;

    counts->read++;
    for (size_t i = 0; i < row->n_problems; i++)
        if (import_report_problem(&im->report, name, &row->problems[i], why))
            return -1;
    if (row->refused || !row->record) {
        counts->refused++;
        return 0;
    }
    if (im->dry_run && import_report_sample(&im->report, row->record, why))
        return -1;
    if (catalogue_batch_add(batch, row->record, row->key, row->original, &outcome, why))
        return -1;
    return note_outcome(im, name, row->number, outcome, counts, why);
}

static int take_notices(struct import *im, const char *name, const struct intake *in,
                        struct problem *why)
{
    const struct intake_problem *notice;

    for (size_t i = 0; (notice = intake_notice(in, i)); i++)
        if (import_report_problem(&im->report, name, notice, why))
            return -1;
    return 0;
}

static int take_rows(struct import *im, const char *name, struct intake *in,
                     struct catalogue_batch *batch, struct import_counts *counts,
                     struct problem *why)
{
    struct intake_row row;
    int more;

    while ((more = intake_next(in, &row, why)) == 1) {
        if (cancelled(im, why) || take_row(im, name, batch, &row, counts, why))
            return -1;
        tell_progress(im, name, counts->read);
    }
    return more < 0 ? -1 : take_notices(im, name, in, why);
}

static int take_file(struct import *im, const struct call_file *file, struct catalogue_batch *batch,
                     struct import_counts *counts, char format[32], struct problem *why)
{
    struct intake *in = open_file(im, file, why);
    int rc = -1;

    if (!in || import_report_mapping(&im->report, file_name(file), in, im->dry_run, why))
        goto out;
    snprintf(format, 32, "%s", intake_format(in));
    rc = take_rows(im, file_name(file), in, batch, counts, why);
out:
    intake_close(in);
    return rc;
}

/* ---- files that become live together */

static int replace(struct import *im, struct catalogue_batch *batch, struct import_counts *counts,
                   struct problem *why)
{
    bool yes = options_has(&im->call->options, "yes");

    if (!options_has(&im->call->options, "replace"))
        return 0;
    if (counts->refused && !yes)
        return problem_set(why, "replace_with_refused",
                           P_("%" PRId64 " row was refused, and with --replace its record would be "
                              "withdrawn. Nothing was changed. Correct the file, or do it again "
                              "with --yes.",
                              "%" PRId64 " rows were refused, and with --replace their records "
                              "would be withdrawn. Nothing was changed. Correct the file, or do it "
                              "again with --yes.",
                              (unsigned long)counts->refused),
                           counts->refused);
    return catalogue_batch_replace(batch, yes, &counts->withdrawn, why);
}

static void tell(struct import *im, const char *source, const struct import_counts *c)
{
    struct output *out = im->call->out;

    output_progress_end(out);
    output_print(out,
                 P_("%s: %" PRId64 " row read: %" PRId64 " added, %" PRId64 " updated, %" PRId64
                    " unchanged, %" PRId64 " refused.",
                    "%s: %" PRId64 " rows read: %" PRId64 " added, %" PRId64 " updated, %" PRId64
                    " unchanged, %" PRId64 " refused.",
                    (unsigned long)c->read),
                 source, c->read, c->added, c->updated, c->unchanged, c->refused);
    if (c->withdrawn)
        output_print(out, _(" %" PRId64 " withdrawn."), c->withdrawn);
    output_print(out, "\n");
}

/* One batch of files[0..n): all of them live, or none. */
static int import_batch(struct import *im, const struct call_file *files, size_t n,
                        const char *source, struct problem *why)
{
    struct import_counts counts = {0};
    struct batch_result result = {0};
    struct catalogue_batch *batch;
    char format[32] = "";
    int rc = -1;

    batch = catalogue_batch_begin(im->call->home->catalogue, im->shelf, source,
                                  file_name(&files[0]), why);
    if (!batch)
        return -1;
    for (size_t i = 0; i < n; i++)
        if (take_file(im, &files[i], batch, &counts, format, why))
            goto out;
    if (replace(im, batch, &counts, why) || cancelled(im, why))
        goto out;
    if (!im->dry_run && catalogue_batch_live(&batch, &result, why))
        goto out;
    tell(im, source, &counts);
    rc = import_report_file(&im->report, file_name(&files[0]), source, format, &counts, result.bid,
                            why);
out:
    catalogue_batch_drop(&batch);
    return rc;
}

/* ---- all files */

/* Reads a file to its end and keeps nothing: of several files, either all can be read, or none is
 * imported. */
static int try_file(struct import *im, const struct call_file *file, struct problem *why)
{
    struct intake *in = open_file(im, file, why);
    struct intake_row row;
    int64_t rows = 0;
    int more = -1;

    if (!in)
        return -1;
    while ((more = intake_next(in, &row, why)) == 1) {
        if (cancelled(im, why)) {
            more = -1;
            break;
        }
        tell_progress(im, file_name(file), ++rows);
    }
    intake_close(in);
    return more < 0 ? -1 : 0;
}

static int import_files(struct import *im, struct problem *why)
{
    const char *source = options_value(&im->call->options, "source");
    const struct call_file *files = im->call->file;
    size_t n = im->call->options.arguments;

    if (source)
        return import_batch(im, files, n, source, why);
    for (size_t i = 0; i < n && n > 1; i++)
        if (try_file(im, &files[i], why))
            return -1;
    for (size_t i = 0; i < n; i++) {
        if (!import_batch(im, &files[i], 1, file_name(&files[i]), why))
            continue;
        if (i > 0 && !im->dry_run)
            why->exit_status = EXIT_PART;
        return -1;
    }
    return 0;
}

/* What follows on a live import; it stays live whatever happens here. */
static int follow_up(struct import *im, json_t **shelves, struct problem *why)
{
    struct call *call = im->call;
    struct index_beside *beside;
    int rc = 0;

    if (im->dry_run)
        return 0;
    if (options_has(&call->options, "publish")) {
        beside = index_beside_begin(call->home, true);
        rc = publish_shelves(call, im->shelf, options_has(&call->options, "yes"), shelves, why);
        index_beside_end(beside);
    }
    if (call_index(call, rc ? NULL : why))
        rc = -1;
    if (rc)
        why->exit_status = EXIT_PART;
    return rc;
}

static int exit_status(const struct import_counts *all)
{
    if (!all->refused)
        return EXIT_DONE;
    return all->refused == all->read ? EXIT_NOT_DONE : EXIT_PART;
}

static int run_import(struct import *im, struct problem *why)
{
    json_t *shelves = NULL, *document;
    int rc = -1;

    rc = import_files(im, why) || import_report_finish(&im->report, why) ? -1 : 0;
    import_report_show(&im->report, im->dry_run);
    if (rc)
        goto out;
    rc = -1;
    if (follow_up(im, &shelves, why))
        goto out;
    document = import_report_json(&im->report, im->dry_run);
    if (document && shelves && json_object_set(document, "shelves", shelves)) {
        json_decref(document);
        document = NULL;
    }
    rc = output_json(im->call->out, document, why) ? -1 : exit_status(&im->report.all);
out:
    json_decref(shelves);
    return rc;
}

/* ---- undo */

static int run_undo(struct call *call, const char *number, struct problem *why)
{
    uint64_t bid;

    if (call->options.arguments)
        return problem_usage(why, "file_and_undo", "%s",
                             _("Give either files to import or --undo, not both."));
    if (cs_decimal_read(cs_span_of(number), INT64_MAX, &bid) != CS_OK)
        return problem_usage(why, "bad_number", "%s",
                             _("--undo takes the number of an import, as \"commonshelf status\" "
                               "shows it."));
    if (catalogue_batch_undo(call->home->catalogue, (row_id)bid, why))
        return -1;
    if (call_index(call, why)) {
        why->exit_status = EXIT_PART;
        return -1;
    }
    output_say(call->out,
               _("Import %" PRIu64
                 " is undone: what it brought is gone, unless a later one brought "
                 "it too. If it was published, publish again."),
               bid);
    return output_json(call->out, json_pack("{s:I}", "undone", (json_int_t)bid), why);
}

static int run(struct call *call, struct problem *why)
{
    const char *undo = options_value(&call->options, "undo");
    struct import *im;
    int rc = -1;

    if (undo)
        return run_undo(call, undo, why);
    if (!call->options.arguments)
        return problem_usage(why, "no_file", "%s",
                             _("Name a file to import: commonshelf import books.csv"));
    if (!(im = memory_new(sizeof *im)))
        return problem_no_memory(why);
    im->call = call;
    if (!read_options(im, why) &&
        !import_report_begin(&im->report, call->out, call_option_file(call, "errors"), why))
        rc = run_import(im, why);
    import_report_free(&im->report);
    memory_free(im);
    return rc;
}

static const struct option_spec options[] = {
    {"shelf", 0, N_("NAME"), N_("the shelf to put the records on (public)"), 0},
    {"source", 0, N_("NAME"),
     N_("what the list is called here (the file's name): rows are known "
        "again by it and their identifier"),
     0},
    {"replace", 0, NULL, N_("the files are the whole list: withdraw what is no longer in it"), 0},
    {"yes", 'y', NULL, N_("also when --replace withdraws more than a tenth; ask nothing"), 0},
    {"format", 0, N_("FORMAT"),
     N_("csv, tsv, semicolon, pipe, marc or marcxml; else it is "
        "detected"),
     0},
    {"map", 'm', N_("FIELD=COLUMN"),
     N_("reads a column, by its heading or number, as this field; FIELD id is the row's own "
        "identifier, ignore leaves it out; may be given more than once"),
     OPTION_MANY},
    {"lang", 0, N_("LANG"), N_("the language of records that name none"), 0},
    {"dry-run", 'n', NULL,
     N_("shows how each column is read and what would happen; changes "
        "nothing"),
     0},
    {"publish", 0, NULL, N_("publishes the shelf afterwards"), 0},
    {"errors", 0, N_("OUT.csv"), N_("writes every problem to this file"), OPTION_WRITE},
    {"undo", 0, N_("NUMBER"), N_("takes an import back"), 0},
};

const struct command command_import = {
    .name = "import",
    .arguments = N_("FILE…"),
    .summary = N_("Reads records from spreadsheets (CSV, TSV) and MARC files."),
    .about = N_("A file becomes live whole or not at all, and can be taken back with --undo. "
                "Importing the same file again changes nothing; a changed one updates its records. "
                "Columns that are not read stay in this institution's own database and are never "
                "published."),
    .example = "commonshelf import --dry-run books.csv\n"
               "commonshelf import books.csv --map name=Titel --map id=Nr --publish\n"
               "commonshelf import --undo 3",
    .option = options,
    .options = sizeof options / sizeof options[0],
    .most = COMMAND_FILES_MAX,
    .home = COMMAND_WRITES,
    .files = true,
    .cancellable = true,
    .run = run,
};
