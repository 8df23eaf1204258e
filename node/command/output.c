#include "command/output.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>

#include "command/document.h"

#define HELD_MAX 8192 /* standard output is handed on in pieces of about this size */
#define PIECE_MAX 32768 /* and at most this: a frame of the control socket holds it */
#define REAL_DIGITS 12 /* times and scores: what is measured is not known any better */
#define PROGRESS_EVERY_MS 100
#define ESCAPED_MAX 8 /* bytes that one byte of text may become */

void output_begin(struct output *out)
{
    out->held = (struct cs_buffer){.alloc = memory_allocator()};
    out->progress_ms = 0;
    out->progress_shown = out->lost = false;
}

static void hand_on(struct output *out, enum frame type, struct cs_span bytes)
{
    do {
        struct cs_span piece = bytes;

        if (piece.n > PIECE_MAX)
            piece.n = PIECE_MAX;
        if (!out->lost && out->take(out->arg, type, piece))
            out->lost = true;
        if (piece.n) /* nothing may be added to NULL, not even nothing */
            bytes.p += piece.n;
        bytes.n -= piece.n;
    } while (bytes.n);
}

static void flush(struct output *out)
{
    if (out->held.failed)
        out->lost = true;
    if (out->held.n)
        hand_on(out, FRAME_OUT, cs_buffer_span(&out->held));
    cs_buffer_reset(&out->held);
}

void output_end(struct output *out)
{
    output_progress_end(out);
    flush(out);
    cs_buffer_free(&out->held);
}

static const char *style(unsigned char mark)
{
    switch (mark) {
    case 1:
        return "\x1b[1m";
    case 2:
        return "\x1b[1;4m";
    case 3:
        return "\x1b[0m";
    case 4:
        return "\x1b[2m";
    default:
        return "";
    }
}

/* The length of what stands before the next line end or mark. */
static size_t plain_length(struct cs_span text)
{
    size_t n = 0;

    while (n < text.n && text.p[n] != '\n' && (text.p[n] < 1 || text.p[n] > 4))
        n++;
    return n;
}

void output_escape(struct cs_buffer *to, struct cs_span text, bool colour)
{
    while (text.n) {
        size_t n = plain_length(text);

        if (n) {
            size_t room = n * ESCAPED_MAX + 1;
            unsigned char *at = cs_buffer_reserve(to, room);

            if (!at)
                return;
            to->n += terminal_text((char *)at, room, cs_span_make(text.p, n));
        } else {
            if (*text.p == '\n')
                cs_buffer_add_byte(to, '\n');
            else if (colour)
                cs_buffer_add_text(to, style(*text.p));
            n = 1;
        }
        text.p += n;
        text.n -= n;
    }
}

void output_print_span(struct output *out, struct cs_span text)
{
    if (out->shape.json)
        return;
    output_escape(&out->held, text, out->shape.colour);
    if (out->held.n >= HELD_MAX)
        flush(out);
}

/* The formatted text in `text`, which the caller frees. */
__attribute__((format(printf, 2, 0))) static void format_text(struct cs_buffer *text,
                                                              const char *format, va_list args)
{
    va_list again;
    unsigned char *at;
    int n;

    *text = (struct cs_buffer){.alloc = memory_allocator()};
    va_copy(again, args);
    n = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (n < 0 || !(at = cs_buffer_reserve(text, (size_t)n + 1)))
        return;
    vsnprintf((char *)at, (size_t)n + 1, format, args);
    text->n = (size_t)n;
}

void output_print(struct output *out, const char *format, ...)
{
    struct cs_buffer text;
    va_list args;

    if (out->shape.json)
        return;
    va_start(args, format);
    format_text(&text, format, args);
    va_end(args);
    output_print_span(out, cs_buffer_span(&text));
    out->lost = out->lost || text.failed;
    cs_buffer_free(&text);
}

/* A line on standard error, behind all that was printed before. */
static void line(struct output *out, const char *before, struct cs_span text)
{
    struct cs_buffer shown = {.alloc = memory_allocator()};

    output_progress_end(out);
    flush(out);
    cs_buffer_add_text(&shown, before);
    output_escape(&shown, text, false);
    cs_buffer_add_byte(&shown, '\n');
    hand_on(out, FRAME_ERR, cs_buffer_span(&shown));
    cs_buffer_free(&shown);
}

void output_say(struct output *out, const char *format, ...)
{
    struct cs_buffer text;
    va_list args;

    if (out->shape.quiet)
        return;
    va_start(args, format);
    format_text(&text, format, args);
    va_end(args);
    line(out, "", cs_buffer_span(&text));
    cs_buffer_free(&text);
}

void output_warn(struct output *out, const char *format, ...)
{
    struct cs_buffer text;
    va_list args;

    va_start(args, format);
    format_text(&text, format, args);
    va_end(args);
    line(out, "", cs_buffer_span(&text));
    cs_buffer_free(&text);
}

static int add_document(struct output *out, json_t *document, struct problem *why)
{
    char *text =
        document ? json_dumps(document, JSON_COMPACT | JSON_REAL_PRECISION(REAL_DIGITS)) : NULL;

    json_decref(document);
    if (!text)
        return problem_no_memory(why);
    output_progress_end(out);
    cs_buffer_add_text(&out->held, text);
    cs_buffer_add_byte(&out->held, '\n');
    memory_free(text);
    flush(out);
    return 0;
}

int output_json(struct output *out, json_t *document, struct problem *why)
{
    if (out->shape.json || !document)
        return add_document(out, document, why);
    json_decref(document);
    return 0;
}

int output_json_line(struct output *out, json_t *document, struct problem *why)
{
    return add_document(out, document, why);
}

void output_problem(struct output *out, const struct problem *why)
{
    const char *message = why->message[0] ? why->message : _("It did not work.");
    struct problem other = PROBLEM_INIT;

    line(out, "commonshelf: ", cs_span_of(message));
    if (out->shape.verbose && why->detail[0])
        line(out, "  ", cs_span_of(why->detail));
    if (out->shape.json &&
        output_json(out,
                    json_pack("{s:{s:s,s:o}}", "error", "code", why->code ? why->code : "unknown",
                              "message", document_text(message)),
                    &other))
        out->lost = true;
}

void output_progress(struct output *out, const char *what, uint64_t done, uint64_t of)
{
    struct cs_buffer text = {.alloc = memory_allocator()}, shown = text;
    uint64_t now = clock_monotonic_ms();

    if (!out->shape.progress || out->shape.quiet ||
        (out->progress_shown && now - out->progress_ms < PROGRESS_EVERY_MS))
        return;
    flush(out);
    if (of)
        cs_buffer_printf(&text, _("%s: %" PRIu64 " of %" PRIu64), what, done, of);
    else if (done)
        cs_buffer_printf(&text, "%s: %" PRIu64, what, done);
    else
        cs_buffer_add_text(&text, what);
    output_escape(&shown, cs_buffer_span(&text), false);
    if (!shown.failed)
        hand_on(out, FRAME_PROGRESS, cs_buffer_span(&shown));
    out->progress_ms = now;
    out->progress_shown = true;
    cs_buffer_free(&text);
    cs_buffer_free(&shown);
}

void output_progress_end(struct output *out)
{
    if (!out->progress_shown)
        return;
    out->progress_shown = false;
    hand_on(out, FRAME_PROGRESS, cs_span_make(NULL, 0));
}

bool output_ask(struct output *out, const char *format, ...)
{
    struct cs_buffer text, shown = {.alloc = memory_allocator()};
    va_list args;
    bool yes = false;

    if (!out->shape.ask)
        return false;
    output_progress_end(out);
    flush(out);
    va_start(args, format);
    format_text(&text, format, args);
    va_end(args);
    output_escape(&shown, cs_buffer_span(&text), false);
    if (!shown.failed && !text.failed && !out->lost)
        yes = out->ask(out->arg, cs_buffer_span(&shown));
    cs_buffer_free(&text);
    cs_buffer_free(&shown);
    return yes;
}
