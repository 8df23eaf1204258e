/*
 * peer set: in which network a peer is contacted, and whether it may deposit here.
 */
#include "command/peer_block.h"

#include <string.h>

/* Addresses of this network only are ever contacted: see the configuration's ceiling. */
static int check_network(const struct config *config, const struct cidr *wanted,
                         struct problem *why)
{
    if (wanted->family == AF_UNSPEC)
        return 0;
    for (size_t i = 0; i < config->allow_cidrs; i++) {
        const struct cidr *allowed = &config->allow_cidr[i];
        struct cidr wide = *wanted;

        if (allowed->family != wanted->family || wanted->prefix < allowed->prefix)
            continue;
        wide.prefix = allowed->prefix;
        /* The same network once both are cut to the allowed one's length. */
        for (unsigned bit = wide.prefix; bit < sizeof wide.bytes * 8; bit++)
            wide.bytes[bit / 8] &= (unsigned char)~(0x80u >> bit % 8);
        if (!memcmp(wide.bytes, allowed->bytes, sizeof wide.bytes))
            return 0;
    }
    return problem_set(
        why, "network_not_allowed", "%s",
        _("The settings of this node do not allow peers in that network. Nothing was "
          "changed. Add it to allow_cidr in commonshelf.conf and restart the node."));
}

/* `text` is how it is written. */
static int set_network(struct call *call, struct transaction *t, const struct peer_row *peer,
                       char text[CIDR_TEXT], struct problem *why)
{
    const char *network = options_value(&call->options, "network");
    struct cidr cidr;

    if (cidr_read(network, &cidr))
        return problem_usage(why, "bad_network",
                             _("\"%.60s\" is no network: write it like 192.168.0.0/16 or fd00::/8, "
                               "or global."),
                             network);
    if (check_network(&call->home->config, &cidr, why))
        return -1;
    cidr_write(&cidr, text);
    return store_peer_put(t, peer->node.nid, peer->state, text, clock_now(), why);
}

static int read_relay_for(const char *value, bool *yes, struct problem *why)
{
    *yes = strcmp(value, "yes") == 0;
    if (*yes || strcmp(value, "no") == 0)
        return 0;
    return problem_usage(why, "bad_value", "%s", _("--relay-for takes yes or no."));
}

static void say(struct call *call, const struct peer_row *peer, const char *network,
                const char *relay_for, bool yes)
{
    if (network[0])
        output_say(call->out, _("%s is contacted in %s only."), peer->node.name, network);
    if (relay_for)
        output_say(call->out,
                   yes ? _("%s may bring its public shelves here, and others find them at this "
                           "node. Up to %u megabytes (relay_megabytes in commonshelf.conf).")
                       : _("%s can bring nothing more to this node. What it has brought stays."),
                   peer->node.name, call->home->config.relay_megabytes);
}

static int set_peer(struct call *call, struct reader *r, struct peer_row *peer, struct problem *why)
{
    const char *relay_for = options_value(&call->options, "relay-for");
    bool network = options_has(&call->options, "network"), yes = false;
    struct transaction *t = NULL;
    char text[CIDR_TEXT] = "";

    (void)r;
    if (!network && !relay_for)
        return problem_usage(why, "nothing_to_set", "%s",
                             _("Say what to set: --network CIDR, --network global, or --relay-for "
                               "yes."));
    if ((relay_for && read_relay_for(relay_for, &yes, why)) ||
        !(t = store_begin(call->home->store, why)))
        return -1;
    if ((network && set_network(call, t, peer, text, why)) ||
        (relay_for && store_peer_relay_for(t, peer->node.nid, yes, why)) || store_commit(&t, why)) {
        store_rollback(&t);
        return -1;
    }
    home_peers_changed(call->home);
    say(call, peer, text, relay_for, yes);
    return peer_done(call, peer, why);
}

static int run_set(struct call *call, struct problem *why)
{
    return peer_with(call, set_peer, why);
}

static const struct option_spec options[] = {
    {"network", 0, N_("CIDR"), N_("the only network in which it is contacted, or global"), 0},
    {"relay-for", 0, N_("yes|no"),
     N_("whether it may bring its public shelves here, because nobody can reach it"), 0},
};

const struct command peer_set = {
    .name = "set",
    .arguments = N_("PEER"),
    .summary = N_("Changes how a peer is reached, and whether this node relays for it."),
    .example = "commonshelf peer set \"City Library\" --network 192.168.0.0/16\n"
               "commonshelf peer set \"Farm School\" --relay-for yes",
    .option = options,
    .options = sizeof options / sizeof options[0],
    .least = 1,
    .most = 1,
    .home = COMMAND_WRITES,
    .run = run_set,
};
