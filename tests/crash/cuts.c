#include "tests/crash/cuts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void cuts_begin(struct cuts *cuts, const char *test_directory)
{
    bool shared = access("/dev/shm", W_OK) == 0;

    log_set_level(LOG_LEVEL_ERROR);
    snprintf(cuts->home, sizeof cuts->home, "%s%s-crash", shared ? "/dev/shm" : "",
             shared ? strrchr(test_directory, '/') : test_directory);
}

void cuts_end(struct cuts *cuts)
{
    model_free(cuts->model);
    cuts->model = NULL;
}

static const char *cut(struct cuts *cuts, size_t step, enum survival survival, unsigned seed,
                       size_t without)
{
    const char *wrong;

    assert_int_equal(mkdir(cuts->home, 0700), 0);
    model_crash(cuts->model, step, survival, seed, without, cuts->home);
    wrong = cuts->survives(cuts, step, survival);
    assert_int_equal(file_remove_tree(cuts->home, NULL), 0);
    return wrong;
}

void cuts_everywhere(struct cuts *cuts, size_t last, unsigned seeds)
{
    static const char *const words[] = {"all", "synced", "torn", "names", "content", "some"};

    for (size_t step = 0; step <= last; step++)
        for (int survival = SURVIVES_ALL; survival <= SURVIVES_SOME; survival++)
            for (unsigned seed = 1; seed <= (survival == SURVIVES_SOME ? seeds : 1); seed++) {
                const char *wrong = cut(cuts, step, (enum survival)survival, seed, SIZE_MAX);

                if (wrong)
                    fail_msg("crash after step %zu of %zu (%s), %s survives, seed %u: %s", step,
                             last, step ? model_path(cuts->model, step - 1) : "nothing",
                             words[survival], seed, wrong);
            }
    print_message("%zu steps\n", last);
}

bool cuts_miss(struct cuts *cuts, size_t sync, size_t from, size_t to)
{
    for (size_t step = from; step <= to; step++)
        for (int survival = SURVIVES_SYNCED; survival < SURVIVES_SOME; survival++)
            if (cut(cuts, step, (enum survival)survival, 1, sync))
                return true;
    return false;
}
