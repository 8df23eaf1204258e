/*
 * Files that a person named and opened, on media of their own: nothing of this node depends on them.
 */
#include "support/file.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/language.h"

int file_outside_size(int fd, const char *name, uint64_t *size, struct problem *why)
{
    struct stat st;

    if (fstat(fd, &st))
        return problem_errno(why, errno, FILE_READ, name);
    if (!S_ISREG(st.st_mode))
        return problem_set(why, "no_file",
                           _("%s is no file: it can't be read from any place in it. Nothing was "
                             "done. Save it as a file first."),
                           name);
    *size = (uint64_t)st.st_size;
    return 0;
}

int file_read_at(int fd, const char *name, uint64_t offset, void *out, size_t n, size_t *got,
                 struct problem *why)
{
    *got = 0;
    while (*got < n) {
        ssize_t done =
            pread(fd, (unsigned char *)out + *got, n - *got, (off_t)(offset + (uint64_t)*got));

        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return problem_errno(why, errno, FILE_READ, name);
        if (done == 0)
            break;
        *got += (size_t)done;
    }
    return 0;
}

int file_write_at(int fd, const char *name, uint64_t offset, struct cs_span bytes,
                  struct problem *why)
{
    struct file_event event = {
        .step = FILE_STEP_WRITE, .path = name, .offset = offset, .bytes = bytes};
    int error = bytes.n ? file_announce(&event) : 0;

    while (!error && bytes.n) {
        ssize_t done = pwrite(fd, bytes.p, bytes.n, (off_t)offset);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0) {
            error = done < 0 ? errno : ENOSPC;
            break;
        }
        bytes.p += done;
        bytes.n -= (size_t)done;
        offset += (uint64_t)done;
    }
    return error ? problem_errno(why, error, FILE_WRITE, name) : 0;
}

int file_cut_at(int fd, const char *name, uint64_t size, struct problem *why)
{
    struct file_event event = {.step = FILE_STEP_TRUNCATE, .path = name, .offset = size};
    int error = file_announce(&event);

    if (!error && ftruncate(fd, (off_t)size))
        error = errno;
    return error ? problem_errno(why, error, FILE_WRITE, name) : 0;
}

int file_sync_outside(int fd, const char *name, struct problem *why)
{
    struct file_event event = {.step = FILE_STEP_SYNC, .path = name};
    int error = file_announce(&event);

    if (!error && fsync(fd))
        error = errno;
    return error ? problem_errno(why, error, FILE_SYNC, name) : 0;
}

int file_in_memory(const char *name, struct problem *why)
{
    int fd = memfd_create(name, MFD_CLOEXEC);

    return fd >= 0 ? fd : problem_errno(why, errno, FILE_CREATE, name);
}
