#include "command/root_file.h"

#include <errno.h>
#include <unistd.h>

int root_file_read(const struct call_file *file, unsigned char seed[CS_KEY_SEED],
                   struct cs_node_id *node, struct problem *why)
{
    unsigned char *text = memory_new(ROOT_PAGE_MAX + 1);
    size_t n = 0;
    ssize_t got = 1;
    int rc = -1;

    if (!text)
        return problem_no_memory(why);
    while (n <= ROOT_PAGE_MAX && got != 0) {
        got = read(file->fd, text + n, ROOT_PAGE_MAX + 1 - n);
        if (got < 0 && errno != EINTR) {
            problem_errno(why, errno, FILE_READ, file->name);
            goto out;
        }
        n += got > 0 ? (size_t)got : 0;
    }
    rc = root_page_read(cs_span_make(text, n), seed, node, why);
out:
    explicit_bzero(text, ROOT_PAGE_MAX + 1);
    memory_free(text);
    return rc;
}

int root_file_page(const struct call *call, const struct call_file *file,
                   const unsigned char seed[CS_KEY_SEED], const struct cs_node_id *node,
                   const char *name, struct cs_buffer *page, struct problem *why)
{
    bool screen = (!file || root_file_is_screen(file)) && call->out->shape.colour;
    struct cs_buffer code = {.alloc = memory_allocator()};
    const char *text;
    int rc;

    root_page_write(seed, node, name, page);
    cs_buffer_add_text(page, "\n");
    root_page_code(seed, node, &code);
    text = cs_buffer_text(&code);
    rc = text ? qr_write(text, screen ? QR_FOR_SCREEN : QR_FOR_PAPER, page, why)
              : problem_no_memory(why);
    root_page_wipe(&code);
    return rc;
}

bool root_file_is_screen(const struct call_file *file)
{
    return strcmp(file->name, "-") == 0;
}

int root_file_check(const struct call_file *file, const struct call *call, struct problem *why)
{
    if (!file || !root_file_is_screen(file) || !call->out->shape.json)
        return 0;
    return problem_usage(why, "no_file", "%s",
                         _("With --json the root key is written to a file only: name one."));
}

int root_file_write(const struct call_file *file, struct cs_span text, struct problem *why)
{
    while (text.n > 0) {
        ssize_t put = write(file->fd, text.p, text.n);

        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return problem_errno(why, errno, FILE_WRITE, file->name);
        text.p += put;
        text.n -= (size_t)put;
    }
    if (fsync(file->fd) && errno != EINVAL && errno != EROFS) /* a pipe can't be synced */
        return problem_errno(why, errno, FILE_WRITE, file->name);
    return 0;
}

int root_file_keep(const struct call_file *file, const struct cs_buffer *page,
                   const unsigned char seed[CS_KEY_SEED], struct problem *why)
{
    unsigned char held[CS_KEY_SEED];
    struct problem unread = PROBLEM_INIT;
    struct cs_node_id node;
    int rc;

    if (root_file_is_screen(file))
        return 0;
    if (root_file_write(file, cs_buffer_span(page), why))
        return -1;
    if (lseek(file->fd, 0, SEEK_SET) != 0 || root_file_read(file, held, &node, &unread) ||
        memcmp(held, seed, sizeof held) != 0)
        rc =
            problem_set(why, "io",
                        _("%s could not be read back as it was written. Nothing was changed. Check "
                          "the disk or stick."),
                        file->name);
    else
        rc = 0;
    explicit_bzero(held, sizeof held);
    return rc;
}

void root_file_discard(const struct call_file *file)
{
    if (file && !root_file_is_screen(file))
        (void)!unlink(file->name);
}
