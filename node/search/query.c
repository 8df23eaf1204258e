/*
 * The query language: words, "phrases", -without, prefix*, OR, and field: in front of either. Every
 * string is a query; what has no meaning here is taken as words.
 */
#include <stdlib.h>

#include <commonshelf/record.h>

#include "search/internal.h"

#define CLAUSES_MAX 40 /* words and phrases; what follows is ignored */

enum { COLUMN_ANY = -1, COLUMN_ISBN = -2 };

static const struct {
    const char *name;
    int column; /* INDEX_TITLE …, or COLUMN_… */
    int facet; /* INDEX_FACETS + 1: none */
    enum index_compare how;
} fields[] = {
    {"title", INDEX_TITLE, -1, INDEX_IS},
    {"creator", INDEX_CREATOR, -1, INDEX_IS},
    {"author", INDEX_CREATOR, -1, INDEX_IS},
    {"about", INDEX_ABOUT, -1, INDEX_IS},
    {"subject", INDEX_ABOUT, -1, INDEX_IS},
    {"isbn", COLUMN_ISBN, -1, INDEX_IS},
    {"lang", COLUMN_ANY, INDEX_LANGUAGE, INDEX_SUBTAG},
    {"inLanguage", COLUMN_ANY, INDEX_LANGUAGE, INDEX_SUBTAG},
    {"type", COLUMN_ANY, INDEX_TYPE, INDEX_LIKE},
    {"level", COLUMN_ANY, INDEX_LEVEL, INDEX_LIKE},
    {"educationalLevel", COLUMN_ANY, INDEX_LEVEL, INDEX_LIKE},
    {"license", COLUMN_ANY, INDEX_LICENSE, INDEX_CONTAINS},
    {"category", COLUMN_ANY, INDEX_CATEGORY, INDEX_LIKE},
    {"kind", COLUMN_ANY, INDEX_KIND, INDEX_LIKE},
    {"availability", COLUMN_ANY, INDEX_AVAILABILITY, INDEX_LIKE},
    {"from", COLUMN_ANY, INDEX_NODE, INDEX_IS},
    {"node", COLUMN_ANY, INDEX_NODE, INDEX_IS},
};
#define FIELDS (sizeof fields / sizeof *fields)

int query_facet(struct cs_span name)
{
    for (size_t i = 0; i < FIELDS; i++)
        if (fields[i].facet >= 0 && cs_span_is(name, fields[i].name))
            return fields[i].facet;
    return -1;
}

/* ---- a term: what the analysis makes of one word or phrase, as an expression */

struct term {
    bool phrase, prefix;
    struct cs_buffer *out;
    /* the unit that is being put together */
    bool open;
    unsigned unit;
    struct cs_buffer words, whole, pairs;
    bool any; /* something was written */
};

static void quote(struct cs_buffer *out, const char *token, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (token[i] == '"')
            cs_buffer_add_byte(out, '"');
        cs_buffer_add_byte(out, (unsigned char)token[i]);
    }
}

static void add_quoted(struct cs_buffer *out, const char *token, size_t n, const char *joint,
                       bool prefix)
{
    if (out->n)
        cs_buffer_add_text(out, joint);
    cs_buffer_add_byte(out, '"');
    quote(out, token, n);
    cs_buffer_add_text(out, prefix ? "\" *" : "\"");
}

/* The key and the stems of a word, joined by OR: any of them at a place of a document is the word. */
static void add_forms(struct cs_buffer *out, const struct piece *piece, bool prefix)
{
    const char *p = piece->tokens, *end = p + piece->length;

    add_quoted(out, p + piece->key, piece->key_length, " OR ", prefix);
    for (p += piece->surface; !prefix && p < end; p++) {
        const char *space = memchr(p, ' ', (size_t)(end - p));
        const char *next = space ? space : end;
        if (p[0] == SAME_PLACE[0])
            p++;
        if (p < next && p[0] == STEM_MARK[0])
            add_quoted(out, p, (size_t)(next - p), " OR ", false);
        p = next;
    }
}

static void close_unit(struct term *t)
{
    struct cs_buffer *parts[] = {&t->words, &t->pairs, &t->whole};
    bool first = true;

    if (!t->open)
        return;
    t->open = false;
    if (t->words.n + t->pairs.n + t->whole.n == 0)
        return;
    cs_buffer_add_text(t->out, t->any ? " AND (" : "(");
    for (size_t i = 0; i < 3; i++) {
        if (parts[i]->n == 0)
            continue;
        cs_buffer_add_text(t->out, first ? "(" : " OR (");
        cs_buffer_add_span(t->out, cs_buffer_span(parts[i]));
        cs_buffer_add_byte(t->out, ')');
        cs_buffer_reset(parts[i]);
        first = false;
    }
    cs_buffer_add_byte(t->out, ')');
    t->any = true;
}

/* The first character of a pair: it may begin any pair of a document. */
static void add_first_character(struct term *t, const struct piece *piece)
{
    size_t n = sizeof PAIR_MARK - 1;
    const char *p = piece->tokens;

    if (n < piece->surface)
        for (n++; n < piece->surface && (p[n] & 0xC0) == 0x80; n++)
            ;
    if (t->pairs.n == 0)
        add_quoted(&t->pairs, p, n, "", true);
}

static void take_word(void *arg, const struct piece *piece)
{
    struct term *t = arg;
    struct cs_buffer forms = {.alloc = memory_allocator()};

    if (!t->open || piece->unit != t->unit) {
        close_unit(t);
        t->open = true;
        t->unit = piece->unit;
    }
    switch (piece->kind) {
    case PIECE_WORD:
        add_forms(&forms, piece, t->prefix);
        cs_buffer_add_text(&t->words, t->words.n ? " AND (" : "(");
        cs_buffer_add_span(&t->words, cs_buffer_span(&forms));
        cs_buffer_add_byte(&t->words, ')');
        break;
    case PIECE_JOINED:
        if (t->whole.n == 0)
            add_forms(&t->whole, piece, t->prefix);
        break;
    case PIECE_PAIR:
        if (piece->inside && !t->prefix) {
            /* Pairs of one word follow each other. */
            bool more = t->pairs.n > 0 && t->pairs.p[t->pairs.n - 1] != '*';
            if (!more)
                cs_buffer_reset(&t->pairs);
            add_quoted(&t->pairs, piece->tokens, piece->surface, more ? " + " : "", false);
        } else {
            add_first_character(t, piece);
        }
        break;
    case PIECE_RUN_WORD:
        add_forms(&t->whole, piece, false);
        break;
    }
    if (forms.failed || t->words.failed || t->whole.failed || t->pairs.failed)
        t->out->failed = true;
    cs_buffer_free(&forms);
}

/* In a phrase every place has to have its word: the keys one behind the other. */
static void take_in_phrase(void *arg, const struct piece *piece)
{
    struct term *t = arg;

    if (piece->kind == PIECE_WORD || (piece->kind == PIECE_PAIR && (!piece->lone || !t->any))) {
        cs_buffer_add_text(t->out, t->any ? " " : "\"");
        if (piece->kind == PIECE_PAIR)
            quote(t->out, piece->tokens, piece->surface);
        else
            quote(t->out, piece->tokens + piece->key, piece->key_length);
        t->any = true;
    }
}

/* Appends the expression; nothing when the text has no word in it. */
static int write_term(struct analyser *a, struct cs_span text, uint32_t stemmers, bool phrase,
                      bool prefix, struct cs_buffer *out, struct problem *why)
{
    struct term t = {.phrase = phrase, .prefix = prefix, .out = out};
    int rc;

    t.words.alloc = t.whole.alloc = t.pairs.alloc = memory_allocator();
    rc = analyse(a, text, stemmers, false, phrase ? take_in_phrase : take_word, &t, why);
    if (phrase && t.any)
        cs_buffer_add_byte(out, '"');
    else
        close_unit(&t);
    cs_buffer_free(&t.words);
    cs_buffer_free(&t.whole);
    cs_buffer_free(&t.pairs);
    if (rc == 0 && out->failed)
        rc = problem_no_memory(why);
    return rc;
}

/* ---- clauses */

struct clause {
    size_t from, to; /* in `text` of the reading below */
    bool without, or_before;
};

struct reading {
    struct query *q;
    struct analyser *a;
    struct reader *r;
    uint32_t stemmers;
    struct cs_buffer text;
    struct clause clause[CLAUSES_MAX];
    size_t n;
    bool words; /* something was typed that is not only marks */
};

static int add_isbn(struct reading *in, struct cs_span text)
{
    char isbn[14];

    if (cs_isbn_read(text, isbn) != CS_OK)
        return -1;
    cs_buffer_printf(&in->text, "\"" ISBN_MARK "%s\"", isbn);
    return 0;
}

static bool is_space(unsigned char c)
{
    return c <= ' ';
}

/* A word that is a field, if a colon follows it. */
static int field_of(struct cs_span word)
{
    for (size_t i = 0; i < FIELDS; i++)
        if (cs_span_is(word, fields[i].name))
            return (int)i;
    return -1;
}

int query_filter(struct index_filter *filter, struct reader *r, int facet, const char *value,
                 struct problem *why)
{
    struct cs_node_id id;
    struct node_row *node;
    bool found = false;
    int rc = 0;

    memset(filter, 0, sizeof *filter);
    filter->facet = facet;
    filter->value = value;
    if (facet != INDEX_NODE)
        return 0;
    filter->nid = -1; /* finds nothing */
    if (!(node = memory_new(sizeof *node)))
        return problem_no_memory(why);
    if (cs_node_id_read(cs_span_of(value), &id) == CS_OK)
        rc = store_node_find(r, &id, node, &found, why);
    else
        rc = store_node_named(r, value, node, &found, why);
    if (rc == 0 && found)
        filter->nid = node->nid;
    memory_free(node);
    return rc;
}

static int add_filter(struct reading *in, int field, struct cs_span value, bool without,
                      struct problem *why)
{
    struct query *q = in->q;
    struct index_filter *filter = &q->filter[q->filters];
    size_t at = q->values.n;

    if (q->filters == QUERY_FILTERS_MAX || value.n == 0)
        return 0;
    /* The values lie in one buffer, which has room for all of them from the start. */
    cs_buffer_add_span(&q->values, value);
    cs_buffer_add_byte(&q->values, '\0');
    if (q->values.failed)
        return problem_no_memory(why);
    if (query_filter(filter, in->r, fields[field].facet, (const char *)q->values.p + at, why))
        return -1;
    filter->how = fields[field].how;
    filter->without = without;
    q->filters++;
    return 0;
}

static int add_clause(struct reading *in, int field, struct cs_span text, bool phrase, bool prefix,
                      bool without, bool or_before, struct problem *why)
{
    static const char *const columns[INDEX_FIELDS] = {
        "title : ", "creator : ", "about : ", "text : "};
    int column = field >= 0 ? fields[field].column : COLUMN_ANY;
    struct clause *c = &in->clause[in->n];
    size_t from = in->text.n, start;

    in->words = true;
    if (in->n == CLAUSES_MAX)
        return 0;
    if (column >= 0)
        cs_buffer_add_text(&in->text, columns[column]);
    cs_buffer_add_byte(&in->text, '(');
    start = in->text.n;
    if (column == COLUMN_ISBN || (column == COLUMN_ANY && text.n >= 10)) {
        if (add_isbn(in, text) == 0)
            goto done;
        in->text.n = start;
    }
    if (write_term(in->a, text, in->stemmers, phrase, prefix, &in->text, why))
        return -1;
done:
    if (in->text.n == start) { /* marks without a word */
        in->text.n = from;
        return 0;
    }
    cs_buffer_add_byte(&in->text, ')');
    *c = (struct clause){from, in->text.n, without, or_before && in->n > 0};
    in->n++;
    return 0;
}

static int read_all(struct reading *in, struct cs_span text, struct problem *why)
{
    const unsigned char *p = text.p, *end = text.n ? p + text.n : p;
    bool or_before = false;

    while (p < end) {
        const unsigned char *start, *colon, *stop;
        bool without = false, phrase = false, prefix = false;
        int field = -1;

        if (is_space(*p)) {
            p++;
            continue;
        }
        if (*p == '-' && p + 1 < end && !is_space(p[1])) {
            without = true;
            p++;
        }
        for (stop = p; stop < end && !is_space(*stop) && *stop != '"' && *stop != ':'; stop++)
            ;
        colon = stop < end && *stop == ':' ? stop : NULL;
        if (colon && (field = field_of(cs_span_make(p, (size_t)(colon - p)))) >= 0)
            p = colon + 1;
        if (p < end && *p == '"') {
            phrase = true;
            start = ++p;
            stop = memchr(p, '"', (size_t)(end - p));
            stop = stop ? stop : end;
            p = stop < end ? stop + 1 : end;
        } else {
            start = p;
            for (stop = p; stop < end && !is_space(*stop) && *stop != '"'; stop++)
                ;
            p = stop;
            if (stop - start > 1 && stop[-1] == '*') {
                prefix = true;
                stop--;
            }
        }
        if (!phrase && field < 0 && !without && stop - start == 2 && memcmp(start, "OR", 2) == 0) {
            or_before = true;
            continue;
        }
        text = cs_span_make(start, (size_t)(stop - start));
        if (field >= 0 && fields[field].facet >= 0) {
            if (add_filter(in, field, text, without, why))
                return -1;
        } else if (text.n > 0 &&
                   add_clause(in, field, text, phrase, prefix, without, or_before, why)) {
            return -1;
        }
        or_before = false;
    }
    return 0;
}

/* (a OR b) AND c … NOT (d OR e); with `joint` OR in place of AND, what has any of them. */
static size_t compose(const struct reading *in, const char *joint, struct cs_buffer *out)
{
    size_t groups = 0, without = 0;

    for (size_t i = 0; i < in->n; i++) {
        const struct clause *c = &in->clause[i];
        if (c->without)
            continue;
        if (groups == 0)
            cs_buffer_add_text(out, "((");
        else
            cs_buffer_add_text(out, c->or_before ? " OR " : joint);
        cs_buffer_add(out, in->text.p + c->from, c->to - c->from);
        groups += groups == 0 || !c->or_before;
    }
    if (groups == 0)
        return 0;
    cs_buffer_add_text(out, "))");
    for (size_t i = 0; i < in->n; i++) {
        const struct clause *c = &in->clause[i];
        if (!c->without)
            continue;
        cs_buffer_add_text(out, without++ ? " OR " : " NOT (");
        cs_buffer_add(out, in->text.p + c->from, c->to - c->from);
    }
    if (without)
        cs_buffer_add_byte(out, ')');
    return groups;
}

int query_read(struct query *q, struct analyser *a, struct reader *r, struct cs_span text,
               uint32_t stemmers, struct problem *why)
{
    struct reading *in = memory_new(sizeof *in);
    int rc = -1;

    memset(q, 0, sizeof *q);
    q->match.alloc = q->any.alloc = q->values.alloc = memory_allocator();
    if (!in || !cs_buffer_reserve(&q->values, SEARCH_QUERY_MAX * 2)) {
        memory_free(in);
        return problem_no_memory(why);
    }
    if (text.n > SEARCH_QUERY_MAX) {
        text.n = SEARCH_QUERY_MAX;
        while (text.n > 0 && (text.p[text.n] & 0xC0) == 0x80)
            text.n--;
    }
    in->q = q;
    in->a = a;
    in->r = r;
    in->stemmers = stemmers;
    in->text.alloc = memory_allocator();
    /* A whole line may be one ISBN, written with spaces. */
    if (text.n >= 10 && add_isbn(in, text) == 0) {
        in->clause[in->n++] = (struct clause){0, in->text.n, false, false};
        in->words = true;
    } else if (read_all(in, text, why)) {
        goto out;
    }
    if (compose(in, ") AND (", &q->match) > 1)
        compose(in, ") OR (", &q->any);
    q->nothing = in->words && q->match.n == 0;
    cs_buffer_text(&q->match);
    cs_buffer_text(&q->any);
    rc = q->match.failed || q->any.failed || in->text.failed ? problem_no_memory(why) : 0;
out:
    cs_buffer_free(&in->text);
    memory_free(in);
    return rc;
}

void query_free(struct query *q)
{
    cs_buffer_free(&q->match);
    cs_buffer_free(&q->any);
    cs_buffer_free(&q->values);
}
