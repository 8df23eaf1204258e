#include "command/command.h"
#include "command/document.h"
#include "command/peer_block.h"
#include "command/text.h"
#include "command/verify.h"
#include "sync/sync.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#define LOGS_MAX CS_PROFILE_SHELVES_MAX

/* ---- list */

static int show_list(struct output *out, const struct peer_row *row, size_t n, struct problem *why)
{
    const char *const titles[] = {_("Name"), _("Place"), _("State"), _("Last sync"), _("Records")};
    struct table *table = table_new(titles, 5);
    char ago[TEXT_AGO], records[24], state[DOCUMENT_STATE];

    if (!table)
        return problem_no_memory(why);
    for (size_t i = 0; i < n; i++) {
        const char *cells[] = {row[i].node.name, row[i].node.place,
                               document_peer_state(&row[i], state), ago, records};

        text_ago(row[i].last_sync, clock_now(), ago);
        snprintf(records, sizeof records, "%" PRId64, row[i].records);
        table_add(table, cells);
    }
    table_print(table, out);
    table_free(table);
    if (!n)
        output_say(out, "%s",
                   _("There is no peer yet. \"commonshelf invite\" makes a link for another "
                     "institution, \"commonshelf join LINK\" redeems theirs."));
    for (size_t i = 0; i < n; i++)
        if (row[i].problem[0])
            output_say(out, "%s: %s", row[i].node.name, row[i].problem);
    return 0;
}

static int run_list(struct call *call, struct problem *why)
{
    struct peer_row *row = memory_new(STORE_PEERS_MAX * sizeof *row);
    struct reader *r = store_reader(call->home->store, why);
    json_t *list = json_array();
    size_t n;
    int rc = -1;

    if (!row || !list) {
        problem_no_memory(why);
        goto out;
    }
    if (!r || store_peer_list(r, row, STORE_PEERS_MAX, &n, why) ||
        show_list(call->out, row, n, why))
        goto out;
    for (size_t i = 0; i < n; i++)
        if (json_array_append_new(list, document_peer(&row[i]))) {
            problem_no_memory(why);
            goto out;
        }
    rc = output_json(call->out, json_pack("{s:O}", "peers", list), why);
out:
    json_decref(list);
    store_reader_free(r);
    memory_free(row);
    return rc;
}

/* ---- one peer */

int peer_with(struct call *call, peer_action action, struct problem *why)
{
    struct peer_row *peer = memory_new(sizeof *peer);
    struct reader *r = store_reader(call->home->store, why);
    int rc = -1;

    if (!peer)
        problem_no_memory(why);
    else if (r && !peering_find(call->home->peering, r, call->options.argument[0], peer, why))
        rc = action(call, r, peer, why);
    store_reader_free(r);
    memory_free(peer);
    return rc;
}

int peer_done(struct call *call, const struct peer_row *peer, struct problem *why)
{
    return output_json(
        call->out, json_pack("{s:o}", "peer", document_node(&peer->node.id, peer->node.name)), why);
}

static void print_field(struct output *out, const char *label, const char *value)
{
    if (*value)
        output_print(out, "%-14s %s\n", label, value);
}

static void print_time(struct output *out, const char *label, uint64_t time)
{
    char ago[TEXT_AGO];

    text_ago(time, clock_now(), ago);
    print_field(out, label, ago);
}

/* What is to be said of a shelf that is not as it should be; empty for one that is. */
static const char *standing_text(enum standing standing)
{
    switch (standing) {
    case STANDING_OK:
        return "";
    case STANDING_STALE:
        return _("; nothing was heard of it for a week or more");
    case STANDING_WITHHELD:
        return _("; others have more of it, which is withheld from this node");
    case STANDING_INCOMPLETE:
        return _("; some of it is kept back: hashes came in place of entries");
    case STANDING_ROLLED_BACK:
        return _("; it showed less than before and is refused");
    case STANDING_FORKED:
        return _("; it contradicted itself");
    }
    return "";
}

static int show_logs(struct output *out, struct reader *r, const struct peer_row *peer,
                     json_t *shelves, struct problem *why)
{
    struct log_row *log = memory_new(LOGS_MAX * sizeof *log);
    size_t n;
    int rc = -1;

    if (!log)
        return problem_no_memory(why);
    if (store_log_list(r, peer->node.nid, log, LOGS_MAX, &n, why))
        goto out;
    for (size_t i = 0; i < n; i++) {
        enum standing standing =
            sync_standing(&log[i], clock_agreed_at(peer->last_sync), clock_agreed());
        int64_t witnesses;

        if (store_cosigned_count(r, log[i].lid, &witnesses, why))
            goto out;

        output_print(out, _("Shelf %s: %" PRIu64 " of %" PRIu64 " entries held%s\n"), log[i].shelf,
                     log[i].range.size, log[i].checkpoint_size, standing_text(standing));
        if (json_array_append_new(
                shelves,
                json_pack("{s:s,s:s,s:s,s:I,s:I,s:o,s:I,s:I}", "name", log[i].shelf, "origin",
                          log[i].origin, "state", sync_standing_word(standing), "held",
                          (json_int_t)log[i].range.size, "size", (json_int_t)log[i].checkpoint_size,
                          "as_of", document_time(log[i].as_of), "elsewhere",
                          (json_int_t)log[i].ahead, "witnessed_by", (json_int_t)witnesses))) {
            problem_no_memory(why);
            goto out;
        }
    }
    rc = 0;
out:
    memory_free(log);
    return rc;
}

static int show_peer(struct call *call, struct reader *r, struct peer_row *peer,
                     struct problem *why)
{
    char words[CS_CHECK_WORDS_MAX], state[DOCUMENT_STATE];
    json_t *entry = document_peer(peer), *shelves = json_array();
    int64_t evidence;
    int rc = -1;

    peering_check_words(call->home->peering, &peer->node.id, words);
    if (json_object_set_new(entry, "check", json_string(words)) || !shelves) {
        problem_no_memory(why);
        goto out;
    }
    print_field(call->out, _("Name"), peer->node.name);
    print_field(call->out, _("Place"), peer->node.place);
    print_field(call->out, _("Address"), peer->node.url);
    print_field(call->out, _("Node ID"), peer->node.id.s);
    print_field(call->out, _("Check words"), words);
    print_field(call->out, _("State"), document_peer_state(peer, state));
    print_field(call->out, _("Contacted in"), peer->network);
    if (peer->node.keyset_expires) {
        char until[CLOCK_TEXT];

        clock_text(peer->node.keyset_expires, until);
        print_field(call->out, _("Keys good until"), until);
    }
    if (peer->relay_for)
        print_field(call->out, _("Relayed"), _("this node keeps its catalogue for others"));
    print_time(call->out, _("Peer since"), peer->since);
    print_time(call->out, _("Last seen"), peer->last_seen);
    print_time(call->out, _("Last sync"), peer->last_sync);
    print_field(call->out, _("Last problem"), peer->problem);
    if (show_logs(call->out, r, peer, shelves, why) ||
        store_evidence_count(r, peer->node.nid, &evidence, why))
        goto out;
    if (evidence)
        output_warn(call->out,
                    P_("%" PRId64 " signed statement of this peer contradicts another one. It is "
                       "kept as evidence.",
                       "%" PRId64 " pairs of signed statements of this peer contradict each other. "
                       "They are kept as evidence.",
                       (unsigned long)evidence),
                    evidence);
    if (json_object_set(entry, "shelves", shelves) ||
        json_object_set_new(entry, "evidence", json_integer(evidence))) {
        problem_no_memory(why);
        goto out;
    }
    rc = output_json(call->out, json_pack("{s:O}", "peer", entry), why);
out:
    json_decref(entry);
    json_decref(shelves);
    return rc;
}

static int save_evidence(struct call *call, struct reader *r, struct peer_row *peer,
                         struct problem *why)
{
    const struct call_file *to = call_option_file(call, "evidence");
    struct cs_buffer file = {.alloc = memory_allocator()};
    struct cs_evidence proved;
    int rc = -1;

    if (peering_evidence(r, peer->node.nid, &file, &proved, why))
        goto out;
    for (size_t done = 0; done < file.n;) {
        ssize_t n = write(to->fd, file.p + done, file.n - done);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            problem_errno(why, errno, FILE_WRITE, to->name);
            goto out;
        }
        done += (size_t)n;
    }
    output_say(call->out,
               _("Evidence against %s is in %s. Anybody can check it: commonshelf verify %s"),
               peer->node.name, to->name, to->name);
    rc = output_json(call->out,
                     json_pack("{s:o,s:o}", "peer", document_node(&peer->node.id, peer->node.name),
                               "evidence", verify_document(&proved)),
                     why);
out:
    cs_buffer_free(&file);
    return rc;
}

static int run_show(struct call *call, struct problem *why)
{
    if (call_option_file(call, "evidence"))
        return peer_with(call, save_evidence, why);
    return peer_with(call, show_peer, why);
}

static int remove_peer(struct call *call, struct reader *r, struct peer_row *peer,
                       struct problem *why)
{
    (void)r;
    if (call->out->shape.ask && !call->out->shape.json && !options_has(&call->options, "yes") &&
        !output_ask(call->out,
                    _("Forget %s and the %" PRId64 " records copied from it? To be peers again, a "
                      "new invite is needed."),
                    peer->node.name, peer->records + peer->restricted))
        return problem_set(why, "not_confirmed", "%s", _("Nothing was changed."));
    if (peering_remove(call->home->peering, peer->node.nid, why) || call_index(call, why))
        return -1;
    output_say(
        call->out,
        _("%s is no peer of this node any more, and its catalogue is gone from here. What it "
          "has copied from this institution, it still has."),
        peer->node.name);
    return peer_done(call, peer, why);
}

static int run_remove(struct call *call, struct problem *why)
{
    return peer_with(call, remove_peer, why);
}

/* ---- the commands */

static const struct option_spec show_options[] = {
    {"evidence", 0, N_("FILE"), N_("instead writes what proves that it signed two histories"),
     OPTION_WRITE},
};
static const struct option_spec remove_options[] = {
    {"yes", 'y', NULL, N_("do not ask"), 0},
};

static const struct command list = {
    .name = "list",
    .summary = N_("Shows the peers, when each was last synced, and how many records it has."),
    .example = "commonshelf peer list",
    .home = COMMAND_READS,
    .run = run_list,
};
static const struct command show = {
    .name = "show",
    .arguments = N_("PEER"),
    .summary = N_("Shows all that is known of one peer, with the check words."),
    .example = "commonshelf peer show \"City Library\"\n"
               "commonshelf peer show --evidence fork.cshb \"City Library\"",
    .option = show_options,
    .options = sizeof show_options / sizeof show_options[0],
    .least = 1,
    .most = 1,
    .home = COMMAND_WRITES,
    .run = run_show,
};
static const struct command remove_command = {
    .name = "remove",
    .arguments = N_("PEER"),
    .summary = N_("Forgets a peer and what was copied from it."),
    .example = "commonshelf peer remove \"City Library\"",
    .option = remove_options,
    .options = sizeof remove_options / sizeof remove_options[0],
    .least = 1,
    .most = 1,
    .home = COMMAND_WRITES,
    .run = run_remove,
};

static const struct command *const subcommands[] = {
    &list, &show, &peer_add, &peer_set, &peer_block, &peer_unblock, &remove_command, NULL};

const struct command command_peer = {
    .name = "peer",
    .arguments = N_("COMMAND"),
    .summary = N_("The institutions whose catalogues are searched with this one."),
    .about = N_("A peer is named by its name or its node ID."),
    .example = "commonshelf peer list\ncommonshelf peer show \"City Library\"",
    .sub = subcommands,
};
