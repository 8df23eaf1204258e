/*
 * The door of command/: the subcommands of the program, and what runs one of them: here, with the
 * home's lock, or in the `serve` that has it. The same function in both cases. main lists the
 * commands and calls command_main.
 */
#ifndef COMMAND_COMMAND_H
#define COMMAND_COMMAND_H

#include <stdatomic.h>

#include "command/home.h"
#include "command/options.h"
#include "command/output.h"

/* What a command needs of a home. */
enum command_home {
    COMMAND_NO_HOME, /* makes one, or needs none */
    COMMAND_READS, /* content with reading beside another process that has the lock */
    COMMAND_WRITES, /* everything open, the lock held */
    COMMAND_OPENS, /* the lock held, and nothing open: it opens the parts and judges each */
    COMMAND_SERVES, /* as COMMAND_OPENS, and never inside `serve` */
};

/* Files that one command line may name: each is an open descriptor for as long as the command
 * runs. */
#define COMMAND_FILES_MAX 200

/* A file that the person named, opened in their own right. */
struct call_file {
    const char *name; /* as it was written; "-" is standard input */
    int fd;
};

/* One command line being carried out. */
struct call {
    const struct command *const *commands; /* of the program, ended by NULL */
    const struct command *group; /* the command that `command` is a subcommand of, or NULL */
    const struct command *command;
    struct options options;
    const char *home_path;
    struct home *home; /* NULL for COMMAND_NO_HOME */
    struct output *out;
    const atomic_bool *cancel; /* the person does not want it any more; the command ends where it is
                                  safe */
    struct call_file file[COMMAND_FILES_MAX]; /* arguments of a command with `files` first, then
                                                 values of OPTION_READ and OPTION_WRITE */
    size_t files;
};

struct command {
    const char *name;
    const char *arguments; /* behind the name in the usage line: N_("FILE…"); NULL: none */
    const char *summary; /* one line, N_() */
    const char *about; /* more of it, N_(); may be NULL */
    const char *example; /* command lines, one each */
    const struct option_spec *option;
    size_t options;
    const struct command *const *sub; /* its subcommands, ended by NULL; then no `run` */
    size_t least, most; /* arguments */
    enum command_home home;
    bool files; /* its arguments are files to read, */
    bool files_written; /* or to look into, and write */
    bool writes_secret; /* its arguments are files to write: new ones, closed to everybody else */
    bool cancellable; /* it looks at call->cancel */
    /* The exit status, or -1 and a problem. */
    int (*run)(struct call *call, struct problem *why);
};

/* The file that an OPTION_READ or OPTION_WRITE named; NULL when it was not given. */
const struct call_file *call_option_file(const struct call *call, const char *option);

/* Brings the search up to date with what the command changed, and shows how far it is. */
CS_MUST_USE int call_index(struct call *call, struct problem *why);

extern const struct command command_init, command_import, command_publish, command_serve,
    command_invite, command_join, command_peer, command_sync, command_search, command_shelf,
    command_record, command_bundle, command_charter, command_status, command_doctor, command_keys,
    command_verify;

/* The program: reads the command line, runs the command, returns the exit status. `commands` is
 * ended by NULL. */
int command_main(int argc, char **argv, const struct command *const *commands);

#endif
