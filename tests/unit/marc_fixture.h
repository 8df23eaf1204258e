/*
 * Records of ISO 2709 made for a test.
 */
#ifndef TESTS_MARC_FIXTURE_H
#define TESTS_MARC_FIXTURE_H

#include "tests/unit/intake_fixture.h"

/* Appends a record: `leader` gives its positions 5 to 9 and 17 to 19, `fields` are tag and data in turn,
 * with a NULL behind them. */
static inline void add_record(struct cs_buffer *out, const char *leader, const char *const *fields)
{
    char directory[2000] = "";
    struct cs_buffer data = CS_BUFFER_INIT;
    size_t at, length;

    for (; *fields; fields += 2) {
        at = data.n;
        cs_buffer_add_text(&data, fields[1]);
        cs_buffer_add_byte(&data, 0x1E);
        sprintf(directory + strlen(directory), "%s%04zu%05zu", fields[0], data.n - at, at);
    }
    length = 24 + strlen(directory) + 1 + data.n + 1;
    cs_buffer_printf(out, "%05zu%.5s22%05zu%.3s4500%s\x1E", length, leader + 5,
                     24 + strlen(directory) + 1, leader + 17, directory);
    cs_buffer_add_span(out, cs_buffer_span(&data));
    cs_buffer_add_byte(out, 0x1D);
    cs_buffer_free(&data);
}

#define BOOK "00000nam a2200000 a 4500"
#define BOOK8 "00000nam  2200000 a 4500"
#define SUB(code) "\x1F" code

static inline struct outcome run_record(const char *leader, const char *const *fields)
{
    struct cs_buffer b = CS_BUFFER_INIT;
    struct outcome o;

    add_record(&b, leader, fields);
    o = run_bytes(b.p, b.n, NULL);
    cs_buffer_free(&b);
    return o;
}

#endif
