/*
 * Hello notes and invite links: both have one spelling, so what is read is written as the same
 * bytes.
 */
#include "tests/fuzz/identity.h"

#include <commonshelf/hello.h>

static void check_hello(struct cs_span bytes)
{
    static const unsigned char secret[CS_INVITE_SECRET];
    struct cs_buffer again = CS_BUFFER_INIT;
    struct cs_keyset keyset = fuzz_keyset();
    struct cs_hello hello;
    struct cs_note note;
    struct cs_hash mac;

    if (cs_hello_read(bytes, &hello))
        return;
    must(cs_note_parse(bytes, CS_NOTE_MAX, &note) == CS_OK);
    cs_hello_write(&hello, &again);
    must(cs_span_equal(cs_buffer_span(&again), note.text));
    must(cs_hello_mac(&hello, CS_HELLO_JOINER, secret, &mac) == CS_OK);
    must(cs_hello_verify(bytes, &hello.from, &keyset) != CS_INTERNAL);
    cs_buffer_free(&again);
}

static void check_invite(struct cs_span bytes)
{
    struct cs_buffer again = CS_BUFFER_INIT;
    struct cs_invite invite;

    if (cs_invite_read(bytes, &invite))
        return;
    cs_invite_write(&invite, &again);
    must(again.n <= bytes.n && memmem(bytes.p, bytes.n, again.p, again.n) != NULL);
    cs_buffer_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cs_span bytes = cs_span_make(data, size);
    struct cs_buffer note = CS_BUFFER_INIT;

    check_invite(bytes);
    check_hello(bytes);
    fuzz_sign(bytes, FUZZ_AUTH, FUZZ_NODE "/auth", &note);
    check_hello(cs_buffer_span(&note));
    cs_buffer_free(&note);
    return 0;
}
