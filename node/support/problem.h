/*
 * How a failure travels outwards: a code for programs, a sentence for people (what happened, what is
 * safe, what to do), a detail for the log. Not a log itself: whoever shows it, shows it once.
 */
#ifndef SUPPORT_PROBLEM_H
#define SUPPORT_PROBLEM_H

#include <stdarg.h>

#include <commonshelf/base.h>

#define PROBLEM_MESSAGE_MAX 1600
#define PROBLEM_DETAIL_MAX 400

/* The exit statuses of the contract. */
enum { EXIT_DONE = 0, EXIT_NOT_DONE = 1, EXIT_USAGE = 2, EXIT_PART = 3 };

struct problem {
    const char *code; /* a constant: "disk_full"; NULL when nothing was set */
    int exit_status; /* EXIT_NOT_DONE unless said otherwise */
    char message[PROBLEM_MESSAGE_MAX];
    char detail[PROBLEM_DETAIL_MAX]; /* for the log, never for a stranger; may be empty */
};
#define PROBLEM_INIT                                                                               \
    {                                                                                              \
        NULL, EXIT_NOT_DONE, "", ""                                                                \
    }

/*
 * Sets code and message (a format in the reader's language, from _()) and returns -1, so that a
 * failing function ends with `return problem_set(why, …)`. `why` may be NULL. The first problem set
 * is the cause and stays; later ones are ignored until problem_clear.
 */
__attribute__((format(printf, 3, 4))) int problem_set(struct problem *why, const char *code,
                                                      const char *format, ...);
/* The same with exit status 2, for wrong usage. */
__attribute__((format(printf, 3, 4))) int problem_usage(struct problem *why, const char *code,
                                                        const char *format, ...);
/* From errno: chooses the code (disk_full, permission, not_found, read_only, too_many_files, io) and
 * says what could not be done to `what` (a path); `doing` is one of the verbs below. */
enum file_verb {
    FILE_READ,
    FILE_WRITE,
    FILE_CREATE,
    FILE_OPEN,
    FILE_SYNC,
    FILE_RENAME,
    FILE_REMOVE
};
int problem_errno(struct problem *why, int error, enum file_verb doing, const char *what);
/* From a protocol status; `what` says in words what was being read ("the profile of …"). */
int problem_status(struct problem *why, enum cs_status status, const char *what);
int problem_no_memory(struct problem *why);
__attribute__((format(printf, 2, 3))) void problem_detail(struct problem *why, const char *format,
                                                          ...);
void problem_clear(struct problem *why);
/* True if its code is one of `codes`, which are separated by single spaces. `why` may be NULL. */
bool problem_is(const struct problem *why, const char *codes);

#endif
