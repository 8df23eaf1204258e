/*
 * Charters: reading, writing, and the chain from the version whose hash names the network.
 */
#include <commonshelf/charter.h>

#include "protocol/text.h"

#include <commonshelf/encode.h>

#include <inttypes.h>

#include <stdio.h>

#define ID_PREFIX "ch1"
#define ID_PREFIX_LEN (sizeof(ID_PREFIX) - 1)

static const struct {
    const char *word;
    unsigned role;
} role_words[] = {{"publisher", CS_CHARTER_PUBLISHER},
                  {"evaluator", CS_CHARTER_EVALUATOR},
                  {"mirror", CS_CHARTER_MIRROR},
                  {"observer", CS_CHARTER_OBSERVER}};
#define ROLES (sizeof(role_words) / sizeof(role_words[0]))

enum cs_status cs_charter_id_read(struct cs_span text, struct cs_charter_id *out)
{
    unsigned char hash[CS_HASH];

    if (text.n != CS_NODE_ID_LEN || memcmp(text.p, ID_PREFIX, ID_PREFIX_LEN) != 0 ||
        cs_base32_read(cs_span_make(text.p + ID_PREFIX_LEN, text.n - ID_PREFIX_LEN), hash, CS_HASH))
        return CS_MALFORMED;
    return cs_text_copy(text, out->s, sizeof(out->s));
}

enum cs_status cs_charter_id(const struct cs_charter *first, struct cs_charter_id *out)
{
    struct cs_buffer text = CS_BUFFER_INIT;
    enum cs_status status;

    if (first->version != 1)
        return CS_WRONG_CHAIN;
    cs_buffer_add_text(&text, ID_PREFIX);
    cs_base32_add(&text, cs_span_make(first->text_hash.b, CS_HASH));
    status = cs_buffer_status(&text);
    if (status == CS_OK)
        status = cs_text_copy(cs_buffer_span(&text), out->s, sizeof(out->s));
    cs_buffer_free(&text);
    return status;
}

/* ---- writing */

void cs_charter_begin(const struct cs_charter *charter, struct cs_buffer *out)
{
    cs_buffer_add_text(out, "commonshelf/charter/v1\n");
    cs_text_add(out, "name", charter->name);
    cs_text_add_number(out, "version", charter->version);
    cs_text_add_bytes_or_none(out, "prev", charter->prev.b, CS_HASH);
    cs_text_add_number(out, "issued", charter->issued);
    cs_text_add_number(out, "expires", charter->expires);
    cs_text_add_number(out, "threshold", charter->threshold);
    for (size_t i = 0; i < charter->coordinators; i++) {
        cs_buffer_printf(out, "coordinator %s ", charter->coordinator[i].node.s);
        cs_base64_add(out, cs_span_make(charter->coordinator[i].gov.b, CS_KEY_PUBLIC));
        cs_buffer_add_byte(out, '\n');
    }
}

void cs_charter_add_term(struct cs_buffer *out, const char *term)
{
    cs_text_add(out, "term", term);
}

void cs_charter_add_member(struct cs_buffer *out, const struct cs_charter_member *member)
{
    const char *between = "";

    cs_buffer_printf(out, "member %s roles=", member->node.s);
    for (size_t i = 0; i < ROLES; i++) {
        if (!(member->roles & role_words[i].role))
            continue;
        cs_buffer_printf(out, "%s%s", between, role_words[i].word);
        between = ",";
    }
    cs_buffer_printf(out, " since=%" PRIu64 " %s\n", member->since, member->name);
}

/* ---- reading */

static bool starts_with(struct cs_span text, const char *start)
{
    size_t n = strlen(start);

    return text.n >= n && memcmp(text.p, start, n) == 0;
}

/* What stands behind `start`; false if the text does not begin with it. */
static bool behind(struct cs_span text, const char *start, struct cs_span *rest)
{
    size_t n = strlen(start);

    if (!starts_with(text, start))
        return false;
    *rest = cs_span_make(text.p + n, text.n - n);
    return true;
}

static enum cs_status read_head(struct cs_span *rest, struct cs_charter *out)
{
    struct cs_span name;
    uint64_t threshold;

    if (cs_text_value(rest, "name", &name))
        return CS_MALFORMED;
    if (cs_text_copy(name, out->name, sizeof(out->name)))
        return CS_TOO_LARGE;
    if (cs_text_number(rest, "version", CS_CHARTER_CHAIN_MAX, &out->version) || out->version == 0 ||
        cs_text_bytes_or_none(rest, "prev", out->prev.b, CS_HASH) ||
        cs_text_number(rest, "issued", CS_TIME_MAX, &out->issued) ||
        cs_text_number(rest, "expires", CS_TIME_MAX, &out->expires) ||
        out->expires <= out->issued || out->expires - out->issued > CS_CHARTER_LIFETIME_MAX ||
        cs_text_number(rest, "threshold", CS_CHARTER_COORDINATORS_MAX, &threshold))
        return CS_MALFORMED;
    out->threshold = (unsigned)threshold;
    return CS_OK;
}

/* "NODE-ID KEY", each behind the one before; a key that stands twice would count twice. */
static enum cs_status read_coordinator(struct cs_span value, struct cs_charter *out)
{
    struct cs_charter_coordinator *c = &out->coordinator[out->coordinators];
    struct cs_span node, key;

    if (!cs_note_field(value, &node, &key) || cs_node_id_read(node, &c->node) ||
        cs_base64_read(key, c->gov.b, CS_KEY_PUBLIC))
        return CS_MALFORMED;
    for (size_t i = 0; i < out->coordinators; i++) {
        if (strcmp(out->coordinator[i].node.s, c->node.s) >= 0 ||
            memcmp(out->coordinator[i].gov.b, c->gov.b, CS_KEY_PUBLIC) == 0)
            return CS_MALFORMED;
    }
    return cs_key_check(&c->gov);
}

static enum cs_status read_coordinators(struct cs_span *rest, struct cs_charter *out)
{
    struct cs_span value;
    enum cs_status status;

    for (out->coordinators = 0; starts_with(*rest, "coordinator "); out->coordinators++) {
        if (out->coordinators == CS_CHARTER_COORDINATORS_MAX)
            return CS_TOO_LARGE;
        if ((status = cs_text_value(rest, "coordinator", &value)) != CS_OK ||
            (status = read_coordinator(value, out)) != CS_OK)
            return status;
    }
    return out->threshold >= 1 && out->threshold <= out->coordinators ? CS_OK : CS_MALFORMED;
}

static enum cs_status read_terms(struct cs_span *rest, struct cs_charter *out)
{
    struct cs_span term;

    out->term_lines = *rest;
    for (out->terms = 0; starts_with(*rest, "term "); out->terms++) {
        if (cs_text_value(rest, "term", &term))
            return CS_MALFORMED;
        if (out->terms == CS_CHARTER_TERMS_MAX || term.n > CS_CHARTER_TERM_MAX)
            return CS_TOO_LARGE;
    }
    out->term_lines.n -= rest->n;
    return CS_OK;
}

/* Words in their one order, without one twice; who only observes does nothing else. */
static bool read_roles(struct cs_span text, unsigned *roles)
{
    *roles = 0;
    for (size_t i = 0; i < ROLES; i++) {
        struct cs_span rest;

        if (!behind(text, role_words[i].word, &rest))
            continue;
        *roles |= role_words[i].role;
        if (rest.n == 0)
            return !(*roles & CS_CHARTER_OBSERVER) || *roles == CS_CHARTER_OBSERVER;
        if (!behind(rest, ",", &text))
            return false;
    }
    return false;
}

/* "NODE-ID roles=R,R since=T NAME". */
static enum cs_status read_member(struct cs_span value, struct cs_charter_member *out)
{
    struct cs_span node, roles, since, name;

    if (!cs_note_field(value, &node, &roles) || !cs_note_field(roles, &roles, &since) ||
        !cs_note_field(since, &since, &name) || cs_node_id_read(node, &out->node) ||
        !behind(roles, "roles=", &roles) || !read_roles(roles, &out->roles) ||
        !behind(since, "since=", &since) || cs_decimal_read(since, CS_TIME_MAX, &out->since))
        return CS_MALFORMED;
    return cs_text_copy(name, out->name, sizeof(out->name));
}

/* To the end of the text: members, each behind the one before, all coordinators among them. */
static enum cs_status read_members(struct cs_span *rest, struct cs_charter *out)
{
    struct cs_charter_member member;
    struct cs_node_id before = {""};
    size_t found = 0;

    out->member_lines = *rest;
    for (out->members = 0; rest->n > 0; out->members++) {
        struct cs_span value;
        enum cs_status status;

        if (out->members == CS_CHARTER_MEMBERS_MAX)
            return CS_TOO_LARGE;
        if ((status = cs_text_value(rest, "member", &value)) != CS_OK ||
            (status = read_member(value, &member)) != CS_OK)
            return status;
        if (strcmp(before.s, member.node.s) >= 0)
            return CS_MALFORMED;
        before = member.node;
        if (found < out->coordinators &&
            cs_node_id_equal(&out->coordinator[found].node, &member.node))
            found++;
    }
    return found == out->coordinators ? CS_OK : CS_MALFORMED;
}

static enum cs_status parse(const struct cs_note *note, struct cs_charter *out)
{
    static const struct cs_hash none;
    struct cs_span rest = note->text;
    enum cs_status status = cs_text_type(&rest, "charter");

    if (status == CS_OK)
        status = read_head(&rest, out);
    if (status == CS_OK)
        status = read_coordinators(&rest, out);
    if (status == CS_OK)
        status = read_terms(&rest, out);
    if (status == CS_OK)
        status = read_members(&rest, out);
    if (status)
        return status;
    if ((memcmp(out->prev.b, none.b, CS_HASH) == 0) != (out->version == 1))
        return CS_MALFORMED;
    cs_sha256(note->text, &out->text_hash);
    return CS_OK;
}

/* ---- verifying */

void cs_charter_key(const struct cs_charter_coordinator *coordinator,
                    char name[CS_NOTE_NAME_MAX + 1], struct cs_note_key *out)
{
    snprintf(name, CS_NOTE_NAME_MAX + 1, "%s/gov", coordinator->node.s);
    out->name = cs_span_of(name);
    out->type = CS_NOTE_ED25519;
    out->key = coordinator->gov;
}

static enum cs_status verify(const struct cs_note *note,
                             const struct cs_charter_coordinator *coordinator)
{
    char name[CS_NOTE_NAME_MAX + 1];
    struct cs_note_key key;

    cs_charter_key(coordinator, name, &key);
    return cs_note_verify(note, &key, NULL);
}

/* CS_OK if enough of the charter's coordinators signed the note; a bad signature by one spoils it. */
static enum cs_status check_threshold(const struct cs_note *note, const struct cs_charter *charter)
{
    unsigned good = 0;

    for (size_t i = 0; i < charter->coordinators; i++) {
        enum cs_status status = verify(note, &charter->coordinator[i]);

        if (status == CS_OK)
            good++;
        else if (status != CS_NO_SIGNATURE)
            return status;
    }
    return good >= charter->threshold ? CS_OK : CS_NO_SIGNATURE;
}

enum cs_status cs_charter_read(struct cs_span bytes, struct cs_charter *out)
{
    struct cs_note note;
    enum cs_status status = cs_note_parse(bytes, CS_CHARTER_MAX, &note);

    if (status == CS_OK)
        status = parse(&note, out);
    if (status == CS_OK)
        status = check_threshold(&note, out);
    return status;
}

enum cs_status cs_charter_follows(const struct cs_charter *now, struct cs_span bytes,
                                  const struct cs_charter *next)
{
    struct cs_note note;
    struct cs_hash hash;
    enum cs_status status = cs_note_parse(bytes, CS_CHARTER_MAX, &note);

    if (status)
        return status;
    /* Signatures of another text must not count for this charter. */
    cs_sha256(note.text, &hash);
    if (memcmp(hash.b, next->text_hash.b, CS_HASH) != 0)
        return CS_WRONG_HASH;
    if (next->version != now->version + 1 || next->issued < now->issued ||
        memcmp(next->prev.b, now->text_hash.b, CS_HASH) != 0)
        return CS_WRONG_CHAIN;
    return check_threshold(&note, now);
}

enum cs_status cs_charter_signed_by(struct cs_span bytes,
                                    const struct cs_charter_coordinator *coordinator)
{
    struct cs_note note;
    enum cs_status status = cs_note_parse(bytes, CS_CHARTER_MAX, &note);

    return status == CS_OK ? verify(&note, coordinator) : status;
}

/* ---- looking into it */

bool cs_charter_next_term(struct cs_span *terms, struct cs_span *term)
{
    return terms->n > 0 && cs_text_value(terms, "term", term) == CS_OK;
}

bool cs_charter_next_member(struct cs_span *members, struct cs_charter_member *out)
{
    struct cs_span value;

    return members->n > 0 && cs_text_value(members, "member", &value) == CS_OK &&
           read_member(value, out) == CS_OK;
}

bool cs_charter_find(const struct cs_charter *charter, const struct cs_node_id *node,
                     struct cs_charter_member *out)
{
    struct cs_charter_member member;
    struct cs_span rest = charter->member_lines;

    while (cs_charter_next_member(&rest, &member)) {
        if (!cs_node_id_equal(&member.node, node))
            continue;
        if (out)
            *out = member;
        return true;
    }
    return false;
}
