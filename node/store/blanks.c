#include "store/internal.h"

static int read_bits(sqlite3_stmt *s, int column, struct blank_row *out, struct problem *why)
{
    return column_bytes(s, column, out->bits, sizeof out->bits) ? 0
                                                                : store_damaged(why, "blank.bits");
}

static int blank_get(struct database *c, row_id lid, struct blank_row *out, struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(c, why, &s, "SELECT bits FROM blank WHERE lid=? AND bundle=?", "ii",
                             lid, (int64_t)out->bundle);

    memset(out->bits, 0, sizeof out->bits);
    if (rc != 1)
        return rc;
    rc = read_bits(s, 0, out, why);
    statement_end(s);
    return rc;
}

int store_blank_add(struct transaction *t, row_id lid, const struct blank_row *row,
                    struct problem *why)
{
    struct blank_row all = {.bundle = row->bundle};

    if (blank_get(writer_of(t), lid, &all, why))
        return -1;
    for (size_t i = 0; i < sizeof all.bits; i++)
        all.bits[i] |= row->bits[i];
    return store_blank_put(t, lid, &all, why);
}

int store_blank_put(struct transaction *t, row_id lid, const struct blank_row *row,
                    struct problem *why)
{
    if (blank_count(row) == 0)
        return statement_run(writer_of(t), why, "DELETE FROM blank WHERE lid=? AND bundle=?", "ii",
                             lid, (int64_t)row->bundle);
    return statement_run(writer_of(t), why,
                         "INSERT OR REPLACE INTO blank(lid,bundle,bits) VALUES(?,?,?)", "iib", lid,
                         (int64_t)row->bundle, cs_span_make(row->bits, sizeof row->bits));
}

int store_blank_list(struct reader *r, row_id lid, uint64_t from, struct blank_row *rows,
                     size_t max, size_t *n, struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(&r->c, why, &s,
                             "SELECT bundle,bits FROM blank WHERE lid=? AND bundle>=?"
                             " ORDER BY bundle LIMIT ?",
                             "iii", lid, (int64_t)from, (int64_t)max);

    for (*n = 0; rc == 1; rc = statement_step(&r->c, s, why)) {
        rows[*n].bundle = column_u64(s, 0);
        if (read_bits(s, 1, &rows[*n], why)) {
            statement_end(s);
            return -1;
        }
        ++*n;
    }
    return rc;
}

bool blank_has(const struct blank_row *row, unsigned place)
{
    return (row->bits[place / 8] >> (place % 8)) & 1;
}

void blank_set(struct blank_row *row, unsigned place, bool is)
{
    unsigned char bit = (unsigned char)(1u << (place % 8));

    row->bits[place / 8] =
        (unsigned char)(is ? row->bits[place / 8] | bit : row->bits[place / 8] & ~bit);
}

unsigned blank_count(const struct blank_row *row)
{
    unsigned n = 0;

    for (unsigned i = 0; i < CS_BUNDLE_WIDTH; i++)
        n += blank_has(row, i);
    return n;
}
