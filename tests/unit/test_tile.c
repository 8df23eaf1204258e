/*
 * Paths of tiles, both ways, and what a log of some size has.
 */
#include "tests/unit/vectors.h"

#include <commonshelf/tile.h>

static void check_path(int level, uint64_t index, unsigned width, const char *path)
{
    const struct cs_tile tile = {level, index, width};
    struct cs_tile read = {0};
    char out[CS_TILE_PATH_MAX];

    cs_tile_path(&tile, out);
    assert_string_equal(out, path);
    assert_int_equal(cs_tile_read(cs_span_of(path), &read), CS_OK);
    assert_int_equal(read.level, level);
    assert_int_equal(read.index, index);
    assert_int_equal(read.width, width);
}

static void test_paths(void **state)
{
    (void)state;
    check_path(0, 0, 256, "tile/0/000");
    check_path(0, 7, 256, "tile/0/007");
    check_path(0, 999, 1, "tile/0/999.p/1");
    check_path(0, 1000, 256, "tile/0/x001/000");
    check_path(0, 1234067, 256, "tile/0/x001/x234/067");
    check_path(3, 5, 255, "tile/3/005.p/255");
    check_path(CS_TILE_LEVEL_ENTRIES, 0, 3, "tile/entries/000.p/3");
    check_path(CS_TILE_LEVEL_ENTRIES, 3906, 256, "tile/entries/x003/906");
    check_path(0, UINT32_MAX, 256, "tile/0/x004/x294/x967/295");
    check_path(4, 0, 256, "tile/4/000");
}

/* T30, and everything else that the writer would not write. */
static void test_other_paths_are_refused(void **state)
{
    static const char *const paths[] = {
        "",
        "tile",
        "tile/",
        "/tile/0/000",
        "tile/0/../..",
        "tile/../0/000",
        "tile/0/x001/1",
        "tile/0/x001/x",
        "tile/0/x001",
        "tile/0/x001/",
        "tile/0/1",
        "tile/0/01",
        "tile/0/0001",
        "tile/0/1000",
        "tile/0/001/002",
        "tile/0/x000/001",
        "tile/0/x000/x001/002",
        "tile/0/X001/002",
        "tile/0/00a",
        "tile/0/-01",
        "tile/0/+01",
        "tile/0/ 01",
        "tile/0/000/",
        "tile/0//000",
        "tile/0/000.p",
        "tile/0/000.p/",
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/257",
        "tile/0/000.p/-1",
        "tile/0/000.p/1/",
        "tile/0/000.p/1.p/1",
        "tile/0/000.q/1",
        "tile/0/000?x",
        "tile/0/000%20",
        "tile/00/000",
        "tile/5/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/a/000",
        "tile//000",
        "tile/Entries/000",
        "tile/entries",
        "tile/entries/",
        "tile/0/x004/x294/x967/296",
        "tile/0/x999/x999/x999/x999/999",
        "tile/0/x018/x446/x744/x073/x709/x551/616",
        "tile/entries/x004/x294/x967/296",
        "tile/1/x016/x777/216",
        "tile/4/001",
        "tile/0/x001/x001/x001/x001/x001/x001/x001/x001/x001/x001/x001/001",
    };
    struct cs_tile tile = {9, 9, 9};

    (void)state;
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
        if (cs_tile_read(cs_span_of(paths[i]), &tile) != CS_MALFORMED)
            fail_msg("%s was taken for a tile", paths[i]);
    assert_int_equal(cs_tile_read(cs_span_make("tile/0/000\0", 11), &tile), CS_MALFORMED);
    assert_int_equal(tile.width, 9);
}

/* Every byte changed in every way: the result is refused or is what the reader says it is. */
static void test_near_paths(void **state)
{
    static const char good[] = "tile/0/x001/234.p/56";
    char near[sizeof(good)], back[CS_TILE_PATH_MAX];
    struct cs_tile tile;

    (void)state;
    for (size_t i = 0; i + 1 < sizeof(good); i++)
        for (int c = 0; c < 256; c++) {
            memcpy(near, good, sizeof(good));
            near[i] = (char)c;
            if (cs_tile_read(cs_span_make(near, sizeof(good) - 1), &tile))
                continue;
            cs_tile_path(&tile, back);
            assert_string_equal(back, near);
        }
}

static bool has(int level, uint64_t index, unsigned width, uint64_t size)
{
    const struct cs_tile tile = {level, index, width};

    return cs_tile_in(&tile, size);
}

static void test_tiles_of_a_log(void **state)
{
    const uint64_t size = 70000; /* 273 full tiles and 112 hashes; level 1: one full and 17 */
    uint64_t full = 9;

    (void)state;
    assert_int_equal(cs_tile_edge(0, size, &full), 112);
    assert_int_equal(full, 273);
    assert_int_equal(cs_tile_edge(CS_TILE_LEVEL_ENTRIES, size, &full), 112);
    assert_int_equal(full, 273);
    assert_int_equal(cs_tile_edge(1, size, &full), 17);
    assert_int_equal(full, 1);
    assert_int_equal(cs_tile_edge(2, size, &full), 1);
    assert_int_equal(full, 0);
    assert_int_equal(cs_tile_edge(3, size, &full), 0);
    assert_int_equal(full, 0);

    assert_true(has(0, 272, 256, size));
    assert_false(has(0, 273, 256, size));
    assert_true(has(0, 273, 112, size));
    assert_false(has(0, 273, 111, size));
    assert_false(has(0, 273, 113, size));
    assert_false(has(0, 272, 112, size));
    assert_false(has(0, 274, 112, size));
    assert_true(has(CS_TILE_LEVEL_ENTRIES, 273, 112, size));
    assert_true(has(1, 0, 256, size));
    assert_true(has(1, 1, 17, size));
    assert_true(has(2, 0, 1, size));
    assert_false(has(3, 0, 1, size));
    assert_false(has(0, 273, 0, size));
    assert_false(has(0, 0, 257, size));
    assert_false(has(5, 0, 1, size));
    assert_false(has(-2, 0, 1, size));
}

static void test_sizes_at_a_boundary(void **state)
{
    uint64_t full = 9;

    (void)state;
    assert_int_equal(cs_tile_edge(0, 0, &full), 0);
    assert_int_equal(full, 0);
    assert_false(has(0, 0, 256, 0));
    assert_false(has(0, 0, 1, 0));

    assert_int_equal(cs_tile_edge(0, 256, &full), 0);
    assert_int_equal(full, 1);
    assert_true(has(0, 0, 256, 256));
    assert_true(has(1, 0, 1, 256));
    assert_false(has(0, 1, 1, 256));

    assert_int_equal(cs_tile_edge(CS_TILE_LEVEL_MAX, CS_LOG_SIZE_MAX, &full), 0);
    assert_int_equal(full, 1);
    assert_true(has(CS_TILE_LEVEL_MAX, 0, 256, CS_LOG_SIZE_MAX));
}

static void test_root_of_a_full_tile(void **state)
{
    unsigned char hashes[CS_TILE_MAX];
    struct cs_range range;
    struct cs_hash root, expected;

    (void)state;
    cs_range_init(&range);
    for (unsigned i = 0; i < CS_BUNDLE_WIDTH; i++) {
        struct cs_hash leaf;

        cs_merkle_leaf(cs_span_make(&i, sizeof(i)), &leaf);
        memcpy(hashes + (size_t)i * CS_HASH, leaf.b, CS_HASH);
        cs_range_add_leaf(&range, &leaf);
    }
    cs_range_root(&range, &expected);
    cs_tile_root(hashes, &root);
    assert_memory_equal(root.b, expected.b, CS_HASH);

    hashes[CS_TILE_MAX - 1] ^= 1;
    cs_tile_root(hashes, &root);
    assert_memory_not_equal(root.b, expected.b, CS_HASH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_other_paths_are_refused),
        cmocka_unit_test(test_near_paths),
        cmocka_unit_test(test_tiles_of_a_log),
        cmocka_unit_test(test_sizes_at_a_boundary),
        cmocka_unit_test(test_root_of_a_full_tile),
    };

    return cmocka_run_group_tests_name("tile", tests, NULL, NULL);
}
