/*
 * Origins and signed checkpoints.
 */
#include <commonshelf/checkpoint.h>

#include <commonshelf/encode.h>
#include <commonshelf/profile.h>

#include <inttypes.h>
#include <stdio.h>

void cs_origin_write(const struct cs_node_id *node, const char *shelf, uint64_t epoch,
                     char out[CS_ORIGIN_MAX + 1])
{
    snprintf(out, CS_ORIGIN_MAX + 1, "%s/%s/%" PRIu64, node->s, shelf, epoch);
}

/* Takes what stands before the next '/' off `rest`; all of it if there is none. */
static struct cs_span next_part(struct cs_span *rest)
{
    const unsigned char *slash = rest->n ? memchr(rest->p, '/', rest->n) : NULL;
    struct cs_span part = *rest;

    if (!slash) {
        rest->n = 0;
        return part;
    }
    part.n = (size_t)(slash - rest->p);
    rest->p = slash + 1;
    rest->n -= part.n + 1;
    return part;
}

enum cs_status cs_origin_read(struct cs_span origin, struct cs_node_id *node,
                              char shelf[CS_SHELF_NAME_MAX + 1], uint64_t *epoch)
{
    struct cs_span rest = origin, id, name;

    if (origin.n > CS_ORIGIN_MAX)
        return CS_MALFORMED;
    id = next_part(&rest);
    name = next_part(&rest);
    if (cs_node_id_read(id, node) || !cs_shelf_name_valid(name) ||
        cs_decimal_read(rest, CS_VERSION_MAX, epoch) || *epoch == 0)
        return CS_MALFORMED;
    memcpy(shelf, name.p, name.n);
    shelf[name.n] = '\0';
    return CS_OK;
}

void cs_origin_directory(const char *origin, char out[65])
{
    static const char digits[] = "0123456789abcdef";
    struct cs_hash hash;

    cs_sha256(cs_span_of(origin), &hash);
    for (size_t i = 0; i < CS_HASH; i++) {
        out[2 * i] = digits[hash.b[i] >> 4];
        out[2 * i + 1] = digits[hash.b[i] & 0xf];
    }
    out[64] = '\0';
}

void cs_checkpoint_write(const struct cs_checkpoint *checkpoint, struct cs_buffer *out)
{
    cs_buffer_printf(out, "%s\n%" PRIu64 "\n", checkpoint->origin, checkpoint->size);
    cs_base64_add(out, cs_span_make(checkpoint->root.b, CS_HASH));
    cs_buffer_add_byte(out, '\n');
}

static enum cs_status parse_text(struct cs_span text, struct cs_checkpoint *out)
{
    struct cs_span origin, size, root, extension;
    struct cs_node_id node;
    struct cs_hash empty;
    char shelf[CS_SHELF_NAME_MAX + 1];
    uint64_t epoch;

    if (!cs_note_line(&text, &origin) || !cs_note_line(&text, &size) ||
        !cs_note_line(&text, &root) || cs_note_line(&text, &extension))
        return CS_MALFORMED;
    if (cs_origin_read(origin, &node, shelf, &epoch) ||
        cs_decimal_read(size, CS_LOG_SIZE_MAX, &out->size) ||
        cs_base64_read(root, out->root.b, CS_HASH))
        return CS_MALFORMED;

    /* A log without entries has one root only. */
    cs_merkle_empty(&empty);
    if (out->size == 0 && memcmp(out->root.b, empty.b, CS_HASH) != 0)
        return CS_WRONG_HASH;
    memcpy(out->origin, origin.p, origin.n);
    out->origin[origin.n] = '\0';
    out->time = 0;
    return CS_OK;
}

enum cs_status cs_checkpoint_parse(struct cs_span note, struct cs_checkpoint *out)
{
    struct cs_note parsed;
    enum cs_status status = cs_note_parse(note, CS_CHECKPOINT_MAX, &parsed);

    return status ? status : parse_text(parsed.text, out);
}

enum cs_status cs_checkpoint_cosigned(struct cs_span note, const struct cs_node_id *node,
                                      const struct cs_keyset *keyset, uint64_t *time)
{
    char name[CS_NOTE_NAME_MAX + 1];
    struct cs_note_key key;
    struct cs_note parsed;
    enum cs_status status = cs_note_parse(note, CS_CHECKPOINT_MAX, &parsed);

    if (status)
        return status;
    cs_keyset_key(keyset, node, CS_ROLE_WITNESS, NULL, name, &key);
    return cs_note_verify(&parsed, &key, time);
}

enum cs_status cs_checkpoint_read(struct cs_span note, const char *origin,
                                  const struct cs_node_id *node, const struct cs_keyset *keyset,
                                  struct cs_checkpoint *out)
{
    char log_name[CS_NOTE_NAME_MAX + 1], witness_name[CS_NOTE_NAME_MAX + 1];
    struct cs_note_key log, witness;
    struct cs_checkpoint checkpoint;
    struct cs_note parsed;
    enum cs_status status;

    status = cs_note_parse(note, CS_CHECKPOINT_MAX, &parsed);
    if (status)
        return status;
    status = parse_text(parsed.text, &checkpoint);
    if (status)
        return status;
    if (strcmp(checkpoint.origin, origin) != 0)
        return CS_WRONG_ORIGIN;

    cs_keyset_key(keyset, node, CS_ROLE_LOG, origin, log_name, &log);
    status = cs_note_verify(&parsed, &log, NULL);
    if (status)
        return status;
    cs_keyset_key(keyset, node, CS_ROLE_WITNESS, NULL, witness_name, &witness);
    status = cs_note_verify(&parsed, &witness, &checkpoint.time);
    if (status)
        return status;
    *out = checkpoint;
    return CS_OK;
}
