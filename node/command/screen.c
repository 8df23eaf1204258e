#include "command/screen.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <commonshelf/encode.h>

#include "command/text.h"

#define ANSWER_MAX 64

static unsigned terminal_width(void)
{
    const char *columns = getenv("COLUMNS");
    struct winsize size;
    uint64_t width = OUTPUT_WIDTH_DEFAULT;

    if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col)
        width = size.ws_col;
    else if (columns && cs_decimal_read(cs_span_of(columns), 10000, &width) != CS_OK)
        width = OUTPUT_WIDTH_DEFAULT;
    if (width < OUTPUT_WIDTH_LEAST)
        return OUTPUT_WIDTH_LEAST;
    return width > OUTPUT_WIDTH_MOST ? OUTPUT_WIDTH_MOST : (unsigned)width;
}

void screen_shape(struct output_shape *shape)
{
    const char *term = getenv("TERM"), *plain = getenv("NO_COLOR");
    bool capable = term && *term && strcmp(term, "dumb") != 0;

    shape->progress = capable && isatty(STDERR_FILENO);
    shape->colour = capable && isatty(STDOUT_FILENO) && !(plain && *plain);
    shape->ask = isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
    shape->width = terminal_width();
}

static int write_all(int fd, struct cs_span bytes)
{
    while (bytes.n) {
        ssize_t n = write(fd, bytes.p, bytes.n);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN) { /* somebody else made the terminal non-blocking */
            struct pollfd wait = {.fd = fd, .events = POLLOUT};

            poll(&wait, 1, -1);
            continue;
        }
        if (n < 0)
            return errno;
        bytes.p += n;
        bytes.n -= (size_t)n;
    }
    return 0;
}

static void clear_progress(struct screen *screen)
{
    if (screen->progress_shown)
        write_all(STDERR_FILENO, cs_span_of("\r\x1b[K"));
    screen->progress_shown = false;
}

static void show_progress(struct screen *screen, struct cs_span line)
{
    struct cs_buffer text = {.alloc = memory_allocator()};

    clear_progress(screen);
    if (!line.n)
        return;
    text_add_line(&text, line, terminal_width() - 1);
    if (!text.failed)
        write_all(STDERR_FILENO, cs_buffer_span(&text));
    screen->progress_shown = true;
    cs_buffer_free(&text);
}

int screen_take(void *arg, enum frame type, struct cs_span bytes)
{
    struct screen *screen = arg;
    int error = 0;

    if (type == FRAME_PROGRESS) {
        show_progress(screen, bytes);
        return 0;
    }
    clear_progress(screen);
    if (type == FRAME_OUT)
        error = write_all(STDOUT_FILENO, bytes);
    else if (type == FRAME_ERR)
        write_all(STDERR_FILENO, bytes);
    if (error && !screen->error)
        screen->error = error;
    return error ? -1 : 0;
}

bool screen_ask(void *arg, struct cs_span question)
{
    struct screen *screen = arg;
    char answer[ANSWER_MAX];
    ssize_t n;

    clear_progress(screen);
    write_all(STDERR_FILENO, question);
    /* The letters stand for yes and no in every language, as the question says. */
    write_all(STDERR_FILENO, cs_span_of(" [y/N] "));
    do
        n = read(STDIN_FILENO, answer, sizeof answer);
    while (n < 0 && errno == EINTR);
    return n > 0 && (answer[0] == 'y' || answer[0] == 'Y');
}
