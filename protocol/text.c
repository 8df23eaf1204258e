/*
 * Reading and writing the lines of Commonshelf's own notes.
 */
#include "protocol/text.h"

#include <commonshelf/encode.h>

#include <stdio.h>

/*
 * Besides the control characters below U+0020 that C2SP forbids, DEL and U+0080 to U+009F: they
 * drive terminals too, and notes are shown in them.
 */
bool cs_text_valid(struct cs_span text)
{
    if (!cs_utf8_valid(text))
        return false;
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = text.p[i];

        if ((c < 0x20 && c != '\n') || c == 0x7f)
            return false;
        if (c == 0xc2 && text.p[i + 1] < 0xa0)
            return false;
    }
    return true;
}

static bool all_zero(const void *p, size_t n)
{
    const unsigned char *byte = p;

    for (size_t i = 0; i < n; i++) {
        if (byte[i] != 0)
            return false;
    }
    return true;
}

enum cs_status cs_text_type(struct cs_span *rest, const char *type)
{
    char expected[64];
    struct cs_span line;
    int n = snprintf(expected, sizeof(expected), "commonshelf/%s/v1", type);

    if (!cs_note_line(rest, &line))
        return CS_MALFORMED;
    if (cs_span_is(line, expected))
        return CS_OK;
    /* Up to the 'v' it is the same type. */
    if (line.n >= (size_t)n && memcmp(line.p, expected, (size_t)n - 1) == 0)
        return CS_UNKNOWN_VERSION;
    return CS_MALFORMED;
}

enum cs_status cs_text_value(struct cs_span *rest, const char *word, struct cs_span *value)
{
    struct cs_span line, found;

    if (!cs_note_line(rest, &line) || !cs_note_field(line, &found, value) ||
        !cs_span_is(found, word))
        return CS_MALFORMED;
    return CS_OK;
}

enum cs_status cs_text_number(struct cs_span *rest, const char *word, uint64_t max, uint64_t *out)
{
    struct cs_span value;

    if (cs_text_value(rest, word, &value))
        return CS_MALFORMED;
    return cs_decimal_read(value, max, out);
}

enum cs_status cs_text_bytes(struct cs_span *rest, const char *word, void *out, size_t n)
{
    struct cs_span value;

    if (cs_text_value(rest, word, &value))
        return CS_MALFORMED;
    return cs_base64_read(value, out, n);
}

enum cs_status cs_text_bytes_or_none(struct cs_span *rest, const char *word, void *out, size_t n)
{
    struct cs_span value;

    if (cs_text_value(rest, word, &value))
        return CS_MALFORMED;
    if (cs_span_is(value, "-")) {
        memset(out, 0, n);
        return CS_OK;
    }
    if (cs_base64_read(value, out, n) || all_zero(out, n))
        return CS_MALFORMED;
    return CS_OK;
}

enum cs_status cs_text_node(struct cs_span *rest, const char *word, struct cs_node_id *out)
{
    struct cs_span value;

    if (cs_text_value(rest, word, &value))
        return CS_MALFORMED;
    return cs_node_id_read(value, out);
}

enum cs_status cs_text_copy(struct cs_span value, char *out, size_t room)
{
    if (value.n >= room)
        return CS_TOO_LARGE;
    memcpy(out, value.p, value.n);
    out[value.n] = '\0';
    return CS_OK;
}

void cs_text_add(struct cs_buffer *out, const char *word, const char *value)
{
    cs_buffer_printf(out, "%s %s\n", word, value);
}

void cs_text_add_number(struct cs_buffer *out, const char *word, uint64_t value)
{
    cs_buffer_printf(out, "%s %llu\n", word, (unsigned long long)value);
}

void cs_text_add_bytes(struct cs_buffer *out, const char *word, const void *p, size_t n)
{
    cs_buffer_printf(out, "%s ", word);
    cs_base64_add(out, cs_span_make(p, n));
    cs_buffer_add_byte(out, '\n');
}

void cs_text_add_bytes_or_none(struct cs_buffer *out, const char *word, const void *p, size_t n)
{
    if (all_zero(p, n))
        cs_text_add(out, word, "-");
    else
        cs_text_add_bytes(out, word, p, n);
}
