#include "catalogue/log_sums.h"

#include <inttypes.h>
#include <stdio.h>

#include <commonshelf/checkpoint.h>

static const unsigned char magic[8] = "cshsum1\n";
#define PART_BYTES (2 + CS_HASH)
#define SUMS_BYTES (sizeof magic + CS_TILE_MAX + SUMS_PARTS * PART_BYTES + CS_HASH)

int log_sums_path(const char *home, const char *origin, uint64_t group, char out[FILE_PATH_MAX],
                  struct problem *why)
{
    char directory[65];
    int n;

    cs_origin_directory(origin, directory);
    n = snprintf(out, FILE_PATH_MAX, "%s/logs/%s/sums/%" PRIu64, home, directory, group);
    if (n < 0 || n >= FILE_PATH_MAX)
        return problem_set(why, "path_too_long", _("The path of the home is too long: %s"), home);
    return 0;
}

/* The last hash is that of all before it. */
static bool parse(struct cs_span bytes, struct log_sums *out)
{
    const unsigned char *p = bytes.p + sizeof magic;
    struct cs_hash own;

    if (bytes.n != SUMS_BYTES || memcmp(bytes.p, magic, sizeof magic) != 0)
        return false;
    cs_sha256(cs_span_make(bytes.p, bytes.n - CS_HASH), &own);
    if (memcmp(own.b, bytes.p + bytes.n - CS_HASH, CS_HASH) != 0)
        return false;
    memcpy(out->full[0].b, p, CS_TILE_MAX);
    p += CS_TILE_MAX;
    for (size_t i = 0; i < SUMS_PARTS; i++, p += PART_BYTES) {
        out->part[i].slot = p[0];
        out->part[i].width = p[1];
        memcpy(out->part[i].sum.b, p + 2, CS_HASH);
    }
    return true;
}

int log_sums_read(const char *home, const char *origin, uint64_t group, struct log_sums *out,
                  struct problem *why)
{
    struct cs_buffer bytes = {.alloc = memory_allocator()};
    char path[FILE_PATH_MAX];
    int rc = -1;

    memset(out, 0, sizeof *out);
    out->group = group;
    if (log_sums_path(home, origin, group, path, why))
        return -1;
    if (!file_exists(path))
        return 0;
    if (file_read(path, SUMS_BYTES, &bytes, why) == 0) {
        rc = parse(cs_buffer_span(&bytes), out) ? 0 : log_file_damaged(path, why);
        if (rc)
            memset(out->full, 0, sizeof out->full);
    } else if (problem_is(why, "too_large")) {
        problem_clear(why);
        rc = log_file_damaged(path, why);
    }
    cs_buffer_free(&bytes);
    return rc;
}

const struct cs_hash *log_sums_get(const struct log_sums *sums, uint64_t bundle, unsigned width)
{
    static const struct cs_hash none;
    unsigned slot = (unsigned)(bundle % CS_BUNDLE_WIDTH);

    if (bundle / CS_BUNDLE_WIDTH != sums->group)
        return NULL;
    if (width == CS_BUNDLE_WIDTH)
        return memcmp(&sums->full[slot], &none, sizeof none) != 0 ? &sums->full[slot] : NULL;
    for (size_t i = 0; i < SUMS_PARTS; i++)
        if (sums->part[i].width == width && sums->part[i].slot == slot)
            return &sums->part[i].sum;
    return NULL;
}

void log_sums_set(struct log_sums *sums, uint64_t bundle, unsigned width, const struct cs_hash *sum)
{
    unsigned slot = (unsigned)(bundle % CS_BUNDLE_WIDTH);
    size_t i = 0;

    if (width == CS_BUNDLE_WIDTH) {
        sums->full[slot] = *sum;
        return;
    }
    while (i < SUMS_PARTS - 1 && !(sums->part[i].width == width && sums->part[i].slot == slot))
        i++;
    memmove(&sums->part[1], &sums->part[0], i * sizeof sums->part[0]);
    sums->part[0].slot = (unsigned char)slot;
    sums->part[0].width = (unsigned char)width;
    sums->part[0].sum = *sum;
}

void log_sums_write(const struct log_sums *sums, struct cs_buffer *out)
{
    struct cs_hash own;

    cs_buffer_reset(out);
    cs_buffer_add(out, magic, sizeof magic);
    cs_buffer_add(out, sums->full[0].b, CS_TILE_MAX);
    for (size_t i = 0; i < SUMS_PARTS; i++) {
        cs_buffer_add_byte(out, sums->part[i].slot);
        cs_buffer_add_byte(out, sums->part[i].width);
        cs_buffer_add(out, sums->part[i].sum.b, CS_HASH);
    }
    cs_sha256(cs_buffer_span(out), &own);
    cs_buffer_add(out, own.b, CS_HASH);
}

static int make_parent(const char *path, struct problem *why)
{
    char directory[FILE_PATH_MAX];
    size_t n = (size_t)(strrchr(path, '/') - path);

    memcpy(directory, path, n);
    directory[n] = '\0';
    return file_make_directory(directory, 0755, why);
}

int log_sums_change(const char *home, const char *origin, const struct cs_tile *bundle,
                    struct cs_span gz, struct problem *why)
{
    struct cs_buffer bytes = {.alloc = memory_allocator()};
    struct log_sums *sums = memory_new(sizeof *sums);
    struct problem unused = PROBLEM_INIT;
    char path[FILE_PATH_MAX];
    struct cs_hash sum;
    int rc = -1;

    if (!sums) {
        problem_no_memory(why);
        goto out;
    }
    if (log_sums_read(home, origin, bundle->index / CS_BUNDLE_WIDTH, sums, &unused))
        problem_clear(&unused); /* a damaged one is begun anew */
    cs_sha256(gz, &sum);
    log_sums_set(sums, bundle->index, bundle->width, &sum);
    log_sums_write(sums, &bytes);
    if (bytes.failed)
        problem_no_memory(why);
    else if (log_sums_path(home, origin, sums->group, path, why) == 0 &&
             make_parent(path, why) == 0)
        rc = file_put_durable(path, cs_buffer_span(&bytes), 0644, why);
out:
    cs_buffer_free(&bytes);
    memory_free(sums);
    return rc;
}
