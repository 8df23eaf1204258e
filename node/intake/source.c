#include "intake/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <commonshelf/encode.h>

#include "intake/intake.h"

#define CHUNK (128u << 10)

ssize_t source_bytes(const struct source *s, void *p, size_t n, uint64_t offset)
{
    size_t done = 0;
    ssize_t r;

    while (done < n) {
        r = pread(s->fd, (unsigned char *)p + done, n - done, (off_t)(offset + done));
        if (r < 0 && errno == EINTR)
            continue;
        if (r < 0)
            return -1;
        if (r == 0)
            break;
        done += (size_t)r;
    }
    return (ssize_t)done;
}

/* A file without a name, gone with its descriptor: nothing to recover, so not by support/file. */
static int temporary_file(void)
{
    const char *directory = getenv("TMPDIR");
    char name[FILE_PATH_MAX];
    int fd;

    if (!directory || *directory != '/')
        directory = "/tmp";
    fd = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);
    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR))
        return fd;
    if (file_join(name, directory, "commonshelf-XXXXXX"))
        return -1;
    fd = mkostemp(name, O_CLOEXEC);
    if (fd >= 0)
        unlink(name);
    return fd;
}

static int write_all(int fd, const unsigned char *p, size_t n)
{
    ssize_t w;

    while (n > 0) {
        w = write(fd, p, n);
        if (w < 0 && errno == EINTR)
            continue;
        if (w < 0)
            return -1;
        p += w;
        n -= (size_t)w;
    }
    return 0;
}

static int spool(struct source *s, int fd, const char *filename, struct problem *why)
{
    ssize_t n;

    s->spool = temporary_file();
    if (s->spool < 0)
        return problem_errno(why, errno, FILE_CREATE, _("a temporary file"));
    for (;;) {
        n = read(fd, s->raw, CHUNK);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return problem_errno(why, errno, FILE_READ, filename);
        if (n == 0)
            break;
        s->size += (uint64_t)n;
        if (s->size > INTAKE_PIPE_MAX)
            return problem_set(why, "too_large",
                               _("%s gave more than 2 GiB through a pipe. Nothing was imported. "
                                 "Save it as a file and import that."),
                               filename);
        if (write_all(s->spool, s->raw, (size_t)n))
            return problem_errno(why, errno, FILE_WRITE, _("a temporary file"));
    }
    s->fd = s->spool;
    return 0;
}

int source_open(struct source *s, int fd, const char *filename, struct problem *why)
{
    struct stat st;

    *s = (struct source){.fd = fd, .spool = -1};
    s->raw = memory_resize(NULL, CHUNK);
    if (!s->raw)
        return problem_no_memory(why);
    if (fstat(fd, &st) != 0)
        return problem_errno(why, errno, FILE_READ, filename);
    if (S_ISDIR(st.st_mode))
        return problem_errno(why, EISDIR, FILE_READ, filename);
    if (S_ISREG(st.st_mode))
        s->size = (uint64_t)st.st_size;
    else if (spool(s, fd, filename, why))
        return -1;
    if (s->size == 0)
        return problem_set(why, "empty_file", _("%s is empty. Nothing was imported."), filename);
    return 0;
}

void source_close(struct source *s)
{
    if (s->spool >= 0)
        close(s->spool);
    memory_free(s->raw);
    *s = (struct source){.fd = -1, .spool = -1};
}

/* ---- encodings */

/* The length of the UTF-8 character at p: 0 if it is none, -1 if n ends before it can be said. */
static int character(const unsigned char *p, size_t n)
{
    size_t length = p[0] < 0x80 ? 1 : p[0] < 0xC2 ? 0 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
    size_t i;

    if (length == 0 || p[0] > 0xF4)
        return 0;
    for (i = 1; i < length && i < n; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return 0;
        if (i == 1 && ((p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F) ||
                       (p[0] == 0xF0 && p[1] < 0x90) || (p[0] == 0xF4 && p[1] > 0x8F)))
            return 0;
    }
    return i < length ? -1 : (int)length;
}

/* The bytes at p that are below 0x80. */
static size_t ascii_run(const unsigned char *p, size_t n)
{
    size_t i = 0;
    uint64_t word;

    for (; n - i >= sizeof word; i += sizeof word) {
        memcpy(&word, p + i, sizeof word);
        if (word & UINT64_C(0x8080808080808080))
            break;
    }
    while (i < n && p[i] < 0x80)
        i++;
    return i;
}

static uint64_t count_lines(const unsigned char *p, size_t n)
{
    uint64_t lines = 0;
    const unsigned char *end = p + n;

    while (p < end && (p = memchr(p, '\n', (size_t)(end - p)))) {
        lines++;
        p++;
    }
    return lines;
}

struct survey {
    uint64_t good, bad; /* characters beyond ASCII, bytes that belong to none */
    uint64_t lines; /* line ends before the first bad byte */
};

/* Counts in p; the bytes left over at the end, which may be half a character. */
static size_t survey_chunk(struct survey *v, const unsigned char *p, size_t n, bool last)
{
    size_t i = 0, counted = 0;
    int length;

    while ((i += ascii_run(p + i, n - i)) < n) {
        length = character(p + i, n - i);
        if (length < 0 && !last)
            break;
        if (length > 0) {
            v->good++;
            i += (size_t)length;
            continue;
        }
        if (v->bad++ == 0)
            v->lines += count_lines(p, i);
        i++;
    }
    counted = v->bad ? 0 : count_lines(p, i);
    v->lines += counted;
    return n - i;
}

static int survey(struct source *s, struct survey *v, const char *filename, struct problem *why)
{
    uint64_t at = s->bom;
    size_t left = 0;
    ssize_t n;

    *v = (struct survey){0};
    for (;;) {
        n = source_bytes(s, s->raw + left, CHUNK - left, at);
        if (n < 0)
            return problem_errno(why, errno, FILE_READ, filename);
        at += (uint64_t)n;
        n += (ssize_t)left;
        if (n == 0)
            return 0;
        left = survey_chunk(v, s->raw, (size_t)n, (size_t)n < CHUNK);
        if ((size_t)n < CHUNK)
            return 0;
        memmove(s->raw, s->raw + n - left, left);
    }
}

int source_detect_encoding(struct source *s, const char *filename, struct problem *why)
{
    unsigned char head[3] = {0};
    struct survey v;
    ssize_t n = source_bytes(s, head, sizeof head, 0);

    if (n < 0)
        return problem_errno(why, errno, FILE_READ, filename);
    s->bom = 0;
    if (n >= 2 && head[0] == 0xFF && head[1] == 0xFE)
        s->encoding = ENCODING_UTF16LE, s->bom = 2;
    else if (n >= 2 && head[0] == 0xFE && head[1] == 0xFF)
        s->encoding = ENCODING_UTF16BE, s->bom = 2;
    else if (n == 3 && memcmp(head, "\xEF\xBB\xBF", 3) == 0)
        s->bom = 3;
    if (s->bom == 2) {
        source_rewind(s);
        return 0;
    }
    if (survey(s, &v, filename, why))
        return -1;
    s->encoding = v.bad == 0                       ? ENCODING_UTF8
                  : s->bom == 3 || v.good >= v.bad ? ENCODING_UTF8_MIXED
                                                   : ENCODING_WINDOWS1252;
    s->bad_line = v.bad ? v.lines + 1 : 0;
    source_rewind(s);
    return 0;
}

void source_rewind(struct source *s)
{
    s->at = s->bom;
    s->raw_n = 0;
}

/* ---- to UTF-8 */

static size_t put_character(unsigned char *p, uint32_t c)
{
    if (c < 0x80) {
        p[0] = (unsigned char)c;
        return 1;
    }
    if (c < 0x800) {
        p[0] = (unsigned char)(0xC0 | c >> 6);
        p[1] = (unsigned char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        p[0] = (unsigned char)(0xE0 | c >> 12);
        p[1] = (unsigned char)(0x80 | (c >> 6 & 0x3F));
        p[2] = (unsigned char)(0x80 | (c & 0x3F));
        return 3;
    }
    p[0] = (unsigned char)(0xF0 | c >> 18);
    p[1] = (unsigned char)(0x80 | (c >> 12 & 0x3F));
    p[2] = (unsigned char)(0x80 | (c >> 6 & 0x3F));
    p[3] = (unsigned char)(0x80 | (c & 0x3F));
    return 4;
}

/* Windows-1252 above 0x7F, as the WHATWG encoding standard has it; its five holes are U+FFFD. */
static uint32_t windows1252(unsigned char c)
{
    static const uint16_t high[32] = {
        0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
        0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
        0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178};

    return c >= 0x80 && c < 0xA0 ? high[c - 0x80] : c;
}

static uint32_t unit16(const struct source *s, const unsigned char *p)
{
    return s->encoding == ENCODING_UTF16LE ? (uint32_t)p[0] | (uint32_t)p[1] << 8
                                           : (uint32_t)p[1] | (uint32_t)p[0] << 8;
}

/* Reads one character off p; how many bytes it took, 0 if more are needed. */
static size_t decode16(const struct source *s, const unsigned char *p, size_t n, bool last,
                       uint32_t *c)
{
    uint32_t low;

    if (n < 2) {
        *c = 0xFFFD;
        return last ? n : 0;
    }
    *c = unit16(s, p);
    if (*c < 0xD800 || *c > 0xDFFF)
        return 2;
    if (*c < 0xDC00 && n < 4 && !last)
        return 0;
    low = *c < 0xDC00 && n >= 4 ? unit16(s, p + 2) : 0;
    if (low < 0xDC00 || low > 0xDFFF) {
        *c = 0xFFFD;
        return 2;
    }
    *c = 0x10000 + ((*c - 0xD800) << 10) + (low - 0xDC00);
    return 4;
}

static size_t decode8(const struct source *s, const unsigned char *p, size_t n, bool last,
                      unsigned char *out, size_t *written)
{
    int length = s->encoding == ENCODING_WINDOWS1252 ? 0 : character(p, n);

    if (length < 0 && !last)
        return 0;
    if (length > 0) {
        memcpy(out, p, (size_t)length);
        *written = (size_t)length;
        return (size_t)length;
    }
    *written = put_character(out, windows1252(p[0]));
    return 1;
}

/* Decodes what stands in raw; how many of its bytes were used. */
static size_t decode(struct source *s, bool last, unsigned char *p, size_t n, size_t *written)
{
    size_t i = 0, used, w, run;
    uint32_t c;

    *written = 0;
    while (i < s->raw_n && n - *written >= 4) {
        if (s->encoding == ENCODING_UTF16LE || s->encoding == ENCODING_UTF16BE) {
            used = decode16(s, s->raw + i, s->raw_n - i, last, &c);
            w = used ? put_character(p + *written, c) : 0;
        } else {
            run = s->raw_n - i < n - *written ? s->raw_n - i : n - *written;
            run = ascii_run(s->raw + i, run);
            memcpy(p + *written, s->raw + i, run);
            i += run;
            *written += run;
            if (i == s->raw_n || n - *written < 4)
                break;
            used = decode8(s, s->raw + i, s->raw_n - i, last, p + *written, &w);
        }
        if (used == 0)
            break;
        i += used;
        *written += w;
    }
    return i;
}

ssize_t source_text(void *source, unsigned char *p, size_t n)
{
    struct source *s = source;
    size_t written = 0, used;
    ssize_t r;

    do {
        r = source_bytes(s, s->raw + s->raw_n, CHUNK - s->raw_n, s->at);
        if (r < 0)
            return -1;
        s->at += (uint64_t)r;
        s->raw_n += (size_t)r;
        if (s->raw_n == 0)
            return 0;
        used = decode(s, s->raw_n < CHUNK, p, n, &written);
        s->raw_n -= used;
        memmove(s->raw, s->raw + used, s->raw_n);
    } while (written == 0 && used > 0);
    return (ssize_t)written;
}
