/*
 * A power cut at every step of a publication. Whatever it leaves must open again, prove its logs,
 * have lost nothing that was reported as done, and be able to go on without contradicting anything it
 * signed. And each sync is taken out once, to see that the checker would notice.
 */
#include "tests/crash/model.h"
#include "tests/unit/home_fixture.h"

#define SEEDS 3
#define PUBLICATIONS 3

static struct model *model;
/* What was promised: once step `after` had happened, the log had this size and root. */
static struct {
    size_t after;
    uint64_t size;
    struct cs_hash root;
} promised[PUBLICATIONS];

static char crashed[FILE_PATH_MAX];

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
    model = model_record(test_directory);
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
        promised[i].after = model_steps(model);
        promised[i].size = p.size;
        promised[i].root = p.root;
    }
    home_close(&home);
    model_stop(model);
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
static const char *survives(size_t step)
{
    struct problem why = PROBLEM_INIT;
    struct signer *signer = NULL;
    struct store *store = NULL;
    struct catalogue *catalogue = NULL;
    struct publish_result p;
    const char *wrong = NULL;
    uint64_t held = 0;
    char keys[FILE_PATH_MAX];

    assert_int_equal(file_join(keys, crashed, "keys"), 0);
    signer = signer_open(keys, &why);
    assert_went_well(!signer, why);
    if (!(store = store_open(crashed, STORE_WRITE, &why)))
        wrong = "the database does not open";
    else if (!(catalogue = catalogue_open(crashed, store, signer, &why)))
        wrong = "the logs do not prove";
    else if ((held = size_held(store)),
             catalogue_publish(catalogue, "public", &p, NULL, NULL, &why))
        wrong = "it can't go on publishing";
    for (size_t i = 0; !wrong && i < PUBLICATIONS; i++) {
        if (promised[i].after > step)
            break;
        if (held < promised[i].size || p.size < promised[i].size)
            wrong = "entries that were published are gone";
        else if (p.size == promised[i].size && memcmp(p.root.b, promised[i].root.b, CS_HASH) != 0)
            wrong = "another root was signed for a size";
    }
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

static const char *const survivals[] = {"all", "synced", "torn", "names", "content", "some"};

static void every_crash_leaves_something_to_go_on_from(void **state)
{
    (void)state;
    log_set_level(LOG_LEVEL_ERROR);
    for (size_t step = 0; step <= model_steps(model); step++)
        for (int survival = SURVIVES_ALL; survival <= SURVIVES_SOME; survival++)
            for (unsigned seed = 0; seed < (survival == SURVIVES_SOME ? SEEDS : 1); seed++) {
                const char *wrong = crash(step, (enum survival)survival, seed + 1, SIZE_MAX);
                if (wrong)
                    fail_msg("crash after step %zu of %zu (%s), %s survives, seed %u: %s", step,
                             model_steps(model), step ? model_path(model, step - 1) : "nothing",
                             survivals[survival], seed + 1, wrong);
            }
    print_message("%zu steps\n", model_steps(model));
}

/* A sync that can be left out without any crash telling is one that does nothing, or one that this
 * checker does not see. */
static bool is_missed(size_t sync)
{
    /* From the moment something was promised; until the next publication syncs it after all. */
    for (size_t step = promised[0].after; step < promised[1].after; step++)
        for (int survival = SURVIVES_SYNCED; survival < SURVIVES_SOME; survival++)
            if (crash(step, (enum survival)survival, 1, sync))
                return true;
    return false;
}

static void a_forgotten_sync_of_the_log_is_noticed(void **state)
{
    size_t syncs = 0, missed = 0, entries = 0;

    (void)state;
    /* The first publication's files are enough: the others repeat them. */
    for (size_t i = 0; i < promised[0].after; i++) {
        if (!model_is_sync(model, i, "/tile/"))
            continue;
        syncs++;
        entries += strstr(model_path(model, i), "entries") != NULL;
        if (is_missed(i))
            missed++;
        else
            fail_msg("nobody missed the sync of %s", model_path(model, i));
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
        if (model_is_sync(model, i, "node.db-wal"))
            last = i;
    assert_int_not_equal(last, SIZE_MAX);
    assert_true(is_missed(last));
}

static int set_up(void **state)
{
    if (test_directory_make(state))
        return -1;
    /* Hundreds of small homes are made and synced: in memory, where there is a file system for it. */
    snprintf(crashed, sizeof crashed, "%s%s-crash", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "",
             access("/dev/shm", W_OK) == 0 ? strrchr(test_directory, '/') : test_directory);
    record_publications();
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
        cmocka_unit_test(every_crash_leaves_something_to_go_on_from),
        cmocka_unit_test(a_forgotten_sync_of_the_log_is_noticed),
        cmocka_unit_test(a_forgotten_sync_of_the_commit_is_noticed),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
