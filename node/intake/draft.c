#include "intake/draft_internal.h"

#include <stdio.h>

struct draft *draft_new(const char *language)
{
    struct draft *d = memory_new(sizeof *d);

    if (!d)
        return NULL;
    d->scratch.alloc = memory_allocator();
    d->language = language;
    d->arena = arena_new();
    d->lexicon = lexicon_new();
    d->id = json_string("urn:uuid:00000000-0000-4000-8000-000000000000");
    d->rev = json_integer(1);
    if (d->arena && d->lexicon && d->id && d->rev)
        return d;
    draft_free(d);
    return NULL;
}

static void forget(struct draft *d)
{
    size_t m;

    for (m = 0; m < MEMBERS; m++) {
        json_decref(d->members[m]);
        d->members[m] = NULL;
    }
    json_decref(d->record);
    d->record = NULL;
}

void draft_free(struct draft *d)
{
    if (!d)
        return;
    forget(d);
    json_decref(d->id);
    json_decref(d->rev);
    lexicon_free(d->lexicon);
    arena_free(d->arena);
    cs_buffer_free(&d->scratch);
    memory_free(d);
}

struct lexicon *draft_lexicon(struct draft *d)
{
    return d->lexicon;
}

uint64_t draft_assumed_licences(const struct draft *d)
{
    return d->assumed;
}

void draft_begin(struct draft *d, uint64_t row)
{
    forget(d);
    arena_reset(d->arena);
    d->row = row;
    d->key = NULL;
    d->weight = 0;
    d->refused = d->failed = false;
    d->n_problems = 0;
}

char *draft_text(struct draft *d, struct cs_span text)
{
    char *copy = arena_text(d->arena, (const char *)text.p, text.n);

    d->failed |= copy == NULL;
    return copy;
}

void draft_problem(struct draft *d, const char *column, const char *code, bool refused,
                   const char *message, ...)
{
    char text[PROBLEM_MESSAGE_MAX];
    struct intake_problem *p;
    va_list args;
    int n;

    d->refused |= refused;
    if (d->n_problems == DRAFT_PROBLEMS_MAX && !refused)
        return;
    va_start(args, message);
    n = vsnprintf(text, sizeof text, message, args);
    va_end(args);
    if (n < 0)
        n = 0;
    /* The one that refuses the row is never left out: it takes the last place. */
    p = &d->problems[d->n_problems < DRAFT_PROBLEMS_MAX ? d->n_problems++ : DRAFT_PROBLEMS_MAX - 1];
    p->row = d->row;
    p->column = column;
    p->code = code;
    p->message = draft_text(d, text_cut(cs_span_of(text), sizeof text - 8));
    p->refused = refused;
    if (!p->message)
        p->message = "";
}

/* What stood there, short enough to be shown. */
const char *draft_shown(struct draft *d, struct cs_span value)
{
    struct cs_span cut = text_cut(value, 60);
    char text[80];

    snprintf(text, sizeof text, "%.*s%s", (int)cut.n, (const char *)cut.p,
             cut.n < value.n ? "…" : "");
    return draft_text(d, cs_span_of(text));
}

/* ---- keeping values */

void draft_keep(struct draft *d, enum member m, json_t *value)
{
    if (!value)
        d->failed = true;
    else if (draft_rules[m].count == 1 && draft_rules[m].shape != SHAPE_TEXT)
        d->members[m] = value;
    else if (!d->members[m] && !(d->members[m] = json_array())) {
        d->failed = true;
        json_decref(value);
    } else if (json_array_append_new(d->members[m], value))
        d->failed = true;
}

void draft_keep_string(struct draft *d, enum member m, struct cs_span s)
{
    d->weight += s.n + 4;
    draft_keep(d, m, json_stringn_nocheck((const char *)s.p, s.n));
}

bool draft_has_value(const struct draft *d, enum member m, struct cs_span s)
{
    size_t i, n = json_array_size(d->members[m]);
    const json_t *item;

    for (i = 0; i < n; i++) {
        item = json_array_get(d->members[m], i);
        if (json_string_length(item) == s.n && memcmp(json_string_value(item), s.p, s.n) == 0)
            return true;
    }
    return false;
}

/* Whether a list has room; says once that it has not. */
bool draft_has_room(struct draft *d, enum member m, const char *column)
{
    size_t n = json_array_size(d->members[m]);

    if (n < draft_rules[m].count)
        return true;
    if (d->n_problems == 0 || strcmp(d->problems[d->n_problems - 1].code, "too_many") != 0)
        draft_problem(d, column, "too_many", false,
                      _("More than %zu values for “%s”: the first ones were kept."),
                      draft_rules[m].count, draft_rules[m].name);
    return false;
}

static struct cs_span fit(struct draft *d, enum member m, const char *column, struct cs_span s)
{
    struct cs_span cut = text_cut(s, draft_rules[m].bytes);

    if (cut.n < s.n)
        draft_problem(d, column, "too_long", false,
                      _("Longer than the %zu bytes a record has for “%s”: the beginning was kept."),
                      draft_rules[m].bytes, draft_rules[m].name);
    return text_trim(cut);
}

/* Whether one of these {value, lang} has this value. */
static bool has_text(const json_t *pieces, struct cs_span s)
{
    size_t i, n = json_array_size(pieces);
    const json_t *value;

    for (i = 0; i < n; i++) {
        value = json_object_get(json_array_get(pieces, i), "value");
        if (json_string_length(value) == s.n && memcmp(json_string_value(value), s.p, s.n) == 0)
            return true;
    }
    return false;
}

static void put_text(struct draft *d, enum member m, const char *column, const char *lang,
                     struct cs_span value)
{
    size_t n = json_array_size(d->members[m]);
    json_t *piece, *text;

    /* Beside the first there can be the same in other languages. */
    if (m != MEMBER_ALTERNATE_NAME && n > 0 && (!lang || n == CS_RECORD_LANGUAGES_MAX))
        return;
    if (m == MEMBER_ALTERNATE_NAME && !draft_has_room(d, m, column))
        return;
    value = fit(d, m, column, text_tidy(value, m == MEMBER_DESCRIPTION, &d->scratch));
    if (value.n == 0)
        return;
    if (has_text(d->members[m], value) ||
        (m == MEMBER_ALTERNATE_NAME && has_text(d->members[MEMBER_NAME], value)))
        return;
    d->weight += value.n + 60;
    text = json_stringn_nocheck((const char *)value.p, value.n);
    piece = json_object();
    if (!text || !piece || json_object_set_new_nocheck(piece, "value", text) ||
        (lang && json_object_set_new_nocheck(piece, "lang", json_string_nocheck(lang)))) {
        d->failed = true;
        json_decref(piece);
        return;
    }
    draft_keep(d, m, piece);
}

static void put_string(struct draft *d, enum member m, const char *column, struct cs_span value)
{
    bool list = draft_rules[m].shape == SHAPE_STRINGS;

    value = fit(d, m, column, text_tidy(value, false, &d->scratch));
    if (value.n == 0 || (list ? draft_has_value(d, m, value) || !draft_has_room(d, m, column)
                              : d->members[m] != NULL))
        return;
    draft_keep_string(d, m, value);
}

static void put_word(struct draft *d, enum member m, const char *column, struct cs_span value)
{
    const char *found = lexicon_find(d->lexicon, draft_rules[m].topic, value);
    char text[128];

    if (!found && text_trim(value).n < sizeof text) {
        /* What is written as in a record already: "VideoObject" */
        snprintf(text, sizeof text, "%.*s", (int)value.n, (const char *)value.p);
        if (m == MEMBER_TYPE && value.p[0] >= 'A' && value.p[0] <= 'Z' &&
            strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") ==
                value.n &&
            value.n <= draft_rules[m].bytes)
            found = text;
    }
    if (!found) {
        draft_problem(d, column, "unknown_word", false,
                      _("“%s” is not known as a value for “%s”: it was left out."),
                      draft_shown(d, value), draft_rules[m].name);
        return;
    }
    if (draft_rules[m].shape == SHAPE_WORDS
            ? draft_has_value(d, m, cs_span_of(found)) || !draft_has_room(d, m, column)
            : d->members[m] != NULL)
        return;
    draft_keep_string(d, m, cs_span_of(found));
}

void draft_put(struct draft *d, enum member m, const char *column, const char *lang,
               struct cs_span value)
{
    value = text_trim(value);
    if (value.n == 0 || m >= MEMBERS)
        return;
    switch (draft_rules[m].shape) {
    case SHAPE_TEXT:
    case SHAPE_TEXTS:
        put_text(d, m, column, lang, value);
        break;
    case SHAPE_STRING:
    case SHAPE_STRINGS:
        put_string(d, m, column, value);
        break;
    case SHAPE_WORD:
    case SHAPE_WORDS:
        put_word(d, m, column, value);
        break;
    case SHAPE_LANGUAGES:
        draft_put_language(d, column, value);
        break;
    case SHAPE_LICENCE:
        draft_put_licence(d, column, value);
        break;
    case SHAPE_ISBNS:
        draft_put_isbn(d, column, value);
        break;
    case SHAPE_URIS:
    case SHAPE_URL:
        draft_put_uri(d, m, column, value);
        break;
    case SHAPE_NUMBER:
        draft_put_number(d, m, column, value);
        break;
    case SHAPE_DATE:
    case SHAPE_TIME:
    case SHAPE_DURATION:
        draft_put_date(d, m, column, value);
        break;
    }
}

/* What a cell of this member is split at; NULL when it is one value. */
static const char *separators(enum member m, struct cs_span cell)
{
    switch (draft_rules[m].shape) {
    case SHAPE_STRINGS:
        /* Names and subject headings have commas of their own; keywords are listed with them. */
        if (m == MEMBER_CREATOR || m == MEMBER_CONTRIBUTOR || m == MEMBER_ABOUT ||
            memchr(cell.p, ';', cell.n) || memchr(cell.p, '|', cell.n))
            return ";|";
        return ",";
    case SHAPE_TEXTS:
        return ";|";
    case SHAPE_WORDS:
    case SHAPE_LANGUAGES:
    case SHAPE_ISBNS:
        return ";|,/";
    case SHAPE_URIS:
        return " ;|";
    default:
        return NULL;
    }
}

void draft_put_cell(struct draft *d, enum member m, const char *column, const char *lang,
                    struct cs_span cell)
{
    const char *at = m < MEMBERS && cell.n ? separators(m, cell) : NULL;
    struct cs_span part;

    if (m == MEMBER_KEY)
        draft_set_key(d, column, cell);
    else if (!at)
        draft_put(d, m, column, lang, cell);
    else
        while (text_split(&cell, at, &part))
            draft_put(d, m, column, lang, part);
}

void draft_set_key(struct draft *d, const char *column, struct cs_span value)
{
    char uri[VALUE_URI_MAX];

    value = text_tidy(value, false, &d->scratch);
    if (value.n == 0 || d->key)
        return;
    if (value.n > DRAFT_KEY_MAX) {
        draft_problem(d, column, "key_too_long", false,
                      _("“%s” is too long for an identifier (at most %d bytes): it was left out."),
                      draft_shown(d, value), DRAFT_KEY_MAX);
        return;
    }
    d->key = draft_text(d, value);
    if (d->key && value_uri(value, draft_rules[MEMBER_IDENTIFIER].bytes, uri) != URI_NONE &&
        !draft_has_value(d, MEMBER_IDENTIFIER, cs_span_of(uri)))
        draft_keep_string(d, MEMBER_IDENTIFIER, cs_span_of(uri));
}

bool draft_has(const struct draft *d, enum member m)
{
    return m == MEMBER_KEY ? d->key != NULL : m < MEMBERS && d->members[m] != NULL;
}
