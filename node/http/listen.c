/*
 * Listening sockets: one for each loop, all on one address; the kernel spreads connections over them.
 */
#include <errno.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include "http/internal.h"

static int bind_problem(struct problem *why, int error, const char *address)
{
    switch (error) {
    case EADDRINUSE:
        return problem_set(why, "address_in_use",
                           _("Cannot listen on %s: another program listens there already. Is this "
                             "node, or another one, running? Choose another port, or stop it."),
                           address);
    case EADDRNOTAVAIL:
        return problem_set(why, "address_not_here",
                           _("Cannot listen on %s: this machine does not have that address."),
                           address);
    case EACCES:
    case EPERM:
        return problem_set(why, "permission",
                           _("Cannot listen on %s: this user may not. Ports below 1024 are the "
                             "system's; choose a higher one."),
                           address);
    default:
        problem_set(why, "listen", _("Cannot listen on %s."), address);
        problem_detail(why, "%s", strerror(error));
        return -1;
    }
}

/* A socket bound to `at`; -1 with errno. */
static int bind_one(const struct sockaddr_storage *at, socklen_t length, bool shared)
{
    int on = 1, off = 0, saved;
    int fd = socket(at->ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) ||
        (shared && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on)) ||
        (at->ss_family == AF_INET6 &&
         setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off)) ||
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) ||
        bind(fd, (const struct sockaddr *)at, length)) {
        saved = errno;
        close(fd);
        errno = saved;
        return -1;
    }
    return fd;
}

/* SO_REUSEPORT would let two nodes of one user share a port without a word: a first socket without it
 * finds out whether somebody is there. */
static int is_free(const struct sockaddr_storage *at, socklen_t length)
{
    int fd = bind_one(at, length, false);

    if (fd < 0)
        return -1;
    close(fd);
    return 0;
}

int listen_bind(const char *address, bool loopback_only, int *sockets, unsigned count,
                struct sockaddr_storage *bound, struct problem *why)
{
    struct sockaddr_storage at;
    socklen_t length;

    for (unsigned i = 0; i < count; i++)
        sockets[i] = -1;
    if (address_read(address, &at, &length))
        return problem_set(why, "bad_address",
                           _("%s is not an address to listen on. It looks like 0.0.0.0:7443 or "
                             "[::]:7443."),
                           address);
    if (loopback_only && !address_is_loopback((struct sockaddr *)&at))
        return problem_set(why, "not_loopback",
                           _("%s is reachable from outside this machine: the plain listener may "
                             "only be on loopback, such as 127.0.0.1:7480."),
                           address);
    if (count > 1 && is_free(&at, length))
        return bind_problem(why, errno, address);
    for (unsigned i = 0; i < count; i++) {
        socklen_t size = sizeof *bound;

        sockets[i] = bind_one(&at, length, count > 1);
        if (sockets[i] < 0 || listen(sockets[i], SOMAXCONN) ||
            getsockname(sockets[i], (struct sockaddr *)bound, &size))
            return bind_problem(why, errno, address);
        at = *bound; /* a free port, chosen for the first, is the others' too */
    }
    return 0;
}
