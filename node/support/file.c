#include "support/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/file_internal.h"
#include "support/language.h"
#include "support/log.h"
#include "support/random.h"

#define TEMPORARY_TRIES 16 /* names of 60 random bits: a second try is already a sign of trouble */
#define READ_STEP 65536

static file_observer observe;
static void *observe_arg;
static _Atomic(file_sync_handler) on_sync_failure;

void file_observe(file_observer observer, void *arg)
{
    observe = observer;
    observe_arg = arg;
}

int file_announce(const struct file_event *event)
{
    return observe ? observe(event, observe_arg) : 0;
}

void file_on_sync_failure(file_sync_handler handler)
{
    atomic_store(&on_sync_failure, handler);
}

void file_sync_failed(const char *path, int error)
{
    file_sync_handler handler = atomic_load(&on_sync_failure);
    struct problem why = PROBLEM_INIT;

    if (handler) {
        handler(path, error);
        return;
    }
    problem_errno(&why, error, FILE_SYNC, path);
    log_problem(LOG_LEVEL_ERROR, "file", &why);
    log_line(LOG_LEVEL_ERROR, "file", "%s",
             _("What was not synced may be lost, so nothing more is written: the program ends "
               "here. What was committed before is safe; the next start checks it and goes on."));
    _exit(EXIT_NOT_DONE);
}

int file_join(char out[FILE_PATH_MAX], const char *directory, const char *name)
{
    size_t n = strlen(directory);
    int written;

    while (n > 1 && directory[n - 1] == '/')
        n--;
    if (n >= FILE_PATH_MAX)
        return -1;
    written = snprintf(out, FILE_PATH_MAX, "%.*s%s%s", (int)n, directory,
                       n == 1 && directory[0] == '/' ? "" : "/", name);
    return written >= 0 && written < FILE_PATH_MAX ? 0 : -1;
}

int file_parent(char out[FILE_PATH_MAX], const char *path)
{
    const char *end = strrchr(path, '/');
    size_t n;

    if (!end) {
        memcpy(out, ".", 2);
        return 0;
    }
    while (end > path && end[-1] == '/')
        end--;
    n = end == path ? 1 : (size_t)(end - path);
    if (n >= FILE_PATH_MAX)
        return -1;
    memcpy(out, path, n);
    out[n] = '\0';
    return 0;
}

bool file_exists(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0;
}

static int read_all(int fd, const char *path, size_t max, struct cs_buffer *out,
                    struct problem *why)
{
    size_t total = 0;

    for (;;) {
        size_t want = max - total < READ_STEP ? max - total + 1 : READ_STEP;
        unsigned char *at = cs_buffer_reserve(out, want);
        ssize_t got;

        if (!at)
            return problem_no_memory(why);
        got = read(fd, at, want);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return problem_errno(why, errno, FILE_READ, path);
        if (got == 0)
            return 0;
        total += (size_t)got;
        if (total > max)
            return problem_set(why, "too_large",
                               _("%s is larger than the %zu bytes that are read of such a file."),
                               path, max);
        out->n += (size_t)got;
    }
}

int file_read(const char *path, size_t max, struct cs_buffer *out, struct problem *why)
{
    size_t before = out->n;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    int rc;

    if (fd < 0)
        return problem_errno(why, errno, FILE_OPEN, path);
    rc = read_all(fd, path, max, out, why);
    if (rc)
        out->n = before;
    close(fd);
    return rc;
}

void file_discard(const char *temporary)
{
    struct file_event event = {.step = FILE_STEP_REMOVE, .path = temporary};

    if (!file_announce(&event))
        unlink(temporary);
}

/* ".tmp-" and twelve characters of base32 in the directory of `path`. */
static int temporary_name(char out[FILE_PATH_MAX], const char *path)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
    char directory[FILE_PATH_MAX];
    char name[] = ".tmp-............";
    unsigned char random[12];

    random_bytes(random, sizeof random);
    for (size_t i = 0; i < sizeof random; i++)
        name[5 + i] = letters[random[i] % 32];
    return file_parent(directory, path) || file_join(out, directory, name) ? -1 : 0;
}

static int create(const char *path, mode_t mode, int *fd)
{
    struct file_event event = {.step = FILE_STEP_CREATE, .path = path};
    int error = file_announce(&event);

    if (error)
        return error;
    *fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    return *fd < 0 ? errno : 0;
}

int file_write_content(int fd, const char *path, uint64_t offset, struct cs_span bytes)
{
    struct file_event event = {
        .step = FILE_STEP_WRITE, .path = path, .offset = offset, .bytes = bytes};
    int error = bytes.n ? file_announce(&event) : 0;

    if (error)
        return error;
    while (bytes.n) {
        ssize_t done = write(fd, bytes.p, bytes.n);

        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return errno;
        if (done == 0)
            return ENOSPC;
        bytes.p += done;
        bytes.n -= (size_t)done;
    }
    return 0;
}

int file_write_temporary(const char *path, struct cs_span bytes, mode_t mode,
                         char temporary[FILE_PATH_MAX], struct problem *why)
{
    int fd = -1, error = EEXIST;

    for (int i = 0; error == EEXIST && i < TEMPORARY_TRIES; i++) {
        if (temporary_name(temporary, path))
            return problem_errno(why, ENAMETOOLONG, FILE_CREATE, path);
        error = create(temporary, mode, &fd);
    }
    if (error)
        return problem_errno(why, error, FILE_CREATE, path);
    error = file_write_content(fd, temporary, 0, bytes);
    if (!error)
        return fd;
    close(fd);
    file_discard(temporary);
    return problem_errno(why, error, FILE_WRITE, path);
}

int file_sync_content(int fd, const char *path, struct problem *why)
{
    struct file_event event = {.step = FILE_STEP_SYNC, .path = path};
    int error = file_announce(&event);

    if (!error && fsync(fd))
        error = errno;
    if (!error)
        return 0;
    file_sync_failed(path, error);
    return problem_errno(why, error, FILE_SYNC, path);
}

/* renameat2 where the file system has its flags; some network ones don't, and there a look before
 * has to do: the home's lock keeps other writers of this node out. */
static int rename_to(const char *from, const char *to, unsigned flags)
{
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, flags) == 0)
        return 0;
    if (errno != EINVAL || !(flags & RENAME_NOREPLACE))
        return errno;
    if (file_exists(to))
        return EEXIST;
    return rename(from, to) ? errno : 0;
}

int file_rename_temporary(const char *temporary, const char *path, unsigned flags,
                          struct problem *why)
{
    struct file_event event = {.step = FILE_STEP_RENAME, .path = temporary, .other = path};
    int error = file_announce(&event);

    if (!error)
        error = rename_to(temporary, path, flags);
    if (!error)
        return 0;
    file_discard(temporary);
    return problem_errno(why, error, error == EEXIST ? FILE_CREATE : FILE_RENAME, path);
}

static int put(const char *path, struct cs_span bytes, mode_t mode, unsigned flags,
               struct problem *why)
{
    char temporary[FILE_PATH_MAX];
    int fd = file_write_temporary(path, bytes, mode, temporary, why);

    if (fd < 0)
        return -1;
    if (file_sync_content(fd, temporary, why)) {
        close(fd);
        file_discard(temporary);
        return -1;
    }
    close(fd);
    return file_rename_temporary(temporary, path, flags, why);
}

int file_put(const char *path, struct cs_span bytes, mode_t mode, struct problem *why)
{
    return put(path, bytes, mode, 0, why);
}

int file_put_new(const char *path, struct cs_span bytes, mode_t mode, struct problem *why)
{
    return put(path, bytes, mode, RENAME_NOREPLACE, why);
}

int file_put_loosely(const char *path, struct cs_span bytes, mode_t mode, struct problem *why)
{
    char temporary[FILE_PATH_MAX];
    int fd = file_write_temporary(path, bytes, mode, temporary, why);

    if (fd < 0)
        return -1;
    close(fd);
    return file_rename_temporary(temporary, path, 0, why);
}

int file_put_durable(const char *path, struct cs_span bytes, mode_t mode, struct problem *why)
{
    char directory[FILE_PATH_MAX];

    if (file_parent(directory, path))
        return problem_errno(why, ENAMETOOLONG, FILE_CREATE, path);
    if (file_put(path, bytes, mode, why))
        return -1;
    return file_sync_directory(directory, why);
}

int file_sync_directory(const char *path, struct problem *why)
{
    struct file_event event = {.step = FILE_STEP_SYNC_DIRECTORY, .path = path};
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int error;

    if (fd < 0)
        return problem_errno(why, errno, FILE_OPEN, path);
    error = file_announce(&event);
    if (!error && fsync(fd))
        error = errno;
    close(fd);
    /* File systems that keep no directories of their own to sync say EINVAL: nothing failed. */
    if (!error || error == EINVAL)
        return 0;
    file_sync_failed(path, error);
    return problem_errno(why, error, FILE_SYNC, path);
}

static bool is_directory(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Makes one directory, whose parent is there, and syncs its name. */
static int make_one(const char *path, mode_t mode, struct problem *why)
{
    struct file_event event = {.step = FILE_STEP_MAKE_DIRECTORY, .path = path};
    char parent[FILE_PATH_MAX];
    int error = file_announce(&event);

    if (!error && mkdir(path, mode))
        error = errno;
    if (error == EEXIST && is_directory(path))
        return 0; /* another thread was quicker */
    if (error)
        return problem_errno(why, error, FILE_CREATE, path);
    if (file_parent(parent, path))
        return problem_errno(why, ENAMETOOLONG, FILE_CREATE, path);
    return file_sync_directory(parent, why);
}

int file_make_directory(const char *path, mode_t mode, struct problem *why)
{
    char part[FILE_PATH_MAX];
    size_t n = strlen(path);

    if (is_directory(path))
        return 0;
    if (n == 0 || n >= sizeof part)
        return problem_errno(why, n ? ENAMETOOLONG : ENOENT, FILE_CREATE, path);
    memcpy(part, path, n + 1);
    for (size_t i = 1; i <= n; i++) {
        if (part[i] != '/' && part[i] != '\0')
            continue;
        part[i] = '\0';
        if (!is_directory(part) && make_one(part, mode, why))
            return -1;
        if (i < n)
            part[i] = '/';
    }
    return 0;
}

int file_remove(const char *path, struct problem *why)
{
    struct file_event event = {.step = FILE_STEP_REMOVE, .path = path};
    int error;

    if (!file_exists(path))
        return 0;
    error = file_announce(&event);
    if (!error && unlink(path) && errno != ENOENT)
        error = errno;
    return error ? problem_errno(why, error, FILE_REMOVE, path) : 0;
}

int file_lock(const char *path, struct problem *why)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);
    int error;

    if (fd < 0 && errno == ENOENT) {
        struct file_event event = {.step = FILE_STEP_CREATE, .path = path};

        error = file_announce(&event);
        if (error)
            return problem_errno(why, error, FILE_CREATE, path);
        fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    }
    if (fd < 0)
        return problem_errno(why, errno, FILE_OPEN, path);
    while (flock(fd, LOCK_EX | LOCK_NB)) {
        error = errno;
        if (error == EINTR)
            continue;
        close(fd);
        if (error == EWOULDBLOCK)
            return problem_set(why, "locked",
                               _("Another process is using %s. Wait until it has finished, then "
                                 "try again."),
                               path);
        return problem_errno(why, error, FILE_OPEN, path);
    }
    return fd;
}
