#include "tests/unit/home_fixture.h"

#include <commonshelf/record.h>

static struct test_home home;

static int set_up(void **state)
{
    if (test_directory_make(state))
        return -1;
    home_create(&home);
    return 0;
}

static int tear_down(void **state)
{
    home_close(&home);
    return test_directory_remove(state);
}

/* ---- what a log's files say, read back as a mirror would */

struct seen {
    unsigned puts, withdrawals, epochs;
    char last_name[200];
    uint64_t last_rev;
};

static int see(void *arg, uint64_t index, const struct cs_bundle_item *item, struct problem *why)
{
    struct seen *seen = arg;
    struct cs_entry entry;
    struct cs_uuid id;
    json_t *record;

    (void)why;
    assert_int_equal(cs_entry_read(item->entry, &entry), CS_OK);
    switch (entry.op) {
    case CS_OP_EPOCH:
        assert_int_equal(index, 0);
        seen->epochs++;
        break;
    case CS_OP_PUT:
        assert_int_equal(cs_record_read(entry.payload, &record, &id, &seen->last_rev, NULL), CS_OK);
        snprintf(seen->last_name, sizeof seen->last_name, "%s",
                 json_string_value(json_object_get(record, "name")));
        json_decref(record);
        seen->puts++;
        break;
    case CS_OP_WITHDRAW:
        assert_int_equal(cs_withdrawal_read(entry.payload, &id, &seen->last_rev), CS_OK);
        seen->withdrawals++;
        break;
    case CS_OP_REDACT:
        fail();
    }
    return 0;
}

static struct seen read_log(const struct publish_result *published)
{
    struct problem why = PROBLEM_INIT;
    struct seen seen = {0};
    struct cs_range range;
    struct cs_hash root;

    cs_range_init(&range);
    assert_went_well(
        log_prove(test_directory, published->origin, &range, published->size, see, &seen, &why),
        why);
    cs_range_root(&range, &root);
    assert_memory_equal(root.b, published->root.b, CS_HASH);
    return seen;
}

static void a_batch_is_published_and_proves(void **state)
{
    static const unsigned sizes[] = {1, 254, 255, 256, 700};
    struct publish_result p;
    struct seen seen;
    unsigned total = 0;

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char source[32];
        snprintf(source, sizeof source, "source %zu", i);
        assert_int_equal(home_import(&home, "public", source, "book", sizes[i]).added, sizes[i]);
        total += sizes[i];
        p = home_publish(&home, "public");
        assert_int_equal(p.size, total + 1);
        seen = read_log(&p);
        assert_int_equal(seen.epochs, 1);
        assert_int_equal(seen.puts, total);
    }
    p = home_publish(&home, "public");
    assert_int_equal(p.added, 0);
}

static void the_same_file_again_changes_nothing(void **state)
{
    struct batch_result again;

    (void)state;
    home_import(&home, "public", "s", "book", 300);
    home_publish(&home, "public");
    again = home_import(&home, "public", "s", "book", 300);
    assert_int_equal(again.bid, 0);
    assert_int_equal(again.unchanged, 300);
    assert_int_equal(home_publish(&home, "public").added, 0);
}

static void an_update_counts_its_revision_up(void **state)
{
    struct publish_result p;
    struct seen seen;

    (void)state;
    home_import(&home, "public", "s", "first", 3);
    home_publish(&home, "public");
    assert_int_equal(home_import(&home, "public", "s", "second", 2).updated, 2);
    p = home_publish(&home, "public");
    assert_int_equal(p.added, 2);
    seen = read_log(&p);
    assert_int_equal(seen.puts, 5);
    assert_int_equal(seen.last_rev, 2);
    assert_string_equal(seen.last_name, "second 1");
}

static void undo_brings_back_what_was(void **state)
{
    struct problem why = PROBLEM_INIT;
    struct batch_result second;
    struct publish_result p;
    struct seen seen;

    (void)state;
    home_import(&home, "public", "s", "first", 2);
    home_publish(&home, "public");
    second = home_import(&home, "public", "s", "second", 3);
    home_publish(&home, "public");
    assert_went_well(catalogue_batch_undo(home.catalogue, second.bid, &why), why);
    p = home_publish(&home, "public");
    seen = read_log(&p);
    assert_int_equal(p.added, 3); /* two go back to what they said, one goes */
    assert_int_equal(seen.withdrawals, 1);
    assert_int_not_equal(catalogue_batch_undo(home.catalogue, second.bid, &why), 0);
    assert_string_equal(why.code, "no_such_batch");
}

static void undo_before_publishing_leaves_no_trace(void **state)
{
    struct problem why = PROBLEM_INIT;
    struct batch_result first;

    (void)state;
    first = home_import(&home, "public", "s", "first", 5);
    assert_went_well(catalogue_batch_undo(home.catalogue, first.bid, &why), why);
    assert_int_equal(home_publish(&home, "public").size, 1); /* the epoch alone */
}

static void a_withdrawn_record_is_hidden_and_logged(void **state)
{
    struct problem why = PROBLEM_INIT;
    struct cs_buffer json = CS_BUFFER_INIT;
    struct record_row row;
    struct publish_result p;
    bool found;
    row_id bid;

    (void)state;
    home_import(&home, "public", "s", "book", 1);
    home_publish(&home, "public");
    assert_went_well(store_record_get(home.reader, 1, &row, &json, &found, &why), why);
    assert_true(found);
    assert_int_equal(row.rev, 1);
    assert_went_well(catalogue_withdraw(home.catalogue, &row.id, &bid, &why), why);
    assert_went_well(store_record_get(home.reader, 1, &row, &json, &found, &why), why);
    assert_false(found);
    p = home_publish(&home, "public");
    assert_int_equal(read_log(&p).withdrawals, 1);
    assert_int_not_equal(catalogue_withdraw(home.catalogue, &row.id, &bid, &why), 0);
    assert_string_equal(why.code, "no_such_record");
    cs_buffer_free(&json);
}

static void replace_withdraws_what_is_gone_but_asks_first(void **state)
{
    struct problem why = PROBLEM_INIT;
    struct catalogue_batch *b;
    struct batch_result result;
    int64_t gone;

    (void)state;
    home_import(&home, "public", "s", "book", 10);
    b = catalogue_batch_begin(home.catalogue, "public", "s", "test", &why);
    assert_int_equal(home_stage(b, "0", "book 0"), DRAFT_UNCHANGED);
    assert_int_not_equal(catalogue_batch_replace(b, false, &gone, &why), 0);
    assert_string_equal(why.code, "replace_too_much");
    assert_int_equal(gone, 9);
    problem_clear(&why);
    assert_went_well(catalogue_batch_replace(b, true, &gone, &why), why);
    assert_went_well(catalogue_batch_live(&b, &result, &why), why);
    assert_int_equal(result.withdrawn, 9);
}

static void rows_without_identifiers_keep_their_ids(void **state)
{
    struct problem why = PROBLEM_INIT;
    struct catalogue_batch *b;
    struct batch_result result;

    (void)state;
    for (int round = 0; round < 2; round++) {
        b = catalogue_batch_begin(home.catalogue, "public", "s", "test", &why);
        assert_int_equal(home_stage(b, NULL, "a"), round ? DRAFT_UNCHANGED : DRAFT_ADDED);
        assert_int_equal(home_stage(b, NULL, "b"), round ? DRAFT_UNCHANGED : DRAFT_ADDED);
        assert_int_equal(home_stage(b, "k", "a"), round ? DRAFT_UNCHANGED : DRAFT_ADDED);
        assert_went_well(catalogue_batch_live(&b, &result, &why), why);
        assert_int_equal(result.added, round ? 0 : 3);
    }
}

static void a_repeated_identifier_counts_once(void **state)
{
    struct problem why = PROBLEM_INIT;
    struct catalogue_batch *b = catalogue_batch_begin(home.catalogue, "public", "s", "test", &why);
    struct batch_result result;
    struct publish_result p;

    (void)state;
    assert_int_equal(home_stage(b, "k", "first"), DRAFT_ADDED);
    assert_int_equal(home_stage(b, "k", "second"), DRAFT_REPEATED);
    assert_went_well(catalogue_batch_live(&b, &result, &why), why);
    assert_int_equal(result.added, 1);
    p = home_publish(&home, "public");
    assert_string_equal(read_log(&p).last_name, "second");
}

static void the_last_row_of_an_identifier_counts(void **state)
{
    struct problem why = PROBLEM_INIT;
    struct batch_result result;

    (void)state;
    for (int round = 0; round < 3; round++) {
        struct catalogue_batch *b =
            catalogue_batch_begin(home.catalogue, "public", "s", "test", &why);
        home_stage(b, "k", "first");
        assert_int_equal(home_stage(b, "k", "second"), DRAFT_REPEATED);
        assert_went_well(catalogue_batch_live(&b, &result, &why), why);
        assert_int_equal(result.added + result.updated, round == 0);
    }
}

static void what_is_not_published_is_the_owners(void **state)
{
    struct viewer anybody = {.kind = VIEWER_ANONYMOUS}, owner = {.kind = VIEWER_OWNER};
    struct cs_buffer json = CS_BUFFER_INIT;
    struct problem why = PROBLEM_INIT;
    struct record_row row;
    bool found;

    (void)state;
    home_import(&home, "public", "s", "book", 1);
    for (int round = 0; round < 2; round++) {
        assert_went_well(store_record_get(home.reader, 1, &row, &json, &found, &why), why);
        assert_true(found);
        assert_true(catalogue_shows(owner, &row));
        assert_int_equal(catalogue_shows(anybody, &row), round == 1);
        home_publish(&home, "public");
    }
    cs_buffer_free(&json);
}

static void a_dropped_batch_leaves_nothing(void **state)
{
    struct problem why = PROBLEM_INIT;
    struct catalogue_batch *b = catalogue_batch_begin(home.catalogue, "public", "s", "test", &why);
    struct record_counts counts;

    (void)state;
    home_stage(b, "k", "first");
    catalogue_batch_drop(&b);
    assert_went_well(store_record_counts(home.reader, &counts, &why), why);
    assert_int_equal(counts.own, 0);
    assert_int_equal(home_import(&home, "public", "s", "book", 1).added, 1);
}

static void a_private_shelf_is_in_no_log(void **state)
{
    struct problem why = PROBLEM_INIT;
    struct publish_result result;

    (void)state;
    home_import(&home, "staff", "s", "secret", 2);
    assert_int_not_equal(catalogue_publish(home.catalogue, "staff", &result, NULL, NULL, &why), 0);
    assert_string_equal(why.code, "shelf_private");
    assert_int_equal(home_publish(&home, "public").size, 1);
    assert_false(catalogue_allows((struct viewer){.kind = VIEWER_ANONYMOUS}, ACTION_READ,
                                  STORE_SELF, AUDIENCE_PRIVATE));
    assert_false(catalogue_allows((struct viewer){.kind = VIEWER_PEER, .peer = 2}, ACTION_READ,
                                  STORE_SELF, AUDIENCE_PRIVATE));
    assert_true(catalogue_allows((struct viewer){.kind = VIEWER_OWNER}, ACTION_READ, STORE_SELF,
                                 AUDIENCE_PRIVATE));
    assert_false(catalogue_allows((struct viewer){.kind = VIEWER_ANONYMOUS}, ACTION_WRITE,
                                  STORE_SELF, AUDIENCE_PUBLIC));
    assert_false(
        catalogue_allows((struct viewer){.kind = VIEWER_OWNER}, ACTION_WRITE, 2, AUDIENCE_PUBLIC));
}

static void an_id_stays_on_its_shelf(void **state)
{
    struct problem why = PROBLEM_INIT;
    struct catalogue_batch *b;

    (void)state;
    home_import(&home, "public", "s", "book", 1);
    b = catalogue_batch_begin(home.catalogue, "staff", "s", "test", &why);
    assert_int_equal(home_stage(b, "0", "moved"), DRAFT_ELSEWHERE);
    catalogue_batch_drop(&b);
}

static void it_goes_on_after_a_crash(void **state)
{
    struct problem why = PROBLEM_INIT;
    static struct catalogue_batch *volatile b; /* abandoned by the crash */
    struct publish_result before, after;

    (void)state;
    home_import(&home, "public", "s", "book", 300);
    before = home_publish(&home, "public");
    b = catalogue_batch_begin(home.catalogue, "public", "t", "test", &why);
    for (int i = 0; i < 10; i++)
        home_stage(b, NULL, "cut off");
    /* The staged slice was never made live; the process ends here. */
    home_drop(&home);
    home_open(&home, STORE_WRITE);
    home_ready(&home);
    after = home_publish(&home, "public");
    assert_int_equal(after.size, before.size);
    home_import(&home, "public", "u", "later", 1);
    after = home_publish(&home, "public");
    assert_int_equal(after.size, before.size + 1);
    assert_int_equal(read_log(&after).puts, 301);
}

/* ---- damage: every file of the log, a byte at a time, is found before it is signed upon */

static void flip(const char *path, long at)
{
    FILE *f = fopen(path, "r+b");
    int c;

    assert_non_null(f);
    assert_int_equal(fseek(f, at, at < 0 ? SEEK_END : SEEK_SET), 0);
    c = fgetc(f);
    assert_int_equal(fseek(f, -1, SEEK_CUR), 0);
    fputc(c ^ 1, f);
    fclose(f);
}

static struct problem prove_again(const struct publish_result *p)
{
    struct problem why = PROBLEM_INIT;
    struct cs_range range;

    cs_range_init(&range);
    if (log_prove(test_directory, p->origin, &range, p->size, NULL, NULL, &why) == 0)
        assert_null(why.code);
    return why;
}

static void a_flipped_byte_is_named(void **state)
{
    static const struct cs_tile tiles[] = {
        {CS_TILE_LEVEL_ENTRIES, 0, 256},
        {CS_TILE_LEVEL_ENTRIES, 1, 256},
        {CS_TILE_LEVEL_ENTRIES, 2, 89},
        {0, 0, 256},
        {0, 2, 89},
        {1, 0, 2},
    };
    struct cs_buffer whole = CS_BUFFER_INIT;
    struct problem why = PROBLEM_INIT;
    struct publish_result p;
    char path[FILE_PATH_MAX], name[CS_TILE_PATH_MAX];

    (void)state;
    home_import(&home, "public", "s", "book", 600);
    p = home_publish(&home, "public");
    for (size_t i = 0; i < sizeof tiles / sizeof *tiles; i++) {
        assert_went_well(log_tile_path(test_directory, p.origin, &tiles[i], path, &why), why);
        cs_tile_path(&tiles[i], name);
        flip(path, 40);
        why = prove_again(&p);
        assert_non_null(why.code);
        assert_string_equal(why.code, "log_file_damaged");
        flip(path, 40);
        why = prove_again(&p);
        assert_null(why.code);
        assert_went_well(file_read(path, CS_BUNDLE_GZIP_MAX, &whole, &why), why);
        assert_int_equal(unlink(path), 0);
        why = prove_again(&p);
        assert_string_equal(why.code, "log_file_missing");
        assert_non_null(strstr(why.message, name));
        problem_clear(&why);
        assert_went_well(file_put(path, cs_buffer_span(&whole), 0644, &why), why);
        cs_buffer_reset(&whole);
    }
    cs_buffer_free(&whole);
}

static void a_damaged_edge_is_not_built_upon(void **state)
{
    struct problem why = PROBLEM_INIT;
    struct publish_result p;
    struct cs_tile edge = {CS_TILE_LEVEL_ENTRIES, 0, 11};
    char path[FILE_PATH_MAX];

    (void)state;
    home_import(&home, "public", "s", "book", 10);
    p = home_publish(&home, "public");
    assert_went_well(log_tile_path(test_directory, p.origin, &edge, path, &why), why);
    flip(path, -20);
    home_import(&home, "public", "t", "book", 1);
    assert_int_not_equal(catalogue_publish(home.catalogue, "public", &p, NULL, NULL, &why), 0);
    assert_string_equal(why.code, "log_file_damaged");
    flip(path, -20);
    assert_int_equal(home_publish(&home, "public").size, 12);
}

static void after_a_crash_nothing_is_signed_over_damage(void **state)
{
    struct problem why = PROBLEM_INIT;
    struct cs_tile tile = {0, 0, 256};
    struct publish_result p;
    char path[FILE_PATH_MAX];

    (void)state;
    home_import(&home, "public", "s", "book", 300);
    p = home_publish(&home, "public");
    home_drop(&home);
    assert_went_well(log_tile_path(test_directory, p.origin, &tile, path, &why), why);
    flip(path, 100);
    home_open(&home, STORE_WRITE);
    assert_null(catalogue_open(test_directory, home.store, home.signer, &why));
    assert_string_equal(why.code, "log_file_damaged");
    flip(path, 100);
    home_ready(&home);
}

static void the_edge_of_two_checkpoints_is_kept(void **state)
{
    struct problem why = PROBLEM_INIT;
    struct publish_result p[3];
    char path[FILE_PATH_MAX];

    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        home_import(&home, "public", "s", "book", i + 1);
        p[i] = home_publish(&home, "public");
    }
    for (unsigned i = 0; i < 3; i++) {
        struct cs_tile edge = {0, 0, (unsigned)p[i].size};
        assert_went_well(log_tile_path(test_directory, p[i].origin, &edge, path, &why), why);
        assert_int_equal(file_exists(path), i > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        T(a_batch_is_published_and_proves),
        T(the_same_file_again_changes_nothing),
        T(an_update_counts_its_revision_up),
        T(undo_brings_back_what_was),
        T(undo_before_publishing_leaves_no_trace),
        T(a_withdrawn_record_is_hidden_and_logged),
        T(replace_withdraws_what_is_gone_but_asks_first),
        T(rows_without_identifiers_keep_their_ids),
        T(a_repeated_identifier_counts_once),
        T(the_last_row_of_an_identifier_counts),
        T(what_is_not_published_is_the_owners),
        T(a_dropped_batch_leaves_nothing),
        T(a_private_shelf_is_in_no_log),
        T(an_id_stays_on_its_shelf),
        T(it_goes_on_after_a_crash),
        T(a_flipped_byte_is_named),
        T(a_damaged_edge_is_not_built_upon),
        T(after_a_crash_nothing_is_signed_over_damage),
        T(the_edge_of_two_checkpoints_is_kept),
#undef T
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
