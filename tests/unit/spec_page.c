/*
 * Finding the examples of protocol/SPEC.md and the lines in them.
 */
#include "tests/unit/spec_page.h"

#include <commonshelf/note.h>

#define BLOCKS_MAX 40
#define OPENING "```example "

struct cs_buffer page;
static struct block {
    char name[32];
    struct cs_span text;
    bool read;
} blocks[BLOCKS_MAX];
static size_t block_count;

void load(const char *name, struct cs_buffer *out)
{
    const char *top = getenv("top_srcdir");
    char path[4096];

    snprintf(path, sizeof(path), "%s/%s", top && *top ? top : "..", name);
    vectors_load(path, out);
    assert_non_null(cs_buffer_text(out));
}

int find_blocks(void **state)
{
    const char *at;

    (void)state;
    load("protocol/SPEC.md", &page);
    at = (const char *)page.p;
    while ((at = strstr(at, "\n" OPENING))) {
        struct block *block = &blocks[block_count++];
        const char *text = strchr(at + 1, '\n') + 1;
        const char *end = strstr(text, "\n```\n");

        assert_true(block_count <= BLOCKS_MAX);
        assert_non_null(end);
        assert_int_equal(sscanf(at + 1 + strlen(OPENING), "%31[a-z0-9-]", block->name), 1);
        block->text = cs_span_make(text, (size_t)(end + 1 - text));
        at = end;
    }
    return 0;
}

int forget_page(void **state)
{
    (void)state;
    cs_buffer_free(&page);
    return 0;
}

struct cs_span block(const char *name)
{
    for (size_t i = 0; i < block_count; i++) {
        if (strcmp(blocks[i].name, name) == 0) {
            blocks[i].read = true;
            return blocks[i].text;
        }
    }
    fail_msg("SPEC.md has no example \"%s\"", name);
    return cs_span_make(NULL, 0);
}

bool next_field(struct cs_span *rest, struct cs_span *name, struct cs_buffer *value)
{
    struct cs_span line;
    const unsigned char *colon;

    if (!cs_note_line(rest, &line))
        return false;
    cs_buffer_reset(value);
    colon = memchr(line.p, ':', line.n);
    assert_non_null(colon);
    assert_true(colon + 2 < line.p + line.n && colon[1] == ' ');
    *name = cs_span_make(line.p, (size_t)(colon - line.p));
    cs_buffer_add(value, colon + 2, line.n - name->n - 2);
    while (rest->n > 2 && memcmp(rest->p, "  ", 2) == 0) {
        assert_true(cs_note_line(rest, &line));
        cs_buffer_add(value, line.p + 2, line.n - 2);
    }
    assert_non_null(cs_buffer_text(value));
    return true;
}

struct cs_span field_at(const char *example, const char *name, size_t n, struct cs_buffer *value)
{
    struct cs_span rest = block(example), found;

    while (next_field(&rest, &found, value)) {
        if (cs_span_is(found, name) && n-- == 0)
            return cs_buffer_span(value);
    }
    fail_msg("example \"%s\" has no line \"%s\"", example, name);
    return cs_span_make(NULL, 0);
}

struct cs_span field(const char *example, const char *name, struct cs_buffer *value)
{
    return field_at(example, name, 0, value);
}

void expect_field(const char *example, const char *name, const char *expected)
{
    struct cs_buffer value = CS_BUFFER_INIT;

    (void)field(example, name, &value);
    assert_string_equal((const char *)value.p, expected);
    cs_buffer_free(&value);
}

void expect_encoded(const char *example, const char *name,
                    void (*encode)(struct cs_buffer *, struct cs_span), const void *p, size_t n)
{
    struct cs_buffer text = CS_BUFFER_INIT;

    encode(&text, cs_span_make(p, n));
    expect_field(example, name, cs_buffer_text(&text));
    cs_buffer_free(&text);
}

struct cs_node_id node_of(const char *example, const char *name)
{
    struct cs_buffer value = CS_BUFFER_INIT;
    struct cs_node_id node;

    assert_int_equal(cs_node_id_read(field(example, name, &value), &node), CS_OK);
    cs_buffer_free(&value);
    return node;
}

void expect_all_read(void)
{
    assert_true(block_count > 0);
    for (size_t i = 0; i < block_count; i++) {
        if (!blocks[i].read)
            fail_msg("no test reads the example \"%s\"", blocks[i].name);
    }
}
