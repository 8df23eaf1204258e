/*
 * A home without a server for tests of store/ and catalogue/: keys, database, the shelf "public", and
 * a second, private one. Uses the directory of test_support_directory.h. Tests only.
 */
#ifndef TESTS_HOME_FIXTURE_H
#define TESTS_HOME_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>

#include "catalogue/catalogue.h"
#include "tests/unit/test_support_directory.h"

struct test_home {
    struct store *store;
    struct signer *signer;
    struct catalogue *catalogue;
    struct reader *reader;
};

/* Fails the test with the problem's own words. */
#define assert_went_well(call, why)                                                                \
    do {                                                                                           \
        if (call)                                                                                  \
            fail_msg("%s: %s (%s)", (why).code ? (why).code : "?", (why).message, (why).detail);   \
    } while (0)

/* Opens the home in `directory` as a start does. NULL, or what does not open; home_close in either case. */
static inline const char *home_start(struct test_home *h, const char *directory)
{
    struct problem why = PROBLEM_INIT;
    char keys[FILE_PATH_MAX];

    memset(h, 0, sizeof *h);
    assert_int_equal(file_join(keys, directory, "keys"), 0);
    h->signer = signer_open(keys, &why);
    assert_went_well(!h->signer, why);
    if (!(h->store = store_open(directory, STORE_WRITE, &why)))
        return "the database does not open";
    if (!(h->catalogue = catalogue_open(directory, h->store, h->signer, &why)))
        return "the logs do not prove";
    return NULL;
}

static inline void home_open(struct test_home *h, enum store_mode mode)
{
    struct problem why = PROBLEM_INIT;

    h->signer = signer_open(test_path("keys"), &why);
    assert_went_well(!h->signer, why);
    h->store = store_open(test_directory, mode, &why);
    assert_went_well(!h->store, why);
}

static inline void home_ready(struct test_home *h)
{
    struct problem why = PROBLEM_INIT;

    h->catalogue = catalogue_open(test_directory, h->store, h->signer, &why);
    assert_went_well(!h->catalogue, why);
    h->reader = store_reader(h->store, &why);
    assert_went_well(!h->reader, why);
}

static inline void home_close(struct test_home *h)
{
    store_reader_free(h->reader);
    catalogue_close(h->catalogue);
    store_close(h->store);
    signer_close(h->signer);
    memset(h, 0, sizeof *h);
}

static struct catalogue *home_abandoned[8] __attribute__((used));
static size_t home_crashes __attribute__((unused));

/* Ends without saying so, as a crash does: the catalogue's memory goes with the process. */
static inline void home_drop(struct test_home *h)
{
    home_abandoned[home_crashes++ % 8] = h->catalogue;
    store_reader_free(h->reader);
    store_close(h->store);
    signer_close(h->signer);
    memset(h, 0, sizeof *h);
}

static inline void home_create(struct test_home *h)
{
    struct problem why = PROBLEM_INIT;
    struct transaction *t;
    row_id nid, sid;

    memset(h, 0, sizeof *h);
    assert_went_well(file_make_directory(test_path("keys"), 0700, &why), why);
    assert_went_well(signer_create(test_path("keys"), &why), why);
    home_open(h, STORE_CREATE);
    t = store_begin(h->store, &why);
    assert_went_well(!t, why);
    assert_went_well(store_node_add(t, signer_node(h->signer), &nid, &why), why);
    assert_int_equal(nid, STORE_SELF);
    assert_went_well(store_shelf_add(t, "public", AUDIENCE_PUBLIC, &sid, &why), why);
    assert_went_well(store_shelf_add(t, "staff", AUDIENCE_PRIVATE, &sid, &why), why);
    assert_went_well(store_commit(&t, &why), why);
    home_ready(h);
}

/* Stages one record called `name` with the identifier `key` (NULL: none). */
static inline enum draft_outcome home_stage(struct catalogue_batch *b, const char *key,
                                            const char *name)
{
    json_t *record = json_pack("{s:s,s:s,s:s,s:[s]}", "kind", "resource", "category", "material",
                               "name", name, "inLanguage", "en");
    struct problem why = PROBLEM_INIT;
    enum draft_outcome outcome;

    assert_non_null(record);
    assert_went_well(catalogue_batch_add(b, record, key, cs_span_of(name), &outcome, &why), why);
    json_decref(record);
    return outcome;
}

/* Imports `n` records "record 0" … with identifiers "0" …, each called "PREFIX i". */
static inline struct batch_result home_import(struct test_home *h, const char *shelf,
                                              const char *source, const char *prefix, unsigned n)
{
    struct problem why = PROBLEM_INIT;
    struct catalogue_batch *b = catalogue_batch_begin(h->catalogue, shelf, source, "test", &why);
    struct batch_result result;

    assert_went_well(!b, why);
    for (unsigned i = 0; i < n; i++) {
        char key[32], name[200];
        snprintf(key, sizeof key, "%u", i);
        snprintf(name, sizeof name, "%.100s %u", prefix, i);
        home_stage(b, key, name);
    }
    assert_went_well(catalogue_batch_live(&b, &result, &why), why);
    return result;
}

static inline struct publish_result home_publish(struct test_home *h, const char *shelf)
{
    struct problem why = PROBLEM_INIT;
    struct publish_result result;

    assert_went_well(catalogue_publish(h->catalogue, shelf, &result, NULL, NULL, &why), why);
    return result;
}

#endif
