/*
 * From verified bytes to files and rows. Files are made durable first, then rows and the range that
 * says they are held are committed; what a crash leaves between the two is written again.
 */
#include <assert.h>

#include <commonshelf/record.h>

#include "sync/internal.h"

#define SLICE_MS 40 /* rows are written in transactions that hold nobody up */

/* Of an own log only what was taken back is looked at here. */
static void take_own(struct log_pull *lp, struct cs_span bytes, uint64_t index)
{
    struct cs_entry entry;
    uint64_t target;

    if (cs_entry_read(bytes, &entry) == CS_OK && entry.op == CS_OP_REDACT &&
        cs_redaction_read(entry.payload, lp->log.epoch, index, &target) == CS_OK)
        cs_buffer_add(&lp->named, &target, sizeof target);
}

/* Reads one entry. What holds no valid record is refused here once and for all: it stays in the log,
 * which verifies, and is shown nowhere. */
static void take_entry(struct log_pull *lp, struct cs_span bytes, uint64_t index)
{
    struct taken *taken = &lp->taken[lp->takens];
    enum cs_status status;
    struct cs_entry entry;

    if (bytes.n == 0)
        blank_note(lp, index);
    if (lp->own)
        lp->pull->result->entries++;
    if (lp->own && bytes.n > 0)
        take_own(lp, bytes, index);
    if (bytes.n == 0 || lp->own)
        return; /* redacted, or read by catalogue_adopt */
    status = cs_entry_read(bytes, &entry);
    if (status == CS_OK && entry.op == CS_OP_EPOCH) {
        status = index == 0 ? cs_epoch_read(entry.payload, lp->log.epoch, NULL) : CS_MALFORMED;
    } else if (status == CS_OK && index == 0) {
        status = CS_MALFORMED;
    } else if (status == CS_OK && entry.op == CS_OP_REDACT) {
        status = cs_redaction_read(entry.payload, lp->log.epoch, index, &taken->rev);
        if (status == CS_OK) {
            taken->op = entry.op;
            taken->index = index;
            lp->takens++;
        }
    } else if (status == CS_OK) {
        status = entry.op == CS_OP_PUT ? cs_record_verify(entry.payload, &taken->id, &taken->rev)
                                       : cs_withdrawal_read(entry.payload, &taken->id, &taken->rev);
        if (status == CS_OK) {
            taken->op = entry.op;
            taken->index = index;
            taken->payload = entry.payload;
            lp->takens++;
        }
    }
    if (status != CS_OK)
        lp->pull->result->refused++;
    lp->pull->result->entries++;
}

static int make_room(struct log_pull *lp, size_t entries, struct problem *why)
{
    size_t rooms = sizeof lp->raw / sizeof *lp->raw;

    if (!lp->taken && !(lp->taken = memory_new(TAKE_ENTRIES * sizeof *lp->taken)))
        return problem_no_memory(why);
    if (lp->takens + entries > TAKE_ENTRIES || lp->raws == rooms || lp->raw_bytes > TAKE_BYTES)
        return absorb_commit(lp, why);
    return 0;
}

/* Takes over `raw`, so that the payloads in it stay where they are until they are committed. */
static struct cs_span keep(struct log_pull *lp, struct cs_buffer *raw)
{
    struct cs_buffer empty = {.alloc = raw->alloc};

    lp->raw[lp->raws] = *raw;
    *raw = empty;
    lp->raw_bytes += lp->raw[lp->raws].n;
    return cs_buffer_span(&lp->raw[lp->raws++]);
}

static int absorb_items(struct log_pull *lp, struct cs_buffer *raw, struct problem *why)
{
    uint64_t index = log_writer_range(lp->writer)->size;
    struct cs_bundle_item item;
    struct cs_span rest;

    if (make_room(lp, CS_BUNDLE_WIDTH, why))
        return -1;
    for (rest = keep(lp, raw); rest.n > 0 && cs_bundle_next(&rest, &item) == CS_OK; index++) {
        if (log_writer_add(lp->writer, &item, why))
            return -1;
        take_entry(lp, item.entry, index);
    }
    return 0;
}

static bool is_among(const uint64_t *known, size_t n, uint64_t index)
{
    for (size_t i = 0; i < n; i++)
        if (known[i] == index)
            return true;
    return false;
}

/* What is known to be redacted is not taken again from a source that still serves it: its place gets
 * the hash that was just verified. */
static int drop_redacted(struct log_pull *lp, uint64_t first, struct cs_buffer *raw, bool *dropped,
                         struct problem *why)
{
    uint64_t known[CS_BUNDLE_WIDTH], index = first;
    struct cs_buffer kept = {.alloc = memory_allocator()};
    enum cs_status status = CS_OK;
    struct cs_bundle_item item;
    struct cs_span rest;
    size_t n;

    *dropped = false;
    if (lp->next_epoch) /* what is known is of the epoch before */
        return 0;
    if (store_redaction_list(lp->pull->reader, lp->log.lid, first, false, known, CS_BUNDLE_WIDTH,
                             &n, why))
        return -1;
    if (n == 0 || known[0] >= first + CS_BUNDLE_WIDTH)
        return 0;
    for (rest = cs_buffer_span(raw);
         status == CS_OK && rest.n > 0 && cs_bundle_next(&rest, &item) == CS_OK; index++) {
        bool is_known = is_among(known, n, index);

        if (item.entry.n > 0 && !is_known) {
            status = cs_bundle_add(&kept, item.entry);
            continue;
        }
        cs_bundle_add_redacted(&kept, &item.leaf);
        if (item.entry.n > 0) {
            *dropped = true;
            lp->pull->result->redacted++;
        }
    }
    if (status == CS_OK && !kept.failed && *dropped) {
        struct cs_buffer had = *raw;

        *raw = kept;
        kept = had;
    }
    status = kept.failed || raw->failed ? CS_NO_MEMORY : status;
    cs_buffer_free(&kept);
    return status == CS_OK ? 0 : problem_status(why, status, _("a bundle of entries"));
}

int absorb_bundle(struct log_pull *lp, struct cs_span gz, struct cs_buffer *raw,
                  const struct cs_hash leaf[CS_BUNDLE_WIDTH], struct problem *why)
{
    uint64_t index = log_writer_range(lp->writer)->size;
    struct cs_span rest, entry;
    bool dropped;

    if (drop_redacted(lp, index, raw, &dropped, why))
        return -1;
    if (dropped)
        return absorb_items(lp, raw, why);
    if (make_room(lp, CS_BUNDLE_WIDTH, why) || log_writer_add_bundle(lp->writer, gz, leaf, why))
        return -1;
    for (rest = keep(lp, raw); rest.n > 0 && cs_bundle_next_entry(&rest, &entry) == CS_OK; index++)
        take_entry(lp, entry, index);
    return 0;
}

int absorb_entries(struct log_pull *lp, struct cs_buffer *raw, struct problem *why)
{
    bool dropped;

    if (drop_redacted(lp, log_writer_range(lp->writer)->size, raw, &dropped, why))
        return -1;
    return absorb_items(lp, raw, why);
}

static int write_row(struct transaction *t, struct log_pull *lp, const struct taken *taken,
                     struct problem *why)
{
    bool stale;

    if (taken->op == CS_OP_REDACT)
        return store_redaction_add(t, lp->log.lid, taken->rev, false, why);
    if (taken->op == CS_OP_PUT)
        return store_mirror_put(t, lp->log.nid, lp->log.lid, &taken->id, taken->rev, taken->index,
                                taken->payload, &stale, why);
    return store_mirror_withdraw(t, lp->log.nid, lp->log.lid, &taken->id, taken->rev, taken->index,
                                 &stale, why);
}

/* The rows may be committed in several steps: each is a verified entry of its own, and writing one
 * again changes nothing. The range goes with the last. */
static int write_rows(struct log_pull *lp, struct problem *why)
{
    struct store *store = lp->pull->setup->store;
    struct transaction *t = store_begin(store, why);
    uint64_t start = clock_monotonic_ms();

    for (size_t i = 0; t && i < lp->takens; i++) {
        if (clock_monotonic_ms() - start > SLICE_MS) {
            if (store_commit(&t, why))
                break;
            start = clock_monotonic_ms();
            t = store_begin(store, why);
        }
        if (t && write_row(t, lp, &lp->taken[i], why))
            store_rollback(&t);
    }
    if (lp->blank_failed) {
        store_rollback(&t);
        return problem_no_memory(why);
    }
    for (size_t i = 0; t && i < lp->blanks; i++)
        if (store_blank_add(t, lp->log.lid, &lp->blank[i], why))
            store_rollback(&t);
    if (t && store_mirror_advance(t, lp->log.lid, log_writer_range(lp->writer), why) == 0 &&
        store_commit(&t, why) == 0)
        return 0;
    store_rollback(&t);
    return -1;
}

int absorb_find(struct log_pull *lp, struct problem *why)
{
    if (!lp->taken && !(lp->taken = memory_new(TAKE_ENTRIES * sizeof *lp->taken)))
        return problem_no_memory(why);
    lp->takens = 0;
    return 0;
}

void absorb_found(struct log_pull *lp, struct cs_span entry, uint64_t index)
{
    take_entry(lp, entry, index);
}

/* In one transaction: at most a bundle. */
int absorb_filled(struct log_pull *lp, const struct blank_row *row, struct problem *why)
{
    struct transaction *t = store_begin(lp->pull->setup->store, why);

    for (size_t i = 0; t && i < lp->takens; i++)
        if (write_row(t, lp, &lp->taken[i], why))
            store_rollback(&t);
    lp->takens = 0;
    if (t && store_blank_put(t, lp->log.lid, row, why) == 0 && store_commit(&t, why) == 0)
        return 0;
    store_rollback(&t);
    return -1;
}

static void forget_kept(struct log_pull *lp)
{
    for (size_t i = 0; i < lp->raws; i++)
        cs_buffer_free(&lp->raw[i]);
    lp->raws = lp->raw_bytes = lp->takens = 0;
    if (!lp->own)
        lp->blanks = 0;
}

int absorb_commit(struct log_pull *lp, struct problem *why)
{
    uint64_t size = log_writer_range(lp->writer)->size;

    if (size == lp->committed)
        return 0;
    if (log_writer_flush(lp->writer, why) || (!lp->own && write_rows(lp, why)))
        return -1;
    forget_kept(lp);
    if (lp->own) {
        lp->committed = size;
        return 0;
    }
    /* The edge of the newest complete mirror stays for those who pull from here. */
    log_forget_edge(lp->pull->setup->home, lp->log.origin, lp->committed, size,
                    lp->log.checkpoint_size);
    lp->committed = size;
    if (lp->pull->setup->changed)
        lp->pull->setup->changed(lp->pull->setup->arg);
    return 0;
}

void absorb_free(struct log_pull *lp)
{
    forget_kept(lp);
    memory_free(lp->taken);
    lp->taken = NULL;
    memory_free(lp->blank);
    lp->blank = NULL;
    lp->blanks = lp->blank_room = 0;
    cs_buffer_free(&lp->named);
}
