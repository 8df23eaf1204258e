/*
 * The words behind a command: options by a table, arguments in order. Reentrant, because `serve`
 * reads the command lines of its clients on several threads. Opens no file and knows no command.
 */
#ifndef COMMAND_OPTIONS_H
#define COMMAND_OPTIONS_H

#include "support/support.h"

enum {
    OPTION_MANY = 1, /* may come more than once */
    OPTION_READ = 2, /* its value is a file to read, "-" for standard input */
    OPTION_WRITE = 4, /* its value is a file to write, */
    OPTION_SECRET = 8, /* a new one, closed to everybody else */
};

struct option_spec {
    const char *name; /* without the dashes */
    char letter; /* its short form; 0: none */
    const char *argument; /* what help calls its value; NULL: it has none */
    const char *about; /* one line of help, marked with N_(); NULL: not shown */
    unsigned flags;
};

/* Tables that hold together: a command's own options and those of every command. */
struct option_table {
    const struct option_spec *spec;
    size_t n;
};

struct option_given {
    const struct option_spec *spec;
    const char *value; /* borrowed from argv; "" for an option without one */
};

struct options {
    struct option_given *given;
    size_t n;
    const char **argument; /* borrowed from argv */
    size_t arguments;
};
#define OPTIONS_INIT                                                                               \
    {                                                                                              \
        NULL, 0, NULL, 0                                                                           \
    }

/*
 * Adds what stands in argv to `o`, as far as the first argument if `first_only`; *taken says how
 * many words were read. "--name value", "--name=value", "-n value", "-nvalue"; behind "--" all are
 * arguments; "-" is one. Problems are wrong usage: "unknown_option" names the nearest known one,
 * "option_needs_value", "option_takes_no_value", "option_twice". Free `o` in every case.
 */
CS_MUST_USE int options_read(struct options *o, const struct option_table *table, size_t tables,
                             char *const *argv, size_t argc, bool first_only, size_t *taken,
                             struct problem *why);
void options_free(struct options *o);

/* The last value of an option; NULL when it was not given. */
const char *options_value(const struct options *o, const char *name);
bool options_has(const struct options *o, const char *name);
/* The i-th value of an option that may come more than once; NULL when there is no i-th. */
const char *options_each(const struct options *o, const char *name, size_t i);
/* A whole number up to `max`, `usual` when it was not given. "bad_number" is wrong usage. */
CS_MUST_USE int options_number(const struct options *o, const char *name, uint64_t usual,
                               uint64_t max, uint64_t *out, struct problem *why);

/* Of names ended by NULL the one that takes the fewest letters to change, and NULL when even that
 * one is quite another word. */
const char *nearest_name(const char *const *names, const char *word);

#endif
