#include "intake/columns.h"

#include <stdio.h>
#include <stdlib.h>

#include "intake/text.h"

/*
 * The language in "Title (Kiswahili)", "Title [sw]", "title@sw"; `head` gets what stands before it.
 * False when there is none, or it is no language.
 */
static bool language_suffix(struct lexicon *x, struct cs_span header, struct cs_span *head,
                            char language[VALUE_LANGUAGE_MAX])
{
    struct cs_span inner;
    size_t i, end = header.n;

    for (i = header.n; i > 0 && !strchr("([@", header.p[i - 1] ? header.p[i - 1] : ' '); i--)
        ;
    if (i == 0)
        return false;
    if (header.p[i - 1] != '@') {
        if (header.p[end - 1] != ')' && header.p[end - 1] != ']')
            return false;
        end--;
    }
    inner = text_trim(cs_span_make(header.p + i, end - i));
    *head = text_trim(cs_span_make(header.p, i - 1));
    return inner.n > 0 && head->n > 0 && value_language(x, inner, language);
}

/* The member for a header; MEMBER_NONE when it is not known. */
static enum member propose(struct lexicon *x, struct cs_span header,
                           char language[VALUE_LANGUAGE_MAX])
{
    const char *found = lexicon_find(x, LEXICON_HEADER, header);
    struct cs_span head;

    language[0] = '\0';
    if (!found && language_suffix(x, header, &head, language)) {
        found = lexicon_find(x, LEXICON_HEADER, head);
        if (!found)
            language[0] = '\0';
    }
    return found ? member_find(found) : MEMBER_NONE;
}

/* A line that another separator would cut into cells is no header. */
static bool looks_like_header(struct cs_span cell)
{
    size_t i;

    for (i = 0; i < cell.n && cell.n <= FOLD_MAX; i++)
        if (cell.p[i] && strchr(",;\t|\n", cell.p[i]))
            return false;
    return cell.n <= FOLD_MAX;
}

size_t columns_known(struct lexicon *x, const struct csv_row *row, bool *title)
{
    char language[VALUE_LANGUAGE_MAX];
    enum member m;
    size_t i, known = 0;

    *title = false;
    for (i = 0; i < row->n; i++) {
        m = looks_like_header(row->cells[i]) ? propose(x, row->cells[i], language) : MEMBER_NONE;
        known += m != MEMBER_NONE;
        *title |= m == MEMBER_NAME;
    }
    return known;
}

/* A spreadsheet that calls its own numbers "identifier" has no other column for them. */
static void promote_identifier(struct columns *c)
{
    struct column *identifier = NULL;
    size_t i;

    for (i = 0; i < c->n; i++) {
        if (c->list[i].member == MEMBER_KEY)
            return;
        if (c->list[i].member == MEMBER_IDENTIFIER &&
            text_starts(cs_span_of(c->list[i].header), "identifier"))
            identifier = &c->list[i];
    }
    if (identifier)
        identifier->member = MEMBER_KEY;
}

/* Of two columns for what a record has once, the first is read. */
static void single(struct columns *c, size_t i)
{
    size_t k;

    if (draft_is_list(c->list[i].member) || c->list[i].language[0])
        return;
    for (k = 0; k < i; k++)
        if (c->list[k].member == c->list[i].member && !c->list[k].language[0])
            c->list[i].member = MEMBER_NONE;
}

int columns_set(struct columns *c, struct lexicon *x, const struct csv_row *row, bool headed,
                struct problem *why)
{
    struct cs_buffer scratch = CS_BUFFER_INIT;
    struct cs_span name;
    char number[24];
    size_t i;
    int rc = -1;

    scratch.alloc = memory_allocator();
    c->arena = arena_new();
    if (!c->arena || !(c->list = arena_take(c->arena, row->n * sizeof *c->list)))
        goto out;
    for (i = 0; i < row->n; i++) {
        name = headed ? text_tidy(row->cells[i], false, &scratch) : cs_span_make(NULL, 0);
        if (name.n == 0) {
            snprintf(number, sizeof number, "%zu", i + 1);
            name = cs_span_of(number);
            c->list[i].member = MEMBER_NONE;
        } else
            c->list[i].member = propose(x, name, c->list[i].language);
        c->list[i].header = arena_text(c->arena, (const char *)name.p, text_cut(name, 200).n);
        if (!c->list[i].header)
            goto out;
        single(c, i);
        c->n = i + 1;
    }
    promote_identifier(c);
    rc = 0;
out:
    cs_buffer_free(&scratch);
    return rc ? problem_no_memory(why) : 0;
}

static bool is_number(const char *s)
{
    return *s && strspn(s, "0123456789") == strlen(s);
}

bool columns_map_is_numbers(const struct intake_options *o)
{
    const char *equals;
    size_t i;

    for (i = 0; i < o->maps; i++) {
        equals = strchr(o->map[i], '=');
        if (!equals || !is_number(equals + 1))
            return false;
    }
    return o->maps > 0;
}

/* The column that a person names: exactly, then folded, then by number. */
static struct column *find(struct columns *c, const char *name)
{
    char wanted[FOLD_MAX + 1], folded[FOLD_MAX + 1];
    unsigned long number;
    size_t i;

    for (i = 0; i < c->n; i++)
        if (strcmp(c->list[i].header, name) == 0)
            return &c->list[i];
    if (text_fold(cs_span_of(name), wanted) > 0)
        for (i = 0; i < c->n; i++)
            if (text_fold(cs_span_of(c->list[i].header), folded) > 0 && strcmp(folded, wanted) == 0)
                return &c->list[i];
    number = is_number(name) ? strtoul(name, NULL, 10) : 0;
    return number >= 1 && number <= c->n ? &c->list[number - 1] : NULL;
}

void columns_names(const struct columns *c, char *out, size_t max)
{
    size_t i, n = 0, more;

    out[0] = '\0';
    for (i = 0; i < c->n; i++) {
        more = strlen(c->list[i].header) + 2;
        if (n + more + 8 > max) {
            snprintf(out + n, max - n, ", …");
            return;
        }
        n += (size_t)snprintf(out + n, max - n, "%s%s", i ? ", " : "", c->list[i].header);
    }
}

static int map_one(struct columns *c, struct lexicon *x, const char *map, bool taken[MEMBER_NONE],
                   struct problem *why)
{
    const char *equals = strchr(map, '='), *known;
    char names[600], field[64];
    struct column *column;
    enum member m;
    size_t i;

    if (!equals || equals == map || (size_t)(equals - map) >= sizeof field)
        return problem_usage(why, "bad_map", _("--map %s: write FIELD=COLUMN, as in name=Title."),
                             map);
    snprintf(field, sizeof field, "%.*s", (int)(equals - map), map);
    m = member_find(field);
    if (m == MEMBER_NONE && (known = lexicon_find(x, LEXICON_HEADER, cs_span_of(field))))
        m = member_find(known);
    if (m == MEMBER_NONE)
        return problem_usage(why, "bad_map",
                             _("--map %s: “%s” is no field of a record. Fields are name, creator, "
                               "inLanguage, isbn, url and others; see the manual."),
                             map, field);
    column = find(c, equals + 1);
    if (!column) {
        columns_names(c, names, sizeof names);
        return problem_usage(why, "bad_map",
                             _("--map %s: the file has no column “%s”. It has: %s."), map,
                             equals + 1, names);
    }
    /* The first --map for a field takes it away from the columns it was proposed for. */
    for (i = 0; i < c->n && !taken[m] && m != MEMBER_IGNORE; i++)
        if (c->list[i].member == m)
            c->list[i].member = MEMBER_NONE;
    taken[m] = true;
    column->member = m;
    return 0;
}

int columns_map(struct columns *c, struct lexicon *x, const struct intake_options *o,
                struct problem *why)
{
    bool taken[MEMBER_NONE] = {false};
    size_t i;

    for (i = 0; i < o->maps; i++)
        if (map_one(c, x, o->map[i], taken, why))
            return -1;
    return 0;
}
