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

void sync_show_deposit(struct output *out, const struct sync_deposited *d)
{
    if (!d->well)
        output_warn(out, "%s: %s", d->name, d->why.message);
    else if (d->bytes)
        output_print(out, _("%s relays all that is published here now (%" PRIu64 " bytes sent).\n"),
                     d->name, d->bytes);
    else
        output_print(out, _("%s relays all that is published here.\n"), d->name);
}

json_t *sync_deposit_entry(const struct sync_deposited *d)
{
    json_t *entry = json_pack("{s:s,s:o,s:b,s:I}", "id", d->id.s, "name", document_text(d->name),
                              "well", (int)d->well, "bytes", (json_int_t)d->bytes);

    if (!d->well &&
        (json_object_set_new(entry, "code", json_string(d->why.code ? d->why.code : "unknown")) ||
         json_object_set_new(entry, "message", document_text(d->why.message)))) {
        json_decref(entry);
        return NULL;
    }
    return entry;
}
