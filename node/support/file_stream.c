#include "support/file.h"

#include <fcntl.h>
#include <unistd.h>

#include "support/file_internal.h"
#include "support/memory.h"

#define GATHERED_MAX (1u << 20) /* bytes that wait for one write */

struct file_stream {
    int fd;
    uint64_t written;
    struct cs_buffer waiting;
    char *path;
    char temporary[FILE_PATH_MAX];
};

struct file_stream *file_stream_new(const char *path, mode_t mode, struct problem *why)
{
    struct file_stream *s = memory_new(sizeof *s);

    if (!s) {
        problem_no_memory(why);
        return NULL;
    }
    s->fd = -1;
    s->waiting.alloc = memory_allocator();
    if (!(s->path = memory_copy_text(path))) {
        problem_no_memory(why);
        file_stream_drop(s);
        return NULL;
    }
    s->fd = file_write_temporary(path, cs_span_make(NULL, 0), mode, s->temporary, why);
    if (s->fd < 0) {
        file_stream_drop(s);
        return NULL;
    }
    return s;
}

static int flush(struct file_stream *s, struct problem *why)
{
    int error;

    if (s->waiting.failed)
        return problem_no_memory(why);
    error = file_write_content(s->fd, s->temporary, s->written, cs_buffer_span(&s->waiting));
    if (error)
        return problem_errno(why, error, FILE_WRITE, s->path);
    s->written += s->waiting.n;
    cs_buffer_reset(&s->waiting);
    return 0;
}

int file_stream_add(struct file_stream *s, struct cs_span bytes, struct problem *why)
{
    cs_buffer_add_span(&s->waiting, bytes);
    return s->waiting.n < GATHERED_MAX && !s->waiting.failed ? 0 : flush(s, why);
}

uint64_t file_stream_size(const struct file_stream *s)
{
    return s->written + s->waiting.n;
}

static void release(struct file_stream *s)
{
    if (s->fd >= 0)
        close(s->fd);
    cs_buffer_free(&s->waiting);
    memory_free(s->path);
    memory_free(s);
}

int file_stream_end(struct file_stream *s, struct problem *why)
{
    int rc;

    if (flush(s, why) || file_sync_content(s->fd, s->temporary, why)) {
        file_stream_drop(s);
        return -1;
    }
    rc = file_rename_temporary(s->temporary, s->path, 0, why);
    release(s);
    return rc;
}

void file_stream_drop(struct file_stream *s)
{
    if (!s)
        return;
    if (s->fd >= 0)
        file_discard(s->temporary);
    release(s);
}
