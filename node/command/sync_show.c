#include "command/sync_show.h"

#include <inttypes.h>

static const char *state_name(enum sync_state state)
{
    switch (state) {
    case SYNC_OK:
        return "ok";
    case SYNC_UNCHANGED:
        return "unchanged";
    case SYNC_FAILED:
        return "failed";
    }
    return "failed";
}

void sync_show(struct output *out, const struct sync_result *r)
{
    switch (r->state) {
    case SYNC_OK:
        output_print(out,
                     P_("%s: %" PRIu64 " new entry, %" PRIu64 " bytes.\n",
                        "%s: %" PRIu64 " new entries, %" PRIu64 " bytes.\n", r->entries),
                     r->name, r->entries, r->bytes);
        if (r->refused)
            output_warn(out,
                        P_("%s: %" PRIu64 " entry holds no valid record and is not shown.",
                           "%s: %" PRIu64 " entries hold no valid record and are not shown.",
                           r->refused),
                        r->name, r->refused);
        break;
    case SYNC_UNCHANGED:
        output_print(out, _("%s: nothing new.\n"), r->name);
        break;
    case SYNC_FAILED:
        output_warn(out, "%s: %s", r->name, r->why.message);
        if (out->shape.verbose && r->why.detail[0])
            output_warn(out, "  %s", r->why.detail);
        break;
    }
}

json_t *sync_entry(const struct sync_result *r)
{
    json_t *entry = json_pack("{s:s,s:o,s:s,s:I,s:I,s:I,s:I,s:I}", "id", r->id.s, "name",
                              document_text(r->name), "state", state_name(r->state), "entries",
                              (json_int_t)r->entries, "refused", (json_int_t)r->refused, "bytes",
                              (json_int_t)r->bytes, "requests", (json_int_t)r->requests, "ms",
                              (json_int_t)r->ms);

    if (r->state == SYNC_FAILED &&
        (json_object_set_new(entry, "code", json_string(r->why.code ? r->why.code : "unknown")) ||
         json_object_set_new(entry, "message", document_text(r->why.message)))) {
        json_decref(entry);
        return NULL;
    }
    return entry;
}
