/*
 * What is held, written to a file: identities, checkpoints, hashes and the bundles as they are stored.
 * The order of frames depends on nothing but what is held, so that an export that was cut off is gone on
 * with by comparing what it left.
 */
#include <inttypes.h>

#include "sync/bundle.h"

struct export
{
    const struct sync_setup *setup;
    const struct bundle_wanted *wanted;
    const atomic_bool *cancel;
    bundle_progress progress;
    void *arg;
    struct reader *reader;
    struct contact *contact; /* whose logs are being written */
    struct bundle_out *out;
    size_t room; /* for out->log */
    bool shelf_found;
    uint64_t done, of; /* entries */
    struct cs_buffer bytes;
    struct log_proof *proof; /* of the log that is being written */

    /* the file */
    int fd;
    const char *name;
    uint64_t offset, there; /* written so far; the file's size before */
    bool comparing; /* so far it was all there already */
    struct cs_buffer frame, held;
};

static bool is_wanted(const struct export *e, const struct cs_profile_shelf *shelf)
{
    return !e->wanted->shelf || strcmp(e->wanted->shelf, shelf->name) == 0;
}

/* ---- writing */

/* True if the next bytes of the file are these. */
static int same(struct export *e, struct cs_span bytes, bool *is, struct problem *why)
{
    unsigned char *at;
    size_t got;

    *is = false;
    if (e->there - e->offset < bytes.n)
        return 0;
    cs_buffer_reset(&e->held);
    if (!(at = cs_buffer_reserve(&e->held, bytes.n)))
        return problem_no_memory(why);
    if (file_read_at(e->fd, e->name, e->offset, at, bytes.n, &got, why))
        return -1;
    *is = got == bytes.n && memcmp(at, bytes.p, got) == 0;
    return 0;
}

static int put(struct export *e, struct cs_span bytes, struct problem *why)
{
    bool first = e->comparing && e->offset == CS_FRAMES_MAGIC;

    if (e->comparing && same(e, bytes, &e->comparing, why))
        return -1;
    /* The first frame is this node's first keyset, always. */
    if (first && !e->comparing && e->there - e->offset >= bytes.n)
        return problem_set(why, "others_bundle",
                           _("%s is there already and is another institution's. It was left alone. "
                             "Choose another name."),
                           e->name);
    if (e->comparing) {
        e->out->there += bytes.n;
    } else {
        if (e->there > e->offset && file_cut_at(e->fd, e->name, e->offset, why))
            return -1;
        e->there = e->offset;
        if (file_write_at(e->fd, e->name, e->offset, bytes, why))
            return -1;
    }
    e->offset += bytes.n;
    return 0;
}

static int put_frame(struct export *e, struct cs_frame_place place, struct cs_span data,
                     struct problem *why)
{
    unsigned char head[CS_FRAME_LOOK];

    place.length = (uint32_t)data.n;
    cs_buffer_reset(&e->frame);
    cs_buffer_add(&e->frame, head, cs_frame_place_write(&place, head));
    cs_buffer_add_span(&e->frame, data);
    if (e->frame.failed)
        return problem_no_memory(why);
    return put(e, cs_buffer_span(&e->frame), why);
}

static int put_note(struct export *e, enum cs_frame type, struct problem *why)
{
    return put_frame(e, (struct cs_frame_place){.type = (unsigned char)type},
                     cs_buffer_span(&e->bytes), why);
}

/* ---- a log */

static int put_tile(struct export *e, const char *origin, struct cs_tile tile, struct problem *why)
{
    struct cs_frame_place place = {.type = CS_FRAME_TILE, .level = tile.level, .index = tile.index};

    cs_buffer_reset(&e->bytes);
    if (log_tile_read(e->setup->home, origin, &tile, &e->bytes, why) ||
        log_proof_file(e->proof, &tile, cs_buffer_span(&e->bytes), why))
        return -1;
    return put_frame(e, place, cs_buffer_span(&e->bytes), why);
}

static int put_bundle(struct export *e, const char *origin, struct cs_tile tile,
                      struct problem *why)
{
    struct cs_frame_place place = {.type = CS_FRAME_ENTRIES, .index = tile.index * CS_BUNDLE_WIDTH};

    if (e->cancel && atomic_load(e->cancel))
        return problem_set(why, "cancelled",
                           _("Stopped. %s is not whole; the same export goes on from there."),
                           e->name);
    cs_buffer_reset(&e->bytes);
    if (log_tile_read(e->setup->home, origin, &tile, &e->bytes, why) ||
        log_proof_file(e->proof, &tile, cs_buffer_span(&e->bytes), why) ||
        put_frame(e, place, cs_buffer_span(&e->bytes), why))
        return -1;
    e->done += tile.width;
    if (e->progress)
        e->progress(e->arg, e->done, e->of);
    return 0;
}

/* All of one level, or its right edge only. */
static int put_level(struct export *e, const char *origin, int level, uint64_t size, bool edge_only,
                     struct problem *why)
{
    uint64_t full;
    unsigned edge = cs_tile_edge(level, size, &full);

    for (uint64_t i = 0; i < full && !edge_only; i++)
        if (put_tile(e, origin, (struct cs_tile){level, i, CS_BUNDLE_WIDTH}, why))
            return -1;
    return edge ? put_tile(e, origin, (struct cs_tile){level, full, edge}, why) : 0;
}

/* As many bundles are written as were asked for. */
static bool is_full(const struct export *e, uint64_t start)
{
    return e->wanted->most && e->offset - start >= e->wanted->most;
}

static int put_log(struct export *e, const char *origin, uint64_t size, uint64_t from,
                   struct problem *why)
{
    uint64_t full, start;
    unsigned edge = cs_tile_edge(CS_TILE_LEVEL_ENTRIES, size, &full);

    if (put_note(e, CS_FRAME_CHECKPOINT, why) || put_level(e, origin, 1, size, false, why) ||
        put_level(e, origin, 0, size, true, why))
        return -1;
    start = e->offset;
    for (uint64_t i = from / CS_BUNDLE_WIDTH; i < full && !is_full(e, start); i++)
        if (put_bundle(e, origin, (struct cs_tile){CS_TILE_LEVEL_ENTRIES, i, CS_BUNDLE_WIDTH}, why))
            return -1;
    if (edge == 0 || from >= size || is_full(e, start))
        return 0;
    return put_bundle(e, origin, (struct cs_tile){CS_TILE_LEVEL_ENTRIES, full, edge}, why);
}

/* Its checkpoint into e->bytes; *size 0 when there is nothing whole to write. */
static int held_log(struct export *e, const struct log_row *log, uint64_t *size,
                    struct problem *why)
{
    struct cs_checkpoint checkpoint;
    bool found;

    *size = 0;
    cs_buffer_reset(&e->bytes);
    if (store_log_checkpoint(e->reader, log->lid, &e->bytes, &found, why))
        return -1;
    if (found && log->state == LOG_OK &&
        cs_checkpoint_parse(cs_buffer_span(&e->bytes), &checkpoint) == CS_OK &&
        checkpoint.size <= log->range.size && log_is_whole(log))
        *size = checkpoint.size;
    return 0;
}

static struct bundle_log_out *note_log(struct export *e, const char *shelf, struct problem *why)
{
    struct bundle_log_out *log;

    if (e->out->logs == e->room) {
        size_t more = e->room ? e->room * 2 : 16;

        if (!(log = memory_resize(e->out->log, more * sizeof *log))) {
            problem_no_memory(why);
            return NULL;
        }
        e->out->log = log;
        e->room = more;
    }
    log = &e->out->log[e->out->logs++];
    memset(log, 0, sizeof *log);
    log->id = e->contact->row.node.id;
    strcpy(log->name, e->contact->row.node.name);
    strcpy(log->shelf, shelf);
    return log;
}

static int export_log(struct export *e, const struct cs_profile_shelf *shelf, struct problem *why)
{
    struct bundle_log_out *said;
    struct log_row log;
    bool found;
    uint64_t size;
    int rc;

    if (!is_wanted(e, shelf))
        return 0;
    if (store_log_find(e->reader, e->contact->row.node.nid, shelf->name, shelf->epoch, &log, &found,
                       why) ||
        !(said = note_log(e, shelf->name, why)))
        return -1;
    if (found && held_log(e, &log, &size, why))
        return -1;
    if (!found || size == 0 || log.audience != AUDIENCE_PUBLIC) {
        said->left_out = true;
        return 0;
    }
    said->size = size;
    said->from = e->wanted->since / CS_BUNDLE_WIDTH * CS_BUNDLE_WIDTH;
    if (said->from > size || e->wanted->since >= size)
        said->from = size;
    if (!(e->proof = log_proof_new(e->setup->home, log.origin, &log.range, true, why)))
        return -1;
    rc = put_log(e, log.origin, size, said->from, why);
    log_proof_free(e->proof);
    e->proof = NULL;
    return rc;
}

/* ---- a node */

static int put_identity(struct export *e, struct problem *why)
{
    row_id nid = e->contact->row.node.nid;
    bool found;

    for (uint64_t v = 1; v <= e->contact->keyset.version; v++) {
        cs_buffer_reset(&e->bytes);
        if (store_keyset_get(e->reader, nid, v, &e->bytes, &found, why) ||
            put_note(e, CS_FRAME_KEYSET, why))
            return -1;
    }
    cs_buffer_reset(&e->bytes);
    if (store_profile_get(e->reader, nid, &e->bytes, &found, why) ||
        put_note(e, CS_FRAME_PROFILE, why))
        return -1;
    e->out->nodes++;
    return 0;
}

static int put_charter(struct export *e, const struct charter_row *row, struct problem *why)
{
    bool found;

    for (uint64_t v = 1; v <= row->version; v++) {
        cs_buffer_reset(&e->bytes);
        if (store_charter_note(e->reader, row->chid, v, &e->bytes, &found, why) ||
            put_note(e, CS_FRAME_CHARTER, why))
            return -1;
    }
    return 0;
}

/* Of the networks that this node follows, in its own section. */
static int put_charters(struct export *e, struct problem *why)
{
    struct charter_row *rows;
    size_t n;
    int rc;

    if (e->contact->row.node.nid != STORE_SELF || e->wanted->logs_only)
        return 0;
    if (!(rows = memory_new(STORE_CHARTERS_MAX * sizeof *rows)))
        return problem_no_memory(why);
    rc = store_charter_list(e->reader, rows, STORE_CHARTERS_MAX, &n, why);
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = put_charter(e, &rows[i], why);
    memory_free(rows);
    return rc;
}

static int export_node(struct export *e, const struct peer_row *row, struct problem *why)
{
    const struct cs_profile *profile = &e->contact->profile;

    if (peering_contact(e->reader, row, e->contact, why) || put_identity(e, why) ||
        put_charters(e, why))
        return -1;
    for (size_t i = 0; i < profile->shelves; i++)
        if (export_log(e, &profile->shelf[i], why))
            return -1;
    return 0;
}

static int export_all(struct export *e, const struct peer_row *rows, size_t n, struct problem *why)
{
    struct cs_frame_place end = {.type = CS_FRAME_END};

    cs_buffer_reset(&e->frame);
    cs_frames_begin(&e->frame);
    if (e->frame.failed)
        return problem_no_memory(why);
    if (put(e, cs_buffer_span(&e->frame), why))
        return -1;
    for (size_t i = 0; i < n; i++)
        if (export_node(e, &rows[i], why))
            return -1;
    if (put_frame(e, end, cs_span_make(NULL, 0), why) ||
        (e->there > e->offset && file_cut_at(e->fd, e->name, e->offset, why)) ||
        file_sync_outside(e->fd, e->name, why))
        return -1;
    e->out->bytes = e->offset;
    return 0;
}

/* How many entries it will be; and is the shelf that was asked for among them? */
static int count_node(struct export *e, const struct peer_row *row, struct problem *why)
{
    const struct cs_profile *profile = &e->contact->profile;

    if (peering_contact(e->reader, row, e->contact, why))
        return -1;
    for (size_t i = 0; i < profile->shelves; i++) {
        const struct cs_profile_shelf *shelf = &profile->shelf[i];
        struct log_row log;
        bool found;

        if (!is_wanted(e, shelf))
            continue;
        e->shelf_found = true;
        if (store_log_find(e->reader, row->node.nid, shelf->name, shelf->epoch, &log, &found, why))
            return -1;
        if (found && log.range.size > e->wanted->since)
            e->of += log.range.size - e->wanted->since;
    }
    return 0;
}

/* This node, then its peers if they are wanted. */
static int choose(struct export *e, struct peer_row *rows, size_t *n, struct problem *why)
{
    struct node_row self;
    size_t peers = 0, kept = 0;
    bool found;

    if (store_node_get(e->reader, STORE_SELF, &self, &found, why))
        return -1;
    memset(&rows[0], 0, sizeof rows[0]);
    rows[0].node = self;
    rows[0].state = PEER_ACTIVE;
    if (e->wanted->mirrored && store_peer_list(e->reader, rows + 1, STORE_PEERS_MAX, &peers, why))
        return -1;
    for (size_t i = 0; i <= peers; i++) {
        if (rows[i].state != PEER_ACTIVE)
            continue;
        rows[kept] = rows[i];
        if (count_node(e, &rows[kept++], why))
            return -1;
    }
    *n = kept;
    if (!e->wanted->shelf || e->shelf_found)
        return 0;
    return problem_set(why, "no_such_shelf",
                       _("There is no public shelf called \"%s\", or nothing of it is published. "
                         "Nothing was written. \"commonshelf shelf list\" shows them."),
                       e->wanted->shelf);
}

/* What stands in the file already must be of this kind, or nothing. */
static int begin(struct export *e, struct problem *why)
{
    char magic[CS_FRAMES_MAGIC] = "";
    size_t got;

    if (file_outside_size(e->fd, e->name, &e->there, why) ||
        file_read_at(e->fd, e->name, 0, magic, sizeof magic, &got, why))
        return -1;
    cs_buffer_reset(&e->frame);
    cs_frames_begin(&e->frame);
    if (e->frame.failed)
        return problem_no_memory(why);
    if (memcmp(magic, e->frame.p, got) != 0)
        return problem_set(why, "not_a_bundle",
                           _("%s is there already and is something else. It was left alone. Choose "
                             "another name."),
                           e->name);
    e->comparing = true;
    return 0;
}

int bundle_export(const struct sync_setup *setup, int fd, const char *name,
                  const struct bundle_wanted *wanted, const atomic_bool *cancel,
                  bundle_progress progress, void *arg, struct bundle_out *out, struct problem *why)
{
    struct export *e = memory_new(sizeof *e);
    struct peer_row *rows = memory_new((STORE_PEERS_MAX + 1) * sizeof *rows);
    size_t n;
    int rc = -1;

    memset(out, 0, sizeof *out);
    if (!e || !rows) {
        problem_no_memory(why);
        goto out;
    }
    e->setup = setup;
    e->wanted = wanted;
    e->cancel = cancel;
    e->progress = progress;
    e->arg = arg;
    e->out = out;
    e->fd = fd;
    e->name = name;
    e->bytes.alloc = e->frame.alloc = e->held.alloc = memory_allocator();
    if (!(e->contact = memory_new(sizeof *e->contact)))
        problem_no_memory(why);
    else if ((e->reader = store_reader(setup->store, why)) && begin(e, why) == 0 &&
             choose(e, rows, &n, why) == 0)
        rc = export_all(e, rows, n, why);
    store_reader_free(e->reader);
    memory_free(e->contact);
    cs_buffer_free(&e->bytes);
    cs_buffer_free(&e->frame);
    cs_buffer_free(&e->held);
out:
    memory_free(rows);
    memory_free(e);
    return rc;
}

void bundle_out_free(struct bundle_out *out)
{
    memory_free(out->log);
    memset(out, 0, sizeof *out);
}
