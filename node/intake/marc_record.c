#include "intake/marc.h"

#include <stdio.h>

#include <commonshelf/encode.h>

#include "intake/text.h"

static size_t big_endian(const unsigned char *p)
{
    return (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
}

bool marc_record_read(struct cs_span frame, struct marc_record *m)
{
    struct marc_field *f;
    size_t length;

    m->n = 0;
    m->left_out = false;
    if (frame.n < MARC_LEADER || !cs_utf8_valid(cs_span_make(frame.p, MARC_LEADER)))
        return false;
    memcpy(m->leader, frame.p, MARC_LEADER);
    m->leader[MARC_LEADER] = '\0';
    frame = cs_span_make(frame.p + MARC_LEADER, frame.n - MARC_LEADER);
    while (frame.n > 0) {
        if (frame.n < MARC_FIELD_HEAD)
            return false;
        length = big_endian(frame.p + 5);
        if (length > frame.n - MARC_FIELD_HEAD)
            return false;
        if (m->n == MARC_FIELDS_MAX) {
            m->left_out = true;
            return true;
        }
        f = &m->fields[m->n++];
        memcpy(f->tag, frame.p, 3);
        f->tag[3] = '\0';
        memcpy(f->indicator, frame.p + 3, 2);
        f->data = cs_span_make(frame.p + MARC_FIELD_HEAD, length);
        if (!cs_utf8_valid(f->data) || memchr(f->data.p, 0, length) ||
            !cs_utf8_valid(cs_span_make(frame.p, 5)))
            return false;
        frame = cs_span_make(f->data.p + length, frame.n - MARC_FIELD_HEAD - length);
    }
    return true;
}

const struct marc_field *marc_field_next(const struct marc_record *m, const char *tag, size_t *i)
{
    const struct marc_field *f;
    size_t k;

    while (*i < m->n) {
        f = &m->fields[(*i)++];
        for (k = 0; k < 3; k++)
            if (tag[k] != 'X' && tag[k] != f->tag[k])
                break;
        if (k == 3)
            return f;
    }
    return NULL;
}

bool marc_subfield_next(struct cs_span *rest, char *code, struct cs_span *value)
{
    const unsigned char *p = memchr(rest->p, MARC_SUBFIELD, rest->n), *next;
    size_t left;

    if (!p || (left = rest->n - (size_t)(p - rest->p)) < 2)
        return false;
    *code = (char)p[1];
    next = memchr(p + 2, MARC_SUBFIELD, left - 2);
    *value = cs_span_make(p + 2, next ? (size_t)(next - p) - 2 : left - 2);
    *rest = cs_span_make(value->p + value->n, left - 2 - value->n);
    return true;
}

struct cs_span marc_subfield(const struct marc_field *f, const char *codes)
{
    struct cs_span rest = f->data, value;
    char code;

    while (marc_subfield_next(&rest, &code, &value))
        if (code && strchr(codes, code) && text_trim(value).n > 0)
            return text_trim(value);
    return cs_span_make(NULL, 0);
}

/* Words whose full stop is theirs, between spaces. Lower case. */
#define ABBREVIATIONS                                                                              \
    " jr sr inc co ltd corp cent ca etc ed eds st dr mr mrs ms univ verl publ bros dept vol no "   \
    "pt "                                                                                          \
    "fl assn soc inst acad hrsg gmbh cie cia dir esq rev gen col hon n.d s.n s.l "

/* Whether the full stop at the end belongs to an initial or an abbreviation: "J.", "Inc.", "U.S." */
static bool abbreviation(struct cs_span t)
{
    char word[16] = " ";
    size_t i, from, n = 1;

    for (from = t.n - 1; from > 0 && t.p[from - 1] != ' ' && t.p[from - 1] != '-'; from--)
        ;
    if (t.n - 1 - from > sizeof word - 3 || t.p[t.n - 2] == ']' || t.p[t.n - 2] == ')')
        return false;
    for (i = from; i < t.n - 1; i++)
        word[n++] = (char)(t.p[i] >= 'A' && t.p[i] <= 'Z' ? t.p[i] | 0x20 : t.p[i]);
    word[n++] = ' ';
    word[n] = '\0';
    /* One letter, in whatever script; or the last of several with full stops between them. */
    for (i = 1; (t.p[t.n - 1 - i] & 0xC0) == 0x80 && i < 4 && i < t.n - 1 - from; i++)
        ;
    if (i == t.n - 1 - from || (t.n > i + 2 && t.p[t.n - 2 - i] == '.'))
        return true;
    return strstr(ABBREVIATIONS, word) != NULL;
}

struct cs_span marc_trim(struct cs_span t)
{
    t = text_trim(t);
    while (t.n > 0 && t.p[t.n - 1] && strchr("/:;,=", t.p[t.n - 1]))
        t = text_trim(cs_span_make(t.p, t.n - 1));
    if (t.n > 2 && t.p[t.n - 1] == '.' && t.p[t.n - 2] != '.' && !abbreviation(t))
        t = text_trim(cs_span_make(t.p, t.n - 1));
    return t;
}

struct cs_span marc_join(struct draft *draft, const struct marc_field *f, const char *codes,
                         const char *between)
{
    struct cs_buffer b = CS_BUFFER_INIT, scratch = CS_BUFFER_INIT;
    struct cs_span rest = f->data, value, out = {NULL, 0};
    const char *text;
    char code;

    b.alloc = scratch.alloc = memory_allocator();
    while (marc_subfield_next(&rest, &code, &value)) {
        value = *between == ' ' && !between[1] ? text_trim(value) : marc_trim(value);
        if (!code || !strchr(codes, code) || value.n == 0)
            continue;
        if (b.n > 0)
            cs_buffer_add_text(&b, between);
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

const char *marc_column(struct draft *draft, const struct marc_field *f, const char *code)
{
    char name[8];
    const char *text;

    snprintf(name, sizeof name, "%s%s%s", f->tag, *code ? "$" : "", code);
    text = draft_text(draft, cs_span_of(name));
    return text ? text : "";
}
