#include "intake/marc_internal.h"

#include <stdio.h>

#include <unicode/uloc.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

/* "880-01" to its number; -1 if it has no such form. Behind it can stand script and direction. */
static int occurrence(struct cs_span link)
{
    if (link.n < 6 || link.p[3] != '-' || link.p[4] < '0' || link.p[4] > '9' || link.p[5] < '0' ||
        link.p[5] > '9')
        return -1;
    return (link.p[4] - '0') * 10 + (link.p[5] - '0');
}

const struct marc_field *marc_linked(const struct marc_work *w, const struct marc_field *f)
{
    struct cs_span link = marc_subfield(f, "6"), other;
    const struct marc_field *candidate;
    int n = occurrence(link);
    size_t i = 0;

    if (n <= 0)
        return NULL;
    while ((candidate = marc_field_next(w->m, "880", &i))) {
        other = marc_subfield(candidate, "6");
        if (occurrence(other) == n && memcmp(other.p, f->tag, 3) == 0)
            return candidate;
    }
    return NULL;
}

bool marc_alone(const struct marc_field *f, const char *tag)
{
    struct cs_span link = marc_subfield(f, "6");

    return occurrence(link) == 0 && memcmp(link.p, tag, 3) == 0;
}

/* The script of the first letter that has one of its own. */
static UScriptCode script_of(struct cs_span text)
{
    int32_t i = 0, n = (int32_t)text.n;
    UErrorCode e = U_ZERO_ERROR;
    UScriptCode script;
    UChar32 c;

    while (i < n) {
        U8_NEXT(text.p, i, n, c);
        script = c < 0 ? USCRIPT_COMMON : uscript_getScript(c, &e);
        if (script != USCRIPT_COMMON && script != USCRIPT_INHERITED && U_SUCCESS(e))
            return script;
    }
    return USCRIPT_COMMON;
}

/* Whether a language is customarily written in a script. */
static bool written_in(const char *language, UScriptCode script)
{
    UScriptCode scripts[8];
    UErrorCode e = U_ZERO_ERROR;
    int32_t n = uscript_getCode(language, scripts, 8, &e), i;

    for (i = 0; U_SUCCESS(e) && i < n; i++)
        if (scripts[i] == script)
            return true;
    return false;
}

void marc_text_language(const struct marc_work *w, struct cs_span text,
                        char out[VALUE_LANGUAGE_MAX])
{
    UScriptCode script = script_of(text);
    size_t i;

    for (i = 0; i < w->n_languages; i++) {
        if (written_in(w->languages[i], script)) {
            value_copy(out, VALUE_LANGUAGE_MAX, w->languages[i]);
            return;
        }
    }
    /* A transliteration: of the first language that is not written this way. */
    if (script == USCRIPT_LATIN && w->n_languages > 0 && strlen(w->languages[0]) <= 3)
        snprintf(out, VALUE_LANGUAGE_MAX, "%.3s-Latn", w->languages[0]);
    else if (script == USCRIPT_COMMON)
        value_copy(out, VALUE_LANGUAGE_MAX, "und");
    else
        snprintf(out, VALUE_LANGUAGE_MAX, "und-%.4s", uscript_getShortName(script));
}

void marc_put_both(const struct marc_work *w, enum member member, const struct marc_field *f,
                   struct cs_span (*text)(struct draft *draft, const struct marc_field *f))
{
    const struct marc_field *linked = marc_linked(w, f);
    struct cs_span here = text(w->draft, f), there = {NULL, 0};
    const char *column = marc_column(w->draft, f, "");
    char language[VALUE_LANGUAGE_MAX];

    if (linked)
        there = text(w->draft, linked);
    if (there.n > 0) {
        marc_text_language(w, there, language);
        draft_put(w->draft, member, column, language, there);
        marc_text_language(w, here, language);
    }
    draft_put(w->draft, member, column, there.n > 0 ? language : NULL, here);
}
