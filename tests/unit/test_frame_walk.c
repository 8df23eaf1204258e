/*
 * Files of logs, walked by the heads of their frames (T47).
 */
#include "tests/unit/vectors.h"

#include <commonshelf/frames.h>

/* A frame of `length` zero bytes behind its numbers. */
static void add(struct cs_buffer *file, unsigned char type, int level, uint64_t index,
                size_t length)
{
    struct cs_frame_place place = {
        .type = type, .level = level, .index = index, .length = (uint32_t)length};
    unsigned char head[CS_FRAME_LOOK];

    cs_buffer_add(file, head, cs_frame_place_write(&place, head));
    for (size_t i = 0; i < length; i++)
        cs_buffer_add_byte(file, 0);
}

/* One frame for each letter: E at the next bundle, T of one hash. */
static void add_letters(struct cs_buffer *file, const char *letters)
{
    uint64_t entries = 0;

    cs_frames_begin(file);
    for (; *letters; letters++) {
        unsigned char type = (unsigned char)*letters;

        if (type == 'C')
            entries = 0;
        add(file, type, 0, type == 'E' ? entries : 0, type == 'Z' ? 0 : 32);
        if (type == 'E')
            entries += 256;
    }
}

/* Walks a copy of its own size, so that a sanitizer sees a step past it. */
static enum cs_status walk(const struct cs_buffer *file, size_t n, struct cs_frame_place *last)
{
    unsigned char *bytes = malloc(n + !n);
    struct cs_frame_walk w;
    enum cs_status status;

    assert_non_null(bytes);
    memcpy(bytes, file->p, n);
    memset(last, 0, sizeof *last);
    status = cs_frame_walk_begin(&w, cs_span_make(bytes, n), n);
    while (status == CS_OK && last->type != CS_FRAME_END) {
        size_t left = n - (size_t)w.offset;
        unsigned char *look = malloc(CS_FRAME_LOOK);
        size_t seen = left < CS_FRAME_LOOK ? left : CS_FRAME_LOOK;

        assert_non_null(look);
        memcpy(look, bytes + w.offset, seen);
        status = cs_frame_walk_next(&w, cs_span_make(look, seen), last);
        free(look);
    }
    free(bytes);
    return status;
}

static void expect_letters(const char *letters, enum cs_status expected)
{
    struct cs_buffer file = CS_BUFFER_INIT;
    struct cs_frame_place last;

    add_letters(&file, letters);
    if (walk(&file, file.n, &last) != expected)
        fail_msg("%s: %d", letters, (int)walk(&file, file.n, &last));
    cs_buffer_free(&file);
}

static void test_order(void **state)
{
    static const char *const good[] = {"Z",        "KFZ",   "KKFZ",          "KFCZ",
                                       "KFCTTEEZ", "KFCEZ", "KFVVCTEZ",      "KFCTECTEZ",
                                       "KFCCZ",    "KFMMZ", "KFCTEMKKFCTEZ", "KFKFZ"};
    static const char *const bad[] = {
        "EZ",     "CZ",    "FZ",   "TZ",    "KZ",      "KCZ", /* nothing before the keys */
        "KFEZ",   "KFTZ", /* entries and tiles before their checkpoint */
        "KFCETZ", "KFMCZ", "KFFZ", "KFCFZ", "KFCVZ",   "KFIZ",
        "KFHZ",   "KFCHZ", "MZ",   "KFCQZ", "KFC\x01Z"};

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        expect_letters(good[i], CS_OK);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        expect_letters(bad[i], CS_MALFORMED);
}

static void test_cut_anywhere(void **state)
{
    struct cs_buffer file = CS_BUFFER_INIT;
    struct cs_frame_place last;

    (void)state;
    add_letters(&file, "KFCTEZ");
    assert_int_equal(walk(&file, file.n, &last), CS_OK);
    for (size_t n = 0; n < CS_FRAMES_MAGIC; n++)
        assert_int_equal(walk(&file, n, &last), CS_MALFORMED);
    for (size_t n = CS_FRAMES_MAGIC; n < file.n; n++)
        assert_int_equal(walk(&file, n, &last), CS_CUT_OFF);
    cs_buffer_add_byte(&file, 'Z');
    assert_int_equal(walk(&file, file.n, &last), CS_MALFORMED);
    cs_buffer_free(&file);
}

static void expect_last(const char *before, unsigned char type, int level, uint64_t index,
                        size_t length, enum cs_status expected)
{
    struct cs_buffer file = CS_BUFFER_INIT;
    struct cs_frame_place last;

    add_letters(&file, before);
    add(&file, type, level, index, length);
    add(&file, 'Z', 0, 0, 0);
    assert_int_equal(walk(&file, file.n, &last), expected);
    cs_buffer_free(&file);
}

static void test_numbers(void **state)
{
    (void)state;
    expect_last("KFC", 'E', 0, 256 * 7, 1, CS_OK); /* an incremental export begins anywhere */
    expect_last("KFC", 'E', 0, 1, 1, CS_MALFORMED);
    expect_last("KFC", 'E', 0, 256, 0, CS_MALFORMED);
    expect_last("KFC", 'E', 0, CS_LOG_SIZE_MAX, 1, CS_MALFORMED);
    expect_last("KFCE", 'E', 0, 0, 1, CS_MALFORMED); /* the same bundle twice */
    expect_last("KFCEC", 'E', 0, 0, 1, CS_OK); /* another log's */
    expect_last("KFC", 'T', 4, 9, 256 * 32, CS_OK);
    expect_last("KFC", 'T', 5, 0, 32, CS_MALFORMED);
    expect_last("KFC", 'T', 0, CS_LOG_SIZE_MAX - 1, 32, CS_OK);
    expect_last("KFC", 'T', 0, CS_LOG_SIZE_MAX, 32, CS_MALFORMED);
    expect_last("KFC", 'T', 0, 0, 31, CS_MALFORMED);
    expect_last("KFC", 'T', 0, 0, 0, CS_MALFORMED);
    expect_last("KFC", 'T', 0, 0, 257 * 32, CS_TOO_LARGE);
    expect_last("KF", 'C', 0, 0, CS_CHECKPOINT_MAX, CS_OK);
    expect_last("KF", 'C', 0, 0, CS_CHECKPOINT_MAX + 1, CS_TOO_LARGE);
    expect_last("K", 'F', 0, 0, CS_NOTE_MAX + 1, CS_TOO_LARGE);
    expect_last("KF", 'V', 0, 0, CS_CHARTER_MAX, CS_OK);
    expect_last("KFV", 'V', 0, 0, CS_CHARTER_MAX + 1, CS_TOO_LARGE);
}

/* A frame that has no room for the numbers of its type. */
static void test_frames_without_their_numbers(void **state)
{
    static const char types[] = "ET";

    (void)state;
    for (size_t i = 0; i < 2; i++)
        for (unsigned char length = 0; length < 8 + i; length++) {
            const unsigned char head[] = {(unsigned char)types[i], 0, 0, 0, length};
            struct cs_buffer file = CS_BUFFER_INIT;
            struct cs_frame_place last;

            add_letters(&file, "KFC");
            cs_buffer_add(&file, head, sizeof head);
            cs_buffer_add(&file, "abcdefghijklmnop", length);
            add(&file, 'Z', 0, 0, 0);
            assert_int_equal(walk(&file, file.n, &last), CS_MALFORMED);
            cs_buffer_free(&file);
        }
}

/* The caller gives fewer bytes to look at than there are: nothing behind them is read. */
static void test_short_looks(void **state)
{
    static const char types[] = "ET";

    (void)state;
    for (size_t i = 0; i < 2; i++)
        for (size_t n = 0; n < CS_FRAME_HEAD + 8 + i; n++) {
            struct cs_frame_walk w = {.offset = CS_FRAMES_MAGIC, .size = 1000, .last = 'C'};
            struct cs_frame_place place = {
                .type = (unsigned char)types[i], .index = 0, .length = 32};
            unsigned char head[CS_FRAME_LOOK], *look = malloc(n + !n);

            assert_non_null(look);
            cs_frame_place_write(&place, head);
            memcpy(look, head, n);
            assert_int_equal(cs_frame_walk_next(&w, cs_span_make(look, n), &place), CS_CUT_OFF);
            assert_int_equal(w.offset, CS_FRAMES_MAGIC);
            free(look);
        }
}

/* Behind the end there is nothing, whatever bytes the caller finds there. */
static void test_behind_the_end(void **state)
{
    struct cs_buffer file = CS_BUFFER_INIT;
    struct cs_frame_place place;
    struct cs_frame_walk w;

    (void)state;
    add_letters(&file, "Z");
    assert_int_equal(cs_frame_walk_begin(&w, cs_buffer_span(&file), file.n), CS_OK);
    for (int i = 0; i < 2; i++)
        assert_int_equal(
            cs_frame_walk_next(&w, cs_span_make(file.p + CS_FRAMES_MAGIC, CS_FRAME_HEAD), &place),
            i == 0 ? CS_OK : CS_MALFORMED);
    cs_buffer_free(&file);
}

/* A frame that claims more than there is takes no memory and gives none. */
static void test_claimed_lengths(void **state)
{
    static const char *const claims[] = {"\xff\xff\xff\xff", "\x7f\xff\xff\xff", "\x80\0\0\0"};
    struct cs_frame_place last;

    (void)state;
    for (size_t i = 0; i < sizeof(claims) / sizeof(claims[0]); i++)
        for (const char *type = "KFCVEHTIMZ"; *type; type++) {
            struct cs_buffer file = CS_BUFFER_INIT;

            add_letters(&file, *type == 'K' ? "" : *type == 'F' ? "K" : "KFC");
            cs_buffer_add_byte(&file, (unsigned char)*type);
            cs_buffer_add(&file, claims[i], 4);
            cs_buffer_add_text(&file, "abcdefghijklmnop");
            assert_int_not_equal(walk(&file, file.n, &last), CS_OK);
            if (strchr("KFETMZ", *type))
                assert_int_equal(walk(&file, file.n, &last), CS_TOO_LARGE);
            cs_buffer_free(&file);
        }
}

static void test_places(void **state)
{
    struct cs_buffer file = CS_BUFFER_INIT;
    struct cs_frame_place place;
    struct cs_frame_walk w;

    (void)state;
    add_letters(&file, "KFC");
    add(&file, 'T', 1, 3, 64);
    add(&file, 'E', 0, 512, 20);
    assert_int_equal(cs_frame_walk_begin(&w, cs_buffer_span(&file), file.n), CS_OK);
    for (int i = 0; i < 5; i++) {
        size_t left = file.n - (size_t)w.offset;

        assert_int_equal(
            cs_frame_walk_next(&w, cs_span_make(file.p + w.offset, left < 14 ? left : 14), &place),
            CS_OK);
        if (i == 3) {
            assert_int_equal(place.type, 'T');
            assert_int_equal(place.level, 1);
            assert_int_equal(place.index, 3);
            assert_int_equal(place.length, 64);
            assert_int_equal(place.offset, 6 + 3 * (5 + 32) + 5 + 9);
        }
    }
    assert_int_equal(place.type, 'E');
    assert_int_equal(place.index, 512);
    assert_int_equal(place.length, 20);
    assert_int_equal(place.offset + place.length, file.n);
    assert_int_equal(cs_frame_walk_next(&w, cs_span_make(file.p, 0), &place), CS_CUT_OFF);
    cs_buffer_free(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),       cmocka_unit_test(test_cut_anywhere),
        cmocka_unit_test(test_numbers),     cmocka_unit_test(test_claimed_lengths),
        cmocka_unit_test(test_places),      cmocka_unit_test(test_frames_without_their_numbers),
        cmocka_unit_test(test_short_looks), cmocka_unit_test(test_behind_the_end),
    };

    return cmocka_run_group_tests_name("frame walk", tests, NULL, NULL);
}
