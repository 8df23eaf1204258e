/*
 * The hash of each file of a log is computed once a thread, and again when another file stands in its
 * place: a bundle is written again when an entry of it is redacted.
 */
#include <sys/stat.h>

#include <commonshelf/encode.h>
#include <commonshelf/key.h>
#include <commonshelf/limits.h>

#include "peer_api/internal.h"

#define ETAG_SETS 512 /* with 2,048 slots: a pull of 256,000 entries; about 100 bytes each */
#define ETAG_WAYS 4 /* so that few files push each other out, each time to be proved again */

/* Which file a path names: a new one has another number or time. */
struct which {
    dev_t device;
    ino_t number;
    off_t size;
    struct timespec changed;
};

struct slot {
    struct cs_hash path; /* all zero: empty */
    struct cs_hash content;
    struct which which;
};

struct etags {
    struct slot slot[ETAG_SETS][ETAG_WAYS];
    unsigned char oldest[ETAG_SETS];
};

/* The file's slot, or the one that it takes. */
static struct slot *find_slot(struct etags *etags, const struct cs_hash *path)
{
    size_t set = ((size_t)path->b[0] << 8 | path->b[1]) % ETAG_SETS;

    for (size_t i = 0; i < ETAG_WAYS; i++)
        if (memcmp(&etags->slot[set][i].path, path, sizeof *path) == 0)
            return &etags->slot[set][i];
    return &etags->slot[set][etags->oldest[set]++ % ETAG_WAYS];
}

void etags_free(struct etags *etags)
{
    memory_free(etags);
}

/* All zero when it is not there. */
static struct which which_file(const char *path)
{
    struct which which;
    struct stat is;

    memset(&which, 0, sizeof which);
    if (stat(path, &is) == 0) {
        which.device = is.st_dev;
        which.number = is.st_ino;
        which.size = is.st_size;
        which.changed = is.st_mtim;
    }
    return which;
}

/* That of the last log that this thread was asked for: it holds the tiles above, which are the same again. */
static struct log_proof *proof_of(struct peer_api *api, struct http_exchange *x,
                                  const struct log_row *log, struct problem *why)
{
    struct log_proof **proof = &api->proof[http_loop_index(x)];

    if (*proof && log_proof_is_of(*proof, log->origin, &log->range))
        return *proof;
    log_proof_free(*proof);
    return *proof = log_proof_new(api->home, log->origin, &log->range, true, why);
}

/* What was signed is served, and nothing else: a bit that a disk flipped is found here. */
static int prove_file(struct peer_api *api, struct http_exchange *x, const struct log_row *log,
                      const struct cs_tile *tile, struct cs_hash *out, struct problem *why)
{
    struct cs_buffer bytes = {.alloc = memory_allocator()};
    struct log_proof *proof = proof_of(api, x, log, why);
    int rc = -1;

    if (proof && log_tile_read(api->home, log->origin, tile, &bytes, why) == 0 &&
        log_proof_file(proof, tile, cs_buffer_span(&bytes), why) == 0) {
        cs_sha256(cs_buffer_span(&bytes), out);
        rc = 0;
    }
    cs_buffer_free(&bytes);
    return rc;
}

static void write_etag(const struct cs_hash *content, char out[ETAG_TEXT])
{
    struct cs_buffer text = {.alloc = memory_allocator()};

    cs_base64url_add(&text, cs_span_make(content->b, CS_HASH));
    out[0] = '\0';
    if (!text.failed && text.n < ETAG_TEXT) {
        memcpy(out, text.p, text.n);
        out[text.n] = '\0';
    }
    cs_buffer_free(&text);
}

int etag_of(struct peer_api *api, struct http_exchange *x, const struct log_row *log,
            const struct cs_tile *tile, char out[ETAG_TEXT], struct cs_hash *sum,
            struct problem *why)
{
    struct etags **etags = &api->etags[http_loop_index(x)];
    char path[FILE_PATH_MAX];
    struct slot *slot;
    struct which which;
    struct cs_hash name;

    if (!*etags && !(*etags = memory_new(sizeof **etags)))
        return problem_no_memory(why);
    if (log_tile_path(api->home, log->origin, tile, path, why))
        return -1;
    which = which_file(path);
    cs_sha256(cs_span_of(path), &name);
    slot = find_slot(*etags, &name);
    if (memcmp(&slot->path, &name, sizeof name) != 0 ||
        memcmp(&slot->which, &which, sizeof which) != 0) {
        if (prove_file(api, x, log, tile, sum, why))
            return -1;
        slot->content = *sum;
        slot->path = name;
        slot->which = which;
    }
    *sum = slot->content;
    write_etag(sum, out);
    return 0;
}
