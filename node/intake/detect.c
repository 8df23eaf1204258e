#include "intake/detect.h"

#define CONTROL_SHARE 50 /* text has fewer than one control character in so many bytes */

static bool starts(struct cs_span s, const char *bytes, size_t n)
{
    return s.n >= n && memcmp(s.p, bytes, n) == 0;
}

static bool has(struct cs_span s, const char *word)
{
    return memmem(s.p, s.n, word, strlen(word)) != NULL;
}

static struct cs_span behind_space(struct cs_span s)
{
    if (starts(s, "\xEF\xBB\xBF", 3))
        s = cs_span_make(s.p + 3, s.n - 3);
    while (s.n > 0 && (s.p[0] == ' ' || (s.p[0] >= '\t' && s.p[0] <= '\r')))
        s = cs_span_make(s.p + 1, s.n - 1);
    return s;
}

/* A leader's five digits, and a field or record terminator before the first line is over. */
static bool marc(struct cs_span s)
{
    size_t i;

    if (s.n < 24)
        return false;
    for (i = 0; i < 5; i++)
        if ((s.p[i] < '0' || s.p[i] > '9') && s.p[i] != ' ')
            return false;
    return memchr(s.p, 0x1E, s.n) || memchr(s.p, 0x1D, s.n);
}

static bool utf16_without_mark(struct cs_span s)
{
    size_t i, nuls[2] = {0, 0};

    for (i = 0; i < s.n; i++)
        nuls[i & 1] += s.p[i] == 0;
    return nuls[0] + nuls[1] > s.n / 4 && (nuls[0] == 0 || nuls[1] == 0);
}

static bool binary(struct cs_span s)
{
    size_t i, controls = 0;

    for (i = 0; i < s.n; i++)
        controls += (s.p[i] < 0x20 && !(s.p[i] >= '\t' && s.p[i] <= '\r')) || s.p[i] == 0x7F;
    return controls > 3 && controls > s.n / CONTROL_SHARE;
}

static int unknown(struct problem *why, const char *filename)
{
    return problem_set(why, "unknown_format",
                       _("%s is neither a table (CSV, tabs) nor MARC (ISO 2709, MARCXML). Nothing "
                         "was imported."),
                       filename);
}

int detect_format(struct cs_span sample, const char *filename, enum format *format,
                  struct problem *why)
{
    struct cs_span s = behind_space(sample);

    if (starts(sample, "PK\x03\x04", 4) || starts(sample, "\xD0\xCF\x11\xE0", 4))
        return problem_set(why, "not_supported",
                           _("%s is a workbook. Nothing was imported. Open it, save the sheet as "
                             "“CSV UTF-8”, and import that."),
                           filename);
    if (starts(s, "=LDR", 4))
        return problem_set(why, "not_supported",
                           _("%s is MARC in the text form of MarcMaker. Nothing was imported. Save "
                             "it as MARC (ISO 2709) or MARCXML."),
                           filename);
    if (starts(sample, "\xFF\xFE<\0", 4) || starts(sample, "\xFE\xFF\0<", 4))
        return problem_set(why, "not_supported",
                           _("%s is XML in UTF-16. Nothing was imported. Save it in UTF-8."),
                           filename);
    if (starts(s, "{\"", 2) || starts(s, "[{", 2) || starts(s, "[\n", 2))
        return problem_set(
            why, "not_supported",
            _("%s is JSON, which can't be read yet. Nothing was imported. Save it as "
              "a table or as MARC."),
            filename);
    if (marc(s)) {
        *format = FORMAT_MARC;
        return 0;
    }
    if (starts(s, "<", 1)) {
        *format = FORMAT_MARCXML;
        if (has(s, "record") || has(s, "collection") || has(s, "<!DOCTYPE"))
            return 0;
        return unknown(why, filename);
    }
    if (starts(sample, "%PDF", 4))
        return unknown(why, filename);
    *format = FORMAT_TABLE;
    if (starts(sample, "\xFF\xFE", 2) || starts(sample, "\xFE\xFF", 2))
        return 0;
    if (utf16_without_mark(sample))
        return problem_set(why, "not_supported",
                           _("%s is in UTF-16 without the mark that says so. Nothing was imported. "
                             "Save it as “CSV UTF-8”."),
                           filename);
    return binary(sample) ? unknown(why, filename) : 0;
}
