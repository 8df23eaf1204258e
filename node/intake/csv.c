#include "intake/csv.h"

#include "support/support.h"

#define READ_AT_ONCE (128u << 10)

/* What a byte means outside quotes. */
enum { PLAIN = 0, SEPARATOR, LINE_END, NUL_BYTE };

struct csv {
    csv_source source;
    void *arg;
    unsigned char separator;
    unsigned char class[256];
    unsigned char *bytes; /* what was read and not yet given out: [start, end) */
    unsigned char *undone; /* cells whose doubled quotes were made single; as large as `bytes` */
    size_t room, start, end, undone_n;
    bool ended; /* the source has no more */
    uint64_t rows;
    enum csv_fault fault;
    struct cs_span cells[CSV_COLUMNS_MAX];
};

/* How far one try at a row came. */
enum outcome { ROW, NEED_MORE, NEED_MORE_IN_QUOTES, BROKEN };

struct csv *csv_new(csv_source source, void *arg, unsigned char separator)
{
    struct csv *c = memory_new(sizeof *c);

    if (!c)
        return NULL;
    c->source = source;
    c->arg = arg;
    c->separator = separator;
    c->class[separator] = SEPARATOR;
    c->class['\n'] = c->class['\r'] = LINE_END;
    c->class[0] = NUL_BYTE;
    return c;
}

void csv_free(struct csv *c)
{
    if (!c)
        return;
    memory_free(c->bytes);
    memory_free(c->undone);
    memory_free(c);
}

bool csv_drained(const struct csv *c)
{
    return c->start == c->end;
}

enum csv_fault csv_fault(const struct csv *c)
{
    return c->fault;
}

uint64_t csv_number(const struct csv *c)
{
    return c->rows + 1;
}

/* Room for at least one more read behind `end`. */
static bool make_room(struct csv *c)
{
    size_t room;
    unsigned char *p;

    if (c->start > 0) {
        memmove(c->bytes, c->bytes + c->start, c->end - c->start);
        c->end -= c->start;
        c->start = 0;
    }
    if (c->room - c->end >= READ_AT_ONCE)
        return true;
    room = c->room ? c->room * 2 : READ_AT_ONCE * 2;
    if (!(p = memory_resize(c->bytes, room)))
        return false;
    c->bytes = p;
    if (!(p = memory_resize(c->undone, room)))
        return false;
    c->undone = p;
    c->room = room;
    return true;
}

/* Reads on. False at a fault; at the end of the source `ended` is set. */
static bool fill(struct csv *c)
{
    ssize_t n;

    if (c->end - c->start > CSV_ROW_MAX) {
        c->fault = CSV_ROW_TOO_LONG;
        return false;
    }
    if (!make_room(c)) {
        c->fault = CSV_NO_MEMORY;
        return false;
    }
    n = c->source(c->arg, c->bytes + c->end, c->room - c->end);
    if (n < 0) {
        c->fault = CSV_READ_FAILED;
        return false;
    }
    c->end += (size_t)n;
    c->ended = n == 0;
    return true;
}

static void keep(struct csv *c, struct csv_row *row, struct cs_span cell)
{
    if (row->n == CSV_COLUMNS_MAX) {
        row->beyond += cell.n > 0;
        return;
    }
    if (cell.n > CSV_CELL_MAX && !row->huge)
        row->huge = row->n + 1;
    c->cells[row->n++] = cell;
}

/* Copies [from, to) with "" made ". */
static struct cs_span undo_quotes(struct csv *c, size_t from, size_t to)
{
    unsigned char *out = c->undone + c->undone_n;
    size_t n = 0;

    while (from < to) {
        if (c->bytes[from] == '"')
            from++;
        out[n++] = c->bytes[from++];
    }
    c->undone_n += n;
    return cs_span_make(out, n);
}

/*
 * Reads the quoted cell whose opening quote stands before *at. On ROW *at is the separator, line end
 * or end behind it. BROKEN: the quotes don't enclose a cell.
 */
static enum outcome quoted_cell(struct csv *c, size_t *at, struct cs_span *cell)
{
    size_t from = *at, i = *at;
    bool doubled = false;
    const unsigned char *quote;

    for (;;) {
        quote = i < c->end ? memchr(c->bytes + i, '"', c->end - i) : NULL;
        if (!quote)
            return NEED_MORE_IN_QUOTES;
        i = (size_t)(quote - c->bytes);
        if (i + 1 == c->end && !c->ended)
            return NEED_MORE_IN_QUOTES;
        if (i + 1 == c->end || c->bytes[i + 1] != '"')
            break;
        doubled = true;
        i += 2;
    }
    if (memchr(c->bytes + from, 0, i - from)) {
        c->fault = CSV_NUL_BYTE;
        return ROW;
    }
    *cell = doubled ? undo_quotes(c, from, i) : cs_span_make(c->bytes + from, i - from);
    for (i++; i < c->end && c->bytes[i] == ' '; i++)
        ;
    if (i == c->end && !c->ended)
        return NEED_MORE_IN_QUOTES;
    if (i < c->end && c->class[c->bytes[i]] != SEPARATOR && c->class[c->bytes[i]] != LINE_END)
        return BROKEN;
    *at = i;
    return ROW;
}

/* The same for a cell without quotes that starts at *at. */
static enum outcome plain_cell(struct csv *c, size_t *at, struct cs_span *cell)
{
    size_t i = *at;

    while (i < c->end && c->class[c->bytes[i]] == PLAIN)
        i++;
    if (i == c->end && !c->ended)
        return NEED_MORE;
    if (i < c->end && c->class[c->bytes[i]] == NUL_BYTE)
        c->fault = CSV_NUL_BYTE;
    *cell = cs_span_make(c->bytes + *at, i - *at);
    *at = i;
    return ROW;
}

static enum outcome cell_at(struct csv *c, size_t *at, struct csv_row *row, struct cs_span *cell)
{
    size_t quote = *at;
    enum outcome o;

    while (quote < c->end && c->bytes[quote] == ' ')
        quote++;
    if (quote == c->end && !c->ended)
        return NEED_MORE;
    if (quote == c->end || c->bytes[quote] != '"')
        return plain_cell(c, at, cell);
    quote++;
    o = quoted_cell(c, &quote, cell);
    if (o == ROW) {
        *at = quote;
        return ROW;
    }
    /* A table between tabs is often written without any quoting. */
    if (o == NEED_MORE_IN_QUOTES &&
        !(c->separator == '\t' && (c->ended || c->end - c->start > CSV_ROW_MAX)))
        return o;
    if (!row->stray_quote)
        row->stray_quote = row->n + 1;
    return plain_cell(c, at, cell);
}

/* Behind the line end at `i`. A CR that is the last byte so far may have its LF still to come. */
static enum outcome end_line(struct csv *c, size_t i, size_t *behind)
{
    if (i < c->end && c->bytes[i] == '\r') {
        if (i + 1 == c->end && !c->ended)
            return NEED_MORE;
        if (i + 1 < c->end && c->bytes[i + 1] == '\n')
            i++;
    }
    *behind = i < c->end ? i + 1 : i;
    return ROW;
}

/* One try at the row that starts at `start`, with what there is. */
static enum outcome row_at(struct csv *c, struct csv_row *row)
{
    size_t at = c->start, behind;
    struct cs_span cell;
    enum outcome o;

    *row = (struct csv_row){.number = c->rows + 1, .cells = c->cells};
    c->undone_n = 0;
    for (;;) {
        o = cell_at(c, &at, row, &cell);
        if (o != ROW)
            return o;
        if (c->fault)
            return BROKEN;
        keep(c, row, cell);
        if (at == c->end || c->class[c->bytes[at]] != SEPARATOR)
            break;
        at++;
    }
    o = end_line(c, at, &behind);
    if (o != ROW)
        return o;
    row->original = cs_span_make(c->bytes + c->start, at - c->start);
    c->start = behind;
    return ROW;
}

int csv_next(struct csv *c, struct csv_row *row)
{
    enum outcome o;

    if (c->fault)
        return -1;
    for (;;) {
        if (c->start == c->end && c->ended)
            return 0;
        o = c->start == c->end ? NEED_MORE : row_at(c, row);
        if (o == ROW) {
            c->rows++;
            return 1;
        }
        if (o == BROKEN)
            return -1;
        if (o == NEED_MORE_IN_QUOTES && (c->ended || c->end - c->start > CSV_ROW_MAX)) {
            c->fault = CSV_UNCLOSED_QUOTE;
            return -1;
        }
        if (!fill(c))
            return -1;
    }
}
