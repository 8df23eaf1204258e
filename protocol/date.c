/*
 * Dates, times and durations: the shapes of EDTF (ISO 8601-2) and ISO 8601 that records use.
 */
#include <commonshelf/record.h>

#include "protocol/scan.h"
#include "protocol/shape.h"

static unsigned days_in(unsigned year, unsigned month)
{
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return month == 2 && leap ? 29 : days[month - 1];
}

/* "-MM-DD", "-MM", a season "-21" to "-24", and X for what is not known. */
static bool take_month_and_day(struct cs_span *s, unsigned year)
{
    unsigned month, day;

    if (!scan_char(s, '-'))
        return true;
    if (scan_word(s, "XX"))
        return !scan_char(s, '-') || scan_word(s, "XX");
    if (!scan_digits(s, 2, &month))
        return false;
    if (month >= 21 && month <= 24)
        return true;
    if (month < 1 || month > 12)
        return false;
    if (!scan_char(s, '-') || scan_word(s, "XX"))
        return true;
    return scan_digits(s, 2, &day) && day >= 1 && day <= days_in(year, month);
}

/* One date of EDTF level 1, with its mark of doubt. */
static bool date_valid(struct cs_span s)
{
    unsigned year;
    bool negative;

    if (s.n > 0 && (s.p[s.n - 1] == '?' || s.p[s.n - 1] == '~' || s.p[s.n - 1] == '%'))
        s.n--;
    if (s.n == 4 && s.p[3] == 'X') /* a decade or a century: no month can follow */
        return scan_digits(&s, s.p[2] == 'X' ? 2 : 3, &year);
    negative = scan_char(&s, '-');
    return scan_digits(&s, 4, &year) && !(negative && year == 0) && take_month_and_day(&s, year) &&
           s.n == 0;
}

/* A side of an interval: a date, ".." for open, nothing for unknown. */
static bool side_valid(struct cs_span side)
{
    return side.n == 0 || cs_span_is(side, "..") || date_valid(side);
}

bool cs_date_valid(struct cs_span date)
{
    const unsigned char *slash = date.n ? memchr(date.p, '/', date.n) : NULL;
    struct cs_span from, to;

    if (!slash)
        return date_valid(date) || (date.n > 10 && cs_shape_time(date));
    from = cs_span_make(date.p, (size_t)(slash - date.p));
    to = cs_span_make(slash + 1, date.n - from.n - 1);
    return side_valid(from) && side_valid(to) && (date_valid(from) || date_valid(to));
}

static bool take_offset(struct cs_span *s)
{
    unsigned hours, minutes;

    if (s->n == 0 || scan_char(s, 'Z'))
        return true;
    if (!scan_char(s, '+') && !scan_char(s, '-'))
        return false;
    return scan_digits(s, 2, &hours) && scan_char(s, ':') && scan_digits(s, 2, &minutes) &&
           hours <= 14 && minutes <= 59;
}

static bool take_seconds(struct cs_span *s)
{
    unsigned seconds, digit;

    if (!scan_char(s, ':'))
        return true;
    if (!scan_digits(s, 2, &seconds) || seconds > 60) /* 60 is a leap second */
        return false;
    if (!scan_char(s, '.'))
        return true;
    if (!scan_digits(s, 1, &digit))
        return false;
    while (scan_digits(s, 1, &digit))
        ;
    return true;
}

bool cs_shape_time(struct cs_span s)
{
    unsigned year, month, day, hours, minutes;

    if (!scan_digits(&s, 4, &year) || !scan_char(&s, '-') || !scan_digits(&s, 2, &month) ||
        month < 1 || month > 12 || !scan_char(&s, '-') || !scan_digits(&s, 2, &day) || day < 1 ||
        day > days_in(year, month))
        return false;
    if (s.n == 0)
        return true;
    return scan_char(&s, 'T') && scan_digits(&s, 2, &hours) && hours <= 23 && scan_char(&s, ':') &&
           scan_digits(&s, 2, &minutes) && minutes <= 59 && take_seconds(&s) && take_offset(&s) &&
           s.n == 0;
}

/*
 * Takes numbers with their units in the order of `units`, each unit at most once. Only the last
 * number of a duration may have a fraction. *any tells whether there was one.
 */
static bool take_parts(struct cs_span *s, const char *units, bool *any, bool *fraction)
{
    unsigned digit;

    *any = false;
    while (s->n > 0 && s->p[0] != 'T') {
        const char *unit;

        if (*fraction || !scan_digits(s, 1, &digit))
            return false;
        while (scan_digits(s, 1, &digit))
            ;
        if (scan_char(s, '.')) {
            *fraction = true;
            if (!scan_digits(s, 1, &digit))
                return false;
            while (scan_digits(s, 1, &digit))
                ;
        }
        if (s->n == 0 || !s->p[0] || !(unit = strchr(units, s->p[0])))
            return false;
        units = unit + 1;
        scan_skip(s, 1);
        *any = true;
    }
    return true;
}

bool cs_shape_duration(struct cs_span s)
{
    bool days = false, times = false, fraction = false;

    if (!scan_char(&s, 'P') || !take_parts(&s, "YMWD", &days, &fraction))
        return false;
    if (!scan_char(&s, 'T'))
        return days;
    return take_parts(&s, "HMS", &times, &fraction) && s.n == 0 && times;
}
