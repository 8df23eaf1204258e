/*
 * A loop's mailbox: the one way that other threads reach it.
 */
#include <assert.h>
#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "http/internal.h"

int mailbox_open(struct mailbox *box)
{
    memset(box, 0, sizeof *box);
    box->last = &box->first;
    box->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (box->fd < 0)
        return -1;
    pthread_mutex_init(&box->lock, NULL);
    return 0;
}

static void drop(struct post *post)
{
    if (post->allocated)
        memory_free(post);
}

void mailbox_close(struct mailbox *box)
{
    if (box->fd < 0)
        return;
    while (box->first) {
        struct post *next = box->first->next;

        drop(box->first);
        box->first = next;
    }
    pthread_mutex_destroy(&box->lock);
    close(box->fd);
    box->fd = -1;
}

bool mailbox_put(struct mailbox *box, struct post *post)
{
    static const uint64_t one = 1;
    bool open;

    post->next = NULL;
    pthread_mutex_lock(&box->lock);
    open = !box->closed;
    if (open) {
        *box->last = post;
        box->last = &post->next;
    }
    pthread_mutex_unlock(&box->lock);
    if (open) {
        ssize_t n;

        do
            n = write(box->fd, &one, sizeof one);
        while (n < 0 && errno == EINTR);
        /* EAGAIN means 2^64-2 wakings are waiting: it is readable all the more. */
        assert(n == (ssize_t)sizeof one || errno == EAGAIN);
    }
    return open;
}

void mailbox_shut(struct mailbox *box)
{
    pthread_mutex_lock(&box->lock);
    box->closed = true;
    pthread_mutex_unlock(&box->lock);
}

void mailbox_run(struct mailbox *box)
{
    struct post *post;
    uint64_t count;
    ssize_t n = read(box->fd, &count, sizeof count);

    (void)n;
    pthread_mutex_lock(&box->lock);
    post = box->first;
    box->first = NULL;
    box->last = &box->first;
    pthread_mutex_unlock(&box->lock);
    while (post) {
        struct post run = *post; /* one that is part of what it works on may be gone afterwards */

        drop(post);
        run.work(run.arg);
        post = run.next;
    }
}

int http_post(struct http_server *server, unsigned loop, void (*work)(void *arg), void *arg)
{
    struct post *post;

    if (loop >= server->loops || !(post = memory_new(sizeof *post)))
        return -1;
    post->work = work;
    post->arg = arg;
    post->allocated = true;
    if (mailbox_put(&server->loop[loop].box, post))
        return 0;
    memory_free(post);
    return -1;
}
