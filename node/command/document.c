#include "command/document.h"

json_t *document_text(const char *text)
{
    json_t *value = json_string(text);
    size_t room = strlen(text) * 4 + 1; /* "\x1b" for a byte */
    char *escaped;

    if (value)
        return value;
    escaped = memory_new(room);
    if (!escaped)
        return NULL;
    terminal_text(escaped, room, cs_span_of(text));
    value = json_string(escaped);
    memory_free(escaped);
    return value;
}

json_t *document_time(uint64_t seconds)
{
    char text[CLOCK_TEXT];

    if (!seconds)
        return json_null();
    clock_text(seconds, text);
    return json_string(text);
}

json_t *document_node(const struct cs_node_id *id, const char *name)
{
    return json_pack("{s:s,s:o}", "id", id->s, "name", document_text(name));
}

json_t *document_hash(const struct cs_hash *hash)
{
    struct cs_buffer text = {.alloc = memory_allocator()};
    json_t *value;

    cs_base64_add(&text, cs_span_make(hash->b, CS_HASH));
    value = text.failed ? NULL : json_stringn((const char *)text.p, text.n);
    cs_buffer_free(&text);
    return value;
}

const char *document_audience(enum audience audience)
{
    return audience == AUDIENCE_PUBLIC ? "public" : "private";
}
