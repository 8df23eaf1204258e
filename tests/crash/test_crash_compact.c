/*
 * A power cut at every step of beginning a log anew. Whatever it leaves opens again in the old epoch
 * or in the new one, proves, and goes on; what was reported as done is there. And each sync of the
 * new log's files is taken out once, to see that the checker would notice.
 */
#include "tests/crash/model.h"
#include "tests/unit/home_fixture.h"

#define SEEDS 3

static struct model *model;
static size_t done_after;
static struct compact_result done;
static struct publish_result before;
static char crashed[FILE_PATH_MAX];

static void record_compaction(void)
{
    struct problem why = PROBLEM_INIT;
    struct test_home home;

    home_create(&home);
    home_import(&home, "public", "a", "first", 3);
    home_publish(&home, "public");
    home_import(&home, "public", "a", "second", 2);
    before = home_publish(&home, "public");
    home_close(&home);
    model = model_record(test_directory);
    home_open(&home, STORE_WRITE);
    home_ready(&home);
    assert_went_well(catalogue_compact(home.catalogue, "public", &done, &why), why);
    assert_int_equal(done.epoch, 2);
    assert_int_equal(done.before, 6);
    assert_int_equal(done.size, 4);
    done_after = model_steps(model);
    home_close(&home);
    model_stop(model);
}

static bool is_root(const struct log_row *log, const struct cs_hash *root)
{
    struct cs_hash held;

    cs_range_root(&log->range, &held);
    return memcmp(held.b, root->b, CS_HASH) == 0;
}

static void report(void *arg, const struct doctor_check *check)
{
    bool *ok = arg;

    *ok = *ok && check->ok;
}

static const char *look(struct catalogue *catalogue, struct store *store, bool promised)
{
    struct problem why = PROBLEM_INIT;
    struct reader *r = store_reader(store, &why);
    const char *wrong = NULL;
    struct log_row log, old;
    bool found, ok = true;

    assert_went_well(!r, why);
    assert_went_well(store_log_current(r, STORE_SELF, "public", &log, &found, &why), why);
    assert_true(found);
    assert_went_well(catalogue_prove_logs(catalogue, r, report, &ok, &why), why);
    if (!ok)
        wrong = "a log does not prove";
    else if (promised && log.epoch != 2)
        wrong = "an epoch that was reported as begun is gone";
    else if (!is_root(&log, log.epoch == 1 ? &before.root : &done.root))
        wrong = "the log is not what was signed";
    assert_went_well(store_log_find(r, STORE_SELF, "public", 1, &old, &found, &why), why);
    if (!wrong && (!found || !is_root(&old, &before.root)))
        wrong = "the old epoch is not served any more";
    store_reader_free(r);
    return wrong;
}

static const char *go_on(struct catalogue *catalogue, bool promised)
{
    struct problem why = PROBLEM_INIT;
    struct compact_result again;
    struct publish_result p;

    if (!promised && catalogue_compact(catalogue, "public", &again, &why))
        return "it can't be begun again";
    return catalogue_publish(catalogue, "public", &p, NULL, NULL, &why) ? "it can't publish" : NULL;
}

static const char *survives(size_t step)
{
    struct problem why = PROBLEM_INIT;
    struct catalogue *catalogue = NULL;
    bool promised = step >= done_after;
    struct signer *signer = NULL;
    struct store *store = NULL;
    const char *wrong = NULL;
    char keys[FILE_PATH_MAX];

    assert_int_equal(file_join(keys, crashed, "keys"), 0);
    signer = signer_open(keys, &why);
    assert_went_well(!signer, why);
    if (!(store = store_open(crashed, STORE_WRITE, &why)))
        wrong = "the database does not open";
    else if (!(catalogue = catalogue_open(crashed, store, signer, &why)))
        wrong = "the logs do not prove";
    else if (!(wrong = look(catalogue, store, promised)))
        wrong = go_on(catalogue, promised);
    catalogue_close(catalogue);
    store_close(store);
    signer_close(signer);
    return wrong;
}

static const char *crash(size_t step, enum survival survival, unsigned seed, size_t without)
{
    const char *wrong;

    assert_int_equal(mkdir(crashed, 0700), 0);
    model_crash(model, step, survival, seed, without, crashed);
    wrong = survives(step);
    assert_int_equal(file_remove_tree(crashed, NULL), 0);
    return wrong;
}

static void every_crash_leaves_an_epoch(void **state)
{
    (void)state;
    log_set_level(LOG_LEVEL_ERROR);
    for (size_t step = 0; step <= done_after; step++)
        for (int survival = SURVIVES_ALL; survival <= SURVIVES_SOME; survival++)
            for (unsigned seed = 0; seed < (survival == SURVIVES_SOME ? SEEDS : 1); seed++) {
                const char *wrong = crash(step, (enum survival)survival, seed + 1, SIZE_MAX);
                if (wrong)
                    fail_msg("crash after step %zu of %zu (%s), survival %d, seed %u: %s", step,
                             done_after, step ? model_path(model, step - 1) : "nothing", survival,
                             seed + 1, wrong);
            }
    print_message("%zu steps\n", done_after);
}

static void a_forgotten_sync_is_noticed(void **state)
{
    size_t syncs = 0;

    (void)state;
    for (size_t i = 0; i < done_after; i++) {
        bool missed = false;

        if (!model_is_sync(model, i, "/tile/"))
            continue;
        syncs++;
        for (int survival = SURVIVES_SYNCED; survival < SURVIVES_SOME && !missed; survival++)
            missed = crash(done_after, (enum survival)survival, 1, i) != NULL;
        if (!missed)
            fail_msg("nobody missed the sync of %s", model_path(model, i));
    }
    assert_true(syncs >= 4); /* a tile and a bundle, and their directories */
}

static int set_up(void **state)
{
    bool shared = access("/dev/shm", W_OK) == 0;

    if (test_directory_make(state))
        return -1;
    snprintf(crashed, sizeof crashed, "%s%s-crash", shared ? "/dev/shm" : "",
             shared ? strrchr(test_directory, '/') : test_directory);
    record_compaction();
    return 0;
}

static int tear_down(void **state)
{
    model_free(model);
    return test_directory_remove(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_crash_leaves_an_epoch),
        cmocka_unit_test(a_forgotten_sync_is_noticed),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
