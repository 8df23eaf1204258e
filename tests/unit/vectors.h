/*
 * Public test vectors and other real files for unit tests: found below $COMMONSHELF_TEST_DATA. A
 * test that needs them skips, and says so, where it is unset.
 */
#ifndef TESTS_VECTORS_H
#define TESTS_VECTORS_H

/* cmocka wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <commonshelf/base.h>

#include <stdio.h>
#include <stdlib.h>

/* The file's path; skips the test that runs when there is no data. */
static inline void vectors_path(const char *name, char *path, size_t room)
{
    const char *root = getenv("COMMONSHELF_TEST_DATA");

    if (!root || !*root) {
        print_message("# skipped: COMMONSHELF_TEST_DATA is not set, it would hold %s\n", name);
        skip();
    }
    assert_true((size_t)snprintf(path, room, "%s/%s", root, name) < room);
}

/* Appends a whole file. */
static inline void vectors_load(const char *path, struct cs_buffer *out)
{
    FILE *file = fopen(path, "rb");
    unsigned char piece[4096];
    size_t n;

    if (!file)
        fail_msg("%s can't be opened", path);
    while ((n = fread(piece, 1, sizeof(piece), file)) > 0)
        cs_buffer_add(out, piece, n);
    assert_int_equal(ferror(file), 0);
    fclose(file);
}

#endif
