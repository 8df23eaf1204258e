/*
 * Charters: which of them this node believes. A network is followed when a person says so once; from then on each
 * next charter proves itself by the one before (SPEC.md §18), whoever brings it.
 */
#include <commonshelf/charter.h>

#include <inttypes.h>

#include "peering/internal.h"

/* ---- the coordinators' keys, where this node knows better than the charter */

/* True if one of the keysets gives this as the institution's key, or none is held. */
static bool is_its_key(struct cs_span chain, const struct cs_public_key *gov)
{
    struct cs_keyset keyset;
    struct cs_span note;
    bool known = false;

    while (chain.n > 0 && cs_chain_next(&chain, &note)) {
        if (cs_keyset_read(note, &keyset) != CS_OK)
            continue;
        known = true;
        if (keyset.has_gov && memcmp(keyset.gov.b, gov->b, CS_KEY_PUBLIC) == 0)
            return true;
    }
    return !known;
}

static int check_coordinator(struct reader *r, const struct cs_charter_coordinator *c,
                             struct problem *why)
{
    struct cs_buffer chain = {.alloc = memory_allocator()};
    struct node_row *node = memory_new(sizeof *node);
    bool found;
    int rc = -1;

    if (!node)
        problem_no_memory(why);
    else if (store_node_find(r, &c->node, node, &found, why) == 0)
        rc = found ? store_keyset_chain(r, node->nid, &chain, why) : 0;
    if (rc == 0 && !is_its_key(cs_buffer_span(&chain), &c->gov))
        rc = problem_set(
            why, "wrong_key",
            _("The charter gives a key for its coordinator \"%s\" that this institution "
              "never had, as far as is known here. It was refused. If they made a new "
              "key, sync with them first."),
            node->name[0] ? node->name : c->node.s);
    cs_buffer_free(&chain);
    memory_free(node);
    return rc;
}

static int check_keys(struct reader *r, const struct cs_charter *charter, struct problem *why)
{
    for (size_t i = 0; i < charter->coordinators; i++)
        if (check_coordinator(r, &charter->coordinator[i], why))
            return -1;
    return 0;
}

/* ---- who is a member no more */

/* Node IDs, NUL-terminated, one behind the other. */
static void note_expelled(const struct cs_charter *before, const struct cs_charter *now,
                          struct cs_buffer *out)
{
    struct cs_span old = before->member_lines, fresh = now ? now->member_lines : cs_span_of("");
    struct cs_charter_member was, is = {.roles = 0};

    /* Both stand in order of node IDs. */
    while (cs_charter_next_member(&old, &was)) {
        while ((is.roles == 0 || strcmp(is.node.s, was.node.s) < 0) &&
               cs_charter_next_member(&fresh, &is))
            ;
        if (is.roles == 0 || strcmp(is.node.s, was.node.s) != 0)
            cs_buffer_add(out, was.node.s, sizeof was.node.s);
    }
}

/* After what made them leave is committed. */
static void drop_expelled(struct peering *p, const struct cs_buffer *expelled)
{
    struct cs_node_id id;

    for (size_t at = 0; at < expelled->n; at += sizeof id.s) {
        memcpy(id.s, expelled->p + at, sizeof id.s);
        peer_dropped(p, &id, 0);
    }
}

/* ---- one charter */

static int refuse(enum cs_status status, const struct cs_charter *charter, struct problem *why)
{
    int rc;

    if (status != CS_NO_SIGNATURE && status != CS_BAD_SIGNATURE && status != CS_WRONG_CHAIN)
        return problem_status(why, status, _("the charter"));
    rc =
        problem_set(why, cs_status_code(status),
                    _("Version %" PRIu64 " of the charter of \"%s\" was not made as the one before "
                      "it demands. It was refused; the one before stays in force. Ask its "
                      "coordinators."),
                    charter->version, charter->name);
    problem_detail(why, "%s", cs_status_text(status));
    return rc;
}

static int charter_frozen(const char *name, struct problem *why)
{
    return problem_set(why, "charter_frozen",
                       _("Two charters claim to be the next one of \"%s\", both signed by enough "
                         "coordinators. Nothing new of it is accepted; the one that came first "
                         "stays in force until it expires, and both are kept. Speak with the "
                         "coordinators, then remove the charter and import the right one."),
                       name);
}

static bool same_text(const struct cs_charter *charter, struct cs_span note)
{
    struct cs_charter held;

    return cs_charter_read(note, &held) == CS_OK &&
           memcmp(held.text_hash.b, charter->text_hash.b, CS_HASH) == 0;
}

/* A charter of a version that is held already: the same one, or one that contradicts it. */
static int compare(struct transaction *t, const struct charter_row *row,
                   const struct cs_charter *before, const struct cs_charter *charter,
                   struct cs_span note, struct cs_span held, enum charter_taken *taken,
                   struct problem *why)
{
    enum cs_status status;

    *taken = CHARTER_HELD;
    if (same_text(charter, held))
        return 0;
    status = cs_charter_follows(before, note, charter);
    if (status != CS_OK)
        return refuse(status, charter, why);
    log_line(LOG_LEVEL_WARN, "peering",
             _("two charters %" PRIu64 " of \"%s\" contradict each other"), charter->version,
             row->name);
    *taken = CHARTER_FROZEN;
    return store_charter_freeze(t, row->chid, charter->version, note, why);
}

/* Version 1: it names its network itself. */
static int take_first(struct transaction *t, const struct cs_charter *charter, struct cs_span note,
                      bool trusted, struct cs_charter_id *id, enum charter_taken *taken,
                      struct problem *why)
{
    struct charter_row row;
    bool found;

    if (cs_charter_id(charter, id) != CS_OK)
        return problem_no_memory(why);
    if (store_charter_find(transaction_reader(t), id, &row, &found, why))
        return -1;
    *taken = CHARTER_HELD;
    if (found)
        return 0;
    if (!trusted)
        return problem_set(why, "charter_unknown",
                           _("This node does not follow the network \"%s\". Its charter was left "
                             "alone. To follow it: commonshelf charter import FILE"),
                           charter->name);
    if (check_keys(transaction_reader(t), charter, why))
        return -1;
    *taken = CHARTER_TAKEN;
    return store_charter_put(t, id, charter, note, clock_now(), why);
}

/* The notes of the version before, and of the same version if it is held. */
static int held_notes(struct reader *r, const struct charter_row *row, uint64_t before,
                      struct cs_buffer *note, struct cs_buffer *same, bool *held,
                      struct problem *why)
{
    bool found;

    return store_charter_note(r, row->chid, before, note, &found, why) ||
                   store_charter_note(r, row->chid, before + 1, same, held, why)
               ? -1
               : 0;
}

/* It names the one that it follows by its hash, and so its network. */
static int take_next(struct transaction *t, const struct cs_charter *charter, struct cs_span note,
                     struct cs_charter_id *id, enum charter_taken *taken,
                     struct cs_buffer *expelled, struct problem *why)
{
    struct cs_buffer before = {.alloc = memory_allocator()}, same = before;
    struct reader *r = transaction_reader(t);
    struct charter_row row;
    struct cs_charter now;
    enum cs_status status;
    uint64_t version;
    bool found, held;
    int rc = -1;

    if (store_charter_behind(r, &charter->prev, &row, &version, &found, why))
        return -1;
    if (!found)
        return problem_set(why, "charter_unknown",
                           _("Version %" PRIu64 " of the charter of \"%s\" follows one that is not "
                             "here. It was left alone. Import the versions before it first."),
                           charter->version, charter->name);
    *id = row.id;
    *taken = CHARTER_FROZEN;
    if (row.frozen)
        return 0;
    if (held_notes(r, &row, version, &before, &same, &held, why))
        goto out;
    if ((status = cs_charter_read(cs_buffer_span(&before), &now)) != CS_OK) {
        problem_status(why, status, _("a charter that is stored here"));
    } else if (held) {
        rc = compare(t, &row, &now, charter, note, cs_buffer_span(&same), taken, why);
    } else if ((status = cs_charter_follows(&now, note, charter)) != CS_OK) {
        rc = refuse(status, charter, why);
    } else if (check_keys(r, charter, why) == 0) {
        *taken = CHARTER_TAKEN;
        note_expelled(&now, charter, expelled);
        rc = expelled->failed ? problem_no_memory(why)
                              : store_charter_put(t, id, charter, note, clock_now(), why);
    }
out:
    cs_buffer_free(&before);
    cs_buffer_free(&same);
    return rc;
}

/* ---- several, as they come: from a file, from a peer */

static int take(struct transaction *t, struct cs_span note, bool trusted, struct cs_charter_id *id,
                enum charter_taken *taken, struct cs_buffer *expelled, struct problem *why)
{
    struct cs_charter *charter = memory_new(sizeof *charter);
    enum cs_status status;
    int rc;

    if (!charter)
        return problem_no_memory(why);
    if ((status = cs_charter_read(note, charter)) != CS_OK)
        rc = problem_status(why, status, _("the charter"));
    else if (charter->version == 1)
        rc = take_first(t, charter, note, trusted, id, taken, why);
    else
        rc = take_next(t, charter, note, id, taken, expelled, why);
    memory_free(charter);
    return rc;
}

/* What ran out may stand on the way to what is in force, but nothing in force gives way to it. */
static int check_time(struct transaction *t, const struct cs_charter_id *id,
                      struct charter_row *row, enum charter_taken taken, struct problem *why)
{
    char when[CLOCK_TEXT];
    bool found;

    if (store_charter_find(transaction_reader(t), id, row, &found, why))
        return -1;
    if (taken != CHARTER_TAKEN || row->expires > clock_agreed())
        return 0;
    clock_text(row->expires, when);
    return problem_set(why, "expired",
                       _("Version %" PRIu64 " of the charter of \"%s\" expired at %s. It was "
                         "refused; what was in force stays so. Ask its coordinators for a newer "
                         "one, and look at this machine's clock."),
                       row->version, row->name, when);
}

int peering_charters_take(struct peering *p, struct cs_span notes, bool trusted,
                          struct charter_row *row, enum charter_taken *taken, struct problem *why)
{
    struct transaction *t = store_begin(p->store, why);
    struct cs_buffer expelled = {.alloc = memory_allocator()};
    enum charter_taken one = CHARTER_HELD;
    struct cs_charter_id id, network;
    struct cs_span note;
    bool any = false;
    int rc = t ? 0 : -1;

    memset(row, 0, sizeof *row);
    *taken = CHARTER_HELD;
    while (rc == 0 && one != CHARTER_FROZEN && notes.n > 0) {
        if (!cs_chain_next(&notes, &note))
            rc = problem_status(why, CS_MALFORMED, _("the charter"));
        else
            rc = take(t, note, trusted, &id, &one, &expelled, why);
        if (rc == 0 && any && strcmp(id.s, network.s) != 0)
            rc = problem_set(why, "several_charters", "%s",
                             _("These are charters of more than one network. Nothing was taken. "
                               "Import each by itself."));
        any = true;
        network = id;
        *taken = one == CHARTER_HELD ? *taken : one;
    }
    if (rc == 0 && !any)
        rc = problem_set(why, "no_charter", "%s",
                         _("There is no charter in it. Nothing was taken."));
    if (rc == 0)
        rc = check_time(t, &network, row, *taken, why);
    if (rc == 0)
        rc = store_commit(&t, why);
    store_rollback(&t);
    if (rc == 0)
        drop_expelled(p, &expelled);
    cs_buffer_free(&expelled);
    if (rc == 0 && *taken != CHARTER_HELD)
        peers_changed(p);
    if (rc == 0 && *taken == CHARTER_FROZEN)
        return charter_frozen(row->name, why);
    return rc;
}

int peering_charter_find(struct reader *r, const char *what, struct charter_row *row,
                         struct problem *why)
{
    struct charter_row *rows = memory_new(STORE_CHARTERS_MAX * sizeof *rows);
    size_t n, hits = 0;
    int rc = -1;

    if (!rows)
        return problem_no_memory(why);
    if (store_charter_list(r, rows, STORE_CHARTERS_MAX, &n, why))
        goto out;
    for (size_t i = 0; i < n; i++) {
        if (strcmp(rows[i].id.s, what) != 0 && strcmp(rows[i].name, what) != 0)
            continue;
        *row = rows[i];
        hits++;
    }
    if (hits == 1)
        rc = 0;
    else if (hits == 0)
        problem_set(why, "no_such_charter",
                    _("This node follows no network \"%s\". Nothing was changed. \"commonshelf "
                      "charter list\" shows them."),
                    what);
    else
        problem_set(why, "several_charters",
                    _("Several networks are called \"%s\". Nothing was changed. Name the one by "
                      "its charter ID: \"commonshelf charter list\" shows it."),
                    what);
out:
    memory_free(rows);
    return rc;
}

/* Its newest members, all of whom leave with it. */
static int note_all(struct peering *p, row_id chid, struct cs_buffer *out, struct problem *why)
{
    struct cs_charter *charter = memory_new(sizeof *charter);
    struct cs_buffer note = {.alloc = memory_allocator()};
    struct reader *r = store_reader(p->store, why);
    bool found;
    int rc = -1;

    if (!charter)
        problem_no_memory(why);
    else if (r && store_charter_note(r, chid, 0, &note, &found, why) == 0)
        rc = 0;
    if (rc == 0 && found && cs_charter_read(cs_buffer_span(&note), charter) == CS_OK)
        note_expelled(charter, NULL, out);
    if (rc == 0 && out->failed)
        rc = problem_no_memory(why);
    store_reader_free(r);
    cs_buffer_free(&note);
    memory_free(charter);
    return rc;
}

int peering_charter_remove(struct peering *p, row_id chid, struct problem *why)
{
    struct cs_buffer members = {.alloc = memory_allocator()};
    struct transaction *t = NULL;
    int rc = -1;

    if (note_all(p, chid, &members, why) == 0 && (t = store_begin(p->store, why)) &&
        store_charter_remove(t, chid, why) == 0 && store_commit(&t, why) == 0)
        rc = 0;
    store_rollback(&t);
    if (rc == 0) {
        drop_expelled(p, &members);
        peers_changed(p);
    }
    cs_buffer_free(&members);
    return rc;
}
