/*
 * Words for the reasons of a refusal, and the growing buffer.
 */
#include <commonshelf/base.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Marks a text for the translators; whoever shows it looks it up in the reader's language. */
#define N_(text) (text)

struct status_words {
    const char *code;
    const char *text;
};

static const struct status_words words[] = {
    [CS_OK] = {"ok", N_("in order")},
    [CS_NO_MEMORY] = {"no_memory", N_("out of memory")},
    [CS_TOO_LARGE] = {"too_large", N_("larger than the protocol allows")},
    [CS_MALFORMED] = {"malformed", N_("not in the form the protocol prescribes")},
    [CS_NOT_UTF8] = {"not_utf8", N_("not valid UTF-8 text, or with control characters in it")},
    [CS_UNKNOWN_VERSION] = {"unknown_version", N_("of a version that this node does not speak")},
    [CS_BAD_KEY] = {"bad_key", N_("a public key that must not be used")},
    [CS_NO_SIGNATURE] = {"no_signature", N_("not signed by the key that must sign it")},
    [CS_BAD_SIGNATURE] = {"bad_signature", N_("signature does not match")},
    [CS_WRONG_ORIGIN] = {"wrong_origin", N_("speaks for another node or log than expected")},
    [CS_WRONG_HASH] = {"wrong_hash", N_("content does not have the announced hash")},
    [CS_WRONG_PROOF] = {"wrong_proof", N_("proof does not lead to the signed root")},
    [CS_WRONG_CHAIN] = {"wrong_chain", N_("does not follow the version before it")},
    [CS_EXPIRED] = {"expired", N_("no longer valid: its time is over")},
    [CS_NOT_YET] = {"not_yet", N_("not valid yet: a clock is wrong here or there")},
    [CS_BAD_DIGEST] = {"bad_digest", N_("body does not match its digest")},
    [CS_WRONG_RECIPIENT] = {"wrong_recipient", N_("addressed to another node")},
    [CS_UNKNOWN_KEY] = {"unknown_key", N_("signed by a node that is not known here")},
    [CS_BAD_MAC] = {"bad_mac", N_("the secret of the invitation was not proved")},
    [CS_BAD_JSON] = {"bad_json", N_("not the strict JSON that the protocol prescribes")},
    [CS_BAD_MEMBER] = {"bad_member", N_("a member of the record has a wrong shape or is too long")},
    [CS_CUT_OFF] = {"cut_off", N_("it ends in the middle")},
    [CS_INTERNAL] = {"internal", N_("the cryptography or compression library failed")},
};

static const struct status_words *words_of(enum cs_status status)
{
    static const struct status_words unknown = {"unknown", N_("an unknown reason")};
    size_t i = (size_t)status;

    return i < sizeof(words) / sizeof(words[0]) && words[i].code ? &words[i] : &unknown;
}

const char *cs_status_text(enum cs_status status)
{
    return words_of(status)->text;
}

const char *cs_status_code(enum cs_status status)
{
    return words_of(status)->code;
}

#define BUFFER_START 64 /* most notes' lines and headers fit without a second allocation */

static void *resize(const struct cs_allocator *alloc, void *p, size_t n)
{
    return alloc ? alloc->resize(alloc->ctx, p, n) : realloc(p, n);
}

unsigned char *cs_buffer_reserve(struct cs_buffer *b, size_t n)
{
    size_t need, room;
    unsigned char *p;

    if (b->failed)
        return NULL;
    /* One byte more than asked for: cs_buffer_text's NUL then always fits behind what was added. */
    if (n >= PTRDIFF_MAX - b->n) {
        b->failed = true;
        return NULL;
    }
    need = b->n + n + 1;
    if (need <= b->room)
        return b->p + b->n;
    room = b->room < BUFFER_START ? BUFFER_START : b->room;
    while (room < need)
        room *= 2;
    p = resize(b->alloc, b->p, room);
    if (!p) {
        b->failed = true;
        return NULL;
    }
    b->p = p;
    b->room = room;
    return b->p + b->n;
}

void cs_buffer_add(struct cs_buffer *b, const void *p, size_t n)
{
    unsigned char *to;

    if (n == 0)
        return;
    to = cs_buffer_reserve(b, n);
    if (!to)
        return;
    memcpy(to, p, n);
    b->n += n;
}

void cs_buffer_add_span(struct cs_buffer *b, struct cs_span s)
{
    cs_buffer_add(b, s.p, s.n);
}

void cs_buffer_add_text(struct cs_buffer *b, const char *s)
{
    cs_buffer_add(b, s, strlen(s));
}

void cs_buffer_add_byte(struct cs_buffer *b, unsigned char c)
{
    cs_buffer_add(b, &c, 1);
}

void cs_buffer_printf(struct cs_buffer *b, const char *format, ...)
{
    va_list list;
    int length;

    /* Twice at most: vsnprintf tells the length when the first room was too small for it. */
    for (size_t room = BUFFER_START;; room = (size_t)length) {
        unsigned char *to = cs_buffer_reserve(b, room);

        if (!to)
            return;
        va_start(list, format);
        length = vsnprintf((char *)to, room + 1, format, list);
        va_end(list);
        if (length < 0) {
            b->failed = true;
            return;
        }
        if ((size_t)length <= room) {
            b->n += (size_t)length;
            return;
        }
    }
}

const char *cs_buffer_text(struct cs_buffer *b)
{
    unsigned char *end = cs_buffer_reserve(b, 0);

    if (!end)
        return NULL;
    *end = 0;
    return (const char *)b->p;
}

void cs_buffer_reset(struct cs_buffer *b)
{
    b->n = 0;
    b->failed = false;
}

void cs_buffer_free(struct cs_buffer *b)
{
    if (b->p) {
        if (b->alloc)
            b->alloc->release(b->alloc->ctx, b->p);
        else
            free(b->p);
    }
    b->p = NULL;
    b->room = 0;
    cs_buffer_reset(b);
}
