/*
 * A file of catalogues taken here: who is in it, and each of their logs as in a pull.
 */
#include "sync/bundle.h"

struct import {
    struct pull pull;
    struct bundle_file file;
    struct bundle_source source;
    struct carried carried;
    struct cs_buffer identity;
    bundle_progress progress;
    void *arg;
};

static bool is_trusted(const struct bundle_trust *trust, const struct cs_node_id *id)
{
    for (size_t i = 0; i < trust->n; i++)
        if (cs_node_id_equal(&trust->node[i], id))
            return true;
    return false;
}

/* The shelves of the newest profile that is held of the peer, as a pull would take them. */
static int take_logs(struct import *im, const struct bundle_node *node, bool *changed,
                     struct problem *why)
{
    const struct cs_profile *profile = &im->pull.contact->profile;
    struct problem now = PROBLEM_INIT, later = PROBLEM_INIT;

    for (size_t i = 0; i < profile->shelves; i++)
        if (bundle_find(&im->file, node, profile->shelf[i].name, profile->shelf[i].epoch) &&
            pull_shelf(&im->pull, &profile->shelf[i], changed, &now)) {
            if (!problem_is(&now, "incomplete")) {
                *why = now;
                return -1;
            }
            later = now;
            problem_clear(&now);
        }
    if (later.code)
        *why = later;
    return later.code ? -1 : 0;
}

static int take_charters(struct import *im, const struct bundle_node *node, struct problem *why)
{
    struct cs_buffer notes = {.alloc = memory_allocator()};
    int rc = bundle_charters(&im->file, node, &notes, why);

    if (rc == 0)
        rc = charters_take(im->pull.setup->peering, cs_buffer_span(&notes), why);
    cs_buffer_free(&notes);
    return rc;
}

static int take_node(struct import *im, const struct bundle_node *node,
                     const struct bundle_trust *trust, struct problem *why)
{
    struct peering *peering = im->pull.setup->peering;
    struct sync_result *result = im->pull.result;
    struct peer_row row;
    bool changed = false;
    int rc;

    if (bundle_identity(&im->file, node, &im->carried, &im->identity, why))
        return -1;
    result->id = im->carried.id;
    strcpy(result->name, im->carried.profile.name);
    if (peering_carried_take(peering, im->pull.reader, &im->carried, is_trusted(trust, &node->id),
                             &row, why))
        return -1;
    strcpy(result->name, row.node.name);
    busy_enter(row.node.nid, NULL);
    bundle_source(&im->source, &im->file, node);
    im->source.cancel = im->pull.cancel;
    im->source.progress = im->progress;
    im->source.arg = im->arg;
    im->pull.source = &im->source.source;
    rc = peering_contact(im->pull.reader, &row, im->pull.contact, why);
    if (rc == 0)
        rc = take_charters(im, node, why);
    if (rc == 0)
        rc = take_logs(im, node, &changed, why);
    busy_leave(row.node.nid);
    if (rc == 0)
        result->state = changed ? SYNC_OK : SYNC_UNCHANGED;
    return rc;
}

/* All that is said of one node. -1 only for what ends the import. */
static int import_node(struct import *im, const struct bundle_node *node,
                       const struct bundle_trust *trust, struct sync_result *result,
                       struct problem *why)
{
    uint64_t start = clock_monotonic_ms();
    int rc;

    memset(result, 0, sizeof *result);
    result->state = SYNC_FAILED;
    im->pull.result = result;
    rc = take_node(im, node, trust, &result->why);
    result->ms = clock_monotonic_ms() - start;
    if (rc == 0)
        return 0;
    result->state = SYNC_FAILED;
    if (!pull_is_own_failure(&result->why))
        return 0;
    if (why && !why->code)
        *why = result->why;
    return -1;
}

static int check_only(const struct bundle_file *file, const struct cs_node_id *only,
                      struct problem *why)
{
    for (size_t i = 0; only && i < file->nodes; i++)
        if (!cs_node_id_equal(&file->node[i].id, only))
            return problem_set(why, "wrong_origin",
                               _("%s holds another node's catalogue. Nothing of it was taken."),
                               file->name);
    return 0;
}

static int check_one(const struct bundle_file *file, const struct bundle_trust *trust,
                     struct problem *why)
{
    if (!trust->one_log || (file->nodes == 1 && file->logs == 1 && file->node[0].charters == 0))
        return 0;
    return problem_set(why, "malformed",
                       _("%s does not hold one log, and nothing else. Nothing of it was taken."),
                       file->name);
}

static bool was_cancelled(const struct sync_result *result)
{
    return problem_is(&result->why, "cancelled");
}

static int import(struct import *im, const struct bundle_trust *trust, struct bundle_in *in,
                  struct problem *why)
{
    struct node_row self;
    bool found;

    if (check_only(&im->file, trust->only, why) || check_one(&im->file, trust, why) ||
        store_node_get(im->pull.reader, STORE_SELF, &self, &found, why))
        return -1;
    if (!(in->result = memory_new((im->file.nodes + 1) * sizeof *in->result)))
        return problem_no_memory(why);
    if (im->file.logs > 0)
        strcpy(in->origin, im->file.log[0].origin);
    for (size_t i = 0; i < im->file.nodes; i++) {
        const struct bundle_node *node = &im->file.node[i];

        if (found && cs_node_id_equal(&node->id, &self.id)) {
            in->own = true;
            continue;
        }
        if (import_node(im, node, trust, &in->result[in->n++], why))
            return -1;
        if (was_cancelled(&in->result[in->n - 1]))
            break;
    }
    return 0;
}

int bundle_import(const struct sync_setup *setup, int fd, const char *name,
                  const struct bundle_trust *trust, const atomic_bool *cancel,
                  bundle_progress progress, void *arg, struct bundle_in *in, struct problem *why)
{
    struct import *im = memory_new(sizeof *im);
    int rc = -1;

    memset(in, 0, sizeof *in);
    if (!im)
        return problem_no_memory(why);
    im->identity.alloc = memory_allocator();
    im->pull.setup = setup;
    im->pull.cancel = cancel;
    im->progress = progress;
    im->arg = arg;
    if (!(im->pull.contact = memory_new(sizeof *im->pull.contact)))
        problem_no_memory(why);
    else if ((im->pull.reader = store_reader(setup->store, why)) &&
             bundle_open(&im->file, fd, name, why) == 0)
        rc = import(im, trust, in, why);
    bundle_close(&im->file);
    store_reader_free(im->pull.reader);
    memory_free(im->pull.contact);
    cs_buffer_free(&im->identity);
    memory_free(im);
    return rc;
}

void bundle_in_free(struct bundle_in *in)
{
    memory_free(in->result);
    memset(in, 0, sizeof *in);
}
