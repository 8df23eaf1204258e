/*
 * From words to a command that runs: shared by command_main and by the control socket's server, so
 * that a command line means the same on both sides.
 */
#ifndef COMMAND_RUN_H
#define COMMAND_RUN_H

#include "command/command.h"

/* What stands before and around a command. */
struct call_globals {
    const char *home; /* of -C; NULL when it was not given */
    bool json, quiet, verbose, help, version;
};

/*
 * Reads a command line (without the program's name) into `call`. call->command is NULL when no
 * command was named, and one with subcommands when none of them was. Free with call_free in every
 * case.
 */
CS_MUST_USE int call_read(struct call *call, const struct command *const *commands,
                          char *const *argv, size_t argc, struct call_globals *globals,
                          struct problem *why);
/* Arguments missing or too many. */
CS_MUST_USE int call_check(const struct call *call, struct problem *why);
enum file_use { FILE_TO_READ, FILE_TO_WRITE, FILE_TO_KEEP_SECRET };
/*
 * The i-th file that the command line names, in the order of call->file: false when there is no
 * i-th. `use` says what it is opened for.
 */
bool call_file_named(const struct call *call, size_t i, const char **name, enum file_use *use);
/* Opens them. */
CS_MUST_USE int call_open_files(struct call *call, struct problem *why);
void call_free(struct call *call);

/* Runs it and says what went wrong, if something did. The exit status. */
int call_run(struct call *call);

/* Prints the help of a command, or of the program when `command` is NULL. */
void help_print(struct output *out, const struct command *const *commands,
                const struct command *group, const struct command *command);
extern const struct option_spec global_options[];
extern const size_t global_options_count;

#endif
