/*
 * One more signature line in a note (cs_note_put_line): what stays, what goes, what is no line.
 */
#include "tests/unit/identity.h"

static const char plain[] = "a shelf\nof books\n";

static struct cs_buffer note, other, out;

static int forget(void **state)
{
    (void)state;
    cs_buffer_free(&note);
    cs_buffer_free(&other);
    cs_buffer_free(&out);
    return 0;
}

/* The signature lines of the note over `text`, signed by one key under each of the names. */
static struct cs_span lines(struct cs_buffer *b, const char *text, const char *key,
                            const char *const *name, size_t n)
{
    cs_buffer_reset(b);
    cs_note_begin(b, cs_span_of(text));
    for (size_t i = 0; i < n; i++)
        sign_as(b, cs_span_of(text), key, name[i], CS_NOTE_ED25519, 0);
    return cs_span_make(b->p + strlen(text) + 1, b->n - strlen(text) - 1);
}

static enum cs_status put(struct cs_span line, struct cs_note *parsed)
{
    enum cs_status status;

    cs_buffer_reset(&out);
    status = cs_note_put_line(cs_buffer_span(&note), CS_NOTE_MAX, line, &out);
    if (status) {
        assert_int_equal(out.n, 0);
        return status;
    }
    assert_int_equal(cs_note_parse(cs_buffer_span(&out), CS_NOTE_MAX, parsed), CS_OK);
    assert_true(cs_span_is(parsed->text, plain));
    return CS_OK;
}

/* Name and key ID together say whose line is replaced. */
static void the_same_keys_line_goes(void **state)
{
    static const char *const names[] = {"a", "b"};
    struct cs_note parsed;
    struct cs_span line;

    (void)state;
    lines(&note, plain, "root", names, 2);
    line = lines(&other, plain, "root", &names[1], 1);
    assert_int_equal(put(line, &parsed), CS_OK);
    assert_true(cs_span_equal(cs_buffer_span(&out), cs_buffer_span(&note)));
    line = lines(&other, plain, "root", &names[0], 1);
    assert_int_equal(put(line, &parsed), CS_OK);
    assert_int_equal(parsed.signatures, 2);
    assert_true(cs_span_is(parsed.signature[0].name, "b"));
    assert_true(cs_span_is(parsed.signature[1].name, "a"));
    line = lines(&other, plain, "log", &names[0], 1); /* another key of that name */
    assert_int_equal(put(line, &parsed), CS_OK);
    assert_int_equal(parsed.signatures, 3);
    assert_true(cs_span_is(parsed.signature[0].name, "a"));
    assert_true(cs_span_is(parsed.signature[2].name, "a"));
    assert_memory_not_equal(parsed.signature[0].key_id, parsed.signature[2].key_id, 4);
}

static void of_a_full_note_the_last_line_goes(void **state)
{
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i",
                                        "j", "k", "l", "m", "n", "o", "p", "q"};
    struct cs_note parsed;

    (void)state;
    lines(&note, plain, "root", names, CS_NOTE_SIGNATURES_MAX);
    assert_int_equal(put(lines(&other, plain, "root", &names[CS_NOTE_SIGNATURES_MAX], 1), &parsed),
                     CS_OK);
    assert_int_equal(parsed.signatures, CS_NOTE_SIGNATURES_MAX);
    for (size_t i = 0; i < CS_NOTE_SIGNATURES_MAX - 1; i++)
        assert_true(cs_span_is(parsed.signature[i].name, names[i]));
    assert_true(cs_span_is(parsed.signature[CS_NOTE_SIGNATURES_MAX - 1].name,
                           names[CS_NOTE_SIGNATURES_MAX]));
}

static void what_is_no_line(void **state)
{
    static const char *const names[] = {"a", "b"};
    static const char *const bad[] = {"", "\n", "a\n", "\xe2\x80\x94 a AAAA\n"};
    struct cs_buffer text = CS_BUFFER_INIT;
    struct cs_note parsed;
    struct cs_span line;

    (void)state;
    lines(&note, plain, "root", names, 1);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(put(cs_span_of(bad[i]), &parsed), CS_MALFORMED);
    line = lines(&other, plain, "root", names, 2);
    assert_int_equal(put(line, &parsed), CS_MALFORMED); /* two */
    line = lines(&other, plain, "root", names, 1);
    line.n--;
    assert_int_equal(put(line, &parsed), CS_MALFORMED); /* no line end */
    /* More text and an empty line before it: the note's own signatures would become text. */
    cs_buffer_add_text(&text, "more\n\n");
    cs_buffer_add_span(&text, lines(&other, plain, "root", names, 1));
    assert_int_equal(put(cs_buffer_span(&text), &parsed), CS_MALFORMED);
    assert_int_equal(cs_note_put_line(cs_span_of("no note"), CS_NOTE_MAX, line, &out),
                     CS_MALFORMED);
    cs_buffer_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_keys_line_goes),
        cmocka_unit_test(of_a_full_note_the_last_line_goes),
        cmocka_unit_test(what_is_no_line),
    };

    return cmocka_run_group_tests_name("lines of notes", tests, NULL, forget);
}
