/* The signer's next keyset: its chain, what it destroys, and that no failure leaves half of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>

#include <commonshelf/chain.h>

#include "tests/unit/test_support_signer.h"

static void reopen(void)
{
    signer_close(signer);
    problem_clear(&why);
    signer = signer_open(test_path("keys"), &why);
    if (!signer)
        fail_msg("%s: %s", why.code, why.message);
}

static void the_chain_grows(void **state)
{
    struct cs_keyset first = *signer_keyset(signer), newest;
    struct cs_node_id node = *signer_node(signer);
    size_t count;

    (void)state;
    clock_hold(NOW + 100);
    assert_int_equal(signer_rotate(signer, NULL, NULL, 0, &why), 0);
    assert_false(file_exists(test_path("keys/log.key"))); /* at once */
    for (int again = 0; again < 2; again++) {
        assert_int_equal(cs_chain_read(signer_keyset_chain(signer), &node, &newest, &count), CS_OK);
        assert_int_equal(count, 2);
        assert_int_equal(newest.issued, NOW + 100);
        assert_int_equal(newest.expires, NOW + 100 + 365 * 86400);
        assert_memory_equal(newest.root[0].b, first.root[0].b, CS_KEY_PUBLIC);
        assert_memory_not_equal(newest.log.b, first.log.b, CS_KEY_PUBLIC);
        assert_memory_not_equal(newest.auth.b, first.auth.b, CS_KEY_PUBLIC);
        assert_memory_not_equal(newest.witness.b, first.witness.b, CS_KEY_PUBLIC);
        assert_true(cs_node_id_equal(&node, signer_node(signer)));
        assert_signed(STATEMENT_CHECKPOINT, checkpoint("public", 3, 7), NOW + 101);
        reopen();
    }
    assert_int_equal(test_count_files(test_path("keys")), 5);
    assert_false(file_exists(test_path("keys/log.key")));
}

/* What readers of the old keyset hold stays where it is. */
static void the_old_keyset_stays_readable(void **state)
{
    const struct cs_keyset *before = signer_keyset(signer);
    struct cs_span chain = signer_keyset_chain(signer);
    struct cs_hash hash = before->text_hash;

    (void)state;
    assert_int_equal(signer_rotate(signer, NULL, NULL, 0, &why), 0);
    assert_memory_equal(before->text_hash.b, hash.b, CS_HASH);
    assert_memory_equal(chain.p, signer_keyset_chain(signer).p, chain.n);
    assert_int_equal(before->version, 1);
    assert_int_equal(signer_keyset(signer)->version, 2);
}

/* After a change of keys it is known what the old ones signed. */
static void earlier_signatures_are_read(void **state)
{
    struct cs_buffer note = CS_BUFFER_INIT;
    static struct cs_profile read;
    char origin[CS_ORIGIN_MAX + 1];
    struct cs_checkpoint c;
    uint64_t version;

    (void)state;
    assert_signed(STATEMENT_CHECKPOINT, checkpoint("public", 3, 7), NOW);
    cs_origin_write(signer_node(signer), "public", 1, origin);
    cs_buffer_add_span(&note, cs_buffer_span(&out));
    assert_int_equal(signer_rotate(signer, NULL, NULL, 0, &why), 0);
    assert_int_equal(signer_rotate(signer, NULL, NULL, 0, &why), 0);
    assert_int_equal(signer_read_checkpoint(signer, cs_buffer_span(&note), origin, &c, &version),
                     CS_OK);
    assert_int_equal(version, 1);
    assert_signed(STATEMENT_CHECKPOINT, checkpoint("public", 3, 7), NOW);
    assert_int_equal(signer_read_checkpoint(signer, cs_buffer_span(&out), origin, &c, &version),
                     CS_OK);
    assert_int_equal(version, 3);
    assert_not_signed(STATEMENT_CHECKPOINT, checkpoint("public", 2, 7), NOW, "refused_to_sign");
    assert_signed(STATEMENT_PROFILE, profile(1, "School"), NOW);
    assert_int_equal(signer_read_profile(signer, cs_buffer_span(&out), &read, &version), CS_OK);
    assert_int_equal(version, 3);
    note.p[note.n - 20] ^= 1;
    assert_int_not_equal(
        signer_read_checkpoint(signer, cs_buffer_span(&note), origin, &c, &version), CS_OK);
    cs_buffer_free(&note);
}

static void a_root_kept_elsewhere(void **state)
{
    unsigned char wrong[CS_KEY_SEED] = {1};

    (void)state;
    assert_int_equal(rename(test_path("keys/root.key"), test_path("root.key")), 0);
    reopen();
    assert_false(signer_has_root(signer));
    assert_int_equal(signer_rotate(signer, NULL, NULL, 0, &why), -1);
    assert_string_equal(why.code, "root_missing");
    problem_clear(&why);
    assert_int_equal(signer_rotate(signer, wrong, NULL, 0, &why), -1);
    assert_string_equal(why.code, "wrong_root");
    assert_int_equal(signer_keyset(signer)->version, 1);
    reopen();
    assert_int_equal(test_count_files(test_path("keys")), 4);
}

/* As many keysets as the logs need, all with the same new keys. */
static void retired_logs(void **state)
{
    static struct cs_retired retired[CS_KEYSET_RETIRED_MAX + 3];
    size_t n = sizeof retired / sizeof retired[0];

    (void)state;
    for (size_t i = 0; i < n; i++) {
        cs_origin_write(signer_node(signer), "public", i + 1, retired[i].origin);
        retired[i].size = i + 1;
    }
    assert_int_equal(signer_rotate(signer, NULL, retired, n, &why), 0);
    assert_int_equal(signer_keyset(signer)->version, 3);
    assert_int_equal(signer_keyset(signer)->retires, 3);
    reopen();
    assert_int_equal(signer_keyset(signer)->version, 3);
    assert_int_equal(signer_rotate(signer, NULL, NULL, 0, &why), 0);
    assert_int_equal(signer_keyset(signer)->retires, 0);
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

/* The disk is full at any step: the keys that are on it, are those in force. */
static void no_step_leaves_half(void **state)
{
    (void)state;
    file_on_sync_failure(ignore_sync);
    for (nth = 1;; nth++) {
        uint64_t before = signer_keyset(signer)->version, after;
        int rc;

        problem_clear(&why);
        seen = 0;
        file_observe(fail_nth, NULL);
        rc = signer_rotate(signer, NULL, NULL, 0, &why);
        file_observe(NULL, NULL);
        after = signer_keyset(signer)->version;
        assert_int_equal(after, rc ? before : before + 1);
        reopen();
        assert_true(signer_keyset(signer)->version == after ||
                    signer_keyset(signer)->version == after + 1);
        assert_signed(STATEMENT_HELLO, hello(signer_node(signer)), NOW);
        if (!rc && seen < nth)
            break;
    }
    assert_true(nth > 3 * 4 + 1 + 4);
}

static void want_of_memory(void **state)
{
    int rc = -1;

    (void)state;
    for (size_t n = 1; rc; n++) {
        problem_clear(&why);
        memory_fail_at(n);
        rc = signer_rotate(signer, NULL, NULL, 0, &why);
        memory_fail_at(0);
        reopen();
    }
    assert_int_equal(signer_keyset(signer)->version, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_chain_grows),
        TEST(the_old_keyset_stays_readable),
        TEST(earlier_signatures_are_read),
        TEST(a_root_kept_elsewhere),
        TEST(retired_logs),
        TEST(no_step_leaves_half),
        TEST(want_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
