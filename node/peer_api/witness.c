/*
 * POST add-checkpoint (c2sp.org/tlog-witness): cosigns checkpoints of the origins that this node follows.
 * Whoever brings one need not say who it is: the checkpoint is signed.
 */
#include <inttypes.h>
#include <stdio.h>

#include "peer_api/internal.h"

#define SIZE_TYPE "text/x.tlog.size"
#define LINE_TYPE "text/plain; charset=utf-8"

static void conflict(struct http_exchange *x, uint64_t size)
{
    char text[24];

    snprintf(text, sizeof text, "%" PRIu64 "\n", size);
    http_answer(x, 409, SIZE_TYPE, cs_span_of(text));
}

static void answer(struct http_exchange *x, enum witnessed result, uint64_t size,
                   struct cs_buffer *line)
{
    http_set_header(x, "Cache-Control", "no-store");
    switch (result) {
    case WITNESSED:
        http_answer_buffer(x, 200, LINE_TYPE, line);
        break;
    case WITNESS_UNKNOWN:
        http_answer_problem(x, 404, "not_found", NULL);
        break;
    case WITNESS_FORBIDDEN:
        http_answer_problem(x, 403, "bad_signature", NULL);
        break;
    case WITNESS_CONFLICT:
        conflict(x, size);
        break;
    case WITNESS_WRONG_PROOF:
        http_answer_problem(x, 422, "wrong_proof", NULL);
        break;
    case WITNESS_MALFORMED:
        http_answer_problem(x, 400, "malformed", NULL);
        break;
    }
}

static void work(struct http_exchange *x, void *arg)
{
    struct peer_api *api = arg;
    struct sync_setup setup = {
        .home = api->home, .store = api->store, .peering = api->peering, .signer = api->signer};
    struct cs_add_checkpoint *ask = arena_take(http_arena(x), sizeof *ask);
    struct cs_buffer line = {.alloc = memory_allocator()};
    struct problem why = PROBLEM_INIT;
    struct reader *r = api_reader(api, x);
    enum witnessed result;
    enum cs_status status;
    uint64_t size = 0;

    if (!r)
        return;
    if (!ask) {
        problem_no_memory(&why);
        api_failed(x, &why);
        return;
    }
    status = cs_add_checkpoint_read(http_request(x)->body, ask);
    if (status != CS_OK)
        http_answer_problem(x, status == CS_WRONG_HASH ? 422 : 400, cs_status_code(status), NULL);
    else if (sync_witness(&setup, r, ask, &result, &size, &line, &why))
        api_failed(x, &why);
    else
        answer(x, result, size, &line);
    cs_buffer_free(&line);
}

void api_add_checkpoint(struct http_exchange *x, void *arg)
{
    if (!api_has_query(x))
        http_defer(x, work, arg);
}
