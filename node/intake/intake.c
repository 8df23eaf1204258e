#include "intake/intake.h"

#include <errno.h>
#include <stdio.h>

#include "intake/detect.h"
#include "intake/draft.h"
#include "intake/marc.h"
#include "intake/sheet.h"
#include "intake/source.h"

#define NOTICES_MAX 8

struct intake {
    struct source source;
    char *filename, *language;
    enum format format;
    struct sheet *sheet; /* of a table */
    struct marc *marc; /* of MARC in either form */
    struct draft *draft;
    struct arena *arena; /* of the notices */
    struct intake_problem notices[NOTICES_MAX];
    size_t n_notices;
    bool ended;
};

__attribute__((format(printf, 3, 4))) static void notice(struct intake *in, const char *code,
                                                         const char *format, ...)
{
    char text[PROBLEM_MESSAGE_MAX];
    struct intake_problem *p;
    va_list args;
    int n;

    if (in->n_notices == NOTICES_MAX)
        return;
    va_start(args, format);
    n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    p = &in->notices[in->n_notices];
    p->column = "";
    p->code = code;
    p->message = n < 0 ? NULL : arena_text(in->arena, text, strlen(text));
    if (p->message)
        in->n_notices++;
}

static void table_notices(struct intake *in)
{
    switch (in->source.encoding) {
    case ENCODING_WINDOWS1252:
        notice(in, "encoding_guessed",
               _("%s is not in UTF-8; it was read as Windows-1252 (Western European). If letters "
                 "look wrong, save it as “CSV UTF-8” and import that."),
               in->filename);
        break;
    case ENCODING_UTF8_MIXED:
        notice(in, "encoding_mixed",
               _("%s is in UTF-8 but for some letters, the first of them in line %llu; those were "
                 "read as Windows-1252."),
               in->filename, (unsigned long long)in->source.bad_line);
        break;
    case ENCODING_UTF8:
    case ENCODING_UTF16LE:
    case ENCODING_UTF16BE:
        break;
    }
    if (sheet_skipped(in->sheet))
        notice(in, "rows_above_header",
               P_("The first row of %s stands above the header and was not read.",
                  "The first rows of %s stand above the header and were not read.",
                  (unsigned long)sheet_skipped(in->sheet)),
               in->filename);
    if (!sheet_headed(in->sheet))
        notice(in, "no_header",
               _("%s has no header that is known: its first row was read as a record."),
               in->filename);
}

/* What can only be said when all was read. */
static void final_notices(struct intake *in)
{
    uint64_t n = draft_assumed_licences(in->draft);

    if (n)
        notice(
            in, "licence_version",
            P_("In %llu row the Creative Commons licence has no version: it was read as 4.0, the "
               "current one.",
               "In %llu rows the Creative Commons licence has no version: it was read as 4.0, the "
               "current one.",
               (unsigned long)n),
            (unsigned long long)n);
}

static int choose_format(struct intake *in, const char *forced, unsigned char *separator,
                         struct problem *why)
{
    unsigned char *sample;
    ssize_t n;
    int rc;

    *separator = 0;
    if (forced && sheet_format(forced, separator)) {
        in->format = FORMAT_TABLE;
        return 0;
    }
    if (forced && (strcmp(forced, "marc") == 0 || strcmp(forced, "marcxml") == 0)) {
        in->format = forced[4] ? FORMAT_MARCXML : FORMAT_MARC;
        return 0;
    }
    if (forced)
        return problem_usage(
            why, "unknown_format",
            _("“%s” is no format that can be read. Formats are csv, tsv, semicolon, "
              "pipe, marc and marcxml."),
            forced);
    sample = memory_resize(NULL, SOURCE_SAMPLE);
    if (!sample)
        return problem_no_memory(why);
    n = source_bytes(&in->source, sample, SOURCE_SAMPLE, 0);
    rc = n < 0 ? problem_errno(why, errno, FILE_READ, in->filename)
               : detect_format(cs_span_make(sample, (size_t)n), in->filename, &in->format, why);
    memory_free(sample);
    return rc;
}

static int open_reader(struct intake *in, const struct intake_options *o, struct problem *why)
{
    unsigned char separator;

    if (choose_format(in, o->format, &separator, why))
        return -1;
    if (in->format != FORMAT_TABLE) {
        in->marc =
            marc_open(&in->source, in->filename, in->format == FORMAT_MARCXML, o->reader, why);
        return in->marc ? 0 : -1;
    }
    if (source_detect_encoding(&in->source, in->filename, why))
        return -1;
    in->sheet = sheet_open(&in->source, in->filename, separator, o, in->draft, why);
    if (!in->sheet)
        return -1;
    table_notices(in);
    return 0;
}

struct intake *intake_open(int fd, const char *filename, const struct intake_options *options,
                           struct problem *why)
{
    static const struct intake_options none;
    const struct intake_options *o = options ? options : &none;
    struct intake *in = memory_new(sizeof *in);

    if (!in) {
        problem_no_memory(why);
        return NULL;
    }
    in->source.spool = -1;
    in->arena = arena_new();
    in->filename = memory_copy_text(filename);
    in->language = o->language ? memory_copy_text(o->language) : NULL;
    in->draft = draft_new(in->language);
    if (!in->arena || !in->filename || !in->draft || (o->language && !in->language)) {
        problem_no_memory(why);
        goto failed;
    }
    if (source_open(&in->source, fd, in->filename, why) || open_reader(in, o, why))
        goto failed;
    return in;
failed:
    intake_close(in);
    return NULL;
}

void intake_close(struct intake *in)
{
    if (!in)
        return;
    sheet_close(in->sheet);
    marc_close(in->marc);
    source_close(&in->source);
    draft_free(in->draft);
    arena_free(in->arena);
    memory_free(in->filename);
    memory_free(in->language);
    memory_free(in);
}

const char *intake_format(const struct intake *in)
{
    if (in->format == FORMAT_TABLE)
        return sheet_name(in->sheet);
    return in->format == FORMAT_MARC ? "marc" : "marcxml";
}

bool intake_mapping(const struct intake *in, size_t i, const char **member, const char **column)
{
    return in->sheet ? sheet_mapping(in->sheet, i, member, column)
                     : marc_mapping(i, member, column);
}

const struct intake_problem *intake_notice(const struct intake *in, size_t i)
{
    return i < in->n_notices ? &in->notices[i] : NULL;
}

int intake_next(struct intake *in, struct intake_row *row, struct problem *why)
{
    int rc = in->sheet ? sheet_next(in->sheet, in->draft, row, why)
                       : marc_next(in->marc, in->draft, row, why);

    if (rc == 0 && !in->ended) {
        in->ended = true;
        final_notices(in);
    }
    return rc;
}
