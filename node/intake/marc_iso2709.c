#include "intake/marc_reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RECORD_END 0x1D
#define ROOM (2 * MARC_RECORD_MAX)
#define NAMESPACE "http://www.loc.gov/MARC21/slim"

struct input {
    int fd;
    unsigned char *p; /* what was read and not yet used: [start, end) */
    size_t start, end;
    bool ended, failed;
};

static void fill(struct input *in)
{
    ssize_t r;

    memmove(in->p, in->p + in->start, in->end - in->start);
    in->end -= in->start;
    in->start = 0;
    do
        r = read(in->fd, in->p + in->end, ROOM - in->end);
    while (r < 0 && errno == EINTR);
    in->failed = r < 0;
    in->ended = r <= 0;
    in->end += r > 0 ? (size_t)r : 0;
}

/* Line ends and padding that programs write between records. */
static void skip_space(struct input *in)
{
    while (in->start < in->end && (in->p[in->start] <= ' ' && in->p[in->start] != 0x1B))
        in->start++;
}

/* Gives up on bytes until behind the next terminator. */
static void skip_record(struct input *in)
{
    unsigned char *end;

    for (;;) {
        end = memchr(in->p + in->start, RECORD_END, in->end - in->start);
        if (end) {
            in->start = (size_t)(end - in->p) + 1;
            return;
        }
        in->start = in->end;
        if (in->ended)
            return;
        fill(in);
    }
}

static bool utf8(const unsigned char *p, size_t n)
{
    size_t i = 0, k, length;

    while (i < n) {
        length = p[i] < 0x80 ? 1 : p[i] < 0xC2 ? 0 : p[i] < 0xE0 ? 2 : p[i] < 0xF0 ? 3 : 4;
        if (length == 0 || p[i] > 0xF4 || length > n - i)
            return false;
        for (k = 1; k < length; k++)
            if ((p[i + k] & 0xC0) != 0x80)
                return false;
        i += length;
    }
    return true;
}

/* Fields 200 and 100 and no 245: a UNIMARC record. Tags are read off the directory. */
static bool unimarc(const unsigned char *record, size_t n)
{
    size_t width = 3 + (size_t)(record[20] - '0') + (size_t)(record[21] - '0'), at;
    bool title = false;

    for (at = MARC_LEADER; at + width < n && record[at] != 0x1E; at += width) {
        if (memcmp(record + at, "245", 3) == 0)
            return false;
        title |= memcmp(record + at, "200", 3) == 0;
    }
    return title;
}

/* Letters that the marks of MARC-8 (E0 to FE) stand before, by mark; NULL where any may follow. */
static const char *const marked[] = {
    "aeiouyAEIOUY", /* E0 hook */
    "aeiounwyAEIOUNWY", /* E1 grave */
    "aeiouyclnrszgkmpwACEGIKLMNOPRSUWYZ", /* E2 acute */
    "aeiouyceghjswzACEGHIJOSUWYZ", /* E3 circumflex */
    "aeinouvyAEINOUVY", /* E4 tilde */
    "aeiouygAEIOUYG", /* E5 macron */
    "aegiouAEGIOU", /* E6 breve */
    "acdefghmnprstwxyzABCDEFGHIMNPRSTWXYZo", /* E7 dot above */
    "aehiotuwxyAEHIOUWXY", /* E8 umlaut */
    "acdeghijklnorstuzACDEGHIKLNORSTUZ", /* E9 hacek */
    "auwyAU", /* EA ring */
};

/*
 * Whether bytes that can't be UTF-8 are Latin-1 rather than MARC-8: its letters are read as marks
 * before letters that never have them, and some as nothing.
 */
static bool rather_latin1(const unsigned char *p, size_t n)
{
    size_t i, likely = 0, unlikely = 0;

    for (i = 0; i + 1 < n; i++) {
        if (p[i] == 0x1B)
            return false;
        if (p[i] >= 0xE0 && p[i] < 0xE0 + sizeof marked / sizeof *marked) {
            if (p[i + 1] < 0x80 && p[i + 1] && strchr(marked[p[i] - 0xE0], p[i + 1]))
                likely++;
            else if (p[i + 1] < 0xE0)
                unlikely++;
        } else if ((p[i] >= 0xC9 && p[i] < 0xE0) || (p[i] >= 0x80 && p[i] < 0xA1))
            unlikely += p[i] != 0x88 && p[i] != 0x89 && p[i] != 0x8D && p[i] != 0x8E;
    }
    return unlikely > likely;
}

/*
 * Leader position 9 is 'a' for UTF-8 and blank for MARC-8, and is often wrong. High bytes that are
 * valid UTF-8 are UTF-8: in MARC-8 and ISO 5426 marks stand before a letter below 0x80.
 */
static enum charset charset_of(const unsigned char *record, size_t n)
{
    bool said = record[9] == 'a', valid = utf8(record, n);

    if (valid)
        return memchr(record, 0x1B, n) && !said ? CHARSET_MARC8 : CHARSET_UTF8;
    if (rather_latin1(record + MARC_LEADER, n - MARC_LEADER))
        return CHARSET_LATIN1;
    if (said)
        return CHARSET_UTF8;
    return unimarc(record, n) ? CHARSET_ISO5426 : CHARSET_MARC8;
}

static void read_record(const unsigned char *record, size_t n, yaz_marc_t marc,
                        unsigned char *mended)
{
    const char *code = NULL;
    enum charset charset;
    xmlNode *tree = NULL;
    size_t length;

    emit(FRAME_ORIGINAL, record, n);
    length = mend_iso2709(record, n - 1, mended, &code);
    if (length == 0) {
        emit_code(FRAME_REFUSED, code);
        return;
    }
    charset = charset_of(mended, length);
    if (charset == CHARSET_LATIN1)
        emit_code(FRAME_WARNING, "latin1");
    if (yaz_marc_read_iso2709(marc, (const char *)mended, (int)length) < 0 ||
        yaz_marc_write_xml(marc, &tree, NAMESPACE, NULL, NULL) < 0 || !tree ||
        !emit_record(tree, charset))
        emit_code(FRAME_REFUSED, "bad_record");
    xmlFreeNode(tree);
}

void read_iso2709(int fd)
{
    struct input in = {.fd = fd, .p = malloc(ROOM)};
    unsigned char *mended = malloc(ROOM), *end;
    yaz_marc_t marc = yaz_marc_create();
    size_t n;

    if (!in.p || !mended || !marc)
        _exit(1);
    if (lseek(fd, 0, SEEK_SET) != 0)
        in.failed = true;
    for (;;) {
        skip_space(&in);
        end = memchr(in.p + in.start, RECORD_END, in.end - in.start);
        n = end ? (size_t)(end - in.p) + 1 - in.start : in.end - in.start;
        if (n > MARC_RECORD_MAX) {
            emit(FRAME_ORIGINAL, NULL, 0);
            emit_code(FRAME_REFUSED, "record_too_large");
            skip_record(&in);
        } else if (end) {
            read_record(in.p + in.start, n, marc, mended);
            in.start += n;
        } else if (!in.ended)
            fill(&in);
        else
            break;
    }
    if (in.failed)
        emit_code(FRAME_BROKEN, "read_failed");
    else {
        if (in.start < in.end) {
            emit(FRAME_ORIGINAL, in.p + in.start, in.end - in.start);
            emit_code(FRAME_REFUSED, "truncated");
        }
        emit_code(FRAME_END, "");
    }
    yaz_marc_destroy(marc);
    free(mended);
    free(in.p);
}
