/*
 * The signature base of RFC 9421, of any list of components.
 */
#include "protocol/httpsig_internal.h"

void cs_signature_base(const struct cs_component *components, size_t n, struct cs_span params,
                       struct cs_buffer *out)
{
    for (size_t i = 0; i < n; i++) {
        cs_buffer_add_text(out, components[i].identifier);
        cs_buffer_add_text(out, ": ");
        cs_buffer_add_span(out, components[i].value);
        cs_buffer_add_byte(out, '\n');
    }
    cs_buffer_add_text(out, "\"@signature-params\": ");
    cs_buffer_add_span(out, params);
}
