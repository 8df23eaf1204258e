#include "command/command.h"
#include "command/document.h"

static int run(struct call *call, struct problem *why)
{
    struct peer_row *peer = memory_new(sizeof *peer);
    char words[CS_CHECK_WORDS_MAX];
    json_t *document;
    int rc = -1;

    if (!peer)
        return problem_no_memory(why);
    output_progress(call->out, _("Asking the other institution"), 0, 0);
    if (peering_join(call->home->peering, cs_span_of(call->options.argument[0]), call->cancel, peer,
                     why))
        goto out;
    output_progress_end(call->out);
    peering_check_words(call->home->peering, &peer->node.id, words);
    output_print(call->out, _("%s is a peer now.\n"), peer->node.name);
    if (peer->node.place[0])
        output_print(call->out, _("Place:       %s\n"), peer->node.place);
    output_print(call->out, _("Check words: %s\n"), words);
    output_say(call->out, "%s",
               _("Both sides see the same check words. If they differ, somebody stands between "
                 "you: remove the peer. \"commonshelf sync\" copies its public shelves now."));
    document = json_pack("{s:s,s:o,s:s,s:o,s:s}", "id", peer->node.id.s, "name",
                         document_text(peer->node.name), "check", words, "place",
                         document_text(peer->node.place), "url", peer->node.url);
    rc = output_json(call->out, json_pack("{s:o}", "peer", document), why);
out:
    memory_free(peer);
    return rc;
}

const struct command command_join = {
    .name = "join",
    .arguments = N_("LINK"),
    .summary = N_("Redeems an invite: the institution that made it becomes a peer."),
    .about = N_("Each side proves to the other that it knows the link's secret, and both keep each "
                "other's keys. If the answer got lost on the way, the same command with the same "
                "link completes what was begun."),
    .example = "commonshelf join 'https://books.hill.example/csh/join#cs1…'",
    .least = 1,
    .most = 1,
    .home = COMMAND_WRITES,
    .cancellable = true,
    .run = run,
};
