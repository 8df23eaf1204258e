/*
 * commonshelf-read-marc: reads a MARC file on descriptor 0 and writes frames to descriptor 1. It needs
 * nothing else, so it gives up everything else before it looks at the first byte.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "intake/marc_reader.h"

#define MEMORY_MAX (512u << 20) /* a record of 1 MiB as a tree, many times over */
#define CPU_SECONDS_MAX 3600 /* some ten million records */
#define DESCRIPTORS_MAX 16 /* iconv may open its tables */

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif

static int limit(enum __rlimit_resource what, rlim_t value)
{
    struct rlimit l = {value, value};

    return setrlimit(what, &l);
}

static int give_up_privileges(void)
{
    int failed = 0;

    failed |= close_range(3, ~0u, 0) != 0;
    failed |= prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0;
    failed |= prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0;
    failed |= limit(RLIMIT_CORE, 0) != 0;
    failed |= limit(RLIMIT_FSIZE, 0) != 0;
    failed |= limit(RLIMIT_CPU, CPU_SECONDS_MAX) != 0;
    failed |= limit(RLIMIT_NOFILE, DESCRIPTORS_MAX) != 0;
#ifndef SANITIZED /* its shadow memory alone is larger */
    failed |= limit(RLIMIT_AS, MEMORY_MAX) != 0;
#endif
    return failed ? -1 : 0;
}

int main(int argc, char **argv)
{
    if (argc != 2 || (strcmp(argv[1], "marc") != 0 && strcmp(argv[1], "marcxml") != 0)) {
        fputs("commonshelf-read-marc: called by commonshelf import, not by people\n", stderr);
        return 2;
    }
    if (give_up_privileges()) {
        emit_code(FRAME_BROKEN, "no_limits");
        emit_flush();
        return 1;
    }
    if (strcmp(argv[1], "marc") == 0)
        read_iso2709(STDIN_FILENO);
    else
        read_marcxml(STDIN_FILENO);
    emit_flush();
    return 0;
}
