/*
 * The parts of the MARC reader, the program that turns ISO 2709 and MARCXML into the frames of
 * marc_wire.h. It stands alone: nothing of the node is linked into it, and the node never loads the
 * libraries it needs.
 */
#ifndef INTAKE_MARC_READER_H
#define INTAKE_MARC_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <libxml/tree.h>
#include <yaz/marcdisp.h>

#include "intake/marc_mend.h"
#include "intake/marc_wire.h"

/* ---- marc_emit.c: frames to standard output. A failed write ends the program: nobody listens. */
void emit(enum marc_frame type, const void *data, size_t n);
void emit_code(enum marc_frame type, const char *code);
void emit_flush(void);

/* How the text of a record is written. */
enum charset { CHARSET_UTF8, CHARSET_MARC8, CHARSET_ISO5426, CHARSET_LATIN1, CHARSETS };
/*
 * Writes the record in `node` (an element with leader, controlfield and datafield, of any namespace)
 * as FRAME_RECORD in UTF-8; bytes that are not of the charset become U+FFFD with a warning. False
 * when it has no fields.
 */
bool emit_record(const xmlNode *node, enum charset charset);

/* ---- marc_iso2709.c */
void read_iso2709(int fd);

/* ---- marc_xml.c */
void read_marcxml(int fd);

#endif
