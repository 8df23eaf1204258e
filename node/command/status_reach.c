#include "command/status_reach.h"

#include "command/document.h"
#include "command/text.h"

/* A relay that the configuration names; its ID stands for the name of one that is not known here. */
struct via {
    struct node_row node;
    bool is_peer;
    uint64_t deposited; /* when the last deposit there was taken */
    char problem[600];
};

static int find_via(struct reader *r, const struct cs_node_id *id, struct via *via,
                    struct problem *why)
{
    struct peer_row *row = memory_new(sizeof *row);
    bool found;
    int rc = row ? store_node_find(r, id, &via->node, &found, why) : problem_no_memory(why);

    via->is_peer = false;
    via->deposited = 0;
    via->problem[0] = '\0';
    if (rc == 0 && found)
        rc = store_peer_get(r, via->node.nid, row, &via->is_peer, why);
    if (rc == 0 && found)
        via->is_peer = via->is_peer && row->state == PEER_ACTIVE && !row->through;
    if (rc == 0 && found)
        rc = store_deposit_last(r, via->node.nid, &via->deposited, via->problem,
                                sizeof via->problem, why);
    if (rc == 0 && !found) {
        memset(&via->node, 0, sizeof via->node);
        via->node.id = *id;
    }
    memory_free(row);
    return rc;
}

static const char *name_of(const struct via *via)
{
    return via->node.name[0] ? via->node.name : via->node.id.s;
}

/* Whether it has what it is to relay. */
static void print_deposit(struct output *out, const struct via *via)
{
    char ago[TEXT_AGO];

    if (!via->is_peer) {
        output_warn(out,
                    _("%s is no peer of this node, so it has nothing of its catalogue. Redeem its "
                      "invite, or take it out of commonshelf.conf."),
                    name_of(via));
        return;
    }
    text_ago(via->deposited, clock_now(), ago);
    output_print(out,
                 via->deposited ? _("           last given what is published: %s\n")
                                : _("           nothing was given to it yet\n"),
                 ago);
    if (via->problem[0])
        output_warn(out, "%s: %s", name_of(via), via->problem);
}

int status_reach_print(struct output *out, struct home *home, struct reader *r, const char *url,
                       struct problem *why)
{
    struct via *via;
    int rc = 0;

    if (url[0] || home->config.vias == 0) {
        output_print(out, _("Address    %s\n"),
                     url[0] ? url : _("none: nobody can reach this node directly"));
        return 0;
    }
    if (!(via = memory_new(sizeof *via)))
        return problem_no_memory(why);
    for (size_t i = 0; i < home->config.vias && rc == 0; i++) {
        rc = find_via(r, &home->config.via[i], via, why);
        if (rc == 0)
            output_print(out,
                         home->config.vias == 1      ? _("Address    reachable only through %s\n")
                         : i == 0                    ? _("Address    reachable through %s,\n")
                         : i + 1 < home->config.vias ? _("           %s,\n")
                                                     : _("           or %s only\n"),
                         name_of(via));
        if (rc == 0)
            print_deposit(out, via);
    }
    memory_free(via);
    return rc;
}

json_t *status_vias(struct home *home, struct reader *r, struct problem *why)
{
    json_t *list = json_array();
    struct via *via = memory_new(sizeof *via);
    bool complete = list && via;

    if (!complete)
        problem_no_memory(why);
    for (size_t i = 0; i < home->config.vias && complete; i++)
        complete =
            find_via(r, &home->config.via[i], via, why) == 0 &&
            json_array_append_new(
                list, json_pack("{s:s,s:o,s:b,s:o,s:o}", "id", via->node.id.s, "name",
                                document_text(via->node.name), "peer", (int)via->is_peer,
                                "deposited", document_time(via->deposited), "problem",
                                via->problem[0] ? document_text(via->problem) : json_null())) == 0;
    memory_free(via);
    if (complete)
        return list;
    json_decref(list);
    return NULL;
}
