/*
 * Cells: the first byte chooses the separator, the rest is the file. However it comes in pieces, the
 * rows are the same, stay inside their caps, and are counted without a gap.
 */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "intake/csv.h"

struct feed {
    const uint8_t *p;
    size_t n, piece;
};

static ssize_t feed(void *arg, unsigned char *p, size_t n)
{
    struct feed *f = arg;

    if (n > f->piece)
        n = f->piece;
    if (n > f->n)
        n = f->n;
    if (n > 0)
        memcpy(p, f->p, n);
    f->p += n;
    f->n -= n;
    return (ssize_t)n;
}

/* Everything a caller sees of the file, in one number. */
static uint64_t read_all(const uint8_t *p, size_t n, unsigned char separator, size_t piece)
{
    struct feed f = {p, n, piece};
    struct csv *c = csv_new(feed, &f, separator);
    uint64_t seen = 14695981039346656037u, rows = 0;
    struct csv_row row;

    must(c != NULL);
    while (csv_next(c, &row) == 1) {
        must(row.number == ++rows);
        must(row.n >= 1 && row.n <= CSV_COLUMNS_MAX && row.original.n <= n);
        for (size_t i = 0; i < row.n; i++) {
            for (size_t k = 0; k < row.cells[i].n; k++)
                seen = (seen ^ row.cells[i].p[k]) * 1099511628211u;
            seen = (seen ^ 256) * 1099511628211u;
        }
        seen = (seen ^ (257 + row.stray_quote)) * 1099511628211u;
    }
    seen ^= (uint64_t)csv_fault(c) << 32;
    csv_free(c);
    return seen;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const unsigned char separators[] = {',', ';', '\t', '|'};
    unsigned char separator;
    uint64_t whole;

    if (size == 0 || size > 65536)
        return 0;
    separator = separators[data[0] % 4];
    whole = read_all(data + 1, size - 1, separator, size);
    must(read_all(data + 1, size - 1, separator, 1) == whole);
    must(read_all(data + 1, size - 1, separator, 7) == whole);
    return 0;
}
