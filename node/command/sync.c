#include "sync/sync.h"
#include "command/command.h"
#include "command/document.h"
#include "command/index_beside.h"

#include <inttypes.h>

struct peers {
    struct peer_row *row;
    row_id *nid;
    struct sync_result *result;
    size_t n;
};

static void peers_free(struct peers *peers)
{
    memory_free(peers->row);
    memory_free(peers->nid);
    memory_free(peers->result);
}

/* Those that were named, or all that are not blocked. */
static int choose(struct call *call, struct reader *r, struct peers *peers, struct problem *why)
{
    const struct options *o = &call->options;
    size_t max = o->arguments ? o->arguments : STORE_PEERS_MAX, all = 0;

    peers->row = memory_new(max * sizeof *peers->row);
    peers->nid = memory_new(max * sizeof *peers->nid);
    if (!peers->row || !peers->nid)
        return problem_no_memory(why);
    for (size_t i = 0; i < o->arguments; i++)
        if (peering_find(call->home->peering, r, o->argument[i], &peers->row[all++], why))
            return -1;
    if (!o->arguments && store_peer_list(r, peers->row, max, &all, why))
        return -1;
    for (size_t i = 0; i < all; i++) {
        if (peers->row[i].state == PEER_ACTIVE)
            peers->nid[peers->n++] = peers->row[i].node.nid;
        else if (o->arguments)
            return problem_set(why, "peer_blocked",
                               _("%s is blocked: nothing is fetched from it. \"commonshelf peer "
                                 "unblock\" lifts that."),
                               peers->row[i].node.name);
    }
    peers->result = memory_new((peers->n ? peers->n : 1) * sizeof *peers->result);
    return peers->result ? 0 : problem_no_memory(why);
}

static const char *state_name(enum sync_state state)
{
    switch (state) {
    case SYNC_OK:
        return "ok";
    case SYNC_UNCHANGED:
        return "unchanged";
    case SYNC_FAILED:
        return "failed";
    }
    return "failed";
}

static void show(struct output *out, const struct sync_result *r)
{
    switch (r->state) {
    case SYNC_OK:
        output_print(out,
                     P_("%s: %" PRIu64 " new entry, %" PRIu64 " bytes.\n",
                        "%s: %" PRIu64 " new entries, %" PRIu64 " bytes.\n", r->entries),
                     r->name, r->entries, r->bytes);
        if (r->refused)
            output_warn(out,
                        P_("%s: %" PRIu64 " entry holds no valid record and is not shown.",
                           "%s: %" PRIu64 " entries hold no valid record and are not shown.",
                           r->refused),
                        r->name, r->refused);
        break;
    case SYNC_UNCHANGED:
        output_print(out, _("%s: nothing new.\n"), r->name);
        break;
    case SYNC_FAILED:
        output_warn(out, "%s: %s", r->name, r->why.message);
        if (out->shape.verbose && r->why.detail[0])
            output_warn(out, "  %s", r->why.detail);
        break;
    }
}

static json_t *entry_of(const struct sync_result *r)
{
    json_t *entry = json_pack("{s:s,s:o,s:s,s:I,s:I,s:I,s:I,s:I}", "id", r->id.s, "name",
                              document_text(r->name), "state", state_name(r->state), "entries",
                              (json_int_t)r->entries, "refused", (json_int_t)r->refused, "bytes",
                              (json_int_t)r->bytes, "requests", (json_int_t)r->requests, "ms",
                              (json_int_t)r->ms);

    if (r->state == SYNC_FAILED &&
        (json_object_set_new(entry, "code", json_string(r->why.code ? r->why.code : "unknown")) ||
         json_object_set_new(entry, "message", document_text(r->why.message)))) {
        json_decref(entry);
        return NULL;
    }
    return entry;
}

static int report(struct call *call, const struct peers *peers, size_t *failed, struct problem *why)
{
    json_t *list = json_array();

    *failed = 0;
    for (size_t i = 0; i < peers->n; i++) {
        show(call->out, &peers->result[i]);
        *failed += peers->result[i].state == SYNC_FAILED;
        if (json_array_append_new(list, entry_of(&peers->result[i]))) {
            json_decref(list);
            return problem_no_memory(why);
        }
    }
    if (!peers->n)
        output_say(call->out, "%s",
                   _("There is no peer to sync with yet. \"commonshelf invite\" and \"commonshelf "
                     "join\" make one."));
    return output_json(call->out, json_pack("{s:o}", "peers", list), why);
}

static int run(struct call *call, struct problem *why)
{
    struct sync_setup setup = {
        .home = call->home->path,
        .store = call->home->store,
        .peering = call->home->peering,
        .changed = home_records_changed,
        .arg = call->home,
    };
    struct reader *r = store_reader(call->home->store, why);
    struct index_beside *beside;
    struct peers peers = {0};
    size_t failed = 0;
    int rc = -1, pulled;

    if (!r || choose(call, r, &peers, why))
        goto out;
    output_progress(call->out, _("Asking the peers for what is new"), 0, 0);
    beside = index_beside_begin(call->home, false);
    pulled = sync_pull_all(&setup, peers.nid, peers.n, call->cancel, peers.result, why);
    index_beside_end(beside);
    if (pulled || call_index(call, why))
        goto out;
    if (report(call, &peers, &failed, why))
        goto out;
    rc = failed ? EXIT_PART : EXIT_DONE;
out:
    store_reader_free(r);
    peers_free(&peers);
    return rc;
}

const struct command command_sync = {
    .name = "sync",
    .arguments = N_("[PEER…]"),
    .summary = N_("Fetches what is new at the peers, and verifies it."),
    .about = N_("All peers, or those that are named by name or node ID. What was fetched before an "
                "interruption is kept; the next run goes on from there. A running node does this "
                "by itself."),
    .example = "commonshelf sync\ncommonshelf sync \"City Library\"",
    .most = STORE_PEERS_MAX,
    .home = COMMAND_WRITES,
    .cancellable = true,
    .run = run,
};
