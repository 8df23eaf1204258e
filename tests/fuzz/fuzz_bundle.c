/*
 * Bundles and the entries in them: what is read is written back as the same bytes.
 */
#include "tests/fuzz/fuzz.h"

#include <commonshelf/entry.h>

/* What names an entry is written again as one that names the same. */
static void check_redaction(const struct cs_entry *entry)
{
    struct cs_buffer written = CS_BUFFER_INIT;
    uint64_t index, again;

    if (entry->op == CS_OP_REDACT &&
        cs_redaction_read(entry->payload, 1, CS_LOG_SIZE_MAX, &index) == CS_OK) {
        must(cs_redaction_write(1, index, &written) == CS_OK);
        must(cs_redaction_read(cs_buffer_span(&written), 1, index + 1, &again) == CS_OK);
        must(index == again);
    }
    cs_buffer_free(&written);
}

static void check_entry(struct cs_span bytes)
{
    struct cs_buffer written = CS_BUFFER_INIT;
    struct cs_entry entry;

    if (cs_entry_read(bytes, &entry))
        return;
    must(cs_entry_write(entry.op, entry.salt, entry.payload, &written) == CS_OK);
    must(cs_span_equal(bytes, cs_buffer_span(&written)));
    if (entry.op == CS_OP_EPOCH)
        (void)!cs_epoch_read(entry.payload, 1, NULL);
    check_redaction(&entry);
    cs_buffer_free(&written);
}

static void add(struct cs_buffer *written, const struct cs_bundle_item *item)
{
    if (item->entry.n == 0)
        cs_bundle_add_redacted(written, &item->leaf);
    else
        must(cs_bundle_add(written, item->entry) == CS_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cs_span rest = cs_span_make(data, size);
    struct cs_buffer written = CS_BUFFER_INIT;
    struct cs_bundle_item item;

    check_entry(rest);
    while (rest.n > 0 && cs_bundle_next(&rest, &item) == CS_OK) {
        check_entry(item.entry);
        add(&written, &item);
    }
    must(written.n + rest.n == size);
    must(cs_span_equal(cs_buffer_span(&written), cs_span_make(data, written.n)));
    cs_buffer_free(&written);
    return 0;
}
