/*
 * charter: the networks that this institution is in, as their coordinators signed them.
 */
#include <commonshelf/chain.h>
#include <commonshelf/charter.h>

#include <inttypes.h>
#include <stdio.h>

#include "command/charter_file.h"
#include "command/document.h"
#include "command/text.h"

/* Is this institution one of its members? */
static int is_member(struct call *call, struct reader *r, const struct charter_row *row,
                     bool *member, struct problem *why)
{
    return catalogue_admits(r, &row->id, signer_node(call->home->signer), member, why);
}

/* ---- list */

static void show_list(struct output *out, const struct charter_row *row, size_t n)
{
    const char *const titles[] = {_("Network"), _("Version"), _("State"), _("Good until"),
                                  _("Charter ID")};
    struct table *table = table_new(titles, 5);
    char version[24], until[CLOCK_TEXT];

    for (size_t i = 0; table && i < n; i++) {
        const char *cells[] = {row[i].name, version, document_charter_state(&row[i]), until,
                               row[i].id.s};

        snprintf(version, sizeof version, "%" PRIu64, row[i].version);
        clock_text(row[i].expires, until);
        table_add(table, cells);
    }
    if (table)
        table_print(table, out);
    table_free(table);
    if (!n)
        output_say(out, "%s",
                   _("This node follows no network. \"commonshelf charter import FILE\" takes the "
                     "charter that a network's coordinators give out."));
}

static int run_list(struct call *call, struct problem *why)
{
    struct charter_row *row = memory_new(STORE_CHARTERS_MAX * sizeof *row);
    struct reader *r = store_reader(call->home->store, why);
    json_t *list = json_array();
    bool member;
    size_t n;
    int rc = -1;

    if (!row || !list) {
        problem_no_memory(why);
        goto out;
    }
    if (!r || store_charter_list(r, row, STORE_CHARTERS_MAX, &n, why))
        goto out;
    show_list(call->out, row, n);
    for (size_t i = 0; i < n; i++) {
        if (is_member(call, r, &row[i], &member, why))
            goto out;
        if (json_array_append_new(list, document_charter(&row[i], member))) {
            problem_no_memory(why);
            goto out;
        }
    }
    rc = output_json(call->out, json_pack("{s:O}", "charters", list), why);
out:
    json_decref(list);
    store_reader_free(r);
    memory_free(row);
    return rc;
}

/* ---- show */

static const struct {
    unsigned role;
    const char *word, *text;
} roles[] = {{CS_CHARTER_PUBLISHER, "publisher", N_("publishes")},
             {CS_CHARTER_EVALUATOR, "evaluator", N_("evaluates")},
             {CS_CHARTER_MIRROR, "mirror", N_("mirrors")},
             {CS_CHARTER_OBSERVER, "observer", N_("reads")}};

static json_t *member_entry(const struct cs_charter *charter, const struct cs_charter_member *m)
{
    json_t *list = json_array();
    bool coordinator = false;

    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
        if (m->roles & roles[i].role)
            json_array_append_new(list, json_string(roles[i].word));
    for (size_t i = 0; i < charter->coordinators; i++)
        coordinator = coordinator || cs_node_id_equal(&charter->coordinator[i].node, &m->node);
    return json_pack("{s:s,s:s,s:o,s:o,s:b}", "id", m->node.s, "name", m->name, "roles", list,
                     "since", document_time(m->since), "coordinator", (int)coordinator);
}

static void print_member(struct output *out, const struct cs_charter_member *m, bool coordinator)
{
    char text[160] = "";
    size_t n = 0;

    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
        if (m->roles & roles[i].role && n < sizeof text)
            n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", n ? ", " : "",
                                  _(roles[i].text));
    if (coordinator)
        output_print(out, _("  %s (coordinator): %s\n    %s\n"), m->name, text, m->node.s);
    else
        output_print(out, "  %s: %s\n    %s\n", m->name, text, m->node.s);
}

/* What the note says, for people and into `entry`. */
static int describe(struct output *out, const struct cs_charter *charter, json_t *entry,
                    struct problem *why)
{
    struct cs_span terms = charter->term_lines, rest = charter->member_lines, term;
    json_t *said = json_array(), *members = json_array();
    struct cs_charter_member m;
    int rc = 0;

    output_print(out,
                 P_("Signed by %u of %zu coordinator.\n",
                    "Signed by at least %u of %zu coordinators.\n",
                    (unsigned long)charter->coordinators),
                 charter->threshold, charter->coordinators);
    while (cs_charter_next_term(&terms, &term)) {
        output_print(out, "  %.*s\n", (int)term.n, (const char *)term.p);
        json_array_append_new(said, json_stringn((const char *)term.p, term.n));
    }
    output_print(out, P_("%zu member:\n", "%zu members:\n", (unsigned long)charter->members),
                 charter->members);
    while (cs_charter_next_member(&rest, &m)) {
        json_t *one = member_entry(charter, &m);

        print_member(out, &m, json_is_true(json_object_get(one, "coordinator")));
        if (json_array_append_new(members, one))
            rc = problem_no_memory(why);
    }
    if (json_object_set_new(entry, "threshold", json_integer(charter->threshold)) ||
        json_object_set_new(entry, "terms", said) || json_object_set_new(entry, "members", members))
        rc = problem_no_memory(why);
    return rc;
}

static int show(struct call *call, struct reader *r, const struct charter_row *row,
                struct problem *why)
{
    struct cs_charter *charter = memory_new(sizeof *charter);
    struct cs_buffer note = {.alloc = memory_allocator()};
    char until[CLOCK_TEXT];
    json_t *entry = NULL;
    enum cs_status status;
    bool found, member;
    int rc = -1;

    if (!charter) {
        problem_no_memory(why);
        goto out;
    }
    if (store_charter_note(r, row->chid, 0, &note, &found, why) ||
        is_member(call, r, row, &member, why))
        goto out;
    if ((status = cs_charter_read(cs_buffer_span(&note), charter)) != CS_OK) {
        problem_status(why, status, _("a charter that is stored here"));
        goto out;
    }
    clock_text(row->expires, until);
    output_print(call->out, _("%s, version %" PRIu64 ", good until %s: %s\n%s\n"), row->name,
                 row->version, until, document_charter_state(row), row->id.s);
    if (!member)
        output_say(call->out, "%s", _("This institution is no member by it, or it has expired."));
    if (!(entry = document_charter(row, member)))
        problem_no_memory(why);
    else if (describe(call->out, charter, entry, why) == 0)
        rc = output_json(call->out, json_pack("{s:O}", "charter", entry), why);
out:
    json_decref(entry);
    cs_buffer_free(&note);
    memory_free(charter);
    return rc;
}

static int save(struct call *call, struct reader *r, const struct charter_row *row,
                const struct call_file *to, struct problem *why)
{
    bool member;

    if (charter_file_write(to, r, row, why) || is_member(call, r, row, &member, why))
        return -1;
    output_say(call->out, _("The charter of \"%s\" is in %s, every version of it."), row->name,
               to->name);
    return output_json(call->out, json_pack("{s:o}", "charter", document_charter(row, member)),
                       why);
}

static int run_show(struct call *call, struct problem *why)
{
    const struct call_file *to = call_option_file(call, "file");
    struct reader *r = store_reader(call->home->store, why);
    struct charter_row row;
    int rc = -1;

    if (r && peering_charter_find(r, call->options.argument[0], &row, why) == 0)
        rc = to ? save(call, r, &row, to, why) : show(call, r, &row, why);
    store_reader_free(r);
    return rc;
}

/* ---- import */

/* Its first charter's network is followed already, or the file begins with a later one. */
static int is_known(struct reader *r, struct cs_span notes, struct cs_charter *first, bool *known,
                    struct problem *why)
{
    struct charter_row row;
    struct cs_charter_id id;
    struct cs_span note;
    enum cs_status status = CS_MALFORMED;

    if (cs_chain_next(&notes, &note))
        status = cs_charter_read(note, first);
    if (status != CS_OK)
        return problem_status(why, status, _("the charter"));
    *known = first->version > 1;
    if (*known)
        return 0;
    if (cs_charter_id(first, &id) != CS_OK)
        return problem_no_memory(why);
    return store_charter_find(r, &id, &row, known, why);
}

static int import(struct call *call, struct reader *r, struct cs_span notes, struct problem *why)
{
    struct cs_charter *first = memory_new(sizeof *first);
    enum charter_taken taken;
    struct charter_row row;
    bool known, member;
    int rc = -1;

    if (!first)
        return problem_no_memory(why);
    if (is_known(r, notes, first, &known, why))
        goto out;
    if (!known && call->out->shape.ask && !call->out->shape.json &&
        !options_has(&call->options, "yes") &&
        !output_ask(call->out, _("Follow the network \"%s\" from now on, of %zu members?"),
                    first->name, first->members)) {
        problem_set(why, "not_confirmed", "%s", _("Nothing was changed."));
        goto out;
    }
    if (peering_charters_take(call->home->peering, notes, true, &row, &taken, why) ||
        is_member(call, r, &row, &member, why))
        goto out;
    if (taken == CHARTER_HELD)
        output_say(call->out, _("The charter of \"%s\" was here already."), row.name);
    else
        output_say(call->out, _("Version %" PRIu64 " of the charter of \"%s\" is in force."),
                   row.version, row.name);
    if (!member)
        output_warn(call->out, _("This institution is no member of \"%s\" by it."), row.name);
    rc = output_json(call->out, json_pack("{s:o}", "charter", document_charter(&row, member)), why);
out:
    memory_free(first);
    return rc;
}

static int run_import(struct call *call, struct problem *why)
{
    struct cs_buffer notes = {.alloc = memory_allocator()};
    struct reader *r = store_reader(call->home->store, why);
    int rc = -1;

    if (r && charter_file_read(&call->file[0], &notes, why) == 0)
        rc = import(call, r, cs_buffer_span(&notes), why);
    cs_buffer_free(&notes);
    store_reader_free(r);
    return rc;
}

/* ---- remove */

static int run_remove(struct call *call, struct problem *why)
{
    struct reader *r = store_reader(call->home->store, why);
    struct charter_row row;
    int rc = -1;

    if (!r || peering_charter_find(r, call->options.argument[0], &row, why))
        goto out;
    if (call->out->shape.ask && !call->out->shape.json && !options_has(&call->options, "yes") &&
        !output_ask(call->out, _("Follow \"%s\" no more? Its members read here what is public."),
                    row.name)) {
        problem_set(why, "not_confirmed", "%s", _("Nothing was changed."));
        goto out;
    }
    if (peering_charter_remove(call->home->peering, row.chid, why))
        goto out;
    output_say(call->out, _("This node follows \"%s\" no more."), row.name);
    rc = output_json(call->out, json_pack("{s:o}", "charter", document_charter(&row, false)), why);
out:
    store_reader_free(r);
    return rc;
}

/* ---- the commands */

static const struct option_spec show_options[] = {
    {"file", 0, N_("FILE"), N_("instead writes every version of it, for a new member"),
     OPTION_WRITE},
};
static const struct option_spec yes_option[] = {
    {"yes", 'y', NULL, N_("do not ask"), 0},
};

static const struct command list = {
    .name = "list",
    .summary =
        N_("Shows the networks that this node follows, and until when their charters are good."),
    .example = "commonshelf charter list",
    .home = COMMAND_WRITES,
    .run = run_list,
};
static const struct command show_command = {
    .name = "show",
    .arguments = N_("NETWORK"),
    .summary = N_("Shows who is a member of a network, in which role, and on what terms."),
    .example = "commonshelf charter show \"Valley Libraries\"\n"
               "commonshelf charter show --file valley.charter \"Valley Libraries\"",
    .option = show_options,
    .options = sizeof show_options / sizeof show_options[0],
    .least = 1,
    .most = 1,
    .home = COMMAND_WRITES,
    .run = run_show,
};
static const struct command import_command = {
    .name = "import",
    .arguments = N_("FILE"),
    .summary = N_("Takes a network's charter, or the next version of one that is followed."),
    .about =
        N_("A charter is believed when enough of its coordinators signed it, and a next version "
           "when enough coordinators of the one before signed it too. Later versions also come "
           "from other members by themselves."),
    .example = "commonshelf charter import valley.charter",
    .option = yes_option,
    .options = sizeof yes_option / sizeof yes_option[0],
    .least = 1,
    .most = 1,
    .home = COMMAND_WRITES,
    .files = true,
    .run = run_import,
};
static const struct command remove_command = {
    .name = "remove",
    .arguments = N_("NETWORK"),
    .summary = N_("Follows a network no more."),
    .example = "commonshelf charter remove \"Valley Libraries\"",
    .option = yes_option,
    .options = sizeof yes_option / sizeof yes_option[0],
    .least = 1,
    .most = 1,
    .home = COMMAND_WRITES,
    .run = run_remove,
};

static const struct command *const subcommands[] = {&list, &show_command, &import_command,
                                                    &remove_command, NULL};

const struct command command_charter = {
    .name = "charter",
    .arguments = N_("COMMAND"),
    .summary = N_("The networks that this institution is in."),
    .about = N_("A network is named by its name or its charter ID."),
    .example = "commonshelf charter list\ncommonshelf charter show \"Valley Libraries\"",
    .sub = subcommands,
};
