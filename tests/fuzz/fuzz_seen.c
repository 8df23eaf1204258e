/*
 * Seen notes: one spelling, so what is read is written as the same bytes; and a line that is put into a note
 * leaves a note.
 */
#include "tests/fuzz/identity.h"

#include <commonshelf/seen.h>

static void check_seen(struct cs_span bytes)
{
    struct cs_buffer again = CS_BUFFER_INIT;
    struct cs_keyset keyset = fuzz_keyset();
    struct cs_seen_log log;
    struct cs_node_id node;
    struct cs_span logs;
    struct cs_note note;
    uint64_t time;

    must(cs_node_id_read(cs_span_of(FUZZ_NODE), &node) == CS_OK);
    if (cs_seen_read(bytes, &node, &keyset, &time, &logs))
        return;
    cs_seen_begin(&again, &node, time);
    while (cs_seen_next(&logs, &log))
        cs_seen_add(&again, &log);
    must(logs.n == 0);
    must(cs_note_parse(bytes, CS_SEEN_MAX, &note) == CS_OK);
    must(cs_span_equal(cs_buffer_span(&again), note.text));
    cs_buffer_free(&again);
}

/* The input as a line of a small note, and as a note that gets a line. */
static void check_line(struct cs_span bytes)
{
    struct cs_buffer note = CS_BUFFER_INIT, out = CS_BUFFER_INIT;
    struct cs_span line;
    struct cs_note parsed;
    size_t before;

    fuzz_sign(cs_span_of("text\n"), FUZZ_LOG, FUZZ_NODE, &note);
    if (cs_note_put_line(cs_buffer_span(&note), CS_CHECKPOINT_MAX, bytes, &out) == CS_OK)
        must(cs_note_parse(cs_buffer_span(&out), CS_CHECKPOINT_MAX * 2, &parsed) == CS_OK);
    cs_buffer_reset(&out);
    before = sizeof("text\n\n") - 1;
    line = cs_span_make(note.p + before, note.n - before);
    if (cs_note_put_line(bytes, CS_CHECKPOINT_MAX, line, &out) == CS_OK)
        must(cs_note_parse(cs_buffer_span(&out), CS_CHECKPOINT_MAX * 2, &parsed) == CS_OK);
    cs_buffer_free(&note);
    cs_buffer_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cs_span bytes = cs_span_make(data, size);
    struct cs_buffer note = CS_BUFFER_INIT;

    check_seen(bytes);
    check_line(bytes);
    fuzz_sign(bytes, FUZZ_WITNESS, FUZZ_NODE "/witness", &note);
    check_seen(cs_buffer_span(&note));
    cs_buffer_free(&note);
    return 0;
}
