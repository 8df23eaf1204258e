#include "command/record_withdrawn.h"

#include "command/document.h"
#include "command/text.h"

enum hidden { HIDDEN_UNKNOWN, HIDDEN_NO, HIDDEN_YES };

static enum hidden is_hidden(const struct withdrawn_row *record, const struct mirror_row *mirror)
{
    const struct receipt_row *said = &mirror->receipt;

    if (!said->heard)
        return HIDDEN_UNKNOWN;
    return said->epoch > record->epoch ||
                   (said->epoch == record->epoch && said->applied >= record->size)
               ? HIDDEN_YES
               : HIDDEN_NO;
}

static void add_row(struct table *table, const struct mirror_row *mirror, enum hidden hidden)
{
    static const char *const words[] = {N_("nothing heard yet"), N_("no"), N_("yes")};
    char ago[TEXT_AGO] = "";
    const char *cells[] = {mirror->name[0] ? mirror->name : mirror->node.s, _(words[hidden]), ago,
                           mirror->partner ? _("partner") : _("partner no more")};

    if (mirror->receipt.heard)
        text_ago(mirror->receipt.heard, clock_now(), ago);
    table_add(table, cells);
}

static json_t *entry(const struct mirror_row *mirror, enum hidden hidden)
{
    return json_pack(
        "{s:o,s:b,s:o,s:I,s:I,s:o}", "node", document_node(&mirror->node, mirror->name), "partner",
        (int)mirror->partner, "hidden",
        hidden == HIDDEN_UNKNOWN ? json_null() : json_boolean(hidden == HIDDEN_YES), "epoch",
        (json_int_t)mirror->receipt.epoch, "applied", (json_int_t)mirror->receipt.applied, "heard",
        document_time(mirror->receipt.heard));
}

static void say(struct output *out, const struct withdrawn_row *record, struct table *table,
                size_t mirrors)
{
    char ago[TEXT_AGO];

    if (record->redacted) {
        text_ago(record->redacted, clock_now(), ago);
        output_print(out,
                     _("Redacted by this institution %s, shelf %s: what it said is forgotten.\n"),
                     ago, record->shelf);
    } else {
        output_print(out, _("Withdrawn by this institution, shelf %s.\n"), record->shelf);
    }
    if (mirrors == 0) {
        output_print(out, "%s", _("No other node is known to have had it.\n"));
        return;
    }
    output_print(out, "%s", _("What partners say under their signatures, which is no proof:\n\n"));
    table_print(table, out);
}

static int show(struct call *call, struct reader *r, const struct cs_uuid *id,
                const struct withdrawn_row *record, struct problem *why)
{
    const char *const titles[] = {_("Institution"), _("Says it is hidden"), _("Last heard"),
                                  _("Is")};
    struct mirror_row *row = memory_new(STORE_PEERS_MAX * sizeof *row);
    struct table *table = table_new(titles, 4);
    json_t *list = json_array();
    char urn[CS_URN_UUID_LEN + 1];
    size_t n = 0;
    int rc = -1;

    if (!row || !table || !list) {
        problem_no_memory(why);
        goto out;
    }
    if (store_mirror_list(r, record->lid, row, STORE_PEERS_MAX, &n, why))
        goto out;
    for (size_t i = 0; i < n; i++) {
        enum hidden hidden = is_hidden(record, &row[i]);

        add_row(table, &row[i], hidden);
        if (json_array_append_new(list, entry(&row[i], hidden))) {
            problem_no_memory(why);
            goto out;
        }
    }
    say(call->out, record, table, n);
    cs_uuid_write(id, urn);
    rc = output_json(call->out,
                     json_pack("{s:s,s:s,s:o,s:O}", "withdrawn", urn, "shelf", record->shelf,
                               "redacted", document_time(record->redacted), "mirrors", list),
                     why);
out:
    json_decref(list);
    table_free(table);
    memory_free(row);
    return rc;
}

int record_withdrawn_show(struct call *call, struct reader *r, const struct cs_uuid *id,
                          bool *found, struct problem *why)
{
    struct withdrawn_row record;

    if (store_withdrawn_find(r, id, &record, found, why))
        return -1;
    return *found ? show(call, r, id, &record, why) : 0;
}
