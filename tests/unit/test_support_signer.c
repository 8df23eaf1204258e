/* The signer: makes and opens keys. What it signs is in test_support_signer_note.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>

#include "tests/unit/test_support_signer.h"

static void keys_are_private_files(void **state)
{
    static const char *const files[] = {"keys/root.key", "keys/log.key", "keys/auth.key",
                                        "keys/witness.key"};
    struct stat st;

    (void)state;
    assert_int_equal(stat(test_path("keys"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0700);
    assert_int_equal(test_count_files(test_path("keys")), 5);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct cs_buffer content = CS_BUFFER_INIT;

        assert_int_equal(stat(test_path(files[i]), &st), 0);
        assert_int_equal(st.st_mode & 07777, 0600);
        assert_int_equal(file_read(test_path(files[i]), 1000, &content, NULL), 0);
        assert_memory_equal(content.p, "-----BEGIN PRIVATE KEY-----\n", 28);
        cs_buffer_free(&content);
    }
}

static void the_keyset_names_the_node(void **state)
{
    struct cs_keyset keyset;
    struct cs_node_id node;

    (void)state;
    assert_true(cs_span_equal(signer_keyset_note(signer), signer_keyset_chain(signer)));
    assert_int_equal(cs_keyset_read(signer_keyset_note(signer), &keyset), CS_OK);
    assert_int_equal(keyset.version, 1);
    assert_int_equal(keyset.issued, NOW);
    assert_int_equal(keyset.expires, NOW + 365 * 86400);
    assert_int_equal(keyset.roots, 1);
    assert_int_equal(cs_keyset_node_id(&keyset, &node), CS_OK);
    assert_true(cs_node_id_equal(&node, signer_node(signer)));
    assert_memory_equal(keyset.log.b, signer_keyset(signer)->log.b, CS_KEY_PUBLIC);
}

static void a_seed_gives_the_same_node(void **state)
{
    struct cs_node_id first;

    (void)state;
    for (int i = 0; i < 2; i++) {
        const char *path = test_path(i ? "two" : "one");
        struct signer *s;

        random_replay("the same");
        assert_int_equal(signer_create(path, &why), 0);
        s = signer_open(path, &why);
        assert_non_null(s);
        if (i)
            assert_true(cs_node_id_equal(&first, signer_node(s)));
        first = *signer_node(s);
        signer_close(s);
    }
    assert_false(cs_node_id_equal(&first, signer_node(signer)));
}

static void existing_keys_are_left_alone(void **state)
{
    struct cs_buffer before = CS_BUFFER_INIT, after = CS_BUFFER_INIT;

    (void)state;
    assert_int_equal(file_read(test_path("keys/root.key"), 1000, &before, NULL), 0);
    assert_int_equal(signer_create(test_path("keys"), &why), -1);
    assert_string_equal(why.code, "exists");
    assert_int_equal(file_read(test_path("keys/root.key"), 1000, &after, NULL), 0);
    assert_true(cs_span_equal(cs_buffer_span(&before), cs_buffer_span(&after)));
    cs_buffer_free(&before);
    cs_buffer_free(&after);
}

static int nth, seen;

static int fail_nth(const struct file_event *event, void *arg)
{
    (void)arg;
    (void)event;
    return ++seen == nth ? ENOSPC : 0;
}

static void ignore_sync(const char *path, int error)
{
    (void)path;
    (void)error;
}

/* The disk fills up at any step: either all keys are there, or none. */
static void half_a_set_is_never_left(void **state)
{
    (void)state;
    file_on_sync_failure(ignore_sync);
    assert_int_equal(mkdir(test_path("new"), 0700), 0);
    for (nth = 1;; nth++) {
        int rc;

        problem_clear(&why);
        seen = 0;
        file_observe(fail_nth, NULL);
        rc = signer_create(test_path("new"), &why);
        file_observe(NULL, NULL);
        if (!rc)
            break;
        assert_string_equal(why.code, "disk_full");
        assert_int_equal(test_count_files(test_path("new")), 0);
    }
    assert_int_equal(nth, 5 * 4 + 2); /* five files of four steps, and the directory */
    assert_int_equal(test_count_files(test_path("new")), 5);
}

static void assert_refused_to_open(const char *code)
{
    struct signer *s;

    problem_clear(&why);
    s = signer_open(test_path("keys"), &why);
    assert_null(s);
    assert_string_equal(why.code, code);
}

static void exposed_keys_are_refused(void **state)
{
    static const mode_t modes[] = {0640, 0604, 0620, 0602, 0610, 0644};

    (void)state;
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        assert_int_equal(chmod(test_path("keys/auth.key"), modes[i]), 0);
        assert_refused_to_open("key_exposed");
        assert_non_null(strstr(why.message, "auth.key"));
    }
}

static void copy_over(const char *from, const char *to)
{
    struct cs_buffer content = CS_BUFFER_INIT;

    assert_int_equal(file_read(test_path(from), 100000, &content, NULL), 0);
    assert_int_equal(file_put(test_path(to), cs_buffer_span(&content), 0600, NULL), 0);
    cs_buffer_free(&content);
}

static void damaged_files_are_refused(void **state)
{
    static const char encrypted[] = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n"
                                    "-----END ENCRYPTED PRIVATE KEY-----\n";
    struct cs_buffer keyset = CS_BUFFER_INIT;

    (void)state;
    copy_over("keys/log.key", "log.key");
    assert_int_equal(file_put(test_path("keys/log.key"), cs_span_of("nonsense"), 0600, NULL), 0);
    assert_refused_to_open("key_damaged");
    assert_int_equal(file_put(test_path("keys/log.key"), cs_span_of(""), 0600, NULL), 0);
    assert_refused_to_open("key_damaged");
    assert_int_equal(file_put(test_path("keys/log.key"), cs_span_of(encrypted), 0600, NULL), 0);
    assert_refused_to_open("key_damaged");
    copy_over("keys/auth.key", "keys/log.key"); /* a good key, in the wrong place */
    assert_refused_to_open("key_damaged");
    assert_int_equal(file_remove(test_path("keys/log.key"), NULL), 0);
    assert_refused_to_open("not_found");
    assert_int_equal(mkdir(test_path("keys/log.key"), 0700), 0);
    assert_refused_to_open("key_damaged");
    assert_int_equal(rmdir(test_path("keys/log.key")), 0);
    copy_over("log.key", "keys/log.key");

    assert_int_equal(file_read(test_path("keys/keyset"), 10000, &keyset, NULL), 0);
    for (size_t i = 0; i < keyset.n; i += 7) {
        keyset.p[i] ^= 1;
        assert_int_equal(file_put(test_path("keys/keyset"), cs_buffer_span(&keyset), 0600, NULL),
                         0);
        assert_refused_to_open("key_damaged");
        keyset.p[i] ^= 1;
    }
    assert_int_equal(
        file_put(test_path("keys/keyset"), cs_span_make(keyset.p, keyset.n - 1), 0600, NULL), 0);
    assert_refused_to_open("key_damaged");
    assert_int_equal(file_put(test_path("keys/keyset"), cs_span_of(""), 0600, NULL), 0);
    assert_refused_to_open("key_damaged");
    cs_buffer_free(&keyset);
}

static void the_root_may_be_elsewhere(void **state)
{
    (void)state;
    assert_int_equal(file_remove(test_path("keys/root.key"), NULL), 0);
    signer_close(signer);
    signer = signer_open(test_path("keys"), &why);
    assert_non_null(signer);
    assert_signed(STATEMENT_CHECKPOINT, checkpoint("public", 1, 1), NOW);
    copy_over("keys/log.key", "keys/root.key");
    assert_refused_to_open("key_damaged");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(keys_are_private_files),     TEST(the_keyset_names_the_node),
        TEST(a_seed_gives_the_same_node), TEST(existing_keys_are_left_alone),
        TEST(half_a_set_is_never_left),   TEST(exposed_keys_are_refused),
        TEST(damaged_files_are_refused),  TEST(the_root_may_be_elsewhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
