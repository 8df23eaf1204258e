/*
 * The files of a log, one by one: what a disk has spoiled is made again from what stands beside it, or got from
 * one peer that has it whole. Whoever gives it is believed as little as ever.
 */
#include <inttypes.h>
#include <stdio.h>

#include "sync/internal.h"

#define PEERS_ASKED 16 /* for each file */
#define ASKING_MS 120000 /* in a whole run; what was not mended by then is told, and left */
#define ROUNDS                                                                                     \
    6 /* a tile that is put back lets those below it be judged: one round for each level */

struct mending {
    const struct sync_setup *setup;
    struct file_checking *run;
    struct reader *reader;
    struct log_row log;
    atomic_bool stop; /* its publisher is being blocked */
    struct log_damage *damage;
    size_t damages, room;

    /* made when the first file is asked for */
    struct http_client *client;
    struct contact *peer;
    struct log_pull *lp;
    struct pull pull;
    struct sync_result counts;
};

static int collect(void *arg, const struct log_damage *damage, struct problem *why)
{
    struct mending *m = arg;

    if (m->damages == m->room) {
        size_t room = m->room ? m->room * 2 : 16;
        struct log_damage *more = memory_resize(m->damage, room * sizeof *more);

        if (!more)
            return problem_no_memory(why);
        m->damage = more;
        m->room = room;
    }
    m->damage[m->damages++] = *damage;
    return 0;
}

/* ---- from a peer */

static int prepare(struct mending *m, struct problem *why)
{
    if (m->client)
        return 0;
    if (!(m->peer = memory_new(sizeof *m->peer)) || !(m->lp = memory_new(sizeof *m->lp)))
        return problem_no_memory(why);
    m->pull = (struct pull){.setup = m->setup,
                            .cancel = m->run->cancel,
                            .reader = m->reader,
                            .contact = m->peer,
                            .result = &m->counts};
    m->lp->pull = &m->pull;
    m->lp->log = m->log;
    m->client = m->pull.client = http_client_new(m->run->cancel, why);
    if (!m->client)
        return -1;
    http_client_stop_on(m->client, &m->stop);
    return 0;
}

static bool is_tired(const struct file_checking *run, row_id nid)
{
    for (size_t i = 0; i < run->tireds; i++)
        if (run->tired[i] == nid)
            return true;
    return run->tireds == SYNC_TIRED_MAX || run->asking_ms >= ASKING_MS;
}

/* Whoever can't be reached, or doesn't answer in time, is not waited for again and again. */
static void note_tired(struct file_checking *run, row_id nid, const struct problem *failed)
{
    if (source_is_failing(failed) && run->tireds < SYNC_TIRED_MAX)
        run->tired[run->tireds++] = nid;
}

/* A full bundle as a file, that one of the edge as a run: partial files come and go. */
static void name_part(struct part *part, const struct cs_tile *tile, bool run)
{
    char what[64];
    uint64_t first = tile->index * CS_BUNDLE_WIDTH;

    if (!run) {
        part_tile(part, tile);
        return;
    }
    snprintf(what, sizeof what, "entries/%" PRIu64 "-%" PRIu64, first, first + tile->width);
    part_init(part, what, CS_BUNDLE_GZIP_MAX);
}

static int try_part(struct mending *m, struct source *source, const struct cs_tile *tile, bool run,
                    bool *done, struct problem *why)
{
    struct problem unused = PROBLEM_INIT;
    uint64_t start = clock_monotonic_ms();
    struct part part;
    int rc = 0, got;

    if (is_tired(m->run, m->peer->row.node.nid) || atomic_load(&m->stop))
        return 0;
    name_part(&part, tile, run);
    got = source->get(source, m->lp, &part, 1, &unused);
    m->run->asking_ms += clock_monotonic_ms() - start;
    note_tired(m->run, m->peer->row.node.nid, &unused);
    if (got == 0 && part.state == PART_HERE)
        rc = log_put_back(m->setup->home, m->reader, &m->log, tile, cs_buffer_span(&part.bytes),
                          done, why);
    else
        log_line(LOG_LEVEL_DEBUG, "sync", "%s", unused.message);
    parts_free(&part, 1);
    return rc;
}

static int ask_peer(struct mending *m, row_id nid, const struct cs_tile *tile, bool *done,
                    struct problem *why)
{
    bool bundle = tile->level == CS_TILE_LEVEL_ENTRIES, found;
    struct problem unused = PROBLEM_INIT;
    struct http_source source;
    struct peer_row row;

    if (store_peer_get(m->reader, nid, &row, &found, why))
        return -1;
    if (!found || row.state == PEER_BLOCKED || is_tired(m->run, nid) ||
        peering_contact(m->reader, &row, m->peer, &unused))
        return 0;
    source_http(&source, m->client, m->peer);
    source.relay = nid != m->log.nid;
    source.source.live = !source.relay;
    if (!(bundle && tile->width < CS_BUNDLE_WIDTH) &&
        (try_part(m, &source.source, tile, false, done, why) || *done))
        return *done ? 0 : -1;
    return bundle ? try_part(m, &source.source, tile, true, done, why) : 0;
}

static int ask_peers(struct mending *m, const struct cs_tile *tile, struct file_finding *finding,
                     struct problem *why)
{
    row_id nid[PEERS_ASKED + 1];
    size_t n;

    if (tile->level == LOG_SUMS)
        return 0;
    if (prepare(m, why) ||
        store_relay_pick(m->reader, m->log.lid, m->log.nid, PEERS_ASKED, nid + 1, &n, why))
        return -1;
    /* The publisher first; of a restricted log nobody else is told. */
    nid[0] = m->log.nid;
    n = m->log.audience == AUDIENCE_PUBLIC ? n : 0;
    for (size_t i = m->log.nid == STORE_SELF; i <= n && !finding->mended; i++)
        if (ask_peer(m, nid[i], tile, &finding->mended, why))
            return -1;
    if (finding->mended)
        strcpy(finding->from, m->peer->row.node.name);
    return 0;
}

/* ---- all of a log */

static int mend_one(struct mending *m, const struct log_damage *damage,
                    struct file_finding *finding, struct problem *why)
{
    if (problem_is(&damage->why, "log_entries_missing"))
        return m->log.nid == STORE_SELF
                   ? ask_peers(m, &damage->tile, finding, why)
                   : blank_remember(m->setup, m->reader, &m->log, &damage->tile, why);
    if (log_mend(m->setup->home, &m->log, damage, &finding->mended, why))
        return -1;
    return finding->mended ? 0 : ask_peers(m, &damage->tile, finding, why);
}

/* One scan. *again: something was put back, by which more may be found. */
static int scan(struct mending *m, bool *again, struct problem *why)
{
    *again = false;
    m->damages = 0;
    if (log_scan(m->setup->home, &m->log, collect, m, why) ||
        blank_look(m->setup->home, m->reader, &m->log, collect, m, why))
        return -1;
    for (size_t i = 0; i < m->damages; i++) {
        struct file_finding finding = {.why = m->damage[i].why};

        if (m->run->mend && mend_one(m, &m->damage[i], &finding, why))
            return -1;
        *again = *again || finding.mended;
        if (finding.mended || !m->run->mend)
            m->run->each(m->run->arg, &finding);
    }
    return 0;
}

/* What could not be put back is told once, when nothing more can be. */
static void tell_rest(struct mending *m)
{
    for (size_t i = 0; m->run->mend && i < m->damages; i++) {
        struct file_finding finding = {.why = m->damage[i].why};

        m->run->each(m->run->arg, &finding);
    }
}

int sync_check_files(const struct sync_setup *setup, row_id lid, struct file_checking *run,
                     struct problem *why)
{
    struct mending m = {.setup = setup, .run = run};
    bool found = false, again = true, own;
    int rc = -1;

    if (!(m.reader = store_reader(setup->store, why)) ||
        store_log_get(m.reader, lid, &m.log, &found, why))
        goto out;
    if (!found) {
        rc = 0;
        goto out;
    }
    own = m.log.nid == STORE_SELF;
    if (own && setup->catalogue)
        catalogue_hold(setup->catalogue);
    else if (!own)
        busy_enter(m.log.nid, &m.stop);
    /* Nobody writes it from here on. */
    rc = store_log_get(m.reader, lid, &m.log, &found, why);
    for (int round = 0; rc == 0 && found && again && round < ROUNDS; round++)
        rc = scan(&m, &again, why);
    if (rc == 0 && !again)
        tell_rest(&m);
    if (own && setup->catalogue)
        catalogue_release(setup->catalogue);
    else if (!own)
        busy_leave(m.log.nid);
out:
    http_client_free(m.client);
    store_reader_free(m.reader);
    memory_free(m.lp);
    memory_free(m.peer);
    memory_free(m.damage);
    return rc;
}
