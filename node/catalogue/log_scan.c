/*
 * Every file of a log that is served, one by one: which are wrong, and what can be made again without asking
 * anybody. Tiles are made from what stands below them; sums from proved bundles. A bundle somebody else has.
 */
#include <commonshelf/gzip.h>

#include "catalogue/catalogue.h"
#include "catalogue/log_sums.h"

struct scan {
    const char *home;
    const struct log_row *log;
    struct log_proof *proof;
    struct cs_buffer file;
    int (*each)(void *arg, const struct log_damage *damage, struct problem *why);
    void *arg;
};

static int tell(struct scan *s, const struct cs_tile *tile, const struct problem *found,
                struct problem *why)
{
    struct log_damage damage = {*tile, *found};

    if (!problem_is(found, "log_file_damaged log_file_missing")) {
        *why = *found;
        return -1;
    }
    return s->each(s->arg, &damage, why);
}

/* True if the finding is of this file, not of one above it. */
static bool is_about(const struct scan *s, const struct cs_tile *tile, const struct problem *found)
{
    char path[FILE_PATH_MAX];
    const char *named;

    return log_tile_path(s->home, s->log->origin, tile, path, NULL) == 0 &&
           (named = strstr(found->message, path)) != NULL && named[strlen(path)] == ' ';
}

static int look(struct scan *s, const struct cs_tile *tile, bool optional, struct problem *why)
{
    struct problem found = PROBLEM_INIT;
    char path[FILE_PATH_MAX];

    if (log_tile_path(s->home, s->log->origin, tile, path, why))
        return -1;
    if (optional && !file_exists(path))
        return 0;
    cs_buffer_reset(&s->file);
    if (log_tile_read(s->home, s->log->origin, tile, &s->file, &found) == 0 &&
        log_proof_file(s->proof, tile, cs_buffer_span(&s->file), &found) == 0)
        return 0;
    if (problem_is(&found, "log_file_damaged log_file_missing") && !is_about(s, tile, &found))
        return 0; /* nothing to hold it against yet */
    return tell(s, tile, &found, why);
}

/* All files of one level: full ones, and the edge. */
static int look_at_level(struct scan *s, int level, struct problem *why)
{
    struct cs_tile tile = {level, 0, CS_BUNDLE_WIDTH};
    uint64_t full;
    unsigned edge = cs_tile_edge(level, s->log->range.size, &full);

    for (; tile.index < full; tile.index++)
        if (look(s, &tile, false, why))
            return -1;
    tile.width = edge;
    return edge > 0 ? look(s, &tile, false, why) : 0;
}

/* The edge of the checkpoint before: served while it is there. */
static int look_at_previous(struct scan *s, struct problem *why)
{
    uint64_t size = s->log->previous_size;

    for (int level = CS_TILE_LEVEL_ENTRIES; level <= CS_TILE_LEVEL_MAX && size > 0; level++) {
        struct cs_tile tile = {.level = level};

        tile.width = cs_tile_edge(level, size, &tile.index);
        if (tile.width > 0 && !cs_tile_in(&tile, s->log->range.size) && look(s, &tile, true, why))
            return -1;
    }
    return 0;
}

static int look_at_sums(struct scan *s, struct problem *why)
{
    struct log_sums *sums = memory_new(sizeof *sums);
    uint64_t bundles = (s->log->range.size + CS_BUNDLE_WIDTH - 1) / CS_BUNDLE_WIDTH;
    int rc = sums ? 0 : problem_no_memory(why);

    for (uint64_t i = 0; rc == 0 && i * CS_BUNDLE_WIDTH < bundles; i++) {
        struct cs_tile group = {LOG_SUMS, i, CS_BUNDLE_WIDTH};
        struct problem found = PROBLEM_INIT;

        if (log_sums_read(s->home, s->log->origin, i, sums, &found))
            rc = tell(s, &group, &found, why);
    }
    memory_free(sums);
    return rc;
}

int log_scan(const char *home, const struct log_row *log,
             int (*each)(void *arg, const struct log_damage *damage, struct problem *why),
             void *arg, struct problem *why)
{
    struct scan s = {.home = home, .log = log, .each = each, .arg = arg};
    int rc = 0;

    s.file.alloc = memory_allocator();
    if (log->range.size == 0)
        return 0;
    if (!(s.proof = log_proof_new(home, log->origin, &log->range, true, why)))
        return -1;
    for (int level = CS_TILE_LEVEL_MAX; level >= CS_TILE_LEVEL_ENTRIES && rc == 0; level--)
        rc = look_at_level(&s, level, why);
    if (rc == 0)
        rc = look_at_previous(&s, why);
    if (rc == 0)
        rc = look_at_sums(&s, why);
    log_proof_free(s.proof);
    cs_buffer_free(&s.file);
    return rc;
}

/* ---- mending */

static int write_file(const char *home, const char *origin, const struct cs_tile *tile,
                      struct cs_span bytes, struct problem *why)
{
    char path[FILE_PATH_MAX], directory[FILE_PATH_MAX];
    size_t n;

    if (log_tile_path(home, origin, tile, path, why))
        return -1;
    n = (size_t)(strrchr(path, '/') - path);
    memcpy(directory, path, n);
    directory[n] = '\0';
    if (file_make_directory(directory, 0755, why))
        return -1;
    if (tile->level == CS_TILE_LEVEL_ENTRIES && log_sums_change(home, origin, tile, bytes, why))
        return -1;
    return file_put_durable(path, bytes, 0644, why);
}

int log_bundle_replace(const char *home, const struct log_row *log, const struct cs_tile *tile,
                       struct cs_span gz, struct problem *why)
{
    struct cs_tile before = {.level = CS_TILE_LEVEL_ENTRIES};
    char path[FILE_PATH_MAX];

    before.width = cs_tile_edge(CS_TILE_LEVEL_ENTRIES, log->previous_size, &before.index);
    if (before.width > 0 && before.index == tile->index && before.width != tile->width &&
        (log_tile_path(home, log->origin, &before, path, why) || file_remove(path, why)))
        return -1;
    return write_file(home, log->origin, tile, gz, why);
}

/* Sums of all bundles of the group that prove; the others stay unknown. */
static int mend_sums(const char *home, const struct log_row *log, struct log_proof *proof,
                     uint64_t group, struct problem *why)
{
    uint64_t first = group * CS_BUNDLE_WIDTH, last = first + CS_BUNDLE_WIDTH, full;
    unsigned edge = cs_tile_edge(CS_TILE_LEVEL_ENTRIES, log->range.size, &full);
    struct cs_buffer gz = {.alloc = memory_allocator()};
    struct problem unused = PROBLEM_INIT;
    char path[FILE_PATH_MAX];
    int rc = log_sums_path(home, log->origin, group, path, why) || file_remove(path, why) ? -1 : 0;

    for (uint64_t i = first; rc == 0 && i < last && i <= full; i++) {
        struct cs_tile bundle = {CS_TILE_LEVEL_ENTRIES, i, i < full ? CS_BUNDLE_WIDTH : edge};

        cs_buffer_reset(&gz);
        problem_clear(&unused);
        if (bundle.width > 0 && log_tile_read(home, log->origin, &bundle, &gz, &unused) == 0 &&
            log_proof_bundle(proof, &bundle, cs_buffer_span(&gz), &unused) == 0)
            rc = log_sums_change(home, log->origin, &bundle, cs_buffer_span(&gz), why);
    }
    cs_buffer_free(&gz);
    return rc;
}

/* Its entries are right, and only bits of its gzip that say nothing are not: it is compressed anew. */
static int squeeze_again(const char *home, const struct log_row *log, struct log_proof *proof,
                         const struct cs_tile *bundle, bool *done, struct problem *why)
{
    struct cs_buffer gz = {.alloc = memory_allocator()}, raw = gz, again = gz;
    struct problem unused = PROBLEM_INIT;
    int rc = 0;

    if (log_tile_read(home, log->origin, bundle, &gz, &unused) == 0 &&
        log_proof_bundle(proof, bundle, cs_buffer_span(&gz), &unused) == 0 &&
        cs_gunzip(cs_buffer_span(&gz), CS_BUNDLE_RAW_MAX, &raw) == CS_OK &&
        cs_gzip(cs_buffer_span(&raw), &again) == CS_OK) {
        rc = write_file(home, log->origin, bundle, cs_buffer_span(&again), why);
        *done = rc == 0;
    }
    cs_buffer_free(&gz);
    cs_buffer_free(&raw);
    cs_buffer_free(&again);
    return rc;
}

int log_mend(const char *home, const struct log_row *log, const struct log_damage *damage,
             bool *done, struct problem *why)
{
    struct log_proof *proof = log_proof_new(home, log->origin, &log->range, true, why);
    const struct cs_tile *tile = &damage->tile;
    char path[FILE_PATH_MAX];
    struct cs_span bytes;
    int rc = proof ? 0 : -1;

    *done = false;
    if (rc == 0 && tile->level == LOG_SUMS) {
        rc = mend_sums(home, log, proof, tile->index, why);
        *done = rc == 0;
    } else if (rc == 0 && tile->level != CS_TILE_LEVEL_ENTRIES) {
        if (log_proof_rebuild(proof, tile, &bytes) == 0) {
            rc = write_file(home, log->origin, tile, bytes, why);
            *done = rc == 0;
        }
    } else if (rc == 0 && !cs_tile_in(tile, log->range.size)) {
        /* Of an edge that the log grew over: whoever was in the middle of a pull begins again. */
        rc = log_tile_path(home, log->origin, tile, path, why) || file_remove(path, why) ? -1 : 0;
        *done = rc == 0;
    } else if (rc == 0) {
        rc = squeeze_again(home, log, proof, tile, done, why);
    }
    log_proof_free(proof);
    return rc;
}

/* ---- what somebody else has */

/* The raw bundle, with hashes where entries were taken back. False if it is not the bundle's entries. Of an own
 * log it is known which were: who has a hash in place of another one has not all of it. */
static bool take(struct cs_span raw, const struct cs_tile *bundle, bool own,
                 const unsigned char *hashes, const uint64_t *redacted, size_t n,
                 struct cs_buffer *out)
{
    uint64_t first = bundle->index * CS_BUNDLE_WIDTH;
    struct cs_bundle_item item;
    unsigned i = 0;

    for (; raw.n > 0; i++) {
        bool taken_back = false;

        if (i == bundle->width || cs_bundle_next(&raw, &item) != CS_OK ||
            memcmp(item.leaf.b, hashes + (size_t)i * CS_HASH, CS_HASH) != 0)
            return false;
        for (size_t k = 0; k < n; k++)
            taken_back = taken_back || redacted[k] == first + i;
        if (own && item.entry.n == 0 && !taken_back)
            return false;
        if (item.entry.n == 0 || taken_back)
            cs_bundle_add_redacted(out, &item.leaf);
        else if (cs_bundle_add(out, item.entry) != CS_OK)
            return false;
    }
    return i == bundle->width && !out->failed;
}

static int put_bundle(const char *home, struct reader *r, const struct log_row *log,
                      struct log_proof *proof, const struct cs_tile *bundle, struct cs_span gz,
                      bool *done, struct problem *why)
{
    struct cs_buffer raw = {.alloc = memory_allocator()}, kept = raw, out = raw;
    uint64_t redacted[CS_BUNDLE_WIDTH];
    const unsigned char *hashes;
    struct cs_span bytes = gz;
    size_t n;
    int rc = -1;

    if (log_proof_leaves(proof, bundle->index, &hashes, why) ||
        store_redaction_list(r, log->lid, bundle->index * CS_BUNDLE_WIDTH, false, redacted,
                             CS_BUNDLE_WIDTH, &n, why))
        goto out;
    rc = 0;
    if (cs_gunzip(gz, CS_BUNDLE_RAW_MAX, &raw) != CS_OK ||
        !take(cs_buffer_span(&raw), bundle, log->nid == STORE_SELF, hashes, redacted, n, &kept))
        goto out;
    /* The bytes as they came, if nothing had to be taken out. */
    if (!cs_span_equal(cs_buffer_span(&raw), cs_buffer_span(&kept))) {
        if (cs_gzip(cs_buffer_span(&kept), &out) != CS_OK) {
            rc = problem_no_memory(why);
            goto out;
        }
        bytes = cs_buffer_span(&out);
    }
    rc = write_file(home, log->origin, bundle, bytes, why);
    *done = rc == 0;
out:
    cs_buffer_free(&raw);
    cs_buffer_free(&kept);
    cs_buffer_free(&out);
    return rc;
}

int log_put_back(const char *home, struct reader *r, const struct log_row *log,
                 const struct cs_tile *tile, struct cs_span bytes, bool *done, struct problem *why)
{
    struct log_proof *proof = log_proof_new(home, log->origin, &log->range, true, why);
    struct problem wrong = PROBLEM_INIT;
    int rc = -1;

    *done = false;
    if (!proof)
        return -1;
    if (tile->level == CS_TILE_LEVEL_ENTRIES) {
        rc = put_bundle(home, r, log, proof, tile, bytes, done, why);
    } else if (log_proof_tile(proof, tile, bytes, &wrong) == 0) {
        rc = write_file(home, log->origin, tile, bytes, why);
        *done = rc == 0;
    } else if (problem_is(&wrong, "log_file_damaged log_file_missing")) {
        rc = 0;
    } else {
        *why = wrong;
    }
    log_proof_free(proof);
    return rc;
}
