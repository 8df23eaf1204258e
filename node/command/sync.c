#include "sync/sync.h"
#include "command/command.h"
#include "command/index_beside.h"
#include "command/sync_show.h"

struct peers {
    struct peer_row *row;
    row_id *nid;
    struct sync_result *result;
    size_t n;
    struct sync_deposits deposits; /* of a node that nobody can reach */
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

static int report(struct call *call, const struct peers *peers, size_t *failed, struct problem *why)
{
    json_t *list = json_array(), *given = json_array();

    *failed = 0;
    for (size_t i = 0; i < peers->n; i++) {
        sync_show(call->out, &peers->result[i]);
        *failed += peers->result[i].state == SYNC_FAILED;
        if (json_array_append_new(list, sync_entry(&peers->result[i]))) {
            json_decref(list);
            json_decref(given);
            return problem_no_memory(why);
        }
    }
    if (!peers->n)
        output_say(call->out, "%s",
                   _("There is no peer to sync with yet. \"commonshelf invite\" and \"commonshelf "
                     "join\" make one."));
    for (size_t i = 0; i < peers->deposits.n; i++) {
        sync_show_deposit(call->out, &peers->deposits.at[i]);
        *failed += !peers->deposits.at[i].well;
        if (json_array_append_new(given, sync_deposit_entry(&peers->deposits.at[i]))) {
            json_decref(list);
            json_decref(given);
            return problem_no_memory(why);
        }
    }
    return output_json(call->out, json_pack("{s:o,s:o}", "peers", list, "deposits", given), why);
}

/* What this node signs is shown to nobody before it knows what it has signed. */
static int deposit(struct call *call, const struct sync_setup *setup, struct sync_deposits *out,
                   struct problem *why)
{
    if (call->home->config.vias > 0 && home_certain(call->home, false, why))
        return -1;
    return sync_deposit(setup, call->cancel, out, why);
}

static int run(struct call *call, struct problem *why)
{
    struct sync_setup setup = {
        .home = call->home->path,
        .store = call->home->store,
        .peering = call->home->peering,
        .signer = call->home->signer,
        .catalogue = call->home->catalogue,
        .gossip_now = true,
        .changed = home_records_changed,
        .arg = call->home,
        .renew = options_has(&call->options, "renew"),
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
    if (pulled || deposit(call, &setup, &peers.deposits, why) || call_index(call, why))
        goto out;
    if (report(call, &peers, &failed, why))
        goto out;
    rc = failed ? EXIT_PART : EXIT_DONE;
out:
    store_reader_free(r);
    peers_free(&peers);
    return rc;
}

static const struct option_spec options[] = {
    {"renew", 0, NULL, N_("ask for their profiles as well, which else is done once an hour"), 0},
};

const struct command command_sync = {
    .name = "sync",
    .arguments = N_("[PEER…]"),
    .summary = N_("Fetches what is new at the peers, and verifies it."),
    .about = N_("All peers, or those that are named by name or node ID. What was fetched before an "
                "interruption is kept; the next run goes on from there. A running node does this "
                "by itself."),
    .example = "commonshelf sync\ncommonshelf sync \"City Library\"",
    .most = STORE_PEERS_MAX,
    .option = options,
    .options = sizeof options / sizeof options[0],
    .home = COMMAND_WRITES,
    .cancellable = true,
    .run = run,
};
