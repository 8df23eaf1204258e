#include "support/file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "support/file_internal.h"
#include "support/memory.h"

/*
 * Files written and not yet synced stay open: a write error that the kernel meets on its own is
 * reported to a descriptor that was open then, but may be forgotten with the inode for one opened
 * later. The bound leaves most of the usual 1,024 descriptors to connections.
 */
#define OPEN_MAX_FILES 64

struct pending {
    int fd;
    char *path;
};

struct file_batch {
    struct pending pending[OPEN_MAX_FILES];
    size_t pendings;
    char **directory; /* each once; few, so a search from the newest is enough */
    size_t directories, room;
};

struct file_batch *file_batch_new(void)
{
    return memory_new(sizeof(struct file_batch));
}

static int add_directory(struct file_batch *b, const char *path, struct problem *why)
{
    char directory[FILE_PATH_MAX];

    if (file_parent(directory, path))
        return problem_errno(why, ENAMETOOLONG, FILE_CREATE, path);
    for (size_t i = b->directories; i-- > 0;)
        if (!strcmp(b->directory[i], directory))
            return 0;
    if (b->directories == b->room) {
        size_t room = b->room ? b->room * 2 : 8;
        char **more = memory_resize(b->directory, room * sizeof *more);

        if (!more)
            return problem_no_memory(why);
        b->directory = more;
        b->room = room;
    }
    b->directory[b->directories] = memory_copy_text(directory);
    if (!b->directory[b->directories])
        return problem_no_memory(why);
    b->directories++;
    return 0;
}

static void drop(struct pending *p)
{
    close(p->fd);
    memory_free(p->path);
}

static int sync_pending(struct file_batch *b, struct problem *why)
{
    int rc = 0;

    for (size_t i = 0; i < b->pendings; i++) {
        struct pending *p = &b->pending[i];

        if (!rc)
            rc = file_sync_content(p->fd, p->path, why);
        drop(p);
    }
    b->pendings = 0;
    return rc;
}

int file_batch_put(struct file_batch *b, const char *path, struct cs_span bytes, mode_t mode,
                   struct problem *why)
{
    char temporary[FILE_PATH_MAX];
    struct pending new = {-1, NULL};

    if (b->pendings == OPEN_MAX_FILES && sync_pending(b, why))
        return -1;
    if (add_directory(b, path, why))
        return -1;
    new.path = memory_copy_text(path);
    if (!new.path)
        return problem_no_memory(why);
    new.fd = file_write_temporary(path, bytes, mode, temporary, why);
    if (new.fd < 0)
        goto out;
    if (file_rename_temporary(temporary, path, 0, why))
        goto out;
    /* Let the disk begin while the next files are made; a file system that can't says so at sync. */
    (void)sync_file_range(new.fd, 0, 0, SYNC_FILE_RANGE_WRITE);
    b->pending[b->pendings++] = new;
    return 0;
out:
    if (new.fd >= 0)
        close(new.fd);
    memory_free(new.path);
    return -1;
}

static void forget_directories(struct file_batch *b)
{
    while (b->directories)
        memory_free(b->directory[--b->directories]);
}

int file_batch_commit(struct file_batch *b, struct problem *why)
{
    int rc = sync_pending(b, why);

    for (size_t i = 0; !rc && i < b->directories; i++)
        rc = file_sync_directory(b->directory[i], why);
    forget_directories(b);
    return rc;
}

void file_batch_free(struct file_batch *b)
{
    if (!b)
        return;
    for (size_t i = 0; i < b->pendings; i++)
        drop(&b->pending[i]);
    forget_directories(b);
    memory_free(b->directory);
    memory_free(b);
}
