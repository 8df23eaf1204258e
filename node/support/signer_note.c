/*
 * What the signer signs, and what it refuses. Each statement is signed into a buffer of its own, read
 * back as any stranger would read it, held against what was signed before, and only then given out.
 */
#include "support/signer.h"

#include <commonshelf/chain.h>
#include <commonshelf/hello.h>
#include <commonshelf/httpsig.h>
#include <commonshelf/profile.h>
#include <commonshelf/seen.h>

#include <inttypes.h>
#include <stdio.h>

#include "support/clock.h"
#include "support/language.h"
#include "support/memory.h"
#include "support/signer_internal.h"

#define BASE_MAX 8192 /* a method, an authority, a path of at most CS_URL_MAX bytes, digests */
#define BASE_END_MAX (CS_NODE_ID_LEN + 64)

__attribute__((format(printf, 2, 3))) static int refuse(struct problem *why, const char *format,
                                                        ...)
{
    char reason[PROBLEM_DETAIL_MAX];
    va_list args;

    va_start(args, format);
    if (vsnprintf(reason, sizeof reason, format, args) < 0)
        reason[0] = '\0';
    va_end(args);
    problem_detail(why, "%s", reason);
    return problem_set(why, "refused_to_sign",
                       _("This node did not sign a statement that contradicts what it signed "
                         "before or is not well formed: %s. Nothing was changed. Run `commonshelf "
                         "doctor`, and restore the home from a backup if it finds a fault."),
                       reason);
}

static int refuse_form(struct problem *why, const char *what, enum cs_status status)
{
    if (status == CS_NO_MEMORY)
        return problem_no_memory(why);
    return refuse(why, "%s: %s", what, cs_status_text(status));
}

uint64_t signer_time(const struct signer *s, uint64_t time, struct problem *why)
{
    char now[CLOCK_TEXT], last[CLOCK_TEXT];

    if (time && time >= s->last_time)
        return time;
    if (time && s->last_time - time <= SIGNER_SLACK)
        return s->last_time;
    clock_text(time, now);
    clock_text(s->last_time, last);
    problem_set(why, "clock_behind",
                _("The clock of this machine says %s, but this node has signed something at %s. "
                  "Nothing was signed now. Set the clock right and try again."),
                now, last);
    return 0;
}

static struct signed_log *find_log(struct signer *s, const char *origin)
{
    for (size_t i = 0; i < s->logs; i++)
        if (!strcmp(s->log[i].origin, origin))
            return &s->log[i];
    return NULL;
}

/* Room for one more log, so that remembering can't fail once a signature is out. */
static int make_room(struct signer *s)
{
    size_t room = s->room ? s->room * 2 : 4;
    struct signed_log *more;

    if (s->logs < s->room)
        return 0;
    more = memory_resize(s->log, room * sizeof *more);
    if (!more)
        return -1;
    s->log = more;
    s->room = room;
    return 0;
}

static void note_log(struct signer *s, const struct cs_checkpoint *checkpoint)
{
    struct signed_log *log = find_log(s, checkpoint->origin);

    if (!log) {
        log = &s->log[s->logs++];
        memcpy(log->origin, checkpoint->origin, sizeof log->origin);
    }
    log->size = checkpoint->size;
    log->root = checkpoint->root;
}

static int check_progress(struct signer *s, const struct cs_checkpoint *next, struct problem *why)
{
    const struct signed_log *log = find_log(s, next->origin);

    if (s->forgot || (!log && make_room(s)))
        return problem_no_memory(why);
    if (!log)
        return 0;
    if (next->size < log->size)
        return refuse(why, "checkpoint of %s has %" PRIu64 " entries, one of %" PRIu64 " is signed",
                      next->origin, next->size, log->size);
    if (next->size == log->size && memcmp(next->root.b, log->root.b, CS_HASH) != 0)
        return refuse(why, "checkpoint of %s has another root than the signed one of size %" PRIu64,
                      next->origin, next->size);
    return 0;
}

static int check_version(const struct signer *s, uint64_t version, struct cs_span text,
                         struct problem *why)
{
    struct cs_hash hash;

    if (version > s->profile_version)
        return 0;
    cs_sha256(text, &hash);
    if (version == s->profile_version && !memcmp(hash.b, s->profile_text.b, CS_HASH))
        return 0;
    return refuse(why, "profile has version %" PRIu64 ", version %" PRIu64 " is signed", version,
                  s->profile_version);
}

static int sign_profile(struct signer *s, struct cs_span text, struct cs_buffer *note,
                        struct problem *why)
{
    const struct signer_state *now = s->now;
    struct cs_profile *profile = memory_new(sizeof *profile);
    enum cs_status status;
    int rc = -1;

    if (!profile)
        return problem_no_memory(why);
    cs_note_begin(note, text);
    if (signer_add_line(&now->keys, &now->keyset, &s->node, CS_ROLE_LOG, NULL, text, 0, note, why))
        goto out;
    if (note->failed) {
        problem_no_memory(why);
        goto out;
    }
    status = cs_profile_read(cs_buffer_span(note), &s->node, &now->keyset, profile);
    if (status) {
        refuse_form(why, "profile", status);
        goto out;
    }
    if (check_version(s, profile->version, text, why))
        goto out;
    s->profile_version = profile->version;
    cs_sha256(text, &s->profile_text);
    rc = 0;
out:
    memory_free(profile);
    return rc;
}

static int sign_checkpoint(struct signer *s, struct cs_span text, uint64_t time,
                           struct cs_buffer *note, struct problem *why)
{
    const struct signer_state *now = s->now;
    const unsigned char *end = text.n ? memchr(text.p, '\n', text.n) : NULL;
    size_t n = end ? (size_t)(end - text.p) : 0;
    char origin[CS_ORIGIN_MAX + 1], shelf[CS_SHELF_NAME_MAX + 1];
    struct cs_checkpoint checkpoint;
    struct cs_node_id node;
    enum cs_status status;
    uint64_t epoch;

    /* The log key's name is the origin, so that is read before anything is signed. */
    status = cs_origin_read(cs_span_make(text.p, n), &node, shelf, &epoch);
    if (status)
        return refuse_form(why, "checkpoint", status);
    if (!cs_node_id_equal(&node, &s->node))
        return refuse_form(why, "checkpoint", CS_WRONG_ORIGIN);
    memcpy(origin, text.p, n);
    origin[n] = '\0';
    cs_note_begin(note, text);
    if (signer_add_line(&now->keys, &now->keyset, &s->node, CS_ROLE_LOG, origin, text, 0, note,
                        why) ||
        signer_add_line(&now->keys, &now->keyset, &s->node, CS_ROLE_WITNESS, NULL, text, time, note,
                        why))
        return -1;
    if (note->failed)
        return problem_no_memory(why);
    status = cs_checkpoint_read(cs_buffer_span(note), origin, &s->node, &now->keyset, &checkpoint);
    if (status)
        return refuse_form(why, "checkpoint", status);
    if (check_progress(s, &checkpoint, why))
        return -1;
    note_log(s, &checkpoint);
    return 0;
}

static int sign_hello(struct signer *s, struct cs_span text, struct cs_buffer *note,
                      struct problem *why)
{
    const struct signer_state *now = s->now;
    enum cs_status status;

    cs_note_begin(note, text);
    if (signer_add_line(&now->keys, &now->keyset, &s->node, CS_ROLE_AUTH, NULL, text, 0, note, why))
        return -1;
    if (note->failed)
        return problem_no_memory(why);
    status = cs_hello_verify(cs_buffer_span(note), &s->node, &now->keyset);
    return status ? refuse_form(why, "hello", status) : 0;
}

static int sign_seen(struct signer *s, struct cs_span text, struct cs_buffer *note,
                     struct problem *why)
{
    const struct signer_state *now = s->now;
    unsigned char signature[CS_SIGNATURE];
    char name[CS_NOTE_NAME_MAX + 1];
    struct cs_note_key key;
    enum cs_status status;
    struct cs_span logs;
    uint64_t time;

    cs_seen_key(&now->keyset, &s->node, name, &key);
    cs_note_begin(note, text);
    if (signer_keys_sign(now->keys.role[CS_ROLE_WITNESS], text, signature, why))
        return -1;
    cs_note_add_signature(note, &key, 0, signature);
    if (note->failed)
        return problem_no_memory(why);
    status = cs_seen_read(cs_buffer_span(note), &s->node, &now->keyset, &time, &logs);
    return status ? refuse_form(why, "seen", status) : 0;
}

int signer_note(struct signer *s, enum statement type, struct cs_span text, uint64_t time,
                struct cs_buffer *out, struct problem *why)
{
    struct cs_buffer note = CS_BUFFER_INIT;
    int rc = -1;

    note.alloc = memory_allocator();
    /* Room before the state changes: a signature that is remembered is also given out. */
    if (!cs_buffer_reserve(out, text.n + 2048))
        return problem_no_memory(why);
    pthread_mutex_lock(&s->lock);
    if (s->hold.code && (type == STATEMENT_CHECKPOINT || type == STATEMENT_PROFILE)) {
        if (why)
            *why = s->hold;
        goto out;
    }
    time = signer_time(s, time, why);
    if (!time)
        goto out;
    switch (type) {
    case STATEMENT_PROFILE:
        rc = sign_profile(s, text, &note, why);
        break;
    case STATEMENT_CHECKPOINT:
        rc = sign_checkpoint(s, text, time, &note, why);
        break;
    case STATEMENT_HELLO:
        rc = sign_hello(s, text, &note, why);
        break;
    case STATEMENT_SEEN:
        rc = sign_seen(s, text, &note, why);
        break;
    }
    if (!rc)
        signer_signed_at(s, time);
out:
    pthread_mutex_unlock(&s->lock);
    if (!rc)
        cs_buffer_add_span(out, cs_buffer_span(&note));
    cs_buffer_free(&note);
    return rc;
}

/* The text as a note with the one cosignature, read back; `line` is where in it the signature begins. */
static int cosign(struct signer *s, struct cs_span text, uint64_t time, struct cs_buffer *note,
                  size_t *line, struct problem *why)
{
    const struct signer_state *now = s->now;
    char shelf[CS_SHELF_NAME_MAX + 1], name[CS_NOTE_NAME_MAX + 1];
    struct cs_checkpoint checkpoint;
    struct cs_note_key key;
    struct cs_node_id node;
    struct cs_note parsed;
    enum cs_status status;
    uint64_t epoch, signed_at;

    cs_note_begin(note, text);
    *line = note->n;
    if (signer_add_line(&now->keys, &now->keyset, &s->node, CS_ROLE_WITNESS, NULL, text, time, note,
                        why))
        return -1;
    if (note->failed)
        return problem_no_memory(why);
    status = cs_checkpoint_parse(cs_buffer_span(note), &checkpoint);
    if (!status)
        status = cs_note_parse(cs_buffer_span(note), CS_CHECKPOINT_MAX, &parsed);
    if (!status)
        status = cs_origin_read(cs_span_of(checkpoint.origin), &node, shelf, &epoch);
    /* An own log is signed by its log key too, as a checkpoint: never by the witness alone. */
    if (!status && cs_node_id_equal(&node, &s->node))
        status = CS_WRONG_ORIGIN;
    cs_keyset_key(&now->keyset, &s->node, CS_ROLE_WITNESS, NULL, name, &key);
    if (!status)
        status = cs_note_verify(&parsed, &key, &signed_at);
    if (status)
        return refuse_form(why, "cosignature", status);
    if (check_progress(s, &checkpoint, why))
        return -1;
    note_log(s, &checkpoint);
    return 0;
}

int signer_cosign(struct signer *s, struct cs_span text, uint64_t time, struct cs_buffer *out,
                  struct problem *why)
{
    struct cs_buffer note = CS_BUFFER_INIT;
    size_t line = 0;
    int rc = -1;

    note.alloc = memory_allocator();
    if (!cs_buffer_reserve(out, 512))
        return problem_no_memory(why);
    pthread_mutex_lock(&s->lock);
    time = signer_time(s, time, why);
    if (time && !cosign(s, text, time, &note, &line, why)) {
        signer_signed_at(s, time);
        rc = 0;
    }
    pthread_mutex_unlock(&s->lock);
    if (!rc)
        cs_buffer_add(out, note.p + line, note.n - line);
    cs_buffer_free(&note);
    return rc;
}

void signer_remember(struct signer *s, const struct cs_checkpoint *checkpoint)
{
    const struct signed_log *log;

    pthread_mutex_lock(&s->lock);
    log = find_log(s, checkpoint->origin);
    if (!log && make_room(s))
        s->forgot = true;
    else if (!log || checkpoint->size > log->size)
        note_log(s, checkpoint);
    if (checkpoint->time > s->last_time)
        signer_signed_at(s, checkpoint->time);
    pthread_mutex_unlock(&s->lock);
}

/* ---- what this node signed under any of its keysets */

/* The notes of the chain, taken from its end. */
struct own_keysets {
    struct cs_span chain;
};

static void own_keysets(const struct signer *s, struct own_keysets *own)
{
    own->chain = signer_keyset_chain(s);
}

/* The last one that was not taken yet; false when none is left. */
static bool own_keyset_before(struct own_keysets *own, struct cs_keyset *out)
{
    struct cs_span rest = own->chain, note = {NULL, 0};

    while (rest.n > 0 && cs_chain_next(&rest, &note))
        ;
    if (note.n == 0)
        return false;
    own->chain.n -= note.n;
    return cs_keyset_read(note, out) == CS_OK;
}

enum cs_status signer_read_profile(const struct signer *s, struct cs_span note,
                                   struct cs_profile *out, uint64_t *version)
{
    struct own_keysets own;
    struct cs_keyset keyset;
    enum cs_status status = CS_NO_SIGNATURE;

    for (own_keysets(s, &own); own_keyset_before(&own, &keyset);) {
        status = cs_profile_read(note, &s->node, &keyset, out);
        *version = keyset.version;
        if (status != CS_NO_SIGNATURE)
            break;
    }
    return status;
}

enum cs_status signer_read_checkpoint(const struct signer *s, struct cs_span note,
                                      const char *origin, struct cs_checkpoint *out,
                                      uint64_t *version)
{
    struct own_keysets own;
    struct cs_keyset keyset;
    enum cs_status status = CS_NO_SIGNATURE;

    for (own_keysets(s, &own); own_keyset_before(&own, &keyset);) {
        status = cs_checkpoint_read(note, origin, &s->node, &keyset, out);
        *version = keyset.version;
        if (status != CS_NO_SIGNATURE)
            break;
    }
    return status;
}

int signer_remember_profile(struct signer *s, struct cs_span note, struct problem *why)
{
    struct cs_profile *profile = memory_new(sizeof *profile);
    struct cs_note parsed;
    enum cs_status status;
    uint64_t version;

    if (!profile)
        return problem_no_memory(why);
    status = signer_read_profile(s, note, profile, &version);
    if (!status)
        status = cs_note_parse(note, CS_NOTE_MAX, &parsed);
    if (status) {
        memory_free(profile);
        return problem_status(why, status, _("The profile that this node signed last"));
    }
    pthread_mutex_lock(&s->lock);
    if (profile->version > s->profile_version) {
        s->profile_version = profile->version;
        cs_sha256(parsed.text, &s->profile_text);
    }
    if (profile->issued > s->last_time)
        signer_signed_at(s, profile->issued);
    pthread_mutex_unlock(&s->lock);
    memory_free(profile);
    return 0;
}

/* A key of its own for the caller: another keyset may take over while it signs. */
static EVP_PKEY *take_auth_key(struct signer *s)
{
    EVP_PKEY *key;

    pthread_mutex_lock(&s->lock);
    key = atomic_load(&s->now)->keys.role[CS_ROLE_AUTH];
    EVP_PKEY_up_ref(key);
    pthread_mutex_unlock(&s->lock);
    return key;
}

static bool starts_with(struct cs_span s, const char *word)
{
    size_t n = strlen(word);

    return s.n >= n && !memcmp(s.p, word, n);
}

int signer_http(struct signer *s, struct cs_span base, unsigned char signature[CS_SIGNATURE],
                struct problem *why)
{
    char end[BASE_END_MAX];
    EVP_PKEY *key;
    int rc;
    int n = snprintf(end, sizeof end, ";keyid=\"%s/auth\";tag=\"" CS_HTTPSIG_TAG "\"", s->node.s);

    if (base.n > BASE_MAX)
        return refuse_form(why, "signature base", CS_TOO_LARGE);
    if (!starts_with(base, "\"@method\": ") && !starts_with(base, "\"@status\": "))
        return refuse(why, "signature base of an unknown kind");
    if (n < 0 || base.n < (size_t)n || memcmp(base.p + base.n - n, end, (size_t)n) != 0)
        return refuse(why, "signature base does not name this node's key");
    key = take_auth_key(s);
    rc = signer_keys_sign(key, base, signature, why);
    EVP_PKEY_free(key);
    return rc;
}
