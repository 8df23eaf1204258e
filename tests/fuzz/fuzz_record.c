/*
 * Records: the bytes as a P and a D payload, and as the texts that have a reader of their own.
 */
#include "tests/fuzz/fuzz.h"

#include <commonshelf/record.h>

#include <jansson.h>

static void check_text(const json_t *record, const char *member)
{
    const char *lang = NULL, *text = cs_record_text(record, member, "es-MX", &lang);

    must(text || !lang);
    if (text)
        must(*text && cs_utf8_valid(cs_span_of(text)));
}

static void check_record(struct cs_span payload)
{
    struct cs_record_fault fault = {"", ""};
    struct cs_uuid id, again;
    json_t *record = NULL;
    uint64_t rev = 0, rev_again = 1;
    enum cs_status status = cs_record_read(payload, &record, &id, &rev, &fault);

    must((status == CS_OK) == (record != NULL));
    must(cs_record_verify(payload, &again, &rev_again) == status);
    must(status || (rev == rev_again && memcmp(&id, &again, sizeof(id)) == 0));
    must(status != CS_BAD_MEMBER || *fault.reason);
    if (!record)
        return;
    must(rev >= 1 && cs_record_text(record, "name", NULL, NULL));
    check_text(record, "name");
    check_text(record, "description");
    check_text(record, "place");
    /* What a record is known by is enough for its withdrawal. */
    must(cs_withdrawal_read(payload, &again, &rev_again) == CS_OK);
    must(rev == rev_again && memcmp(&id, &again, sizeof(id)) == 0);
    json_decref(record);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cs_span bytes = cs_span_make(data, size);
    struct cs_uuid id;
    uint64_t rev;
    char isbn[14], again[14];

    check_record(bytes);
    (void)!cs_withdrawal_read(bytes, &id, &rev);
    if (cs_isbn_read(bytes, isbn) == CS_OK)
        must(cs_isbn_read(cs_span_of(isbn), again) == CS_OK && strcmp(isbn, again) == 0);
    if (cs_language_valid(bytes))
        must(size >= 2 && size <= CS_LANGUAGE_MAX);
    if (cs_date_valid(bytes))
        must(size >= 4);
    return 0;
}
