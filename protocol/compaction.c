/*
 * Compaction: of all that a log says of each record, what it says last.
 */
#include <commonshelf/compaction.h>

#include <commonshelf/record.h>

#include <stdlib.h>

#include <jansson.h>

/* A P or D entry. */
struct statement {
    struct cs_uuid id;
    uint64_t rev;
    uint64_t index;
    bool put;
};

struct cs_compaction {
    uint64_t epoch, size;
    struct cs_buffer statements, redacted; /* arrays of statements, and of indexes */
};

struct cs_compaction *cs_compaction_new(uint64_t epoch, const struct cs_allocator *alloc)
{
    struct cs_compaction *c =
        alloc ? alloc->resize(alloc->ctx, NULL, sizeof(*c)) : malloc(sizeof(*c));

    if (!c)
        return NULL;
    memset(c, 0, sizeof(*c));
    c->epoch = epoch;
    c->statements.alloc = c->redacted.alloc = alloc;
    return c;
}

void cs_compaction_free(struct cs_compaction *c)
{
    const struct cs_allocator *alloc;

    if (!c)
        return;
    alloc = c->statements.alloc;
    cs_buffer_free(&c->statements);
    cs_buffer_free(&c->redacted);
    if (alloc)
        alloc->release(alloc->ctx, c);
    else
        free(c);
}

/* Only what identifies a record: whether all of it keeps the rules may be judged otherwise by a later
 * version, and all versions must come to the same. */
static enum cs_status add_statement(struct cs_compaction *c, const struct cs_entry *entry,
                                    uint64_t index)
{
    struct statement statement = {.index = index, .put = entry->op == CS_OP_PUT};
    json_t *record = NULL;
    enum cs_status status = cs_json_read(entry->payload, CS_ENTRY_MAX, &record);

    if (status)
        return status == CS_NO_MEMORY ? status : CS_OK;
    status = cs_record_key(record, &statement.id, &statement.rev);
    json_decref(record);
    if (status)
        return CS_OK;
    cs_buffer_add(&c->statements, &statement, sizeof(statement));
    return cs_buffer_status(&c->statements);
}

enum cs_status cs_compaction_add(struct cs_compaction *c, const struct cs_bundle_item *item)
{
    uint64_t index = c->size++, target;
    struct cs_entry entry;
    enum cs_status status;

    if (item->entry.n == 0 || cs_entry_read(item->entry, &entry) != CS_OK)
        return CS_OK;
    if (entry.op == CS_OP_PUT || entry.op == CS_OP_WITHDRAW)
        return add_statement(c, &entry, index);
    if (entry.op != CS_OP_REDACT)
        return CS_OK;
    status = cs_redaction_read(entry.payload, c->epoch, index, &target);
    if (status)
        return status == CS_NO_MEMORY ? status : CS_OK;
    cs_buffer_add(&c->redacted, &target, sizeof(target));
    return cs_buffer_status(&c->redacted);
}

static int by_index(const void *a, const void *b)
{
    uint64_t x, y;

    memcpy(&x, a, sizeof(x));
    memcpy(&y, b, sizeof(y));
    return (x > y) - (x < y);
}

/* By record; of one record the highest revision first, of those the first entry. */
static int by_record(const void *a, const void *b)
{
    const struct statement *x = a, *y = b;
    int order = memcmp(&x->id, &y->id, sizeof(x->id));

    if (order == 0)
        order = (x->rev < y->rev) - (x->rev > y->rev);
    return order ? order : (x->index > y->index) - (x->index < y->index);
}

static bool is_redacted(const struct cs_compaction *c, uint64_t index)
{
    return c->redacted.n > 0 &&
           bsearch(&index, c->redacted.p, c->redacted.n / sizeof(index), sizeof(index), by_index);
}

/* Fewer are alive than were stated, so they fit into the memory of what is already read. */
static size_t choose(struct cs_compaction *c, uint64_t *live)
{
    struct statement *statement = (struct statement *)(void *)c->statements.p;
    size_t n = c->statements.n / sizeof(*statement), alive = 0;
    struct cs_uuid last;
    bool any = false;

    for (size_t i = 0; i < n; i++) {
        struct statement now = statement[i];

        if (is_redacted(c, now.index) || (any && memcmp(&now.id, &last, sizeof(last)) == 0))
            continue;
        last = now.id;
        any = true;
        if (now.put) {
            uint64_t index = now.index;
            memcpy(live + alive++, &index, sizeof(index));
        }
    }
    return alive;
}

void cs_compaction_live(struct cs_compaction *c, const uint64_t **index, size_t *n)
{
    uint64_t *live = (uint64_t *)(void *)c->statements.p;

    *index = live;
    *n = 0;
    if (c->statements.n == 0)
        return;
    if (c->redacted.n > 0)
        qsort(c->redacted.p, c->redacted.n / sizeof(uint64_t), sizeof(uint64_t), by_index);
    qsort(c->statements.p, c->statements.n / sizeof(struct statement), sizeof(struct statement),
          by_record);
    *n = choose(c, live);
    qsort(live, *n, sizeof(*live), by_index);
    c->statements.n = 0; /* they were written over */
}
