/*
 * Values that have a form of their own: read, or left out with a problem that says what to write.
 */
#include "intake/draft_internal.h"

#include <stdio.h>

void draft_put_language(struct draft *d, const char *column, struct cs_span value)
{
    struct cs_span last = cs_span_of(d->language_raw);

    if (!cs_span_equal(value, last) || last.n == 0) {
        d->language_raw[0] = '\0';
        if (!value_language(d->lexicon, value, d->language_read)) {
            draft_problem(d, column, "unknown_language", false,
                          _("“%s” is not known as a language: it was left out. Write its name, or "
                            "its code (“sw”)."),
                          draft_shown(d, value));
            return;
        }
        if (value.n < sizeof d->language_raw)
            snprintf(d->language_raw, sizeof d->language_raw, "%.*s", (int)value.n,
                     (const char *)value.p);
    }
    if (draft_has_value(d, MEMBER_IN_LANGUAGE, cs_span_of(d->language_read)) ||
        !draft_has_room(d, MEMBER_IN_LANGUAGE, column))
        return;
    draft_keep_string(d, MEMBER_IN_LANGUAGE, cs_span_of(d->language_read));
}

void draft_put_isbn(struct draft *d, const char *column, struct cs_span value)
{
    char isbn[14];
    enum cs_status status = cs_isbn_read(value, isbn);

    if (status == CS_OK) {
        if (!draft_has_value(d, MEMBER_ISBN, cs_span_of(isbn)) &&
            draft_has_room(d, MEMBER_ISBN, column))
            draft_keep_string(d, MEMBER_ISBN, cs_span_of(isbn));
    } else if (status == CS_BAD_MEMBER)
        draft_problem(
            d, column, "isbn_checksum", false,
            _("“%s” is no ISBN: its last digit does not fit the others, so one of them is "
              "wrong. The record was kept without it."),
            draft_shown(d, value));
    else if (memchr(value.p, '+', value.n) && text_starts(value, "9"))
        draft_problem(d, column, "isbn_rounded", false,
                      _("“%s” was an ISBN before the spreadsheet made a number of it. Make the "
                        "column text there, and export again. The record was kept without it."),
                      draft_shown(d, value));
    else
        draft_problem(d, column, "isbn_unreadable", false,
                      _("“%s” is no ISBN. The record was kept without it."), draft_shown(d, value));
}

/* A link belongs into `url` when it is https. Other addresses still name the thing: identifiers. */
void draft_put_uri(struct draft *d, enum member m, const char *column, struct cs_span value)
{
    char uri[VALUE_URI_MAX];
    bool single = draft_rules[m].shape == SHAPE_URL;
    enum uri_kind kind = value_uri(value, single ? draft_rules[m].bytes : 400, uri);

    if (kind == URI_NONE || (m == MEMBER_IMAGE && kind != URI_HTTPS)) {
        draft_problem(d, column, "bad_url", false,
                      _("“%s” is no complete web address (https://…): it was left out."),
                      draft_shown(d, value));
        return;
    }
    if (single && (kind != URI_HTTPS || d->members[m])) {
        if (strlen(uri) > draft_rules[MEMBER_IDENTIFIER].bytes)
            return;
        single = false;
        m = MEMBER_IDENTIFIER;
    }
    if (single || (!draft_has_value(d, m, cs_span_of(uri)) && draft_has_room(d, m, column)))
        draft_keep_string(d, m, cs_span_of(uri));
}

void draft_put_licence(struct draft *d, const char *column, struct cs_span value)
{
    char uri[VALUE_LICENCE_MAX];
    bool assumed;

    if (d->members[MEMBER_LICENSE])
        return;
    if (!value_licence(d->lexicon, value, uri, &assumed)) {
        draft_problem(
            d, column, "unknown_licence", false,
            _("“%s” is not known as a licence: it was left out. Write “CC BY 4.0”, “CC0”, "
              "“public domain” or the licence's web address."),
            draft_shown(d, value));
        return;
    }
    d->assumed += assumed;
    draft_keep_string(d, MEMBER_LICENSE, cs_span_of(uri));
}

void draft_put_date(struct draft *d, enum member m, const char *column, struct cs_span value)
{
    char date[VALUE_DATE_MAX];
    bool vague = false, read;

    if (d->members[m])
        return;
    if (draft_rules[m].shape == SHAPE_DURATION)
        read = value_duration(value, date);
    else if (draft_rules[m].shape == SHAPE_TIME)
        read = value_time(value, date);
    else
        read = value_date(value, date, &vague);
    if (!read) {
        draft_problem(
            d, column, "unreadable_date", false,
            draft_rules[m].shape == SHAPE_DURATION
                ? _("“%s” could not be read as a duration: it was left out. Write “90 min”.")
                : _("“%s” could not be read as a date: it was left out. Write 2024-05-31."),
            draft_shown(d, value));
        return;
    }
    if (vague)
        draft_problem(d, column, "ambiguous_date", false,
                      _("In “%s” day and month can't be told apart: only the year was kept. Write "
                        "2024-05-31."),
                      draft_shown(d, value));
    draft_keep_string(d, m, cs_span_of(date));
}

void draft_put_number(struct draft *d, enum member m, const char *column, struct cs_span value)
{
    int64_t n;
    size_t i;

    if (d->members[m])
        return;
    for (i = 0; i < value.n && value.p[i] != ' ' && value.p[i] != '.'; i++)
        ;
    n = text_number(cs_span_make(value.p, i)); /* "3 copies", "3.0" */
    if (n < 0) {
        draft_problem(d, column, "unreadable_number", false,
                      _("“%s” could not be read as a number: it was left out."),
                      draft_shown(d, value));
        return;
    }
    draft_keep(d, m, json_integer(n));
}
