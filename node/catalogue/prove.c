/*
 * Doctor's part: every log held here, own and mirrored, proved from its files up to what the database
 * says is held, and the root against the signed checkpoint.
 */
#include <inttypes.h>
#include <stdio.h>

#include "catalogue/internal.h"

struct tally {
    uint64_t entries;
};

static int count(void *arg, uint64_t index, const struct cs_bundle_item *item, struct problem *why)
{
    struct tally *tally = arg;

    (void)index;
    (void)item;
    (void)why;
    tally->entries++;
    return 0;
}

static void prove_one(struct catalogue *c, struct reader *r, const struct log_row *log,
                      struct doctor_check *check)
{
    struct cs_buffer note = {.alloc = memory_allocator()};
    struct problem why = PROBLEM_INIT;
    struct cs_checkpoint checkpoint;
    struct tally tally = {0};
    struct cs_range range;
    struct cs_hash proved, held;
    bool found;

    cs_range_init(&range);
    check->ok = false;
    if (log_prove(c->home, log->origin, &range, log->range.size, count, &tally, &why) ||
        store_log_checkpoint(r, log->lid, &note, &found, &why)) {
        snprintf(check->detail, sizeof check->detail, "%s", why.message);
        goto out;
    }
    cs_range_root(&range, &proved);
    cs_range_root(&log->range, &held);
    check->ok = memcmp(proved.b, held.b, CS_HASH) == 0;
    /* A mirror that is still behind its checkpoint was verified bundle by bundle. */
    if (check->ok && found && log->checkpoint_size == log->range.size)
        check->ok = cs_checkpoint_parse(cs_buffer_span(&note), &checkpoint) == CS_OK &&
                    memcmp(proved.b, checkpoint.root.b, CS_HASH) == 0;
    if (check->ok)
        snprintf(check->detail, sizeof check->detail,
                 P_("%" PRIu64 " entry, all as signed", "%" PRIu64 " entries, all as signed",
                    tally.entries),
                 tally.entries);
    else
        snprintf(check->detail, sizeof check->detail, "%s",
                 _("the files do not lead to the root that the database holds"));
out:
    cs_buffer_free(&note);
}

static int prove_node(struct catalogue *c, struct reader *r, row_id nid, const char *who,
                      void (*report)(void *arg, const struct doctor_check *check), void *arg,
                      struct problem *why)
{
    struct log_row *log = memory_new(sizeof *log * CS_PROFILE_SHELVES_MAX);
    char name[CS_PROFILE_TEXT_MAX + CS_SHELF_NAME_MAX + 32];
    size_t n;
    int rc = -1;

    if (!log)
        return problem_no_memory(why);
    if (store_log_list(r, nid, log, CS_PROFILE_SHELVES_MAX, &n, why))
        goto out;
    for (size_t i = 0; i < n; i++) {
        struct doctor_check check = {.name = name};
        if (log[i].range.size == 0)
            continue;
        snprintf(name, sizeof name, "log %s/%s", who, log[i].shelf);
        prove_one(c, r, &log[i], &check);
        report(arg, &check);
    }
    rc = 0;
out:
    memory_free(log);
    return rc;
}

int catalogue_prove_logs(struct catalogue *c, struct reader *r,
                         void (*report)(void *arg, const struct doctor_check *check), void *arg,
                         struct problem *why)
{
    struct peer_row *peer = memory_new(sizeof *peer * STORE_PEERS_MAX);
    size_t n;
    int rc = -1;

    if (!peer)
        return problem_no_memory(why);
    if (prove_node(c, r, STORE_SELF, "own", report, arg, why) ||
        store_peer_list(r, peer, STORE_PEERS_MAX, &n, why))
        goto out;
    for (size_t i = 0; i < n; i++)
        if (prove_node(c, r, peer[i].node.nid, peer[i].node.name, report, arg, why))
            goto out;
    rc = 0;
out:
    memory_free(peer);
    return rc;
}
