/*
 * Checkpoints: the bytes as a note, as a text that the right keys have signed, and as an origin.
 * What is read is written back as the same bytes.
 */
#include "tests/fuzz/identity.h"

#include <commonshelf/checkpoint.h>

#define ORIGIN FUZZ_NODE "/public/1"
#define TIME 1790003600

static void check_parsed(struct cs_span text, const struct cs_checkpoint *checkpoint)
{
    struct cs_buffer written = CS_BUFFER_INIT;

    cs_checkpoint_write(checkpoint, &written);
    must(cs_span_equal(text, cs_buffer_span(&written)));
    must(checkpoint->size <= CS_LOG_SIZE_MAX);
    cs_buffer_free(&written);
}

static void cosign(struct cs_span text, struct cs_buffer *note)
{
    struct cs_note_key key = {cs_span_of(FUZZ_NODE "/witness"), CS_NOTE_COSIGNATURE,
                              fuzz_key(FUZZ_WITNESS)};
    unsigned char seed[CS_KEY_SEED], signature[CS_SIGNATURE];
    struct cs_buffer message = CS_BUFFER_INIT;

    memset(seed, FUZZ_WITNESS, sizeof(seed));
    cs_note_message(CS_NOTE_COSIGNATURE, text, TIME, &message);
    must(cs_key_sign(seed, cs_buffer_span(&message), signature) == CS_OK);
    cs_note_add_signature(note, &key, TIME, signature);
    cs_buffer_free(&message);
}

/* Signed as it stands, a text is a checkpoint if and only if it parses and is of this log. Without the end of its
 * last line it is no text: what stands before the signatures is another. */
static void check_signed(struct cs_span text)
{
    struct cs_buffer note = CS_BUFFER_INIT;
    struct cs_keyset keyset = fuzz_keyset();
    struct cs_checkpoint parsed, read;
    struct cs_node_id node;
    struct cs_note whole;
    enum cs_status status;

    must(cs_node_id_read(cs_span_of(FUZZ_NODE), &node) == CS_OK);
    fuzz_sign(text, FUZZ_LOG, ORIGIN, &note);
    cosign(text, &note);
    status = cs_checkpoint_read(cs_buffer_span(&note), ORIGIN, &node, &keyset, &read);
    if (cs_note_parse(cs_buffer_span(&note), CS_CHECKPOINT_MAX, &whole) ||
        !cs_span_equal(whole.text, text) || cs_checkpoint_parse(cs_buffer_span(&note), &parsed)) {
        must(status != CS_OK);
    } else {
        must(status == (strcmp(parsed.origin, ORIGIN) == 0 ? CS_OK : CS_WRONG_ORIGIN));
        check_parsed(text, &parsed);
    }
    if (status == CS_OK)
        must(read.size == parsed.size && read.time == TIME);
    cs_buffer_free(&note);
}

static void check_origin(struct cs_span bytes)
{
    char shelf[CS_SHELF_NAME_MAX + 1], written[CS_ORIGIN_MAX + 1];
    struct cs_node_id node;
    uint64_t epoch;

    if (cs_origin_read(bytes, &node, shelf, &epoch))
        return;
    cs_origin_write(&node, shelf, epoch, written);
    must(cs_span_is(bytes, written));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cs_span bytes = cs_span_make(data, size);
    struct cs_checkpoint checkpoint;
    struct cs_note note;

    check_origin(bytes);
    if (cs_checkpoint_parse(bytes, &checkpoint) == CS_OK) {
        must(cs_note_parse(bytes, CS_CHECKPOINT_MAX, &note) == CS_OK);
        check_parsed(note.text, &checkpoint);
    }
    check_signed(bytes);
    return 0;
}
