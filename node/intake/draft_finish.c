/*
 * From the values of a draft to a record: texts in one or several languages, defaults, the order of
 * members, and the check that the protocol's own rules hold.
 */
#include "intake/draft_internal.h"

#define RECORD_MAX (CS_ENTRY_MAX - 200) /* less what the log adds, and the members id and rev */
/* Below this sum of bytes a record can't be over that, whatever has to be escaped in it. */
#define WEIGHT_SAFE (RECORD_MAX / 6)

/* The language of texts that say none. */
static const char *first_language(const struct draft *d)
{
    const char *tag = json_string_value(json_array_get(d->members[MEMBER_IN_LANGUAGE], 0));

    return tag ? tag : "und";
}

/* {"value"} or {"value","lang"} as it stands in a record by itself: a string if its language is the
 * record's first. Borrowed. */
static json_t *alone(const struct draft *d, json_t *piece)
{
    const char *lang = json_string_value(json_object_get(piece, "lang"));

    return !lang || strcmp(lang, first_language(d)) == 0 ? json_object_get(piece, "value") : NULL;
}

static int name_languages(struct draft *d, json_t *pieces)
{
    json_t *piece;
    size_t i;

    json_array_foreach(pieces, i, piece)
    {
        if (!json_object_get(piece, "lang") &&
            json_object_set_new_nocheck(piece, "lang", json_string_nocheck(first_language(d))))
            return -1;
    }
    return 0;
}

/* A text: the one string, or all pieces with their languages. */
static json_t *text_member(struct draft *d, json_t *pieces)
{
    json_t *string = json_array_size(pieces) == 1 ? alone(d, json_array_get(pieces, 0)) : NULL;

    if (string)
        return json_incref(string);
    return name_languages(d, pieces) ? NULL : json_incref(pieces);
}

/* A list of texts: each a string, or an array of one with its language. */
static json_t *texts_member(struct draft *d, json_t *pieces)
{
    json_t *list = json_array(), *piece, *text;
    size_t i;

    json_array_foreach(pieces, i, piece)
    {
        text = alone(d, piece);
        if (text)
            json_incref(text);
        else if ((text = json_array()) && json_array_append(text, piece)) {
            json_decref(text);
            text = NULL;
        }
        if (json_array_append_new(list, text)) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *final_member(struct draft *d, enum member m)
{
    if (draft_rules[m].shape == SHAPE_TEXT)
        return text_member(d, d->members[m]);
    if (draft_rules[m].shape == SHAPE_TEXTS)
        return texts_member(d, d->members[m]);
    return json_incref(d->members[m]);
}

static void defaults(struct draft *d)
{
    if (!d->members[MEMBER_KIND])
        draft_keep_string(d, MEMBER_KIND, cs_span_of("resource"));
    if (!d->members[MEMBER_CATEGORY] &&
        strcmp(json_string_value(d->members[MEMBER_KIND]), "resource") == 0)
        draft_keep_string(d, MEMBER_CATEGORY, cs_span_of("material"));
    if (!d->members[MEMBER_IN_LANGUAGE] && d->language)
        draft_keep_string(d, MEMBER_IN_LANGUAGE, cs_span_of(d->language));
}

static int assemble(struct draft *d)
{
    json_t *record = json_object();
    int m;

    if (!record)
        return -1;
    d->record = record;
    for (m = 0; m < MEMBERS; m++)
        if (d->members[m] && json_object_set_new_nocheck(record, draft_rules[m].name,
                                                         final_member(d, (enum member)m)))
            return -1;
    return 0;
}

/* Leaves the longest parts out until the record fits into an entry of the log. */
static void make_fit(struct draft *d)
{
    static const enum member longest[] = {MEMBER_DESCRIPTION, MEMBER_KEYWORDS,
                                          MEMBER_ABOUT,       MEMBER_CONTRIBUTOR,
                                          MEMBER_IDENTIFIER,  MEMBER_ALTERNATE_NAME};
    size_t i;

    if (d->weight < WEIGHT_SAFE)
        return;
    for (i = 0; json_dumpb(d->record, NULL, 0, JSON_COMPACT) > RECORD_MAX; i++) {
        if (i == sizeof longest / sizeof *longest) {
            draft_problem(d, "", "too_large", true,
                          _("Larger than the %d bytes that one record may have: it was not read."),
                          RECORD_MAX);
            return;
        }
        if (json_object_del(d->record, draft_rules[longest[i]].name) == 0)
            draft_problem(d, "", "too_large", false,
                          _("“%s” was left out: with it the record would be larger than %d bytes."),
                          draft_rules[longest[i]].name, RECORD_MAX);
    }
}

/* The protocol has the last word; what it refuses and a record can do without is left out. */
static void check(struct draft *d)
{
    struct cs_record_fault fault = {"", ""};
    size_t tries;

    if (json_object_set_nocheck(d->record, "id", d->id) ||
        json_object_set_nocheck(d->record, "rev", d->rev)) {
        d->failed = true;
        return;
    }
    for (tries = 0; cs_record_check(d->record, &fault) != CS_OK; tries++) {
        if (tries == MEMBERS || strcmp(fault.member, "name") == 0 ||
            strcmp(fault.member, "kind") == 0 || strcmp(fault.member, "category") == 0 ||
            json_object_del(d->record, fault.member)) {
            draft_problem(d, "", "bad_record", true,
                          _("“%s” can't be used as it is (%s): the row was not read."),
                          fault.member, fault.reason);
            break;
        }
        draft_problem(d, "", "bad_value", false,
                      _("The value for “%s” can't be used as it is (%s): it was left out."),
                      fault.member, fault.reason);
    }
    json_object_del(d->record, "id");
    json_object_del(d->record, "rev");
}

int draft_finish(struct draft *d, struct intake_row *row, struct problem *why)
{
    const char *isbn;

    if (!d->refused && !d->members[MEMBER_NAME])
        draft_problem(d, "", "no_title", true,
                      _("It has no title, so it was not read. Give it one and import again."));
    if (!d->refused)
        defaults(d);
    if (!d->refused && !d->failed && assemble(d))
        d->failed = true;
    if (!d->refused && !d->failed)
        make_fit(d);
    if (!d->refused && !d->failed)
        check(d);
    if (d->failed)
        return problem_no_memory(why);
    isbn = json_string_value(json_array_get(d->members[MEMBER_ISBN], 0));
    *row = (struct intake_row){
        .number = d->row,
        .record = d->refused ? NULL : d->record,
        .key = d->key ? d->key : isbn,
        .refused = d->refused,
        .problems = d->problems,
        .n_problems = d->n_problems,
    };
    return 0;
}
