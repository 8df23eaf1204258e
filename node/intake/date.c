#include "intake/values.h"

#include <stdio.h>
#include <stdlib.h>

#include <commonshelf/record.h>

#include "intake/text.h"

#define YEAR_FIRST 1000 /* older ones are written in ways this reader doesn't try */
#define YEAR_LAST 2099
#define TEXT_MAX 100 /* of a date in a catalogue, notes included */

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool year_in_range(int year)
{
    return year >= YEAR_FIRST && year <= YEAR_LAST;
}

static int days_in(int month, int year)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return month == 2 && leap ? 29 : days[month - 1];
}

static bool real_day(int year, int month, int day)
{
    return year_in_range(year) && month >= 1 && month <= 12 && day >= 1 &&
           day <= days_in(month, year);
}

/* Up to three numbers with one separator character between them: how many, 0 if it is anything else. */
static int numbers(const char *s, int n[3], size_t widths[3], char *separator)
{
    int count = 0;
    const char *from;

    *separator = '\0';
    for (;;) {
        for (from = s; digit(*s); s++)
            ;
        if (s == from || s - from > 4 || count == 3)
            return 0;
        n[count] = atoi(from);
        widths[count++] = (size_t)(s - from);
        if (*s == '\0')
            return count;
        if (!strchr("./-", *s) || (*separator && *separator != *s))
            return 0;
        *separator = *s++;
        while (*s == ' ')
            s++;
    }
}

/* Day, month and year in the order people write them. False if it is no such date. */
static bool three_numbers(const char *s, int *year, int *month, int *day, bool *vague)
{
    int n[3];
    size_t widths[3];
    char separator;

    *vague = false;
    if (numbers(s, n, widths, &separator) != 3)
        return false;
    if (widths[0] == 4) {
        *year = n[0], *month = n[1], *day = n[2];
        return real_day(*year, *month, *day);
    }
    if (widths[2] != 4 || widths[0] > 2 || widths[1] > 2)
        return false;
    *year = n[2];
    /* Dots and hyphens: the day comes first wherever they are used. Slashes: it depends on the
     * country, so only a number over 12 tells. */
    if (separator != '/' || n[0] > 12 || n[0] == n[1])
        *day = n[0], *month = n[1];
    else if (n[1] > 12)
        *day = n[1], *month = n[0];
    else
        *day = n[0], *month = n[1], *vague = true;
    return real_day(*year, *month, *day);
}

/* "5/1998", "05-1998", "1998.5" */
static bool month_and_year(const char *s, char out[VALUE_DATE_MAX])
{
    int n[3], year, month;
    size_t widths[3];
    char separator;

    if (numbers(s, n, widths, &separator) != 2 || (widths[0] == 4) == (widths[1] == 4))
        return false;
    year = widths[0] == 4 ? n[0] : n[1];
    month = widths[0] == 4 ? n[1] : n[0];
    if (!year_in_range(year) || month < 1 || month > 12 ||
        (widths[0] == 4 && separator == '-' && widths[1] < 2))
        return false;
    snprintf(out, VALUE_DATE_MAX, "%04d-%02d", year, month);
    return true;
}

/* "19--", "19uu", "199-", "199u", "199?" with anything behind. */
static bool unknown_digits(const char *s, char out[VALUE_DATE_MAX])
{
    size_t known;

    if (!digit(s[0]) || !digit(s[1]))
        return false;
    known = digit(s[2]) ? 3 : 2;
    if (known == 3 && (!s[3] || !strchr("-u?xX", s[3]) || digit(s[4])))
        return false;
    if (known == 2 && !(s[2] && strchr("-uxX", s[2]) && s[3] == s[2]))
        return false;
    snprintf(out, VALUE_DATE_MAX, "%.*s%s", (int)known, s, known == 3 ? "X" : "XX");
    return out[0] == '1' || (out[0] == '2' && out[1] == '0');
}

/* Four digits by themselves. A year of the Hijra, marked by a heh behind it, is not one of ours. */
static bool year_at(const char *s, size_t i, int *year)
{
    size_t k;

    if ((i > 0 && digit(s[i - 1])) || !digit(s[i]) || !digit(s[i + 1]) || !digit(s[i + 2]) ||
        !digit(s[i + 3]) || digit(s[i + 4]))
        return false;
    for (k = i + 4; s[k] == ' '; k++)
        ;
    if (strncmp(s + k, "\xD9\x87", 2) == 0)
        return false;
    *year = (s[i] - '0') * 1000 + (s[i + 1] - '0') * 100 + (s[i + 2] - '0') * 10 + (s[i + 3] - '0');
    return year_in_range(*year);
}

/* Behind a year: "-2001", "–2001" or an open "-". */
static bool range_at(const char *s, int first, char out[VALUE_DATE_MAX])
{
    int last;

    while (*s == ' ')
        s++;
    if (*s == '-' || *s == '/')
        s++;
    else if (strncmp(s, "\xE2\x80\x93", 3) == 0 || strncmp(s, "\xE2\x80\x94", 3) == 0)
        s += 3;
    else
        return false;
    while (*s == ' ')
        s++;
    if (year_at(s, 0, &last) && last >= first)
        snprintf(out, VALUE_DATE_MAX, "%d/%d", first, last);
    else if (*s == '\0' || *s == ']' || *s == '.')
        snprintf(out, VALUE_DATE_MAX, "%d/..", first);
    else
        return false;
    return true;
}

static bool circa(const char *s, size_t before)
{
    static const char *const words[] = {"ca", "circa", "approx",  "about",      "vers", "hacia",
                                        "um", "~",     "between", "not before", "nach", "entre"};
    size_t i, n;

    for (i = 0; i < sizeof words / sizeof *words; i++) {
        const char *at = strstr(s, words[i]);

        n = strlen(words[i]);
        if (at && (size_t)(at - s) < before && (at == s || strchr(" [(.", at[-1])) &&
            (!at[n] || strchr(" .", at[n]) || digit(at[n])))
            return true;
    }
    return false;
}

/* The first year in a note around it, with its doubt. */
static bool year_within(const char *s, char out[VALUE_DATE_MAX])
{
    size_t i;
    int year;

    for (i = 0; s[i]; i++) {
        if (!year_at(s, i, &year)) {
            if ((i == 0 || strchr("[(c pd", s[i - 1])) && digit(s[i]) && unknown_digits(s + i, out))
                return true;
            continue;
        }
        if (range_at(s + i + 4, year, out))
            return true;
        snprintf(out, VALUE_DATE_MAX, "%d%s", year, circa(s, i) ? "~" : s[i + 4] == '?' ? "?" : "");
        return true;
    }
    return false;
}

/* ASCII digits and small letters, NUL-terminated. False when it is no date by its length alone. */
static bool plain(struct cs_span text, char out[TEXT_MAX + 5])
{
    struct cs_buffer scratch = CS_BUFFER_INIT;
    struct cs_span t = text_trim(text);
    size_t i;
    bool fits;

    scratch.alloc = NULL;
    if (t.n == 0 || t.n > TEXT_MAX * 2)
        return false;
    t = text_digits(t, &scratch);
    fits = t.n <= TEXT_MAX && !memchr(t.p, 0, t.n);
    for (i = 0; fits && i < t.n; i++)
        out[i] = (char)(t.p[i] >= 'A' && t.p[i] <= 'Z' ? t.p[i] | 0x20 : t.p[i]);
    if (fits)
        memset(out + t.n, 0, 5); /* so that looking four characters ahead stays inside */
    cs_buffer_free(&scratch);
    return fits;
}

bool value_date(struct cs_span text, char out[VALUE_DATE_MAX], bool *vague)
{
    char s[TEXT_MAX + 5];
    int year, month, day;

    *vague = false;
    if (!plain(text, s))
        return false;
    if (three_numbers(s, &year, &month, &day, vague)) {
        if (*vague)
            snprintf(out, VALUE_DATE_MAX, "%04d", year);
        else
            snprintf(out, VALUE_DATE_MAX, "%04d-%02d-%02d", year, month, day);
        return true;
    }
    if (month_and_year(s, out))
        return true;
    if (strlen(s) >= 10 && (s[10] == 't' || s[10] == ' ')) {
        s[10] = '\0';
        if (cs_date_valid(cs_span_of(s)))
            return value_copy(out, VALUE_DATE_MAX, s);
        s[10] = ' ';
    }
    if (text.n < VALUE_DATE_MAX && cs_date_valid(text) && !text_starts(text, "0000")) {
        snprintf(out, VALUE_DATE_MAX, "%.*s", (int)text.n, (const char *)text.p);
        return true;
    }
    return year_within(s, out);
}

/* "T10:00", ":30", ".25", "Z", "+03:00": only what ISO 8601 has. */
static bool clock_part(const char *s)
{
    int n = 0;

    if (*s == '\0')
        return true;
    if ((*s != 't' && *s != ' ') || !digit(s[1]) || !digit(s[2]) || s[3] != ':' || !digit(s[4]) ||
        !digit(s[5]))
        return false;
    for (s += 6; *s == ':' && digit(s[1]) && digit(s[2]) && n < 1; s += 3)
        n++;
    if (*s == '.' && digit(s[1]))
        for (s++; digit(*s); s++)
            ;
    return strcmp(s, "z") == 0 || *s == '\0' ||
           ((*s == '+' || *s == '-') && digit(s[1]) && digit(s[2]) && s[3] == ':' && digit(s[4]) &&
            digit(s[5]) && s[6] == '\0');
}

bool value_time(struct cs_span text, char out[VALUE_TIME_MAX])
{
    char s[TEXT_MAX + 5], *p;
    int year, month, day;
    bool vague;

    if (!plain(text, s))
        return false;
    if (three_numbers(s, &year, &month, &day, &vague)) {
        snprintf(out, VALUE_TIME_MAX, "%04d-%02d-%02d", year, month, day);
        return !vague;
    }
    if (strlen(s) < 16 || !clock_part(s + 10) || !value_copy(out, VALUE_TIME_MAX, s))
        return false;
    out[10] = '\0';
    if (!three_numbers(out, &year, &month, &day, &vague) || !digit(s[3]))
        return false;
    /* Without a zone it is only known as a day. */
    if (!strchr("z", s[strlen(s) - 1]) && !strchr(s + 10, '+') && !strchr(s + 10, '-'))
        return true;
    out[10] = 'T';
    for (p = out; *p; p++)
        if (*p == 'z')
            *p = 'Z';
    return true;
}

bool value_duration(struct cs_span text, char out[VALUE_TIME_MAX])
{
    char s[TEXT_MAX + 5], *end;
    unsigned long n, minutes;

    if (!plain(text, s))
        return false;
    if (s[0] == 'p' && value_copy(out, VALUE_TIME_MAX, s)) {
        for (end = out; *end; end++)
            if (*end >= 'a' && *end <= 'z')
                *end = (char)(*end & ~0x20);
        return true;
    }
    if (!digit(s[0]))
        return false;
    n = strtoul(s, &end, 10);
    if (n > 100000)
        return false;
    if (*end == ':' && digit(end[1]) && digit(end[2]) && (end[3] == '\0' || end[3] == ':')) {
        minutes = (unsigned long)atoi(end + 1);
        snprintf(out, VALUE_TIME_MAX, minutes ? "PT%luH%luM" : "PT%luH", n, minutes);
        return true;
    }
    while (*end == ' ')
        end++;
    if (strncmp(end, "min", 3) == 0 || strcmp(end, "m") == 0 || strcmp(end, "'") == 0)
        snprintf(out, VALUE_TIME_MAX, "PT%luM", n);
    else if (strcmp(end, "h") == 0 || strncmp(end, "hour", 4) == 0 ||
             strncmp(end, "hora", 4) == 0 || strncmp(end, "heure", 5) == 0 ||
             strncmp(end, "saa", 3) == 0)
        snprintf(out, VALUE_TIME_MAX, "PT%luH", n);
    else if (strncmp(end, "day", 3) == 0 || strncmp(end, "dia", 3) == 0 ||
             strncmp(end, "jour", 4) == 0 || strncmp(end, "siku", 4) == 0)
        snprintf(out, VALUE_TIME_MAX, "P%luD", n);
    else if (strncmp(end, "week", 4) == 0)
        snprintf(out, VALUE_TIME_MAX, "P%luW", n);
    else
        return false;
    return true;
}
