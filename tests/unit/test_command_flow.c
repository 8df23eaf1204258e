/* Commands one after the other on one home, as a person types them: what each prints as JSON, and who
 * finds what in between. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <jansson.h>
#include <signal.h>

#include "command/run.h"
#include "tests/unit/test_support_directory.h"

static const struct command *const commands[] = {
    &command_init,   &command_import, &command_publish,
    &command_search, &command_shelf,  &command_record,
    &command_status, &command_doctor, NULL,
};

static char home_path[4096];
static struct home *home;
static struct cs_buffer heard;
static const atomic_bool never;

static int take(void *arg, enum frame type, struct cs_span bytes)
{
    (void)arg;
    if (type == FRAME_OUT)
        cs_buffer_add_span(&heard, bytes);
    return 0;
}

/* Runs a command line with --json; its one document, which the caller releases. */
static json_t *run(int expected, const char *const *words)
{
    struct output out = {.shape = {.json = true, .quiet = true, .width = 80}, .take = take};
    struct call *call = memory_new(sizeof *call);
    struct problem why = PROBLEM_INIT;
    struct call_globals globals;
    json_t *document;
    size_t n = 0;
    int status;

    while (words[n])
        n++;
    assert_non_null(call);
    cs_buffer_reset(&heard);
    if (call_read(call, commands, (char *const *)(uintptr_t)words, n, &globals, &why) ||
        call_check(call, &why) || call_open_files(call, &why))
        fail_msg("%s: %s", words[0], why.message);
    call->home = home;
    call->home_path = home_path;
    call->out = &out;
    call->cancel = &never;
    output_begin(&out);
    status = call_run(call);
    output_end(&out);
    if (status != expected)
        fail_msg("%s: status %d, not %d: %s", words[0], status, expected, cs_buffer_text(&heard));
    call_free(call);
    memory_free(call);
    document = json_loadb((const char *)heard.p, heard.n, 0, NULL);
    assert_non_null(document);
    return document;
}
#define RUN(expected, ...) run(expected, (const char *const[]){__VA_ARGS__, NULL})

static json_int_t number(const json_t *document, const char *member)
{
    assert_true(json_is_integer(json_object_get(document, member)));
    return json_integer_value(json_object_get(document, member));
}

static json_int_t first_of(const json_t *document, const char *list, const char *member)
{
    return number(json_array_get(json_object_get(document, list), 0), member);
}

static void assert_error(const char *code, json_t *document)
{
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(document, "error"), "code")), code);
    json_decref(document);
}

static int make_home(void **state)
{
    struct problem why = PROBLEM_INIT;

    test_directory_make(state);
    snprintf(home_path, sizeof home_path, "%s/home", test_directory);
    home = NULL;
    json_decref(RUN(0, "init", "--name", "Hill School", "--listen", "127.0.0.1:7443"));
    home = home_new(home_path, file_lock(test_path("home/lock"), &why), &why);
    assert_non_null(home);
    if (home_open(home, &why))
        fail_msg("%s", why.message);
    return 0;
}

static int drop_home(void **state)
{
    home_free(home);
    cs_buffer_free(&heard);
    return test_directory_remove(state);
}

static const char *new_file(const char *name, const char *text)
{
    static char path[4200];
    struct problem why = PROBLEM_INIT;

    snprintf(path, sizeof path, "%s/%s", test_directory, name);
    assert_int_equal(file_put(path, cs_span_of(text), 0600, &why), 0);
    return path;
}

/* How many records somebody finds who is anybody. */
static int64_t anyone_finds(const char *query)
{
    struct search_request request = {
        .query = cs_span_of(query), .lang = "en", .viewer = {.kind = VIEWER_ANONYMOUS}, .limit = 9};
    struct search_answer answer;
    struct problem why = PROBLEM_INIT;
    struct reader *r = store_reader(home->store, &why);
    struct searcher *s = search_open(home_path, r, &why);
    int64_t n;

    if (!s || search_run(s, &request, &answer, &why))
        fail_msg("%s", why.message);
    n = (int64_t)answer.n;
    search_answer_free(&answer);
    search_close(s);
    store_reader_free(r);
    return n;
}

static void test_import_twice(void **state)
{
    const char *file = new_file("a.csv", "id,Title,Price\n1,Fractions,9\n2,,8\n3,Water,7\n");
    json_t *d = RUN(EXIT_PART, "import", file);

    (void)state;
    assert_int_equal(number(d, "read"), 3);
    assert_int_equal(number(d, "added"), 2);
    assert_int_equal(number(d, "refused"), 1);
    assert_int_equal(first_of(d, "problems", "row"), 3);
    assert_string_equal(json_string_value(json_object_get(json_object_get(d, "mapping"), "name")),
                        "Title");
    json_decref(d);
    d = RUN(EXIT_PART, "import", file);
    assert_int_equal(number(d, "added"), 0);
    assert_int_equal(number(d, "unchanged"), 2);
    json_decref(d);
    d = RUN(EXIT_DONE, "search", "fractions");
    assert_int_equal(number(d, "total"), 1);
    json_decref(d);
}

static void test_dry_run_and_undo(void **state)
{
    const char *file = new_file("a.csv", "id,Title\n1,Fractions\n");
    json_t *d = RUN(EXIT_DONE, "import", "--dry-run", file);
    char batch[24];

    (void)state;
    assert_int_equal(number(d, "added"), 1);
    json_decref(d);
    d = RUN(EXIT_DONE, "status");
    assert_int_equal(number(json_object_get(d, "records"), "own"), 0);
    json_decref(d);
    d = RUN(EXIT_DONE, "import", file);
    snprintf(batch, sizeof batch, "%lld", (long long)first_of(d, "files", "batch"));
    json_decref(d);
    json_decref(RUN(EXIT_DONE, "import", "--undo", batch));
    d = RUN(EXIT_DONE, "search", "fractions");
    assert_int_equal(number(d, "total"), 0);
    json_decref(d);
    assert_error("no_such_batch", RUN(EXIT_NOT_DONE, "import", "--undo", batch));
}

/* Of several files, one that can't be read keeps all of them out. */
static void test_all_or_nothing(void **state)
{
    char good[4200];
    const char *broken;
    json_t *d;

    (void)state;
    snprintf(good, sizeof good, "%s", new_file("good.csv", "id,Title\n1,Fractions\n"));
    broken = new_file("broken.csv", "id,Title\n1,\"never closed\n");
    assert_error("unclosed_quote", RUN(EXIT_NOT_DONE, "import", good, broken));
    d = RUN(EXIT_DONE, "status");
    assert_int_equal(number(json_object_get(d, "records"), "own"), 0);
    json_decref(d);
}

/* What is refused is still in the source: it must not be withdrawn as if it had gone. */
static void test_replace_with_refused(void **state)
{
    json_t *d;

    (void)state;
    json_decref(RUN(EXIT_DONE, "import", "--source", "s",
                    new_file("a.csv", "id,Title\n1,Fractions\n2,Water\n")));
    assert_error("replace_with_refused", RUN(EXIT_NOT_DONE, "import", "--source", "s", "--replace",
                                             new_file("b.csv", "id,Title\n1,Fractions\n2,\n")));
    d = RUN(EXIT_DONE, "search", "water");
    assert_int_equal(number(d, "total"), 1);
    json_decref(d);
}

/* Who sees a shelf's records follows its audience at once, both ways. */
static void test_audience(void **state)
{
    (void)state;
    json_decref(RUN(EXIT_DONE, "shelf", "add", "staff", "--audience", "private"));
    json_decref(
        RUN(EXIT_DONE, "import", "--shelf", "staff", new_file("a.csv", "id,Title\n1,Fractions\n")));
    assert_int_equal(anyone_finds("fractions"), 0);
    assert_error("shelf_private", RUN(EXIT_NOT_DONE, "publish", "--shelf", "staff"));
    json_decref(RUN(EXIT_DONE, "shelf", "set", "staff", "--audience", "public"));
    json_decref(RUN(EXIT_DONE, "publish", "--shelf", "staff"));
    assert_int_equal(anyone_finds("fractions"), 1);
    assert_error("shelf_published",
                 RUN(EXIT_NOT_DONE, "shelf", "set", "staff", "--audience", "private"));
    assert_error("shelf_published", RUN(EXIT_NOT_DONE, "shelf", "remove", "staff"));
    json_decref(RUN(EXIT_DONE, "shelf", "add", "other", "--audience", "public"));
    json_decref(RUN(EXIT_DONE, "import", "--shelf", "other",
                    new_file("b.csv", "id,Title\n1,Microscope\n")));
    json_decref(RUN(EXIT_DONE, "shelf", "set", "other", "--audience", "private"));
    assert_int_equal(anyone_finds("microscope"), 0);
}

static void test_publish_and_withdraw(void **state)
{
    char id[CS_URN_UUID_LEN + 1];
    json_t *d;

    (void)state;
    json_decref(RUN(EXIT_DONE, "import", new_file("a.csv", "id,Title\n1,Fractions\n2,Water\n")));
    d = RUN(EXIT_DONE, "publish");
    assert_int_equal(first_of(d, "shelves", "size"), 3); /* the first entry opens the log */
    json_decref(d);
    d = RUN(EXIT_DONE, "search", "fractions");
    snprintf(
        id, sizeof id, "%s",
        json_string_value(json_object_get(json_array_get(json_object_get(d, "hits"), 0), "id")));
    json_decref(d);
    d = RUN(EXIT_DONE, "record", "show", id);
    assert_string_equal(json_string_value(json_object_get(json_object_get(d, "record"), "name")),
                        "Fractions");
    json_decref(d);
    json_decref(RUN(EXIT_DONE, "record", "withdraw", id));
    assert_error("no_such_record", RUN(EXIT_NOT_DONE, "record", "show", id));
    assert_int_equal(anyone_finds("fractions"), 0);
    d = RUN(EXIT_DONE, "publish");
    assert_int_equal(first_of(d, "shelves", "added"), 1);
    json_decref(d);
    d = RUN(EXIT_DONE, "publish");
    assert_int_equal(first_of(d, "shelves", "added"), 0);
    json_decref(d);
}

/* doctor finds a byte that was changed in a log, and a lost index is made anew. */
static void test_doctor(void **state)
{
    struct cs_buffer text = CS_BUFFER_INIT;
    struct problem why = PROBLEM_INIT;
    char path[4200], origin[CS_ORIGIN_MAX + 1], directory[65];
    json_t *d;

    (void)state;
    json_decref(RUN(EXIT_DONE, "import", new_file("a.csv", "id,Title\n1,Fractions\n")));
    json_decref(RUN(EXIT_DONE, "publish"));
    json_decref(RUN(EXIT_DONE, "doctor"));
    json_decref(RUN(EXIT_DONE, "doctor", "--repair"));
    assert_int_equal(anyone_finds("fractions"), 1);
    cs_origin_write(signer_node(home->signer), "public", 1, origin);
    cs_origin_directory(origin, directory);
    snprintf(path, sizeof path, "%s/logs/%s/tile/0/000.p/2", home_path, directory);
    assert_int_equal(file_read(path, 4096, &text, &why), 0);
    text.p[40] ^= 1;
    assert_int_equal(file_put(path, cs_buffer_span(&text), 0644, &why), 0);
    cs_buffer_free(&text);
    d = RUN(EXIT_NOT_DONE, "doctor");
    assert_true(json_is_false(json_object_get(d, "ok")));
    json_decref(d);
}

int main(void)
{
#define WITH_HOME(test) cmocka_unit_test_setup_teardown(test, make_home, drop_home)
    const struct CMUnitTest tests[] = {
        WITH_HOME(test_import_twice),   WITH_HOME(test_dry_run_and_undo),
        WITH_HOME(test_all_or_nothing), WITH_HOME(test_replace_with_refused),
        WITH_HOME(test_audience),       WITH_HOME(test_publish_and_withdraw),
        WITH_HOME(test_doctor),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
