/*
 * What one reader may read of a node.
 */
#include <commonshelf/shelves.h>

#include <commonshelf/encode.h>

#include <inttypes.h>

#include "protocol/text.h"

#define CHARTER "charter:"

void cs_shelves_begin(struct cs_buffer *out, const struct cs_node_id *node)
{
    cs_buffer_add_text(out, "commonshelf/shelves/v1\n");
    cs_text_add(out, "node", node->s);
}

void cs_shelves_add(struct cs_buffer *out, const struct cs_shelf *shelf)
{
    static const char *const words[] = {"public", "nodes", CHARTER};

    cs_buffer_printf(out, "shelf %s %" PRIu64 " %s %s%s\n", shelf->path, shelf->epoch, shelf->name,
                     words[shelf->audience], shelf->charter.s);
}

static bool read_name(struct cs_span text, char out[CS_SHELF_NAME_MAX + 1])
{
    if (!cs_shelf_name_valid(text))
        return false;
    memcpy(out, text.p, text.n);
    out[text.n] = '\0';
    return true;
}

static bool read_audience(struct cs_span text, struct cs_shelf *out)
{
    size_t n = sizeof CHARTER - 1;

    out->charter.s[0] = '\0';
    if (cs_span_is(text, "public")) {
        out->audience = CS_SHELF_PUBLIC;
        return strcmp(out->path, out->name) == 0;
    }
    if (cs_span_is(text, "nodes")) {
        out->audience = CS_SHELF_NODES;
        return true;
    }
    if (text.n <= n || memcmp(text.p, CHARTER, n) != 0)
        return false;
    out->audience = CS_SHELF_CHARTER;
    return cs_charter_id_read(cs_span_make(text.p + n, text.n - n), &out->charter) == CS_OK;
}

static bool read_shelf(struct cs_span value, struct cs_shelf *out)
{
    struct cs_span path, epoch, name, rest;

    return cs_note_field(value, &path, &rest) && cs_note_field(rest, &epoch, &rest) &&
           cs_note_field(rest, &name, &rest) && read_name(path, out->path) &&
           cs_decimal_read(epoch, CS_VERSION_MAX, &out->epoch) == CS_OK && out->epoch > 0 &&
           read_name(name, out->name) && read_audience(rest, out);
}

bool cs_shelves_next(struct cs_span *lines, struct cs_shelf *out)
{
    struct cs_span value;

    return lines->n > 0 && cs_text_value(lines, "shelf", &value) == CS_OK && read_shelf(value, out);
}

enum cs_status cs_shelves_read(struct cs_span text, const struct cs_node_id *node,
                               struct cs_span *lines)
{
    struct cs_span rest = text, shelves;
    char before[CS_SHELF_NAME_MAX + 1] = "";
    struct cs_node_id whose;
    struct cs_shelf shelf;
    enum cs_status status;

    if (text.n > CS_SHELVES_MAX)
        return CS_TOO_LARGE;
    if (text.n == 0 || text.p[text.n - 1] != '\n' || !cs_text_valid(text))
        return CS_MALFORMED;
    status = cs_text_type(&rest, "shelves");
    if (status)
        return status;
    if (cs_text_node(&rest, "node", &whose))
        return CS_MALFORMED;
    if (!cs_node_id_equal(&whose, node))
        return CS_WRONG_ORIGIN;
    shelves = rest;
    for (size_t n = 0; rest.n > 0; n++) {
        if (n == CS_PROFILE_SHELVES_MAX)
            return CS_TOO_LARGE;
        if (!cs_shelves_next(&rest, &shelf) || strcmp(shelf.path, before) <= 0)
            return CS_MALFORMED;
        strcpy(before, shelf.path);
    }
    *lines = shelves;
    return CS_OK;
}
