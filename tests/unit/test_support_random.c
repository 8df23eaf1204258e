/* Random bytes: replay, forks, threads, and the end when the system gives none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <commonshelf/key.h>

#include "support/random.h"

static void replay_gives_the_same_again(void **state)
{
    unsigned char one[100], two[100], block[CS_HASH + 8] = {0};
    struct cs_hash expected;

    (void)state;
    random_replay("a seed");
    random_bytes(one, 100);
    random_replay("a seed");
    random_bytes(two, 7);
    random_bytes(two + 7, 93);
    assert_memory_equal(one, two, 100);
    random_replay("another");
    random_bytes(two, 100);
    assert_memory_not_equal(one, two, 100);

    /* The stream is SHA-256(SHA-256(seed) ‖ counter): a bug report's seed works on any machine. */
    cs_sha256(cs_span_of("a seed"), &expected);
    memcpy(block, expected.b, CS_HASH);
    block[CS_HASH + 7] = 1;
    cs_sha256(cs_span_make(block, sizeof block), &expected);
    assert_memory_equal(one + CS_HASH, expected.b, CS_HASH);

    random_replay(NULL);
    random_bytes(one, 100);
    random_bytes(two, 100);
    assert_memory_not_equal(one, two, 100);
}

static void fills_every_size(void **state)
{
    static const size_t sizes[] = {0, 1, 16, 63, 64, 65, 255, 256, 257, 5000};
    unsigned char bytes[5001];

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        unsigned char seen = 0;

        /* In 16 rounds every byte differs from 0 at least once, or the source is broken. */
        for (int round = 0; round < 16; round++) {
            memset(bytes, 0, sizeof bytes);
            random_bytes(bytes, sizes[i]);
            assert_int_equal(bytes[sizes[i]], 0);
            seen |= sizes[i] ? bytes[sizes[i] - 1] : 1;
        }
        assert_int_not_equal(seen, 0);
    }
}

static void below_a_limit_and_evenly(void **state)
{
    unsigned count[3] = {0};

    (void)state;
    random_replay("dice");
    for (int i = 0; i < 3000; i++)
        count[random_below(3)]++;
    for (int i = 0; i < 3; i++)
        assert_in_range(count[i], 900, 1100);
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(random_below(1), 0);
        assert_in_range(random_below(0x80000001u), 0, 0x80000000u);
    }
    random_replay(NULL);
}

static void a_child_draws_its_own(void **state)
{
    unsigned char mine[16], theirs[2][16];
    int ends[2];

    (void)state;
    random_bytes(mine, 1); /* the stock is filled before the fork */
    for (int child = 0; child < 2; child++) {
        pid_t pid;
        int status;

        assert_int_equal(pipe(ends), 0);
        pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
            random_bytes(mine, sizeof mine);
            _exit(write(ends[1], mine, sizeof mine) == sizeof mine ? 0 : 1);
        }
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_int_equal(status, 0);
        assert_int_equal(read(ends[0], theirs[child], 16), 16);
        close(ends[0]);
        close(ends[1]);
    }
    random_bytes(mine, sizeof mine);
    assert_memory_not_equal(mine, theirs[0], 16);
    assert_memory_not_equal(mine, theirs[1], 16);
    assert_memory_not_equal(theirs[0], theirs[1], 16);
}

static void *draw(void *out)
{
    for (int i = 0; i < 1000; i++)
        random_bytes((unsigned char *)out + 16 * i, 16);
    return NULL;
}

static int order(const void *a, const void *b)
{
    return memcmp(a, b, 16);
}

static void threads_never_share(void **state)
{
    static unsigned char drawn[4][1000][16];
    pthread_t thread[4];
    unsigned char *all = &drawn[0][0][0];

    (void)state;
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, draw, drawn[i]), 0);
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_join(thread[i], NULL), 0);
    qsort(all, 4000, 16, order);
    for (size_t i = 1; i < 4000; i++)
        assert_memory_not_equal(all + 16 * (i - 1), all + 16 * i, 16);
}

/* Makes getrandom fail with ENOSYS for this process. */
static int forbid_getrandom(void)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getrandom, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof code / sizeof code[0], code};

    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static void ends_when_there_are_none(void **state)
{
    unsigned char bytes[300];
    int status;
    pid_t pid = fork();

    (void)state;
    assert_true(pid >= 0);
    if (pid == 0) {
        int quiet = open("/dev/null", O_WRONLY);

        if (forbid_getrandom())
            _exit(77);
        dup2(quiet, STDERR_FILENO);
        random_bytes(bytes, sizeof bytes);
        _exit(42);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77) {
        print_message("seccomp is not to be had here\n");
        skip();
    }
    assert_int_equal(WEXITSTATUS(status), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replay_gives_the_same_again), cmocka_unit_test(fills_every_size),
        cmocka_unit_test(below_a_limit_and_evenly),    cmocka_unit_test(a_child_draws_its_own),
        cmocka_unit_test(threads_never_share),         cmocka_unit_test(ends_when_there_are_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
