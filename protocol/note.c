/*
 * Parsing, verifying and writing C2SP signed notes.
 */
#include <commonshelf/note.h>

#include "protocol/text.h"

#include <commonshelf/encode.h>

#define KEY_ID 4
#define TIME 8
#define SIGNATURE_PREFIX "\xe2\x80\x94 " /* an em dash and a space */

#define STORE sizeof(((struct cs_note *)0)->store[0])
#define PIECE 60 /* bytes that 80 digits of base64 stand for, without padding */

/* The white space of Unicode beyond ASCII, in UTF-8: property White_Space. */
static const char *const wide_spaces[] = {
    "\xc2\x85",     "\xc2\xa0",     "\xe1\x9a\x80", "\xe2\x80\x80", "\xe2\x80\x81",
    "\xe2\x80\x82", "\xe2\x80\x83", "\xe2\x80\x84", "\xe2\x80\x85", "\xe2\x80\x86",
    "\xe2\x80\x87", "\xe2\x80\x88", "\xe2\x80\x89", "\xe2\x80\x8a", "\xe2\x80\xa8",
    "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80",
};

static bool starts_with(struct cs_span text, const char *prefix)
{
    size_t n = strlen(prefix);

    return text.n >= n && memcmp(text.p, prefix, n) == 0;
}

static bool has_space(struct cs_span text)
{
    for (; text.n > 0; text.p++, text.n--) {
        if (*text.p == ' ' || (*text.p >= '\t' && *text.p <= '\r'))
            return true;
        if (*text.p < 0x80)
            continue;
        for (size_t i = 0; i < sizeof(wide_spaces) / sizeof(wide_spaces[0]); i++) {
            if (starts_with(text, wide_spaces[i]))
                return true;
        }
    }
    return false;
}

bool cs_note_name_valid(struct cs_span name)
{
    return name.n > 0 && name.n <= CS_NOTE_NAME_MAX && cs_text_valid(name) && !has_space(name) &&
           !memchr(name.p, '+', name.n);
}

bool cs_note_line(struct cs_span *rest, struct cs_span *line)
{
    const unsigned char *end;
    size_t taken;

    if (rest->n == 0)
        return false;
    end = memchr(rest->p, '\n', rest->n);
    line->p = rest->p;
    line->n = end ? (size_t)(end - rest->p) : rest->n;
    taken = end ? line->n + 1 : line->n;
    rest->p += taken;
    rest->n -= taken;
    return true;
}

bool cs_note_field(struct cs_span line, struct cs_span *word, struct cs_span *value)
{
    const unsigned char *space = line.n > 0 ? memchr(line.p, ' ', line.n) : NULL;
    size_t at;

    if (!space)
        return false;
    at = (size_t)(space - line.p);
    *word = cs_span_make(line.p, at);
    *value = cs_span_make(space + 1, line.n - at - 1);
    return word->n > 0 && value->n > 0;
}

/* Checks the form of base64 for n bytes, more than the store holds, piece by piece. */
static enum cs_status skip_long_signature(struct cs_span text, size_t n, unsigned char store[STORE])
{
    while (n > 0) {
        size_t piece = n < PIECE ? n : PIECE;
        size_t digits = CS_BASE64_LEN(piece);

        if (cs_base64_read(cs_span_make(text.p, digits), store, piece))
            return CS_MALFORMED;
        text.p += digits;
        n -= piece;
    }
    return CS_OK;
}

/* Decodes "key ID ‖ signature". */
static enum cs_status read_signature(struct cs_span text, unsigned char store[STORE],
                                     struct cs_note_signature *out)
{
    unsigned char head[6];
    size_t n = text.n / 4 * 3;

    if (text.n < CS_BASE64_LEN(KEY_ID + 1) || text.n % 4 != 0)
        return CS_MALFORMED;
    n -= text.p[text.n - 1] != '=' ? 0 : text.p[text.n - 2] != '=' ? 1 : 2;
    if (n <= KEY_ID)
        return CS_MALFORMED;
    if (n > STORE) {
        if (cs_base64_read(cs_span_make(text.p, 8), head, sizeof(head)))
            return CS_MALFORMED;
        memcpy(out->key_id, head, KEY_ID);
        out->bytes = cs_span_make(NULL, 0);
        return skip_long_signature(text, n, store);
    }
    if (cs_base64_read(text, store, n))
        return CS_MALFORMED;
    memcpy(out->key_id, store, KEY_ID);
    out->bytes = cs_span_make(store + KEY_ID, n - KEY_ID);
    return CS_OK;
}

static enum cs_status read_signature_line(struct cs_span line, struct cs_note *out)
{
    struct cs_note_signature *signature;
    struct cs_span encoded;
    enum cs_status status;

    if (out->signatures == CS_NOTE_SIGNATURES_MAX || !starts_with(line, SIGNATURE_PREFIX))
        return CS_MALFORMED;
    signature = &out->signature[out->signatures];
    line.p += strlen(SIGNATURE_PREFIX);
    line.n -= strlen(SIGNATURE_PREFIX);
    if (!cs_note_field(line, &signature->name, &encoded) || !cs_note_name_valid(signature->name))
        return CS_MALFORMED;
    status = read_signature(encoded, out->store[out->signatures], signature);
    if (status == CS_OK)
        out->signatures++;
    return status;
}

/* The text ends at the last empty line: a text may hold empty lines, the signatures can't. */
static bool split(struct cs_span bytes, struct cs_span *text, struct cs_span *signatures)
{
    for (size_t i = bytes.n; i-- > 1;) {
        if (bytes.p[i] == '\n' && bytes.p[i - 1] == '\n') {
            *text = cs_span_make(bytes.p, i);
            *signatures = cs_span_make(bytes.p + i + 1, bytes.n - i - 1);
            return true;
        }
    }
    return false;
}

enum cs_status cs_note_parse(struct cs_span bytes, size_t max, struct cs_note *out)
{
    struct cs_span rest, line;

    out->signatures = 0;
    if (bytes.n > max)
        return CS_TOO_LARGE;
    if (!cs_text_valid(bytes))
        return CS_NOT_UTF8;
    if (!split(bytes, &out->text, &rest) || rest.n == 0 || bytes.p[bytes.n - 1] != '\n')
        return CS_MALFORMED;
    while (cs_note_line(&rest, &line)) {
        enum cs_status status = read_signature_line(line, out);

        if (status)
            return status;
    }
    return CS_OK;
}

void cs_note_key_id(const struct cs_note_key *key, unsigned char out[4])
{
    unsigned char type[2] = {'\n', (unsigned char)key->type};
    struct cs_span parts[] = {key->name, cs_span_make(type, sizeof(type)),
                              cs_span_make(key->key.b, sizeof(key->key.b))};
    struct cs_hash hash;

    cs_sha256_many(parts, sizeof(parts) / sizeof(parts[0]), &hash);
    memcpy(out, hash.b, KEY_ID);
}

void cs_note_message(enum cs_note_type type, struct cs_span text, uint64_t time,
                     struct cs_buffer *out)
{
    if (type == CS_NOTE_COSIGNATURE)
        cs_buffer_printf(out, "cosignature/v1\ntime %llu\n", (unsigned long long)time);
    cs_buffer_add_span(out, text);
}

static void put_time(uint64_t time, unsigned char out[TIME])
{
    for (size_t i = 0; i < TIME; i++)
        out[i] = (unsigned char)(time >> (56 - 8 * i));
}

static uint64_t get_time(const unsigned char in[TIME])
{
    uint64_t time = 0;

    for (size_t i = 0; i < TIME; i++)
        time = time << 8 | in[i];
    return time;
}

/* Verifies one signature that names the key. */
static enum cs_status verify_one(struct cs_span text, const struct cs_note_key *key,
                                 struct cs_span bytes, uint64_t *time)
{
    struct cs_buffer message = CS_BUFFER_INIT;
    enum cs_status status;

    *time = 0;
    if (key->type == CS_NOTE_ED25519) {
        if (bytes.n != CS_SIGNATURE)
            return CS_BAD_SIGNATURE;
        return cs_key_verify(&key->key, text, bytes.p);
    }
    if (bytes.n != TIME + CS_SIGNATURE)
        return CS_BAD_SIGNATURE;
    *time = get_time(bytes.p);
    if (*time > CS_TIME_MAX)
        return CS_BAD_SIGNATURE;
    cs_note_message(key->type, text, *time, &message);
    status = cs_buffer_status(&message);
    if (status == CS_OK)
        status = cs_key_verify(&key->key, cs_buffer_span(&message), bytes.p + TIME);
    cs_buffer_free(&message);
    return status;
}

enum cs_status cs_note_verify(const struct cs_note *note, const struct cs_note_key *key,
                              uint64_t *time)
{
    enum cs_status found = CS_NO_SIGNATURE;
    unsigned char key_id[KEY_ID];
    uint64_t latest = 0;

    if (time)
        *time = 0;
    cs_note_key_id(key, key_id);
    for (size_t i = 0; i < note->signatures; i++) {
        const struct cs_note_signature *signature = &note->signature[i];
        enum cs_status status;
        uint64_t when;

        if (!cs_span_equal(signature->name, key->name) ||
            memcmp(signature->key_id, key_id, KEY_ID) != 0)
            continue;
        status = verify_one(note->text, key, signature->bytes, &when);
        if (status)
            return status;
        found = CS_OK;
        if (when > latest)
            latest = when;
    }
    if (time)
        *time = latest;
    return found;
}

void cs_note_begin(struct cs_buffer *out, struct cs_span text)
{
    cs_buffer_add_span(out, text);
    cs_buffer_add_byte(out, '\n');
}

void cs_note_add_signature(struct cs_buffer *out, const struct cs_note_key *key, uint64_t time,
                           const unsigned char signature[CS_SIGNATURE])
{
    unsigned char bytes[KEY_ID + TIME + CS_SIGNATURE];
    size_t n = KEY_ID;

    cs_note_key_id(key, bytes);
    if (key->type == CS_NOTE_COSIGNATURE) {
        put_time(time, bytes + n);
        n += TIME;
    }
    memcpy(bytes + n, signature, CS_SIGNATURE);
    n += CS_SIGNATURE;
    cs_buffer_add_text(out, SIGNATURE_PREFIX);
    cs_buffer_add_span(out, key->name);
    cs_buffer_add_byte(out, ' ');
    cs_base64_add(out, cs_span_make(bytes, n));
    cs_buffer_add_byte(out, '\n');
}

#define LINE_MARK 4 /* an em dash and a space stand before the name */

/* The line that a signature was parsed from, with its LF; notes end with LF. */
static struct cs_span line_of(const struct cs_note_signature *signature, struct cs_span note)
{
    const unsigned char *start = signature->name.p - LINE_MARK;
    size_t room = note.n - (size_t)(start - note.p);
    const unsigned char *end = memchr(start, '\n', room);

    return cs_span_make(start, (size_t)(end - start) + 1);
}

static bool same_key(const struct cs_note_signature *a, const struct cs_note_signature *b)
{
    return cs_span_equal(a->name, b->name) && memcmp(a->key_id, b->key_id, 4) == 0;
}

enum cs_status cs_note_put_line(struct cs_span note, size_t max, struct cs_span line,
                                struct cs_buffer *out)
{
    struct cs_buffer alone = {.alloc = out->alloc};
    struct cs_note parsed, added;
    enum cs_status status;
    size_t kept = 0;

    status = cs_note_parse(note, max, &parsed);
    if (status)
        return status;
    cs_note_begin(&alone, parsed.text);
    cs_buffer_add_span(&alone, line);
    status = cs_buffer_status(&alone);
    if (status == CS_OK)
        status = cs_note_parse(cs_buffer_span(&alone), max, &added);
    /* An empty line in it would make what stands before that, signatures too, part of the text. */
    if (status == CS_OK && (added.signatures != 1 || !cs_span_equal(added.text, parsed.text)))
        status = CS_MALFORMED;
    if (status == CS_OK) {
        cs_note_begin(out, parsed.text);
        for (size_t i = 0; i < parsed.signatures && kept < CS_NOTE_SIGNATURES_MAX - 1; i++)
            if (!same_key(&parsed.signature[i], &added.signature[0])) {
                cs_buffer_add_span(out, line_of(&parsed.signature[i], note));
                kept++;
            }
        cs_buffer_add_span(out, line);
        status = cs_buffer_status(out);
    }
    cs_buffer_free(&alone);
    return status;
}
