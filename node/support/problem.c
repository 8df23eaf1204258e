#include "support/problem.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>

#include "support/language.h"
#include "support/terminal.h"

/*
 * Writes the formatted text. It may hold names of strangers: what is no UTF-8 or could move a terminal
 * is escaped, so that every message can go on a terminal and into JSON. One that doesn't fit ends with
 * an ellipsis behind a whole character. `room` is at most PROBLEM_MESSAGE_MAX.
 */
__attribute__((format(printf, 3, 0))) static void write_text(char *out, size_t room,
                                                             const char *format, va_list args)
{
    static const char ellipsis[] = "\xe2\x80\xa6";
    char raw[PROBLEM_MESSAGE_MAX];
    int n = vsnprintf(raw, room, format, args);
    bool cut = n >= 0 && (size_t)n >= room;
    size_t end = cut ? room - sizeof ellipsis : 0, used = 0;

    while (end > 0 && ((unsigned char)raw[end] & 0xc0) == 0x80)
        end--;
    if (n < 0 || cut)
        raw[end] = '\0';
    if (cut)
        room -= strlen(ellipsis);
    out[0] = '\0';
    for (const char *line = raw; *line && used < room - 1;) {
        size_t length = strcspn(line, "\n");

        used += terminal_text(out + used, room - used, cs_span_make(line, length));
        line += length;
        if (*line && used < room - 1) {
            out[used++] = *line++;
            out[used] = '\0';
        }
    }
    if (cut)
        memcpy(out + used, ellipsis, sizeof ellipsis);
}

__attribute__((format(printf, 4, 0))) static int
set(struct problem *why, int exit_status, const char *code, const char *format, va_list args)
{
    assert(code != NULL);
    if (!why || why->code)
        return -1;
    why->code = code;
    why->exit_status = exit_status;
    write_text(why->message, sizeof why->message, format, args);
    return -1;
}

int problem_set(struct problem *why, const char *code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    set(why, EXIT_NOT_DONE, code, format, args);
    va_end(args);
    return -1;
}

int problem_usage(struct problem *why, const char *code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    set(why, EXIT_USAGE, code, format, args);
    va_end(args);
    return -1;
}

void problem_detail(struct problem *why, const char *format, ...)
{
    va_list args;

    if (!why || why->detail[0])
        return;
    va_start(args, format);
    write_text(why->detail, sizeof why->detail, format, args);
    va_end(args);
}

void problem_clear(struct problem *why)
{
    if (!why)
        return;
    why->code = NULL;
    why->exit_status = EXIT_NOT_DONE;
    why->message[0] = '\0';
    why->detail[0] = '\0';
}

bool problem_is(const struct problem *why, const char *codes)
{
    const char *at = codes;
    size_t n;

    if (!why || !why->code)
        return false;
    n = strlen(why->code);
    while (strncmp(at, why->code, n) != 0 || (at[n] != ' ' && at[n] != '\0')) {
        if (!(at = strchr(at, ' ')))
            return false;
        at++;
    }
    return true;
}

int problem_no_memory(struct problem *why)
{
    return problem_set(why, "no_memory", "%s",
                       _("There is not enough memory for this. What was stored before is safe. "
                         "Close other programs or try it in smaller parts."));
}

/* What the system's reason means to a person, and what to do about it. */
struct cause {
    int error;
    const char *code;
    const char *sentence;
};

#define NO_SPACE                                                                                   \
    N_("There is no space left on the disk. What was stored before is safe. Free some space and "  \
       "try again.")
#define FORBIDDEN                                                                                  \
    N_("This user may not do that. Check who owns the file and its directory, and what they "      \
       "allow.")
#define TOO_MANY_FILES                                                                             \
    N_("Too many files are open at once. Close other programs or raise the limit (ulimit -n).")
#define NOT_THERE N_("There is no file or directory of that name. Check the spelling.")
#define LOOKS_BROKEN                                                                               \
    N_("The disk or its connection reports an error. Make a copy of what you have, then check "    \
       "the disk.")

static const struct cause causes[] = {
    {ENOSPC, "disk_full", NO_SPACE},
    {EDQUOT, "disk_full",
     N_("The quota of this user is used up. What was stored before is safe. Free some space and "
        "try again.")},
    {EFBIG, "disk_full", N_("The file system does not allow a file of that size.")},
    {EACCES, "permission", FORBIDDEN},
    {EPERM, "permission", FORBIDDEN},
    {EROFS, "read_only", N_("The disk can only be read. Make it writable or use another one.")},
    {ENOENT, "not_found", NOT_THERE},
    {ENOTDIR, "not_found", N_("A part of that path is not a directory.")},
    {EISDIR, "io", N_("It is a directory, not a file.")},
    {EEXIST, "exists", N_("Something of that name is already there, and it was left alone.")},
    {EMFILE, "too_many_files", TOO_MANY_FILES},
    {ENFILE, "too_many_files", TOO_MANY_FILES},
    {ENAMETOOLONG, "name_too_long", N_("The name is too long for this file system.")},
    {EIO, "io", LOOKS_BROKEN},
};

static const char *sentence_for(enum file_verb doing)
{
    switch (doing) {
    case FILE_READ:
        return N_("%s could not be read.");
    case FILE_WRITE:
        return N_("%s could not be written.");
    case FILE_CREATE:
        return N_("%s could not be created.");
    case FILE_OPEN:
        return N_("%s could not be opened.");
    case FILE_SYNC:
        return N_("%s could not be brought safely to the disk.");
    case FILE_RENAME:
        return N_("%s could not be put in its place.");
    case FILE_REMOVE:
        return N_("%s could not be removed.");
    }
    return N_("%s could not be used.");
}

/* Puts `what` where a translated sentence says %s: the sentences are data here, not formats. */
static void fill(char *out, size_t room, const char *sentence, const char *what)
{
    const char *hole = strstr(sentence, "%s");

    if (hole)
        snprintf(out, room, "%.*s%s%s", (int)(hole - sentence), sentence, what, hole + 2);
    else
        snprintf(out, room, "%s", sentence);
}

int problem_errno(struct problem *why, int error, enum file_verb doing, const char *what)
{
    char first[PROBLEM_MESSAGE_MAX];
    char spare[128];
    const char *said = strerror_r(error, spare, sizeof spare);

    if (!why || why->code)
        return -1;
    if (error == ENOMEM)
        return problem_no_memory(why);
    fill(first, sizeof first, _(sentence_for(doing)), what);
    problem_detail(why, "%s: %s (errno %d)", what, said, error);
    for (size_t i = 0; i < sizeof causes / sizeof causes[0]; i++)
        if (causes[i].error == error)
            return problem_set(why, causes[i].code, "%s %s", first, _(causes[i].sentence));
    return problem_set(why, "io", _("%s The system says: %s."), first, said);
}

/* What a person can do about a refusal; NULL when the phrase of the status says all there is. */
static const char *advice_for(enum cs_status status)
{
    switch (status) {
    case CS_UNKNOWN_VERSION:
        return N_("It may come from a newer version of this program: look for an update.");
    case CS_EXPIRED:
    case CS_NOT_YET:
        return N_("Check that the clocks are right, here and there.");
    case CS_BAD_SIGNATURE:
    case CS_WRONG_HASH:
    case CS_WRONG_PROOF:
    case CS_BAD_DIGEST:
        return N_("It was damaged or changed on its way. Try again, or from another source.");
    default:
        return NULL;
    }
}

int problem_status(struct problem *why, enum cs_status status, const char *what)
{
    const char *advice = advice_for(status);

    if (!why || why->code)
        return -1;
    if (status == CS_NO_MEMORY)
        return problem_no_memory(why);
    if (status == CS_INTERNAL)
        return problem_set(why, cs_status_code(status),
                           _("The cryptography or compression library failed on %s. It was not "
                             "used, and what was stored before is safe."),
                           what);
    return problem_set(why, cs_status_code(status), _("%s was refused and is not used: %s.%s%s"),
                       what, _(cs_status_text(status)), advice ? " " : "", advice ? _(advice) : "");
}
