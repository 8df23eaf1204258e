/*
 * A log as files: checkpoint, tiles, bundles, and runs of entries: an own one by its shelf, a mirrored one
 * by its origin's hash. Nothing beyond the committed size is ever served, whatever lies on the disk.
 */
#include <commonshelf/encode.h>
#include <commonshelf/frames.h>
#include <commonshelf/gzip.h>

#include "peer_api/internal.h"

#define TILE_TYPE "application/octet-stream"
#define CHECKPOINT_SECONDS 5
#define IMMUTABLE "public, max-age=31536000, immutable"
#define ENTRIES "entries/"
#define COST_ENTRIES 32 /* entries squeezed anew for a token */
#define A_DAY "public, max-age=86400" /* bundles: an entry in one may be redacted later */

struct ask {
    struct peer_api *api;
    struct http_exchange *x;
    struct reader *reader;
    struct log_row log;
    uint64_t size, previous; /* that are served: of the checkpoint, and of the one before */
    struct cs_buffer note; /* a relayed log's checkpoint */
    struct cs_span rest; /* of the path, behind SHELF/EPOCH/ or HEX/ */
    struct viewer viewer; /* who asks */
    bool restricted; /* no cache may keep it */
};

#define NOT_KEPT "private, no-store"

/* Takes one path element and its slash. */
static bool element(struct cs_span *path, struct cs_span *out)
{
    const unsigned char *slash = memchr(path->p, '/', path->n);

    if (!slash)
        return false;
    *out = cs_span_make(path->p, (size_t)(slash - path->p));
    *path = cs_span_make(slash + 1, path->n - out->n - 1);
    return true;
}

static bool is_remembered(struct ask *ask, const char *shelf, uint64_t epoch, uint64_t generation)
{
    struct logs *logs = &ask->api->logs[http_loop_index(ask->x)];

    for (unsigned i = 0; i < LOGS_REMEMBERED; i++) {
        if (!logs->slot[i].known || logs->slot[i].generation != generation ||
            logs->slot[i].log.epoch != epoch || strcmp(logs->slot[i].log.shelf, shelf) != 0)
            continue;
        ask->log = logs->slot[i].log;
        return true;
    }
    return false;
}

static void remember(struct ask *ask, uint64_t generation)
{
    struct logs *logs = &ask->api->logs[http_loop_index(ask->x)];
    unsigned i = logs->next++ % LOGS_REMEMBERED;

    logs->slot[i].known = true;
    logs->slot[i].generation = generation;
    logs->slot[i].log = ask->log;
}

/* A mirrored log. What is relayed is whole: the newest checkpoint if all its entries are here, else the one
 * that was cosigned last. */
static int find_relayed(struct ask *ask, struct cs_span path, struct problem *why)
{
    struct cs_seen_log seen;
    struct cs_span hex;
    char text[65];
    bool found;

    if (!element(&path, &hex) || hex.n != sizeof text - 1)
        return 1;
    memcpy(text, hex.p, hex.n);
    text[hex.n] = '\0';
    ask->rest = path;
    if (store_seen_followed(ask->reader, text, &seen, &ask->note, &found, why) ||
        (found && store_log_by_origin(ask->reader, seen.origin, &ask->log, &found, why)))
        return -1;
    if (!found)
        return 1;
    ask->size = seen.size;
    ask->previous = ask->log.previous_size;
    if (log_is_whole(&ask->log)) {
        ask->size = ask->log.checkpoint_size;
        cs_buffer_reset(&ask->note);
        if (store_log_checkpoint(ask->reader, ask->log.lid, &ask->note, &found, why))
            return -1;
    }
    return found && ask->size > 0 && ask->size <= ask->log.range.size ? 0 : 1;
}

static bool starts(struct cs_span path, const char *word)
{
    size_t n = strlen(word);

    return path.n > n && memcmp(path.p, word, n) == 0;
}

#define RELAY "/csh/v1/relay/"

static int own_sizes(struct ask *ask)
{
    ask->size = ask->log.range.size;
    ask->previous = ask->log.previous_size;
    return 0;
}

/* The log that the path names, if who asks may see it. 0, 1 not found, -1 failed. */
static int find(struct ask *ask, struct problem *why)
{
    struct cs_span path = http_request(ask->x)->path, shelf, epoch;
    size_t prefix = sizeof "/csh/v1/log/" - 1;
    char name[CS_SHELF_NAME_MAX + 1];
    struct shelf_row row;
    uint64_t number, generation = store_generation(ask->api->store);
    bool found, may;

    ask->note = (struct cs_buffer){.alloc = memory_allocator()};
    if (starts(path, RELAY))
        return find_relayed(
            ask, cs_span_make(path.p + sizeof RELAY - 1, path.n - (sizeof RELAY - 1)), why);
    path = cs_span_make(path.p + prefix, path.n - prefix);
    if (!element(&path, &shelf) || !element(&path, &epoch) || !cs_shelf_name_valid(shelf) ||
        cs_decimal_read(epoch, INT64_MAX, &number) != CS_OK)
        return 1;
    memcpy(name, shelf.p, shelf.n);
    name[shelf.n] = '\0';
    ask->rest = path;
    if (is_remembered(ask, name, number, generation))
        return own_sizes(ask);
    if (store_shelf_by_path(ask->reader, name, &row, &found, why) ||
        (found && catalogue_reads(ask->reader, ask->viewer, &row, &may, why)))
        return -1;
    if (!found || !may)
        return 1;
    if (store_log_find(ask->reader, STORE_SELF, name, number, &ask->log, &found, why))
        return -1;
    if (!found || ask->log.range.size == 0)
        return 1;
    ask->restricted = row.audience != AUDIENCE_PUBLIC;
    if (!ask->restricted)
        remember(ask, generation);
    return own_sizes(ask);
}

static void checkpoint(struct ask *ask)
{
    struct cs_buffer note = {.alloc = memory_allocator()};
    struct problem why = PROBLEM_INIT;
    bool found;

    if (ask->note.n > 0) {
        api_answer_note(ask->x, cs_buffer_span(&ask->note), CHECKPOINT_SECONDS);
        return;
    }
    if (store_log_checkpoint(ask->reader, ask->log.lid, &note, &found, &why))
        api_failed(ask->x, &why);
    else if (!found)
        api_not_found(ask->x);
    else if (ask->restricted)
        api_answer_note_to(ask->x, cs_buffer_span(&note), NOT_KEPT);
    else
        api_answer_note(ask->x, cs_buffer_span(&note), CHECKPOINT_SECONDS);
    cs_buffer_free(&note);
}

static void tile(struct ask *ask)
{
    struct problem why = PROBLEM_INIT;
    char path[FILE_PATH_MAX], etag[ETAG_TEXT];
    struct cs_hash sum;
    struct cs_tile t;
    bool bundle;

    if (cs_tile_read(ask->rest, &t) != CS_OK || !cs_tile_in(&t, ask->size)) {
        /* The edge before the newest checkpoint, for clients in the middle of a pull. */
        if (cs_tile_read(ask->rest, &t) != CS_OK || !cs_tile_in(&t, ask->previous)) {
            api_not_found(ask->x);
            return;
        }
    }
    bundle = t.level == CS_TILE_LEVEL_ENTRIES;
    if (log_tile_path(ask->api->home, ask->log.origin, &t, path, &why)) {
        api_failed(ask->x, &why);
        return;
    }
    if (etag_of(ask->api, ask->x, &ask->log, &t, etag, &sum, &why)) {
        if (!problem_is(&why, "log_file_missing log_file_damaged")) {
            api_failed(ask->x, &why);
            return;
        }
        /* Of a mirror the edge before may never have been here. */
        if (ask->log.nid == STORE_SELF || problem_is(&why, "log_file_damaged"))
            log_problem(LOG_LEVEL_ERROR, "peer_api", &why);
        api_not_found(ask->x); /* readers get it elsewhere */
        return;
    }
    http_set_header(ask->x, "Cache-Control",
                    ask->restricted ? NOT_KEPT
                    : bundle        ? A_DAY
                                    : IMMUTABLE);
    if (bundle)
        http_set_header(ask->x, "Content-Encoding", "gzip");
    http_answer_file(ask->x, TILE_TYPE, path, etag, &sum);
}

/* ---- entries/FROM-TO: for a mirror that holds part of a bundle */

static bool read_span(struct cs_span text, uint64_t size, uint64_t *from, uint64_t *to)
{
    const unsigned char *dash = memchr(text.p, '-', text.n);

    if (!dash)
        return false;
    return cs_decimal_read(cs_span_make(text.p, (size_t)(dash - text.p)), size, from) == CS_OK &&
           cs_decimal_read(cs_span_make(dash + 1, text.n - (size_t)(dash - text.p) - 1), size,
                           to) == CS_OK &&
           *from < *to;
}

/* Appends entries [from, to) of one bundle, as they stand in it, each proved. */
static int add_entries(struct ask *ask, struct log_proof *proof, uint64_t from, uint64_t to,
                       struct cs_buffer *out, struct problem *why)
{
    struct cs_buffer raw = {.alloc = memory_allocator()};
    struct cs_tile t = {CS_TILE_LEVEL_ENTRIES, from / CS_BUNDLE_WIDTH, CS_BUNDLE_WIDTH};
    uint64_t index = t.index * CS_BUNDLE_WIDTH, full;
    unsigned edge = cs_tile_edge(CS_TILE_LEVEL_ENTRIES, ask->log.range.size, &full);
    const unsigned char *hashes;
    struct cs_bundle_item item;
    char path[FILE_PATH_MAX];
    struct cs_span rest;
    int rc = -1;

    if (t.index == full)
        t.width = edge;
    if (log_bundle_read(ask->api->home, ask->log.origin, &t, &raw, why) ||
        log_proof_leaves(proof, t.index, &hashes, why) ||
        log_tile_path(ask->api->home, ask->log.origin, &t, path, why))
        goto out;
    for (rest = cs_buffer_span(&raw); rest.n > 0 && index < to; index++) {
        const unsigned char *start = rest.p;
        if (cs_bundle_next(&rest, &item) != CS_OK ||
            memcmp(item.leaf.b, hashes + index % CS_BUNDLE_WIDTH * CS_HASH, CS_HASH) != 0) {
            log_file_damaged(path, why);
            goto out;
        }
        if (index >= from)
            cs_buffer_add(out, start, (size_t)(rest.p - start));
    }
    rc = out->failed ? problem_no_memory(why) : 0;
out:
    cs_buffer_free(&raw);
    return rc;
}

/* As many as fit CS_TAIL_ENTRIES_MAX and CS_TAIL_RAW_MAX, whole bundles at a time: never fewer than
 * the rest of one. */
static int gather(struct ask *ask, uint64_t from, uint64_t to, struct cs_buffer *raw,
                  struct problem *why)
{
    uint64_t end = from + CS_TAIL_ENTRIES_MAX;
    struct log_proof *proof =
        log_proof_new(ask->api->home, ask->log.origin, &ask->log.range, true, why);
    int rc = proof ? 0 : -1;

    while (rc == 0 && from < to && from < end && raw->n < CS_TAIL_RAW_MAX - CS_BUNDLE_WIDTH) {
        uint64_t stop = (from / CS_BUNDLE_WIDTH + 1) * CS_BUNDLE_WIDTH;
        rc = add_entries(ask, proof, from, stop < to ? stop : to, raw, why);
        from = stop;
    }
    log_proof_free(proof);
    return rc;
}

static bool is_entries(struct cs_span rest)
{
    return rest.n >= sizeof ENTRIES && memcmp(rest.p, ENTRIES, sizeof ENTRIES - 1) == 0;
}

/* Squeezing takes its time: on a worker. */
static void entries(struct ask *ask)
{
    struct cs_buffer raw = {.alloc = memory_allocator()}, gz = raw;
    size_t prefix = sizeof ENTRIES - 1;
    struct problem why = PROBLEM_INIT;
    uint64_t from, to, n;

    if (!read_span(cs_span_make(ask->rest.p + prefix, ask->rest.n - prefix), ask->size, &from,
                   &to)) {
        api_not_found(ask->x);
        return;
    }
    n = to - from < CS_TAIL_ENTRIES_MAX ? to - from : CS_TAIL_ENTRIES_MAX;
    if (!http_charge(ask->x, 1 + (unsigned)(n / COST_ENTRIES)))
        return;
    if (gather(ask, from, to, &raw, &why) == 0 && cs_gzip(cs_buffer_span(&raw), &gz) == CS_OK) {
        http_set_header(ask->x, "Cache-Control", ask->restricted ? NOT_KEPT : A_DAY);
        http_set_header(ask->x, "Content-Encoding", "gzip");
        http_answer_buffer(ask->x, 200, TILE_TYPE, &gz);
    } else if (problem_is(&why, "log_file_missing log_file_damaged")) {
        log_problem(LOG_LEVEL_ERROR, "peer_api", &why);
        api_not_found(ask->x);
    } else {
        api_failed(ask->x, &why);
    }
    cs_buffer_free(&raw);
    cs_buffer_free(&gz);
}

/* Who the origin is, for those who cannot ask it. */
static void keysets(struct ask *ask)
{
    struct cs_buffer body = {.alloc = memory_allocator()};
    struct problem why = PROBLEM_INIT;

    if (peering_identity_frames(ask->reader, ask->log.nid, &body, &why)) {
        api_failed(ask->x, &why);
    } else {
        http_set_header(ask->x, "Cache-Control", "public, max-age=60");
        http_answer_buffer(ask->x, 200, CS_FRAMES_TYPE, &body);
    }
    cs_buffer_free(&body);
}

/* What the path names, for who asks. On a worker everything is answered; on a loop what takes longer is put off:
 * false. */
static bool answer(struct ask *ask, bool worker)
{
    struct problem why = PROBLEM_INIT;
    int found = find(ask, &why);

    if (found < 0)
        api_failed(ask->x, &why);
    else if (found > 0)
        api_not_found(ask->x);
    else if (cs_span_is(ask->rest, "checkpoint")) {
        if (ask->log.nid != STORE_SELF || !api_is_uncertain(ask->api, ask->x))
            checkpoint(ask);
    } else if (cs_span_is(ask->rest, "keysets") && ask->log.nid != STORE_SELF)
        keysets(ask);
    else if (!is_entries(ask->rest))
        tile(ask);
    else if (worker)
        entries(ask);
    else
        return false;
    return true;
}

static void work(struct http_exchange *x, void *arg)
{
    struct ask ask = {.api = arg, .x = x, .reader = api_reader(arg, x)};

    if (!ask.reader)
        return;
    answer(&ask, true);
    cs_buffer_free(&ask.note);
}

/* A peer asks as itself. What it may not read is answered as what does not exist. */
static void signed_work(struct http_exchange *x, void *arg)
{
    struct ask ask = {.api = arg, .x = x, .reader = api_reader(arg, x)};
    struct caller *caller = arena_take(http_arena(x), sizeof *caller);
    struct problem why = PROBLEM_INIT;

    if (!ask.reader)
        return;
    if (!caller) {
        problem_no_memory(&why);
        api_failed(x, &why);
        return;
    }
    if (!api_caller(arg, x, caller))
        return;
    ask.viewer = (struct viewer){.kind = VIEWER_PEER, .peer = caller->peer.node.nid};
    answer(&ask, true);
    cs_buffer_free(&ask.note);
}

void api_log(struct http_exchange *x, void *arg)
{
    struct ask ask = {.api = arg, .x = x, .reader = api_reader(arg, x)};

    if (!ask.reader || api_has_query(x))
        return;
    if (api_has_signature(x)) {
        if (http_charge(x, COST_SIGNED))
            http_defer(x, signed_work, arg);
        return;
    }
    if (!answer(&ask, false))
        http_defer(x, work, arg);
    cs_buffer_free(&ask.note);
}
