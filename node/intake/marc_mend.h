/*
 * Records of ISO 2709 as they are found: with lengths counted in characters, with an address that is
 * off by the bytes an editor added. Makes the numbers fit the bytes; knows no fields. Called by the
 * MARC reader before libyaz sees a record.
 */
#ifndef INTAKE_MARC_MEND_H
#define INTAKE_MARC_MEND_H

#include <stddef.h>

/*
 * Copies the n bytes of a record without its terminator to `out` (room for n + 1 bytes and 18 more for
 * each 12 of its directory: twice MARC_RECORD_MAX is enough), with length, base address and directory
 * made true and the terminator put behind. Entries whose offsets don't fit are matched to the
 * terminated fields in their order. The new length, or 0 with *code set to "bad_directory" or
 * "record_too_large".
 */
size_t mend_iso2709(const unsigned char *record, size_t n, unsigned char *out, const char **code);

#endif
