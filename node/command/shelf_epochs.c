/*
 * shelf compact and shelf prune: beginning a shelf's log anew, and letting go of the old one.
 */
#include "command/shelf_epochs.h"

#include <inttypes.h>

#include "command/document.h"

static int run_compact(struct call *call, struct problem *why)
{
    const char *name = call->options.argument[0];
    struct compact_result result;

    output_progress(call->out, _("Writing the new log"), 0, 0);
    if (home_certain(call->home, false, why) ||
        catalogue_compact(call->home->catalogue, name, &result, why) ||
        peering_profile_refresh(call->home->peering, why))
        return -1;
    output_progress_end(call->out);
    home_records_changed(call->home);
    home_published(call->home);
    output_say(
        call->out,
        _("Shelf %s begins its epoch %" PRIu64 " with %" PRIu64 " entries; the log before had "
          "%" PRIu64 ". Peers that held it need not fetch it again. The old one is served for "
          "90 more days, for those who come late; \"commonshelf shelf prune\" ends that."),
        name, result.epoch, result.size, result.before);
    return output_json(call->out,
                       json_pack("{s:s,s:s,s:I,s:I,s:I,s:o}", "name", name, "origin", result.origin,
                                 "epoch", (json_int_t)result.epoch, "before",
                                 (json_int_t)result.before, "size", (json_int_t)result.size, "root",
                                 document_hash(&result.root)),
                       why);
}

static int run_prune(struct call *call, struct problem *why)
{
    bool all = options_has(&call->options, "all");
    uint64_t before = all ? clock_now() + 1 : clock_ago(CATALOGUE_KEEP_EPOCH), pruned;

    if (catalogue_prune(call->home->catalogue, before, &pruned, why))
        return -1;
    output_say(call->out,
               P_("%" PRIu64 " old log was removed.", "%" PRIu64 " old logs were removed.", pruned),
               pruned);
    return output_json(call->out, json_pack("{s:I}", "pruned", (json_int_t)pruned), why);
}

static const struct option_spec prune_options[] = {
    {"all", 0, NULL, N_("also those that ended less than 90 days ago"), 0},
};

const struct command shelf_compact = {
    .name = "compact",
    .arguments = N_("NAME"),
    .summary = N_("Begins a published shelf's log anew, with what its records say now."),
    .about = N_("A log keeps everything that its records ever said. Once most of it is past, a new "
                "one saves space here, and time for peers that come new. Those that have the old "
                "one compute the new one from it, and prove that nothing was left out."),
    .example = "commonshelf shelf compact public",
    .least = 1,
    .most = 1,
    .home = COMMAND_WRITES,
    .run = run_compact,
};
const struct command shelf_prune = {
    .name = "prune",
    .summary = N_("Removes old logs that a compaction ended more than 90 days ago."),
    .about =
        N_("A running node does this by itself. A peer that was away longer fetches the new log "
           "whole."),
    .example = "commonshelf shelf prune\ncommonshelf shelf prune --all",
    .option = prune_options,
    .options = sizeof prune_options / sizeof prune_options[0],
    .home = COMMAND_WRITES,
    .run = run_prune,
};
