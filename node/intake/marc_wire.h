/*
 * What the MARC reader, a program of its own, writes to the node: frames of type(1) length(u32, big
 * endian) data. For each record of the file: one FRAME_ORIGINAL, any number of FRAME_WARNING, then
 * FRAME_RECORD or FRAME_REFUSED. At the end FRAME_END, or FRAME_BROKEN when the rest can't be read.
 */
#ifndef INTAKE_MARC_WIRE_H
#define INTAKE_MARC_WIRE_H

#define MARC_RECORD_MAX (1u << 20) /* ISO 2709 has five digits; MARCXML can be larger */
#define MARC_FRAME_MAX (4u << 20) /* MARC-8 becomes at most three bytes in UTF-8 */
#define MARC_LEADER 24
#define MARC_FRAME_HEAD 5

enum marc_frame {
    FRAME_ORIGINAL = 'O', /* the record's bytes as they stand in the file */
    FRAME_WARNING = 'W', /* a code */
    FRAME_RECORD = 'R', /* the leader, then fields: tag[3] indicators[2] length(u32) data, in UTF-8.
                             Data of fields with subfields: 0x1F, code, value, and again */
    FRAME_REFUSED = 'E', /* a code */
    FRAME_BROKEN = 'F', /* a code */
    FRAME_END = 'Z', /* nothing */
};
#define MARC_FIELD_HEAD 9
#define MARC_SUBFIELD 0x1F

#endif
