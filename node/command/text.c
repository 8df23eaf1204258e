#include "command/text.h"

#include <stdio.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#define ELLIPSIS "\xe2\x80\xa6"
#define COLUMN_LEAST 6 /* a column is not squeezed below this */

/* Columns of the character at *at, which is moved behind it. */
static size_t next_width(struct cs_span text, size_t *at)
{
    int32_t i = 0, length = (int32_t)(text.n - *at < 8 ? text.n - *at : 8);
    UChar32 c;
    int wide;

    U8_NEXT(text.p + *at, i, length, c);
    *at += (size_t)i;
    if (c < 0)
        return 1;
    if (c < 0x20)
        return 0;
    switch (u_charType(c)) {
    case U_NON_SPACING_MARK:
    case U_ENCLOSING_MARK:
    case U_FORMAT_CHAR:
        return 0;
    default:
        wide = u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH);
        return wide == U_EA_WIDE || wide == U_EA_FULLWIDTH ? 2 : 1;
    }
}

size_t text_width(struct cs_span text)
{
    size_t width = 0, at = 0;

    while (at < text.n)
        width += next_width(text, &at);
    return width;
}

static bool is_space(unsigned char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* One line without runs of white space, escaped; marks are kept if `marks`. */
static void tidy(struct cs_buffer *out, struct cs_span text, bool marks)
{
    size_t start, at = 0;

    while (at < text.n && is_space(text.p[at]))
        at++;
    while (at < text.n) {
        unsigned char c = text.p[at];

        if (marks && c >= 1 && c <= 4) {
            cs_buffer_add_byte(out, c);
            at++;
            continue;
        }
        if (is_space(c)) {
            while (at < text.n && is_space(text.p[at]))
                at++;
            if (at < text.n)
                cs_buffer_add_byte(out, ' ');
            continue;
        }
        for (start = at; at < text.n && text.p[at] > 0x20;)
            at++;
        if (at == start)
            at++; /* a control character: escaped alone */
        char *room = (char *)cs_buffer_reserve(out, (at - start) * 8 + 1);
        if (!room)
            return;
        out->n +=
            terminal_text(room, (at - start) * 8 + 1, cs_span_make(text.p + start, at - start));
    }
}

/* How many bytes of the text fit in `width` columns, whole characters with their marks. */
static size_t fitting(struct cs_span text, size_t width)
{
    size_t at = 0, used = 0;

    while (at < text.n) {
        size_t next = at, w = next_width(text, &next);

        if (used + w > width)
            break;
        used += w;
        at = next;
    }
    return at;
}

static void add_cut(struct cs_buffer *out, struct cs_span tidied, size_t width)
{
    size_t n = fitting(tidied, width);

    if (n == tidied.n) {
        cs_buffer_add_span(out, tidied);
        return;
    }
    n = width ? fitting(tidied, width - 1) : 0;
    while (n && tidied.p[n - 1] == ' ')
        n--;
    cs_buffer_add(out, tidied.p, n);
    if (width)
        cs_buffer_add_text(out, ELLIPSIS);
}

void text_add_line(struct cs_buffer *out, struct cs_span text, size_t width)
{
    struct cs_buffer tidied = {.alloc = memory_allocator()};

    tidy(&tidied, text, false);
    add_cut(out, cs_buffer_span(&tidied), width);
    out->failed = out->failed || tidied.failed;
    cs_buffer_free(&tidied);
}

/* The bytes of the next line: as many as fit, back to a space if there is one. */
static size_t line_length(struct cs_span text, size_t width)
{
    size_t n = fitting(text, width);
    size_t cut = n;

    if (n == text.n || text.p[n] == ' ')
        return n;
    while (cut && text.p[cut - 1] != ' ')
        cut--;
    while (cut && text.p[cut - 1] == ' ')
        cut--;
    return cut ? cut : n;
}

void text_add_wrapped(struct cs_buffer *out, struct cs_span text, size_t indent, size_t width,
                      size_t lines)
{
    struct cs_buffer tidied = {.alloc = memory_allocator()};
    struct cs_span rest;
    unsigned char mark = 0;

    tidy(&tidied, text, true);
    rest = cs_buffer_span(&tidied);
    for (; rest.n && lines; lines--) {
        size_t n = lines > 1 ? line_length(rest, width) : rest.n;

        if (!n)
            break; /* not one character fits */
        cs_buffer_printf(out, "%*s", (int)indent, "");
        if (mark)
            cs_buffer_add_byte(out, mark);
        add_cut(out, cs_span_make(rest.p, n), width);
        for (size_t i = 0; i < n; i++)
            if (rest.p[i] <= 4)
                mark = rest.p[i] == *STYLE_END ? 0 : rest.p[i];
        if (mark)
            cs_buffer_add_text(out, STYLE_END);
        cs_buffer_add_byte(out, '\n');
        while (n < rest.n && rest.p[n] == ' ')
            n++;
        rest.p += n;
        rest.n -= n;
    }
    out->failed = out->failed || tidied.failed;
    cs_buffer_free(&tidied);
}

void text_add_beside(struct cs_buffer *out, struct cs_span label, struct cs_span text,
                     size_t column, size_t width, size_t lines)
{
    struct cs_buffer beside = {.alloc = memory_allocator()};
    size_t used = text_width(label);

    cs_buffer_add_span(out, label);
    if (used + 1 >= column) {
        cs_buffer_add_byte(out, '\n');
        used = 0;
    }
    text_add_wrapped(&beside, text, column, width - column, lines);
    if (beside.n > used) /* its first line starts with the spaces that the label takes */
        cs_buffer_add(out, beside.p + used, beside.n - used);
    else if (used)
        cs_buffer_add_byte(out, '\n');
    out->failed = out->failed || beside.failed;
    cs_buffer_free(&beside);
}

void text_ago(uint64_t then, uint64_t now, char out[TEXT_AGO])
{
    uint64_t s = now > then ? now - then : 0;
    unsigned long minutes = (unsigned long)(s / 60), hours = minutes / 60, days = hours / 24;

    if (!then)
        snprintf(out, TEXT_AGO, "%s", _("never"));
    else if (minutes < 1)
        snprintf(out, TEXT_AGO, "%s", _("just now"));
    else if (hours < 1)
        snprintf(out, TEXT_AGO, P_("%lu minute ago", "%lu minutes ago", minutes), minutes);
    else if (days < 1)
        snprintf(out, TEXT_AGO, P_("%lu hour ago", "%lu hours ago", hours), hours);
    else
        snprintf(out, TEXT_AGO, P_("%lu day ago", "%lu days ago", days), days);
}

/* ---- tables */

struct table {
    size_t columns;
    size_t width[TEXT_COLUMNS_MAX];
    struct cs_buffer cells; /* tidied, each with a NUL behind it, row by row, titles first */
    size_t rows;
};

void table_add(struct table *table, const char *const *cells)
{
    for (size_t i = 0; i < table->columns; i++) {
        size_t start = table->cells.n, width;

        tidy(&table->cells, cs_span_of(cells[i]), false);
        if (table->cells.failed)
            return;
        width = text_width(cs_span_make(table->cells.p + start, table->cells.n - start));
        if (width > table->width[i])
            table->width[i] = width;
        cs_buffer_add_byte(&table->cells, '\0');
    }
    table->rows++;
}

struct table *table_new(const char *const *titles, size_t columns)
{
    struct table *table = memory_new(sizeof *table);

    if (!table)
        return NULL;
    table->columns = columns;
    table->cells.alloc = memory_allocator();
    table_add(table, titles);
    return table;
}

/* Takes columns from the widest until the row fits. */
static void squeeze(struct table *table, size_t width)
{
    size_t total = (table->columns - 1) * 2;

    for (size_t i = 0; i < table->columns; i++)
        total += table->width[i];
    while (total > width) {
        size_t widest = 0;

        for (size_t i = 1; i < table->columns; i++)
            if (table->width[i] > table->width[widest])
                widest = i;
        if (table->width[widest] <= COLUMN_LEAST)
            return;
        table->width[widest]--;
        total--;
    }
}

static void print_row(const struct table *table, struct output *out, const char **cell, bool title)
{
    struct cs_buffer line = {.alloc = memory_allocator()};

    if (title)
        cs_buffer_add_text(&line, STYLE_STRONG);
    for (size_t i = 0; i < table->columns; i++) {
        size_t start = line.n, used;

        add_cut(&line, cs_span_of(*cell), table->width[i]);
        if (line.failed)
            break;
        used = text_width(cs_span_make(line.p + start, line.n - start));
        if (i + 1 < table->columns)
            cs_buffer_printf(&line, "%*s", (int)(table->width[i] - used + 2), "");
        *cell += strlen(*cell) + 1;
    }
    if (title)
        cs_buffer_add_text(&line, STYLE_END);
    cs_buffer_add_byte(&line, '\n');
    if (!line.failed)
        output_print_span(out, cs_buffer_span(&line));
    cs_buffer_free(&line);
}

void table_print(struct table *table, struct output *out)
{
    const char *cell = (const char *)table->cells.p;

    if (table->rows > 1 && !table->cells.failed) {
        squeeze(table, out->shape.width);
        for (size_t row = 0; row < table->rows; row++)
            print_row(table, out, &cell, row == 0);
    }
}

void table_free(struct table *table)
{
    if (!table)
        return;
    cs_buffer_free(&table->cells);
    memory_free(table);
}
