/*
 * Where a command's words go. A command writes to a struct output and cannot tell whether the
 * person sits at this process's terminal or at that of a client of `serve`. Nothing that it is
 * given can move a terminal: everything but JSON is escaped on its way.
 */
#ifndef COMMAND_OUTPUT_H
#define COMMAND_OUTPUT_H

#include <stdarg.h>

#include "support/support.h"

struct json_t;

/* What travels from a command to the one who shows it. The values are the wire form on the control
 * socket, between one program and itself. */
enum frame {
    FRAME_OUT = 'o', /* bytes for standard output */
    FRAME_ERR = 'e', /* bytes for standard error */
    FRAME_PROGRESS = 'p', /* a line in place of the one before; empty: no line */
    FRAME_ASK = 'a', /* a question that takes yes or no */
    FRAME_EXIT = 'x', /* the exit status, one byte; the last frame */
    /* the other way */
    FRAME_BEGIN = 'b', /* version and shape */
    FRAME_ARGUMENT = 'g', /* a word of the command line */
    FRAME_FILE = 'f', /* a file's name; its descriptor comes with the frame */
    FRAME_GO = 'r',
    FRAME_ANSWER = 'y', /* one byte: 1 yes, 0 no */
};

/* What the person's side can show. */
struct output_shape {
    bool json, quiet, verbose;
    bool progress; /* standard error is a terminal */
    bool colour; /* standard output is one, and wants it */
    bool ask; /* questions can be answered */
    unsigned width;
};
#define OUTPUT_WIDTH_DEFAULT 80
#define OUTPUT_WIDTH_LEAST 40
#define OUTPUT_WIDTH_MOST 200 /* longer lines are hard to read */

struct output {
    struct output_shape shape;
    int (*take)(void *arg, enum frame type, struct cs_span bytes); /* -1: nobody listens any more */
    bool (*ask)(void *arg, struct cs_span question); /* false: no, or nobody there */
    void *arg;
    struct cs_buffer held; /* standard output that was not handed on yet */
    uint64_t progress_ms;
    bool progress_shown;
    bool lost; /* something could not be handed on */
};

void output_begin(struct output *out);
void output_end(struct output *out); /* hands on what is held */

/* Marks for text that is shown in another way on a terminal that can; nothing elsewhere. */
#define STYLE_STRONG "\x01"
#define STYLE_MATCH "\x02"
#define STYLE_END "\x03"
#define STYLE_FAINT "\x04"

/* A result for people, on standard output; nothing with --json. */
__attribute__((format(printf, 2, 3))) void output_print(struct output *out, const char *format,
                                                        ...);
void output_print_span(struct output *out, struct cs_span text);
/* A remark for people, on standard error, one line; nothing with --quiet. */
__attribute__((format(printf, 2, 3))) void output_say(struct output *out, const char *format, ...);
/* A warning: also with --quiet. */
__attribute__((format(printf, 2, 3))) void output_warn(struct output *out, const char *format, ...);
/* Why a command failed: on standard error, and with --json as its one document. */
void output_problem(struct output *out, const struct problem *why);
/* The one document of --json; takes the reference. NULL is reported as want of memory. Without
 * --json it is only released. */
CS_MUST_USE int output_json(struct output *out, struct json_t *document, struct problem *why);
/* One document on a line of its own, whether --json was given or not. */
CS_MUST_USE int output_json_line(struct output *out, struct json_t *document, struct problem *why);

/* What is being done, on a terminal only and at most ten times a second. `of` 0: not known. */
void output_progress(struct output *out, const char *what, uint64_t done, uint64_t of);
void output_progress_end(struct output *out);
/* Asks and waits. Only where shape.ask is true; false otherwise. */
__attribute__((format(printf, 2, 3))) bool output_ask(struct output *out, const char *format, ...);

/* Appends `text` as a terminal may be given it: marks become what `colour` says, the rest is
 * escaped, line ends stay. */
void output_escape(struct cs_buffer *to, struct cs_span text, bool colour);

#endif
