#include "command/command.h"
#include "command/document.h"
#include "command/own_keys.h"
#include "command/status_reach.h"
#include "command/text.h"

#include <inttypes.h>
#include <stdio.h>

#define SHELVES_MAX 1024
#define IMPORTS_SHOWN 10

/* All that status shows. */
struct state {
    struct reader *reader;
    struct node_row self;
    struct own_keys keys;
    struct record_counts records;
    struct shelf_row shelf[SHELVES_MAX];
    struct peer_row peer[STORE_PEERS_MAX];
    struct batch_row batch[IMPORTS_SHOWN];
    struct charter_row network[STORE_CHARTERS_MAX];
    bool member[STORE_CHARTERS_MAX];
    size_t shelves, peers, batches, networks;
    enum home_standing standing;
};

static int gather_networks(struct state *s, struct problem *why)
{
    if (store_charter_list(s->reader, s->network, STORE_CHARTERS_MAX, &s->networks, why))
        return -1;
    for (size_t i = 0; i < s->networks; i++)
        if (catalogue_admits(s->reader, &s->network[i].id, &s->self.id, &s->member[i], why))
            return -1;
    return 0;
}

static int gather(struct home *home, struct state *s, struct problem *why)
{
    if (!(s->reader = store_reader(home->store, why)) ||
        home_self(home, s->reader, &s->self, why) ||
        own_keys_read(home, s->reader, &s->keys, why) ||
        store_record_counts(s->reader, &s->records, why) ||
        store_shelf_list(s->reader, s->shelf, SHELVES_MAX, &s->shelves, why) ||
        store_peer_list(s->reader, s->peer, STORE_PEERS_MAX, &s->peers, why) ||
        store_batch_list(s->reader, s->batch, IMPORTS_SHOWN, &s->batches, why) ||
        gather_networks(s, why) || home_standing(home, s->reader, &s->standing, why))
        return -1;
    return 0;
}

/* ---- JSON */

static json_t *shelf_entry(struct reader *r, const struct shelf_row *s, struct problem *why)
{
    struct log_row log;
    int64_t witnesses = 0;
    bool found = false;

    if (s->lid && (store_log_get(r, s->lid, &log, &found, why) ||
                   store_cosigned_count(r, s->lid, &witnesses, why)))
        return NULL;
    return json_pack(
        "{s:s,s:s,s:o,s:I,s:I,s:I,s:I,s:b}", "name", s->name, "audience",
        document_audience(s->audience), "origin", found ? json_string(log.origin) : json_null(),
        "size", found ? (json_int_t)log.range.size : (json_int_t)0, "records",
        (json_int_t)s->records, "waiting", (json_int_t)s->waiting, "witnessed_by",
        (json_int_t)witnesses, "worn", found && catalogue_is_worn(log.range.size, s->records));
}

/* As programs read it. */
static const char *signing(enum home_standing standing)
{
    switch (standing) {
    case HOME_SIGNS:
        return "ok";
    case HOME_UNCERTAIN:
        return "not_certain";
    case HOME_FORKED:
        return "two_histories";
    }
    return "ok";
}

/* As programs read it. */
static const char *batch_state(const struct batch_row *b)
{
    switch (b->state) {
    case BATCH_STAGING:
        return "running";
    case BATCH_LIVE:
        return "live";
    case BATCH_UNDONE:
        return "undone";
    }
    return "live";
}

static json_t *batch_entry(const struct batch_row *b)
{
    return json_pack("{s:I,s:o,s:o,s:o,s:s,s:I,s:I,s:I}", "batch", (json_int_t)b->bid, "source",
                     document_text(b->source), "file", document_text(b->file), "time",
                     document_time(b->created), "state", batch_state(b), "added",
                     (json_int_t)b->added, "updated", (json_int_t)b->updated, "withdrawn",
                     (json_int_t)b->withdrawn);
}

static json_t *keys_entry(const struct own_keys *keys)
{
    uint64_t now = clock_agreed();

    return json_pack("{s:I,s:o,s:I,s:b,s:b}", "version", (json_int_t)keys->version, "expires",
                     document_time(keys->expires), "days", (json_int_t)own_keys_days(keys, now),
                     "renew", own_keys_urgency(keys, now) > 0, "root_here", (int)keys->root_here);
}

static int print_json(struct call *call, const struct state *s, struct problem *why)
{
    json_t *shelves = json_array(), *peers = json_array(), *imports = json_array();
    json_t *networks = json_array(), *vias = status_vias(call->home, s->reader, why);
    bool complete = shelves && peers && imports && networks && vias;

    for (size_t i = 0; i < s->shelves && complete; i++)
        complete = !json_array_append_new(shelves, shelf_entry(s->reader, &s->shelf[i], why));
    for (size_t i = 0; i < s->peers && complete; i++)
        complete = !json_array_append_new(peers, document_peer(&s->peer[i]));
    for (size_t i = 0; i < s->batches && complete; i++)
        complete = !json_array_append_new(imports, batch_entry(&s->batch[i]));
    for (size_t i = 0; i < s->networks && complete; i++)
        complete = !json_array_append_new(networks, document_charter(&s->network[i], s->member[i]));
    if (!complete) {
        json_decref(networks);
        json_decref(shelves);
        json_decref(peers);
        json_decref(imports);
        json_decref(vias);
        return why->code ? -1 : problem_no_memory(why);
    }
    return output_json(
        call->out,
        json_pack("{s:{s:s,s:o,s:o,s:s,s:s,s:o},s:o,s:s,s:o,s:{s:I,s:I},s:o,s:o,s:o,s:o}", "node",
                  "id", s->self.id.s, "name", document_text(s->self.name), "place",
                  document_text(s->self.place), "url", s->self.url, "reach",
                  s->self.url[0] ? "direct" : "none", "via", vias, "home",
                  document_text(call->home->path), "signing", signing(s->standing), "keys",
                  keys_entry(&s->keys), "records", "own", (json_int_t)s->records.own, "mirrored",
                  (json_int_t)s->records.mirrored, "shelves", shelves, "peers", peers, "networks",
                  networks, "imports", imports),
        why);
}

/* ---- for people */

static const char *batch_state_text(const struct batch_row *b)
{
    switch (b->state) {
    case BATCH_STAGING:
        return _("running");
    case BATCH_LIVE:
        return _("live");
    case BATCH_UNDONE:
        return _("undone");
    }
    return _("live");
}

static int suggest_compaction(struct output *out, const struct state *s, struct problem *why)
{
    for (size_t i = 0; i < s->shelves; i++) {
        const struct shelf_row *shelf = &s->shelf[i];
        struct log_row log;
        bool found = false;

        if (shelf->lid && store_log_get(s->reader, shelf->lid, &log, &found, why))
            return -1;
        if (found && catalogue_is_worn(log.range.size, shelf->records))
            output_print(out,
                         _("Most of the log of \"%s\" is past: %" PRIu64 " entries for %" PRId64
                           " records. \"commonshelf shelf compact %s\" begins it anew.\n"),
                         shelf->name, log.range.size, shelf->records, shelf->name);
    }
    return 0;
}

static int print_shelves(struct output *out, const struct state *s, struct problem *why)
{
    const char *const titles[] = {_("Shelf"), _("Audience"), _("Records"), _("To publish")};
    struct table *table = table_new(titles, 4);

    if (!table)
        return problem_no_memory(why);
    for (size_t i = 0; i < s->shelves; i++) {
        char records[24], waiting[24];
        const char *cells[] = {s->shelf[i].name, document_audience(s->shelf[i].audience), records,
                               waiting};

        snprintf(records, sizeof records, "%" PRId64, s->shelf[i].records);
        snprintf(waiting, sizeof waiting, "%" PRId64, s->shelf[i].waiting);
        table_add(table, cells);
    }
    table_print(table, out);
    table_free(table);
    return suggest_compaction(out, s, why);
}

static int print_peers(struct output *out, const struct state *s, struct problem *why)
{
    const char *const titles[] = {_("Peer"), _("State"), _("Last sync"), _("Records"),
                                  _("Witnessed by")};
    struct table *table = table_new(titles, 5);

    if (!table)
        return problem_no_memory(why);
    for (size_t i = 0; i < s->peers; i++) {
        char ago[TEXT_AGO], records[24], witnesses[24], state[DOCUMENT_STATE];
        const char *cells[] = {s->peer[i].node.name, document_peer_state(&s->peer[i], state), ago,
                               records, witnesses};

        text_ago(s->peer[i].last_sync, clock_now(), ago);
        snprintf(records, sizeof records, "%" PRId64, s->peer[i].records);
        snprintf(witnesses, sizeof witnesses, "%" PRId64, s->peer[i].witnesses);
        table_add(table, cells);
    }
    if (s->peers)
        output_print(out, "\n");
    table_print(table, out);
    table_free(table);
    return 0;
}

#define SOON (14 * 86400) /* before a charter ends people are told */

static int print_networks(struct output *out, const struct state *s, struct problem *why)
{
    const char *const titles[] = {_("Network"), _("State"), _("Good until"), _("Member")};
    struct table *table = table_new(titles, 4);
    char until[CLOCK_TEXT];

    if (!table)
        return problem_no_memory(why);
    for (size_t i = 0; i < s->networks; i++) {
        const struct charter_row *row = &s->network[i];
        const char *cells[] = {row->name, document_charter_state(row), until,
                               s->member[i] ? _("yes") : _("no")};

        clock_text(row->expires, until);
        table_add(table, cells);
    }
    if (s->networks)
        output_print(out, "\n");
    table_print(table, out);
    table_free(table);
    for (size_t i = 0; i < s->networks; i++)
        if (s->network[i].expires <= clock_now() + SOON)
            output_say(out,
                       _("The charter of %s ends: after that nobody is a member by it. Its "
                         "coordinators have to sign a next one."),
                       s->network[i].name);
    return 0;
}

static int print_imports(struct output *out, const struct state *s, struct problem *why)
{
    const char *const titles[] = {_("Import"), _("Source"),  _("When"),     _("State"),
                                  _("Added"),  _("Updated"), _("Withdrawn")};
    struct table *table = table_new(titles, 7);

    if (!table)
        return problem_no_memory(why);
    for (size_t i = 0; i < s->batches; i++) {
        const struct batch_row *b = &s->batch[i];
        char number[24], ago[TEXT_AGO], added[24], updated[24], withdrawn[24];
        const char *cells[] = {number, b->source, ago,      batch_state_text(b),
                               added,  updated,   withdrawn};

        snprintf(number, sizeof number, "%" PRId64, b->bid);
        text_ago(b->created, clock_now(), ago);
        snprintf(added, sizeof added, "%" PRId64, b->added);
        snprintf(updated, sizeof updated, "%" PRId64, b->updated);
        snprintf(withdrawn, sizeof withdrawn, "%" PRId64, b->withdrawn);
        table_add(table, cells);
    }
    if (s->batches)
        output_print(out, "\n");
    table_print(table, out);
    table_free(table);
    return 0;
}

static void print_keys(struct output *out, const struct own_keys *keys)
{
    char until[CLOCK_TEXT], text[OWN_KEYS_TEXT];

    clock_text(keys->expires, until);
    output_print(out, _("Keys       version %" PRIu64 ", good until %s; the root key is %s\n"),
                 keys->version, until,
                 keys->root_here ? _("on this machine") : _("kept elsewhere"));
    own_keys_text(keys, clock_agreed(), text);
    if (text[0])
        output_print(out, "%s\n", text);
}

static int print_people(struct call *call, const struct state *s, struct problem *why)
{
    struct output *out = call->out;

    output_print(out, STYLE_STRONG "%s" STYLE_END "%s%s\n", s->self.name,
                 s->self.place[0] ? ", " : "", s->self.place);
    output_print(out, _("Node ID    %s\n"), s->self.id.s);
    if (status_reach_print(out, call->home, s->reader, s->self.url, why))
        return -1;
    output_print(out, _("Home       %s\n"), call->home->path);
    print_keys(out, &s->keys);
    output_print(out, _("Records    %" PRId64 " own, %" PRId64 " of peers\n\n"), s->records.own,
                 s->records.mirrored);
    if (s->standing == HOME_UNCERTAIN)
        output_print(out, "%s\n\n",
                     _("This home looks like a copy that was put back. Before it signs anything, "
                       "it asks a peer whether something is missing here."));
    if (s->standing == HOME_FORKED)
        output_print(out, "%s\n\n",
                     _("Two histories of a shelf are signed with this institution's key. Nothing "
                       "more is signed here until one of them is ended."));
    if (print_shelves(out, s, why) || print_peers(out, s, why) || print_networks(out, s, why) ||
        print_imports(out, s, why))
        return -1;
    for (size_t i = 0; i < s->peers; i++)
        if (s->peer[i].problem[0])
            output_say(out, "%s: %s", s->peer[i].node.name, s->peer[i].problem);
    return 0;
}

static int run(struct call *call, struct problem *why)
{
    struct state *state = memory_new(sizeof *state);
    int rc = -1;

    if (!state)
        return problem_no_memory(why);
    if (!gather(call->home, state, why))
        rc = call->out->shape.json ? print_json(call, state, why) : print_people(call, state, why);
    store_reader_free(state->reader);
    memory_free(state);
    return rc;
}

const struct command command_status = {
    .name = "status",
    .summary = N_("Shows what this node is and holds: shelves, peers, the last imports."),
    .example = "commonshelf status\ncommonshelf status --json",
    .home = COMMAND_READS,
    .run = run,
};
