/*
 * Opening bytes or a file of the test data as intake would, and looking at what comes out.
 */
#ifndef TESTS_INTAKE_FIXTURE_H
#define TESTS_INTAKE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <jansson.h>

#include <commonshelf/record.h>

#include "intake/intake.h"

static struct problem why;

/* A string literal, NULs and all, as bytes and their number. */
#define LITERAL(text) text, sizeof(text) - 1

static inline int fd_of(const void *bytes, size_t n)
{
    int fd = memfd_create("rows", MFD_CLOEXEC);

    assert_true(fd >= 0);
    for (size_t done = 0; done < n;) {
        ssize_t w = write(fd, (const char *)bytes + done, n - done);
        assert_true(w > 0);
        done += (size_t)w;
    }
    return fd;
}

/* The program that reads MARC, in the build directory. */
static inline const char *reader_path(void)
{
    static char path[4096];
    const char *directory = getenv("top_builddir");

    snprintf(path, sizeof path, "%s/commonshelf-read-marc", directory ? directory : ".");
    return path;
}

/* A file of the shared test data; NULL, with a word on why, when there is none. */
static inline const char *data_path(const char *name)
{
    static char path[4096];
    const char *directory = getenv("COMMONSHELF_TEST_DATA");

    if (!directory) {
        print_message("# skipped: COMMONSHELF_TEST_DATA is not set\n");
        return NULL;
    }
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

static inline struct intake *open_fd(int fd, const struct intake_options *options)
{
    struct intake_options o = {0};

    if (options)
        o = *options;
    if (!o.reader)
        o.reader = reader_path();
    problem_clear(&why);
    return intake_open(fd, "rows.csv", &o, &why);
}

/* What became of a whole source. */
struct outcome {
    int end; /* intake_next's last answer */
    unsigned read, refused, problems;
    json_t *records; /* array of {"number","key","record"} */
    json_t *troubles; /* array of "row code column" */
};

static inline void outcome_free(struct outcome *o)
{
    json_decref(o->records);
    json_decref(o->troubles);
}

/* Each record that comes out must be one that a log would take. */
static inline void check_record(json_t *record)
{
    json_t *whole = json_copy(record);
    struct cs_record_fault fault = {"", ""};

    json_object_set_new(whole, "id", json_string("urn:uuid:12345678-0000-4000-8000-000000000000"));
    json_object_set_new(whole, "rev", json_integer(1));
    if (cs_record_check(whole, &fault) != CS_OK)
        fail_msg("%s: %s", fault.member, fault.reason);
    json_decref(whole);
}

static inline void add_trouble(json_t *list, const struct intake_problem *p)
{
    char text[400];

    assert_non_null(p->code);
    assert_true(p->message && *p->message);
    snprintf(text, sizeof text, "%llu %s %s", (unsigned long long)p->row, p->code, p->column);
    json_array_append_new(list, json_string(text));
}

static inline struct outcome run(struct intake *in)
{
    struct outcome o = {.records = json_array(), .troubles = json_array()};
    struct intake_row row;

    while ((o.end = intake_next(in, &row, &why)) == 1) {
        o.refused += row.refused;
        o.read += !row.refused;
        o.problems += (unsigned)row.n_problems;
        assert_int_equal(row.refused, row.record == NULL);
        for (size_t i = 0; i < row.n_problems; i++)
            add_trouble(o.troubles, &row.problems[i]);
        if (row.record) {
            check_record(row.record);
            json_array_append_new(o.records,
                                  json_pack("{s:I,s:s?,s:O}", "number", (json_int_t)row.number,
                                            "key", row.key, "record", row.record));
        }
    }
    return o;
}

static inline struct outcome run_bytes(const void *bytes, size_t n, const struct intake_options *o)
{
    int fd = fd_of(bytes, n);
    struct intake *in = open_fd(fd, o);
    struct outcome out;

    if (!in)
        fail_msg("%s: %s", why.code, why.message);
    out = run(in);
    intake_close(in);
    close(fd);
    return out;
}

static inline struct outcome run_text(const char *text)
{
    return run_bytes(text, strlen(text), NULL);
}

static inline struct outcome run_file(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct outcome out;
    struct intake *in;

    if (fd < 0)
        fail_msg("%s: %s", path, strerror(errno));
    in = open_fd(fd, NULL);
    if (!in)
        fail_msg("%s: %s: %s", path, why.code, why.message);
    out = run(in);
    intake_close(in);
    close(fd);
    return out;
}

/* The i-th record as JSON text must be `wanted`. */
static inline void assert_record(const struct outcome *o, size_t i, const char *wanted)
{
    json_t *record = json_object_get(json_array_get(o->records, i), "record");
    char *text = json_dumps(record, JSON_COMPACT);

    assert_non_null(text);
    assert_string_equal(text, wanted);
    free(text);
}

static inline void assert_trouble(const struct outcome *o, size_t i, const char *wanted)
{
    const char *text = json_string_value(json_array_get(o->troubles, i));

    if (!text)
        fail_msg("no problem %zu; wanted %s", i, wanted);
    assert_string_equal(text, wanted);
}

/* Opening these bytes must fail with this code and say these words. */
static inline void assert_unopened(const void *bytes, size_t n, const struct intake_options *o,
                                   const char *code, const char *words)
{
    int fd = fd_of(bytes, n);
    struct intake *in = open_fd(fd, o);

    assert_null(in);
    assert_string_equal(why.code, code);
    if (!strstr(why.message, words))
        fail_msg("“%s” does not say “%s”", why.message, words);
    close(fd);
}

#endif
