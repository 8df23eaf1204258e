/*
 * bundle: catalogues in a file, carried where there is no network.
 */
#include <inttypes.h>

#include "command/command.h"
#include "command/sync_show.h"

#define TRUST_MAX 64

static struct sync_setup setup_of(struct home *home)
{
    return (struct sync_setup){
        .home = home->path,
        .store = home->store,
        .peering = home->peering,
        .signer = home->signer,
        .changed = home_records_changed,
        .arg = home,
    };
}

/* ---- export */

static void writing(void *arg, uint64_t done, uint64_t of)
{
    output_progress(arg, _("Writing entries"), done, of);
}

static void show_out(struct output *out, const char *name, const struct bundle_out *done)
{
    for (size_t i = 0; i < done->logs; i++) {
        const struct bundle_log_out *log = &done->log[i];

        if (log->left_out)
            output_warn(out, _("%s, shelf \"%s\": left out, because it is not all here yet."),
                        log->name, log->shelf);
        else
            output_print(out,
                         P_("%s, shelf \"%s\": %" PRIu64 " entry.\n",
                            "%s, shelf \"%s\": %" PRIu64 " entries.\n", log->size - log->from),
                         log->name, log->shelf, log->size - log->from);
    }
    output_print(out, _("%s: %" PRIu64 " bytes, whole.\n"), name, done->bytes);
}

static json_t *log_of(const struct bundle_log_out *log)
{
    return json_pack("{s:o,s:s,s:I,s:I,s:b}", "node", document_node(&log->id, log->name), "shelf",
                     log->shelf, "from", (json_int_t)log->from, "size", (json_int_t)log->size,
                     "left_out", log->left_out);
}

static int report_out(struct call *call, const struct bundle_out *done, struct problem *why)
{
    json_t *list = json_array();

    show_out(call->out, call->file[0].name, done);
    for (size_t i = 0; i < done->logs; i++)
        if (json_array_append_new(list, log_of(&done->log[i]))) {
            json_decref(list);
            return problem_no_memory(why);
        }
    return output_json(call->out,
                       json_pack("{s:o,s:o,s:I,s:I}", "file", document_text(call->file[0].name),
                                 "logs", list, "bytes", (json_int_t)done->bytes, "there_before",
                                 (json_int_t)done->there),
                       why);
}

static int run_export(struct call *call, struct problem *why)
{
    struct sync_setup setup = setup_of(call->home);
    struct bundle_wanted wanted = {.shelf = options_value(&call->options, "shelf"),
                                   .mirrored = options_has(&call->options, "mirrored")};
    struct bundle_out done = {0};
    int rc = -1;

    if (options_number(&call->options, "since", 0, CS_LOG_SIZE_MAX, &wanted.since, why))
        return -1;
    if (home_certain(call->home, false, why) == 0 &&
        peering_profile_refresh(call->home->peering, why) == 0 &&
        bundle_export(&setup, call->file[0].fd, call->file[0].name, &wanted, call->cancel, writing,
                      call->out, &done, why) == 0) {
        output_progress_end(call->out);
        rc = report_out(call, &done, why);
    }
    output_progress_end(call->out);
    bundle_out_free(&done);
    return rc ? -1 : EXIT_DONE;
}

/* ---- import */

static void reading(void *arg, uint64_t done, uint64_t of)
{
    output_progress(arg, _("Verifying what is in the file"), done, of);
}

static int read_trust(const struct options *o, struct cs_node_id node[TRUST_MAX], size_t *n,
                      struct problem *why)
{
    const char *value;

    for (*n = 0; (value = options_each(o, "trust", *n)); ++*n) {
        if (*n == TRUST_MAX)
            return problem_usage(why, "too_many_nodes", _("At most %d nodes can be named at once."),
                                 TRUST_MAX);
        if (cs_node_id_read(cs_span_of(value), &node[*n]) != CS_OK)
            return problem_usage(why, "bad_node_id",
                                 _("\"%s\" is no node ID: those begin with cs1 and have %d letters "
                                   "and digits. Nothing was taken."),
                                 value, CS_NODE_ID_LEN);
    }
    return 0;
}

static void show_in(struct output *out, const struct bundle_in *in)
{
    for (size_t i = 0; i < in->n; i++)
        sync_show(out, &in->result[i]);
    if (in->own)
        output_say(out, "%s",
                   _("This node's own catalogue is in the file too: that was left alone."));
    else if (in->n == 0)
        output_say(out, "%s", _("There is no catalogue in the file."));
}

static int report_in(struct call *call, const struct bundle_in *in, size_t *failed,
                     struct problem *why)
{
    json_t *list = json_array();

    *failed = 0;
    show_in(call->out, in);
    for (size_t i = 0; i < in->n; i++) {
        *failed += in->result[i].state == SYNC_FAILED;
        if (json_array_append_new(list, sync_entry(&in->result[i]))) {
            json_decref(list);
            return problem_no_memory(why);
        }
    }
    return output_json(call->out,
                       json_pack("{s:o,s:o,s:b}", "file", document_text(call->file[0].name),
                                 "peers", list, "own", in->own),
                       why);
}

static int run_import(struct call *call, struct problem *why)
{
    struct sync_setup setup = setup_of(call->home);
    struct cs_node_id trusted[TRUST_MAX];
    struct bundle_trust trust = {.node = trusted};
    struct bundle_in in = {0};
    size_t failed = 0;
    int rc = -1;

    if (read_trust(&call->options, trusted, &trust.n, why))
        return -1;
    if (bundle_import(&setup, call->file[0].fd, call->file[0].name, &trust, call->cancel, reading,
                      call->out, &in, why) == 0) {
        output_progress_end(call->out);
        if (call_index(call, why) == 0 && report_in(call, &in, &failed, why) == 0)
            rc = failed ? EXIT_PART : EXIT_DONE;
    }
    output_progress_end(call->out);
    bundle_in_free(&in);
    return rc;
}

/* ---- */

static const struct option_spec export_options[] = {
    {"shelf", 0, N_("SHELF"), N_("only this shelf"), 0},
    {"mirrored", 0, NULL, N_("also what is held of peers"), 0},
    {"since", 0, N_("SIZE"), N_("leave out entries that the other side has: the first SIZE"), 0},
};
static const struct command command_export = {
    .name = "export",
    .arguments = N_("FILE"),
    .summary = N_("Writes the public catalogue to a file, for a node without a network."),
    .about = N_("The file holds keys, profile and shelves, as they were signed: the other node "
                "verifies every byte. An export that was cut off is gone on with by the same "
                "command; nothing else is ever written over."),
    .example = "commonshelf bundle export /media/stick/hill-school.cshb\n"
               "commonshelf bundle export --mirrored --since 70000 /media/stick/all.cshb",
    .option = export_options,
    .options = sizeof export_options / sizeof export_options[0],
    .least = 1,
    .most = 1,
    .home = COMMAND_WRITES,
    .files = true,
    .files_written = true,
    .cancellable = true,
    .run = run_export,
};

static const struct option_spec import_options[] = {
    {"trust", 0, N_("NODE-ID"),
     N_("take the catalogue of this node, and know it from now on: ask the institution for its "
        "node "
        "ID ('commonshelf status' shows it); may be given more than once"),
     OPTION_MANY},
};
static const struct command command_import_bundle = {
    .name = "import",
    .arguments = N_("FILE"),
    .summary = N_("Takes catalogues of peers from a file, and verifies them."),
    .about =
        N_("As \"sync\", from a file that \"bundle export\" wrote elsewhere. What is held already "
           "is not taken twice; an import that was cut off goes on where it was. Of nodes that "
           "are no peers nothing is taken, unless --trust names them."),
    .example = "commonshelf bundle import /media/stick/hill-school.cshb",
    .option = import_options,
    .options = sizeof import_options / sizeof import_options[0],
    .least = 1,
    .most = 1,
    .home = COMMAND_WRITES,
    .files = true,
    .cancellable = true,
    .run = run_import,
};

static const struct command *const commands[] = {&command_export, &command_import_bundle, NULL};

const struct command command_bundle = {
    .name = "bundle",
    .summary = N_("Carries catalogues in a file, on a stick or by other ways."),
    .sub = commands,
};
