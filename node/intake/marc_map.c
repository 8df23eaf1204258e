/*
 * MARC 21 to the members of a record. What each field goes to is told by the table at the end, which
 * intake_mapping shows.
 */
#include "intake/marc_internal.h"

#include <stdio.h>

/* ---- titles */

/*
 * Title, rest of title, part number and name, with the punctuation that catalogues leave out when they
 * rely on the subfields.
 */
static struct cs_span title_text(struct draft *draft, const struct marc_field *f)
{
    struct cs_buffer b = CS_BUFFER_INIT, scratch = CS_BUFFER_INIT;
    struct cs_span rest = f->data, value, out = {NULL, 0};
    const char *text;
    char code;

    b.alloc = scratch.alloc = memory_allocator();
    while (marc_subfield_next(&rest, &code, &value)) {
        value = text_trim(value);
        if (value.n == 0 || !code || !strchr("abnpkfg", code))
            continue;
        if (b.n > 0 && !strchr(":;=/.,", b.p[b.n - 1]))
            cs_buffer_add_text(&b, code == 'b' ? " :" : code == 'n' || code == 'p' ? "." : ",");
        if (b.n > 0)
            cs_buffer_add_byte(&b, ' ');
        cs_buffer_add_span(&b, value);
    }
    if (b.n > 0) {
        out = marc_trim(text_tidy(cs_buffer_span(&b), false, &scratch));
        text = draft_text(draft, out);
        out = text ? cs_span_make(text, out.n) : cs_span_make(NULL, 0);
    }
    cs_buffer_free(&scratch);
    cs_buffer_free(&b);
    return out;
}

/* Titles under which libraries collect an author's work say nothing alone. */
static bool collective(struct cs_span title)
{
    static const char *const words[] = {"Works",    "Selections", "Poems",         "Plays",
                                        "Novels",   "Essays",     "Short stories", "Correspondence",
                                        "Speeches", "Prose works"};
    size_t i;

    for (i = 0; i < sizeof words / sizeof *words; i++)
        if (text_starts(title, words[i]) &&
            (title.n == strlen(words[i]) || title.p[strlen(words[i])] == '.'))
            return true;
    return false;
}

static void put_title(const struct marc_work *w)
{
    static const char *const instead[] = {"240", "130", "246", "740"};
    const struct marc_field *f;
    size_t i = 0, k;

    while ((f = marc_field_next(w->m, "245", &i)))
        marc_put_both(w, MEMBER_NAME, f, title_text);
    for (i = 0; !draft_has(w->draft, MEMBER_NAME) && (f = marc_field_next(w->m, "880", &i));)
        if (marc_alone(f, "245"))
            draft_put(w->draft, MEMBER_NAME, "880", NULL, title_text(w->draft, f));
    for (k = 0; k < sizeof instead / sizeof *instead && !draft_has(w->draft, MEMBER_NAME); k++) {
        i = 0;
        if (!(f = marc_field_next(w->m, instead[k], &i)) || title_text(w->draft, f).n == 0)
            continue;
        marc_put_both(w, MEMBER_NAME, f, title_text);
        draft_problem(w->draft, "245", "title_instead", false,
                      _("It has no title proper (245): the one in field %s was taken."), f->tag);
    }
}

static void put_other_titles(const struct marc_work *w)
{
    static const char *const tags[] = {"130", "240", "246", "740"};
    const struct marc_field *f;
    size_t i, k;

    for (k = 0; k < sizeof tags / sizeof *tags; k++)
        for (i = 0; (f = marc_field_next(w->m, tags[k], &i));)
            if (!collective(title_text(w->draft, f)))
                marc_put_both(w, MEMBER_ALTERNATE_NAME, f, title_text);
}

/* ---- names */

static struct cs_span name_text(struct draft *draft, const struct marc_field *f)
{
    switch (f->tag[0] == '8' ? '0' : f->tag[2]) {
    case '1':
        return marc_join(draft, f, "anbqdc", " ");
    default:
        return marc_join(draft, f, "abcqd", " ");
    }
}

/* Whether an added name made the thing as much as the main one did. */
static bool is_maker(const struct marc_field *f)
{
    static const char *const codes[] = {"aut", "cre", "cmp", "pht", "art"};
    struct cs_span rest = f->data, value;
    char code;
    size_t i;

    while (marc_subfield_next(&rest, &code, &value)) {
        value = text_trim(value);
        if (code == 'e' && (text_starts(value, "author") || text_starts(value, "composer") ||
                            text_starts(value, "joint author") || text_starts(value, "verfasser")))
            return true;
        for (i = 0; code == '4' && i < sizeof codes / sizeof *codes; i++)
            if (value.n >= 3 && memcmp(value.p + value.n - 3, codes[i], 3) == 0)
                return true;
    }
    return false;
}

/* An added entry for another work ($t) names someone who may have nothing to do with this one. */
static bool for_another_work(const struct marc_field *f)
{
    return (marc_subfield(f, "t").n > 0 && f->indicator[1] != '2') || marc_subfield(f, "i").n > 0;
}

static void put_names(const struct marc_work *w)
{
    static const char *const tags[] = {"100", "110", "111", "700", "710", "711"};
    const struct marc_field *f;
    enum member m;
    size_t i, k;

    for (k = 0; k < sizeof tags / sizeof *tags; k++) {
        for (i = 0; (f = marc_field_next(w->m, tags[k], &i));) {
            m = f->tag[0] == '1' || is_maker(f) ? MEMBER_CREATOR : MEMBER_CONTRIBUTOR;
            if (f->tag[0] != '7' || !for_another_work(f))
                marc_put_both(w, m, f, name_text);
        }
    }
}

/* ---- subjects, notes, places */

static struct cs_span heading_text(struct draft *draft, const struct marc_field *f)
{
    struct cs_span main = marc_join(draft, f, "abcdqtnp", " "),
                   divisions = marc_join(draft, f, "vxyz", " -- ");
    char text[500];
    const char *copy;
    int n;

    if (divisions.n == 0 || main.n == 0)
        return main.n ? main : divisions;
    n = snprintf(text, sizeof text, "%.*s -- %.*s", (int)main.n, (const char *)main.p,
                 (int)divisions.n, (const char *)divisions.p);
    if (n < 0 || (size_t)n >= sizeof text)
        return main;
    copy = draft_text(draft, cs_span_of(text));
    return copy ? cs_span_of(copy) : main;
}

static void put_subjects(const struct marc_work *w)
{
    const struct marc_field *f;
    size_t i = 0;

    while ((f = marc_field_next(w->m, "6XX", &i))) {
        if (strcmp(f->tag, "653") == 0 || strcmp(f->tag, "655") == 0)
            marc_put_both(w, MEMBER_KEYWORDS, f, heading_text);
        else if (f->tag[1] < '6' && strcmp(f->tag, "654") != 0 && strcmp(f->tag, "658") != 0)
            marc_put_both(w, MEMBER_ABOUT, f, heading_text);
    }
}

/* Prose, with its own punctuation. */
static void add_note(struct cs_buffer *b, const struct marc_field *f, const char *codes)
{
    struct cs_span rest = f->data, value;
    size_t before = b->n;
    char code;

    while (marc_subfield_next(&rest, &code, &value)) {
        if (!code || !strchr(codes, code) || text_trim(value).n == 0)
            continue;
        if (b->n > 0)
            cs_buffer_add_byte(b, b->n == before ? '\n' : ' ');
        cs_buffer_add_span(b, text_trim(value));
    }
}

static void put_description(const struct marc_work *w)
{
    struct cs_buffer b = CS_BUFFER_INIT;
    const struct marc_field *f;
    bool summary;
    size_t i;

    b.alloc = memory_allocator();
    for (i = 0; (f = marc_field_next(w->m, "520", &i));) {
        const struct marc_field *original = marc_linked(w, f);
        add_note(&b, f, "ab");
        if (original) /* the same in its own script: a paragraph of its own */
            add_note(&b, original, "ab");
    }
    summary = b.n > 0;
    for (i = 0; !summary && (f = marc_field_next(w->m, "505", &i));)
        add_note(&b, f, "agrt");
    draft_put(w->draft, MEMBER_DESCRIPTION, summary ? "520" : "505", NULL, cs_buffer_span(&b));
    cs_buffer_free(&b);
}

static void put_audience(const struct marc_work *w)
{
    const struct marc_field *f;
    enum member m;
    size_t i = 0;

    while ((f = marc_field_next(w->m, "521", &i))) {
        m = f->indicator[0] >= '0' && f->indicator[0] <= '2' ? MEMBER_EDUCATIONAL_LEVEL
                                                             : MEMBER_AUDIENCE;
        draft_put(w->draft, m, "521$a", NULL, marc_join(w->draft, f, "a", ", "));
    }
}

static struct cs_span publisher_text(struct draft *draft, const struct marc_field *f)
{
    return marc_join(draft, f, "b", "; ");
}

static void put_publisher(const struct marc_work *w)
{
    static const char *const tags[] = {"264", "260", "264"};
    const struct marc_field *f;
    size_t i, k;

    for (k = 0; k < sizeof tags / sizeof *tags; k++)
        for (i = 0; (f = marc_field_next(w->m, tags[k], &i));)
            if (k != 0 || f->indicator[1] == '1')
                marc_put_both(w, MEMBER_PUBLISHER, f, publisher_text);
    for (i = 0; (f = marc_field_next(w->m, "880", &i));)
        if (marc_alone(f, "260") || marc_alone(f, "264"))
            draft_put(w->draft, MEMBER_PUBLISHER, "880", NULL, publisher_text(w->draft, f));
}

static void put_call_number(const struct marc_work *w)
{
    static const struct {
        const char *tag, *codes;
    } places[] = {{"852", "khijm"}, {"099", "a"}, {"090", "ab"}, {"050", "ab"}};
    const struct marc_field *f;
    size_t i, k;

    for (k = 0; k < sizeof places / sizeof *places; k++)
        for (i = 0; (f = marc_field_next(w->m, places[k].tag, &i));)
            draft_put(w->draft, MEMBER_CALL_NUMBER, marc_column(w->draft, f, ""), NULL,
                      marc_join(w->draft, f, places[k].codes, " "));
}

void marc_map(const struct marc_record *m, struct draft *draft)
{
    struct marc_work w = {.m = m, .draft = draft};
    size_t i = 0, k = 0;

    marc_put_key(&w);
    if (m->leader[6] && strchr("zuvxyqw", m->leader[6])) {
        draft_problem(
            draft, "LDR", "not_bibliographic", true,
            _("It describes a name, a subject or holdings, not a thing that can be found: it "
              "was not read."));
        return;
    }
    if (marc_field_next(m, "200", &i) && !marc_field_next(m, "245", &k)) {
        marc_map_unimarc(m, draft);
        return;
    }
    marc_put_languages(&w);
    marc_put_type(&w);
    put_title(&w);
    put_other_titles(&w);
    put_names(&w);
    put_description(&w);
    put_subjects(&w);
    put_audience(&w);
    put_publisher(&w);
    marc_put_date(&w);
    marc_put_identifiers(&w);
    marc_put_links(&w);
    put_call_number(&w);
}

bool marc_mapping(size_t i, const char **member, const char **column)
{
    static const struct {
        enum member member;
        const char *column;
    } table[] = {
        {MEMBER_KEY, "001 003"},
        {MEMBER_TYPE, "LDR/06-07 502"},
        {MEMBER_NAME, "245 $a $b $n $p"},
        {MEMBER_ALTERNATE_NAME, "130 240 246 740"},
        {MEMBER_CREATOR, "100 110 111"},
        {MEMBER_CONTRIBUTOR, "700 710 711"},
        {MEMBER_DESCRIPTION, "520 505"},
        {MEMBER_ABOUT, "600-651"},
        {MEMBER_KEYWORDS, "653 655"},
        {MEMBER_EDUCATIONAL_LEVEL, "521 (0-2)"},
        {MEMBER_AUDIENCE, "521"},
        {MEMBER_IN_LANGUAGE, "008/35-37 041"},
        {MEMBER_LICENSE, "540"},
        {MEMBER_PUBLISHER, "264 260 $b"},
        {MEMBER_DATE_PUBLISHED, "008/07-14 264 260 $c"},
        {MEMBER_ISBN, "020 $a"},
        {MEMBER_IDENTIFIER, "010 022 024 035"},
        {MEMBER_URL, "856 $u"},
        {MEMBER_CONDITIONS_OF_ACCESS, "506 856"},
        {MEMBER_CALL_NUMBER, "852 099 090 050"},
    };

    if (i >= sizeof table / sizeof *table)
        return false;
    *member = member_name(table[i].member);
    *column = table[i].column;
    return true;
}
