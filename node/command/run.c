#include "command/run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define COMMANDS_MAX 64

const struct option_spec global_options[] = {
    {"home", 'C', N_("HOME"), N_("the node's home, instead of COMMONSHELF_HOME"), 0},
    {"json", 0, NULL, N_("print one JSON document on standard output"), 0},
    {"quiet", 'q', NULL, N_("say nothing but results and errors"), 0},
    {"verbose", 'v', NULL, N_("say more"), 0},
    {"help", 'h', NULL, N_("show what a command does"), 0},
    {"version", 0, NULL, N_("show the version of this program"), 0},
};
const size_t global_options_count = sizeof global_options / sizeof global_options[0];

static int unknown_command(const struct command *group, const struct command *const *commands,
                           const char *word, struct problem *why)
{
    const char *names[COMMANDS_MAX + 1], *near;
    size_t n = 0;

    while (commands[n] && n < COMMANDS_MAX) {
        names[n] = commands[n]->name;
        n++;
    }
    names[n] = NULL;
    near = nearest_name(names, word);
    if (near)
        return problem_usage(why, "unknown_command",
                             _("There is no command \"%s%s%s\". Did you mean \"%s\"?"),
                             group ? group->name : "", group ? " " : "", word, near);
    return problem_usage(
        why, "unknown_command",
        _("There is no command \"%s%s%s\". \"commonshelf%s%s --help\" lists them."),
        group ? group->name : "", group ? " " : "", word, group ? " " : "",
        group ? group->name : "");
}

static const struct command *find_command(const struct command *const *commands, const char *name)
{
    for (; *commands; commands++)
        if (!strcmp((*commands)->name, name))
            return *commands;
    return NULL;
}

/* Reads as far as the next word that is no option and finds the command of that name. */
static int read_command(struct call *call, const struct command *group,
                        const struct command *const *commands, char *const **argv, size_t *argc,
                        struct problem *why)
{
    const struct option_table table = {global_options, global_options_count};
    size_t taken;

    if (options_read(&call->options, &table, 1, *argv, *argc, true, &taken, why))
        return -1;
    *argv += taken;
    *argc -= taken;
    if (!call->options.arguments)
        return 0;
    call->command = find_command(commands, call->options.argument[0]);
    if (!call->command)
        return unknown_command(group, commands, call->options.argument[0], why);
    call->options.arguments = 0;
    return 0;
}

static void read_globals(const struct options *o, struct call_globals *globals)
{
    globals->home = options_value(o, "home");
    globals->json = options_has(o, "json");
    globals->quiet = options_has(o, "quiet");
    globals->verbose = options_has(o, "verbose");
    globals->help = options_has(o, "help");
    globals->version = options_has(o, "version");
}

/* "help" has its usual meaning too: `commonshelf help import`. */
static bool is_help(char *const *argv, size_t argc)
{
    return argc > 0 && !strcmp(argv[0], "help");
}

static int read_words(struct call *call, const struct command *const *commands, char *const *argv,
                      size_t argc, struct problem *why)
{
    struct option_table table[2] = {{NULL, 0}, {global_options, global_options_count}};
    size_t taken;

    if (read_command(call, NULL, commands, &argv, &argc, why))
        return -1;
    if (call->command && call->command->sub) {
        const struct command *group = call->command;

        if (read_command(call, group, group->sub, &argv, &argc, why))
            return -1;
        if (call->command == group)
            return 0;
        call->group = group;
    }
    if (!call->command)
        return 0;
    table[0].spec = call->command->option;
    table[0].n = call->command->options;
    return options_read(&call->options, table, 2, argv, argc, false, &taken, why);
}

int call_read(struct call *call, const struct command *const *commands, char *const *argv,
              size_t argc, struct call_globals *globals, struct problem *why)
{
    bool help = is_help(argv, argc);
    int rc;

    memset(call, 0, sizeof *call);
    rc = read_words(call, commands, argv + help, argc - help, why);
    read_globals(&call->options, globals);
    globals->help = globals->help || help;
    return rc;
}

int call_check(const struct call *call, struct problem *why)
{
    size_t n = call->options.arguments;
    const struct command *c = call->command;

    if (n < c->least)
        return problem_usage(why, "argument_missing",
                             _("\"%s\" needs more: %s. With --help you see an example."), c->name,
                             _(c->arguments));
    if (n > c->most && c->most == 0)
        return problem_usage(why, "too_many_arguments",
                             _("\"%s\" takes no \"%s\". With --help you see an example."), c->name,
                             call->options.argument[0]);
    if (n > c->most)
        return problem_usage(
            why, "too_many_arguments",
            _("\"%s\" does not know what to do with \"%s\". With --help you see an "
              "example."),
            c->name, call->options.argument[c->most]);
    return 0;
}

static enum file_use use_of(unsigned flags)
{
    if (!(flags & OPTION_WRITE))
        return FILE_TO_READ;
    return flags & OPTION_SECRET ? FILE_TO_KEEP_SECRET : FILE_TO_WRITE;
}

bool call_file_named(const struct call *call, size_t i, const char **name, enum file_use *use)
{
    const struct options *o = &call->options;

    *use = call->command->writes_secret   ? FILE_TO_KEEP_SECRET
           : call->command->files_written ? FILE_TO_WRITE
                                          : FILE_TO_READ;
    if (call->command->files || call->command->writes_secret) {
        if (i < o->arguments) {
            *name = o->argument[i];
            return true;
        }
        i -= o->arguments;
    }
    for (size_t j = 0; j < o->n; j++) {
        if (!(o->given[j].spec->flags & (OPTION_READ | OPTION_WRITE)) || i-- > 0)
            continue;
        *name = o->given[j].value;
        *use = use_of(o->given[j].spec->flags);
        return true;
    }
    return false;
}

const struct call_file *call_option_file(const struct call *call, const char *option)
{
    const struct options *o = &call->options;
    size_t i = call->command->files || call->command->writes_secret ? o->arguments : 0;

    for (size_t j = 0; j < o->n; j++) {
        if (!(o->given[j].spec->flags & (OPTION_READ | OPTION_WRITE)))
            continue;
        if (!strcmp(o->given[j].spec->name, option))
            return i < call->files ? &call->file[i] : NULL;
        i++;
    }
    return NULL;
}

static void index_progress(void *arg, int64_t done, int64_t of)
{
    output_progress(arg, _("Bringing the search up to date"), (uint64_t)done, (uint64_t)of);
}

int call_index(struct call *call, struct problem *why)
{
    int rc = home_index(call->home, index_progress, call->out, why);

    output_progress_end(call->out);
    return rc;
}

/* A file to write is emptied only when there is something to write to it, and may be read before by a
 * command that goes on with what is in it. */
static int open_file(const char *name, enum file_use use, const struct command *command,
                     struct problem *why)
{
    int fd, mode = command->files_written ? O_RDWR : O_WRONLY;

    if (!strcmp(name, "-"))
        fd = fcntl(use != FILE_TO_READ ? STDOUT_FILENO : STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    else if (use == FILE_TO_KEEP_SECRET)
        fd = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    else if (use == FILE_TO_WRITE)
        fd = open(name, mode | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666);
    else
        fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        problem_errno(why, errno, use != FILE_TO_READ ? FILE_WRITE : FILE_OPEN, name);
    return fd;
}

int call_open_files(struct call *call, struct problem *why)
{
    const char *name;
    enum file_use use;

    for (size_t i = 0; call_file_named(call, i, &name, &use); i++) {
        if (i == COMMAND_FILES_MAX)
            return problem_usage(why, "too_many_files", _("At most %d files can be given at once."),
                                 COMMAND_FILES_MAX);
        call->file[i].name = name;
        call->file[i].fd = open_file(name, use, call->command, why);
        if (call->file[i].fd < 0)
            return -1;
        call->files++;
    }
    return 0;
}

void call_free(struct call *call)
{
    for (size_t i = 0; i < call->files; i++)
        close(call->file[i].fd);
    call->files = 0;
    options_free(&call->options);
}

int call_run(struct call *call)
{
    struct problem why = PROBLEM_INIT;
    int status = call->command->run(call, &why);

    if (status >= 0)
        return status;
    output_problem(call->out, &why);
    return why.exit_status;
}
