#include "intake/sheet.h"

#include <errno.h>
#include <stdio.h>

#include "intake/columns.h"
#include "intake/csv.h"
#include "intake/text.h"

#define HEADER_ROWS 10 /* a title, an address, a date may stand above the header */
#define SEPARATOR_ROWS 30 /* rows that must agree on how many cells they have */

struct sheet {
    const char *filename;
    const char *name;
    unsigned char separator;
    struct csv *csv;
    struct columns columns;
    uint64_t header_row; /* from 1 */
    bool headed;
    uint64_t sep_rows; /* 1 when the first line only says "sep=;", which spreadsheets don't show */
};

static const struct {
    const char *name;
    unsigned char separator;
} separators[] = {{"csv", ','}, {"semicolon", ';'}, {"tsv", '\t'}, {"pipe", '|'}};
#define SEPARATORS (sizeof separators / sizeof *separators)

bool sheet_format(const char *format, unsigned char *separator)
{
    size_t i;

    for (i = 0; i < SEPARATORS; i++) {
        if (strcmp(format, separators[i].name) == 0) {
            *separator = separators[i].separator;
            return true;
        }
    }
    return false;
}

/* ---- looking at the beginning */

/* A csv_source over bytes in memory. */
static ssize_t from_memory(void *arg, unsigned char *p, size_t n)
{
    struct cs_span *rest = arg;

    if (n > rest->n)
        n = rest->n;
    memcpy(p, rest->p, n);
    *rest = cs_span_make(rest->p + n, rest->n - n);
    return (ssize_t)n;
}

/* What one separator makes of the first rows. */
struct look {
    size_t known; /* headers that are known, in the best of the first rows */
    uint64_t header; /* that row */
    bool title; /* and whether it names a title */
    size_t width; /* cells of the most frequent number of cells */
    size_t agree, rows;
};

static int look_at(struct cs_span sample, bool whole, unsigned char separator, struct lexicon *x,
                   struct look *look)
{
    struct cs_span rest = sample;
    struct csv *csv = csv_new(from_memory, &rest, separator);
    struct csv_row row;
    size_t widths[SEPARATOR_ROWS], i, k, agree, known;
    bool title;

    *look = (struct look){.header = 1};
    if (!csv)
        return -1;
    while (look->rows < SEPARATOR_ROWS && csv_next(csv, &row) == 1) {
        /* The last row of a sample can be cut anywhere. */
        if (!whole && rest.n == 0 && csv_drained(csv))
            break;
        if (row.n == 1 && text_trim(row.cells[0]).n == 0)
            continue;
        if (look->rows == 0)
            look->header = row.number;
        widths[look->rows++] = row.n;
        if (row.number > HEADER_ROWS)
            continue;
        known = columns_known(x, &row, &title);
        if (title > look->title || (title == look->title && known > look->known)) {
            look->known = known;
            look->title = title;
            look->header = row.number;
        }
    }
    csv_free(csv);
    for (i = 0; i < look->rows; i++) {
        for (agree = k = 0; k < look->rows; k++)
            agree += widths[k] == widths[i];
        if (agree > look->agree || (agree == look->agree && widths[i] > look->width)) {
            look->agree = agree;
            look->width = widths[i];
        }
    }
    return 0;
}

/* Whether a reads more like a table than b. */
static bool better(const struct look *a, const struct look *b)
{
    if (a->title != b->title)
        return a->title;
    if (a->known != b->known)
        return a->known > b->known;
    if ((a->width > 1) != (b->width > 1))
        return a->width > 1;
    if (a->agree * b->rows != b->agree * a->rows)
        return a->agree * b->rows > b->agree * a->rows;
    return a->width > b->width;
}

/* "sep=;" alone in the first line, as Excel reads and writes it. 0 when there is none. */
static unsigned char told_separator(struct cs_span sample, size_t *line)
{
    if (sample.n < 6 || !text_starts(sample, "sep=") ||
        (sample.p[5] != '\n' && sample.p[5] != '\r'))
        return 0;
    *line = sample.p[5] == '\r' && sample.n > 6 && sample.p[6] == '\n' ? 7 : 6;
    return sample.p[4];
}

static int detect(struct sheet *s, struct cs_span sample, bool whole, struct lexicon *x,
                  struct look *best, struct problem *why)
{
    unsigned char told;
    size_t line = 0, i;
    struct look look;

    told = told_separator(sample, &line);
    sample = cs_span_make(sample.p + line, sample.n - line);
    s->sep_rows = told != 0;
    if (!s->separator)
        s->separator = told;
    *best = (struct look){0};
    for (i = 0; i < SEPARATORS; i++) {
        if (s->separator && s->separator != separators[i].separator)
            continue;
        if (look_at(sample, whole, separators[i].separator, x, &look))
            return problem_no_memory(why);
        if (!s->name || better(&look, best)) {
            *best = look;
            s->name = separators[i].name;
        }
    }
    if (!s->name) {
        s->name = "csv";
        if (look_at(sample, whole, s->separator, x, best))
            return problem_no_memory(why);
    }
    if (!s->separator)
        sheet_format(s->name, &s->separator);
    return 0;
}

/* ---- rows */

static int fault(const struct sheet *s, struct problem *why)
{
    unsigned long long row = csv_number(s->csv) - s->sep_rows;

    switch (csv_fault(s->csv)) {
    case CSV_UNCLOSED_QUOTE:
        return problem_set(why, "unclosed_quote",
                           _("%s, row %llu: a quotation mark (\") opens a cell there and is never "
                             "closed. Nothing was imported. Correct that row, or export the file "
                             "again."),
                           s->filename, row);
    case CSV_ROW_TOO_LONG:
        return problem_set(why, "row_too_long",
                           _("%s, row %llu is longer than 1 MiB, so this can't be a table of "
                             "records. Nothing was imported."),
                           s->filename, row);
    case CSV_NUL_BYTE:
        return problem_set(
            why, "nul_byte",
            _("%s, row %llu holds a NUL byte, which no text has: the file is damaged, "
              "or it is no spreadsheet. Nothing was imported. Export it again as "
              "CSV in UTF-8."),
            s->filename, row);
    case CSV_READ_FAILED:
        return problem_errno(why, errno, FILE_READ, s->filename);
    case CSV_NO_MEMORY:
    case CSV_NO_FAULT:
        break;
    }
    return problem_no_memory(why);
}

static int no_title(const struct sheet *s, struct problem *why)
{
    char names[600];

    columns_names(&s->columns, names, sizeof names);
    return problem_set(why, "no_title_column",
                       _("No column of %s is known to be the title. Nothing was imported. Its "
                         "columns are: %s. Say which one it is with --map name=COLUMN, as in "
                         "--map \"name=%s\"; a number counted from 1 does as well."),
                       s->filename, names, s->columns.n ? s->columns.list[0].header : "1");
}

static bool any_title(const struct sheet *s)
{
    size_t i;

    for (i = 0; i < s->columns.n; i++)
        if (s->columns.list[i].member == MEMBER_NAME)
            return true;
    return false;
}

/* Reads up to the header row, and stands behind it; or before the first row when there is none. */
static int read_header(struct sheet *s, struct source *source, const struct look *look,
                       struct lexicon *x, const struct intake_options *o, struct problem *why)
{
    struct csv_row row;
    int rc;

    s->headed = look->known > 0 || !columns_map_is_numbers(o);
    s->header_row = look->header + s->sep_rows;
    do {
        rc = csv_next(s->csv, &row);
        if (rc < 0)
            return fault(s, why);
        if (rc == 0)
            return problem_set(why, "empty_file", _("%s holds no rows. Nothing was imported."),
                               s->filename);
    } while (row.number < s->header_row);
    if (row.beyond || row.n == CSV_COLUMNS_MAX)
        return problem_set(why, "too_many_columns",
                           _("%s has more than %d columns, so this can't be a table of records. "
                             "Nothing was imported."),
                           s->filename, CSV_COLUMNS_MAX);
    if (columns_set(&s->columns, x, &row, s->headed, why) || columns_map(&s->columns, x, o, why))
        return -1;
    if (!any_title(s))
        return no_title(s, why);
    if (s->headed)
        return 0;
    csv_free(s->csv);
    source_rewind(source);
    s->csv = csv_new(source_text, source, s->separator);
    return s->csv ? 0 : problem_no_memory(why);
}

struct sheet *sheet_open(struct source *source, const char *filename, unsigned char separator,
                         const struct intake_options *options, struct draft *draft,
                         struct problem *why)
{
    struct sheet *s = memory_new(sizeof *s);
    unsigned char *sample = memory_resize(NULL, SOURCE_SAMPLE);
    struct look look;
    ssize_t n = 0, more;

    if (!s || !sample) {
        problem_no_memory(why);
        goto failed;
    }
    s->filename = filename;
    s->separator = separator;
    do {
        more = source_text(source, sample + n, SOURCE_SAMPLE - (size_t)n);
        n += more > 0 ? more : 0;
    } while (more > 0 && (size_t)n < SOURCE_SAMPLE - 4096);
    source_rewind(source);
    if (more < 0) {
        problem_errno(why, errno, FILE_READ, filename);
        goto failed;
    }
    if (detect(s, cs_span_make(sample, (size_t)n), more == 0, draft_lexicon(draft), &look, why))
        goto failed;
    s->csv = csv_new(source_text, source, s->separator);
    if (!s->csv) {
        problem_no_memory(why);
        goto failed;
    }
    if (read_header(s, source, &look, draft_lexicon(draft), options, why))
        goto failed;
    memory_free(sample);
    return s;
failed:
    memory_free(sample);
    sheet_close(s);
    return NULL;
}

void sheet_close(struct sheet *s)
{
    if (!s)
        return;
    csv_free(s->csv);
    arena_free(s->columns.arena);
    memory_free(s);
}

const char *sheet_name(const struct sheet *s)
{
    return s->name;
}

uint64_t sheet_skipped(const struct sheet *s)
{
    return s->headed ? s->header_row - s->sep_rows - 1 : 0;
}

bool sheet_headed(const struct sheet *s)
{
    return s->headed;
}

bool sheet_mapping(const struct sheet *s, size_t i, const char **member, const char **column)
{
    if (i >= s->columns.n)
        return false;
    *column = s->columns.list[i].header;
    *member =
        s->columns.list[i].member == MEMBER_IGNORE ? NULL : member_name(s->columns.list[i].member);
    return true;
}

static bool blank(const struct csv_row *row)
{
    size_t i;

    for (i = 0; i < row->n; i++)
        if (row->cells[i].n > 0 && text_trim(row->cells[i]).n > 0)
            return false;
    return row->beyond == 0;
}

/* Export puts an apostrophe before what a spreadsheet would run as a formula; here it comes off. */
static struct cs_span without_guard(struct cs_span cell)
{
    if (cell.n >= 2 && cell.p[0] == '\'' &&
        (memchr("=+-@\t\r", cell.p[1], 6) ||
         (cell.n >= 4 && memcmp(cell.p + 1, "\xEF\xBC\x9D", 3) == 0)))
        return cs_span_make(cell.p + 1, cell.n - 1);
    return cell;
}

static void put_cell(struct draft *draft, const struct column *column, struct cs_span cell)
{
    const char *language = column->language[0] ? column->language : NULL;
    char text[300];

    cell = without_guard(cell);
    /* A bare number says nothing without its header: "Class 3". */
    if (column->member == MEMBER_EDUCATIONAL_LEVEL && text_number(text_trim(cell)) >= 0) {
        cell = text_trim(cell);
        snprintf(text, sizeof text, "%s %.*s", column->header, (int)cell.n, (const char *)cell.p);
        draft_put(draft, column->member, column->header, NULL, cs_span_of(text));
        return;
    }
    draft_put_cell(draft, column->member, column->header, language, cell);
}

/* What is wrong with the row as such. False when it can't be read at all. */
static bool row_sound(const struct sheet *s, struct draft *draft, const struct csv_row *row)
{
    size_t i, beyond = row->beyond;

    if (row->huge) {
        draft_problem(draft, row->huge <= s->columns.n ? s->columns.list[row->huge - 1].header : "",
                      "huge_cell", true,
                      _("A cell is larger than 64 KiB: the row was not read. Perhaps a quotation "
                        "mark is missing in it."));
        return false;
    }
    for (i = s->columns.n; i < row->n; i++)
        beyond += text_trim(row->cells[i]).n > 0;
    if (beyond)
        draft_problem(draft, "", "too_many_cells", false,
                      P_("The row has %zu more filled cell than the header: it was left out.",
                         "The row has %zu more filled cells than the header: they were left out.",
                         beyond),
                      beyond);
    if (row->stray_quote)
        draft_problem(
            draft,
            row->stray_quote <= s->columns.n ? s->columns.list[row->stray_quote - 1].header : "",
            "stray_quote", false,
            _("A quotation mark that is not closed as the rules for CSV want it was taken "
              "as part of the text."));
    return true;
}

int sheet_next(struct sheet *s, struct draft *draft, struct intake_row *row, struct problem *why)
{
    struct csv_row cells;
    size_t i;
    int rc;

    do {
        rc = csv_next(s->csv, &cells);
        if (rc < 0)
            return fault(s, why);
        if (rc == 0)
            return 0;
    } while (blank(&cells) || cells.number <= s->sep_rows);
    draft_begin(draft, cells.number - s->sep_rows);
    if (row_sound(s, draft, &cells))
        for (i = 0; i < cells.n && i < s->columns.n; i++)
            if (s->columns.list[i].member != MEMBER_NONE &&
                s->columns.list[i].member != MEMBER_IGNORE && cells.cells[i].n > 0)
                put_cell(draft, &s->columns.list[i], cells.cells[i]);
    if (draft_finish(draft, row, why))
        return -1;
    row->original = cells.original;
    return 1;
}
