/*
 * The control socket: a command line that is carried out in another process gets the same words,
 * files, questions and exit status as one that runs here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "command/control.h"
#include "tests/unit/test_support_directory.h"

#define WAIT_MS 10000

/* ---- commands that only tests have */

static atomic_int started, was_cancelled;

/* Says back what it was given: words, options, and what its file holds. */
static int run_echo(struct call *call, struct problem *why)
{
    char text[64] = "";

    (void)why;
    for (size_t i = 0; i < call->files; i++) {
        ssize_t n = read(call->file[i].fd, text, sizeof text - 1);

        text[n > 0 ? n : 0] = '\0';
        output_print(call->out, "%s=%s\n", call->file[i].name, text);
    }
    output_print(call->out, "%s %s %u %s\n", options_value(&call->options, "to"),
                 options_has(&call->options, "loud") ? "loud" : "soft", call->out->shape.width,
                 call->home_path);
    output_say(call->out, "a remark");
    return output_ask(call->out, "Sure?") ? EXIT_PART : EXIT_DONE;
}

static int run_fail(struct call *call, struct problem *why)
{
    (void)call;
    return problem_usage(why, "no", "No: %s.", "because");
}

/* Goes on until nobody wants it any more. */
static int run_wait(struct call *call, struct problem *why)
{
    const struct timespec pause = {0, 10000000};

    (void)why;
    atomic_fetch_add(&started, 1);
    for (int i = 0; i < WAIT_MS / 10 && !atomic_load(call->cancel); i++)
        nanosleep(&pause, NULL);
    atomic_fetch_add(&was_cancelled, atomic_load(call->cancel));
    return EXIT_DONE;
}

static int run_flood(struct call *call, struct problem *why)
{
    (void)why;
    for (int i = 0; i < 100000; i++)
        output_print(call->out, "%09d\n", i);
    return EXIT_DONE;
}

static const struct option_spec echo_options[] = {
    {"to", 0, "WHOM", "", 0},
    {"loud", 0, NULL, "", 0},
};
static const struct command command_echo = {.name = "echo",
                                            .option = echo_options,
                                            .options = 2,
                                            .most = 9,
                                            .files = true,
                                            .run = run_echo};
static const struct command command_fail = {.name = "fail", .run = run_fail};
static const struct command command_wait = {.name = "wait", .run = run_wait};
static const struct command command_node = {
    .name = "node", .home = COMMAND_SERVES, .run = run_fail};
static const struct command command_flood = {.name = "flood", .run = run_flood};
static const struct command *const commands[] = {&command_echo,  &command_fail, &command_wait,
                                                 &command_flood, &command_node, NULL};

/* ---- both sides */

struct sides {
    struct home *home;
    struct control *control;
};

static void start_server(struct sides *s, const char *path)
{
    struct problem why = PROBLEM_INIT;

    assert_int_equal(file_make_directory(path, 0700, &why), 0);
    s->home = home_new(path, -1, &why);
    assert_non_null(s->home);
    s->control = control_start(s->home, commands, &why);
    if (!s->control)
        fail_msg("%s", why.message);
}

static void stop_server(struct sides *s)
{
    control_stop(s->control);
    home_free(s->home);
}

struct heard {
    struct cs_buffer out, err;
    bool answer;
};

static int take(void *arg, enum frame type, struct cs_span bytes)
{
    struct heard *heard = arg;

    if (type == FRAME_OUT)
        cs_buffer_add_span(&heard->out, bytes);
    if (type == FRAME_ERR)
        cs_buffer_add_span(&heard->err, bytes);
    return 0;
}

static bool answer(void *arg, struct cs_span question)
{
    struct heard *heard = arg;

    cs_buffer_add_span(&heard->err, question);
    return heard->answer;
}

/* Runs a command line as command_main does once it has a connection. */
static int call_over(const char *home, const char *const *words, struct heard *heard, bool ask)
{
    struct output out = {
        .shape = {.width = 66, .ask = ask}, .take = take, .ask = answer, .arg = heard};
    struct call *call = memory_new(sizeof *call);
    char *const *argv = (char *const *)(uintptr_t)words;
    struct problem why = PROBLEM_INIT;
    struct call_globals globals;
    size_t n = 0;
    pid_t server;
    int fd, status;

    while (words[n])
        n++;
    fd = control_connect(home, &server);
    assert_true(fd >= 0);
    assert_int_equal(server, getpid());
    assert_non_null(call);
    assert_int_equal(call_read(call, commands, argv, n, &globals, &why), 0);
    assert_int_equal(call_open_files(call, &why), 0);
    output_begin(&out);
    status = control_call(fd, call, argv, n, &out);
    output_end(&out);
    call_free(call);
    memory_free(call);
    return status;
}

static void heard_free(struct heard *heard)
{
    cs_buffer_free(&heard->out);
    cs_buffer_free(&heard->err);
    memset(heard, 0, sizeof *heard);
}

static void test_same_words(void **state)
{
    struct heard heard = {.answer = true};
    const char *home = test_path("home");
    const char *words[] = {"echo", NULL, "--to", "\xff you", "--loud", NULL};
    struct problem why = PROBLEM_INIT;
    char expected[8400], file[4200];
    struct sides s;

    (void)state;
    start_server(&s, home);
    snprintf(file, sizeof file, "%s/notes", home);
    assert_int_equal(file_put(file, cs_span_of("in it"), 0600, &why), 0);
    words[1] = file;
    assert_int_equal(call_over(home, words, &heard, true), EXIT_PART);
    snprintf(expected, sizeof expected, "%s=in it\n\\xff you loud 66 %s\n", file, home);
    assert_string_equal(cs_buffer_text(&heard.out), expected);
    assert_string_equal(cs_buffer_text(&heard.err), "a remark\nSure?");
    heard_free(&heard);
    assert_int_equal(call_over(home, words, &heard, true), EXIT_DONE); /* the answer is no */
    heard_free(&heard);
    stop_server(&s);
}

static void test_failures(void **state)
{
    static const char *const fails[] = {"fail", NULL}, *const serves[] = {"node", NULL};
    struct heard heard = {0};
    const char *home = test_path("home");
    struct sides s;

    (void)state;
    start_server(&s, home);
    assert_int_equal(call_over(home, fails, &heard, false), EXIT_USAGE);
    assert_string_equal(cs_buffer_text(&heard.err), "commonshelf: No: because.\n");
    heard_free(&heard);
    /* There is never a node inside a node. */
    assert_int_equal(call_over(home, serves, &heard, false), EXIT_USAGE);
    assert_null(strstr(cs_buffer_text(&heard.err), "because"));
    heard_free(&heard);
    stop_server(&s);
}

static void test_much_output(void **state)
{
    static const char *const words[] = {"flood", NULL};
    struct heard heard = {0};
    const char *home = test_path("home");
    struct sides s;

    (void)state;
    start_server(&s, home);
    assert_int_equal(call_over(home, words, &heard, false), EXIT_DONE);
    assert_int_equal(heard.out.n, 1000000);
    assert_memory_equal(heard.out.p + 999990, "000099999\n", 10);
    heard_free(&heard);
    stop_server(&s);
}

static void send_all(int fd, const char *const *words)
{
    struct output_shape shape = {.width = 80};
    struct cs_buffer begin = CS_BUFFER_INIT;

    control_begin_write(&begin, &shape, "en");
    assert_int_equal(control_send(fd, FRAME_BEGIN, cs_buffer_span(&begin), -1, true), 0);
    for (; *words; words++)
        assert_int_equal(control_send(fd, FRAME_ARGUMENT, cs_span_of(*words), -1, true), 0);
    assert_int_equal(control_send(fd, FRAME_GO, cs_span_of(""), -1, true), 0);
    cs_buffer_free(&begin);
}

static void wait_for(const atomic_int *value, int least)
{
    const struct timespec pause = {0, 5000000};

    for (int i = 0; i < WAIT_MS / 5 && atomic_load(value) < least; i++)
        nanosleep(&pause, NULL);
    assert_true(atomic_load(value) >= least);
}

/* A client that goes away takes its command with it. */
static void test_client_leaves(void **state)
{
    static const char *const words[] = {"wait", NULL};
    const char *home = test_path("home");
    struct sides s;
    pid_t server;
    int fd;

    (void)state;
    atomic_store(&started, 0);
    atomic_store(&was_cancelled, 0);
    start_server(&s, home);
    fd = control_connect(home, &server);
    assert_true(fd >= 0);
    send_all(fd, words);
    wait_for(&started, 1);
    close(fd);
    wait_for(&was_cancelled, 1);
    stop_server(&s);
}

/* More clients than places: the last ones wait, and all are served. Stopping cancels what runs. */
static void test_many_clients(void **state)
{
    static const char *const words[] = {"wait", NULL};
    const char *home = test_path("home");
    int fd[CONTROL_CALLS_MAX + 2];
    struct sides s;
    pid_t server;

    (void)state;
    atomic_store(&started, 0);
    atomic_store(&was_cancelled, 0);
    start_server(&s, home);
    for (size_t i = 0; i < CONTROL_CALLS_MAX + 2; i++) {
        fd[i] = control_connect(home, &server);
        assert_true(fd[i] >= 0);
        send_all(fd[i], words);
    }
    wait_for(&started, CONTROL_CALLS_MAX);
    assert_int_equal(atomic_load(&started), CONTROL_CALLS_MAX);
    close(fd[0]);
    close(fd[1]);
    wait_for(&started, CONTROL_CALLS_MAX + 2);
    stop_server(&s);
    assert_int_equal(atomic_load(&was_cancelled), CONTROL_CALLS_MAX + 2);
    for (size_t i = 2; i < CONTROL_CALLS_MAX + 2; i++)
        close(fd[i]);
}

/* What is no request ends the connection, and the server goes on. */
static void test_nonsense(void **state)
{
    static const char *const echo[] = {"echo", "--to", "x", NULL};
    struct cs_buffer bytes = CS_BUFFER_INIT;
    struct heard heard = {0};
    const char *home = test_path("home");
    enum frame type;
    struct sides s;
    pid_t server;
    int fd, got;

    (void)state;
    start_server(&s, home);
    fd = control_connect(home, &server);
    assert_int_equal(control_send(fd, FRAME_GO, cs_span_of("x"), -1, true), 0);
    assert_int_equal(control_receive(fd, &type, &bytes, &got), 0);
    close(fd);
    /* Another version is told so. */
    fd = control_connect(home, &server);
    assert_int_equal(
        control_send(fd, FRAME_BEGIN, cs_span_of("0.0.0-other\n0 0 0 0 0 0 80 en"), -1, true), 0);
    assert_int_equal(control_receive(fd, &type, &bytes, &got), 1);
    assert_int_equal(type, FRAME_ERR);
    assert_non_null(strstr(cs_buffer_text(&bytes), "another version"));
    assert_int_equal(control_receive(fd, &type, &bytes, &got), 1);
    assert_int_equal(type, FRAME_EXIT);
    assert_int_equal(bytes.p[0], EXIT_NOT_DONE);
    close(fd);
    assert_int_equal(call_over(home, echo, &heard, false), EXIT_DONE);
    heard_free(&heard);
    cs_buffer_free(&bytes);
    stop_server(&s);
}

/* A path too long for a socket's address works; a socket left by a crash is no server and no
 * obstacle. */
static void test_paths(void **state)
{
    static const char *const echo[] = {"echo", "--to", "x", NULL};
    struct heard heard = {0};
    char home[4096], socket[4200];
    struct sides s;
    pid_t server;
    int n;

    (void)state;
    n = snprintf(home, sizeof home, "%s", test_directory);
    for (int i = 0; i < 4; i++)
        n += snprintf(home + n, sizeof home - (size_t)n, "/%040d", i);
    start_server(&s, home);
    assert_int_equal(call_over(home, echo, &heard, false), EXIT_DONE);
    heard_free(&heard);
    snprintf(socket, sizeof socket, "%s/run/control", home);
    assert_true(file_exists(socket));
    stop_server(&s);
    assert_false(file_exists(socket));
    assert_int_equal(control_connect(home, &server), -1);

    snprintf(home, sizeof home, "%s/stale", test_directory);
    snprintf(socket, sizeof socket, "%s/run/control", home);
    start_server(&s, home);
    close(open(socket, O_RDONLY)); /* still there, as after a crash: */
    assert_int_equal(link(socket, test_path("kept")), 0);
    stop_server(&s);
    assert_int_equal(rename(test_path("kept"), socket), 0);
    assert_int_equal(control_connect(home, &server), -1);
    start_server(&s, home);
    assert_int_equal(call_over(home, echo, &heard, false), EXIT_DONE);
    heard_free(&heard);
    stop_server(&s);
}

static void test_modes(void **state)
{
    const char *home = test_path("home");
    char path[4200];
    struct stat st;
    struct sides s;

    (void)state;
    start_server(&s, home);
    snprintf(path, sizeof path, "%s/run", home);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    snprintf(path, sizeof path, "%s/run/control", home);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    stop_server(&s);
}

static void test_begin(void **state)
{
    struct output_shape shape, read;
    struct cs_buffer b = CS_BUFFER_INIT;
    char language[64];

    (void)state;
    /* Also the bytes between members are compared. */
    memset(&shape, 0, sizeof shape);
    memset(&read, 0, sizeof read);
    shape.json = shape.verbose = shape.colour = true;
    shape.width = 80;
    control_begin_write(&b, &shape, "zh-Hans");
    assert_true(control_begin_read(cs_buffer_span(&b), &read, language));
    assert_memory_equal(&shape, &read, sizeof shape);
    assert_string_equal(language, "zh-Hans");
    cs_buffer_add_byte(&b, 'x');
    b.p[0] = 'v';
    assert_false(control_begin_read(cs_buffer_span(&b), &read, language));
    assert_false(control_begin_read(cs_span_of(""), &read, language));
    cs_buffer_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define WITH_DIRECTORY(test)                                                                       \
    cmocka_unit_test_setup_teardown(test, test_directory_make, test_directory_remove)
        WITH_DIRECTORY(test_same_words),   WITH_DIRECTORY(test_failures),
        WITH_DIRECTORY(test_much_output),  WITH_DIRECTORY(test_client_leaves),
        WITH_DIRECTORY(test_many_clients), WITH_DIRECTORY(test_nonsense),
        WITH_DIRECTORY(test_paths),        WITH_DIRECTORY(test_modes),
        cmocka_unit_test(test_begin),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
