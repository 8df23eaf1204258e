#include <stdio.h>

#include "catalogue/log_files.h"

#include <commonshelf/checkpoint.h>
#include <commonshelf/gzip.h>

static int log_path(const char *home, const char *origin, const char *name, char out[FILE_PATH_MAX],
                    struct problem *why)
{
    char directory[65];
    int n;

    cs_origin_directory(origin, directory);
    n = snprintf(out, FILE_PATH_MAX, "%s/logs/%s/%s", home, directory, name);
    if (n < 0 || n >= FILE_PATH_MAX)
        return problem_set(why, "path_too_long", _("The path of the home is too long: %s"), home);
    return 0;
}

int log_tile_path(const char *home, const char *origin, const struct cs_tile *tile,
                  char out[FILE_PATH_MAX], struct problem *why)
{
    char name[CS_TILE_PATH_MAX];

    cs_tile_path(tile, name);
    return log_path(home, origin, name, out, why);
}

int log_checkpoint_path(const char *home, const char *origin, char out[FILE_PATH_MAX],
                        struct problem *why)
{
    return log_path(home, origin, "checkpoint", out, why);
}

static size_t size_limit(const struct cs_tile *tile)
{
    return tile->level == CS_TILE_LEVEL_ENTRIES ? CS_BUNDLE_GZIP_MAX
                                                : (size_t)tile->width * CS_HASH;
}

int log_tile_read(const char *home, const char *origin, const struct cs_tile *tile,
                  struct cs_buffer *out, struct problem *why)
{
    char path[FILE_PATH_MAX];
    size_t before = out->n;

    if (log_tile_path(home, origin, tile, path, why))
        return -1;
    if (!file_exists(path))
        return problem_set(why, "log_file_missing",
                           _("The file %s is missing. Nothing was changed. Run \"commonshelf "
                             "doctor\"; a peer or a backup has it."),
                           path);
    if (file_read(path, size_limit(tile), out, why))
        return -1;
    if (tile->level != CS_TILE_LEVEL_ENTRIES && out->n - before != size_limit(tile))
        return log_file_damaged(path, why);
    return 0;
}

int log_bundle_read(const char *home, const char *origin, const struct cs_tile *tile,
                    struct cs_buffer *raw, struct problem *why)
{
    struct cs_buffer gz = {.alloc = memory_allocator()};
    char path[FILE_PATH_MAX];
    int rc = -1;

    if (log_tile_path(home, origin, tile, path, why) || log_tile_read(home, origin, tile, &gz, why))
        goto out;
    switch (cs_gunzip(cs_buffer_span(&gz), CS_BUNDLE_RAW_MAX, raw)) {
    case CS_OK:
        rc = 0;
        break;
    case CS_NO_MEMORY:
        rc = problem_no_memory(why);
        break;
    default:
        rc = log_file_damaged(path, why);
    }
out:
    cs_buffer_free(&gz);
    return rc;
}

void log_bundle_keep(const char *home, const char *origin, const struct cs_tile *tile,
                     struct cs_span gz)
{
    char path[FILE_PATH_MAX], directory[FILE_PATH_MAX];

    if (log_tile_path(home, origin, tile, path, NULL))
        return;
    strcpy(directory, path);
    *strrchr(directory, '/') = '\0';
    if (file_make_directory(directory, 0755, NULL) || file_put_loosely(path, gz, 0644, NULL))
        log_line(LOG_LEVEL_DEBUG, "catalogue", "could not keep %s", path);
}

bool log_bundle_is_kept(const char *home, const char *origin, const struct cs_tile *tile)
{
    char path[FILE_PATH_MAX];

    return log_tile_path(home, origin, tile, path, NULL) == 0 && file_exists(path);
}

void log_forget_edge(const char *home, const char *origin, uint64_t old, uint64_t keep_a,
                     uint64_t keep_b)
{
    for (int level = CS_TILE_LEVEL_ENTRIES; level <= CS_TILE_LEVEL_MAX; level++) {
        char path[FILE_PATH_MAX];
        struct cs_tile tile = {.level = level};

        tile.width = cs_tile_edge(level, old, &tile.index);
        if (tile.width == 0 || cs_tile_in(&tile, keep_a) || cs_tile_in(&tile, keep_b))
            continue;
        if (log_tile_path(home, origin, &tile, path, NULL) == 0 && file_remove(path, NULL))
            log_line(LOG_LEVEL_DEBUG, "catalogue", "kept %s", path);
    }
}

void log_remove_beyond(const char *home, const char *origin, uint64_t size, uint64_t previous)
{
    struct cs_tile tile = {.level = CS_TILE_LEVEL_ENTRIES, .index = size / CS_BUNDLE_WIDTH};
    bool found = true;

    for (; found; tile.index++) {
        found = false;
        for (tile.width = 1; tile.width <= CS_BUNDLE_WIDTH; tile.width++) {
            char path[FILE_PATH_MAX];

            if (log_tile_path(home, origin, &tile, path, NULL) || !file_exists(path))
                continue;
            found = true;
            if (!cs_tile_in(&tile, size) && !cs_tile_in(&tile, previous))
                if (file_remove(path, NULL))
                    log_line(LOG_LEVEL_DEBUG, "catalogue", "kept %s", path);
        }
    }
}
