/*
 * The body of add-checkpoint.
 */
#include <commonshelf/witness.h>

#include <commonshelf/encode.h>

#include "protocol/text.h"

enum cs_status cs_add_checkpoint_read(struct cs_span body, struct cs_add_checkpoint *out)
{
    struct cs_span rest = body, line;

    if (body.n > CS_WITNESS_BODY_MAX)
        return CS_TOO_LARGE;
    if (cs_text_number(&rest, "old", CS_LOG_SIZE_MAX, &out->old_size))
        return CS_MALFORMED;
    for (out->n = 0; cs_note_line(&rest, &line) && line.n > 0; out->n++) {
        if (out->n == CS_PROOF_MAX)
            return CS_TOO_LARGE;
        if (cs_base64_read(line, out->proof[out->n].b, CS_HASH))
            return CS_MALFORMED;
    }
    out->note = rest;
    return cs_checkpoint_parse(rest, &out->checkpoint);
}

void cs_add_checkpoint_write(uint64_t old_size, const struct cs_hash *proof, size_t n,
                             struct cs_span note, struct cs_buffer *out)
{
    cs_text_add_number(out, "old", old_size);
    for (size_t i = 0; i < n; i++) {
        cs_base64_add(out, cs_span_make(proof[i].b, CS_HASH));
        cs_buffer_add_byte(out, '\n');
    }
    cs_buffer_add_byte(out, '\n');
    cs_buffer_add_span(out, note);
}
