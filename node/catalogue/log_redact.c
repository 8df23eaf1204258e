/*
 * Taking entries out of a log's files: a redacted entry's place holds its leaf hash. The one case in
 * which committed files are written again. What is to be taken out stands in the store first, so that
 * a crash anywhere leaves files that prove, the old or the new ones, and a start that goes on.
 */
#include <commonshelf/gzip.h>
#include <commonshelf/record.h>

#include <jansson.h>

#include "catalogue/catalogue.h"
#include "catalogue/log_sums.h"

/* The entries of one bundle that are to be taken out. */
struct redaction {
    const char *home;
    struct store *store;
    const struct log_row *log;
    uint64_t bundle;
    uint64_t index[CS_BUNDLE_WIDTH];
    size_t n;
    struct cs_buffer raw, hashes, redacted, gz;
};

static struct cs_tile widest(const struct redaction *r, int level)
{
    struct cs_tile tile = {level, r->bundle, CS_BUNDLE_WIDTH};
    uint64_t full;
    unsigned edge = cs_tile_edge(level, r->log->range.size, &full);

    if (r->bundle == full)
        tile.width = edge;
    return tile;
}

static bool is_chosen(const struct redaction *r, uint64_t index)
{
    for (size_t i = 0; i < r->n; i++)
        if (r->index[i] == index)
            return true;
    return false;
}

/* What a mirrored record says by an entry that was taken back is forgotten first: once the file has
 * only a hash, nobody can tell any more which record it was. */
static int forget_record(const struct redaction *r, struct transaction *t,
                         const struct cs_bundle_item *item, struct problem *why)
{
    struct cs_entry entry;
    struct cs_uuid id;
    json_t *record = NULL;
    uint64_t rev;
    int rc = 0;

    if (item->entry.n == 0 || cs_entry_read(item->entry, &entry) != CS_OK ||
        entry.op != CS_OP_PUT || cs_record_read(entry.payload, &record, &id, &rev, NULL) != CS_OK)
        return 0;
    rc = store_mirror_forget(t, r->log->nid, r->log->lid, &id, rev, why);
    json_decref(record);
    return rc;
}

static int forget_records(struct redaction *r, struct problem *why)
{
    struct cs_tile tile = widest(r, CS_TILE_LEVEL_ENTRIES);
    uint64_t index = r->bundle * CS_BUNDLE_WIDTH;
    struct transaction *t = NULL;
    struct cs_bundle_item item;
    struct cs_span rest;

    cs_buffer_reset(&r->raw);
    if (log_bundle_read(r->home, r->log->origin, &tile, &r->raw, why) ||
        !(t = store_begin(r->store, why)))
        return -1;
    for (rest = cs_buffer_span(&r->raw); rest.n > 0 && cs_bundle_next(&rest, &item) == CS_OK;
         index++)
        if (is_chosen(r, index) && forget_record(r, t, &item, why)) {
            store_rollback(&t);
            return -1;
        }
    if (store_commit(&t, why) == 0)
        return 0;
    store_rollback(&t);
    return -1;
}

static int damaged(const struct redaction *r, const struct cs_tile *tile, struct problem *why)
{
    char path[FILE_PATH_MAX];

    if (log_tile_path(r->home, r->log->origin, tile, path, why))
        return -1;
    return problem_set(
        why, "log_file_damaged",
        _("The file %s does not hold what was signed, so nothing could be taken out "
          "of it. Run \"commonshelf doctor\"; a peer or a backup has the right one."),
        path);
}

/* Makes r->redacted of r->raw. Each place is compared with its hash: what was damaged on the disk
 * must not become a hash that nobody signed. *changed false: nothing was left to take out. */
static int take_out(struct redaction *r, const struct cs_tile *tile, bool *changed,
                    struct problem *why)
{
    uint64_t first = r->bundle * CS_BUNDLE_WIDTH;
    struct cs_bundle_item item;
    struct cs_span rest;
    unsigned i = 0;

    *changed = false;
    cs_buffer_reset(&r->redacted);
    for (rest = cs_buffer_span(&r->raw); rest.n > 0; i++) {
        enum cs_status status = CS_OK;

        if (i == tile->width || cs_bundle_next(&rest, &item) != CS_OK ||
            memcmp(item.leaf.b, r->hashes.p + (size_t)i * CS_HASH, CS_HASH) != 0)
            return damaged(r, tile, why);
        if (item.entry.n > 0 && is_chosen(r, first + i))
            *changed = true;
        if (item.entry.n == 0 || is_chosen(r, first + i))
            cs_bundle_add_redacted(&r->redacted, &item.leaf);
        else
            status = cs_bundle_add(&r->redacted, item.entry);
        if (status != CS_OK || r->redacted.failed)
            return problem_no_memory(why);
    }
    return i == tile->width ? 0 : damaged(r, tile, why);
}

static int rewrite(struct redaction *r, const struct cs_tile *tile, const char *path,
                   struct problem *why)
{
    enum cs_status status;
    bool changed;

    cs_buffer_reset(&r->raw);
    cs_buffer_reset(&r->gz);
    if (log_bundle_read(r->home, r->log->origin, tile, &r->raw, why) ||
        take_out(r, tile, &changed, why))
        return -1;
    if (!changed)
        return 0;
    if ((status = cs_gzip(cs_buffer_span(&r->redacted), &r->gz)) != CS_OK)
        return problem_status(why, status, _("a bundle of entries"));
    /* First what it will hash to: a crash between the two is gone on with before anything is served. */
    if (log_sums_change(r->home, r->log->origin, tile, cs_buffer_span(&r->gz), why))
        return -1;
    return file_put_durable(path, cs_buffer_span(&r->gz), 0644, why);
}

/* Every file that holds the bundle, whole or in part: what is served is written again, what a growing
 * edge or a publication that was cut off left behind is removed. */
static int rewrite_all(struct redaction *r, struct problem *why)
{
    struct cs_tile hashes = widest(r, 0), tile = {CS_TILE_LEVEL_ENTRIES, r->bundle, 0};
    char path[FILE_PATH_MAX];

    cs_buffer_reset(&r->hashes);
    if (log_tile_read(r->home, r->log->origin, &hashes, &r->hashes, why))
        return -1;
    for (tile.width = 1; tile.width <= CS_BUNDLE_WIDTH; tile.width++) {
        if (log_tile_path(r->home, r->log->origin, &tile, path, why))
            return -1;
        if (!file_exists(path))
            continue;
        if (tile.width <= hashes.width &&
            (cs_tile_in(&tile, r->log->range.size) || cs_tile_in(&tile, r->log->previous_size))) {
            if (rewrite(r, &tile, path, why))
                return -1;
        } else if (file_remove(path, why)) {
            return -1;
        }
    }
    return 0;
}

static int note_done(struct redaction *r, struct problem *why)
{
    struct transaction *t = store_begin(r->store, why);

    for (size_t i = 0; t && i < r->n; i++)
        if (store_redaction_done(t, r->log->lid, r->index[i], why)) {
            store_rollback(&t);
            return -1;
        }
    if (t && store_commit(&t, why) == 0)
        return 0;
    store_rollback(&t);
    return -1;
}

static int redact_bundle(struct redaction *r, struct problem *why)
{
    if (r->log->nid != STORE_SELF && forget_records(r, why))
        return -1;
    return rewrite_all(r, why) || note_done(r, why) ? -1 : 0;
}

int log_redact_open(const char *home, struct store *store, struct reader *reader,
                    const struct log_row *log, bool *changed, struct problem *why)
{
    struct redaction *r = memory_new(sizeof *r);
    uint64_t from = 0;
    size_t found;
    int rc = -1;

    *changed = false;
    if (!r)
        return problem_no_memory(why);
    r->home = home;
    r->store = store;
    r->log = log;
    r->raw.alloc = r->hashes.alloc = r->redacted.alloc = r->gz.alloc = memory_allocator();
    for (;;) {
        if (store_redaction_list(reader, log->lid, from, true, r->index, CS_BUNDLE_WIDTH, &found,
                                 why))
            goto out;
        if (found == 0 || r->index[0] >= log->range.size)
            break;
        r->bundle = r->index[0] / CS_BUNDLE_WIDTH;
        for (r->n = 0; r->n < found && r->index[r->n] / CS_BUNDLE_WIDTH == r->bundle &&
                       r->index[r->n] < log->range.size;)
            r->n++;
        from = r->index[r->n - 1] + 1;
        if (redact_bundle(r, why))
            goto out;
        *changed = true;
    }
    if (*changed)
        store_forget(store);
    rc = 0;
out:
    cs_buffer_free(&r->raw);
    cs_buffer_free(&r->hashes);
    cs_buffer_free(&r->redacted);
    cs_buffer_free(&r->gz);
    memory_free(r);
    return rc;
}
