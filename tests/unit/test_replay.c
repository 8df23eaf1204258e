/*
 * Nonces: each is new once, also for many at once and after the process is gone; there is an end to how many
 * are kept.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>

#include "store/store.h"
#include "tests/unit/test_support_directory.h"

static struct cs_node_id node[3];

static enum replay_found add(struct replay *replay, int who, int number, uint64_t until,
                             uint64_t now)
{
    struct problem why = PROBLEM_INIT;
    enum replay_found found;
    char nonce[25];

    snprintf(nonce, sizeof nonce, "%024d", number);
    if (store_replay_add(replay, &node[who], nonce, until, now, &found, &why))
        fail_msg("%s: %s (%s)", why.code, why.message, why.detail);
    return found;
}

static struct replay *open_replay(uint32_t each, uint32_t all)
{
    struct problem why = PROBLEM_INIT;
    struct replay *replay = store_replay_open(test_directory, each, all, &why);

    if (!replay)
        fail_msg("%s: %s (%s)", why.code, why.message, why.detail);
    return replay;
}

static void new_once(void **state)
{
    struct replay *replay;

    (void)state;
    replay = open_replay(10, 10);
    assert_int_equal(add(replay, 0, 1, 200, 100), REPLAY_NEW);
    assert_int_equal(add(replay, 0, 1, 300, 100), REPLAY_SEEN);
    assert_int_equal(add(replay, 1, 1, 200, 100), REPLAY_NEW); /* another node's */
    store_replay_close(replay);
    replay = open_replay(10, 10);
    assert_int_equal(add(replay, 0, 1, 200, 100), REPLAY_SEEN);
    assert_int_equal(add(replay, 0, 1, 200, 200), REPLAY_SEEN); /* in its last second */
    assert_int_equal(add(replay, 0, 1, 300, 201), REPLAY_NEW);
    store_replay_close(replay);
}

static void bounded(void **state)
{
    struct replay *replay;

    (void)state;
    replay = open_replay(3, 5);
    for (int i = 0; i < 3; i++)
        assert_int_equal(add(replay, 0, i, 200, 100), REPLAY_NEW);
    assert_int_equal(add(replay, 0, 3, 200, 100), REPLAY_FULL);
    assert_int_equal(add(replay, 0, 2, 200, 100), REPLAY_SEEN);
    assert_int_equal(add(replay, 1, 0, 400, 100),
                     REPLAY_NEW); /* one node does not fill all of it */
    assert_int_equal(add(replay, 1, 1, 400, 100), REPLAY_NEW);
    assert_int_equal(add(replay, 2, 0, 400, 100), REPLAY_FULL); /* all of them do */
    assert_int_equal(add(replay, 2, 0, 400, 201), REPLAY_NEW); /* the first ones' time is over */
    for (int i = 3; i < 5; i++)
        assert_int_equal(add(replay, 0, i, 400, 201), REPLAY_NEW);
    assert_int_equal(add(replay, 0, 5, 400, 201), REPLAY_FULL);
    store_replay_close(replay);
}

static void damaged(void **state)
{
    struct replay *replay;
    FILE *f;

    (void)state;
    assert_non_null(f = fopen(test_path("replay.db"), "w"));
    for (int i = 0; i < 8192; i++)
        fputc('x', f);
    fclose(f);
    replay = open_replay(3, 5);
    assert_int_equal(add(replay, 0, 1, 200, 100), REPLAY_NEW);
    store_replay_close(replay);
}

#define THREADS 8
#define EACH 50
static struct replay *shared;
static atomic_int fresh;

static void *ask(void *arg)
{
    (void)arg;
    for (int i = 0; i < EACH; i++)
        if (add(shared, 0, i, 200, 100) == REPLAY_NEW)
            atomic_fetch_add(&fresh, 1);
    return NULL;
}

static void many_at_once(void **state)
{
    pthread_t thread[THREADS];

    (void)state;
    shared = open_replay(1000, 1000);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, ask, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(thread[i], NULL);
    assert_int_equal(atomic_load(&fresh), EACH);
    store_replay_close(shared);
}

#define in(test) cmocka_unit_test_setup_teardown(test, test_directory_make, test_directory_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        in(new_once),
        in(bounded),
        in(damaged),
        in(many_at_once),
    };

    for (int i = 0; i < 3; i++) {
        memset(node[i].s, 'q', CS_NODE_ID_LEN);
        memcpy(node[i].s, "cs1", 3);
        node[i].s[3] = (char)('a' + i);
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
