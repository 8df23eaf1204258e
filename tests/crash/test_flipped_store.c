/*
 * T16: every bit of a small store's log files flipped in turn, and seeded samples of a larger one: each is found
 * and named, none is served or signed, and what was there comes back.
 */
#include <fcntl.h>

#include <commonshelf/gzip.h>

#include "tests/unit/home_fixture.h"

#define FILES_MAX 64

struct test_file {
    char path[FILE_PATH_MAX];
    struct cs_tile tile;
    struct cs_buffer bytes;
};

static struct test_home home;
static struct log_row row;
static struct test_file file[FILES_MAX];
static size_t files;

static int make_home(void **state)
{
    if (test_directory_make(state))
        return -1;
    home_create(&home);
    return 0;
}

static int remove_home(void **state)
{
    for (size_t i = 0; i < files; i++)
        cs_buffer_free(&file[i].bytes);
    files = 0;
    memset(file, 0, sizeof file);
    home_close(&home);
    return test_directory_remove(state);
}

static void read_row(void)
{
    struct problem why = PROBLEM_INIT;
    bool found;

    assert_went_well(store_log_find(home.reader, STORE_SELF, "public", 1, &row, &found, &why), why);
    assert_true(found);
}

/* "tile/…" is what it is called, "sums/N" the sums; the checkpoint is derived anew at each start. */
static int collect_file(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    const char *tile = strstr(path, "/tile/"), *sums = strstr(path, "/sums/");
    struct problem why = PROBLEM_INIT;
    struct test_file *f = &file[files];

    (void)st;
    (void)ftw;
    if (type != FTW_F || (!tile && !sums))
        return 0;
    assert_true(files < FILES_MAX);
    strcpy(f->path, path);
    if (tile)
        assert_int_equal(cs_tile_read(cs_span_of(tile + 1), &f->tile), CS_OK);
    else
        f->tile = (struct cs_tile){LOG_SUMS, strtoull(sums + 6, NULL, 10), CS_BUNDLE_WIDTH};
    f->bytes = (struct cs_buffer)CS_BUFFER_INIT;
    assert_went_well(file_read(path, 1 << 24, &f->bytes, &why), why);
    files++;
    return 0;
}

static void collect_files(void)
{
    assert_int_equal(nftw(test_path("logs"), collect_file, 16, FTW_PHYS), 0);
}

/* The byte in place, as a disk would change it: nobody is told. */
static void put_byte(const struct test_file *f, size_t at, unsigned char byte)
{
    int fd = open(f->path, O_WRONLY);

    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, &byte, 1, (off_t)at), 1);
    close(fd);
}

struct findings {
    size_t n;
    struct log_damage last;
};

static int found(void *arg, const struct log_damage *damage, struct problem *why)
{
    struct findings *f = arg;

    (void)why;
    f->n++;
    f->last = *damage;
    return 0;
}

static struct findings scan(void)
{
    struct findings findings = {0};
    struct problem why = PROBLEM_INIT;

    assert_went_well(log_scan(test_directory, &row, found, &findings, &why), why);
    return findings;
}

/* What the server asks before it sends a file. */
static bool would_be_served(const struct test_file *f)
{
    struct cs_buffer bytes = CS_BUFFER_INIT;
    struct problem why = PROBLEM_INIT;
    struct log_proof *proof = log_proof_new(test_directory, row.origin, &row.range, true, &why);
    bool served;

    assert_went_well(!proof, why);
    assert_went_well(log_tile_read(test_directory, row.origin, &f->tile, &bytes, &why), why);
    served = log_proof_file(proof, &f->tile, cs_buffer_span(&bytes), &why) == 0;
    assert_true(served || problem_is(&why, "log_file_damaged"));
    log_proof_free(proof);
    cs_buffer_free(&bytes);
    return served;
}

static void flip(const struct test_file *f, size_t bit)
{
    struct findings findings;
    size_t at = bit / 8;

    put_byte(f, at, (unsigned char)(f->bytes.p[at] ^ 1u << bit % 8));
    findings = scan();
    if (findings.n != 1 || !strstr(findings.last.why.message, f->path))
        fail_msg("bit %zu of %s: %zu findings, the last: %s", bit, f->path, findings.n,
                 findings.last.why.message);
    assert_string_equal(findings.last.why.code, "log_file_damaged");
    if (f->tile.level != LOG_SUMS && would_be_served(f))
        fail_msg("bit %zu of %s would be served", bit, f->path);
    put_byte(f, at, f->bytes.p[at]);
}

static void make_small_store(void)
{
    home_import(&home, "public", "a", "First", 3);
    home_publish(&home, "public");
    home_import(&home, "public", "b", "Second", 2);
    home_publish(&home, "public");
    read_row();
    collect_files();
    /* A tile and a bundle of each of two edges, and the sums. */
    assert_int_equal(files, 5);
    assert_int_equal(scan().n, 0);
}

static void every_bit_of_a_small_store(void **state)
{
    size_t bits = 0;

    (void)state;
    make_small_store();
    for (size_t i = 0; i < files; i++)
        for (size_t bit = 0; bit < 8 * file[i].bytes.n; bit++, bits++)
            flip(&file[i], bit);
    print_message("# %zu bits of %zu files\n", bits, files);
    assert_int_equal(scan().n, 0);
}

static uint64_t draw(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return *seed >> 33;
}

static void make_large_store(void)
{
    home_import(&home, "public", "a", "First", 900);
    home_publish(&home, "public");
    home_import(&home, "public", "b", "Second", 400);
    home_publish(&home, "public");
    read_row();
    collect_files();
    assert_true(files > 12);
    assert_int_equal(scan().n, 0);
}

static void samples_of_a_large_store(void **state)
{
    uint64_t seed = 20;

    (void)state;
    make_large_store();
    for (size_t i = 0; i < files; i++)
        for (unsigned n = 0; n < 40; n++)
            flip(&file[i], (size_t)(draw(&seed) % (8 * file[i].bytes.n)));
    assert_int_equal(scan().n, 0);
}

/* ---- what was there comes back */

static bool is_as_it_was(const struct test_file *f)
{
    struct cs_buffer now = CS_BUFFER_INIT;
    struct problem why = PROBLEM_INIT;
    bool same = file_exists(f->path) && file_read(f->path, 1 << 24, &now, &why) == 0 &&
                cs_span_equal(cs_buffer_span(&now), cs_buffer_span(&f->bytes));

    cs_buffer_free(&now);
    return same;
}

/* From the other files; a bundle from somebody else's bytes, if they are the right ones. */
static void mend(const struct test_file *f, const struct log_damage *damage)
{
    struct cs_buffer wrong = CS_BUFFER_INIT, raw = CS_BUFFER_INIT;
    struct problem why = PROBLEM_INIT;
    bool done;

    assert_went_well(log_mend(test_directory, &row, damage, &done, &why), why);
    if (done)
        return;
    assert_int_equal(f->tile.level, CS_TILE_LEVEL_ENTRIES);
    /* A whole bundle, of another entry in one place. */
    assert_int_equal(cs_gunzip(cs_buffer_span(&f->bytes), CS_BUNDLE_RAW_MAX, &raw), CS_OK);
    raw.p[raw.n - 1] ^= 1;
    assert_int_equal(cs_gzip(cs_buffer_span(&raw), &wrong), CS_OK);
    cs_buffer_free(&raw);
    assert_went_well(log_put_back(test_directory, home.reader, &row, &f->tile,
                                  cs_buffer_span(&wrong), &done, &why),
                     why);
    assert_false(done);
    cs_buffer_free(&wrong);
    assert_went_well(log_put_back(test_directory, home.reader, &row, &f->tile,
                                  cs_buffer_span(&f->bytes), &done, &why),
                     why);
    assert_true(done);
}

static void what_was_there_comes_back(void **state)
{
    uint64_t seed = 21;

    (void)state;
    make_large_store();
    for (size_t i = 0; i < files; i++)
        for (unsigned n = 0; n < 6; n++) {
            size_t bit = (size_t)(draw(&seed) % (8 * file[i].bytes.n));
            struct findings findings;

            if (!is_as_it_was(&file[i]))
                break; /* of the edge before: it was taken away */
            put_byte(&file[i], bit / 8, (unsigned char)(file[i].bytes.p[bit / 8] ^ 1u << bit % 8));
            findings = scan();
            assert_int_equal(findings.n, 1);
            mend(&file[i], &findings.last);
            assert_int_equal(scan().n, 0);
            if (cs_tile_in(&file[i].tile, row.range.size) && !is_as_it_was(&file[i]))
                fail_msg("%s is another one than it was", file[i].path);
        }
}

static void a_missing_file_comes_back(void **state)
{
    struct problem why = PROBLEM_INIT;

    (void)state;
    make_large_store();
    for (size_t i = 0; i < files; i++) {
        struct findings findings;

        if (!cs_tile_in(&file[i].tile, row.range.size))
            continue;
        assert_went_well(file_remove(file[i].path, &why), why);
        findings = scan();
        assert_int_equal(findings.n, 1);
        assert_string_equal(findings.last.why.code, "log_file_missing");
        mend(&file[i], &findings.last);
        assert_true(is_as_it_was(&file[i]));
    }
    assert_int_equal(scan().n, 0);
}

/* ---- nothing is signed over it */

static bool says_the_same(const struct test_file *f)
{
    struct cs_buffer bytes = CS_BUFFER_INIT;
    struct problem why = PROBLEM_INIT;
    struct log_proof *proof = log_proof_new(test_directory, row.origin, &row.range, true, &why);
    bool same;

    assert_went_well(!proof, why);
    assert_went_well(log_tile_read(test_directory, row.origin, &f->tile, &bytes, &why), why);
    same = f->tile.level == CS_TILE_LEVEL_ENTRIES &&
           log_proof_bundle(proof, &f->tile, cs_buffer_span(&bytes), &why) == 0;
    log_proof_free(proof);
    cs_buffer_free(&bytes);
    return same;
}

static void nothing_is_signed_over_it(void **state)
{
    struct problem why = PROBLEM_INIT;
    struct publish_result result;
    size_t tried = 0;

    (void)state;
    make_small_store();
    home_import(&home, "public", "c", "Third", 1);
    for (size_t i = 0; i < files; i++)
        for (size_t bit = 3; bit < 8 * file[i].bytes.n; bit += 61) {
            uint64_t size = row.range.size;

            if (!cs_tile_in(&file[i].tile, size))
                continue;
            put_byte(&file[i], bit / 8, (unsigned char)(file[i].bytes.p[bit / 8] ^ 1u << bit % 8));
            if (!says_the_same(&file[i])) {
                problem_clear(&why);
                assert_int_equal(
                    catalogue_publish(home.catalogue, "public", &result, NULL, NULL, &why), -1);
                assert_string_equal(why.code, "log_file_damaged");
                read_row();
                assert_int_equal(row.range.size, size);
                tried++;
            }
            put_byte(&file[i], bit / 8, file[i].bytes.p[bit / 8]);
        }
    assert_true(tried > 50);
    assert_int_equal(home_publish(&home, "public").added, 1);
}

/* An older root is computed from tiles: a wrong one must not look like another history. */
static void an_older_root_is_right_or_none(void **state)
{
    struct problem why = PROBLEM_INIT;
    struct cs_hash before, now;

    (void)state;
    make_large_store();
    for (uint64_t size = 1; size < row.range.size; size += 157) {
        assert_went_well(log_root_at(test_directory, row.origin, &row.range, size, &before, &why),
                         why);
        for (size_t i = 0; i < files; i++) {
            if (file[i].tile.level < 0 || !cs_tile_in(&file[i].tile, row.range.size))
                continue;
            put_byte(&file[i], 7, file[i].bytes.p[7] ^ 4);
            problem_clear(&why);
            if (log_root_at(test_directory, row.origin, &row.range, size, &now, &why))
                assert_string_equal(why.code, "log_file_damaged");
            else
                assert_memory_equal(now.b, before.b, CS_HASH);
            put_byte(&file[i], 7, file[i].bytes.p[7]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_bit_of_a_small_store, make_home, remove_home),
        cmocka_unit_test_setup_teardown(samples_of_a_large_store, make_home, remove_home),
        cmocka_unit_test_setup_teardown(what_was_there_comes_back, make_home, remove_home),
        cmocka_unit_test_setup_teardown(a_missing_file_comes_back, make_home, remove_home),
        cmocka_unit_test_setup_teardown(nothing_is_signed_over_it, make_home, remove_home),
        cmocka_unit_test_setup_teardown(an_older_root_is_right_or_none, make_home, remove_home),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
