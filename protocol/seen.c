/*
 * Seen notes.
 */
#include <commonshelf/seen.h>

#include <commonshelf/encode.h>

#include <inttypes.h>

#include "protocol/text.h"

void cs_seen_begin(struct cs_buffer *out, const struct cs_node_id *node, uint64_t time)
{
    cs_buffer_add_text(out, "commonshelf/seen/v1\n");
    cs_text_add(out, "node", node->s);
    cs_text_add_number(out, "time", time);
}

void cs_seen_add(struct cs_buffer *out, const struct cs_seen_log *log)
{
    cs_buffer_printf(out, "log %s %" PRIu64 " ", log->origin, log->size);
    cs_base64_add(out, cs_span_make(log->root.b, CS_HASH));
    cs_buffer_printf(out, " %" PRIu64 " applied %" PRIu64 "\n", log->time, log->applied);
}

void cs_seen_key(const struct cs_keyset *keyset, const struct cs_node_id *node,
                 char name[CS_NOTE_NAME_MAX + 1], struct cs_note_key *out)
{
    cs_keyset_key(keyset, node, CS_ROLE_WITNESS, NULL, name, out);
    out->type = CS_NOTE_ED25519;
}

/* Takes one word and the space behind it; the last word has none. */
static struct cs_span next_word(struct cs_span *rest)
{
    const unsigned char *space = rest->n ? memchr(rest->p, ' ', rest->n) : NULL;
    struct cs_span word = *rest;

    if (!space) {
        *rest = cs_span_make(NULL, 0);
        return word;
    }
    word.n = (size_t)(space - rest->p);
    *rest = cs_span_make(space + 1, rest->n - word.n - 1);
    return word;
}

static bool read_log(struct cs_span value, struct cs_seen_log *out)
{
    struct cs_span origin = next_word(&value), size = next_word(&value), root = next_word(&value);
    struct cs_span time = next_word(&value), applied = next_word(&value);
    char shelf[CS_SHELF_NAME_MAX + 1];
    struct cs_node_id node;
    uint64_t epoch;

    if (cs_origin_read(origin, &node, shelf, &epoch) ||
        cs_decimal_read(size, CS_LOG_SIZE_MAX, &out->size) ||
        cs_base64_read(root, out->root.b, CS_HASH) ||
        cs_decimal_read(time, CS_TIME_MAX, &out->time) || !cs_span_is(applied, "applied") ||
        cs_decimal_read(value, CS_LOG_SIZE_MAX, &out->applied))
        return false;
    memcpy(out->origin, origin.p, origin.n);
    out->origin[origin.n] = '\0';
    return true;
}

bool cs_seen_next(struct cs_span *logs, struct cs_seen_log *out)
{
    struct cs_span value;

    return logs->n > 0 && cs_text_value(logs, "log", &value) == CS_OK && read_log(value, out);
}

/* Behind the head: nothing but logs, not too many, each once and in order. */
static enum cs_status check_logs(struct cs_span logs)
{
    struct cs_seen_log log, before = {.size = 0};

    for (size_t n = 0; logs.n > 0; n++) {
        if (n == CS_SEEN_LOGS_MAX)
            return CS_TOO_LARGE;
        if (!cs_seen_next(&logs, &log) || log.time < before.time ||
            (log.time == before.time && strcmp(log.origin, before.origin) <= 0))
            return CS_MALFORMED;
        before = log;
    }
    return CS_OK;
}

enum cs_status cs_seen_read(struct cs_span bytes, const struct cs_node_id *node,
                            const struct cs_keyset *keyset, uint64_t *time, struct cs_span *logs)
{
    char name[CS_NOTE_NAME_MAX + 1];
    struct cs_node_id whose;
    struct cs_note_key key;
    struct cs_span rest;
    struct cs_note note;
    enum cs_status status;
    uint64_t when;

    status = cs_note_parse(bytes, CS_SEEN_MAX, &note);
    if (status)
        return status;
    rest = note.text;
    status = cs_text_type(&rest, "seen");
    if (status)
        return status;
    if (cs_text_node(&rest, "node", &whose) || cs_text_number(&rest, "time", CS_TIME_MAX, &when))
        return CS_MALFORMED;
    if (!cs_node_id_equal(&whose, node))
        return CS_WRONG_ORIGIN;
    cs_seen_key(keyset, node, name, &key);
    status = cs_note_verify(&note, &key, NULL);
    if (status == CS_OK)
        status = check_logs(rest);
    if (status)
        return status;
    *time = when;
    *logs = rest;
    return CS_OK;
}
