#include "intake/marc_reader.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <yaz/yaz-iconv.h>

#define OUT_ROOM (64u << 10)

static unsigned char out[OUT_ROOM];
static size_t out_n;

static void write_out(const unsigned char *p, size_t n)
{
    ssize_t w;

    while (n > 0) {
        w = write(STDOUT_FILENO, p, n);
        if (w < 0 && errno == EINTR)
            continue;
        if (w < 0)
            _exit(1);
        p += w;
        n -= (size_t)w;
    }
}

void emit_flush(void)
{
    write_out(out, out_n);
    out_n = 0;
}

static void put(const void *p, size_t n)
{
    if (n == 0)
        return;
    if (n > OUT_ROOM - out_n)
        emit_flush();
    if (n > OUT_ROOM) {
        write_out(p, n);
        return;
    }
    memcpy(out + out_n, p, n);
    out_n += n;
}

static void big_endian(unsigned char p[4], size_t n)
{
    p[0] = (unsigned char)(n >> 24);
    p[1] = (unsigned char)(n >> 16);
    p[2] = (unsigned char)(n >> 8);
    p[3] = (unsigned char)n;
}

void emit(enum marc_frame type, const void *data, size_t n)
{
    unsigned char head[MARC_FRAME_HEAD];

    head[0] = (unsigned char)type;
    big_endian(head + 1, n);
    put(head, sizeof head);
    put(data, n);
}

void emit_code(enum marc_frame type, const char *code)
{
    emit(type, code, strlen(code));
}

/* ---- a record on its way out */

static struct {
    unsigned char *p;
    size_t n, room;
    bool over; /* more than MARC_FRAME_MAX */
} frame;

static void add(const void *p, size_t n)
{
    size_t room = frame.room ? frame.room : 4096;
    unsigned char *grown;

    if (frame.over || n > MARC_FRAME_MAX - frame.n) {
        frame.over = true;
        return;
    }
    while (room < frame.n + n)
        room *= 2;
    if (room != frame.room) {
        grown = realloc(frame.p, room);
        if (!grown)
            _exit(1);
        frame.p = grown;
        frame.room = room;
    }
    if (n > 0)
        memcpy(frame.p + frame.n, p, n);
    frame.n += n;
}

/* The length of the UTF-8 character at p, 0 if there is none. */
static size_t utf8_at(const unsigned char *p, size_t n)
{
    size_t length = p[0] < 0x80 ? 1 : p[0] < 0xC2 ? 0 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4, i;

    if (p[0] > 0xF4 || length > n)
        return 0;
    for (i = 1; i < length; i++)
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    if (length > 2 && ((p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F) ||
                       (p[0] == 0xF0 && p[1] < 0x90) || (p[0] == 0xF4 && p[1] > 0x8F)))
        return 0;
    return length;
}

#define REPLACEMENT "\xEF\xBF\xBD"

/* True if it was all UTF-8. */
static bool add_utf8(const unsigned char *p, size_t n)
{
    bool good = true;
    size_t i = 0, from = 0, length;

    while (i < n) {
        length = utf8_at(p + i, n - i);
        if (length > 0) {
            i += length;
            continue;
        }
        add(p + from, i - from);
        add(REPLACEMENT, 3);
        from = ++i;
        good = false;
    }
    add(p + from, n - from);
    return good;
}

static yaz_iconv_t converter(enum charset charset)
{
    static const char *const names[CHARSETS] = {"utf-8", "marc-8", "iso5426", "iso-8859-1"};
    static yaz_iconv_t opened[CHARSETS];

    if (!opened[charset])
        opened[charset] = yaz_iconv_open("utf-8", names[charset]);
    return opened[charset];
}

/* True if every byte was of the charset. */
static bool add_converted(const unsigned char *p, size_t n, enum charset charset)
{
    yaz_iconv_t cd = converter(charset);
    char *in = (char *)(uintptr_t)p, buffer[1024], *to;
    size_t left = n, room;
    bool good = true;

    if (!cd)
        return add_utf8(p, n);
    while (left > 0) {
        to = buffer;
        room = sizeof buffer;
        if (yaz_iconv(cd, &in, &left, &to, &room) != (size_t)-1) {
            add(buffer, sizeof buffer - room);
            continue;
        }
        add(buffer, sizeof buffer - room);
        if (yaz_iconv_error(cd) == YAZ_ICONV_E2BIG)
            continue;
        add(REPLACEMENT, 3);
        good = false;
        in += left > 0;
        left -= left > 0;
    }
    /* Without input it gives out what it still holds (a letter that waited for its marks), and is
     * ready for the next field. */
    to = buffer;
    room = sizeof buffer;
    yaz_iconv(cd, NULL, NULL, &to, &room);
    add(buffer, sizeof buffer - room);
    return good;
}

static bool ascii(const unsigned char *p, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (p[i] >= 0x80 || p[i] == 0x1B)
            return false;
    return true;
}

static bool add_bytes(const unsigned char *p, size_t n, enum charset charset)
{
    if (ascii(p, n)) {
        add(p, n);
        return true;
    }
    return charset == CHARSET_UTF8 ? add_utf8(p, n) : add_converted(p, n, charset);
}

static bool is_text(const xmlNode *n)
{
    return (n->type == XML_TEXT_NODE || n->type == XML_CDATA_SECTION_NODE) && n->content;
}

/* Appends all the text below an element. */
static bool add_text(const xmlNode *element, enum charset charset)
{
    const xmlNode *n;
    bool good = true;

    for (n = element->children; n; n = n->next)
        if (is_text(n))
            good &= add_bytes(n->content, strlen((const char *)n->content), charset);
    return good;
}

/* The value of an attribute, "" if it is missing. Values of MARC's attributes are one text node. */
static const char *attribute(const xmlNode *element, const char *name)
{
    const xmlAttr *a;

    for (a = element->properties; a; a = a->next)
        if (strcmp((const char *)a->name, name) == 0 && a->children && a->children->content)
            return (const char *)a->children->content;
    return "";
}

static bool is(const xmlNode *n, const char *name)
{
    return n->type == XML_ELEMENT_NODE && strcmp((const char *)n->name, name) == 0;
}

/* Only printable ASCII has a meaning in tags, indicators and codes. */
static char plain(char c)
{
    return c > ' ' && c < 0x7F ? c : ' ';
}

/*
 * A delimiter that got into a text is no code: what was taken for one belongs to the text, and is
 * converted with it, because it can be the ESC that switches the set of letters.
 */
static bool add_continued(const xmlNode *subfield, enum charset charset)
{
    const char *start = attribute(subfield, "code");
    const xmlNode *n = subfield->children;
    const char *rest = n && is_text(n) ? (const char *)n->content : "";
    char *whole;
    bool good;

    if (asprintf(&whole, "%s%s", start, rest) < 0)
        _exit(1);
    good = add_bytes((const unsigned char *)whole, strlen(whole), charset);
    free(whole);
    return good;
}

static bool add_field(const xmlNode *field, enum charset charset)
{
    const char *tag = attribute(field, "tag");
    unsigned char head[MARC_FIELD_HEAD] = "         ", code[2] = {MARC_SUBFIELD, ' '};
    size_t start = frame.n, i;
    const xmlNode *sub;
    bool good = true;

    for (i = 0; i < 3 && tag[i]; i++)
        head[i] = (unsigned char)plain(tag[i]);
    head[3] = (unsigned char)plain(*attribute(field, "ind1"));
    head[4] = (unsigned char)plain(*attribute(field, "ind2"));
    add(head, sizeof head);
    if (is(field, "controlfield"))
        good = add_text(field, charset);
    for (sub = field->children; sub && !is(field, "controlfield"); sub = sub->next) {
        if (!is(sub, "subfield"))
            continue;
        code[1] = (unsigned char)plain(*attribute(sub, "code"));
        if (code[1] == ' ' && frame.n > start + MARC_FIELD_HEAD) {
            good &= add_continued(sub, charset);
            continue;
        }
        add(code, sizeof code);
        good &= add_text(sub, charset);
    }
    if (!frame.over)
        big_endian(frame.p + start + 5, frame.n - start - MARC_FIELD_HEAD);
    return good;
}

static void add_leader(const xmlNode *record)
{
    char leader[MARC_LEADER];
    const xmlNode *n;
    size_t i;

    memset(leader, ' ', sizeof leader);
    for (n = record->children; n; n = n->next)
        if (is(n, "leader") && n->children && n->children->content)
            for (i = 0; i < sizeof leader && n->children->content[i]; i++)
                leader[i] = plain((char)n->children->content[i]);
    add(leader, sizeof leader);
}

bool emit_record(const xmlNode *record, enum charset charset)
{
    const xmlNode *n;
    bool good = true;

    frame.n = 0;
    frame.over = false;
    add_leader(record);
    for (n = record->children; n; n = n->next)
        if (is(n, "controlfield") || is(n, "datafield"))
            good &= add_field(n, charset);
    if (frame.n == MARC_LEADER)
        return false;
    if (frame.over) {
        emit_code(FRAME_REFUSED, "record_too_large");
        return true;
    }
    if (!good)
        emit_code(FRAME_WARNING, "bad_characters");
    emit(FRAME_RECORD, frame.p, frame.n);
    return true;
}
