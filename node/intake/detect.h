/*
 * Which format a file has, from its first bytes.
 */
#ifndef INTAKE_DETECT_H
#define INTAKE_DETECT_H

#include "support/support.h"

enum format { FORMAT_TABLE, FORMAT_MARC, FORMAT_MARCXML };

/* "unknown_format", "not_supported" with a sentence on what to save the file as. */
CS_MUST_USE int detect_format(struct cs_span sample, const char *filename, enum format *format,
                              struct problem *why);

#endif
