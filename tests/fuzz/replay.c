/*
 * Runs a fuzz target over files instead of under libFuzzer: each argument is a file or a directory
 * of files. Without arguments, over the target's own seeds: corpus/NAME for a program fuzz_NAME,
 * beside this file. Prints TAP; a target that finds a fault ends the program.
 */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define PATH_ROOM 4096

static unsigned files;

static _Noreturn void bail_out(const char *path)
{
    printf("Bail out! %s: %s\n", path, strerror(errno));
    exit(1);
}

/* The input gets memory of exactly its size, so that a sanitizer sees every read beyond it. */
static void run_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct stat st;
    uint8_t *bytes;
    size_t size;

    if (!file || fstat(fileno(file), &st))
        bail_out(path);
    size = (size_t)st.st_size;
    bytes = malloc(size > 0 ? size : 1);
    if (!bytes || fread(bytes, 1, size, file) != size)
        bail_out(path);
    fclose(file);
    LLVMFuzzerTestOneInput(bytes, size);
    free(bytes);
    printf("ok %u - %s\n", ++files, path);
    fflush(stdout);
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void run_path(const char *path)
{
    char inside[PATH_ROOM];
    struct dirent **names;
    struct stat st;
    int count;

    if (stat(path, &st))
        bail_out(path);
    if (!S_ISDIR(st.st_mode)) {
        run_file(path);
        return;
    }
    count = scandir(path, &names, is_visible, alphasort);
    if (count < 0)
        bail_out(path);
    for (int i = 0; i < count; i++) {
        snprintf(inside, sizeof(inside), "%s/%s", path, names[i]->d_name);
        run_path(inside);
        free(names[i]);
    }
    free(names);
}

static void run_own_seeds(const char *program)
{
    const char *base = strrchr(program, '/');
    const char *root = getenv("top_srcdir");
    char path[PATH_ROOM];
    const char *name = strstr(base ? base : program, "fuzz_");

    if (!name) {
        errno = EINVAL;
        bail_out(program);
    }
    snprintf(path, sizeof(path), "%s/tests/fuzz/corpus/%s", root ? root : ".",
             name + strlen("fuzz_"));
    run_path(path);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        run_path(argv[i]);
    if (argc == 1)
        run_own_seeds(argv[0]);
    if (files == 0) {
        printf("Bail out! no input\n");
        return 1;
    }
    printf("1..%u\n", files);
    return 0;
}
