#include "command/record_show.h"

#include "command/text.h"

#define LABEL_COLUMN 22
#define LINES_MOST 1000 /* of one member: its cap is 20,000 bytes */

static void add_value(struct cs_buffer *out, const json_t *value);

/* A text in one of several languages, a file, or anything a later version knows. */
static void add_object(struct cs_buffer *out, json_t *value)
{
    const char *text = json_string_value(json_object_get(value, "value"));
    const char *lang = json_string_value(json_object_get(value, "lang"));
    char *all;

    if (text) {
        cs_buffer_printf(out, "%s%s%s%s", text, lang ? " (" : "", lang ? lang : "",
                         lang ? ")" : "");
        return;
    }
    all = json_dumps(value, JSON_COMPACT);
    cs_buffer_add_text(out, all ? all : "");
    memory_free(all);
}

static void add_value(struct cs_buffer *out, const json_t *value)
{
    if (json_is_string(value)) {
        cs_buffer_add_text(out, json_string_value(value));
    } else if (json_is_integer(value)) {
        cs_buffer_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    } else if (json_is_array(value)) {
        for (size_t i = 0; i < json_array_size(value); i++) {
            cs_buffer_add_text(out, i ? "; " : "");
            if (!json_is_array(json_array_get(value, i)))
                add_value(out, json_array_get(value, i));
        }
    } else {
        add_object(out, (json_t *)(uintptr_t)value);
    }
}

static void print_member(struct output *out, const char *name, const json_t *value)
{
    struct cs_buffer text = {.alloc = memory_allocator()}, lines = text;

    add_value(&text, value);
    text_add_beside(&lines, cs_span_of(name), cs_buffer_span(&text), LABEL_COLUMN, out->shape.width,
                    LINES_MOST);
    if (lines.failed)
        out->lost = true;
    else
        output_print_span(out, cs_buffer_span(&lines));
    cs_buffer_free(&text);
    cs_buffer_free(&lines);
}

void record_show(struct output *out, json_t *record)
{
    const char *name;
    json_t *value;

    json_object_foreach(record, name, value) print_member(out, name, value);
}
