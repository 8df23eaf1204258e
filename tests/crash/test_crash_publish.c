/*
 * A power cut at every step of a publication. Whatever it leaves must open again, prove its logs,
 * have lost nothing that was reported as done, and be able to go on without contradicting anything it
 * signed. And each sync is taken out once, to see that the checker would notice.
 */
#include "tests/crash/cuts.h"
#include "tests/unit/home_fixture.h"

#define SEEDS 3
#define PUBLICATIONS 3

static struct cuts cuts;
/* What was promised: once step `after` had happened, the log had this size and root. */
static struct {
    size_t after;
    uint64_t size;
    struct cs_hash root;
} promised[PUBLICATIONS];

/* Three publications of five records in all, and a change and a withdrawal among them. */
static void record_publications(void)
{
    struct problem why = PROBLEM_INIT;
    struct test_home home;
    struct record_row row;
    struct cs_buffer json = CS_BUFFER_INIT;
    bool found;
    row_id bid;

    home_create(&home);
    home_close(&home);
    cuts.model = model_record(test_directory);
    home_open(&home, STORE_WRITE);
    home_ready(&home);
    for (unsigned i = 0; i < PUBLICATIONS; i++) {
        struct publish_result p;

        if (i == 2) {
            assert_went_well(store_record_get(home.reader, 1, &row, &json, &found, &why), why);
            assert_went_well(catalogue_withdraw(home.catalogue, &row.id, &bid, &why), why);
        }
        home_import(&home, "public", i == 1 ? "a" : "b", i == 1 ? "changed" : "book", 2 + i % 2);
        p = home_publish(&home, "public");
        promised[i].after = model_steps(cuts.model);
        promised[i].size = p.size;
        promised[i].root = p.root;
    }
    home_close(&home);
    model_stop(cuts.model);
    cs_buffer_free(&json);
}

/* The log as the node would serve it before it does anything else. */
static uint64_t size_held(struct store *store)
{
    struct problem why = PROBLEM_INIT;
    struct reader *r = store_reader(store, &why);
    struct log_row log;
    bool found;

    assert_went_well(!r, why);
    assert_went_well(store_log_find(r, STORE_SELF, "public", 1, &log, &found, &why), why);
    store_reader_free(r);
    return found ? log.range.size : 0;
}

/* Opens what the crash left, as the next start does. Returns why it is not as it must be, or NULL. */
static const char *survives(struct cuts *c, size_t step, enum survival survival)
{
    struct problem why = PROBLEM_INIT;
    struct publish_result p;
    struct test_home home;
    const char *wrong = home_start(&home, c->home);
    uint64_t held = 0;

    (void)survival;
    if (!wrong && ((held = size_held(home.store)),
                   catalogue_publish(home.catalogue, "public", &p, NULL, NULL, &why)))
        wrong = "it can't go on publishing";
    for (size_t i = 0; !wrong && i < PUBLICATIONS; i++) {
        if (promised[i].after > step)
            break;
        if (held < promised[i].size || p.size < promised[i].size)
            wrong = "entries that were published are gone";
        else if (p.size == promised[i].size && memcmp(p.root.b, promised[i].root.b, CS_HASH) != 0)
            wrong = "another root was signed for a size";
    }
    home_close(&home);
    return wrong;
}

static void every_crash_leaves_something_to_go_on_from(void **state)
{
    (void)state;
    cuts_everywhere(&cuts, model_steps(cuts.model), SEEDS);
}

/* From the moment something was promised; until the next publication syncs it after all. */
static bool is_missed(size_t sync)
{
    return cuts_miss(&cuts, sync, promised[0].after, promised[1].after - 1);
}

static void a_forgotten_sync_of_the_log_is_noticed(void **state)
{
    size_t syncs = 0, missed = 0, entries = 0;

    (void)state;
    /* The first publication's files are enough: the others repeat them. */
    for (size_t i = 0; i < promised[0].after; i++) {
        if (!model_is_sync(cuts.model, i, "/tile/"))
            continue;
        syncs++;
        entries += strstr(model_path(cuts.model, i), "entries") != NULL;
        if (is_missed(i))
            missed++;
        else
            fail_msg("nobody missed the sync of %s", model_path(cuts.model, i));
    }
    assert_true(syncs >= 4); /* a tile and a bundle, and their directories */
    assert_true(entries >= 2);
    print_message("%zu syncs, each of them missed when left out\n", missed);
}

static void a_forgotten_sync_of_the_commit_is_noticed(void **state)
{
    size_t last = SIZE_MAX;

    (void)state;
    /* The last sync of the database's log before a publication was reported as done. */
    for (size_t i = 0; i < promised[0].after; i++)
        if (model_is_sync(cuts.model, i, "node.db-wal"))
            last = i;
    assert_int_not_equal(last, SIZE_MAX);
    assert_true(is_missed(last));
}

static int set_up(void **state)
{
    if (test_directory_make(state))
        return -1;
    cuts_begin(&cuts, test_directory);
    cuts.survives = survives;
    record_publications();
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
        cmocka_unit_test(every_crash_leaves_something_to_go_on_from),
        cmocka_unit_test(a_forgotten_sync_of_the_log_is_noticed),
        cmocka_unit_test(a_forgotten_sync_of_the_commit_is_noticed),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
