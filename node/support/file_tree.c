#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/file.h"

#define DEPTH_MAX 16 /* a log's tiles lie six deep */

static int remove_entries(const char *path, int depth, struct problem *why);

/* An empty directory. */
static int remove_directory(const char *path, struct problem *why)
{
    struct file_event event = {.step = FILE_STEP_REMOVE, .path = path};
    int error = file_announce(&event);

    if (!error && rmdir(path) && errno != ENOENT)
        error = errno;
    return error ? problem_errno(why, error, FILE_REMOVE, path) : 0;
}

static int remove_one(const char *path, int depth, struct problem *why)
{
    struct stat st;

    if (lstat(path, &st))
        return errno == ENOENT ? 0 : problem_errno(why, errno, FILE_REMOVE, path);
    if (!S_ISDIR(st.st_mode))
        return file_remove(path, why);
    if (depth == 0)
        return problem_errno(why, ELOOP, FILE_REMOVE, path);
    if (remove_entries(path, depth - 1, why))
        return -1;
    return remove_directory(path, why);
}

static int remove_entries(const char *path, int depth, struct problem *why)
{
    char name[FILE_PATH_MAX];
    struct dirent *entry;
    DIR *dir = opendir(path);
    int rc = 0;

    if (!dir)
        return problem_errno(why, errno, FILE_REMOVE, path);
    while (rc == 0 && (entry = readdir(dir))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (file_join(name, path, entry->d_name))
            rc = problem_errno(why, ENAMETOOLONG, FILE_REMOVE, path);
        else
            rc = remove_one(name, depth, why);
    }
    closedir(dir);
    return rc;
}

int file_remove_tree(const char *path, struct problem *why)
{
    return remove_one(path, DEPTH_MAX, why);
}

/* What goes away meanwhile counts for nothing. */
static int add_size(const char *path, int depth, uint64_t *bytes, struct problem *why)
{
    char name[FILE_PATH_MAX];
    struct dirent *entry;
    struct stat st;
    DIR *dir;
    int rc = 0;

    if (lstat(path, &st))
        return errno == ENOENT ? 0 : problem_errno(why, errno, FILE_READ, path);
    if (!S_ISDIR(st.st_mode)) {
        *bytes += (uint64_t)st.st_size;
        return 0;
    }
    if (depth == 0)
        return problem_errno(why, ELOOP, FILE_READ, path);
    if (!(dir = opendir(path)))
        return errno == ENOENT ? 0 : problem_errno(why, errno, FILE_READ, path);
    while (rc == 0 && (entry = readdir(dir))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        rc = file_join(name, path, entry->d_name)
                 ? problem_errno(why, ENAMETOOLONG, FILE_READ, path)
                 : add_size(name, depth - 1, bytes, why);
    }
    closedir(dir);
    return rc;
}

int file_tree_size(const char *path, uint64_t *bytes, struct problem *why)
{
    *bytes = 0;
    return add_size(path, DEPTH_MAX, bytes, why);
}
