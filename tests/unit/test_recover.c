/*
 * A database that is older than the log beside it: what was signed comes back from the log's files, and
 * the history goes on where it ended.
 */
#include "tests/unit/home_fixture.h"

static struct test_home home;

static int make_home(void **state)
{
    if (test_directory_make(state))
        return -1;
    home_create(&home);
    home_import(&home, "public", "a", "First", 3);
    return 0;
}

static int remove_home(void **state)
{
    if (home.store)
        home_close(&home);
    return test_directory_remove(state);
}

static void copy(const char *from, const char *to)
{
    char source[FILE_PATH_MAX];
    struct cs_buffer bytes = CS_BUFFER_INIT;
    struct problem why = PROBLEM_INIT;

    strcpy(source, test_path(from));
    assert_went_well(file_read(source, 1 << 24, &bytes, &why), why);
    assert_went_well(file_put(test_path(to), cs_buffer_span(&bytes), 0600, &why), why);
    cs_buffer_free(&bytes);
}

static void keep_database(void)
{
    home_close(&home);
    copy("node.db", "node.db.kept");
    home_open(&home, STORE_WRITE);
    home_ready(&home);
}

static void put_database_back(void)
{
    home_close(&home);
    copy("node.db.kept", "node.db");
    home_open(&home, STORE_WRITE);
}

/* The record with this source identifier in source "a", as its owner sees it; false if withdrawn. */
static bool says(unsigned key, char *out, size_t room, bool *published)
{
    struct cs_buffer json = CS_BUFFER_INIT;
    struct problem why = PROBLEM_INIT;
    struct record_row row;
    json_t *record;
    bool found;

    /* Record numbers count from 1 in the order of import. */
    assert_went_well(store_record_get(home.reader, key + 1, &row, &json, &found, &why), why);
    if (found) {
        record = json_loadb((const char *)json.p, json.n, 0, NULL);
        snprintf(out, room, "%s", json_string_value(json_object_get(record, "name")));
        *published = row.published;
        json_decref(record);
    }
    cs_buffer_free(&json);
    return found;
}

static void expect(unsigned key, const char *name)
{
    char held[200];
    bool published;

    assert_true(says(key, held, sizeof held, &published));
    assert_string_equal(held, name);
    assert_true(published);
}

static void withdraw(unsigned key)
{
    struct cs_buffer json = CS_BUFFER_INIT;
    struct problem why = PROBLEM_INIT;
    struct record_row row;
    bool found;
    row_id bid;

    assert_went_well(store_record_get(home.reader, key + 1, &row, &json, &found, &why), why);
    assert_true(found);
    assert_went_well(catalogue_withdraw(home.catalogue, &row.id, &bid, &why), why);
    cs_buffer_free(&json);
}

static void what_was_signed_comes_back(void **state)
{
    struct publish_result lost, now;
    char held[200];
    bool published;

    (void)state;
    home_publish(&home, "public");
    keep_database();
    home_import(&home, "public", "a", "Second", 2);
    home_import(&home, "public", "b", "Other", 300);
    withdraw(2);
    lost = home_publish(&home, "public");
    put_database_back();
    home_ready(&home);
    now = home_publish(&home, "public");
    assert_int_equal(now.added, 0);
    assert_int_equal(now.size, lost.size);
    assert_memory_equal(now.root.b, lost.root.b, CS_HASH);
    expect(0, "Second 0");
    expect(1, "Second 1");
    assert_false(says(2, held, sizeof held, &published));
    expect(3, "Other 0");
    expect(302, "Other 299");
    /* And it goes on from there: the same import changes nothing, a new one does. */
    assert_int_equal(home_import(&home, "public", "b", "Other", 300).updated, 0);
    home_import(&home, "public", "a", "Third", 1);
    now = home_publish(&home, "public");
    assert_int_equal(now.size, lost.size + 1);
    expect(0, "Third 0");
}

static void a_change_made_since_stays_and_is_published_anew(void **state)
{
    struct publish_result now;

    (void)state;
    home_publish(&home, "public");
    keep_database();
    home_import(&home, "public", "a", "Second", 1);
    home_publish(&home, "public");
    put_database_back();
    home_ready(&home);
    home_import(&home, "public", "a", "Mine", 3);
    now = home_publish(&home, "public");
    assert_int_equal(now.added, 3);
    expect(0, "Mine 0");
    expect(2, "Mine 2");
}

static void a_database_from_before_the_first_publication(void **state)
{
    struct publish_result lost, now;

    (void)state;
    keep_database();
    lost = home_publish(&home, "public");
    put_database_back();
    home_ready(&home);
    now = home_publish(&home, "public");
    assert_int_equal(now.size, lost.size);
    assert_memory_equal(now.root.b, lost.root.b, CS_HASH);
}

static void copy_logs(const char *from, const char *to)
{
    char command[3 * FILE_PATH_MAX];

    snprintf(command, sizeof command, "mkdir -p %s/%s && cp -a %s/%s/. %s/%s", test_directory, to,
             test_directory, from, test_directory, to);
    assert_int_equal(system(command), 0);
}

/* What the database signed is no part of the other history: nothing of that may be taken. */
static void two_histories_are_told_apart(void **state)
{
    struct cs_buffer note = CS_BUFFER_INIT;
    struct problem why = PROBLEM_INIT;
    struct publish_result mine;
    struct log_row log;
    int64_t records;
    bool found;

    (void)state;
    home_publish(&home, "public");
    keep_database();
    copy_logs("logs", "logs.kept");
    home_import(&home, "public", "a", "Second", 3);
    home_publish(&home, "public");
    assert_went_well(store_log_find(home.reader, STORE_SELF, "public", 1, &log, &found, &why), why);
    assert_went_well(store_log_checkpoint(home.reader, log.lid, &note, &found, &why), why);
    copy_logs("logs", "logs.other");
    home_close(&home);
    /* Another machine goes on from the same point, and then meets the files of the first. */
    copy("node.db.kept", "node.db");
    copy_logs("logs.kept", "logs");
    home_open(&home, STORE_WRITE);
    home_ready(&home);
    home_import(&home, "public", "a", "Mine", 1);
    mine = home_publish(&home, "public");
    copy_logs("logs.other", "logs");
    assert_int_equal(catalogue_adopt(home.catalogue, cs_buffer_span(&note), &records, &why), -1);
    assert_string_equal(why.code, "two_histories");
    assert_int_equal(records, 0);
    expect(0, "Mine 0");
    expect(1, "First 1");
    assert_int_equal(home_publish(&home, "public").size, mine.size);
    cs_buffer_free(&note);
}

static struct cs_uuid id_of(unsigned key)
{
    struct cs_buffer json = CS_BUFFER_INIT;
    struct problem why = PROBLEM_INIT;
    struct record_row row;
    bool found;

    assert_went_well(store_record_get(home.reader, key + 1, &row, &json, &found, &why), why);
    assert_true(found);
    cs_buffer_free(&json);
    return row.id;
}

static bool is_in_database(const char *text)
{
    struct cs_buffer bytes = CS_BUFFER_INIT;
    struct problem why = PROBLEM_INIT;
    bool there;

    assert_went_well(file_read(test_path("node.db"), 1 << 24, &bytes, &why), why);
    there = memmem(bytes.p, bytes.n, text, strlen(text)) != NULL;
    cs_buffer_free(&bytes);
    return there;
}

/* The older database still has what was taken back meanwhile; its files were redacted. */
static void what_was_redacted_since_stays_away(void **state)
{
    struct problem why = PROBLEM_INIT;
    struct redact_result result;
    struct own_row own;
    struct cs_uuid id;
    bool found;

    (void)state;
    home_publish(&home, "public");
    id = id_of(1);
    keep_database();
    assert_went_well(catalogue_redact(home.catalogue, &id, &result, &why), why);
    put_database_back();
    assert_true(is_in_database("First 1"));
    home_ready(&home);
    assert_went_well(store_own_find(home.reader, &id, &own, &found, &why), why);
    assert_true(own.redacted);
    assert_false(own.live);
    assert_false(own.published);
    home_close(&home);
    assert_false(is_in_database("First 1"));
    assert_true(is_in_database("First 2"));
}

static void a_forgotten_epoch_comes_back(void **state)
{
    struct problem why = PROBLEM_INIT;
    struct publish_result now;
    struct compact_result compacted;
    struct log_row log;
    bool found;

    (void)state;
    home_import(&home, "public", "a", "Second", 2);
    home_publish(&home, "public");
    keep_database();
    assert_went_well(catalogue_compact(home.catalogue, "public", &compacted, &why), why);
    home_import(&home, "public", "a", "Third", 1);
    now = home_publish(&home, "public");
    put_database_back();
    home_ready(&home);
    assert_went_well(store_log_current(home.reader, STORE_SELF, "public", &log, &found, &why), why);
    assert_true(found);
    assert_int_equal(log.epoch, 2);
    assert_int_equal(log.range.size, now.size);
    expect(0, "Third 0");
    expect(1, "Second 1");
    assert_went_well(store_log_find(home.reader, STORE_SELF, "public", 1, &log, &found, &why), why);
    assert_true(found && log.superseded > 0);
    assert_int_equal(home_publish(&home, "public").added, 0);
}

/* Peers keep the newest epoch of a log only: what was withdrawn in the one before is known by its absence. */
static void an_epoch_comes_back_without_the_one_before(void **state)
{
    char command[3 * FILE_PATH_MAX], directory[65], held[200];
    struct problem why = PROBLEM_INIT;
    struct compact_result compacted;
    struct publish_result now;
    bool published;

    (void)state;
    home_publish(&home, "public");
    keep_database();
    copy_logs("logs", "logs.kept");
    home_import(&home, "public", "a", "Second", 1);
    withdraw(2);
    home_publish(&home, "public");
    assert_went_well(catalogue_compact(home.catalogue, "public", &compacted, &why), why);
    cs_origin_directory(compacted.origin, directory);
    snprintf(command, sizeof command,
             "cd %s && mv logs logs.new && mkdir logs && cp -a logs.kept/. logs && cp -a "
             "logs.new/%s logs",
             test_directory, directory);
    put_database_back();
    assert_int_equal(system(command), 0);
    home_ready(&home);
    expect(0, "Second 0");
    expect(1, "First 1");
    assert_false(says(2, held, sizeof held, &published));
    assert_int_equal(home_publish(&home, "public").added, 0);
    /* It can be published again, above whatever it was withdrawn by. */
    home_import(&home, "public", "a", "Third", 3);
    now = home_publish(&home, "public");
    assert_int_equal(now.added, 3);
    expect(2, "Third 2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_signed_comes_back, make_home, remove_home),
        cmocka_unit_test_setup_teardown(a_change_made_since_stays_and_is_published_anew, make_home,
                                        remove_home),
        cmocka_unit_test_setup_teardown(a_database_from_before_the_first_publication, make_home,
                                        remove_home),
        cmocka_unit_test_setup_teardown(two_histories_are_told_apart, make_home, remove_home),
        cmocka_unit_test_setup_teardown(what_was_redacted_since_stays_away, make_home, remove_home),
        cmocka_unit_test_setup_teardown(a_forgotten_epoch_comes_back, make_home, remove_home),
        cmocka_unit_test_setup_teardown(an_epoch_comes_back_without_the_one_before, make_home,
                                        remove_home),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
