#include "command/audience.h"

static int bad_audience(const char *text, struct problem *why)
{
    return problem_usage(
        why, "bad_audience",
        _("Nobody knows who \"%.80s\" is. Say public, private, nodes: and the node "
          "IDs with commas between them, or charter: and a network's ID. "
          "\"commonshelf peer list\" shows the IDs of peers. Nothing was changed."),
        text);
}

static int read_nodes(const char *list, const struct cs_node_id *self, struct audience_choice *out,
                      struct problem *why)
{
    if (!(out->node = memory_new(AUDIENCE_NODES_MAX * sizeof *out->node)))
        return problem_no_memory(why);
    for (;;) {
        size_t n = strcspn(list, ",");

        if (out->nodes == AUDIENCE_NODES_MAX)
            return problem_usage(why, "too_many_nodes",
                                 _("A shelf can name at most %d nodes. Nothing was changed."),
                                 AUDIENCE_NODES_MAX);
        if (cs_node_id_read(cs_span_make((const unsigned char *)list, n), &out->node[out->nodes]) !=
            CS_OK)
            return bad_audience(list, why);
        if (cs_node_id_equal(&out->node[out->nodes], self))
            return problem_usage(why, "own_node",
                                 _("The node %s is this institution itself, which sees all its "
                                   "shelves anyway. Nothing was changed."),
                                 self->s);
        out->nodes++;
        if (!list[n])
            return 0;
        list += n + 1;
    }
}

int audience_read(const char *text, const struct cs_node_id *self, struct audience_choice *out,
                  struct problem *why)
{
    memset(out, 0, sizeof *out);
    if (!text)
        return problem_usage(why, "no_audience", "%s",
                             _("Say who sees it: --audience public, private, nodes:ID,ID… or "
                               "charter:ID."));
    if (!strcmp(text, "public")) {
        out->audience = AUDIENCE_PUBLIC;
    } else if (!strcmp(text, "private")) {
        out->audience = AUDIENCE_PRIVATE;
    } else if (!strncmp(text, "nodes:", 6)) {
        out->audience = AUDIENCE_NODES;
        return read_nodes(text + 6, self, out, why);
    } else if (!strncmp(text, "charter:", 8)) {
        out->audience = AUDIENCE_CHARTER;
        return cs_charter_id_read(cs_span_of(text + 8), &out->charter) == CS_OK
                   ? 0
                   : bad_audience(text, why);
    } else {
        return bad_audience(text, why);
    }
    return 0;
}

int audience_store(struct transaction *t, row_id sid, const struct audience_choice *choice,
                   struct problem *why)
{
    const struct cs_charter_id *charter =
        choice->audience == AUDIENCE_CHARTER ? &choice->charter : NULL;

    if (store_shelf_set(t, sid, choice->audience, charter, why))
        return -1;
    for (size_t i = 0; i < choice->nodes; i++)
        if (store_shelf_admit(t, sid, &choice->node[i], why))
            return -1;
    return 0;
}

const char *audience_words(enum audience audience)
{
    switch (audience) {
    case AUDIENCE_PUBLIC:
        return _("anyone, once published");
    case AUDIENCE_NODES:
        return _("the institutions that are named, once published");
    case AUDIENCE_CHARTER:
        return _("the members of a network, once published");
    case AUDIENCE_PRIVATE:
        break;
    }
    return _("this institution only");
}

static json_t *readers(struct reader *r, row_id sid, struct problem *why)
{
    struct cs_node_id *node = memory_new(AUDIENCE_NODES_MAX * sizeof *node);
    json_t *list = json_array();
    size_t n = 0;
    int rc = -1;

    if (!node || !list)
        problem_no_memory(why);
    else
        rc = store_shelf_readers(r, sid, node, AUDIENCE_NODES_MAX, &n, why);
    for (size_t i = 0; rc == 0 && i < n; i++)
        if (json_array_append_new(list, json_string(node[i].s)))
            rc = problem_no_memory(why);
    memory_free(node);
    if (rc) {
        json_decref(list);
        return NULL;
    }
    return list;
}

int audience_add(struct reader *r, const struct shelf_row *shelf, json_t *entry,
                 struct problem *why)
{
    json_t *value = NULL;

    if (!entry)
        return problem_no_memory(why);
    if (shelf->audience == AUDIENCE_CHARTER)
        return json_object_set_new(entry, "charter", json_string(shelf->charter.s))
                   ? problem_no_memory(why)
                   : 0;
    if (shelf->audience != AUDIENCE_NODES)
        return 0;
    if (!(value = readers(r, shelf->sid, why)))
        return -1;
    return json_object_set_new(entry, "readers", value) ? problem_no_memory(why) : 0;
}
