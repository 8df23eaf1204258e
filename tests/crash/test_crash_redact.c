/*
 * A power cut at every step of taking a record back. Whatever it leaves opens again and proves its
 * log; once the redaction was begun it is carried through by the next start; once it was reported as
 * done, no file holds the text. And the syncs that stand for this are taken out once, to see that the
 * checker would notice.
 */
#include <commonshelf/record.h>

#include "tests/crash/cuts.h"
#include "tests/unit/home_fixture.h"

#define SEEDS 3
#define RECORDS 4
#define SECRET "secret"

static struct cuts cuts;
static size_t done_after; /* steps until the redaction was reported as done */
static struct cs_uuid id;

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
    cuts.model = model_record(test_directory);
    home_open(&home, STORE_WRITE);
    home_ready(&home);
    assert_went_well(catalogue_redact(home.catalogue, &id, &result, &why), why);
    assert_int_equal(result.entries, 1);
    assert_int_equal(result.appended, 2);
    done_after = model_steps(cuts.model);
    home_import(&home, "public", "b", "changed", 1);
    home_publish(&home, "public");
    home_close(&home);
    model_stop(cuts.model);
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
        assert_int_equal(log_tile_path(cuts.home, log->origin, &tile, path, NULL), 0);
        if (!file_exists(path))
            continue;
        cs_buffer_reset(&raw);
        if (log_bundle_read(cuts.home, log->origin, &tile, &raw, NULL) == 0 && raw.n > 0)
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

static const char *survives(struct cuts *c, size_t step, enum survival survival)
{
    struct problem why = PROBLEM_INIT;
    struct publish_result p;
    struct test_home home;
    const char *wrong = home_start(&home, c->home);

    (void)survival;
    if (!wrong && !(wrong = look(home.store, step >= done_after)) &&
        catalogue_publish(home.catalogue, "public", &p, NULL, NULL, &why))
        wrong = "it can't go on publishing";
    home_close(&home);
    return wrong;
}

static void every_crash_is_carried_through(void **state)
{
    (void)state;
    cuts_everywhere(&cuts, done_after, SEEDS);
}

/* The last file of entries that was written, and its directory: those without the text. */
static void a_forgotten_sync_is_noticed(void **state)
{
    size_t looked = 0;

    (void)state;
    for (size_t i = done_after; i-- > 0 && looked < 2;) {
        if (!model_is_sync(cuts.model, i, "/tile/entries"))
            continue;
        looked++;
        if (!cuts_miss(&cuts, i, done_after, done_after))
            fail_msg("nobody missed the sync of %s", model_path(cuts.model, i));
    }
    assert_int_equal(looked, 2);
}

static int set_up(void **state)
{
    if (test_directory_make(state))
        return -1;
    cuts_begin(&cuts, test_directory);
    cuts.survives = survives;
    record_redaction();
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
        cmocka_unit_test(every_crash_is_carried_through),
        cmocka_unit_test(a_forgotten_sync_is_noticed),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
