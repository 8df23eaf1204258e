/*
 * Own logs brought to the peers that relay for this node, because nobody can come and get them: a little at a
 * time, each piece small enough for a slow line, from where the relay says that it is.
 */
#include <commonshelf/encode.h>
#include <commonshelf/frames.h>

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "sync/internal.h"

#define PIECE_BYTES 131072 /* of bundles in a deposit, beside the last: 17 s at 64 kbit/s */
#define ANSWER_MAX 4096 /* a number, or a problem document */
#define DEADLINE_MS 120000

struct depositing {
    const struct sync_setup *setup;
    const atomic_bool *cancel;
    struct reader *reader;
    struct http_client *client;
    struct contact *relay;
    uint64_t profile; /* version of the own one */
    uint64_t bytes;
};

/* ---- one exchange */

static int no_consent(struct depositing *d, struct problem *why)
{
    problem_clear(why);
    return problem_set(
        why, "no_consent",
        _("\"%s\" does not relay for this institution, so nobody finds its catalogue "
          "there. Ask them to run: commonshelf peer set %s --relay-for yes"),
        d->relay->row.node.name, signer_node(d->setup->signer)->s);
}

static int ask(struct depositing *d, const struct peer_question *question, uint64_t *held,
               struct problem *why)
{
    struct http_fetch *answer = NULL;
    struct cs_span text;
    int rc = -1;

    if (peering_ask(d->setup->peering, d->client, d->relay, question, &answer, why))
        return problem_is(why, "blocked_there") ? no_consent(d, why) : -1;
    text = cs_buffer_span(&answer->received);
    if (text.n < 2 || text.p[text.n - 1] != '\n' ||
        cs_decimal_read(cs_span_make(text.p, text.n - 1), CS_LOG_SIZE_MAX, held) != CS_OK)
        problem_status(why, CS_MALFORMED, _("what the relay says that it has"));
    else
        rc = 0;
    http_fetch_free(answer);
    return rc;
}

static int ask_held(struct depositing *d, const char *origin, uint64_t *held, struct problem *why)
{
    struct peer_question question = {.cap = ANSWER_MAX};
    char path[128], hex[65];

    cs_origin_directory(origin, hex);
    snprintf(path, sizeof path, "/csh/v1/deposit/%s", hex);
    question.path = path;
    return ask(d, &question, held, why);
}

/* Identity, checkpoint, spine, and bundles from the one that holds entry `from` on. */
static int make_piece(struct depositing *d, const struct log_row *log, uint64_t from,
                      struct cs_buffer *body, struct problem *why)
{
    struct bundle_wanted wanted = {
        .shelf = log->shelf, .since = from, .most = PIECE_BYTES, .logs_only = true};
    const char *name = "deposit";
    struct bundle_out out = {0};
    unsigned char *at;
    size_t got;
    int fd = file_in_memory(name, why), rc = -1;

    if (fd < 0)
        return -1;
    if (bundle_export(d->setup, fd, name, &wanted, d->cancel, NULL, NULL, &out, why))
        goto out;
    if (out.bytes > CS_DEPOSIT_MAX)
        problem_status(why, CS_TOO_LARGE, _("what is to be deposited"));
    else if (!(at = cs_buffer_reserve(body, (size_t)out.bytes)))
        problem_no_memory(why);
    else if ((rc = file_read_at(fd, name, 0, at, (size_t)out.bytes, &got, why)) == 0)
        body->n += got;
out:
    bundle_out_free(&out);
    close(fd);
    return rc;
}

static int send_piece(struct depositing *d, const struct log_row *log, uint64_t from,
                      uint64_t *held, struct problem *why)
{
    struct cs_buffer body = {.alloc = memory_allocator()};
    struct peer_question question = {.path = "/csh/v1/deposit",
                                     .content_type = CS_FRAMES_TYPE,
                                     .cap = ANSWER_MAX,
                                     .deadline_ms = DEADLINE_MS};
    int rc = make_piece(d, log, from, &body, why);

    question.body = cs_buffer_span(&body);
    d->bytes += body.n;
    if (rc == 0)
        rc = ask(d, &question, held, why);
    cs_buffer_free(&body);
    return rc;
}

/* ---- one log */

static int note_deposit(struct depositing *d, const struct log_row *log, struct problem *why)
{
    const struct deposit_row row = {
        .size = log->checkpoint_size, .time = log->as_of, .profile = d->profile, .at = clock_now()};
    struct transaction *t = store_begin(d->setup->store, why);

    if (!t || store_deposit_put(t, log->origin, d->relay->row.node.nid, &row, why) ||
        store_commit(&t, why)) {
        store_rollback(&t);
        return -1;
    }
    return 0;
}

static int stuck(struct depositing *d, uint64_t held, struct problem *why)
{
    return problem_set(
        why, "not_taken",
        _("\"%s\" answers, but has not taken what was sent to it: it still says that "
          "it has %" PRIu64 " entries. It is tried again later."),
        d->relay->row.node.name, held);
}

/* All of it that the relay has not. The first piece brings checkpoint and profile, however much is held. */
static int deposit_log(struct depositing *d, const struct log_row *log, struct problem *why)
{
    uint64_t held, before;

    if (ask_held(d, log->origin, &held, why))
        return -1;
    do {
        before = held;
        if (held > log->checkpoint_size)
            return stuck(d, held, why);
        if (send_piece(d, log, before, &held, why))
            return -1;
        if (held <= before && held < log->checkpoint_size)
            return stuck(d, held, why);
    } while (held < log->checkpoint_size);
    return note_deposit(d, log, why);
}

static int is_there(struct depositing *d, const struct log_row *log, bool *is, struct problem *why)
{
    struct deposit_row row;

    if (store_deposit_get(d->reader, log->origin, d->relay->row.node.nid, &row, is, why))
        return -1;
    *is = *is && row.size == log->checkpoint_size && row.time == log->as_of &&
          row.profile == d->profile;
    return 0;
}

/* ---- one relay */

static int deposit_logs(struct depositing *d, const struct log_row *log, size_t n,
                        struct problem *why)
{
    struct viewer anybody = {.kind = VIEWER_ANONYMOUS};

    for (size_t i = 0; i < n; i++) {
        struct shelf_row shelf;
        bool found, there;

        if (log[i].superseded || log[i].checkpoint_size == 0 || log[i].state != LOG_OK)
            continue;
        if (store_shelf_find(d->reader, log[i].shelf, &shelf, &found, why))
            return -1;
        if (!found || shelf.lid != log[i].lid ||
            !catalogue_allows(anybody, ACTION_READ, STORE_SELF, shelf.audience))
            continue;
        if (is_there(d, &log[i], &there, why) || (!there && deposit_log(d, &log[i], why)))
            return -1;
    }
    return 0;
}

static int note_result(struct depositing *d, const struct problem *failed, struct problem *why)
{
    struct transaction *t = store_begin(d->setup->store, why);

    if (!t ||
        store_deposit_result(t, d->relay->row.node.nid, failed->code ? failed->message : "", why) ||
        store_commit(&t, why)) {
        store_rollback(&t);
        return -1;
    }
    return 0;
}

/* -1 only for this node's own failures. */
static int deposit_at(struct depositing *d, const struct peer_row *row, const struct log_row *log,
                      size_t n, struct sync_deposited *out, struct problem *why)
{
    uint64_t before = d->bytes;

    out->id = row->node.id;
    strcpy(out->name, row->node.name);
    if (peering_contact(d->reader, row, d->relay, &out->why) == 0)
        out->well = deposit_logs(d, log, n, &out->why) == 0;
    out->bytes = d->bytes - before;
    if (!out->well && pull_is_own_failure(&out->why)) {
        *why = out->why;
        return -1;
    }
    return problem_is(&out->why, "cancelled") ? 0 : note_result(d, &out->why, why);
}

/* ---- all of them */

/* *needed false where others come and get it. */
static int look_at_self(struct depositing *d, bool *needed, struct problem *why)
{
    struct node_row *self = memory_new(sizeof *self);
    int rc =
        self ? store_node_get(d->reader, STORE_SELF, self, needed, why) : problem_no_memory(why);

    if (rc == 0 && *needed) {
        d->profile = self->profile_version;
        *needed = !self->url[0] && d->profile > 0;
    }
    memory_free(self);
    return rc;
}

static int deposit_everywhere(struct depositing *d, struct sync_deposits *out, struct peer_row *row,
                              struct log_row *log, struct problem *why)
{
    size_t n, vias;
    const struct cs_node_id *via = peering_vias(d->setup->peering, &vias);

    if (store_log_list(d->reader, STORE_SELF, log, CS_PROFILE_SHELVES_MAX, &n, why))
        return -1;
    for (size_t i = 0; i < vias; i++) {
        struct node_row node;
        bool found;

        if (store_node_find(d->reader, &via[i], &node, &found, why) ||
            (found && store_peer_get(d->reader, node.nid, row, &found, why)))
            return -1;
        if (found && row->state == PEER_ACTIVE && !row->through &&
            deposit_at(d, row, log, n, &out->at[out->n++], why))
            return -1;
    }
    return 0;
}

int sync_deposit(const struct sync_setup *setup, const atomic_bool *cancel,
                 struct sync_deposits *out, struct problem *why)
{
    struct depositing d = {.setup = setup, .cancel = cancel};
    struct log_row *log = memory_new(CS_PROFILE_SHELVES_MAX * sizeof *log);
    struct peer_row *row = memory_new(sizeof *row);
    bool needed = false;
    size_t vias;
    int rc = -1;

    memset(out, 0, sizeof *out);
    peering_vias(setup->peering, &vias);
    if (!log || !row || !(d.relay = memory_new(sizeof *d.relay)))
        problem_no_memory(why);
    else if (vias == 0 || signer_held(setup->signer))
        rc = 0; /* nobody relays; or it is not known yet what this node has signed */
    else if ((d.reader = store_reader(setup->store, why)) && look_at_self(&d, &needed, why) == 0 &&
             (d.client = http_client_new(cancel, why)))
        rc = needed ? deposit_everywhere(&d, out, row, log, why) : 0;
    http_client_free(d.client);
    store_reader_free(d.reader);
    memory_free(d.relay);
    memory_free(row);
    memory_free(log);
    return rc;
}
