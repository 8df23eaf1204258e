/* The signer: signs what is well formed and its own, and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <commonshelf/httpsig.h>
#include <commonshelf/seen.h>
#include <pthread.h>

#include "tests/unit/test_support_signer.h"

static void strangers_accept_a_checkpoint(void **state)
{
    char origin[CS_ORIGIN_MAX + 1];
    struct cs_checkpoint c;

    (void)state;
    assert_signed(STATEMENT_CHECKPOINT, checkpoint("public", 3, 7), NOW + 9);
    cs_origin_write(signer_node(signer), "public", 1, origin);
    assert_int_equal(cs_checkpoint_read(cs_buffer_span(&out), origin, signer_node(signer),
                                        signer_keyset(signer), &c),
                     CS_OK);
    assert_int_equal(c.size, 3);
    assert_int_equal(c.time, NOW + 9);
    assert_int_equal(c.root.b[31], 7);
}

static void a_log_only_grows(void **state)
{
    (void)state;
    assert_signed(STATEMENT_CHECKPOINT, checkpoint("public", 0, 0), NOW);
    assert_signed(STATEMENT_CHECKPOINT, checkpoint("public", 10, 1), NOW);
    assert_signed(STATEMENT_CHECKPOINT, checkpoint("public", 10, 1), NOW + 60); /* fresh time */
    assert_not_signed(STATEMENT_CHECKPOINT, checkpoint("public", 9, 1), NOW + 60,
                      "refused_to_sign");
    assert_not_signed(STATEMENT_CHECKPOINT, checkpoint("public", 10, 2), NOW + 60,
                      "refused_to_sign");
    assert_not_signed(STATEMENT_CHECKPOINT, checkpoint("public", 0, 0), NOW + 60,
                      "refused_to_sign");
    /* Each log for itself. */
    for (int i = 0; i < 20; i++) {
        char shelf[16];

        snprintf(shelf, sizeof shelf, "s%d", i);
        assert_signed(STATEMENT_CHECKPOINT, checkpoint(shelf, 2, (unsigned char)i), NOW + 60);
        assert_not_signed(STATEMENT_CHECKPOINT, checkpoint(shelf, 1, 9), NOW + 60,
                          "refused_to_sign");
    }
    assert_signed(STATEMENT_CHECKPOINT, checkpoint("public", 11, 3), NOW + 60);
}

static int cosign(struct cs_span statement, uint64_t time)
{
    problem_clear(&why);
    cs_buffer_reset(&out);
    return signer_cosign(signer, statement, time, &out, &why);
}

static void assert_not_cosigned(struct cs_span statement, uint64_t time, const char *code)
{
    assert_int_equal(cosign(statement, time), -1);
    assert_string_equal(why.code, code);
    assert_int_equal(out.n, 0);
}

static void a_witness_never_goes_back(void **state)
{
    struct cs_node_id other = *signer_node(signer);
    struct cs_checkpoint c = {.size = 30, .time = NOW};

    (void)state;
    other.s[20] = other.s[20] == 'a' ? 'b' : 'a';
    assert_int_equal(cosign(checkpoint_of(&other, "public", 10, 1), NOW), 0);
    assert_memory_equal(out.p, "\xe2\x80\x94 cs1", 7);
    assert_int_equal(cosign(checkpoint_of(&other, "public", 10, 1), NOW + 60), 0);
    assert_not_cosigned(checkpoint_of(&other, "public", 9, 1), NOW + 60, "refused_to_sign");
    assert_not_cosigned(checkpoint_of(&other, "public", 10, 2), NOW + 60, "refused_to_sign");
    assert_not_cosigned(checkpoint_of(&other, "public", 11, 2), NOW, "clock_behind");
    assert_int_equal(cosign(checkpoint_of(&other, "public", 20, 2), NOW + 60), 0);
    /* Nor behind what an earlier run did. */
    cs_origin_write(&other, "public", 1, c.origin);
    signer_remember(signer, &c);
    assert_not_cosigned(checkpoint_of(&other, "public", 29, 3), NOW + 60, "refused_to_sign");
    /* Own logs are signed by their log key, as checkpoints; and this is no checkpoint at all. */
    assert_not_cosigned(checkpoint("public", 3, 7), NOW + 60, "refused_to_sign");
    assert_not_cosigned(cs_span_of("commonshelf/seen/v1\n"), NOW + 60, "refused_to_sign");
}

static void seen_notes_are_its_own(void **state)
{
    struct cs_node_id other = *signer_node(signer);
    struct cs_span logs;
    uint64_t time;

    (void)state;
    cs_buffer_reset(&text);
    cs_seen_begin(&text, &other, NOW);
    assert_signed(STATEMENT_SEEN, cs_buffer_span(&text), NOW);
    assert_int_equal(cs_seen_read(cs_buffer_span(&out), signer_node(signer), signer_keyset(signer),
                                  &time, &logs),
                     CS_OK);
    other.s[20] = other.s[20] == 'a' ? 'b' : 'a';
    cs_buffer_reset(&text);
    cs_seen_begin(&text, &other, NOW);
    assert_not_signed(STATEMENT_SEEN, cs_buffer_span(&text), NOW, "refused_to_sign");
    assert_not_signed(STATEMENT_SEEN, checkpoint("public", 3, 7), NOW, "refused_to_sign");
}

static void earlier_runs_are_remembered(void **state)
{
    struct cs_checkpoint c = {.size = 10, .time = NOW + 500};

    (void)state;
    cs_origin_write(signer_node(signer), "public", 1, c.origin);
    memset(c.root.b, 1, CS_HASH);
    signer_remember(signer, &c);
    c.size = 5;
    c.time = NOW;
    signer_remember(signer, &c);
    assert_not_signed(STATEMENT_CHECKPOINT, checkpoint("public", 9, 1), NOW + 500,
                      "refused_to_sign");
    assert_not_signed(STATEMENT_CHECKPOINT, checkpoint("public", 10, 2), NOW + 500,
                      "refused_to_sign");
    assert_not_signed(STATEMENT_CHECKPOINT, checkpoint("public", 11, 2), NOW + 400, "clock_behind");
    assert_signed(STATEMENT_CHECKPOINT, checkpoint("public", 11, 2), NOW + 500);
}

static void time_only_advances(void **state)
{
    (void)state;
    assert_not_signed(STATEMENT_CHECKPOINT, checkpoint("public", 1, 1), NOW - 100,
                      "clock_behind"); /* before the keyset itself */
    assert_not_signed(STATEMENT_CHECKPOINT, checkpoint("public", 1, 1), 0, "clock_behind");
    assert_signed(STATEMENT_CHECKPOINT, checkpoint("public", 1, 1), NOW + 100);
    assert_not_signed(STATEMENT_CHECKPOINT, checkpoint("public", 2, 1),
                      NOW + 100 - SIGNER_SLACK - 1, "clock_behind");
    assert_non_null(strstr(why.message, "2026-09-21T14:15:00Z"));
    assert_not_signed(STATEMENT_HELLO, hello(signer_node(signer)), NOW, "clock_behind");
    assert_not_signed(STATEMENT_PROFILE, profile(1, "A"), NOW, "clock_behind");
    /* A thread that read the clock a moment before another one signed. */
    assert_signed(STATEMENT_CHECKPOINT, checkpoint("public", 2, 1), NOW + 100 - SIGNER_SLACK);
    {
        struct cs_checkpoint c;
        char origin[CS_ORIGIN_MAX + 1];

        cs_origin_write(signer_node(signer), "public", 1, origin);
        assert_int_equal(cs_checkpoint_read(cs_buffer_span(&out), origin, signer_node(signer),
                                            signer_keyset(signer), &c),
                         CS_OK);
        assert_int_equal(c.time, NOW + 100);
    }
}

static void foreign_or_broken_checkpoints(void **state)
{
    static const char *const broken[] = {
        "",
        "\n",
        "x",
        "public\n1\nAA=\n",
        "\n\n\n",
        "cosignature/v1\ntime 1\nx\n",
        "commonshelf/profile/v1\n",
        "\"@method\": GET\n",
    };
    struct cs_node_id other = *signer_node(signer);
    struct cs_buffer more = CS_BUFFER_INIT;
    struct cs_span good;

    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++)
        assert_not_signed(STATEMENT_CHECKPOINT, cs_span_of(broken[i]), NOW, "refused_to_sign");
    other.s[20] = other.s[20] == 'a' ? 'b' : 'a';
    assert_not_signed(STATEMENT_CHECKPOINT, checkpoint_of(&other, "public", 1, 1), NOW,
                      "refused_to_sign");
    good = checkpoint("public", 1, 1);
    assert_not_signed(STATEMENT_CHECKPOINT, cs_span_make(good.p, good.n - 1), NOW,
                      "refused_to_sign");
    cs_buffer_add_span(&more, good);
    cs_buffer_add_text(&more, "an extension\n");
    assert_not_signed(STATEMENT_CHECKPOINT, cs_buffer_span(&more), NOW, "refused_to_sign");
    /* A text that would be taken for another text and a signature. */
    cs_buffer_reset(&more);
    cs_buffer_add_span(&more, good);
    cs_buffer_add_text(&more, "\n\xe2\x80\x94 x AAAAAAAA\n");
    assert_not_signed(STATEMENT_CHECKPOINT, cs_buffer_span(&more), NOW, "refused_to_sign");
    assert_not_signed(STATEMENT_CHECKPOINT, cs_span_make(more.p, more.n - 1), NOW,
                      "refused_to_sign");
    cs_buffer_free(&more);
    /* Nothing of that stays behind. */
    assert_signed(STATEMENT_CHECKPOINT, checkpoint("public", 1, 2), NOW);
}

static void profiles(void **state)
{
    static struct cs_profile read;
    struct cs_buffer first = CS_BUFFER_INIT;

    (void)state;
    assert_signed(STATEMENT_PROFILE, profile(2, "City Library"), NOW);
    assert_int_equal(
        cs_profile_read(cs_buffer_span(&out), signer_node(signer), signer_keyset(signer), &read),
        CS_OK);
    assert_string_equal(read.name, "City Library");
    cs_buffer_add_span(&first, cs_buffer_span(&out));
    assert_signed(STATEMENT_PROFILE, profile(2, "City Library"), NOW); /* the same again */
    assert_true(cs_span_equal(cs_buffer_span(&first), cs_buffer_span(&out)));
    assert_not_signed(STATEMENT_PROFILE, profile(2, "Another"), NOW, "refused_to_sign");
    assert_not_signed(STATEMENT_PROFILE, profile(1, "City Library"), NOW, "refused_to_sign");
    assert_not_signed(STATEMENT_PROFILE, checkpoint("public", 1, 1), NOW, "refused_to_sign");
    assert_not_signed(STATEMENT_PROFILE, hello(signer_node(signer)), NOW, "refused_to_sign");
    assert_signed(STATEMENT_PROFILE, profile(3, "Another"), NOW);

    /* Another run, which is told what this one signed. */
    signer_close(signer);
    signer = signer_open(test_path("keys"), &why);
    assert_non_null(signer);
    assert_int_equal(signer_remember_profile(signer, cs_buffer_span(&first), &why), 0);
    assert_not_signed(STATEMENT_PROFILE, profile(2, "Another"), NOW, "refused_to_sign");
    assert_signed(STATEMENT_PROFILE, profile(2, "City Library"), NOW);
    first.p[30] ^= 1;
    assert_int_equal(signer_remember_profile(signer, cs_buffer_span(&first), &why), -1);
    cs_buffer_free(&first);
}

static void hellos(void **state)
{
    struct cs_node_id other = *signer_node(signer);

    (void)state;
    assert_signed(STATEMENT_HELLO, hello(signer_node(signer)), NOW);
    assert_int_equal(
        cs_hello_verify(cs_buffer_span(&out), signer_node(signer), signer_keyset(signer)), CS_OK);
    other.s[20] = other.s[20] == 'a' ? 'b' : 'a';
    assert_not_signed(STATEMENT_HELLO, hello(&other), NOW, "refused_to_sign");
    assert_not_signed(STATEMENT_HELLO, profile(9, "A"), NOW, "refused_to_sign");
    assert_not_signed(STATEMENT_HELLO, checkpoint("public", 1, 1), NOW, "refused_to_sign");
}

static void requests(void **state)
{
    struct cs_httpsig sig = {
        .created = NOW, .expires = NOW + 60, .nonce = "AAAAAAAAAAAAAAAAAAAAAA=="};
    struct cs_request request = {.method = cs_span_of("GET"),
                                 .authority = cs_span_of("a.example"),
                                 .path = cs_span_of("/csh/v1/shelves")};
    struct cs_buffer input = CS_BUFFER_INIT, base = CS_BUFFER_INIT, value = CS_BUFFER_INIT;
    unsigned char signature[CS_SIGNATURE];
    struct cs_httpsig read;
    struct cs_span params;
    char saved;

    (void)state;
    sig.node = *signer_node(signer);
    request.to = cs_span_of(sig.node.s);
    cs_httpsig_input(false, &sig, &input);
    params = cs_span_make(input.p + 3, input.n - 3);
    cs_httpsig_base(&request, params, &base);
    assert_int_equal(signer_http(signer, cs_buffer_span(&base), signature, &why), 0);
    cs_httpsig_value(signature, &value);
    assert_int_equal(cs_request_verify(&request, cs_buffer_span(&input), cs_buffer_span(&value),
                                       cs_span_make(NULL, 0), &sig.node,
                                       &signer_keyset(signer)->auth, NOW, &read),
                     CS_OK);

    assert_int_equal(signer_http(signer, cs_span_make(base.p, base.n - 1), signature, &why), -1);
    assert_string_equal(why.code, "refused_to_sign");
    assert_int_equal(signer_http(signer, cs_span_make(base.p + 1, base.n - 1), signature, NULL),
                     -1);
    assert_int_equal(signer_http(signer, cs_span_make(NULL, 0), signature, NULL), -1);
    assert_int_equal(signer_http(signer, cs_span_of("\"@method\": GET"), signature, NULL), -1);
    assert_int_equal(signer_http(signer, hello(signer_node(signer)), signature, NULL), -1);
    saved = (char)base.p[base.n - 50]; /* inside the node ID */
    base.p[base.n - 50] = saved == 'a' ? 'b' : 'a';
    assert_int_equal(signer_http(signer, cs_buffer_span(&base), signature, NULL), -1);
    cs_buffer_free(&input);
    cs_buffer_free(&base);
    cs_buffer_free(&value);
}

/* Whatever allocation fails, nothing is added, and the next try works as if nothing had been. */
static void want_of_memory(void **state)
{
    struct cs_buffer text_copy = CS_BUFFER_INIT, note = CS_BUFFER_INIT;
    unsigned long n;

    (void)state;
    note.alloc = memory_allocator();
    cs_buffer_add_span(&text_copy, checkpoint("public", 5, 1));
    for (n = 1;; n++) {
        int rc;

        problem_clear(&why);
        cs_buffer_free(&note);
        memory_fail_at(n);
        rc =
            signer_note(signer, STATEMENT_CHECKPOINT, cs_buffer_span(&text_copy), NOW, &note, &why);
        memory_fail_at(0);
        if (!rc)
            break;
        assert_string_equal(why.code, "no_memory");
        assert_int_equal(note.n, 0);
    }
    assert_true(n > 3);
    cs_buffer_free(&text_copy);
    cs_buffer_free(&note);
    for (n = 1; n < 8; n++) {
        memory_fail_at(n);
        signer_close(signer_open(test_path("keys"), NULL));
    }
}

/* What couldn't be remembered must not be contradicted. */
static void a_forgetful_signer_signs_no_checkpoint(void **state)
{
    struct cs_checkpoint c = {.size = 10, .time = NOW};

    (void)state;
    cs_origin_write(signer_node(signer), "public", 1, c.origin);
    memory_fail_at(1);
    signer_remember(signer, &c);
    memory_fail_at(0);
    assert_not_signed(STATEMENT_CHECKPOINT, checkpoint("public", 1, 1), NOW, "no_memory");
}

static void *sign_many(void *arg)
{
    const char *shelf = arg;
    struct cs_checkpoint c = {.size = 0};
    size_t *failures = calloc(1, sizeof *failures);

    cs_origin_write(signer_node(signer), shelf, 1, c.origin);
    for (c.size = 1; c.size <= 40; c.size++) {
        struct cs_buffer t = CS_BUFFER_INIT, note = CS_BUFFER_INIT;
        struct cs_checkpoint read;

        cs_checkpoint_write(&c, &t);
        if (signer_note(signer, STATEMENT_CHECKPOINT, cs_buffer_span(&t), NOW + c.size % 3, &note,
                        NULL) ||
            cs_checkpoint_read(cs_buffer_span(&note), c.origin, signer_node(signer),
                               signer_keyset(signer), &read) != CS_OK)
            ++*failures;
        cs_buffer_free(&t);
        cs_buffer_free(&note);
    }
    return failures;
}

static void threads(void **state)
{
    static char shelves[4][4] = {"a", "b", "c", "d"};
    pthread_t thread[4];

    (void)state;
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, sign_many, shelves[i]), 0);
    for (int i = 0; i < 4; i++) {
        void *failures;

        assert_int_equal(pthread_join(thread[i], &failures), 0);
        assert_int_equal(*(size_t *)failures, 0);
        free(failures);
    }
    for (int i = 0; i < 4; i++)
        assert_not_signed(STATEMENT_CHECKPOINT, checkpoint(shelves[i], 39, 0), NOW + 2,
                          "refused_to_sign");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(strangers_accept_a_checkpoint),
        TEST(a_log_only_grows),
        TEST(a_witness_never_goes_back),
        TEST(seen_notes_are_its_own),
        TEST(earlier_runs_are_remembered),
        TEST(time_only_advances),
        TEST(foreign_or_broken_checkpoints),
        TEST(profiles),
        TEST(hellos),
        TEST(requests),
        TEST(want_of_memory),
        TEST(a_forgetful_signer_signs_no_checkpoint),
        TEST(threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
