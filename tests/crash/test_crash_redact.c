/*
 * A power cut at every step of taking a record back. Whatever it leaves opens again and proves its
 * log; once the redaction was begun it is carried through by the next start; once it was reported as
 * done, no file holds the text. And the syncs that stand for this are taken out once, to see that the
 * checker would notice.
 */
#include <commonshelf/record.h>

#include "tests/crash/model.h"
#include "tests/unit/home_fixture.h"

#define SEEDS 3
#define RECORDS 4
#define SECRET "secret"

static struct model *model;
static size_t done_after; /* steps until the redaction was reported as done */
static struct cs_uuid id;
static char crashed[FILE_PATH_MAX];

static void record_redaction(void)
{
    struct problem why = PROBLEM_INIT;
    struct cs_buffer json = CS_BUFFER_INIT;
    struct redact_result result;
    struct test_home home;
    struct record_row row;
    bool found;

    home_create(&home);
    home_import(&home, "public", "a", SECRET, 1);
    home_publish(&home, "public");
    home_import(&home, "public", "b", "book", RECORDS);
    home_publish(&home, "public");
    assert_went_well(store_record_get(home.reader, 1, &row, &json, &found, &why), why);
    assert_true(found);
    id = row.id;
    home_close(&home);
    model = model_record(test_directory);
    home_open(&home, STORE_WRITE);
    home_ready(&home);
    assert_went_well(catalogue_redact(home.catalogue, &id, &result, &why), why);
    assert_int_equal(result.entries, 1);
    assert_int_equal(result.appended, 2);
    done_after = model_steps(model);
    home_import(&home, "public", "b", "changed", 1);
    home_publish(&home, "public");
    home_close(&home);
    model_stop(model);
    cs_buffer_free(&json);
}

/* True if a file of the log, current or left over, has the text. */
static bool is_in_files(const struct log_row *log)
{
    struct cs_buffer raw = CS_BUFFER_INIT;
    struct cs_tile tile = {CS_TILE_LEVEL_ENTRIES, 0, 1};
    char path[FILE_PATH_MAX];
    bool there = false;

    for (; tile.width <= CS_BUNDLE_WIDTH; tile.width++) {
        assert_int_equal(log_tile_path(crashed, log->origin, &tile, path, NULL), 0);
        if (!file_exists(path))
            continue;
        cs_buffer_reset(&raw);
        if (log_bundle_read(crashed, log->origin, &tile, &raw, NULL) == 0 && raw.n > 0)
            there = there || memmem(raw.p, raw.n, SECRET, strlen(SECRET));
    }
    cs_buffer_free(&raw);
    return there;
}

/* Says what is wrong with a home that opened, or NULL. */
static const char *look(struct store *store, bool promised)
{
    struct problem why = PROBLEM_INIT;
    struct reader *r = store_reader(store, &why);
    struct cs_buffer json = CS_BUFFER_INIT;
    struct redaction_counts counts;
    const char *wrong = NULL;
    struct record_row row;
    struct own_row own;
    struct log_row log;
    bool found, in_files;

    assert_went_well(!r, why);
    assert_went_well(store_log_find(r, STORE_SELF, "public", 1, &log, &found, &why), why);
    assert_went_well(store_own_find(r, &id, &own, &found, &why), why);
    assert_went_well(store_redaction_count(r, log.lid, &counts, &why), why);
    assert_went_well(store_record_get(r, own.rid, &row, &json, &found, &why), why);
    in_files = is_in_files(&log);
    if (promised && !own.redacted)
        wrong = "a redaction that was reported as done is gone";
    else if (own.redacted && found)
        wrong = "a redacted record is shown";
    else if (own.redacted && in_files)
        wrong = "the text of a redacted record is in a file";
    else if (own.redacted && (counts.open > 0 || counts.waiting > 0 || own.published))
        wrong = "a redaction that was begun was not carried through";
    else if (!own.redacted && !(found && in_files))
        wrong = "a record is gone that nobody took back";
    cs_buffer_free(&json);
    store_reader_free(r);
    return wrong;
}

static const char *survives(size_t step)
{
    struct problem why = PROBLEM_INIT;
    struct catalogue *catalogue = NULL;
    struct signer *signer = NULL;
    struct store *store = NULL;
    struct publish_result p;
    const char *wrong = NULL;
    char keys[FILE_PATH_MAX];

    assert_int_equal(file_join(keys, crashed, "keys"), 0);
    signer = signer_open(keys, &why);
    assert_went_well(!signer, why);
    if (!(store = store_open(crashed, STORE_WRITE, &why)))
        wrong = "the database does not open";
    else if (!(catalogue = catalogue_open(crashed, store, signer, &why)))
        wrong = "the logs do not prove";
    else if (!(wrong = look(store, step >= done_after)) &&
             catalogue_publish(catalogue, "public", &p, NULL, NULL, &why))
        wrong = "it can't go on publishing";
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

static void every_crash_is_carried_through(void **state)
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

static bool is_missed(size_t sync)
{
    for (int survival = SURVIVES_SYNCED; survival < SURVIVES_SOME; survival++)
        if (crash(done_after, (enum survival)survival, 1, sync))
            return true;
    return false;
}

/* The last file of entries that was written, and its directory: those without the text. */
static void a_forgotten_sync_is_noticed(void **state)
{
    size_t looked = 0;

    (void)state;
    for (size_t i = done_after; i-- > 0 && looked < 2;) {
        if (!model_is_sync(model, i, "/tile/entries"))
            continue;
        looked++;
        if (!is_missed(i))
            fail_msg("nobody missed the sync of %s", model_path(model, i));
    }
    assert_int_equal(looked, 2);
}

static int set_up(void **state)
{
    bool shared = access("/dev/shm", W_OK) == 0;

    if (test_directory_make(state))
        return -1;
    snprintf(crashed, sizeof crashed, "%s%s-crash", shared ? "/dev/shm" : "",
             shared ? strrchr(test_directory, '/') : test_directory);
    record_redaction();
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
        cmocka_unit_test(every_crash_is_carried_through),
        cmocka_unit_test(a_forgotten_sync_is_noticed),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
