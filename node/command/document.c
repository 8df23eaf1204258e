#include "command/document.h"

#include <stdio.h>

json_t *document_text(const char *text)
{
    json_t *value = json_string(text);
    size_t room = strlen(text) * 4 + 1; /* "\x1b" for a byte */
    char *escaped;

    if (value)
        return value;
    escaped = memory_new(room);
    if (!escaped)
        return NULL;
    terminal_text(escaped, room, cs_span_of(text));
    value = json_string(escaped);
    memory_free(escaped);
    return value;
}

json_t *document_time(uint64_t seconds)
{
    char text[CLOCK_TEXT];

    if (!seconds)
        return json_null();
    clock_text(seconds, text);
    return json_string(text);
}

json_t *document_node(const struct cs_node_id *id, const char *name)
{
    return json_pack("{s:s,s:o}", "id", id->s, "name", document_text(name));
}

json_t *document_hash(const struct cs_hash *hash)
{
    struct cs_buffer text = {.alloc = memory_allocator()};
    json_t *value;

    cs_base64_add(&text, cs_span_make(hash->b, CS_HASH));
    value = text.failed ? NULL : json_stringn((const char *)text.p, text.n);
    cs_buffer_free(&text);
    return value;
}

const char *document_audience(enum audience audience)
{
    static const char *const words[] = {"public", "private", "nodes", "charter"};

    return words[audience];
}

/* As programs read it. */
static const char *peer_state(const struct peer_row *p)
{
    if (p->state == PEER_BLOCKED)
        return "blocked";
    if (p->node.frozen)
        return "frozen";
    return p->problem_code[0] ? "failing" : "ok";
}

static const char *state_word(const struct peer_row *p)
{
    if (p->state == PEER_BLOCKED)
        return _("blocked");
    if (p->node.frozen)
        return _("frozen");
    if (node_is_stale(&p->node, clock_agreed()))
        return _("stale");
    return p->problem_code[0] ? _("not reached") : _("in touch");
}

const char *document_peer_state(const struct peer_row *p, char out[DOCUMENT_STATE])
{
    bool well = p->state == PEER_ACTIVE && !p->node.frozen && !p->problem_code[0] &&
                !node_is_stale(&p->node, clock_agreed());

    snprintf(out, DOCUMENT_STATE, well && p->way.name[0] ? _("through %s") : "%s",
             well && p->way.name[0] ? p->way.name : state_word(p));
    return out;
}

json_t *document_peer(const struct peer_row *p)
{
    json_t *entry = json_pack(
        "{s:s,s:o,s:o,s:s,s:s,s:s,s:o,s:o,s:o,s:I,s:i,s:I,s:b,s:o,s:o,s:b,s:b}", "id", p->node.id.s,
        "name", document_text(p->node.name), "place", document_text(p->node.place), "url",
        p->node.url, "state", peer_state(p), "network", p->network, "since",
        document_time(p->since), "last_seen", document_time(p->last_seen), "last_sync",
        document_time(p->last_sync), "records", (json_int_t)(p->records + p->restricted),
        "failures", (int)p->failures, "witnessed_by", (json_int_t)p->witnesses, "stale",
        (int)node_is_stale(&p->node, clock_agreed()), "keys_expire",
        document_time(p->node.keyset_expires), "through",
        p->way.id.s[0] ? document_node(&p->way.id, p->way.name) : json_null(), "followed",
        (int)(p->through != 0), "relay_for", (int)p->relay_for);

    if (p->problem_code[0] &&
        json_object_set_new(entry, "problem",
                            json_pack("{s:s,s:o}", "code", p->problem_code, "message",
                                      document_text(p->problem)))) {
        json_decref(entry);
        return NULL;
    }
    return entry;
}

/* As programs read it. */
static const char *charter_state(const struct charter_row *row)
{
    if (row->frozen)
        return "frozen";
    return row->expires <= clock_agreed() ? "expired" : "in_force";
}

const char *document_charter_state(const struct charter_row *row)
{
    if (row->frozen)
        return _("frozen: it contradicts itself");
    return row->expires <= clock_now() ? _("expired") : _("in force");
}

json_t *document_charter(const struct charter_row *row, bool member)
{
    return json_pack("{s:s,s:s,s:I,s:o,s:o,s:s,s:b,s:o}", "id", row->id.s, "name", row->name,
                     "version", (json_int_t)row->version, "issued", document_time(row->issued),
                     "expires", document_time(row->expires), "state", charter_state(row), "member",
                     (int)member, "confirmed", document_time(row->confirmed));
}
