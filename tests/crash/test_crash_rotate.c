/*
 * A power cut at every step of a change of keys. Whatever it leaves must open again with the old keys
 * or the new ones, never with half of either; what peers are shown then is signed by the keyset that
 * they are shown; and nothing that was reported as done is lost.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

#include "command/command.h"
#include "tests/crash/cuts.h"
#include "tests/unit/test_support_directory.h"

#define SEEDS 2

static struct cuts cuts;
static size_t promised; /* steps after which keyset 2 was reported as in force */
static const struct command *const commands[] = {&command_init, NULL};

#define assert_went_well(call, why)                                                                \
    do {                                                                                           \
        if (call)                                                                                  \
            fail_msg("%s: %s (%s)", (why).code ? (why).code : "?", (why).message, (why).detail);   \
    } while (0)

static void publish(struct home *home, const char *name)
{
    struct problem why = PROBLEM_INIT;
    struct catalogue_batch *b =
        catalogue_batch_begin(home->catalogue, "public", "test", "test", &why);
    json_t *record =
        json_pack("{s:s,s:s,s:s}", "kind", "resource", "category", "material", "name", name);
    struct batch_result result;
    struct publish_result published;
    enum draft_outcome outcome;

    assert_went_well(!b, why);
    assert_went_well(catalogue_batch_add(b, record, name, cs_span_of(name), &outcome, &why), why);
    assert_went_well(catalogue_batch_live(&b, &result, &why), why);
    assert_went_well(catalogue_publish(home->catalogue, "public", &published, NULL, NULL, &why),
                     why);
    json_decref(record);
}

static struct home *open_home(const char *path, struct problem *why)
{
    struct home *home = home_new(path, file_lock(test_path("lock"), NULL), why);

    assert_non_null(home);
    /* All but the search index, which has no part in this. */
    if (home_open_config(home, why) == 0 && home_open_signer(home, why) == 0 &&
        home_open_store(home, why) == 0 && home_open_catalogue(home, why) == 0 &&
        home_open_peering(home, why) == 0 && home_adopt_keys(home, why) == 0)
        return home;
    home_free(home);
    return NULL;
}

static void record_rotation(void)
{
    char *argv[] = {"commonshelf",
                    "-q",
                    "-C",
                    (char *)test_path("home"),
                    "init",
                    "--name",
                    "School of Crashes",
                    "--url",
                    "https://school.example",
                    NULL};
    struct problem why = PROBLEM_INIT;
    char path[FILE_PATH_MAX];
    struct home *home;

    strcpy(path, argv[3]);
    argv[3] = path;
    assert_int_equal(command_main(9, argv, commands), 0);
    home = open_home(path, &why);
    assert_went_well(!home, why);
    publish(home, "before");
    cuts.model = model_record(path);
    assert_went_well(home_rotate(home, NULL, &why), why);
    promised = model_steps(cuts.model);
    model_stop(cuts.model);
    home_free(home);
}

/* Everything that a peer is given: the newest keyset, and what it must verify. */
static const char *shown(struct home *home, struct reader *r)
{
    struct cs_buffer note = {.alloc = memory_allocator()};
    struct problem why = PROBLEM_INIT;
    static struct cs_profile profile;
    const struct cs_node_id *node = signer_node(home->signer);
    struct cs_checkpoint checkpoint;
    const char *wrong = NULL;
    struct cs_keyset keyset;
    struct log_row log;
    bool found;

    assert_went_well(store_keyset_get(r, STORE_SELF, 0, &note, &found, &why), why);
    if (!found || cs_keyset_read(cs_buffer_span(&note), &keyset) != CS_OK)
        wrong = "no keyset is shown";
    else if (keyset.version != signer_keyset(home->signer)->version)
        wrong = "another keyset is shown than the one that signs";
    cs_buffer_reset(&note);
    assert_went_well(store_profile_get(r, STORE_SELF, &note, &found, &why), why);
    if (!wrong && cs_profile_read(cs_buffer_span(&note), node, &keyset, &profile) != CS_OK)
        wrong = "the profile is not signed by the keyset that is shown";
    cs_buffer_reset(&note);
    assert_went_well(store_log_find(r, STORE_SELF, "public", 1, &log, &found, &why), why);
    assert_true(found);
    assert_went_well(store_log_checkpoint(r, log.lid, &note, &found, &why), why);
    if (!wrong &&
        cs_checkpoint_read(cs_buffer_span(&note), log.origin, node, &keyset, &checkpoint) != CS_OK)
        wrong = "the checkpoint is not signed by the keyset that is shown";
    cs_buffer_free(&note);
    return wrong;
}

/* Only the private keys of the keyset in force are there. */
static const char *only_its_keys(struct home *home)
{
    uint64_t version = signer_keyset(home->signer)->version;
    char path[FILE_PATH_MAX], name[64];

    for (uint64_t old = 1; old < version; old++) {
        snprintf(name, sizeof name, old == 1 ? "keys/log.key" : "keys/log-%llu.key",
                 (unsigned long long)old);
        assert_int_equal(file_join(path, home->path, name), 0);
        if (file_exists(path))
            return "an old private key is still there";
    }
    return NULL;
}

static const char *survives(struct cuts *c, size_t step, enum survival survival)
{
    struct problem why = PROBLEM_INIT;
    struct home *home = open_home(c->home, &why);
    struct reader *r;
    const char *wrong = NULL;

    if (!home) {
        print_message("%s: %s\n", why.code, why.message);
        return "the home does not open";
    }
    if (step >= promised && signer_keyset(home->signer)->version < 2)
        wrong = "keys that were reported as in force are gone";
    r = store_reader(home->store, &why);
    assert_went_well(!r, why);
    if (!wrong)
        wrong = shown(home, r);
    if (!wrong)
        wrong = only_its_keys(home);
    if (!wrong && survival == SURVIVES_ALL && home_rotate(home, NULL, &why))
        wrong = "the keys can't be changed any more";
    store_reader_free(r);
    home_free(home);
    return wrong;
}

static void every_crash_leaves_the_old_keys_or_the_new(void **state)
{
    (void)state;
    cuts_everywhere(&cuts, model_steps(cuts.model), SEEDS);
}

/* The new keys and the file of keysets are synced for a reason each. */
static void a_forgotten_sync_is_noticed(void **state)
{
    size_t syncs = 0;

    (void)state;
    for (size_t i = 0; i < promised; i++) {
        if (!model_is_sync(cuts.model, i, "keys/"))
            continue;
        syncs++;
        if (!cuts_miss(&cuts, i, i, promised))
            fail_msg("nobody missed the sync of %s", model_path(cuts.model, i));
    }
    assert_true(syncs >= 4); /* three keys and the keysets */
}

static int set_up(void **state)
{
    if (test_directory_make(state))
        return -1;
    cuts_begin(&cuts, test_directory);
    cuts.survives = survives;
    record_rotation();
    return 0;
}

static int tear_down(void **state)
{
    cuts_end(&cuts);
    return test_directory_remove(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_crash_leaves_the_old_keys_or_the_new),
        cmocka_unit_test(a_forgotten_sync_is_noticed),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
