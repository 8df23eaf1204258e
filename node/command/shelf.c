#include "command/audience.h"
#include "command/audience_readers.h"
#include "command/command.h"
#include "command/document.h"
#include "command/shelf_epochs.h"
#include "command/text.h"

#include <inttypes.h>
#include <stdio.h>

#include <commonshelf/profile.h>

#define SHELVES_MAX 1024 /* that one list shows */

static json_t *shelf_entry(struct reader *r, const struct shelf_row *s, struct problem *why)
{
    json_t *entry =
        json_pack("{s:s,s:s,s:I,s:I}", "name", s->name, "audience", document_audience(s->audience),
                  "records", (json_int_t)s->records, "waiting", (json_int_t)s->waiting);

    if (audience_add(r, s, entry, why) == 0)
        return entry;
    json_decref(entry);
    return NULL;
}

static int run_list(struct call *call, struct problem *why)
{
    const char *const titles[] = {_("Shelf"), _("Audience"), _("Who sees it"), _("Records"),
                                  _("To publish")};
    struct shelf_row *row = memory_new(SHELVES_MAX * sizeof *row);
    struct reader *r = store_reader(call->home->store, why);
    struct table *table = table_new(titles, 5);
    json_t *list = json_array();
    size_t n = 0;
    int rc = -1;

    if (!row || !table || !list) {
        problem_no_memory(why);
        goto out;
    }
    if (!r || store_shelf_list(r, row, SHELVES_MAX, &n, why))
        goto out;
    for (size_t i = 0; i < n; i++) {
        char records[24], waiting[24];
        const char *cells[] = {row[i].name, document_audience(row[i].audience),
                               audience_words(row[i].audience), records, waiting};

        snprintf(records, sizeof records, "%" PRId64, row[i].records);
        snprintf(waiting, sizeof waiting, "%" PRId64, row[i].waiting);
        table_add(table, cells);
        if (json_array_append_new(list, shelf_entry(r, &row[i], why))) {
            problem_no_memory(why);
            goto out;
        }
    }
    table_print(table, call->out);
    rc = output_json(call->out, json_pack("{s:O}", "shelves", list), why);
out:
    table_free(table);
    json_decref(list);
    store_reader_free(r);
    memory_free(row);
    return rc;
}

static int find(struct reader *r, const char *name, struct shelf_row *row, struct problem *why)
{
    bool found;

    if (store_shelf_find(r, name, row, &found, why))
        return -1;
    if (!found)
        return problem_set(why, "no_such_shelf",
                           _("There is no shelf \"%s\". Nothing was changed. \"commonshelf shelf "
                             "list\" shows the shelves."),
                           name);
    return store_shelf_count(r, row, why);
}

/* The shelf as it is now. */
static int done(struct call *call, const char *name, struct problem *why)
{
    struct reader *r = store_reader(call->home->store, why);
    json_t *entry = NULL;
    struct shelf_row row;

    if (r && find(r, name, &row, why) == 0)
        entry = shelf_entry(r, &row, why);
    store_reader_free(r);
    return entry ? output_json(call->out, json_pack("{s:o}", "shelf", entry), why) : -1;
}

/* Nothing is refused for it: it may become a peer yet. */
static void say_strangers(struct call *call, const struct audience_choice *choice)
{
    struct problem unused = PROBLEM_INIT;
    struct reader *r = store_reader(call->home->store, &unused);

    for (size_t i = 0; r && i < choice->nodes; i++) {
        struct peer_row peer;
        struct node_row node;
        bool found;

        if (store_node_find(r, &choice->node[i], &node, &found, &unused) == 0 &&
            (!found || store_peer_get(r, node.nid, &peer, &found, &unused) == 0) && !found)
            output_say(call->out,
                       _("%s is no peer yet. It can read the shelf once it is: \"commonshelf "
                         "invite\"."),
                       choice->node[i].s);
    }
    store_reader_free(r);
}

static int wanted(struct call *call, struct audience_choice *choice, struct problem *why)
{
    return audience_read(options_value(&call->options, "audience"), signer_node(call->home->signer),
                         choice, why);
}

/* ---- add */

static int add(struct transaction *t, const char *name, const struct audience_choice *choice,
               struct problem *why)
{
    struct shelf_row row;
    bool found;
    row_id sid;

    if (store_shelf_find(transaction_reader(t), name, &row, &found, why))
        return -1;
    if (found)
        return problem_set(why, "shelf_exists",
                           _("There is a shelf \"%s\" already. Nothing was changed."), name);
    return store_shelf_add(t, name, choice->audience, &sid, why) ||
                   audience_store(t, sid, choice, why)
               ? -1
               : 0;
}

static bool is_name(const char *name)
{
    return cs_shelf_name_valid(cs_span_of(name)) &&
           strncmp(name, SHELF_RESTRICTED, sizeof SHELF_RESTRICTED - 1) != 0;
}

static int run_add(struct call *call, struct problem *why)
{
    const char *name = call->options.argument[0];
    struct audience_choice choice = {.node = NULL};
    struct transaction *t = NULL;
    int rc = -1;

    if (!is_name(name))
        return problem_usage(why, "bad_shelf_name",
                             _("A shelf's name is made of a-z, 0-9 and -, starts with a letter or "
                               "digit but not with %s, and has at most %d of them. It stands in "
                               "addresses; records have their own languages."),
                             SHELF_RESTRICTED, CS_SHELF_NAME_MAX);
    if (wanted(call, &choice, why) || !(t = store_begin(call->home->store, why)) ||
        add(t, name, &choice, why) || store_commit(&t, why))
        goto out;
    output_say(call->out, _("A new shelf %s. Who sees it: %s."), name,
               audience_words(choice.audience));
    say_strangers(call, &choice);
    rc = done(call, name, why);
out:
    store_rollback(&t);
    memory_free(choice.node);
    return rc;
}

/* ---- set */

static bool is_restricted(enum audience audience)
{
    return audience == AUDIENCE_NODES || audience == AUDIENCE_CHARTER;
}

/* A log is read by those whom its name is for. Of a restricted one the readers may change. */
static int may_set(const struct shelf_row *row, enum audience audience, struct problem *why)
{
    if (!row->lid || row->audience == audience ||
        (is_restricted(row->audience) && is_restricted(audience)))
        return 0;
    if (is_restricted(row->audience) && audience == AUDIENCE_PUBLIC)
        return problem_set(why, "shelf_published",
                           _("The shelf \"%s\" has been published for others under a name of its "
                             "own, which the world is not to learn. Nothing was changed. Make a "
                             "public shelf, and move the records there: commonshelf record move"),
                           row->name);
    return problem_set(why, "shelf_published",
                       _("The shelf \"%s\" has been published: others hold copies of it, and "
                         "giving it to fewer would not take them back. Nothing was changed. Move "
                         "its records to another shelf: commonshelf record move"),
                       row->name);
}

static int set(struct transaction *t, const char *name, const struct audience_choice *choice,
               struct audience_readers *before, struct audience_readers *after, struct problem *why)
{
    struct reader *r = transaction_reader(t);
    struct shelf_row row;

    return find(r, name, &row, why) || may_set(&row, choice->audience, why) ||
                   audience_readers(r, &row, before, why) ||
                   audience_store(t, row.sid, choice, why) || find(r, name, &row, why) ||
                   audience_readers(r, &row, after, why)
               ? -1
               : 0;
}

static int run_set(struct call *call, struct problem *why)
{
    const char *name = call->options.argument[0];
    struct audience_choice choice = {.node = NULL};
    struct audience_readers before = {.node = NULL}, after = before;
    struct transaction *t = NULL;
    int rc = -1;

    if (wanted(call, &choice, why) || !(t = store_begin(call->home->store, why)) ||
        set(t, name, &choice, &before, &after, why) || store_commit(&t, why))
        goto out;
    audience_drop(call->home, &before, &after);
    if (call_index(call, why)) {
        why->exit_status = EXIT_PART;
        goto out;
    }
    output_say(call->out, _("Shelf %s. Who sees it: %s."), name, audience_words(choice.audience));
    if (choice.audience == AUDIENCE_PUBLIC)
        output_say(call->out, "%s", _("\"commonshelf publish\" shows it to the world."));
    say_strangers(call, &choice);
    rc = done(call, name, why);
out:
    store_rollback(&t);
    memory_free(choice.node);
    memory_free(before.node);
    memory_free(after.node);
    return rc;
}

/* ---- remove */

static int remove_shelf(struct transaction *t, const struct shelf_row *row, struct problem *why)
{
    if (row->lid)
        return problem_set(
            why, "shelf_published",
            _("The shelf \"%s\" has been published: its log stays, so that peers can "
              "prove what was in it. Nothing was changed. Withdraw its records "
              "instead."),
            row->name);
    if (row->records)
        return problem_set(why, "shelf_not_empty",
                           P_("The shelf \"%s\" has %" PRId64 " record. Nothing was changed. "
                              "Withdraw it first.",
                              "The shelf \"%s\" has %" PRId64 " records. Nothing was changed. "
                              "Withdraw them first.",
                              (unsigned long)row->records),
                           row->name, row->records);
    return store_shelf_remove(t, row->sid, why);
}

static int run_remove(struct call *call, struct problem *why)
{
    struct shelf_row row;
    struct transaction *t = store_begin(call->home->store, why);

    json_t *entry = NULL;

    if (!t)
        return -1;
    if (find(transaction_reader(t), call->options.argument[0], &row, why) ||
        !(entry = shelf_entry(transaction_reader(t), &row, why)) || remove_shelf(t, &row, why) ||
        store_commit(&t, why)) {
        store_rollback(&t);
        json_decref(entry);
        return -1;
    }
    output_say(call->out, _("The shelf %s is gone."), row.name);
    return output_json(call->out, json_pack("{s:o}", "shelf", entry), why);
}

/* ---- the commands */

static const struct option_spec audience_options[] = {
    {"audience", 0, N_("WHO"),
     N_("public: anyone; private: this institution only; nodes:ID,ID: those institutions; "
        "charter:ID: the members of a network"),
     0},
};

static const struct command list = {
    .name = "list",
    .summary = N_("Shows the shelves, who sees each, and what waits to be published."),
    .example = "commonshelf shelf list",
    .home = COMMAND_READS,
    .run = run_list,
};
static const struct command add_command = {
    .name = "add",
    .arguments = N_("NAME"),
    .summary = N_("Makes a new shelf."),
    .example = "commonshelf shelf add drafts --audience private\n"
               "commonshelf shelf add staff --audience nodes:cs1…,cs1…",
    .option = audience_options,
    .options = sizeof audience_options / sizeof audience_options[0],
    .least = 1,
    .most = 1,
    .home = COMMAND_WRITES,
    .run = run_add,
};
static const struct command set_command = {
    .name = "set",
    .arguments = N_("NAME"),
    .summary = N_("Changes who sees a shelf."),
    .example = "commonshelf shelf set staff --audience public",
    .option = audience_options,
    .options = sizeof audience_options / sizeof audience_options[0],
    .least = 1,
    .most = 1,
    .home = COMMAND_WRITES,
    .run = run_set,
};
static const struct command remove_command = {
    .name = "remove",
    .arguments = N_("NAME"),
    .summary = N_("Removes an empty shelf that was never published."),
    .example = "commonshelf shelf remove staff",
    .least = 1,
    .most = 1,
    .home = COMMAND_WRITES,
    .run = run_remove,
};

static const struct command *const subcommands[] = {
    &list, &add_command, &set_command, &remove_command, &shelf_compact, &shelf_prune, NULL};

const struct command command_shelf = {
    .name = "shelf",
    .arguments = N_("COMMAND"),
    .summary = N_("The shelves that the own records stand on: who sees what."),
    .example = "commonshelf shelf list\ncommonshelf shelf add staff --audience private",
    .sub = subcommands,
};
