/*
 * Entries of a log and the bundles they stand in.
 */
#include <commonshelf/entry.h>

#include <commonshelf/encode.h>
#include <commonshelf/record.h>

#include <inttypes.h>

#include <jansson.h>

#define ENTRY_VERSION 0x01

static bool op_valid(unsigned char op)
{
    return op == CS_OP_EPOCH || op == CS_OP_PUT || op == CS_OP_WITHDRAW || op == CS_OP_REDACT;
}

enum cs_status cs_entry_write(enum cs_op op, const unsigned char salt[CS_SALT],
                              struct cs_span payload, struct cs_buffer *out)
{
    unsigned char head[CS_ENTRY_HEAD] = {ENTRY_VERSION, (unsigned char)op};

    if (!op_valid((unsigned char)op))
        return CS_MALFORMED;
    if (payload.n > CS_ENTRY_MAX - CS_ENTRY_HEAD)
        return CS_TOO_LARGE;
    memcpy(head + 2, salt, CS_SALT);
    if (!cs_buffer_reserve(out, sizeof(head) + payload.n))
        return CS_NO_MEMORY;
    cs_buffer_add(out, head, sizeof(head));
    cs_buffer_add_span(out, payload);
    return CS_OK;
}

enum cs_status cs_entry_read(struct cs_span bytes, struct cs_entry *out)
{
    if (bytes.n > CS_ENTRY_MAX)
        return CS_TOO_LARGE;
    if (bytes.n < CS_ENTRY_HEAD)
        return CS_MALFORMED;
    if (bytes.p[0] != ENTRY_VERSION)
        return CS_UNKNOWN_VERSION;
    if (!op_valid(bytes.p[1]))
        return CS_MALFORMED;
    out->op = (enum cs_op)bytes.p[1];
    out->salt = bytes.p + 2;
    out->payload = cs_span_make(bytes.p + CS_ENTRY_HEAD, bytes.n - CS_ENTRY_HEAD);
    return CS_OK;
}

enum cs_status cs_epoch_write(uint64_t epoch, const struct cs_epoch_prev *prev,
                              struct cs_buffer *payload)
{
    if (epoch < 1 || epoch > CS_VERSION_MAX || (epoch == 1) != (prev == NULL))
        return CS_MALFORMED;
    if (!prev) {
        cs_buffer_add_text(payload, "{\"epoch\":1,\"prev\":null}");
        return cs_buffer_status(payload);
    }
    cs_buffer_printf(payload,
                     "{\"epoch\":%" PRIu64 ",\"prev\":{\"origin\":\"%s\",\"size\":%" PRIu64
                     ",\"root\":\"",
                     epoch, prev->origin, prev->size);
    cs_base64_add(payload, cs_span_make(prev->root.b, CS_HASH));
    cs_buffer_printf(payload, "\",\"count\":%" PRIu64 "}}", prev->count);
    return cs_buffer_status(payload);
}

static bool is_number(const json_t *object, const char *member, uint64_t *out)
{
    const json_t *number = json_object_get(object, member);

    if (!json_is_integer(number) || json_integer_value(number) < 0)
        return false;
    *out = (uint64_t)json_integer_value(number);
    return true;
}

static bool read_prev(const json_t *prev, uint64_t epoch, struct cs_epoch_prev *out)
{
    const char *origin = json_string_value(json_object_get(prev, "origin"));
    const char *root = json_string_value(json_object_get(prev, "root"));
    char shelf[CS_SHELF_NAME_MAX + 1];
    struct cs_node_id node;
    uint64_t before;

    if (!origin || !root || cs_origin_read(cs_span_of(origin), &node, shelf, &before) != CS_OK ||
        before + 1 != epoch ||
        cs_base64_read(cs_span_of(root), out->root.b, sizeof(out->root.b)) != CS_OK ||
        !is_number(prev, "size", &out->size) || !is_number(prev, "count", &out->count))
        return false;
    if (out->size < 1 || out->size > CS_LOG_SIZE_MAX || out->count >= out->size)
        return false;
    strcpy(out->origin, origin);
    return true;
}

enum cs_status cs_epoch_read(struct cs_span payload, uint64_t epoch, struct cs_epoch_prev *prev)
{
    struct cs_epoch_prev found;
    enum cs_status status;
    const json_t *before;
    json_t *leaf = NULL;
    uint64_t number;

    memset(&found, 0, sizeof(found));
    status = cs_json_read(payload, CS_ENTRY_MAX, &leaf);
    if (status)
        return status == CS_NO_MEMORY ? status : CS_MALFORMED;
    before = json_object_get(leaf, "prev");
    if (!is_number(leaf, "epoch", &number) || number != epoch || epoch < 1 ||
        (epoch == 1 ? !json_is_null(before) : !read_prev(before, epoch, &found)))
        status = CS_MALFORMED;
    else if (prev)
        *prev = found;
    json_decref(leaf);
    return status;
}

enum cs_status cs_redaction_write(uint64_t epoch, uint64_t index, struct cs_buffer *payload)
{
    if (epoch < 1 || epoch > CS_VERSION_MAX || index < 1 || index >= CS_LOG_SIZE_MAX)
        return CS_MALFORMED;
    cs_buffer_printf(payload, "{\"epoch\":%" PRIu64 ",\"index\":%" PRIu64 "}", epoch, index);
    return cs_buffer_status(payload);
}

enum cs_status cs_redaction_read(struct cs_span payload, uint64_t epoch, uint64_t at,
                                 uint64_t *index)
{
    enum cs_status status;
    uint64_t in, target;
    json_t *leaf = NULL;

    status = cs_json_read(payload, CS_ENTRY_MAX, &leaf);
    if (status)
        return status == CS_NO_MEMORY ? status : CS_MALFORMED;
    if (!is_number(leaf, "epoch", &in) || in != epoch || !is_number(leaf, "index", &target) ||
        target < 1 || target >= at)
        status = CS_MALFORMED;
    else
        *index = target;
    json_decref(leaf);
    return status;
}

static void add_length(struct cs_buffer *raw, size_t n)
{
    const unsigned char length[2] = {(unsigned char)(n >> 8), (unsigned char)n};

    cs_buffer_add(raw, length, sizeof(length));
}

enum cs_status cs_bundle_add(struct cs_buffer *raw, struct cs_span entry)
{
    if (entry.n > CS_ENTRY_MAX)
        return CS_TOO_LARGE;
    if (entry.n == 0) /* a length of 0 says that an entry was redacted */
        return CS_MALFORMED;
    if (!cs_buffer_reserve(raw, 2 + entry.n))
        return CS_NO_MEMORY;
    add_length(raw, entry.n);
    cs_buffer_add_span(raw, entry);
    return CS_OK;
}

void cs_bundle_add_redacted(struct cs_buffer *raw, const struct cs_hash *leaf)
{
    if (!cs_buffer_reserve(raw, 2 + CS_HASH))
        return;
    add_length(raw, 0);
    cs_buffer_add(raw, leaf->b, CS_HASH);
}

/* Takes the place at the beginning of `rest`: an entry, or none and the 32 bytes of its hash. */
static enum cs_status next_place(struct cs_span *rest, struct cs_span *entry,
                                 const unsigned char **hash)
{
    size_t length, taken;

    if (rest->n < 2)
        return CS_MALFORMED;
    length = (size_t)rest->p[0] << 8 | rest->p[1];
    if (length > CS_ENTRY_MAX)
        return CS_TOO_LARGE;
    taken = 2 + (length ? length : CS_HASH);
    if (taken > rest->n)
        return CS_MALFORMED;
    *entry = length ? cs_span_make(rest->p + 2, length) : cs_span_make(NULL, 0);
    *hash = rest->p + 2;
    rest->p += taken;
    rest->n -= taken;
    return CS_OK;
}

enum cs_status cs_bundle_next(struct cs_span *rest, struct cs_bundle_item *item)
{
    const unsigned char *hash;
    enum cs_status status = next_place(rest, &item->entry, &hash);

    if (status)
        return status;
    if (item->entry.n > 0)
        cs_merkle_leaf(item->entry, &item->leaf);
    else
        memcpy(item->leaf.b, hash, CS_HASH);
    return CS_OK;
}

enum cs_status cs_bundle_next_entry(struct cs_span *rest, struct cs_span *entry)
{
    const unsigned char *hash;

    return next_place(rest, entry, &hash);
}
