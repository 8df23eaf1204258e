/* Records of ISO 2709 whose numbers don't fit their bytes: made to fit, or refused by name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "intake/marc_mend.h"
#include "intake/marc_wire.h"

struct field {
    const char *tag, *data; /* data without its terminator */
};

static const struct field fields[] = {{"001", "abc-1"},
                                      {"008", "800108s1899    ilu           000 0 eng  "},
                                      {"245", "10\x1F"
                                              "aFractions à l'école :\x1F"
                                              "bpremières leçons"},
                                      {"650", " 0\x1F"
                                              "aCalcul"}};
#define FIELDS (sizeof fields / sizeof *fields)

static size_t characters(const char *s)
{
    size_t n = 0;

    for (; *s; s++)
        n += (*s & 0xC0) != 0x80;
    return n;
}

/* A record without its terminator. `shift` is added to each start; with `counted`, lengths are in
 * characters. */
static size_t build(unsigned char *out, int shift, int counted)
{
    char directory[200] = "", data[400] = "";
    size_t at = 0, n, length;

    for (size_t i = 0; i < FIELDS; i++) {
        n = (counted ? characters(fields[i].data) : strlen(fields[i].data)) + 1;
        sprintf(directory + strlen(directory), "%s%04zu%05d", fields[i].tag, n, (int)at + shift);
        at += n;
        sprintf(data + strlen(data), "%s\x1E", fields[i].data);
    }
    length = 24 + strlen(directory) + 1 + strlen(data);
    sprintf((char *)out, "%05zunam a22%05zu a 4500%s\x1E%s", length + 1, 24 + strlen(directory) + 1,
            directory, data);
    return length;
}

/* That every entry of the directory leads to its field. */
static void assert_true_record(const unsigned char *r, size_t n)
{
    size_t width = 3 + (size_t)(r[20] - '0') + (size_t)(r[21] - '0'), base, start, length;
    char number[12];

    assert_int_equal(r[n - 1], 0x1D);
    assert_int_equal(strtoul((const char *)memcpy(memset(number, 0, 12), r, 5), NULL, 10), n);
    base = strtoul((const char *)memcpy(memset(number, 0, 12), r + 12, 5), NULL, 10);
    assert_int_equal(r[base - 1], 0x1E);
    assert_int_equal(base, 24 + FIELDS * width + 1);
    for (size_t i = 0; i < FIELDS; i++) {
        const unsigned char *e = r + 24 + i * width;

        length = strtoul((const char *)memcpy(memset(number, 0, 12), e + 3, (size_t)(r[20] - '0')),
                         NULL, 10);
        start = strtoul((const char *)memcpy(memset(number, 0, 12), e + 3 + (r[20] - '0'),
                                             (size_t)(r[21] - '0')),
                        NULL, 10);
        assert_memory_equal(e, fields[i].tag, 3);
        assert_int_equal(length, strlen(fields[i].data) + 1);
        assert_memory_equal(r + base + start, fields[i].data, length - 1);
    }
}

static void good_records_stay(void **state)
{
    unsigned char r[1000], out[2000];
    const char *code;
    size_t n = build(r, 0, 0);

    (void)state;
    assert_int_equal(mend_iso2709(r, n, out, &code), n + 1);
    assert_memory_equal(out, r, n);
    assert_true_record(out, n + 1);
}

static void lengths_in_characters(void **state)
{
    unsigned char r[1000], out[2000];
    const char *code;
    size_t n = build(r, 0, 1), mended;

    (void)state;
    mended = mend_iso2709(r, n, out, &code);
    assert_true(mended > n);
    assert_true_record(out, mended);
}

static void numbers_that_are_off(void **state)
{
    unsigned char r[1000], out[2000];
    const char *code;
    size_t n = build(r, 7, 0);

    (void)state;
    assert_true_record(out, mend_iso2709(r, n, out, &code));
    /* the length and the base address of the leader count for nothing */
    n = build(r, 0, 0);
    memcpy(r, "99999", 5);
    memcpy(r + 12, "00001", 5);
    assert_true_record(out, mend_iso2709(r, n, out, &code));
    memcpy(r, "     ", 5);
    assert_true_record(out, mend_iso2709(r, n, out, &code));
    /* nor do widths that are no digits */
    memcpy(r + 20, "  ", 2);
    memcpy(out + 20, "45", 2);
    n = mend_iso2709(r, n, out, &code);
    assert_true(n > 0);
}

static void what_can_not_be_mended(void **state)
{
    unsigned char r[1000], *out = malloc(2 * MARC_RECORD_MAX), *large;
    const char *code = NULL;
    size_t n, i;

    (void)state;
    n = build(r, 0, 0);
    for (i = 0; i < 24 + FIELDS * 12 + 1; i++) { /* cut anywhere in leader and directory */
        assert_int_equal(mend_iso2709(r, i, out, &code), 0);
        assert_string_equal(code, "bad_directory");
    }
    r[24 + 5] = 'x'; /* not a digit */
    assert_int_equal(mend_iso2709(r, n, out, &code), 0);
    n = build(r, 0, 0);
    r[n - 5] = 0x1E; /* one field more than entries */
    assert_int_equal(mend_iso2709(r, n, out, &code), 0);
    assert_string_equal(code, "bad_directory");
    n = build(r, 0, 0);
    assert_int_equal(mend_iso2709(r, n - 1, out, &code), 0); /* the last field has no end */

    large = calloc(1, 200000);
    n = build(large, 0, 0);
    memset(large + n - 1, 'x', 150000);
    large[n + 150000] = 0x1E;
    assert_int_equal(mend_iso2709(large, n + 150001, out, &code), 0);
    free(large);
    free(out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_records_stay),
        cmocka_unit_test(lengths_in_characters),
        cmocka_unit_test(numbers_that_are_off),
        cmocka_unit_test(what_can_not_be_mended),
    };

    return cmocka_run_group_tests_name("intake/marc_mend", tests, NULL, NULL);
}
