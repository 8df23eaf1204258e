/*
 * A section of a .cshb file in the place of the node that would answer over the network. What it gives
 * is believed no more.
 */
#include <inttypes.h>
#include <stdio.h>

#include <commonshelf/encode.h>
#include <commonshelf/gzip.h>

#include "sync/bundle.h"

const struct bundle_log *bundle_find(const struct bundle_file *file, const struct bundle_node *node,
                                     const char *shelf, uint64_t epoch)
{
    for (size_t i = node->log; i < node->log + node->logs; i++)
        if (file->log[i].epoch == epoch && strcmp(file->log[i].shelf, shelf) == 0)
            return &file->log[i];
    return NULL;
}

static const struct cs_frame_place *
find_tile(const struct bundle_file *file, const struct bundle_log *log, const struct cs_tile *tile)
{
    for (size_t i = log->tile; i < log->entries; i++)
        if (file->place[i].level == tile->level && file->place[i].index == tile->index &&
            file->place[i].length == tile->width * CS_HASH)
            return &file->place[i];
    return NULL;
}

/* The bundle that has entry `index`: they stand in order. */
static const struct cs_frame_place *find_bundle(const struct bundle_file *file,
                                                const struct bundle_log *log, uint64_t index)
{
    size_t low = log->entries, high = log->end;

    index -= index % CS_BUNDLE_WIDTH;
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (file->place[middle].index < index)
            low = middle + 1;
        else
            high = middle;
    }
    return low < log->end && file->place[low].index == index ? &file->place[low] : NULL;
}

/* ---- what is not in the file as it is asked for, but follows from what is */

static int raw_bundle(const struct bundle_file *file, const struct cs_frame_place *place,
                      struct cs_buffer *raw, bool *good, struct problem *why)
{
    struct cs_buffer gz = {.alloc = memory_allocator()};
    enum cs_status status = CS_OK;
    int rc = bundle_read(file, place, &gz, why);

    if (rc == 0 &&
        (status = cs_gunzip(cs_buffer_span(&gz), CS_BUNDLE_RAW_MAX, raw)) == CS_NO_MEMORY)
        rc = problem_no_memory(why);
    *good = status == CS_OK;
    cs_buffer_free(&gz);
    return rc;
}

/* Entries [from, to) of one bundle, or as many as it has. */
static bool cut(struct cs_span raw, unsigned from, unsigned to, struct cs_buffer *out)
{
    struct cs_bundle_item item;

    for (unsigned i = 0; i < to && raw.n > 0; i++) {
        const unsigned char *start = raw.p;

        if (cs_bundle_next(&raw, &item) != CS_OK)
            return false;
        if (i >= from)
            cs_buffer_add(out, start, (size_t)(raw.p - start));
    }
    return !out->failed;
}

/* "entries/FROM-TO", within one bundle. */
static int get_run(const struct bundle_file *file, const struct bundle_log *log, struct part *part,
                   struct problem *why)
{
    struct cs_buffer raw = {.alloc = memory_allocator()}, run = raw;
    const struct cs_frame_place *place;
    uint64_t from, to, start;
    bool good;
    int rc = 0;

    if (sscanf(part->what, "entries/%" SCNu64 "-%" SCNu64, &from, &to) != 2 || from >= to ||
        !(place = find_bundle(file, log, from)))
        return 0;
    start = place->index;
    rc = raw_bundle(file, place, &raw, &good, why);
    if (rc == 0 && good &&
        cut(cs_buffer_span(&raw), (unsigned)(from - start),
            to - start < CS_BUNDLE_WIDTH ? (unsigned)(to - start) : CS_BUNDLE_WIDTH, &run)) {
        if (cs_gzip(cs_buffer_span(&run), &part->bytes) != CS_OK)
            rc = problem_no_memory(why);
        part->state = PART_HERE;
    } else if (rc == 0) {
        part->state = PART_HERE; /* of bytes that are no bundle: for the one who asked to judge */
    }
    cs_buffer_free(&raw);
    cs_buffer_free(&run);
    return rc;
}

/* The leaf hashes of a bundle, which a file has no tile for. */
static int get_leaves(const struct bundle_file *file, const struct bundle_log *log,
                      const struct cs_tile *tile, struct part *part, struct problem *why)
{
    const struct cs_frame_place *place = find_bundle(file, log, tile->index * CS_BUNDLE_WIDTH);
    struct cs_buffer raw = {.alloc = memory_allocator()};
    struct cs_bundle_item item;
    bool good = false;
    int rc = place ? raw_bundle(file, place, &raw, &good, why) : 0;

    if (rc == 0 && good) {
        struct cs_span rest = cs_buffer_span(&raw);

        for (unsigned i = 0; i < tile->width && cs_bundle_next(&rest, &item) == CS_OK; i++)
            cs_buffer_add(&part->bytes, item.leaf.b, CS_HASH);
        part->state = PART_HERE;
        if (part->bytes.failed)
            rc = problem_no_memory(why);
    }
    cs_buffer_free(&raw);
    return rc;
}

/* ---- */

static int get_one(const struct bundle_source *s, const struct bundle_log *log, struct part *part,
                   struct problem *why)
{
    const struct cs_frame_place *place = NULL;
    struct cs_tile tile;

    if (strcmp(part->what, "checkpoint") == 0) {
        place = &s->file->place[log->checkpoint];
    } else if (cs_tile_read(cs_span_of(part->what), &tile) != CS_OK) {
        return get_run(s->file, log, part, why);
    } else if (tile.level == CS_TILE_LEVEL_ENTRIES) {
        place = find_bundle(s->file, log, tile.index * CS_BUNDLE_WIDTH);
    } else if (!(place = find_tile(s->file, log, &tile)) && tile.level == 0) {
        return get_leaves(s->file, log, &tile, part, why);
    }
    if (!place || place->length > part->cap)
        return 0;
    if (s->progress)
        s->progress(s->arg, place->offset, s->file->size);
    if (bundle_read(s->file, place, &part->bytes, why))
        return -1;
    part->state = PART_HERE;
    return 0;
}

static int not_there(const struct bundle_source *s, const struct log_pull *lp,
                     const struct part *part, struct problem *why)
{
    return problem_set(
        why, "not_there",
        _("%s does not have all of \"%s\" that is missing here (%s/%s): it was made for a node "
          "that "
          "held more already. What came before is kept. Ask for one from entry %" PRIu64
          " on (bundle export --since %" PRIu64 ")."),
        s->file->name, lp->pull->contact->row.node.name, lp->log.shelf, part->what,
        lp->log.range.size, lp->log.range.size);
}

static int get(struct source *source, struct log_pull *lp, struct part *part, size_t n,
               struct problem *why)
{
    const struct bundle_source *s = (const struct bundle_source *)(void *)source;
    const struct bundle_log *log = bundle_find(s->file, s->node, lp->log.shelf, lp->log.epoch);

    for (size_t i = 0; i < n; i++) {
        if (s->cancel && atomic_load(s->cancel))
            return problem_set(why, "cancelled",
                               _("Stopped. What was verified before is kept; the same file goes on "
                                 "from there."));
        if (log && get_one(s, log, &part[i], why))
            return -1;
        lp->pull->result->bytes += part[i].bytes.n;
        if (part[i].state == PART_MISSING)
            return not_there(s, lp, &part[i], why);
    }
    return 0;
}

void bundle_source(struct bundle_source *source, const struct bundle_file *file,
                   const struct bundle_node *node)
{
    *source = (struct bundle_source){
        .source = {.get = get, .live = false, .name = file->name}, .file = file, .node = node};
}
