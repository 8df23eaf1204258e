#include "command/publish.h"

#include "command/audience.h"

#include <inttypes.h>

#define SHELVES_MAX CS_PROFILE_SHELVES_MAX /* a profile lists no more */

struct choice {
    struct shelf_row *shelf;
    size_t n;
};

static int list_shelves(struct call *call, struct reader *r, const char *name,
                        struct choice *choice, struct problem *why)
{
    size_t kept = 0;
    bool found;

    if (name) {
        if (store_shelf_find(r, name, &choice->shelf[0], &found, why))
            return -1;
        if (!found)
            return problem_set(why, "no_such_shelf",
                               _("There is no shelf \"%s\". Nothing was published. \"commonshelf "
                                 "shelf list\" shows the shelves."),
                               name);
        choice->n = 1;
        return store_shelf_count(r, &choice->shelf[0], why);
    }
    if (store_shelf_list(r, choice->shelf, SHELVES_MAX, &choice->n, why))
        return -1;
    for (size_t i = 0; i < choice->n; i++)
        if (choice->shelf[i].audience != AUDIENCE_PRIVATE)
            choice->shelf[kept++] = choice->shelf[i];
    choice->n = kept;
    if (kept == 0)
        output_say(
            call->out, "%s",
            _("No shelf is for others: there is nothing to publish. \"commonshelf shelf set NAME "
              "--audience public\" makes one so."));
    return 0;
}

static void show(struct output *out, const struct shelf_row *shelf)
{
    if (shelf->audience == AUDIENCE_PRIVATE)
        return; /* it is refused with a sentence of its own */
    if (shelf->audience != AUDIENCE_PUBLIC) {
        output_say(out, _("Shelf %s: %s. Changes to publish: %" PRId64 "."), shelf->name,
                   audience_words(shelf->audience), shelf->waiting);
        return;
    }
    output_say(out,
               P_("Shelf %s: anyone on the network can read its %" PRId64 " record. Changes to "
                  "publish: %" PRId64 ".",
                  "Shelf %s: anyone on the network can read its %" PRId64 " records. Changes to "
                  "publish: %" PRId64 ".",
                  (unsigned long)shelf->records),
               shelf->name, shelf->records, shelf->waiting);
}

static int confirm(struct call *call, const struct choice *choice, bool yes, struct problem *why)
{
    bool first = false;

    for (size_t i = 0; i < choice->n; i++) {
        show(call->out, &choice->shelf[i]);
        first = first || (choice->shelf[i].lid == 0 && choice->shelf[i].records > 0 &&
                          choice->shelf[i].audience == AUDIENCE_PUBLIC);
    }
    if (!first || yes || call->out->shape.json || !call->out->shape.ask)
        return 0;
    if (output_ask(call->out, "%s",
                   _("This is the first publication. Records can be withdrawn later, but what "
                     "others have copied by then can't be taken back from them. Publish?")))
        return 0;
    return problem_set(why, "not_confirmed", "%s",
                       _("Nothing was published. The records stay where they are."));
}

static void progress(void *arg, uint64_t done, uint64_t of)
{
    const struct call *call = arg;

    output_progress(call->out, _("Publishing"), done, of);
}

/* A log that is mostly past is begun anew, where the owner lets that happen by itself. */
static int compact_if_worn(struct call *call, struct reader *r, struct publish_result *published,
                           struct problem *why)
{
    struct compact_result compacted;

    if (!call->home->config.compact_auto)
        return 0;
    if (store_shelf_count(r, &published->shelf, why))
        return -1;
    if (!catalogue_is_worn(published->size, published->shelf.records))
        return 0;
    if (catalogue_compact(call->home->catalogue, published->shelf.name, &compacted, why))
        return -1;
    strcpy(published->origin, compacted.origin);
    published->size = compacted.size;
    published->root = compacted.root;
    output_say(call->out,
               _("%s: most of its log was past, so it begins anew with %" PRIu64 " entries."),
               published->shelf.name, compacted.size);
    return 0;
}

static int publish_one(struct call *call, struct reader *r, const struct shelf_row *shelf,
                       json_t *shelves, struct problem *why)
{
    struct publish_result result;
    json_t *entry;

    if (catalogue_publish(call->home->catalogue, shelf->name, &result, progress, call, why))
        return -1;
    output_progress_end(call->out);
    if (compact_if_worn(call, r, &result, why))
        return -1;
    output_print(call->out,
                 P_("%s: published with %" PRIu64 " new entry; its log has %" PRIu64 " in all.\n",
                    "%s: published with %" PRIu64 " new entries; its log has %" PRIu64 " in all.\n",
                    result.added),
                 result.shelf.name, result.added, result.size);
    entry = json_pack("{s:s,s:s,s:I,s:o,s:I}", "name", result.shelf.name, "origin", result.origin,
                      "size", (json_int_t)result.size, "root", document_hash(&result.root), "added",
                      (json_int_t)result.added);
    return json_array_append_new(shelves, entry) ? problem_no_memory(why) : 0;
}

int publish_shelves(struct call *call, const char *name, bool yes, json_t **shelves,
                    struct problem *why)
{
    struct choice choice = {memory_new(SHELVES_MAX * sizeof *choice.shelf), 0};
    struct reader *r = store_reader(call->home->store, why);
    size_t done = 0;
    int rc = -1;

    *shelves = json_array();
    if (!choice.shelf || !*shelves) {
        problem_no_memory(why);
        goto out;
    }
    if (!r || list_shelves(call, r, name, &choice, why) || confirm(call, &choice, yes, why) ||
        home_certain(call->home, options_has(&call->options, "certain"), why))
        goto out;
    while (done < choice.n && !publish_one(call, r, &choice.shelf[done], *shelves, why))
        done++;
    /* Also after a failure: the profile lists what was published before it. */
    if (!peering_profile_refresh(call->home->peering, why) && done == choice.n)
        rc = 0;
    if (done > 0)
        home_published(call->home);
    if (rc && done > 0)
        why->exit_status = EXIT_PART;
out:
    store_reader_free(r);
    memory_free(choice.shelf);
    return rc;
}

static int run(struct call *call, struct problem *why)
{
    json_t *shelves;
    int rc = publish_shelves(call, options_value(&call->options, "shelf"),
                             options_has(&call->options, "yes"), &shelves, why);

    if (rc)
        json_decref(shelves);
    else
        rc = output_json(call->out, json_pack("{s:o}", "shelves", shelves), why);
    home_records_changed(call->home);
    return rc;
}

static const struct option_spec options[] = {
    {"shelf", 0, N_("NAME"), N_("only this one; else every shelf that is for others"), 0},
    {"yes", 'y', NULL, N_("do not ask before the first publication"), 0},
    {"certain", 0, NULL, N_("this home is the newest copy: sign although no peer could be asked"),
     0},
};

const struct command command_publish = {
    .name = "publish",
    .summary = N_("Shows others what changed on the shelves that are for them."),
    .about = N_("What changed since the last time is appended to the shelf's signed log, from "
                "which peers copy it and by which they can prove that nothing was altered. Private "
                "shelves are in no log."),
    .example = "commonshelf publish\ncommonshelf publish --shelf public --json",
    .option = options,
    .options = sizeof options / sizeof options[0],
    .home = COMMAND_WRITES,
    .run = run,
};
