/*
 * Damage to the database: every bit of a small home's pages, and whole homes with one bit turned.
 */
#include "tests/unit/home_fixture.h"

#include <fcntl.h>

#include "store/page_sum.h"
#include "support/random.h"

#define TURNED 48

static unsigned char *bytes;
static size_t size;

static const char *database(void)
{
    return test_path("node.db");
}

static void write_back(void)
{
    int fd = open(database(), O_WRONLY);

    assert_int_equal(pwrite(fd, bytes, size, 0), (ssize_t)size);
    close(fd);
}

static int make_home(void **state)
{
    struct problem why = PROBLEM_INIT;
    struct cs_buffer file = CS_BUFFER_INIT;
    struct test_home home;

    if (test_directory_make(state))
        return -1;
    home_create(&home);
    home_import(&home, "public", "source", "Book of", 20);
    home_publish(&home, "public");
    home_close(&home);
    assert_went_well(file_read(database(), 1 << 24, &file, &why), why);
    bytes = file.p;
    size = file.n;
    return 0;
}

static int remove_home(void **state)
{
    free(bytes);
    return test_directory_remove(state);
}

static void every_bit_of_every_page_counts(void **state)
{
    (void)state;
    assert_true(size >= 20 * PAGE_BYTES && size % PAGE_BYTES == 0);
    for (size_t at = 0; at < size; at += PAGE_BYTES) {
        uint64_t number = at / PAGE_BYTES + 1;

        assert_true(page_sum_right(bytes + at, number));
        assert_false(page_sum_right(bytes + at, number + 1));
        for (size_t bit = 0; bit < (size_t)PAGE_BYTES * 8; bit++) {
            bytes[at + bit / 8] ^= (unsigned char)(1 << bit % 8);
            if (page_sum_right(bytes + at, number))
                fail_msg("page %zu, bit %zu is not missed", (size_t)number, bit);
            bytes[at + bit / 8] ^= (unsigned char)(1 << bit % 8);
        }
    }
}

/* True if opening the home or doctor's look at the database says that it is damaged. */
static bool is_noticed(void)
{
    struct cs_buffer detail = {.alloc = memory_allocator()};
    struct problem why = PROBLEM_INIT;
    struct store *store = store_open(test_directory, STORE_WRITE, &why);
    struct reader *r = store ? store_reader(store, &why) : NULL;
    bool ok = true;

    if (r && store_check(store, r, &ok, &detail, &why) == 0)
        assert_true(ok || detail.n > 0);
    if (why.code)
        assert_string_equal(why.code, "database_damaged");
    store_reader_free(r);
    store_close(store);
    cs_buffer_free(&detail);
    return why.code || !ok;
}

static void a_turned_bit_is_found_when_the_home_is_opened(void **state)
{
    (void)state;
    assert_false(is_noticed());
    random_replay("turned bits");
    for (int i = 0; i < TURNED; i++) {
        size_t bit = random_below((uint32_t)size * 8);

        bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
        write_back();
        if (!is_noticed())
            fail_msg("bit %zu was not noticed", bit);
        bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
        write_back();
    }
    random_replay(NULL);
    assert_false(is_noticed());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_bit_of_every_page_counts),
        cmocka_unit_test(a_turned_bit_is_found_when_the_home_is_opened),
    };

    return cmocka_run_group_tests(tests, make_home, remove_home);
}
