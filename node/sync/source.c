#include <assert.h>
#include <stdio.h>

#include <commonshelf/gzip.h>

#include "sync/internal.h"

void part_init(struct part *part, const char *what, uint64_t cap)
{
    memset(part, 0, sizeof *part);
    assert(strlen(what) < sizeof part->what);
    strcpy(part->what, what);
    part->cap = cap;
    part->bytes.alloc = memory_allocator();
}

void part_tile(struct part *part, const struct cs_tile *tile)
{
    char what[CS_TILE_PATH_MAX];

    cs_tile_path(tile, what);
    part_init(part, what,
              tile->level == CS_TILE_LEVEL_ENTRIES ? CS_BUNDLE_GZIP_MAX
                                                   : (uint64_t)tile->width * CS_HASH);
}

int parts_get(struct log_pull *lp, struct part *part, size_t n, struct problem *why)
{
    struct source *source = lp->pull->source;

    return source->get(source, lp, part, n, why);
}

void parts_free(struct part *part, size_t n)
{
    for (size_t i = 0; i < n; i++)
        cs_buffer_free(&part[i].bytes);
}

int log_wrong(struct log_pull *lp, const char *what, struct problem *why)
{
    const struct source *source = lp->pull->source;

    if (!source->live)
        return problem_set(
            why, "wrong_hash",
            _("%s has %s/%s that is not what \"%s\" signed: damaged or altered. It was thrown "
              "away; what was received before is kept."),
            source->name, lp->log.shelf, what, lp->pull->contact->row.node.name);
    return problem_set(
        why, "wrong_hash",
        _("\"%s\" sent %s/%s that is not what it signed: damaged on its disk or on the "
          "way, or altered. It was thrown away; what was received before is kept. It "
          "is asked again later."),
        source->name, lp->log.shelf, what);
}

int part_gunzip(struct log_pull *lp, const struct part *part, struct cs_buffer *raw,
                struct problem *why)
{
    enum cs_status status;

    cs_buffer_reset(raw);
    status = cs_gunzip(cs_buffer_span(&part->bytes), CS_BUNDLE_RAW_MAX, raw);
    if (status == CS_NO_MEMORY)
        return problem_no_memory(why);
    return status == CS_OK ? 0 : log_wrong(lp, part->what, why);
}
