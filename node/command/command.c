/* One run of the program: the command line, the way to the home, the exit status. */
#include "command/command.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "command/control.h"
#include "command/screen.h"
#include "config.h"

#define LOOK_AGAIN_MS 50
#define SAY_SO_MS 1000 /* a wait longer than this is explained */

static atomic_bool cancelled;

static void cancel(int number)
{
    (void)number;
    atomic_store(&cancelled, true);
}

/* The first Ctrl-C asks the command to end where it is safe, the second ends the process. What the
 * caller has set to be ignored, as nohup and shells do for work in the background, stays so. */
static void catch_signals(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = cancel, .sa_flags = (int)SA_RESETHAND}, before;

    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (!sigaction(numbers[i], NULL, &before) && before.sa_handler != SIG_IGN)
            sigaction(numbers[i], &action, NULL);
}

/* How the reader of this terminal wants to be spoken to: LANGUAGE is a list with colons, as GNU
 * programs read it, and the others are the locale's. */
static void set_language(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    const char *locale = NULL, *list = getenv("LANGUAGE");
    char wanted[256];

    for (size_t i = 0; i < sizeof names / sizeof names[0] && !(locale && *locale); i++)
        locale = getenv(names[i]);
    if (!locale || !*locale || !strcmp(locale, "C") || !strcmp(locale, "POSIX"))
        list = NULL;
    if (!list || !*list) {
        language_set(locale);
        return;
    }
    snprintf(wanted, sizeof wanted, "%s", list);
    for (char *p = wanted; *p; p++)
        if (*p == ':')
            *p = ',';
    language_set(wanted);
}

/* ---- the way to the home */

enum way { WAY_HERE, WAY_SERVER, WAY_READING };

static int already_serving(const char *path, pid_t server, struct problem *why)
{
    if (server)
        return problem_set(why, "already_serving",
                           _("%s is already being served, by process %ld. Nothing was done."), path,
                           (long)server);
    return problem_set(why, "already_serving", _("%s is already being served. Nothing was done."),
                       path);
}

/* Root may speak to a running node, whose process does the work; it must not leave files of its own
 * in another's home. */
static int try_once(const struct call *call, char *const *argv, bool named, enum way *way, int *fd,
                    struct problem *why)
{
    char path[FILE_PATH_MAX];
    pid_t server;

    if (geteuid() != 0 && home_owned(call->home_path, argv, named, why))
        return -1;
    *way = WAY_SERVER;
    *fd = control_connect(call->home_path, &server);
    if (*fd >= 0 && call->command->home == COMMAND_SERVES) {
        close(*fd);
        return already_serving(call->home_path, server, why);
    }
    if (*fd >= 0)
        return 0;
    if (home_owned(call->home_path, argv, named, why))
        return -1;
    *way = WAY_HERE;
    if (file_join(path, call->home_path, HOME_LOCK))
        return problem_errno(why, ENAMETOOLONG, FILE_OPEN, call->home_path);
    *fd = file_lock(path, why);
    return *fd < 0 ? -1 : 0;
}

/* Another command has the home for a moment, or `serve` is just starting or ending. */
static int find_way(const struct call *call, char *const *argv, bool named, enum way *way, int *fd,
                    struct problem *why)
{
    static const struct timespec pause = {0, LOOK_AGAIN_MS * 1000000L};
    uint64_t start = clock_monotonic_ms(), waited;

    while (try_once(call, argv, named, way, fd, why)) {
        if (!problem_is(why, "locked"))
            return -1;
        problem_clear(why);
        if (call->command->home == COMMAND_READS) {
            *way = WAY_READING;
            *fd = -1;
            return 0;
        }
        waited = clock_monotonic_ms() - start;
        if (waited >= HOME_WAIT_MS)
            return problem_set(why, "home_busy",
                               _("Another commonshelf command is still working with %s. Nothing "
                                 "was done. Try again when it has finished."),
                               call->home_path);
        if (waited >= SAY_SO_MS)
            output_progress(call->out, _("Waiting for another commonshelf command"), 0, 0);
        nanosleep(&pause, NULL);
    }
    output_progress_end(call->out);
    return 0;
}

static int run_here(struct call *call, enum way way, int lock)
{
    struct problem why = PROBLEM_INIT;
    int rc = 0, status;

    call->home = home_new(call->home_path, lock, &why);
    if (!call->home)
        rc = -1;
    else if (way == WAY_READING)
        rc = home_open_reading(call->home, &why);
    else if (call->command->home == COMMAND_READS || call->command->home == COMMAND_WRITES)
        rc = home_open(call->home, &why);
    if (rc) {
        output_problem(call->out, &why);
        status = why.exit_status;
    } else {
        if (call->command->cancellable)
            catch_signals();
        status = call_run(call);
    }
    home_free(call->home);
    return status;
}

/* argv is the whole command line, with the program's name. */
static int run_with_home(struct call *call, const struct call_globals *globals, char *const *argv,
                         size_t argc, struct problem *why)
{
    char path[FILE_PATH_MAX];
    enum way way = WAY_HERE;
    int fd = -1;

    if (home_find(globals->home, path, why))
        return -1;
    call->home_path = path;
    if (call->command->home == COMMAND_NO_HOME)
        return call_run(call);
    if (home_exists(path, why) || find_way(call, argv, globals->home != NULL, &way, &fd, why))
        return -1;
    if (way == WAY_SERVER)
        return control_call(fd, call, argv + 1, argc - 1, call->out);
    return run_here(call, way, fd);
}

/* ---- the program */

static int run_call(struct call *call, const struct call_globals *globals,
                    const struct command *const *commands, char *const *argv, size_t argc,
                    struct problem *why)
{
    struct output *out = call->out;

    if (globals->version) {
        output_print(out, "commonshelf %s\n", PACKAGE_VERSION);
        return EXIT_DONE;
    }
    if (globals->help) {
        help_print(out, commands, call->group, call->command);
        return EXIT_DONE;
    }
    if (!call->command)
        return problem_usage(why, "no_command", "%s",
                             _("Say what to do: \"commonshelf --help\" lists the commands."));
    if (call->command->sub)
        return problem_usage(why, "no_command",
                             _("Say what to do: \"commonshelf %s --help\" lists the commands."),
                             call->command->name);
    if (call_check(call, why) || call_open_files(call, why))
        return -1;
    return run_with_home(call, globals, argv, argc, why);
}

/* What could not be shown: the work itself may have been done. */
static int unshown(const struct call *call, const struct screen *screen, int status)
{
    struct problem why = PROBLEM_INIT;

    if (screen->error == EPIPE) /* the reader had enough */
        return status;
    problem_errno(&why, screen->error ? screen->error : ENOMEM, FILE_WRITE, _("Standard output"));
    fprintf(stderr, "commonshelf: %s\n", why.message);
    if (status != EXIT_DONE)
        return status;
    return call->command && call->command->home == COMMAND_WRITES ? EXIT_PART : EXIT_NOT_DONE;
}

int command_main(int argc, char **argv, const struct command *const *commands)
{
    struct screen screen = {0};
    struct output out = {.take = screen_take, .ask = screen_ask, .arg = &screen};
    struct call *call = memory_new(sizeof *call);
    struct problem why = PROBLEM_INIT;
    struct call_globals globals = {0};
    int status = -1;

    set_language();
    screen_shape(&out.shape);
    output_begin(&out);
    if (!call || argc < 1) {
        problem_no_memory(&why);
    } else {
        int rc = call_read(call, commands, argv + 1, (size_t)argc - 1, &globals, &why);

        out.shape.json = globals.json;
        out.shape.quiet = globals.quiet;
        out.shape.verbose = globals.verbose;
        log_set_level(globals.verbose ? LOG_LEVEL_DEBUG : LOG_LEVEL_WARN);
        call->commands = commands;
        call->out = &out;
        call->cancel = &cancelled;
        if (!rc)
            status = run_call(call, &globals, commands, argv, (size_t)argc, &why);
    }
    if (status < 0) {
        output_problem(&out, &why);
        status = why.exit_status;
    }
    output_end(&out);
    if (out.lost)
        status = unshown(call, &screen, status);
    if (call)
        call_free(call);
    memory_free(call);
    return status;
}
