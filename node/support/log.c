#include "support/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "support/clock.h"
#include "support/terminal.h"

/* At most PIPE_BUF, so that lines of several threads and processes don't mix in a pipe. */
#define LINE_MAX_BYTES 4096

static _Atomic int shown = LOG_LEVEL_INFO;

void log_set_level(enum log_level level)
{
    atomic_store(&shown, (int)level);
}

static const char *level_name(enum log_level level)
{
    switch (level) {
    case LOG_LEVEL_ERROR:
        return "error";
    case LOG_LEVEL_WARN:
        return "warn";
    case LOG_LEVEL_INFO:
        return "info";
    case LOG_LEVEL_DEBUG:
        return "debug";
    }
    return "error";
}

static void write_line(const char *line, size_t n)
{
    while (n) {
        ssize_t done = write(STDERR_FILENO, line, n);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return; /* nobody reads the log: there is no one to tell */
        line += done;
        n -= (size_t)done;
    }
}

void log_line(enum log_level level, const char *room, const char *format, ...)
{
    char when[CLOCK_TEXT], text[LINE_MAX_BYTES], line[LINE_MAX_BYTES];
    int saved = errno;
    va_list args;
    int head;
    size_t n;

    if ((int)level > atomic_load_explicit(&shown, memory_order_relaxed))
        return;
    va_start(args, format);
    if (vsnprintf(text, sizeof text, format, args) < 0)
        text[0] = '\0';
    va_end(args);
    clock_text(clock_now(), when);
    head = snprintf(line, 256, "%s %s %s: ", when, level_name(level), room);
    n = head < 0 ? 0 : head < 256 ? (size_t)head : 255;
    n += terminal_text(line + n, sizeof line - 1 - n, cs_span_of(text));
    line[n++] = '\n';
    write_line(line, n);
    errno = saved;
}

void log_problem(enum log_level level, const char *room, const struct problem *why)
{
    if (why->detail[0])
        log_line(level, room, "%s [%s: %s]", why->message, why->code ? why->code : "-",
                 why->detail);
    else
        log_line(level, room, "%s [%s]", why->message, why->code ? why->code : "-");
}
