/*
 * peer add: a node is followed through a peer that has a copy of its public shelves.
 */
#include "command/peer_block.h"

#include "command/document.h"
#include "sync/sync.h"

static int read_node(const char *text, struct cs_node_id *id, struct problem *why)
{
    if (cs_node_id_read(cs_span_of(text), id) == CS_OK)
        return 0;
    return problem_usage(why, "bad_node_id",
                         _("\"%.80s\" is no node ID: those begin with cs1 and have %d letters and "
                           "digits. Names can be chosen by anybody, so one is needed here. Nothing "
                           "was changed."),
                         text, CS_NODE_ID_LEN);
}

static int find_via(struct call *call, struct reader *r, struct peer_row *row, struct contact *via,
                    struct problem *why)
{
    const char *who = options_value(&call->options, "via");

    if (!who)
        return problem_usage(why, "no_via", "%s",
                             _("Say through which peer: --via PEER. To be a peer of an institution "
                               "itself, redeem its invite: \"commonshelf join LINK\"."));
    if (peering_find(call->home->peering, r, who, row, why) || peering_contact(r, row, via, why))
        return -1;
    if (row->state == PEER_ACTIVE)
        return 0;
    return problem_set(why, "peer_blocked",
                       _("%s is blocked: nothing is fetched from it. \"commonshelf peer unblock\" "
                         "lifts that."),
                       row->node.name);
}

static int add(struct call *call, struct reader *r, struct http_client *client,
               const struct cs_node_id *id, const struct contact *via, struct peer_row *row,
               struct problem *why)
{
    if (peering_follow(call->home->peering, r, client, via, id, row, why))
        return -1;
    home_peers_changed(call->home);
    output_print(call->out, _("%s is followed through %s now.\n"), row->node.name,
                 via->row.node.name);
    output_say(call->out, "%s",
               _("Its public shelves are copied from there, and verified as its own. It is not "
                 "told. \"commonshelf sync\" copies them now."));
    return output_json(call->out, json_pack("{s:o}", "peer", document_peer(row)), why);
}

static int run(struct call *call, struct problem *why)
{
    struct reader *r = store_reader(call->home->store, why);
    struct contact *via = memory_new(sizeof *via);
    struct peer_row *row = memory_new(sizeof *row);
    struct http_client *client = NULL;
    struct cs_node_id id;
    int rc = -1;

    if (!via || !row)
        problem_no_memory(why);
    else if (r && read_node(call->options.argument[0], &id, why) == 0 &&
             find_via(call, r, row, via, why) == 0 && (client = http_client_new(call->cancel, why)))
        rc = add(call, r, client, &id, via, row, why);
    http_client_free(client);
    store_reader_free(r);
    memory_free(row);
    memory_free(via);
    return rc;
}

static const struct option_spec options[] = {
    {"via", 0, N_("PEER"), N_("the peer that has a copy of its public shelves"), 0},
};

const struct command peer_add = {
    .name = "add",
    .arguments = N_("NODE-ID"),
    .summary = N_("Follows a node's public shelves through a peer that mirrors it."),
    .about =
        N_("For what is public no invite is needed. The node ID is what is trusted: everything "
           "must be signed by keys that lead back to it. The node itself is never asked, and "
           "learns nothing of it."),
    .example = "commonshelf peer add cs1… --via \"City Library\"",
    .option = options,
    .options = sizeof options / sizeof options[0],
    .least = 1,
    .most = 1,
    .home = COMMAND_WRITES,
    .cancellable = true,
    .run = run,
};
