/*
 * A directory of its own for each test that writes files, removed with all that is in it. Tests only.
 */
#ifndef TEST_SUPPORT_DIRECTORY_H
#define TEST_SUPPORT_DIRECTORY_H

#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char test_directory[64];

static inline int test_remove_one(const char *path, const struct stat *st, int type,
                                  struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static inline int test_directory_make(void **state)
{
    const char *base = getenv("TMPDIR");

    (void)state;
    snprintf(test_directory, sizeof test_directory, "%.40s/csh-test-XXXXXX", base ? base : "/tmp");
    return mkdtemp(test_directory) ? 0 : -1;
}

static inline int test_directory_remove(void **state)
{
    (void)state;
    return nftw(test_directory, test_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* The path of a name in it; two stay valid at a time. */
static inline const char *test_path(const char *name)
{
    static char path[2][4096];
    static int next;

    next = !next;
    snprintf(path[next], sizeof path[next], "%s/%s", test_directory, name);
    return path[next];
}

/* Files and directories in `path`, without "." and "..". */
static inline size_t test_count_files(const char *path)
{
    DIR *d = opendir(path);
    struct dirent *e;
    size_t n = 0;

    while (d && (e = readdir(d)))
        n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    if (d)
        closedir(d);
    return n;
}

#endif
