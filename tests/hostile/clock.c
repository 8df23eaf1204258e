/*
 * A machine with a wrong clock: loaded before the C library, it adds the number of seconds that stands in the
 * file $CLOCK_FILE to what the clock says, read anew each time, so that the clock can be set while it runs.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static int file = -1;
static long ahead;
static int (*real)(clockid_t, struct timespec *);

static long seconds(void)
{
    char text[32];
    ssize_t n = file < 0 ? 0 : pread(file, text, sizeof text - 1, 0);

    /* empty while it is being written */
    if (n > 0) {
        text[n] = '\0';
        ahead = strtol(text, NULL, 10);
    }
    return ahead;
}

__attribute__((visibility("default"))) int clock_gettime(clockid_t which, struct timespec *t)
{
    int rc;

    if (!real) {
        void *found = dlsym(RTLD_NEXT, "clock_gettime");
        const char *name = getenv("CLOCK_FILE");

        *(void **)&real = found;
        if (name)
            file = open(name, O_RDONLY | O_CLOEXEC);
    }
    rc = real(which, t);
    if (rc == 0 && which == CLOCK_REALTIME)
        t->tv_sec += seconds();
    return rc;
}
