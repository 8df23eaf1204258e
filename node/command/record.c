#include "command/command.h"
#include "command/document.h"
#include "command/record_show.h"
#include "command/record_withdrawn.h"
#include "command/text.h"

#include <inttypes.h>
#include <stdio.h>

#include <commonshelf/record.h>

/* "urn:uuid:…", its 36 characters alone, or NODE/ID as in the addresses of pages. */
static int read_id(const char *text, struct cs_node_id *node, bool *has_node, struct cs_uuid *id,
                   struct problem *why)
{
    const char *slash = strchr(text, '/');
    char urn[CS_URN_UUID_LEN + 1];

    *has_node = slash != NULL;
    if (slash && cs_node_id_read(cs_span_make(text, (size_t)(slash - text)), node) != CS_OK)
        goto bad;
    if (slash)
        text = slash + 1;
    if (snprintf(urn, sizeof urn, "%s%s", strncmp(text, "urn:", 4) ? "urn:uuid:" : "", text) <
            (int)sizeof urn &&
        cs_uuid_read(cs_span_of(urn), id) == CS_OK)
        return 0;
bad:
    return problem_usage(
        why, "bad_id",
        _("\"%.100s\" is no record's ID. It looks like urn:uuid:…, or NODE/urn:uuid:… "
          "for a peer's; \"commonshelf search --json\" shows them."),
        text);
}

/* This institution's own record of that ID, else that of the first peer that has one. */
static int find_anywhere(struct reader *r, const struct cs_uuid *id, struct record_row *row,
                         struct cs_buffer *json, bool *found, struct problem *why)
{
    struct peer_row *peer = memory_new(STORE_PEERS_MAX * sizeof *peer);
    struct node_row *self = memory_new(sizeof *self);
    size_t n = 0;
    int rc = -1;

    if (!peer || !self) {
        problem_no_memory(why);
        goto out;
    }
    if (store_node_get(r, STORE_SELF, self, found, why) ||
        store_record_find(r, &self->id, id, row, json, found, why) ||
        store_peer_list(r, peer, STORE_PEERS_MAX, &n, why))
        goto out;
    rc = 0;
    for (size_t i = 0; i < n && rc == 0 && !*found; i++)
        rc = store_record_find(r, &peer[i].node.id, id, row, json, found, why);
out:
    memory_free(self);
    memory_free(peer);
    return rc;
}

static int find(struct reader *r, const char *text, struct record_row *row, struct cs_buffer *json,
                struct problem *why)
{
    struct cs_node_id node;
    struct cs_uuid id;
    bool has_node, found = false;

    if (read_id(text, &node, &has_node, &id, why))
        return -1;
    if (has_node ? store_record_find(r, &node, &id, row, json, &found, why)
                 : find_anywhere(r, &id, row, json, &found, why))
        return -1;
    if (!found)
        return problem_set(why, "no_such_record",
                           _("There is no record %s here, or it was withdrawn."), text);
    return 0;
}

/* ---- show */

static int show(struct call *call, const struct record_row *row, json_t *record,
                struct problem *why)
{
    struct output *out = call->out;
    char ago[TEXT_AGO];

    output_print(out, _("Held by %s, shelf %s"), row->node_name[0] ? row->node_name : row->node.s,
                 row->shelf);
    if (row->as_of) {
        text_ago(row->as_of, clock_now(), ago);
        output_print(out, _(", as of %s"), ago);
    } else {
        output_print(out, "%s",
                     row->audience != AUDIENCE_PRIVATE ? _(", not published yet") : _(", private"));
    }
    output_print(out, "\n\n");
    record_show(out, record);
    return output_json(out,
                       json_pack("{s:O,s:o,s:s,s:s,s:I,s:o}", "record", record, "node",
                                 document_node(&row->node, row->node_name), "shelf", row->shelf,
                                 "audience", document_audience(row->audience), "rev",
                                 (json_int_t)row->rev, "as_of", document_time(row->as_of)),
                       why);
}

/* An own record that was withdrawn is not there, but who still shows it can be told. */
static int show_taken_back(struct call *call, struct reader *r, bool *taken_back,
                           struct problem *why)
{
    struct cs_node_id node;
    struct cs_uuid id;
    bool has_node;

    *taken_back = false;
    if (read_id(call->options.argument[0], &node, &has_node, &id, why))
        return -1;
    if (has_node && !cs_node_id_equal(&node, signer_node(call->home->signer)))
        return 0;
    return record_withdrawn_show(call, r, &id, taken_back, why);
}

static int run_show(struct call *call, struct problem *why)
{
    struct cs_buffer json = {.alloc = memory_allocator()};
    struct record_row *row = memory_new(sizeof *row);
    struct reader *r = store_reader(call->home->store, why);
    json_t *record = NULL;
    enum cs_status status;
    bool taken_back = false;
    int rc = -1;

    if (!row) {
        problem_no_memory(why);
        goto out;
    }
    if (!r || show_taken_back(call, r, &taken_back, why))
        goto out;
    if (taken_back) {
        rc = 0;
        goto out;
    }
    if (find(r, call->options.argument[0], row, &json, why))
        goto out;
    status = cs_json_read(cs_buffer_span(&json), CS_ENTRY_MAX, &record);
    if (status != CS_OK)
        problem_status(why, status, _("the record"));
    else
        rc = show(call, row, record, why);
out:
    json_decref(record);
    store_reader_free(r);
    memory_free(row);
    cs_buffer_free(&json);
    return rc;
}

/* ---- withdraw */

static int run_withdraw(struct call *call, struct problem *why)
{
    const char *text = call->options.argument[0];
    struct cs_node_id node;
    struct cs_uuid id;
    char urn[CS_URN_UUID_LEN + 1];
    bool has_node;
    row_id bid;

    if (read_id(text, &node, &has_node, &id, why))
        return -1;
    if (has_node && !cs_node_id_equal(&node, signer_node(call->home->signer)))
        return problem_set(why, "not_ours", "%s",
                           _("That record is another institution's: only they can withdraw it. "
                             "Nothing was changed. \"commonshelf peer block\" hides all of a "
                             "peer's."));
    if (catalogue_withdraw(call->home->catalogue, &id, &bid, why) || call_index(call, why))
        return -1;
    cs_uuid_write(&id, urn);
    output_say(
        call->out,
        _("Withdrawn here. If it was published, run \"commonshelf publish\": peers then hide "
          "it at their next sync. What others copied by other ways can't be taken back. "
          "\"commonshelf import --undo %" PRId64 "\" undoes this."),
        bid);
    return output_json(call->out,
                       json_pack("{s:s,s:I}", "withdrawn", urn, "batch", (json_int_t)bid), why);
}

/* ---- redact */

static int own_id(struct call *call, struct cs_uuid *id, struct problem *why)
{
    struct cs_node_id node;
    bool has_node;

    if (read_id(call->options.argument[0], &node, &has_node, id, why))
        return -1;
    if (!has_node || cs_node_id_equal(&node, signer_node(call->home->signer)))
        return 0;
    return problem_set(why, "not_ours", "%s",
                       _("That record is another institution's: only they can take it back. "
                         "Nothing was changed. \"commonshelf peer block\" hides all of a peer's."));
}

static int allow(struct call *call, const struct cs_uuid *id, const char *urn, struct problem *why)
{
    if (catalogue_redact_allow(call->home->catalogue, id, why))
        return -1;
    output_say(call->out, "%s",
               _("The record may be imported again. What it said before stays forgotten."));
    return output_json(call->out, json_pack("{s:s}", "allowed", urn), why);
}

static int confirm_redact(struct call *call, struct problem *why)
{
    if (options_has(&call->options, "yes") || call->out->shape.json || !call->out->shape.ask)
        return 0;
    if (output_ask(call->out, "%s",
                   _("Everything this record ever said is forgotten here, and that is published at "
                     "once. It can't be undone. Redact?")))
        return 0;
    return problem_set(why, "not_confirmed", "%s", _("Nothing was changed."));
}

static int run_redact(struct call *call, struct problem *why)
{
    struct redact_result result;
    char urn[CS_URN_UUID_LEN + 1];
    struct cs_uuid id;

    if (own_id(call, &id, why))
        return -1;
    cs_uuid_write(&id, urn);
    if (options_has(&call->options, "allow"))
        return allow(call, &id, urn, why);
    if (confirm_redact(call, why) || home_certain(call->home, false, why) ||
        catalogue_redact(call->home->catalogue, &id, &result, why) || call_index(call, why))
        return -1;
    home_records_changed(call->home);
    home_published(call->home);
    output_say(call->out,
               P_("Redacted: %" PRIu64 " entry of the published log now has only its hash. Peers "
                  "do the same at their next sync. What others copied by other ways can't be taken "
                  "back, nor can what a backup holds.",
                  "Redacted: %" PRIu64 " entries of the published logs now have only their hashes. "
                  "Peers do the same at their next sync. What others copied by other ways can't be "
                  "taken back, nor can what a backup holds.",
                  result.entries),
               result.entries);
    return output_json(call->out,
                       json_pack("{s:s,s:I,s:I}", "redacted", urn, "entries",
                                 (json_int_t)result.entries, "appended",
                                 (json_int_t)result.appended),
                       why);
}

/* ---- move */

static int run_move(struct call *call, struct problem *why)
{
    const char *shelf = call->options.argument[1];
    char urn[CS_URN_UUID_LEN + 1];
    struct cs_uuid id;

    if (own_id(call, &id, why) || home_certain(call->home, false, why) ||
        catalogue_move(call->home->catalogue, &id, shelf, why) || call_index(call, why))
        return -1;
    home_records_changed(call->home);
    home_published(call->home);
    cs_uuid_write(&id, urn);
    output_say(
        call->out,
        _("It stands on the shelf %s now. Where it stood before, those who could read it hide "
          "it at their next sync; what they copied by other ways can't be taken back. "
          "\"commonshelf publish\" shows it to those whom the new shelf is for."),
        shelf);
    return output_json(call->out, json_pack("{s:s,s:s}", "moved", urn, "shelf", shelf), why);
}

/* ---- the commands */

static const struct command show_command = {
    .name = "show",
    .arguments = N_("ID"),
    .summary = N_("Shows one record, of this institution or a peer."),
    .example = "commonshelf record show urn:uuid:0b0e4cf1-6a47-5c0a-8a0c-0e9e1b9c2f11",
    .least = 1,
    .most = 1,
    .home = COMMAND_READS,
    .run = run_show,
};
static const struct command withdraw = {
    .name = "withdraw",
    .arguments = N_("ID"),
    .summary = N_("Hides one of the own records, here and, once published, at the peers."),
    .example = "commonshelf record withdraw urn:uuid:0b0e4cf1-6a47-5c0a-8a0c-0e9e1b9c2f11",
    .least = 1,
    .most = 1,
    .home = COMMAND_WRITES,
    .run = run_withdraw,
};

static const struct command move = {
    .name = "move",
    .arguments = N_("ID SHELF"),
    .summary = N_("Puts one of the own records on another shelf."),
    .example = "commonshelf record move urn:uuid:0b0e4cf1-6a47-5c0a-8a0c-0e9e1b9c2f11 staff",
    .least = 2,
    .most = 2,
    .home = COMMAND_WRITES,
    .run = run_move,
};

static const struct option_spec redact_options[] = {
    {"yes", 'y', NULL, N_("do not ask"), 0},
    {"allow", 0, NULL, N_("let imports bring a redacted record again"), 0},
};
static const struct command redact = {
    .name = "redact",
    .arguments = N_("ID"),
    .summary = N_("Takes one of the own records back for good: what it said is forgotten."),
    .about =
        N_("The record is withdrawn, every version of it and its source's row are deleted, and "
           "of the published log's entries that said it only hashes are left, here and at every "
           "peer that syncs. Imports do not bring it again."),
    .example = "commonshelf record redact urn:uuid:0b0e4cf1-6a47-5c0a-8a0c-0e9e1b9c2f11",
    .least = 1,
    .most = 1,
    .option = redact_options,
    .options = sizeof redact_options / sizeof redact_options[0],
    .home = COMMAND_WRITES,
    .run = run_redact,
};

static const struct command *const subcommands[] = {&show_command, &withdraw, &move, &redact, NULL};

const struct command command_record = {
    .name = "record",
    .arguments = N_("COMMAND"),
    .summary = N_("One record: shows it, withdraws it, takes it back for good."),
    .example = "commonshelf record show urn:uuid:0b0e4cf1-6a47-5c0a-8a0c-0e9e1b9c2f11",
    .sub = subcommands,
};
