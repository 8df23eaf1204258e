/*
 * A signer of its own for each test, statements for it to sign, and what is expected of them. Tests
 * only.
 */
#ifndef TEST_SUPPORT_SIGNER_H
#define TEST_SUPPORT_SIGNER_H

#include <commonshelf/hello.h>
#include <commonshelf/profile.h>

#include "support/clock.h"
#include "support/file.h"
#include "support/memory.h"
#include "support/random.h"
#include "support/signer.h"
#include "tests/unit/test_support_directory.h"

#define NOW UINT64_C(1790000000)

static struct signer *signer;
static struct problem why;
static struct cs_buffer out, text;

static inline int make(void **state)
{
    clock_hold(NOW);
    problem_clear(&why);
    if (test_directory_make(state))
        return -1;
    if (signer_create(test_path("keys"), &why))
        return -1;
    signer = signer_open(test_path("keys"), &why);
    return signer ? 0 : -1;
}

static inline int unmake(void **state)
{
    signer_close(signer);
    signer = NULL;
    cs_buffer_free(&out);
    cs_buffer_free(&text);
    random_replay(NULL);
    clock_hold(0);
    memory_fail_at(0);
    file_observe(NULL, NULL);
    file_on_sync_failure(NULL);
    return test_directory_remove(state);
}

/* ---- statements to sign */

static inline struct cs_span checkpoint_of(const struct cs_node_id *node, const char *shelf,
                                           uint64_t size, unsigned char fill)
{
    struct cs_checkpoint c = {.size = size};

    cs_origin_write(node, shelf, 1, c.origin);
    memset(c.root.b, fill, CS_HASH);
    if (!size)
        cs_merkle_empty(&c.root);
    cs_buffer_reset(&text);
    cs_checkpoint_write(&c, &text);
    return cs_buffer_span(&text);
}

static inline struct cs_span checkpoint(const char *shelf, uint64_t size, unsigned char fill)
{
    return checkpoint_of(signer_node(signer), shelf, size, fill);
}

static inline struct cs_span profile(uint64_t version, const char *name)
{
    static struct cs_profile p;

    memset(&p, 0, sizeof p);
    p.node = *signer_node(signer);
    p.version = version;
    p.issued = NOW;
    p.expires = NOW + 1000;
    snprintf(p.name, sizeof p.name, "%s", name);
    strcpy(p.url, "https://127.0.0.1:7443");
    p.reach = CS_REACH_DIRECT;
    p.pins = 1;
    cs_buffer_reset(&text);
    assert_int_equal(cs_profile_write(&p, &text), CS_OK);
    return cs_buffer_span(&text);
}

static inline struct cs_span hello(const struct cs_node_id *from)
{
    struct cs_hello h = {.from = *from, .to = *from, .time = NOW, .nonce = "fresh"};

    h.to.s[10] = h.to.s[10] == 'a' ? 'b' : 'a';
    cs_buffer_reset(&text);
    cs_hello_write(&h, &text);
    return cs_buffer_span(&text);
}

static inline int sign(enum statement type, struct cs_span statement, uint64_t time)
{
    problem_clear(&why);
    cs_buffer_reset(&out);
    return signer_note(signer, type, statement, time, &out, &why);
}

static inline void assert_signed(enum statement type, struct cs_span statement, uint64_t time)
{
    if (sign(type, statement, time))
        fail_msg("not signed: %s", why.message);
    assert_true(out.n > statement.n);
    assert_memory_equal(out.p, statement.p, statement.n);
}

static inline void assert_not_signed(enum statement type, struct cs_span statement, uint64_t time,
                                     const char *code)
{
    assert_int_equal(sign(type, statement, time), -1);
    assert_string_equal(why.code, code);
    assert_int_equal(out.n, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, unmake)

#endif
