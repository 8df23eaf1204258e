/*
 * What this node saw of others' public shelves: the newest checkpoints that it cosigned, and how far it has
 * applied each. For publishers a receipt, for everybody else something to compare with.
 */
#include <commonshelf/encode.h>

#include "peer_api/internal.h"

/* The one parameter: since=T, a time. False after it has answered the exchange. */
static bool read_since(struct http_exchange *x, uint64_t *since)
{
    static const char *const known[] = {"since", NULL};
    struct http_query query;
    struct cs_span value;
    bool good = http_query_read(http_request(x)->query, &query) == 0;

    *since = 0;
    if (!good)
        http_answer_problem(x, 400, "malformed", NULL);
    else if (!(good = http_query_only(&query, known)))
        http_answer_problem(x, 400, "unknown_parameter", NULL);
    else if (http_query_get(&query, "since", &value) &&
             !(good = cs_decimal_read(value, CS_TIME_MAX, since) == CS_OK))
        http_answer_problem(x, 400, "malformed", NULL);
    http_query_free(&query);
    return good;
}

static int write_note(struct peer_api *api, struct reader *r, uint64_t since,
                      struct cs_buffer *note, struct problem *why)
{
    struct cs_seen_log *rows = memory_new(CS_SEEN_LOGS_MAX * sizeof *rows);
    struct cs_buffer text = {.alloc = memory_allocator()};
    uint64_t now = clock_now();
    size_t n;
    int rc = -1;

    if (!rows) {
        problem_no_memory(why);
        goto out;
    }
    if (store_seen_list(r, since, rows, CS_SEEN_LOGS_MAX, &n, why))
        goto out;
    cs_seen_begin(&text, signer_node(api->signer), now);
    for (size_t i = 0; i < n; i++)
        cs_seen_add(&text, &rows[i]);
    rc = text.failed
             ? problem_no_memory(why)
             : signer_note(api->signer, STATEMENT_SEEN, cs_buffer_span(&text), now, note, why);
out:
    cs_buffer_free(&text);
    memory_free(rows);
    return rc;
}

void api_seen(struct http_exchange *x, void *arg)
{
    struct peer_api *api = arg;
    struct cs_buffer note = {.alloc = memory_allocator()};
    struct problem why = PROBLEM_INIT;
    struct reader *r;
    uint64_t since;

    if (!read_since(x, &since) || !(r = api_reader(api, x)))
        return;
    if (write_note(api, r, since, &note, &why))
        api_failed(x, &why);
    else
        api_answer_note(x, cs_buffer_span(&note), API_NOTE_SECONDS);
    cs_buffer_free(&note);
}

#define HEX 64 /* a SHA-256 in digits */

/* "HEX/checkpoint" into a string of digits. */
static bool read_hex(struct cs_span path, char hex[HEX + 1])
{
    static const char tail[] = "/checkpoint";
    unsigned char hash[CS_HASH];

    if (path.n != HEX + sizeof tail - 1 || memcmp(path.p + HEX, tail, sizeof tail - 1) != 0 ||
        cs_hex_read(cs_span_make(path.p, HEX), hash, sizeof hash) != CS_OK)
        return false;
    memcpy(hex, path.p, HEX);
    hex[HEX] = '\0';
    return true;
}

void api_seen_checkpoint(struct http_exchange *x, void *arg)
{
    struct peer_api *api = arg;
    struct cs_buffer note = {.alloc = memory_allocator()};
    struct cs_span path = http_request(x)->path;
    size_t prefix = sizeof "/csh/v1/seen/" - 1;
    struct problem why = PROBLEM_INIT;
    struct cs_seen_log seen;
    char hex[HEX + 1];
    struct reader *r;
    bool found = false;
    int rc = 0;

    if (api_has_query(x) || !(r = api_reader(api, x)))
        return;
    if (read_hex(cs_span_make(path.p + prefix, path.n - prefix), hex))
        rc = store_seen_followed(r, hex, &seen, &note, &found, &why);
    api_answer_found(x, rc, found, cs_buffer_span(&note), API_NOTE_SECONDS, &why);
    cs_buffer_free(&note);
}
