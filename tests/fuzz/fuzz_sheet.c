/*
 * Whole tables, from detection to records: whatever the bytes, a record that comes out is one that a
 * log takes, and what went wrong is said.
 */
#include "tests/fuzz/fuzz.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <jansson.h>

#include <commonshelf/record.h>

#include "intake/intake.h"

static void check_record(struct json_t *record)
{
    json_t *whole = json_copy(record);

    must(json_object_set_new(whole, "id",
                             json_string("urn:uuid:12345678-0000-4000-8000-000000000000")) == 0);
    must(json_object_set_new(whole, "rev", json_integer(1)) == 0);
    must(cs_record_check(whole, NULL) == CS_OK);
    must(json_dumpb(whole, NULL, 0, JSON_COMPACT) <= CS_ENTRY_MAX - CS_ENTRY_HEAD);
    json_decref(whole);
}

static void check_row(const struct intake_row *row)
{
    must(row->refused == (row->record == NULL));
    must(!row->refused || row->n_problems > 0);
    for (size_t i = 0; i < row->n_problems; i++)
        must(row->problems[i].code && row->problems[i].message && *row->problems[i].message);
    if (row->record)
        check_record(row->record);
}

static void read_as(int fd, const struct intake_options *options)
{
    struct problem why = PROBLEM_INIT;
    struct intake *in = intake_open(fd, "fuzz", options, &why);
    struct intake_row row;
    int rc;

    if (!in) {
        must(why.code && *why.message);
        return;
    }
    while ((rc = intake_next(in, &row, &why)) == 1)
        check_row(&row);
    must(rc == 0 || (why.code && *why.message));
    intake_close(in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const map[] = {"name=1"};
    struct intake_options named = {.format = "csv"},
                          numbered = {.format = "csv", .map = map, .maps = 1};
    int fd = memfd_create("fuzz", MFD_CLOEXEC);

    must(fd >= 0);
    if (size <= 65536) {
        must(write(fd, data, size) == (ssize_t)size);
        read_as(fd, &named);
        read_as(fd, &numbered);
    }
    close(fd);
    return 0;
}
