#include "command/import_report.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "command/record_show.h"
#include "command/text.h"

#define PROBLEMS_SHOWN 20 /* messages to people; more scroll the summary away */
#define ROWS_SHOWN 5 /* of those that one message is about */
#define CSV_HELD_MAX 65536

/* ---- the CSV of problems */

/* A field of RFC 4180. One that a spreadsheet would take for a formula gets an apostrophe before
 * it. */
static void add_field(struct cs_buffer *csv, const char *text)
{
    bool quote = text[strcspn(text, ",\"\r\n")] != '\0';

    if (quote)
        cs_buffer_add_byte(csv, '"');
    if (*text && strchr("=+-@\t\r", *text))
        cs_buffer_add_byte(csv, '\'');
    for (; *text; text++) {
        if (*text == '"')
            cs_buffer_add_byte(csv, '"');
        cs_buffer_add_byte(csv, (unsigned char)*text);
    }
    if (quote)
        cs_buffer_add_byte(csv, '"');
}

static int write_csv(struct import_report *r, struct problem *why)
{
    struct cs_span rest = cs_buffer_span(&r->csv);

    if (r->csv.failed)
        return problem_no_memory(why);
    while (rest.n) {
        ssize_t n = write(r->errors->fd, rest.p, rest.n);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return problem_errno(why, errno, FILE_WRITE, r->errors->name);
        rest.p += n;
        rest.n -= (size_t)n;
    }
    cs_buffer_reset(&r->csv);
    return 0;
}

static int add_csv_line(struct import_report *r, const char *file, const struct intake_problem *p,
                        struct problem *why)
{
    add_field(&r->csv, file);
    cs_buffer_printf(&r->csv, ",%" PRIu64 ",", p->row);
    add_field(&r->csv, p->column);
    cs_buffer_printf(&r->csv, ",%s,%s,", p->code, p->refused ? "refused" : "left out");
    add_field(&r->csv, p->message);
    cs_buffer_add_text(&r->csv, "\r\n");
    return r->csv.n < CSV_HELD_MAX && !r->csv.failed ? 0 : write_csv(r, why);
}

int import_report_begin(struct import_report *r, struct output *out, const struct call_file *errors,
                        struct problem *why)
{
    memset(r, 0, sizeof *r);
    r->out = out;
    r->errors = errors;
    r->csv.alloc = memory_allocator();
    r->problems = json_array();
    r->files = json_array();
    r->samples = json_array();
    if (!r->problems || !r->files || !r->samples)
        return problem_no_memory(why);
    if (!errors)
        return 0;
    /* Pipes and terminals can't be cut to nothing, and need not. */
    if (ftruncate(errors->fd, 0) && errno != EINVAL)
        return problem_errno(why, errno, FILE_WRITE, errors->name);
    cs_buffer_add_text(&r->csv, "file,row,column,code,effect,message\r\n");
    return 0;
}

int import_report_finish(struct import_report *r, struct problem *why)
{
    return r->errors ? write_csv(r, why) : 0;
}

void import_report_free(struct import_report *r)
{
    cs_buffer_free(&r->csv);
    json_decref(r->problems);
    json_decref(r->files);
    json_decref(r->samples);
    json_decref(r->mapping);
}

/* ---- while reading */

int import_report_problem(struct import_report *r, const char *file, const struct intake_problem *p,
                          struct problem *why)
{
    json_t *entry;

    if (r->errors && add_csv_line(r, file, p, why))
        return -1;
    if (json_array_size(r->problems) >= IMPORT_PROBLEMS_MAX) {
        r->problems_left_out++;
        return 0;
    }
    entry = json_pack("{s:o,s:I,s:o,s:s,s:o,s:b}", "file", document_text(file), "row",
                      (json_int_t)p->row, "column", document_text(p->column), "code", p->code,
                      "message", document_text(p->message), "refused", (int)p->refused);
    return json_array_append_new(r->problems, entry) ? problem_no_memory(why) : 0;
}

/* A member that several columns go to has a list of them. */
static int add_mapping(json_t *mapping, const char *member, const char *column)
{
    json_t *before = json_object_get(mapping, member), *list;

    if (!before)
        return json_object_set_new(mapping, member, document_text(column));
    if (json_is_array(before))
        return json_array_append_new(before, document_text(column));
    list = json_pack("[O,o]", before, document_text(column));
    return json_object_set_new(mapping, member, list);
}

int import_report_mapping(struct import_report *r, const char *file, const struct intake *in,
                          bool shown, struct problem *why)
{
    const char *const titles[] = {_("Column"), _("is read as")};
    struct table *table = table_new(titles, 2);
    json_t *mapping = json_object();
    const char *member, *column;
    int rc = -1;

    if (!table || !mapping) {
        problem_no_memory(why);
        goto out;
    }
    for (size_t i = 0; intake_mapping(in, i, &member, &column); i++) {
        const char *cells[] = {column, member ? member : _("nothing: it stays here")};

        table_add(table, cells);
        if (member && add_mapping(mapping, member, column)) {
            problem_no_memory(why);
            goto out;
        }
    }
    if (shown) {
        output_print(r->out, "%s (%s)\n", file, intake_format(in));
        table_print(table, r->out);
        output_print(r->out, "\n");
    }
    if (!r->mapping)
        r->mapping = json_incref(mapping);
    rc = 0;
out:
    table_free(table);
    json_decref(mapping);
    return rc;
}

int import_report_sample(struct import_report *r, const json_t *record, struct problem *why)
{
    if (json_array_size(r->samples) >= IMPORT_SAMPLES_MAX)
        return 0;
    /* A copy: the reader of the file uses its own again for the next row. */
    return json_array_append_new(r->samples, json_deep_copy(record)) ? problem_no_memory(why) : 0;
}

/* ---- when a file is done */

static json_t *counts_json(const struct import_counts *c)
{
    return json_pack("{s:I,s:I,s:I,s:I,s:I,s:I,s:I}", "read", (json_int_t)c->read, "added",
                     (json_int_t)c->added, "updated", (json_int_t)c->updated, "unchanged",
                     (json_int_t)c->unchanged, "repeated", (json_int_t)c->repeated, "refused",
                     (json_int_t)c->refused, "withdrawn", (json_int_t)c->withdrawn);
}

int import_report_file(struct import_report *r, const char *file, const char *source,
                       const char *format, const struct import_counts *c, row_id batch,
                       struct problem *why)
{
    json_t *entry = counts_json(c);

    if (json_object_set_new(entry, "file", document_text(file)) ||
        json_object_set_new(entry, "source", document_text(source)) ||
        json_object_set_new(entry, "format", json_string(format)) ||
        json_object_set_new(entry, "batch", batch ? json_integer(batch) : json_null()) ||
        json_array_append(r->files, entry)) {
        json_decref(entry);
        return problem_no_memory(why);
    }
    json_decref(entry);
    r->all.read += c->read;
    r->all.added += c->added;
    r->all.updated += c->updated;
    r->all.unchanged += c->unchanged;
    r->all.repeated += c->repeated;
    r->all.refused += c->refused;
    r->all.withdrawn += c->withdrawn;
    return 0;
}

/* ---- at the end */

static const char *text_of(const json_t *problem, const char *member)
{
    return json_string_value(json_object_get(problem, member));
}

static bool is_alike(const json_t *a, const json_t *b)
{
    return json_equal(json_object_get(a, "message"), json_object_get(b, "message")) &&
           json_equal(json_object_get(a, "column"), json_object_get(b, "column")) &&
           json_equal(json_object_get(a, "file"), json_object_get(b, "file")) &&
           json_equal(json_object_get(a, "refused"), json_object_get(b, "refused"));
}

/* "rows 7, 30, 32 and 12 more" of the problems from `first` on that say the same. */
static int64_t add_rows(const struct import_report *r, size_t first, struct cs_buffer *out)
{
    const json_t *p = json_array_get(r->problems, first);
    int64_t rows = 0;

    for (size_t i = first; i < json_array_size(r->problems); i++) {
        const json_t *other = json_array_get(r->problems, i);

        if (i != first && !is_alike(p, other))
            continue;
        if (rows++ < ROWS_SHOWN)
            cs_buffer_printf(out, "%s%lld", rows > 1 ? ", " : "",
                             (long long)json_integer_value(json_object_get(other, "row")));
    }
    if (rows > ROWS_SHOWN)
        cs_buffer_printf(out, _(" and %" PRId64 " more"), rows - ROWS_SHOWN);
    return rows;
}

/* One message for all rows that have it; returns how many those are. */
static int64_t show_problem(const struct import_report *r, size_t first)
{
    const json_t *p = json_array_get(r->problems, first);
    struct cs_buffer where = {.alloc = memory_allocator()}, rows = where;
    int64_t n = add_rows(r, first, &rows);
    const char *text;

    cs_buffer_add_text(&where, text_of(p, "file"));
    if (json_integer_value(json_object_get(p, "row")) && (text = cs_buffer_text(&rows)))
        cs_buffer_printf(&where, P_(", row %s", ", rows %s", (unsigned long)n), text);
    if (*text_of(p, "column"))
        cs_buffer_printf(&where, ", %s", text_of(p, "column"));
    text = cs_buffer_text(&where);
    if (text && json_is_true(json_object_get(p, "refused")))
        output_warn(r->out, _("%s: refused. %s"), text, text_of(p, "message"));
    else if (text)
        output_say(r->out, "%s: %s", text, text_of(p, "message"));
    cs_buffer_free(&where);
    cs_buffer_free(&rows);
    return n;
}

static bool was_shown(const struct import_report *r, size_t i)
{
    for (size_t before = 0; before < i; before++)
        if (is_alike(json_array_get(r->problems, before), json_array_get(r->problems, i)))
            return true;
    return false;
}

/* First the rows that became no record. */
static void show_problems(const struct import_report *r)
{
    int64_t told = 0, all = (int64_t)json_array_size(r->problems) + r->problems_left_out;
    int messages = 0;

    for (int refused = 1; refused >= 0; refused--) {
        for (size_t i = 0; i < json_array_size(r->problems) && messages < PROBLEMS_SHOWN; i++) {
            const json_t *p = json_array_get(r->problems, i);

            if (json_is_true(json_object_get(p, "refused")) != refused || was_shown(r, i))
                continue;
            told += show_problem(r, i);
            messages++;
        }
    }
    if (all > told && r->errors)
        output_say(r->out, _("… and %" PRId64 " more; all of them are in %s."), all - told,
                   r->errors->name);
    else if (all > told)
        output_say(r->out, _("… and %" PRId64 " more; --errors OUT.csv writes all of them."),
                   all - told);
}

static void show_samples(const struct import_report *r)
{
    if (json_array_size(r->samples))
        output_print(r->out, _("\nThe first records as they would be:\n"));
    for (size_t i = 0; i < json_array_size(r->samples); i++) {
        output_print(r->out, "\n");
        record_show(r->out, json_array_get(r->samples, i));
    }
}

static void show_undo(const struct import_report *r)
{
    for (size_t i = 0; i < json_array_size(r->files); i++) {
        const json_t *batch = json_object_get(json_array_get(r->files, i), "batch");

        if (json_is_integer(batch))
            output_say(r->out, _("\"commonshelf import --undo %lld\" takes this back."),
                       (long long)json_integer_value(batch));
    }
}

void import_report_show(const struct import_report *r, bool dry_run)
{
    if (r->out->shape.json)
        return;
    show_samples(r);
    show_problems(r);
    if (dry_run)
        output_say(r->out, "%s", _("This was a trial: nothing was changed."));
    else
        show_undo(r);
}

json_t *import_report_json(const struct import_report *r, bool dry_run)
{
    json_t *document = counts_json(&r->all);

    if (json_object_set_new(document, "mapping",
                            r->mapping ? json_incref(r->mapping) : json_object()) ||
        json_object_set(document, "files", r->files) ||
        json_object_set(document, "problems", r->problems) ||
        json_object_set_new(document, "problems_left_out", json_integer(r->problems_left_out)) ||
        json_object_set_new(document, "dry_run", json_boolean(dry_run)) ||
        (dry_run && json_object_set(document, "sample", r->samples))) {
        json_decref(document);
        return NULL;
    }
    return document;
}
