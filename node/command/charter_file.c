#include "command/charter_file.h"

#include <errno.h>
#include <unistd.h>

#include "command/root_file.h"

#define FILE_MAX (64u << 20) /* a member's line has 200 bytes, and a network a charter each month */

int charter_file_read(const struct call_file *file, struct cs_buffer *notes, struct problem *why)
{
    char block[8192];
    ssize_t n;

    while ((n = read(file->fd, block, sizeof block)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return problem_errno(why, errno, FILE_READ, file->name);
        cs_buffer_add(notes, block, (size_t)n);
        if (notes->failed)
            return problem_no_memory(why);
        if (notes->n > FILE_MAX)
            return problem_set(why, "too_large",
                               _("%s is larger than any file of charters. Nothing was taken."),
                               file->name);
    }
    return 0;
}

int charter_file_write(const struct call_file *file, struct reader *r,
                       const struct charter_row *row, struct problem *why)
{
    struct cs_buffer note = {.alloc = memory_allocator()};
    bool found;
    int rc = 0;

    for (uint64_t v = 1; rc == 0 && v <= row->version; v++) {
        cs_buffer_reset(&note);
        if (store_charter_note(r, row->chid, v, &note, &found, why) ||
            root_file_write(file, cs_buffer_span(&note), why))
            rc = -1;
    }
    cs_buffer_free(&note);
    return rc;
}
