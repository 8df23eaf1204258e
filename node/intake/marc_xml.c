#include "intake/marc_reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libxml/xmlreader.h>

#define PROLOG_MAX 8192 /* comments and processing instructions of real files take hundreds */
#define DEPTH_MAX 16 /* a collection in an OAI answer in a SOAP envelope is at 7 */

struct input {
    int fd;
    size_t since; /* bytes read since the last record was done */
    bool too_large, failed;
};

static int read_some(void *arg, char *p, int n)
{
    struct input *in = arg;
    ssize_t r;

    if (in->since > MARC_RECORD_MAX) {
        in->too_large = true;
        return -1;
    }
    do
        r = read(in->fd, p, (size_t)n);
    while (r < 0 && errno == EINTR);
    in->failed |= r < 0;
    in->since += r > 0 ? (size_t)r : 0;
    return (int)r;
}

/* Errors are known from what the reader returns; nothing is printed. */
static void quiet(void *arg, xmlErrorPtr error)
{
    (void)arg;
    (void)error;
}

/* A MARC record: of its namespaces or of none, for files that forgot it; not OAI's own <record>. */
static bool is_record(xmlTextReaderPtr reader)
{
    const char *name = (const char *)xmlTextReaderConstLocalName(reader);
    const char *space = (const char *)xmlTextReaderConstNamespaceUri(reader);

    return xmlTextReaderNodeType(reader) == XML_READER_TYPE_ELEMENT &&
           strcmp(name, "record") == 0 && (!space || !strstr(space, "openarchives.org"));
}

/* Encodings in which every byte below 0x80 is what it looks like. */
static bool encoding_plain(xmlTextReaderPtr reader)
{
    const char *name = (const char *)xmlTextReaderConstEncoding(reader);

    return !name || strcasecmp(name, "UTF-8") == 0 || strcasecmp(name, "US-ASCII") == 0 ||
           strncasecmp(name, "ISO-8859-", 9) == 0 || strncasecmp(name, "windows-125", 11) == 0;
}

/* Whether a DOCTYPE stands before the first element. Asked before libxml2 sees a byte, so that what is
 * declared in it is not even read. */
static bool has_doctype(int fd)
{
    unsigned char prolog[PROLOG_MAX];
    ssize_t n = pread(fd, prolog, sizeof prolog, 0), i;

    for (i = 0; i + 1 < n; i++) {
        if (prolog[i] != '<')
            continue;
        if (n - i > 9 && memcmp(prolog + i, "<!DOCTYPE", 9) == 0)
            return true;
        if ((prolog[i + 1] | 0x20) >= 'a' && (prolog[i + 1] | 0x20) <= 'z')
            return false;
    }
    return false;
}

static bool one_record(xmlTextReaderPtr reader)
{
    xmlNode *node = xmlTextReaderExpand(reader);
    xmlChar *text;

    if (!node)
        return false;
    text = xmlTextReaderReadOuterXml(reader);
    if (!text)
        return false;
    emit(FRAME_ORIGINAL, text, strlen((const char *)text));
    xmlFree(text);
    if (!emit_record(node, CHARSET_UTF8))
        emit_code(FRAME_REFUSED, "no_fields");
    return true;
}

/* Walks the file; the code of what broke it, NULL at its end. */
static const char *walk(xmlTextReaderPtr reader, struct input *in)
{
    int rc = xmlTextReaderRead(reader);

    while (rc == 1) {
        if (xmlTextReaderNodeType(reader) == XML_READER_TYPE_DOCUMENT_TYPE)
            return "doctype";
        if (!encoding_plain(reader))
            return "bad_encoding";
        if (xmlTextReaderDepth(reader) > DEPTH_MAX)
            return "too_deep";
        if (!is_record(reader)) {
            rc = xmlTextReaderRead(reader);
            continue;
        }
        if (!one_record(reader)) {
            rc = -1;
            break;
        }
        in->since = 0;
        rc = xmlTextReaderNext(reader);
    }
    if (rc == 0)
        return NULL;
    return in->failed ? "read_failed" : in->too_large ? "record_too_large" : "bad_xml";
}

void read_marcxml(int fd)
{
    struct input in = {.fd = fd};
    xmlTextReaderPtr reader = NULL;
    const char *code = "read_failed";

    if (has_doctype(fd)) {
        emit_code(FRAME_BROKEN, "doctype");
        return;
    }
    if (lseek(fd, 0, SEEK_SET) == 0)
        reader =
            xmlReaderForIO(read_some, NULL, &in, NULL, NULL, XML_PARSE_NONET | XML_PARSE_COMPACT);
    if (reader) {
        xmlTextReaderSetStructuredErrorHandler(reader, quiet, NULL);
        code = walk(reader, &in);
    }
    if (code)
        emit_code(FRAME_BROKEN, code);
    else
        emit_code(FRAME_END, "");
    xmlFreeTextReader(reader);
    xmlCleanupParser();
}
