/*
 * keys: what this institution signs with, and new ones.
 */
#include "command/command.h"
#include "command/document.h"

#include <inttypes.h>

static json_t *document_keyset(const struct call *call, const struct cs_keyset *keyset)
{
    const struct signer *signer = call->home->signer;

    return json_pack("{s:I,s:o,s:o,s:b,s:o}", "version", (json_int_t)keyset->version, "issued",
                     document_time(keyset->issued), "expires", document_time(keyset->expires),
                     "root_here", (int)signer_has_root(signer), "node",
                     document_node(signer_node(signer), call->home->config.name));
}

static int run_show(struct call *call, struct problem *why)
{
    const struct signer *signer = call->home->signer;
    const struct cs_keyset *keyset = signer_keyset(signer);
    char issued[CLOCK_TEXT], expires[CLOCK_TEXT];

    clock_text(keyset->issued, issued);
    clock_text(keyset->expires, expires);
    output_print(call->out, _("Node ID    %s\n"), signer_node(signer)->s);
    output_print(call->out, _("Keyset     version %" PRIu64 ", made %s, good until %s\n"),
                 keyset->version, issued, expires);
    output_print(call->out, _("Root key   %s\n"),
                 signer_has_root(signer) ? _("in keys/root.key") : _("not on this machine"));
    return output_json(call->out, json_pack("{s:o}", "keys", document_keyset(call, keyset)), why);
}

static int run_rotate(struct call *call, struct problem *why)
{
    const struct cs_keyset *keyset;
    char expires[CLOCK_TEXT];

    if (home_rotate(call->home, NULL, why))
        return -1;
    keyset = signer_keyset(call->home->signer);
    clock_text(keyset->expires, expires);
    output_say(call->out,
               _("This node signs with new keys now (keyset version %" PRIu64
                 ", good until %s). The old ones are destroyed. Peers take the new ones over the "
                 "next time they ask; nothing has to be done there."),
               keyset->version, expires);
    return output_json(call->out, json_pack("{s:o}", "keys", document_keyset(call, keyset)), why);
}

static const struct command show = {
    .name = "show",
    .summary = N_("Shows which keys are in force, until when, and where the root key is."),
    .example = "commonshelf keys show",
    .home = COMMAND_WRITES,
    .run = run_show,
};
static const struct command rotate = {
    .name = "rotate",
    .summary = N_("Makes new keys to sign with, and destroys the old ones."),
    .example = "commonshelf keys rotate",
    .home = COMMAND_WRITES,
    .run = run_rotate,
};

static const struct command *const subcommands[] = {&show, &rotate, NULL};

const struct command command_keys = {
    .name = "keys",
    .arguments = N_("COMMAND"),
    .summary = N_("The keys that speak for this institution."),
    .example = "commonshelf keys show\ncommonshelf keys rotate",
    .sub = subcommands,
};
