/*
 * peer block and peer unblock.
 */
#include "command/peer_block.h"

#include <inttypes.h>

#include "sync/sync.h"

/* Whether what was copied from it goes too: as asked for, or as the person says. */
static bool copies_go(struct call *call, const struct peer_row *peer)
{
    if (options_has(&call->options, "delete") || peer->records == 0 || !call->out->shape.ask ||
        call->out->shape.json || options_has(&call->options, "keep"))
        return options_has(&call->options, "delete");
    return output_ask(call->out,
                      _("Delete the %" PRId64 " records copied from %s too? Kept ones are hidden, "
                        "and come back when it is unblocked."),
                      peer->records, peer->node.name);
}

static int block_peer(struct call *call, struct reader *r, struct peer_row *peer,
                      struct problem *why)
{
    bool gone;

    (void)r;
    /* It is shut out before anything is asked. */
    if (peering_block(call->home->peering, peer->node.nid, true, why))
        return -1;
    gone = copies_go(call, peer);
    sync_settle(peer->node.nid);
    if ((gone && peering_forget(call->home->peering, peer->node.nid, why)) || call_index(call, why))
        return -1;
    output_say(call->out,
               gone ? _("%s is blocked and what was copied from it is deleted. Nothing is fetched "
                        "from it, and its requests are refused. It can still read what is public.")
                    : _("%s is blocked: its records are hidden here, nothing is fetched from it, "
                        "and its requests are refused. It can still read what is public."),
               peer->node.name);
    return peer_done(call, peer, why);
}

static int run_block(struct call *call, struct problem *why)
{
    return peer_with(call, block_peer, why);
}

static int unblock_peer(struct call *call, struct reader *r, struct peer_row *peer,
                        struct problem *why)
{
    (void)r;
    if (peering_block(call->home->peering, peer->node.nid, false, why) || call_index(call, why))
        return -1;
    output_say(call->out, _("%s is a peer as before."), peer->node.name);
    return peer_done(call, peer, why);
}

static int run_unblock(struct call *call, struct problem *why)
{
    return peer_with(call, unblock_peer, why);
}

static const struct option_spec block_options[] = {
    {"delete", 0, NULL, N_("delete what was copied from it"), 0},
    {"keep", 0, NULL, N_("keep it, hidden (unless --delete is given, or a person says otherwise)"),
     0},
};

const struct command peer_block = {
    .name = "block",
    .arguments = N_("PEER"),
    .summary = N_("Hides a peer's records and talks to it no more, until it is unblocked."),
    .about =
        N_("At once: what it is reading by its name or being sent is cut off, and a pull of its "
           "catalogue ends. A new invite does not unblock it; \"peer unblock\" does."),
    .example = "commonshelf peer block \"City Library\"\n"
               "commonshelf peer block --delete \"City Library\"",
    .option = block_options,
    .options = sizeof block_options / sizeof block_options[0],
    .least = 1,
    .most = 1,
    .home = COMMAND_WRITES,
    .run = run_block,
};
const struct command peer_unblock = {
    .name = "unblock",
    .arguments = N_("PEER"),
    .summary = N_("Takes a block back."),
    .example = "commonshelf peer unblock \"City Library\"",
    .least = 1,
    .most = 1,
    .home = COMMAND_WRITES,
    .run = run_unblock,
};
