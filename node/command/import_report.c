#include "command/import_report.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "command/text.h"

#define PROBLEMS_SHOWN 20   /* to people; more scroll the summary away */
#define CSV_HELD_MAX 65536

/* ---- the CSV of problems */

/* A field of RFC 4180. One that a spreadsheet would take for a formula gets an apostrophe before it. */
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

int import_report_begin(struct import_report *r, struct output *out,
                        const struct call_file *errors, struct problem *why)
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

static void show_problem(const struct import_report *r, const json_t *p)
{
    const char *file = json_string_value(json_object_get(p, "file"));
    const char *column = json_string_value(json_object_get(p, "column"));
    const char *message = json_string_value(json_object_get(p, "message"));
    json_int_t row = json_integer_value(json_object_get(p, "row"));
    char where[64] = "";

    if (row)
        snprintf(where, sizeof where, _(", row %lld"), (long long)row);
    output_warn(r->out, "%s%s%s%s: %s%s", file, where, *column ? ", " : "", column,
                json_is_true(json_object_get(p, "refused")) ? _("refused. ") : "", message);
}

/* First the rows that became no record. */
static void show_problems(const struct import_report *r)
{
    int64_t shown = 0, all = (int64_t)json_array_size(r->problems) + r->problems_left_out;

    for (int refused = 1; refused >= 0; refused--) {
        for (size_t i = 0; i < json_array_size(r->problems) && shown < PROBLEMS_SHOWN; i++) {
            const json_t *p = json_array_get(r->problems, i);

            if (json_is_true(json_object_get(p, "refused")) == refused) {
                show_problem(r, p);
                shown++;
            }
        }
    }
    if (all > shown && r->errors)
        output_warn(r->out, _("… and %" PRId64 " more; all of them are in %s."), all - shown,
                    r->errors->name);
    else if (all > shown)
        output_warn(r->out, _("… and %" PRId64 " more; --errors OUT.csv writes all of them."),
                    all - shown);
}

static void show_samples(const struct import_report *r)
{
    for (size_t i = 0; i < json_array_size(r->samples); i++) {
        char *text = json_dumps(json_array_get(r->samples, i), JSON_INDENT(2));

        if (text)
            output_print(r->out, "%s\n", text);
        memory_free(text);
    }
}

void import_report_show(const struct import_report *r)
{
    if (r->out->shape.json)
        return;
    show_samples(r);
    show_problems(r);
}

json_t *import_report_json(const struct import_report *r, bool dry_run)
{
    json_t *document = counts_json(&r->all);

    if (json_object_set(document, "mapping", r->mapping) ||
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
