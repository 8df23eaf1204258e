/*
 * Keysets: reading, writing, and the chain from the genesis keyset whose hash names the node.
 */
#include <commonshelf/keyset.h>

#include "protocol/text.h"

#include <commonshelf/checkpoint.h>
#include <commonshelf/encode.h>

#include <inttypes.h>

#include <stdio.h>

#define NODE_ID_PREFIX "cs1"
#define NODE_ID_PREFIX_LEN (sizeof(NODE_ID_PREFIX) - 1)

enum cs_status cs_node_id_read(struct cs_span text, struct cs_node_id *out)
{
    unsigned char hash[CS_HASH];

    if (text.n != CS_NODE_ID_LEN || memcmp(text.p, NODE_ID_PREFIX, NODE_ID_PREFIX_LEN) != 0)
        return CS_MALFORMED;
    if (cs_base32_read(
            cs_span_make(text.p + NODE_ID_PREFIX_LEN, CS_NODE_ID_LEN - NODE_ID_PREFIX_LEN), hash,
            sizeof(hash)))
        return CS_MALFORMED;
    return cs_text_copy(text, out->s, sizeof(out->s));
}

bool cs_node_id_equal(const struct cs_node_id *a, const struct cs_node_id *b)
{
    return memcmp(a->s, b->s, CS_NODE_ID_LEN) == 0;
}

const char *cs_role_name(enum cs_role role)
{
    switch (role) {
    case CS_ROLE_ROOT:
        return "root";
    case CS_ROLE_LOG:
        return "log";
    case CS_ROLE_AUTH:
        return "auth";
    case CS_ROLE_WITNESS:
        return "witness";
    }
    return "";
}

void cs_keyset_write(const struct cs_keyset *keyset, struct cs_buffer *out)
{
    cs_buffer_add_text(out, "commonshelf/keyset/v1\n");
    cs_text_add_number(out, "version", keyset->version);
    cs_text_add_bytes_or_none(out, "prev", keyset->prev.b, CS_HASH);
    cs_text_add_number(out, "issued", keyset->issued);
    cs_text_add_number(out, "expires", keyset->expires);
    cs_text_add_number(out, "threshold", keyset->threshold);
    for (size_t i = 0; i < keyset->roots; i++)
        cs_text_add_bytes(out, "root", keyset->root[i].b, CS_KEY_PUBLIC);
    cs_text_add_bytes(out, "log", keyset->log.b, CS_KEY_PUBLIC);
    cs_text_add_bytes(out, "auth", keyset->auth.b, CS_KEY_PUBLIC);
    cs_text_add_bytes(out, "witness", keyset->witness.b, CS_KEY_PUBLIC);
    if (keyset->has_gov)
        cs_text_add_bytes(out, "gov", keyset->gov.b, CS_KEY_PUBLIC);
    for (size_t i = 0; i < keyset->retires; i++) {
        const struct cs_retired *r = &keyset->retired[i];

        cs_buffer_printf(out, "retire %s %" PRIu64 " ", r->origin, r->size);
        cs_base64_add(out, cs_span_make(r->root.b, CS_HASH));
        cs_buffer_add_byte(out, '\n');
    }
}

/* True if the next line begins with this, its space included. */
static bool at_line(struct cs_span rest, const char *word)
{
    size_t n = strlen(word);

    return rest.n >= n && memcmp(rest.p, word, n) == 0;
}

static enum cs_status read_head(struct cs_span *rest, struct cs_keyset *out)
{
    uint64_t threshold;

    if (cs_text_number(rest, "version", CS_KEYSET_CHAIN_MAX, &out->version) || out->version == 0 ||
        cs_text_bytes_or_none(rest, "prev", out->prev.b, CS_HASH) ||
        cs_text_number(rest, "issued", CS_TIME_MAX, &out->issued) ||
        cs_text_number(rest, "expires", CS_TIME_MAX, &out->expires) ||
        out->expires <= out->issued ||
        cs_text_number(rest, "threshold", CS_KEYSET_ROOTS_MAX, &threshold))
        return CS_MALFORMED;
    out->threshold = (unsigned)threshold;
    return CS_OK;
}

static enum cs_status read_keys(struct cs_span *rest, struct cs_keyset *out)
{
    for (out->roots = 0; at_line(*rest, "root "); out->roots++) {
        if (out->roots == CS_KEYSET_ROOTS_MAX ||
            cs_text_bytes(rest, "root", out->root[out->roots].b, CS_KEY_PUBLIC))
            return CS_MALFORMED;
    }
    if (cs_text_bytes(rest, "log", out->log.b, CS_KEY_PUBLIC) ||
        cs_text_bytes(rest, "auth", out->auth.b, CS_KEY_PUBLIC) ||
        cs_text_bytes(rest, "witness", out->witness.b, CS_KEY_PUBLIC))
        return CS_MALFORMED;
    out->has_gov = at_line(*rest, "gov ");
    if (!out->has_gov)
        memset(&out->gov, 0, sizeof(out->gov));
    return out->has_gov ? cs_text_bytes(rest, "gov", out->gov.b, CS_KEY_PUBLIC) : CS_OK;
}

/* "ORIGIN SIZE ROOT". */
static enum cs_status read_retired(struct cs_span value, struct cs_retired *out)
{
    struct cs_span origin, size, root;
    char shelf[CS_SHELF_NAME_MAX + 1];
    struct cs_node_id node;
    struct cs_hash empty;
    uint64_t epoch;

    if (!cs_note_field(value, &origin, &size) || !cs_note_field(size, &size, &root) ||
        cs_origin_read(origin, &node, shelf, &epoch) ||
        cs_text_copy(origin, out->origin, sizeof(out->origin)) ||
        cs_decimal_read(size, CS_LOG_SIZE_MAX, &out->size) ||
        cs_base64_read(root, out->root.b, CS_HASH))
        return CS_MALFORMED;
    cs_merkle_empty(&empty);
    return out->size == 0 && memcmp(out->root.b, empty.b, CS_HASH) != 0 ? CS_WRONG_HASH : CS_OK;
}

/* A genesis keyset can't name its own logs; and nobody ends another node's. */
static enum cs_status read_retires(struct cs_span *rest, struct cs_keyset *out)
{
    for (out->retires = 0; at_line(*rest, "retire "); out->retires++) {
        struct cs_retired *r = &out->retired[out->retires];
        struct cs_span value;
        enum cs_status status;

        if (out->version == 1 || out->retires == CS_KEYSET_RETIRED_MAX)
            return CS_MALFORMED;
        if ((status = cs_text_value(rest, "retire", &value)) != CS_OK ||
            (status = read_retired(value, r)) != CS_OK)
            return status;
        if (memcmp(r->origin, out->retired[0].origin, CS_NODE_ID_LEN) != 0)
            return CS_WRONG_ORIGIN;
        for (size_t i = 0; i < out->retires; i++) {
            if (strcmp(out->retired[i].origin, r->origin) == 0)
                return CS_MALFORMED;
        }
    }
    return CS_OK;
}

/* Every key is usable and stands in one place only: a root listed twice would count twice. */
static enum cs_status check_keys(const struct cs_keyset *keyset)
{
    const struct cs_public_key *key[CS_KEYSET_ROOTS_MAX + 4];
    size_t n = 0;

    for (size_t i = 0; i < keyset->roots; i++)
        key[n++] = &keyset->root[i];
    key[n++] = &keyset->log;
    key[n++] = &keyset->auth;
    key[n++] = &keyset->witness;
    if (keyset->has_gov)
        key[n++] = &keyset->gov;
    for (size_t i = 0; i < n; i++) {
        enum cs_status status = cs_key_check(key[i]);

        if (status)
            return status;
        for (size_t k = 0; k < i; k++) {
            if (memcmp(key[i]->b, key[k]->b, CS_KEY_PUBLIC) == 0)
                return CS_MALFORMED;
        }
    }
    return CS_OK;
}

static enum cs_status parse(const struct cs_note *note, struct cs_keyset *out)
{
    static const struct cs_hash none;
    struct cs_span rest = note->text;
    enum cs_status status = cs_text_type(&rest, "keyset");
    bool first;

    if (status == CS_OK)
        status = read_head(&rest, out);
    if (status == CS_OK)
        status = read_keys(&rest, out);
    if (status == CS_OK)
        status = read_retires(&rest, out);
    if (status)
        return status;
    first = memcmp(out->prev.b, none.b, CS_HASH) == 0;
    if (rest.n > 0 || first != (out->version == 1) || out->threshold == 0 ||
        out->threshold > out->roots)
        return CS_MALFORMED;
    cs_sha256(note->text, &out->text_hash);
    return check_keys(out);
}

/* CS_OK if enough of the keyset's roots signed the note; a bad signature by one spoils it. */
static enum cs_status check_threshold(const struct cs_note *note, const struct cs_keyset *keyset)
{
    unsigned good = 0;

    for (size_t i = 0; i < keyset->roots; i++) {
        struct cs_note_key key = {cs_span_of(cs_role_name(CS_ROLE_ROOT)), CS_NOTE_ED25519,
                                  keyset->root[i]};
        enum cs_status status = cs_note_verify(note, &key, NULL);

        if (status == CS_OK)
            good++;
        else if (status != CS_NO_SIGNATURE)
            return status;
    }
    return good >= keyset->threshold ? CS_OK : CS_NO_SIGNATURE;
}

enum cs_status cs_keyset_read(struct cs_span bytes, struct cs_keyset *out)
{
    struct cs_note note;
    enum cs_status status = cs_note_parse(bytes, CS_NOTE_MAX, &note);

    if (status == CS_OK)
        status = parse(&note, out);
    if (status == CS_OK)
        status = check_threshold(&note, out);
    return status;
}

enum cs_status cs_keyset_node_id(const struct cs_keyset *genesis, struct cs_node_id *out)
{
    struct cs_buffer text = CS_BUFFER_INIT;
    enum cs_status status;

    if (genesis->version != 1)
        return CS_WRONG_CHAIN;
    cs_buffer_add_text(&text, NODE_ID_PREFIX);
    cs_base32_add(&text, cs_span_make(genesis->text_hash.b, CS_HASH));
    status = cs_buffer_status(&text);
    if (status == CS_OK)
        status = cs_text_copy(cs_buffer_span(&text), out->s, sizeof(out->s));
    cs_buffer_free(&text);
    return status;
}

enum cs_status cs_keyset_follows(const struct cs_keyset *now, struct cs_span bytes,
                                 const struct cs_keyset *next)
{
    struct cs_note note;
    struct cs_hash hash;
    enum cs_status status = cs_note_parse(bytes, CS_NOTE_MAX, &note);

    if (status)
        return status;
    /* Signatures of another text must not count for this keyset. */
    cs_sha256(note.text, &hash);
    if (memcmp(hash.b, next->text_hash.b, CS_HASH) != 0)
        return CS_WRONG_HASH;
    if (next->version != now->version + 1 || memcmp(next->prev.b, now->text_hash.b, CS_HASH) != 0)
        return CS_WRONG_CHAIN;
    return check_threshold(&note, now);
}

enum cs_status cs_keyset_rank(const struct cs_keyset *now, struct cs_span bytes, size_t *rank)
{
    struct cs_note note;
    enum cs_status status = cs_note_parse(bytes, CS_NOTE_MAX, &note);

    for (size_t i = 0; status == CS_OK && i < now->roots; i++) {
        struct cs_note_key key = {cs_span_of(cs_role_name(CS_ROLE_ROOT)), CS_NOTE_ED25519,
                                  now->root[i]};

        status = cs_note_verify(&note, &key, NULL);
        if (status == CS_OK) {
            *rank = i;
            return CS_OK;
        }
        if (status == CS_NO_SIGNATURE)
            status = CS_OK;
    }
    return status == CS_OK ? CS_NO_SIGNATURE : status;
}

void cs_keyset_key(const struct cs_keyset *keyset, const struct cs_node_id *node, enum cs_role role,
                   const char *origin, char name[CS_NOTE_NAME_MAX + 1], struct cs_note_key *out)
{
    const struct cs_public_key *keys[CS_ROLES] = {&keyset->root[0], &keyset->log, &keyset->auth,
                                                  &keyset->witness};

    if (role == CS_ROLE_ROOT)
        snprintf(name, CS_NOTE_NAME_MAX + 1, "%s", cs_role_name(role));
    else if (role == CS_ROLE_LOG && origin)
        snprintf(name, CS_NOTE_NAME_MAX + 1, "%s", origin);
    else
        snprintf(name, CS_NOTE_NAME_MAX + 1, "%s/%s", node->s, cs_role_name(role));
    out->name = cs_span_of(name);
    out->type = role == CS_ROLE_WITNESS ? CS_NOTE_COSIGNATURE : CS_NOTE_ED25519;
    out->key = *keys[role];
}
