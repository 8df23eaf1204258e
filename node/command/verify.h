/*
 * What a verified file of evidence says, for programs.
 */
#ifndef COMMAND_VERIFY_H
#define COMMAND_VERIFY_H

#include <jansson.h>

#include <commonshelf/evidence.h>

/* {"kind":"fork","node":…,"origin":…,"checkpoints":[…]}. NULL: no memory. */
json_t *verify_document(const struct cs_evidence *evidence);

#endif
