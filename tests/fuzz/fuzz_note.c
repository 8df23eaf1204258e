/*
 * Signed notes: whatever parses keeps its promises, and verifying it is safe.
 */
#include "tests/fuzz/identity.h"

static void check_parsed(struct cs_span bytes, const struct cs_note *note)
{
    const unsigned char *end = note->text.p + note->text.n;

    must(note->text.p == bytes.p && note->text.n < bytes.n);
    must(end[-1] == '\n' && end[0] == '\n');
    must(note->signatures >= 1 && note->signatures <= CS_NOTE_SIGNATURES_MAX);
    for (size_t i = 0; i < note->signatures; i++) {
        const struct cs_note_signature *signature = &note->signature[i];
        struct cs_note_key key = {signature->name, CS_NOTE_ED25519, fuzz_key(FUZZ_LOG)};
        uint64_t time = 1;

        must(cs_note_name_valid(signature->name));
        must(signature->bytes.n <= sizeof(note->store[0]));
        must(cs_note_verify(note, &key, &time) != CS_INTERNAL && time == 0);
        key.type = CS_NOTE_COSIGNATURE;
        must(cs_note_verify(note, &key, &time) != CS_INTERNAL && time <= CS_TIME_MAX);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cs_span bytes = cs_span_make(data, size), rest = bytes, line, word, value;
    struct cs_note note;
    size_t lines = 0;

    if (cs_note_parse(bytes, CS_NOTE_MAX, &note) == CS_OK)
        check_parsed(bytes, &note);
    while (cs_note_line(&rest, &line)) {
        lines++;
        if (cs_note_field(line, &word, &value))
            must(word.n > 0 && value.n > 0 && word.n + 1 + value.n == line.n);
    }
    must(lines <= size);
    return 0;
}
