#include "site/phrase.h"

#include <inttypes.h>
#include <stdio.h>
#include <unicode/udat.h>
#include <unicode/udatpg.h>
#include <unicode/uloc.h>
#include <unicode/unum.h>
#include <unicode/ureldatefmt.h>
#include <unicode/ustring.h>

#define SETS_MAX 8 /* languages kept ready; the oldest makes room for a further one */
#define CLOCK_SLACK 300 /* seconds that two honest clocks may differ */
#define RELATIVE_DAYS 28 /* further back a date says more */
#define PATTERN_MAX 64
#define GREGORIAN_FROM 1583 /* ICU would write older days in the Julian calendar, EDTF doesn't */

/* The formatters of one language; each is NULL until needed, or when ICU has none. */
struct set {
    char lang[36];
    char locale[ULOC_FULLNAME_CAPACITY];
    UNumberFormat *number, *decimal;
    URelativeDateTimeFormatter *relative;
    UDateFormat *date[3]; /* a year; and its month; and the day */
};

struct phrases {
    struct set set[SETS_MAX];
    size_t used, oldest;
};

static void set_close(struct set *s)
{
    unum_close(s->number);
    unum_close(s->decimal);
    if (s->relative)
        ureldatefmt_close(s->relative);
    for (size_t i = 0; i < sizeof s->date / sizeof s->date[0]; i++)
        if (s->date[i])
            udat_close(s->date[i]);
    memset(s, 0, sizeof *s);
}

struct phrases *phrase_new(void)
{
    return memory_new(sizeof(struct phrases));
}

void phrase_free(struct phrases *phrases)
{
    if (!phrases)
        return;
    for (size_t i = 0; i < phrases->used; i++)
        set_close(&phrases->set[i]);
    memory_free(phrases);
}

/* Plain English is international here: the day before the month. */
static void locale_of(const char *lang, char locale[ULOC_FULLNAME_CAPACITY])
{
    UErrorCode e = U_ZERO_ERROR;
    int32_t parsed;

    uloc_forLanguageTag(!strcmp(lang, "en") ? "en-001" : lang, locale, ULOC_FULLNAME_CAPACITY,
                        &parsed, &e);
    if (U_FAILURE(e) || e == U_STRING_NOT_TERMINATED_WARNING)
        locale[0] = '\0';
}

static struct set *set_for(struct phrases *phrases)
{
    const char *lang = language_get();
    struct set *s;

    for (size_t i = 0; i < phrases->used; i++)
        if (!strcmp(phrases->set[i].lang, lang))
            return &phrases->set[i];
    if (phrases->used < SETS_MAX) {
        s = &phrases->set[phrases->used++];
    } else {
        s = &phrases->set[phrases->oldest];
        phrases->oldest = (phrases->oldest + 1) % SETS_MAX;
        set_close(s);
    }
    snprintf(s->lang, sizeof s->lang, "%s", lang);
    locale_of(lang, s->locale);
    return s;
}

/* UTF-16 to UTF-8; false if it doesn't fit. */
static bool narrow(const UChar *text, int32_t n, char out[PHRASE_TEXT])
{
    UErrorCode e = U_ZERO_ERROR;

    u_strToUTF8(out, PHRASE_TEXT, NULL, text, n, &e);
    return U_SUCCESS(e) && e != U_STRING_NOT_TERMINATED_WARNING;
}

/* ---- numbers */

const char *phrase_number(struct phrases *phrases, int64_t n, char out[PHRASE_TEXT])
{
    UErrorCode e = U_ZERO_ERROR;
    struct set *s = set_for(phrases);
    UChar text[PHRASE_TEXT];
    int32_t length;

    if (!s->number)
        s->number = unum_open(UNUM_DECIMAL, NULL, 0, s->locale, NULL, &e);
    length = U_SUCCESS(e) ? unum_formatInt64(s->number, n, text, PHRASE_TEXT, NULL, &e) : 0;
    if (U_FAILURE(e) || !narrow(text, length, out))
        snprintf(out, PHRASE_TEXT, "%" PRId64, n);
    return out;
}

/* One digit behind the point. */
static const char *decimal(struct phrases *phrases, double value, char out[PHRASE_TEXT])
{
    UErrorCode e = U_ZERO_ERROR;
    struct set *s = set_for(phrases);
    UChar text[PHRASE_TEXT];
    int32_t length;

    if (!s->decimal) {
        s->decimal = unum_open(UNUM_DECIMAL, NULL, 0, s->locale, NULL, &e);
        if (U_SUCCESS(e))
            unum_setAttribute(s->decimal, UNUM_MAX_FRACTION_DIGITS, 1);
    }
    length = U_SUCCESS(e) ? unum_formatDouble(s->decimal, value, text, PHRASE_TEXT, NULL, &e) : 0;
    if (U_FAILURE(e) || !narrow(text, length, out))
        snprintf(out, PHRASE_TEXT, "%.1f", value);
    return out;
}

const char *phrase_bytes(struct phrases *phrases, int64_t bytes, char out[PHRASE_TEXT])
{
    char number[PHRASE_TEXT];

    if (bytes >= 1000000000)
        snprintf(out, PHRASE_TEXT, _("%s GB"), decimal(phrases, (double)bytes / 1e9, number));
    else if (bytes >= 1000000)
        snprintf(out, PHRASE_TEXT, _("%s MB"), decimal(phrases, (double)bytes / 1e6, number));
    else
        snprintf(out, PHRASE_TEXT, _("%s kB"),
                 phrase_number(phrases, (bytes + 999) / 1000, number));
    return out;
}

/* ---- times */

static const char *relative(struct phrases *phrases, int64_t n, URelativeDateTimeUnit unit,
                            char out[PHRASE_TEXT])
{
    UErrorCode e = U_ZERO_ERROR;
    struct set *s = set_for(phrases);
    UChar text[PHRASE_TEXT];
    int32_t length = 0;

    if (!s->relative)
        s->relative =
            ureldatefmt_open(s->locale, NULL, UDAT_STYLE_LONG, UDISPCTX_CAPITALIZATION_NONE, &e);
    /* "yesterday", but "1 hour ago": hours have no name of their own in most languages. */
    if (U_SUCCESS(e))
        length =
            unit == UDAT_REL_UNIT_DAY
                ? ureldatefmt_format(s->relative, -(double)n, unit, text, PHRASE_TEXT, &e)
                : ureldatefmt_formatNumeric(s->relative, -(double)n, unit, text, PHRASE_TEXT, &e);
    if (U_FAILURE(e) || !narrow(text, length, out))
        snprintf(out, PHRASE_TEXT, "-%" PRId64, n);
    return out;
}

/* "12 May 2026", of 2 parts "May 2026", of 1 "2026". */
static bool format_date(struct phrases *phrases, double milliseconds, int parts,
                        char out[PHRASE_TEXT])
{
    static const int32_t lengths[] = {1, 5, 6}; /* of the skeleton */
    static const UChar utc[] = {'U', 'T', 'C', 0};
    UErrorCode e = U_ZERO_ERROR;
    struct set *s = set_for(phrases);
    UDateFormat **format = &s->date[parts - 1];
    UChar skeleton[] = {'y', 'M', 'M', 'M', 'M', 'd', 0}, pattern[PATTERN_MAX], text[PHRASE_TEXT];
    int32_t n;

    if (!*format) {
        UDateTimePatternGenerator *g = udatpg_open(s->locale, &e);

        n = U_SUCCESS(e)
                ? udatpg_getBestPattern(g, skeleton, lengths[parts - 1], pattern, PATTERN_MAX, &e)
                : 0;
        if (U_SUCCESS(e))
            *format = udat_open(UDAT_PATTERN, UDAT_PATTERN, s->locale, utc, -1, pattern, n, &e);
        udatpg_close(g);
        if (U_FAILURE(e)) {
            *format = NULL;
            return false;
        }
    }
    n = udat_format(*format, milliseconds, text, PHRASE_TEXT, NULL, &e);
    return U_SUCCESS(e) && narrow(text, n, out);
}

const char *phrase_when(struct phrases *phrases, uint64_t then, uint64_t now, char out[PHRASE_TEXT])
{
    uint64_t ago = now > then ? now - then : 0;

    if (then > now + CLOCK_SLACK || ago >= RELATIVE_DAYS * 86400u) {
        if (!format_date(phrases, (double)then * 1000, 3, out))
            clock_text(then, out);
        return out;
    }
    if (ago < 60)
        snprintf(out, PHRASE_TEXT, "%s", _("just now"));
    else if (ago < 3600)
        relative(phrases, (int64_t)(ago / 60), UDAT_REL_UNIT_MINUTE, out);
    else if (ago < 86400)
        relative(phrases, (int64_t)(ago / 3600), UDAT_REL_UNIT_HOUR, out);
    else
        relative(phrases, (int64_t)(ago / 86400), UDAT_REL_UNIT_DAY, out);
    return out;
}

/* Days from 1970-01-01 in the proleptic Gregorian calendar. */
static int64_t days_from(int64_t year, int64_t month, int64_t day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t of_era = y - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* Reads "2021-05-03", "2021-05", "2021": the parts there are; what stands behind is *rest. */
static int read_date(const char *s, int part[3], const char **rest)
{
    int n = 0;

    for (; n < 3; n++) {
        int width = n == 0 ? 4 : 2;
        const char *p = s + (n > 0);

        if ((n > 0 && *s != '-') || (int)strspn(p, "0123456789") != width)
            break;
        part[n] = 0;
        for (int i = 0; i < width; i++)
            part[n] = part[n] * 10 + (p[i] - '0');
        s = p + width;
    }
    if (n > 1 && (part[1] < 1 || part[1] > 12))
        n = 0;
    *rest = s;
    return n;
}

const char *phrase_date(struct phrases *phrases, const char *edtf, char out[PHRASE_TEXT])
{
    int part[3] = {0, 1, 1};
    char known[PHRASE_TEXT];
    const char *rest;
    int n = read_date(edtf, part, &rest);

    snprintf(known, sizeof known, "%.*s", (int)(rest - edtf), edtf);
    if (n >= 1 && (*rest == '\0' || *rest == 'T' || !strcmp(rest, "~") || !strcmp(rest, "?") ||
                   !strcmp(rest, "%"))) {
        if (part[0] >= GREGORIAN_FROM &&
            !format_date(phrases, (double)days_from(part[0], part[1], part[2]) * 864e5, n, known))
            snprintf(known, sizeof known, "%.*s", (int)(rest - edtf), edtf);
        if (*rest == '~')
            snprintf(out, PHRASE_TEXT, _("about %s"), known);
        else if (*rest == '?' || *rest == '%')
            snprintf(out, PHRASE_TEXT, _("perhaps %s"), known);
        else
            snprintf(out, PHRASE_TEXT, "%s", known);
        return out;
    }
    snprintf(out, PHRASE_TEXT, "%s", edtf);
    return out;
}

const char *phrase_duration(struct phrases *phrases, const char *duration, char out[PHRASE_TEXT])
{
    char number[PHRASE_TEXT];
    const char *p = duration;
    bool hours = false;
    int64_t n = 0;
    size_t digits;

    snprintf(out, PHRASE_TEXT, "%s", duration);
    if (*p++ != 'P')
        return out;
    if (*p == 'T') {
        hours = true;
        p++;
    }
    digits = strspn(p, "0123456789");
    if (digits == 0 || digits > 6 || p[digits + 1] != '\0')
        return out; /* several parts, or a fraction */
    for (size_t i = 0; i < digits; i++)
        n = n * 10 + (p[i] - '0');
    phrase_number(phrases, n, number);
    if (hours && p[digits] == 'H')
        snprintf(out, PHRASE_TEXT, P_("%s hour", "%s hours", (unsigned long)n), number);
    else if (hours && p[digits] == 'M')
        snprintf(out, PHRASE_TEXT, P_("%s minute", "%s minutes", (unsigned long)n), number);
    else if (!hours && p[digits] == 'D')
        snprintf(out, PHRASE_TEXT, P_("%s day", "%s days", (unsigned long)n), number);
    else if (!hours && p[digits] == 'W')
        snprintf(out, PHRASE_TEXT, P_("%s week", "%s weeks", (unsigned long)n), number);
    return out;
}

/* ---- languages */

static bool language_name(const char *tag, const char *in, char out[PHRASE_TEXT])
{
    char locale[ULOC_FULLNAME_CAPACITY], reader[ULOC_FULLNAME_CAPACITY];
    UErrorCode e = U_ZERO_ERROR;
    UChar text[PHRASE_TEXT];
    int32_t n, parsed;

    uloc_forLanguageTag(tag, locale, sizeof locale, &parsed, &e);
    uloc_forLanguageTag(in, reader, sizeof reader, NULL, &e);
    if (U_FAILURE(e) || e == U_STRING_NOT_TERMINATED_WARNING || parsed == 0)
        return false;
    n = uloc_getDisplayName(locale, reader, text, PHRASE_TEXT, &e);
    return U_SUCCESS(e) && e != U_USING_DEFAULT_WARNING && n > 0 && narrow(text, n, out);
}

const char *phrase_language(const char *tag, char out[PHRASE_TEXT])
{
    if (!strcmp(tag, "und"))
        snprintf(out, PHRASE_TEXT, "%s", _("language not known"));
    else if (!strcmp(tag, "zxx"))
        snprintf(out, PHRASE_TEXT, "%s", _("no words"));
    else if (!strcmp(tag, "mul"))
        snprintf(out, PHRASE_TEXT, "%s", _("several languages"));
    else if (!language_name(tag, language_get(), out))
        snprintf(out, PHRASE_TEXT, "%s", tag);
    return out;
}

const char *phrase_language_own(const char *tag, char out[PHRASE_TEXT])
{
    /* Without data of its own, ICU answers with the tag. */
    if (!language_name(tag, tag, out) || !strcmp(out, tag))
        out[0] = '\0';
    return out;
}

bool phrase_right_to_left(void)
{
    return uloc_isRightToLeft(language_get());
}
