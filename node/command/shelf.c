#include "command/command.h"
#include "command/document.h"
#include "command/shelf_epochs.h"
#include "command/text.h"

#include <inttypes.h>
#include <stdio.h>

#include <commonshelf/profile.h>

#define SHELVES_MAX 1024 /* that one list shows */

/* One sentence that says who sees it. */
static const char *who_sees(enum audience audience)
{
    return audience == AUDIENCE_PUBLIC ? _("anyone, once published") : _("this institution only");
}

static json_t *shelf_entry(const struct shelf_row *s)
{
    return json_pack("{s:s,s:s,s:I,s:I}", "name", s->name, "audience",
                     document_audience(s->audience), "records", (json_int_t)s->records, "waiting",
                     (json_int_t)s->waiting);
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
                               who_sees(row[i].audience), records, waiting};

        snprintf(records, sizeof records, "%" PRId64, row[i].records);
        snprintf(waiting, sizeof waiting, "%" PRId64, row[i].waiting);
        table_add(table, cells);
        if (json_array_append_new(list, shelf_entry(&row[i]))) {
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

static int read_audience(const char *text, enum audience *out, struct problem *why)
{
    if (!text)
        return problem_usage(why, "no_audience", "%s",
                             _("Say who sees it: --audience public or --audience private."));
    if (!strcmp(text, "public"))
        *out = AUDIENCE_PUBLIC;
    else if (!strcmp(text, "private"))
        *out = AUDIENCE_PRIVATE;
    else
        return problem_usage(why, "bad_audience",
                             _("This version knows the audiences public and private, not "
                               "\"%.80s\". Nothing was changed."),
                             text);
    return 0;
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

static int done(struct call *call, const struct shelf_row *row, struct problem *why)
{
    return output_json(call->out, json_pack("{s:o}", "shelf", shelf_entry(row)), why);
}

/* ---- add */

static int add(struct transaction *t, const char *name, enum audience audience, struct problem *why)
{
    struct shelf_row row;
    bool found;
    row_id sid;

    if (store_shelf_find(transaction_reader(t), name, &row, &found, why))
        return -1;
    if (found)
        return problem_set(why, "shelf_exists",
                           _("There is a shelf \"%s\" already. Nothing was changed."), name);
    return store_shelf_add(t, name, audience, &sid, why);
}

static int run_add(struct call *call, struct problem *why)
{
    struct shelf_row row = {.audience = AUDIENCE_PRIVATE};
    const char *name = call->options.argument[0];
    struct transaction *t;

    if (!cs_shelf_name_valid(cs_span_of(name)))
        return problem_usage(why, "bad_shelf_name",
                             _("A shelf's name is made of a-z, 0-9 and -, starts with a letter or "
                               "digit, and has at most %d of them. It stands in addresses; records "
                               "have their own languages."),
                             CS_SHELF_NAME_MAX);
    if (read_audience(options_value(&call->options, "audience"), &row.audience, why) ||
        !(t = store_begin(call->home->store, why)))
        return -1;
    if (add(t, name, row.audience, why) || store_commit(&t, why)) {
        store_rollback(&t);
        return -1;
    }
    strcpy(row.name, name);
    output_say(call->out, _("A new shelf %s. Who sees it: %s."), name, who_sees(row.audience));
    return done(call, &row, why);
}

/* ---- set */

static int set(struct transaction *t, struct shelf_row *row, enum audience audience,
               struct problem *why)
{
    if (row->audience == AUDIENCE_PUBLIC && audience == AUDIENCE_PRIVATE && row->lid)
        return problem_set(why, "shelf_published",
                           _("The shelf \"%s\" has been published: others hold copies of it, and "
                             "making it private would not take them back. Nothing was changed. "
                             "Import the records into a private shelf, and withdraw them here."),
                           row->name);
    row->audience = audience;
    return store_shelf_set(t, row->sid, audience, why);
}

static int run_set(struct call *call, struct problem *why)
{
    enum audience audience;
    struct shelf_row row;
    struct transaction *t;

    if (read_audience(options_value(&call->options, "audience"), &audience, why) ||
        !(t = store_begin(call->home->store, why)))
        return -1;
    if (find(transaction_reader(t), call->options.argument[0], &row, why) ||
        set(t, &row, audience, why) || store_commit(&t, why)) {
        store_rollback(&t);
        return -1;
    }
    if (call_index(call, why)) {
        why->exit_status = EXIT_PART;
        return -1;
    }
    output_say(call->out, _("Shelf %s. Who sees it: %s."), row.name, who_sees(audience));
    if (audience == AUDIENCE_PUBLIC)
        output_say(call->out, "%s", _("\"commonshelf publish\" shows it to the world."));
    return done(call, &row, why);
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

    if (!t)
        return -1;
    if (find(transaction_reader(t), call->options.argument[0], &row, why) ||
        remove_shelf(t, &row, why) || store_commit(&t, why)) {
        store_rollback(&t);
        return -1;
    }
    output_say(call->out, _("The shelf %s is gone."), row.name);
    return done(call, &row, why);
}

/* ---- the commands */

static const struct option_spec audience_options[] = {
    {"audience", 0, N_("WHO"), N_("public: anyone; private: this institution only"), 0},
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
    .example = "commonshelf shelf add staff --audience private",
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
