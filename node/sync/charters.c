/*
 * Charters of networks that this node follows, as the peer of a pull has them: newer ones are taken over, and
 * two that contradict each other are found. Its silence is no failure of the pull.
 */
#include <commonshelf/chain.h>

#include <inttypes.h>
#include <stdio.h>

#include "sync/internal.h"

#define DEADLINE_MS 10000
#define STEPS_MAX CS_CHARTER_CHAIN_MAX

/* What a peer has of one network, from the newest back to one that follows what is held. */
struct walk {
    struct pull *pull;
    const struct charter_row *row;
    struct cs_buffer step[STEPS_MAX];
    size_t steps, bytes;
    struct cs_charter charter; /* the last step */
};

static int get(struct walk *w, uint64_t version)
{
    struct problem unused = PROBLEM_INIT;
    struct http_fetch *fetch;
    struct cs_buffer *step;
    char path[128];
    int rc = -1;

    if (w->steps == STEPS_MAX || w->bytes > CHARTERS_BYTES_MAX)
        return -1;
    if (version)
        snprintf(path, sizeof path, "/csh/v1/charter/%s/%" PRIu64, w->row->id.s, version);
    else
        snprintf(path, sizeof path, "/csh/v1/charter/%s", w->row->id.s);
    if (!(fetch = peering_fetch(w->pull->setup->peering, w->pull->contact, path, &unused)))
        return -1;
    fetch->cap = CS_CHARTER_MAX;
    fetch->deadline_ms = DEADLINE_MS;
    w->pull->result->requests++;
    if (http_fetch(w->pull->client, &fetch, 1, &unused) == 0 && fetch->status == 200) {
        step = &w->step[w->steps++];
        step->alloc = memory_allocator();
        cs_buffer_add_span(step, cs_buffer_span(&fetch->received));
        w->bytes += step->n;
        rc = !step->failed && cs_charter_read(cs_buffer_span(step), &w->charter) == CS_OK &&
                     (version == 0 || w->charter.version == version)
                 ? 0
                 : -1;
    }
    http_fetch_free(fetch);
    return rc;
}

/* Is the newest that the peer has what is held here? */
static int is_held(struct walk *w, bool *held, struct problem *why)
{
    struct charter_row row;
    uint64_t version;

    if (store_charter_behind(w->pull->reader, &w->charter.text_hash, &row, &version, held, why))
        return -1;
    *held = *held && version == w->row->version;
    return 0;
}

/* Back to a version whose `prev` is here. *found false where there is none, or the peer fails. */
static int walk_back(struct walk *w, bool *found, struct problem *why)
{
    struct charter_row row;
    uint64_t version;

    for (*found = false; w->charter.version > 1;) {
        if (store_charter_behind(w->pull->reader, &w->charter.prev, &row, &version, found, why))
            return -1;
        if (*found || get(w, w->charter.version - 1))
            return 0;
    }
    return 0;
}

/* Charters of one network. Refused ones change nothing, here and for the rest. */
static int take_run(struct peering *peering, struct cs_span notes, struct problem *why)
{
    struct problem refused = PROBLEM_INIT;
    enum charter_taken taken;
    struct charter_row row;

    if (peering_charters_take(peering, notes, false, &row, &taken, &refused) == 0)
        return 0;
    if (!pull_is_own_failure(&refused)) {
        log_problem(LOG_LEVEL_WARN, "sync", &refused);
        return 0;
    }
    *why = refused;
    return -1;
}

int charters_take(struct peering *peering, struct cs_span notes, struct problem *why)
{
    struct cs_charter *charter = memory_new(sizeof *charter);
    struct cs_span run = notes, note;
    struct cs_hash before = {{0}};
    int rc = charter ? 0 : problem_no_memory(why);

    run.n = 0;
    while (rc == 0 && cs_chain_next(&notes, &note)) {
        if (cs_charter_read(note, charter) != CS_OK)
            break;
        if (run.n > 0 && memcmp(charter->prev.b, before.b, CS_HASH) != 0) {
            rc = take_run(peering, run, why);
            run = cs_span_make(note.p, 0);
        }
        run.n += note.n;
        before = charter->text_hash;
    }
    if (rc == 0 && run.n > 0)
        rc = take_run(peering, run, why);
    memory_free(charter);
    return rc;
}

static int take(struct walk *w, struct problem *why)
{
    struct cs_buffer notes = {.alloc = memory_allocator()};
    int rc = 0;

    for (size_t i = w->steps; i-- > 0;)
        cs_buffer_add_span(&notes, cs_buffer_span(&w->step[i]));
    if (notes.failed)
        rc = problem_no_memory(why);
    else
        rc = take_run(w->pull->setup->peering, cs_buffer_span(&notes), why);
    cs_buffer_free(&notes);
    return rc;
}

/* A coordinator that shows the same one says so: it is the newest. */
static int confirm(struct walk *w, struct problem *why)
{
    const struct cs_node_id *peer = &w->pull->contact->row.node.id;
    struct transaction *t;
    bool says = false;

    for (size_t i = 0; i < w->charter.coordinators; i++)
        says = says || cs_node_id_equal(&w->charter.coordinator[i].node, peer);
    if (!says)
        return 0;
    t = store_begin(w->pull->setup->store, why);
    if (!t || store_charter_confirm(t, w->row->chid, clock_now(), why) || store_commit(&t, why)) {
        store_rollback(&t);
        return -1;
    }
    return 0;
}

static int ask(struct walk *w, struct problem *why)
{
    bool held, found;

    if (get(w, 0))
        return 0;
    if (is_held(w, &held, why))
        return -1;
    if (held)
        return confirm(w, why);
    if (walk_back(w, &found, why))
        return -1;
    return found ? take(w, why) : 0;
}

static int collect(struct pull *p, const struct charter_row *row, struct problem *why)
{
    struct walk *w;
    unsigned roles;
    int rc;

    if (row->frozen ||
        store_charter_roles(p->reader, &row->id, &p->contact->row.node.id, 0, &roles, why))
        return row->frozen ? 0 : -1;
    if (!roles)
        return 0;
    if (!(w = memory_new(sizeof *w)))
        return problem_no_memory(why);
    w->pull = p;
    w->row = row;
    rc = ask(w, why);
    for (size_t i = 0; i < w->steps; i++)
        cs_buffer_free(&w->step[i]);
    memory_free(w);
    return rc;
}

int collect_charters(struct pull *p, struct problem *why)
{
    struct charter_row *rows;
    size_t n;
    int rc;

    if (!p->client)
        return 0;
    if (!(rows = memory_new(STORE_CHARTERS_MAX * sizeof *rows)))
        return problem_no_memory(why);
    rc = store_charter_list(p->reader, rows, STORE_CHARTERS_MAX, &n, why);
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = collect(p, &rows[i], why);
    memory_free(rows);
    return rc;
}
