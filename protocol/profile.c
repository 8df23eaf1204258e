/*
 * Profiles: reading and writing.
 */
#include <commonshelf/profile.h>

#include "protocol/text.h"

#include <commonshelf/encode.h>
#include <commonshelf/record.h>

#include <stdio.h>

bool cs_shelf_name_valid(struct cs_span name)
{
    if (name.n == 0 || name.n > CS_SHELF_NAME_MAX || name.p[0] == '-')
        return false;
    for (size_t i = 0; i < name.n; i++) {
        unsigned char c = name.p[i];

        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
            return false;
    }
    return true;
}

/* True for text that can stand in one line of a note and has its NUL within its member. */
static bool is_line(const char *text, size_t room)
{
    size_t n = strnlen(text, room);

    return n < room && !memchr(text, '\n', n) && cs_text_valid(cs_span_make(text, n));
}

static bool lists_are_distinct(const struct cs_profile *profile)
{
    for (size_t i = 0; i < profile->vias; i++) {
        if (cs_node_id_equal(&profile->via[i], &profile->node))
            return false;
        for (size_t k = 0; k < i; k++) {
            if (cs_node_id_equal(&profile->via[i], &profile->via[k]))
                return false;
        }
    }
    for (size_t i = 0; i < profile->pins; i++) {
        for (size_t k = 0; k < i; k++) {
            if (memcmp(profile->pin[i].b, profile->pin[k].b, CS_HASH) == 0)
                return false;
        }
    }
    for (size_t i = 0; i < profile->shelves; i++) {
        for (size_t k = 0; k < i; k++) {
            if (strcmp(profile->shelf[i].name, profile->shelf[k].name) == 0)
                return false;
        }
    }
    return true;
}

/* A node that is reached directly says where, and which keys its TLS has; another says neither URL.
 * */
static bool reach_is_complete(const struct cs_profile *profile)
{
    if (profile->reach == CS_REACH_NONE)
        return profile->url[0] == '\0';
    return cs_url_is_origin(cs_span_of(profile->url)) && profile->pins > 0;
}

/* What holds for every profile, read or to be written. */
static enum cs_status check(const struct cs_profile *profile)
{
    bool good = profile->version > 0 && profile->version <= CS_VERSION_MAX &&
                profile->issued < profile->expires && profile->expires <= CS_TIME_MAX &&
                profile->vias <= CS_PROFILE_VIAS_MAX && profile->pins <= CS_PROFILE_PINS_MAX &&
                profile->shelves <= CS_PROFILE_SHELVES_MAX && profile->name[0] != '\0' &&
                is_line(profile->name, sizeof(profile->name)) &&
                is_line(profile->place, sizeof(profile->place)) &&
                is_line(profile->lang, sizeof(profile->lang)) &&
                is_line(profile->url, sizeof(profile->url));

    if (!good || (profile->lang[0] != '\0' && !cs_language_valid(cs_span_of(profile->lang))))
        return CS_MALFORMED;
    for (size_t i = 0; i < profile->shelves; i++) {
        const struct cs_profile_shelf *shelf = &profile->shelf[i];

        if (!cs_shelf_name_valid(
                cs_span_make(shelf->name, strnlen(shelf->name, sizeof(shelf->name)))) ||
            shelf->epoch == 0 || shelf->epoch > CS_VERSION_MAX)
            return CS_MALFORMED;
    }
    return reach_is_complete(profile) && lists_are_distinct(profile) ? CS_OK : CS_MALFORMED;
}

enum cs_status cs_profile_write(const struct cs_profile *profile, struct cs_buffer *out)
{
    enum cs_status status = check(profile);

    if (status)
        return status;
    cs_buffer_add_text(out, "commonshelf/profile/v1\n");
    cs_text_add(out, "node", profile->node.s);
    cs_text_add_number(out, "version", profile->version);
    cs_text_add_number(out, "issued", profile->issued);
    cs_text_add_number(out, "expires", profile->expires);
    cs_text_add(out, "name", profile->name);
    if (profile->place[0] != '\0')
        cs_text_add(out, "place", profile->place);
    if (profile->lang[0] != '\0')
        cs_text_add(out, "lang", profile->lang);
    cs_text_add(out, "reach", profile->reach == CS_REACH_DIRECT ? "direct" : "none");
    if (profile->url[0] != '\0')
        cs_text_add(out, "url", profile->url);
    for (size_t i = 0; i < profile->vias; i++)
        cs_text_add(out, "via", profile->via[i].s);
    for (size_t i = 0; i < profile->pins; i++)
        cs_text_add_bytes(out, "pin", profile->pin[i].b, CS_HASH);
    for (size_t i = 0; i < profile->shelves; i++)
        cs_buffer_printf(out, "shelf %s %llu\n", profile->shelf[i].name,
                         (unsigned long long)profile->shelf[i].epoch);
    return cs_buffer_status(out);
}

/*
 * One function for each known word. A list's function is called for every line of it, the others
 * once at most.
 */
static enum cs_status read_node(struct cs_span value, struct cs_profile *out)
{
    return cs_node_id_read(value, &out->node);
}

static enum cs_status read_version(struct cs_span value, struct cs_profile *out)
{
    return cs_decimal_read(value, CS_VERSION_MAX, &out->version);
}

static enum cs_status read_issued(struct cs_span value, struct cs_profile *out)
{
    return cs_decimal_read(value, CS_TIME_MAX, &out->issued);
}

static enum cs_status read_expires(struct cs_span value, struct cs_profile *out)
{
    return cs_decimal_read(value, CS_TIME_MAX, &out->expires);
}

static enum cs_status read_name(struct cs_span value, struct cs_profile *out)
{
    return cs_text_copy(value, out->name, sizeof(out->name));
}

static enum cs_status read_place(struct cs_span value, struct cs_profile *out)
{
    return cs_text_copy(value, out->place, sizeof(out->place));
}

static enum cs_status read_lang(struct cs_span value, struct cs_profile *out)
{
    return cs_text_copy(value, out->lang, sizeof(out->lang));
}

static enum cs_status read_url(struct cs_span value, struct cs_profile *out)
{
    return cs_text_copy(value, out->url, sizeof(out->url));
}

static enum cs_status read_reach(struct cs_span value, struct cs_profile *out)
{
    if (!cs_span_is(value, "direct") && !cs_span_is(value, "none"))
        return CS_MALFORMED;
    out->reach = cs_span_is(value, "direct") ? CS_REACH_DIRECT : CS_REACH_NONE;
    return CS_OK;
}

static enum cs_status read_via(struct cs_span value, struct cs_profile *out)
{
    if (out->vias == CS_PROFILE_VIAS_MAX)
        return CS_TOO_LARGE;
    return cs_node_id_read(value, &out->via[out->vias++]);
}

static enum cs_status read_pin(struct cs_span value, struct cs_profile *out)
{
    if (out->pins == CS_PROFILE_PINS_MAX)
        return CS_TOO_LARGE;
    return cs_base64_read(value, out->pin[out->pins++].b, CS_HASH);
}

static enum cs_status read_shelf(struct cs_span value, struct cs_profile *out)
{
    struct cs_profile_shelf *shelf;
    struct cs_span name, epoch;

    if (out->shelves == CS_PROFILE_SHELVES_MAX)
        return CS_TOO_LARGE;
    shelf = &out->shelf[out->shelves++];
    if (!cs_note_field(value, &name, &epoch) || !cs_shelf_name_valid(name) ||
        cs_decimal_read(epoch, CS_VERSION_MAX, &shelf->epoch))
        return CS_MALFORMED;
    return cs_text_copy(name, shelf->name, sizeof(shelf->name));
}

enum line_kind { REQUIRED, OPTIONAL, LIST };

static const struct line_type {
    const char *word;
    enum line_kind kind;
    enum cs_status (*read)(struct cs_span value, struct cs_profile *out);
} line_types[] = {
    {"node", REQUIRED, read_node},     {"version", REQUIRED, read_version},
    {"issued", REQUIRED, read_issued}, {"expires", REQUIRED, read_expires},
    {"name", REQUIRED, read_name},     {"place", OPTIONAL, read_place},
    {"lang", OPTIONAL, read_lang},     {"reach", REQUIRED, read_reach},
    {"url", OPTIONAL, read_url},       {"via", LIST, read_via},
    {"pin", LIST, read_pin},           {"shelf", LIST, read_shelf},
};
#define LINE_TYPES (sizeof(line_types) / sizeof(line_types[0]))

/* `seen` remembers which words stood already. Unknown words pass, if the line has the usual form.
 * */
static enum cs_status read_line(struct cs_span line, bool seen[LINE_TYPES], struct cs_profile *out)
{
    struct cs_span word, value;

    if (!cs_note_field(line, &word, &value))
        return CS_MALFORMED;
    for (size_t i = 0; i < LINE_TYPES; i++) {
        if (!cs_span_is(word, line_types[i].word))
            continue;
        if (seen[i] && line_types[i].kind != LIST)
            return CS_MALFORMED;
        seen[i] = true;
        return line_types[i].read(value, out);
    }
    return CS_OK;
}

static enum cs_status parse(struct cs_span rest, struct cs_profile *out)
{
    bool seen[LINE_TYPES] = {false};
    struct cs_span line;

    memset(out, 0, sizeof(*out));
    while (cs_note_line(&rest, &line)) {
        enum cs_status status = read_line(line, seen, out);

        if (status)
            return status;
    }
    for (size_t i = 0; i < LINE_TYPES; i++) {
        if (line_types[i].kind == REQUIRED && !seen[i])
            return CS_MALFORMED;
    }
    return check(out);
}

enum cs_status cs_profile_read(struct cs_span bytes, const struct cs_node_id *node,
                               const struct cs_keyset *keyset, struct cs_profile *out)
{
    char name[CS_NOTE_NAME_MAX + 1];
    struct cs_note_key key;
    struct cs_note note;
    struct cs_span rest;
    enum cs_status status = cs_note_parse(bytes, CS_NOTE_MAX, &note);

    if (status)
        return status;
    rest = note.text;
    status = cs_text_type(&rest, "profile");
    if (status)
        return status;
    cs_keyset_key(keyset, node, CS_ROLE_LOG, NULL, name, &key);
    status = cs_note_verify(&note, &key, NULL);
    if (status == CS_OK)
        status = parse(rest, out);
    if (status == CS_OK && !cs_node_id_equal(&out->node, node))
        status = CS_WRONG_ORIGIN;
    return status;
}
