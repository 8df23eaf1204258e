/*
 * One own log against what a peer says that it saw of it: what is missing here comes back from the peer's
 * copy, and another history is kept as evidence. Only what this node's own keys signed counts.
 */
#include <inttypes.h>
#include <stdio.h>

#include "sync/own.h"

static int find_log(struct own *o, const char *origin, struct log_row *log, bool *known,
                    struct problem *why)
{
    struct cs_node_id node;

    if (store_log_by_origin(o->reader, origin, log, known, why))
        return -1;
    if (*known)
        return 0;
    memset(log, 0, sizeof *log);
    cs_range_init(&log->range);
    log->nid = STORE_SELF;
    strcpy(log->origin, origin);
    (void)!cs_origin_read(cs_span_of(origin), &node, log->shelf, &log->epoch);
    return 0;
}

/* The root that the log had here at that size, at most the one it has. *known false: its files are gone. */
static void root_here(struct own *o, const struct log_row *log, uint64_t size, struct cs_hash *root,
                      bool *known)
{
    struct problem unused = PROBLEM_INIT;

    *known = true;
    if (size == log->range.size)
        cs_range_root(&log->range, root);
    else
        *known = log_root_at(o->setup->home, log->origin, &log->range, size, root, &unused) == 0;
}

static bool continues(struct own *o, const struct log_row *log, uint64_t size,
                      const struct cs_hash *theirs)
{
    struct cs_hash ours;
    bool known;

    root_here(o, log, size, &ours, &known);
    return !known || memcmp(ours.b, theirs->b, CS_HASH) == 0;
}

/* ---- another history */

/* The note that the peer cosigned. *good false when it has none that this node signed. */
static int fetch_seen(struct own *o, const struct own_claim *claim, struct cs_buffer *note,
                      struct cs_checkpoint *theirs, bool *good, struct problem *why)
{
    struct http_fetch *fetch[OWN_PEERS] = {NULL};
    const char *path[OWN_PEERS] = {NULL};
    char text[128], hex[65];
    uint64_t version;
    int rc;

    *good = false;
    cs_origin_directory(claim->seen.origin, hex);
    snprintf(text, sizeof text, "/csh/v1/seen/%s/checkpoint", hex);
    path[claim->peer] = text;
    rc = own_ask(o, path, CS_CHECKPOINT_MAX, fetch, why);
    if (rc == 0 && !fetch[claim->peer]->failed && fetch[claim->peer]->status == 200) {
        cs_buffer_add_span(note, cs_buffer_span(&fetch[claim->peer]->received));
        *good = signer_read_checkpoint(o->setup->signer, cs_buffer_span(note), claim->seen.origin,
                                       theirs, &version) == CS_OK;
    }
    http_fetch_free(fetch[claim->peer]);
    if (rc == 0 && !*good && ++o->empty[claim->peer] == OWN_EMPTY_MAX)
        log_line(LOG_LEVEL_WARN, "sync",
                 _("\"%s\" names states of this node's own shelves and shows none that was signed "
                   "here: the rest of what it names is not looked at"),
                 o->peer[claim->peer]->row.node.name);
    return rc == 0 && note->failed ? problem_no_memory(why) : rc;
}

static void pull_for(struct own *o, struct pull *p, struct source *source)
{
    *p = (struct pull){.setup = o->setup,
                       .cancel = o->cancel,
                       .reader = o->reader,
                       .client = o->client,
                       .contact = o->self,
                       .source = source,
                       .result = &o->counts};
}

/* Both are kept, and nothing more is signed for this log. */
static int contradicts(struct own *o, const struct log_row *log, struct cs_span theirs,
                       uint64_t size, struct problem *why)
{
    struct cs_buffer ours = {.alloc = memory_allocator()};
    struct problem failed = PROBLEM_INIT;
    struct pull p;
    bool found;

    pull_for(o, &p, NULL);
    if (store_log_checkpoint(o->reader, log->lid, &ours, &found, &failed) == 0 && found)
        (void)!fork_found(&p, log, cs_buffer_span(&ours), theirs, size, &failed);
    if (problem_is(&failed, "forked"))
        catalogue_two_histories(log->shelf, why);
    else
        *why = failed;
    cs_buffer_free(&ours);
    return -1;
}

static int look_at_other(struct own *o, const struct own_claim *claim, const struct log_row *log,
                         struct problem *why)
{
    struct cs_buffer note = {.alloc = memory_allocator()};
    struct cs_checkpoint theirs;
    bool good;
    int rc = fetch_seen(o, claim, &note, &theirs, &good, why);

    if (rc == 0 && good && theirs.size <= log->range.size &&
        !continues(o, log, theirs.size, &theirs.root))
        rc = contradicts(o, log, cs_buffer_span(&note), theirs.size, why);
    else if (rc == 0 && !good)
        log_line(LOG_LEVEL_WARN, "sync",
                 _("\"%s\" shows something for this node's own shelf \"%s\" that was never signed "
                   "here: ignored"),
                 o->peer[claim->peer]->row.node.name, log->shelf);
    cs_buffer_free(&note);
    return rc;
}

/* ---- what is missing here */

static int missing(const struct own *o, const struct log_row *log, uint64_t size,
                   const struct contact *peer, const struct problem *failed)
{
    struct problem *why = (struct problem *)(uintptr_t)&o->missing;

    problem_set(why, "history_missing",
                _("\"%s\" has a later state of this institution's shelf \"%s\" than this home: "
                  "%" PRIu64 " entries, not %" PRIu64
                  ". It could not be fetched whole (%s). Nothing is signed until it is here, so "
                  "that there are never two histories; what is here is safe. It is tried again at "
                  "the next start."),
                peer->row.node.name, log->shelf, size, log->range.size, failed->message);
    return 0;
}

/* The peer's newest whole copy, if it is later than what is here and this node signed it. */
static int fetch_target(struct own *o, struct log_pull *lp, bool *later, struct problem *why)
{
    struct part part;
    uint64_t version;
    int rc;

    *later = false;
    part_init(&part, "checkpoint", CS_CHECKPOINT_MAX);
    rc = lp->pull->source->get(lp->pull->source, lp, &part, 1, why);
    if (rc == 0) {
        cs_buffer_add_span(&lp->note, cs_buffer_span(&part.bytes));
        *later = signer_read_checkpoint(o->setup->signer, cs_buffer_span(&lp->note), lp->log.origin,
                                        &lp->target, &version) == CS_OK &&
                 lp->target.size > lp->log.range.size;
    }
    parts_free(&part, 1);
    return rc == 0 && lp->note.failed ? problem_no_memory(why) : rc;
}

static int adopt(struct own *o, struct log_pull *lp, const struct contact *peer,
                 struct problem *why)
{
    int64_t records;

    if (catalogue_adopt(o->setup->catalogue, cs_buffer_span(&lp->note), &records, why))
        return -1;
    o->out->records += records;
    strcpy(o->out->from, peer->row.node.name);
    log_line(LOG_LEVEL_WARN, "sync",
             _("this home was older than what \"%s\" has of it: %" PRIu64
               " entries of the shelf \"%s\" came back"),
             peer->row.node.name, lp->target.size - lp->held, lp->log.shelf);
    return 0;
}

/* Files first, verified up to the signed root; then the catalogue learns from them. */
static int fetch_entries(struct own *o, struct log_pull *lp, const struct contact *peer,
                         struct problem *why)
{
    lp->held = lp->committed = lp->log.range.size;
    if (!(lp->writer = log_writer_open(o->setup->home, lp->log.origin, &lp->log.range, why)) ||
        entries_get(lp, why) || blank_check_own(lp, why))
        return -1;
    return adopt(o, lp, peer, why);
}

/* A peer that cosigned a later state and does not give it: that it was signed here is enough to know. */
static int withheld(struct own *o, const struct own_claim *claim, const struct log_row *log,
                    const struct problem *failed, struct problem *why)
{
    struct cs_buffer note = {.alloc = memory_allocator()};
    struct cs_checkpoint theirs;
    bool good;
    int rc = fetch_seen(o, claim, &note, &theirs, &good, why);

    if (rc == 0 && good && theirs.size > log->range.size)
        missing(o, log, theirs.size, o->peer[claim->peer], failed);
    cs_buffer_free(&note);
    return rc;
}

static int take_back(struct own *o, const struct own_claim *claim, const struct log_row *log,
                     struct problem *why)
{
    const struct contact *peer = o->peer[claim->peer];
    struct problem failed = PROBLEM_INIT;
    struct log_pull *lp = memory_new(sizeof *lp);
    struct http_source source;
    struct pull p;
    bool later;
    int rc;

    if (!lp)
        return problem_no_memory(why);
    source_http(&source, o->client, peer);
    source.relay = true;
    source.source.live = false;
    pull_for(o, &p, &source.source);
    lp->pull = &p;
    lp->own = true;
    lp->log = *log;
    lp->note.alloc = lp->named.alloc = memory_allocator();
    rc = fetch_target(o, lp, &later, &failed);
    if (rc == 0 && later && (rc = fetch_entries(o, lp, peer, &failed)) == 0)
        problem_clear(&o->missing);
    else if (later && !problem_is(&failed, "forked"))
        missing(o, log, lp->target.size, peer, &failed);
    if (!later && !pull_is_own_failure(&failed))
        rc = withheld(o, claim, log, &failed, why);
    else if (rc && problem_is(&failed, "forked"))
        rc = catalogue_two_histories(log->shelf, why);
    else if (rc && (pull_is_own_failure(&failed) || problem_is(&failed, "two_histories")))
        *why = failed;
    else
        rc = 0;
    absorb_free(lp);
    log_writer_free(lp->writer);
    cs_buffer_free(&lp->note);
    memory_free(lp);
    return rc;
}

int own_compare(struct own *o, const struct own_claim *claim, struct problem *why)
{
    struct log_row log;
    bool known;

    /* Each costs requests, and nothing is signed meanwhile: thousands of them must not keep this node silent. */
    if (o->empty[claim->peer] >= OWN_EMPTY_MAX)
        return 0;
    if (find_log(o, claim->seen.origin, &log, &known, why))
        return -1;
    if (claim->seen.size > log.range.size)
        return take_back(o, claim, &log, why);
    return continues(o, &log, claim->seen.size, &claim->seen.root)
               ? 0
               : look_at_other(o, claim, &log, why);
}
