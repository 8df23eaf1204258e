/*
 * A power cut at every step of beginning a log anew. Whatever it leaves opens again in the old epoch
 * or in the new one, proves, and goes on; what was reported as done is there. And each sync of the
 * new log's files is taken out once, to see that the checker would notice.
 */
#include "tests/crash/cuts.h"
#include "tests/unit/home_fixture.h"

#define SEEDS 3

static struct cuts cuts;
static size_t done_after;
static struct compact_result done;
static struct publish_result before;

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
    cuts.model = model_record(test_directory);
    home_open(&home, STORE_WRITE);
    home_ready(&home);
    assert_went_well(catalogue_compact(home.catalogue, "public", &done, &why), why);
    assert_int_equal(done.epoch, 2);
    assert_int_equal(done.before, 6);
    assert_int_equal(done.size, 4);
    done_after = model_steps(cuts.model);
    home_close(&home);
    model_stop(cuts.model);
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

static const char *survives(struct cuts *c, size_t step, enum survival survival)
{
    bool promised = step >= done_after;
    struct test_home home;
    const char *wrong = home_start(&home, c->home);

    (void)survival;
    if (!wrong && !(wrong = look(home.catalogue, home.store, promised)))
        wrong = go_on(home.catalogue, promised);
    home_close(&home);
    return wrong;
}

static void every_crash_leaves_an_epoch(void **state)
{
    (void)state;
    cuts_everywhere(&cuts, done_after, SEEDS);
}

static void a_forgotten_sync_is_noticed(void **state)
{
    size_t syncs = 0;

    (void)state;
    for (size_t i = 0; i < done_after; i++) {
        if (!model_is_sync(cuts.model, i, "/tile/"))
            continue;
        syncs++;
        if (!cuts_miss(&cuts, i, done_after, done_after))
            fail_msg("nobody missed the sync of %s", model_path(cuts.model, i));
    }
    assert_true(syncs >= 4); /* a tile and a bundle, and their directories */
}

static int set_up(void **state)
{
    if (test_directory_make(state))
        return -1;
    cuts_begin(&cuts, test_directory);
    cuts.survives = survives;
    record_compaction();
    return 0;
}

static int tear_down(void **state)
{
    cuts_end(&cuts);
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
