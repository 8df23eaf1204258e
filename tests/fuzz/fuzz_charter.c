/*
 * Charters: the bytes as a note, and as a text that a coordinator has signed. What is read is written again as the
 * same bytes: it has no second spelling.
 */
#include "tests/fuzz/identity.h"

#include <commonshelf/charter.h>

#define FUZZ_GOV 5

static void write_again(const struct cs_charter *charter, struct cs_buffer *out)
{
    struct cs_span terms = charter->term_lines, members = charter->member_lines, term;
    char text[CS_CHARTER_TERM_MAX + 1];
    struct cs_charter_member member;
    size_t n = 0;

    cs_charter_begin(charter, out);
    while (cs_charter_next_term(&terms, &term)) {
        must(term.n <= CS_CHARTER_TERM_MAX);
        memcpy(text, term.p, term.n);
        text[term.n] = '\0';
        cs_charter_add_term(out, text);
    }
    for (; cs_charter_next_member(&members, &member); n++) {
        must(cs_charter_find(charter, &member.node, NULL));
        cs_charter_add_member(out, &member);
    }
    must(n == charter->members && terms.n == 0 && members.n == 0);
}

static void check(struct cs_span bytes)
{
    struct cs_buffer again = CS_BUFFER_INIT;
    struct cs_charter charter;
    struct cs_charter_id id;
    struct cs_note note;

    if (cs_charter_read(bytes, &charter))
        return;
    must(cs_note_parse(bytes, CS_CHARTER_MAX, &note) == CS_OK);
    write_again(&charter, &again);
    must(cs_span_equal(cs_buffer_span(&again), note.text));
    must((cs_charter_id(&charter, &id) == CS_OK) == (charter.version == 1));
    must(cs_charter_follows(&charter, bytes, &charter) == CS_WRONG_CHAIN);
    for (size_t i = 0; i < charter.coordinators; i++)
        must(cs_charter_find(&charter, &charter.coordinator[i].node, NULL));
    cs_buffer_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cs_buffer note = CS_BUFFER_INIT;
    struct cs_charter_id id;

    if (cs_charter_id_read(cs_span_make(data, size), &id) == CS_OK)
        must(strlen(id.s) == CS_NODE_ID_LEN);
    check(cs_span_make(data, size));
    fuzz_sign(cs_span_make(data, size), FUZZ_GOV, FUZZ_NODE "/gov", &note);
    check(cs_buffer_span(&note));
    cs_buffer_free(&note);
    return 0;
}
