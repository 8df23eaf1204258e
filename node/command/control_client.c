#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "command/control.h"

int control_connect(const char *home, pid_t *server)
{
    struct sockaddr_un address;
    struct ucred who;
    socklen_t length = sizeof who;
    int directory, fd;

    *server = 0;
    if (control_address(home, &address, &directory))
        return -1;
    fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    /* A socket that nobody listens at was left behind by a crash: as good as none. */
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address)) {
        close(fd);
        fd = -1;
    }
    if (directory >= 0)
        close(directory);
    if (fd >= 0 && !getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &length))
        *server = who.pid;
    return fd;
}

static int send_words(int socket, char *const *argv, size_t argc, struct problem *why)
{
    for (size_t i = 0; i < argc; i++) {
        struct cs_span word = cs_span_of(argv[i]);

        if (word.n >= CONTROL_FRAME_MAX || i >= CONTROL_WORDS_MAX)
            return problem_usage(why, "too_long", "%s",
                                 _("The command line is too long for a node that is running. Give "
                                   "it in parts, or stop the node first."));
        if (control_send(socket, FRAME_ARGUMENT, word, -1, true))
            return -1;
    }
    return 0;
}

static int send_call(int socket, const struct call *call, char *const *argv, size_t argc,
                     const struct output_shape *shape, struct problem *why)
{
    struct cs_buffer begin = {.alloc = memory_allocator()};
    int rc = -1;

    control_begin_write(&begin, shape, language_get());
    if (begin.failed || control_send(socket, FRAME_BEGIN, cs_buffer_span(&begin), -1, true) ||
        send_words(socket, argv, argc, why))
        goto out;
    for (size_t i = 0; i < call->files; i++)
        if (control_send(socket, FRAME_FILE, cs_span_make(NULL, 0), call->file[i].fd, true))
            goto out;
    rc = control_send(socket, FRAME_GO, cs_span_make(NULL, 0), -1, true);
out:
    cs_buffer_free(&begin);
    return rc;
}

/* One frame from the server: 1 to go on, 0 with the exit status, -1 when it makes no sense. */
static int show(int socket, struct output *out, enum frame type, struct cs_span bytes, int *status)
{
    unsigned char yes;

    switch (type) {
    case FRAME_OUT:
    case FRAME_ERR:
    case FRAME_PROGRESS:
        if (out->take(out->arg, type, bytes))
            out->lost = true;
        return 1;
    case FRAME_ASK:
        yes = out->ask(out->arg, bytes);
        return control_send(socket, FRAME_ANSWER, cs_span_make(&yes, 1), -1, true) ? -1 : 1;
    case FRAME_EXIT:
        if (bytes.n != 1)
            return -1;
        *status = bytes.p[0];
        return 0;
    default:
        return -1;
    }
}

static int cut_off(struct output *out)
{
    struct problem why = PROBLEM_INIT;

    problem_set(&why, "cut_off", "%s",
                _("The running node ended before the command was done. What it had completed is "
                  "safe; \"commonshelf status\" shows it. Start the node again and repeat the "
                  "command."));
    output_problem(out, &why);
    return EXIT_NOT_DONE;
}

int control_call(int socket, const struct call *call, char *const *argv, size_t argc,
                 struct output *out)
{
    struct cs_buffer bytes = {.alloc = memory_allocator()};
    struct problem why = PROBLEM_INIT;
    int fd, going = 1, status = EXIT_NOT_DONE;
    enum frame type;

    /* A server that refuses may have hung up before all was sent; what it said can still be
     * read. */
    if (send_call(socket, call, argv, argc, &out->shape, &why) && why.code) {
        output_problem(out, &why);
        status = why.exit_status;
        goto out;
    }
    while (going == 1) {
        going = control_receive(socket, &type, &bytes, &fd);
        if (fd >= 0)
            close(fd);
        if (going <= 0)
            going = -1;
        else
            going = show(socket, out, type, cs_buffer_span(&bytes), &status);
    }
    if (going < 0)
        status = cut_off(out);
out:
    close(socket);
    cs_buffer_free(&bytes);
    return status;
}
