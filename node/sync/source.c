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

int part_elsewhere(struct log_pull *lp, struct part *part)
{
    struct problem unused = PROBLEM_INIT;
    struct relay *relay;

    while ((relay = relay_get(lp, part->tried)) != NULL) {
        struct source *source = &relay->source.source;

        part->tried++;
        if (source->get(source, lp, part, 1, &unused) == 0) {
            lp->pull->relayed = true;
            return 0;
        }
        problem_clear(&unused);
    }
    return -1;
}

bool source_is_failing(const struct problem *why)
{
    return problem_is(why,
                      "refused unreachable timed_out unknown_host cut_off tls network not_http "
                      "too_large http_status");
}

int parts_get(struct log_pull *lp, struct part *part, size_t n, struct problem *why)
{
    struct source *source = lp->pull->source;
    struct problem failed = PROBLEM_INIT;
    int rc = lp->tired ? -1 : source->get(source, lp, part, n, &failed);

    if (rc == 0)
        return 0;
    lp->tired = lp->tired || source_is_failing(&failed);
    for (size_t i = 0; i < n; i++)
        if (part[i].state == PART_MISSING && part_elsewhere(lp, &part[i]))
            break;
    rc = 0;
    for (size_t i = 0; i < n; i++)
        rc = part[i].state == PART_MISSING ? -1 : rc;
    /* Nobody else has it: the source once more, should it only have been tired. */
    if (rc && !failed.code)
        rc = source->get(source, lp, part, n, &failed);
    if (rc && why)
        *why = failed;
    return rc;
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
