#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "command/control.h"
#include "config.h"

#define NAME "control"

int control_address(const char *home, struct sockaddr_un *out, int *directory)
{
    char path[FILE_PATH_MAX];
    int n;

    *directory = -1;
    memset(out, 0, sizeof *out);
    out->sun_family = AF_UNIX;
    n = snprintf(out->sun_path, sizeof out->sun_path, "%s/" HOME_RUN "/" NAME, home);
    if (n > 0 && (size_t)n < sizeof out->sun_path)
        return 0;
    if (file_join(path, home, HOME_RUN)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    *directory = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (*directory < 0)
        return -1;
    snprintf(out->sun_path, sizeof out->sun_path, "/proc/self/fd/%d/" NAME, *directory);
    return 0;
}

int control_send(int socket, enum frame type, struct cs_span bytes, int fd, bool wait)
{
    unsigned char head = (unsigned char)type;
    struct iovec part[2] = {{&head, 1}, {(void *)(uintptr_t)bytes.p, bytes.n}};
    union {
        char room[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control;
    struct msghdr message = {.msg_iov = part, .msg_iovlen = 2};
    ssize_t n;

    if (fd >= 0) {
        struct cmsghdr *rights;

        memset(&control, 0, sizeof control);
        message.msg_control = control.room;
        message.msg_controllen = sizeof control.room;
        rights = CMSG_FIRSTHDR(&message);
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = CMSG_LEN(sizeof fd);
        memcpy(CMSG_DATA(rights), &fd, sizeof fd);
    }
    do
        n = sendmsg(socket, &message, MSG_NOSIGNAL | (wait ? 0 : MSG_DONTWAIT));
    while (n < 0 && errno == EINTR);
    return n < 0 ? -1 : 0;
}

/* The descriptors of a message: the first is kept, others have no business there. */
static void take_rights(struct msghdr *message, int *fd)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
        size_t n = c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS
                       ? (c->cmsg_len - CMSG_LEN(0)) / sizeof(int)
                       : 0;

        for (size_t i = 0; i < n; i++) {
            int got;

            memcpy(&got, CMSG_DATA(c) + i * sizeof got, sizeof got);
            if (*fd < 0)
                *fd = got;
            else
                close(got);
        }
    }
}

int control_receive(int socket, enum frame *type, struct cs_buffer *bytes, int *fd)
{
    unsigned char head = 0;
    struct iovec part[2] = {{&head, 1}, {NULL, CONTROL_FRAME_MAX}};
    union {
        char room[CMSG_SPACE(4 * sizeof(int))];
        struct cmsghdr align;
    } control;
    struct msghdr message = {.msg_iov = part,
                             .msg_iovlen = 2,
                             .msg_control = control.room,
                             .msg_controllen = sizeof control.room};
    ssize_t n;

    *fd = -1;
    cs_buffer_reset(bytes);
    part[1].iov_base = cs_buffer_reserve(bytes, CONTROL_FRAME_MAX);
    if (!part[1].iov_base) {
        errno = ENOMEM;
        return -1;
    }
    do
        n = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    if (n <= 0)
        return (int)n;
    take_rights(&message, fd);
    if (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) {
        if (*fd >= 0)
            close(*fd);
        *fd = -1;
        errno = EPROTO;
        return -1;
    }
    *type = (enum frame)head;
    bytes->n = (size_t)n - 1;
    return 1;
}

/* "version\n" "jqvpca" as 0 and 1, the width, the language. */
void control_begin_write(struct cs_buffer *out, const struct output_shape *s, const char *language)
{
    cs_buffer_printf(out, "%s\n%d %d %d %d %d %d %u %.60s", PACKAGE_VERSION, s->json, s->quiet,
                     s->verbose, s->progress, s->colour, s->ask, s->width, language);
}

bool control_begin_read(struct cs_span bytes, struct output_shape *s, char language[64])
{
    char text[256], version[64];
    int flag[6];

    if (bytes.n >= sizeof text)
        return false;
    memcpy(text, bytes.p, bytes.n);
    text[bytes.n] = '\0';
    language[0] = '\0';
    if (sscanf(text, "%63[^\n]\n%d %d %d %d %d %d %u %63s", version, &flag[0], &flag[1], &flag[2],
               &flag[3], &flag[4], &flag[5], &s->width, language) < 8 ||
        strcmp(version, PACKAGE_VERSION) != 0)
        return false;
    s->json = flag[0];
    s->quiet = flag[1];
    s->verbose = flag[2];
    s->progress = flag[3];
    s->colour = flag[4];
    s->ask = flag[5];
    return s->width >= OUTPUT_WIDTH_LEAST && s->width <= OUTPUT_WIDTH_MOST;
}
