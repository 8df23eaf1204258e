#include "catalogue/catalogue.h"

bool catalogue_allows(struct viewer viewer, enum action action, row_id shelf_node,
                      enum audience audience)
{
    switch (viewer.kind) {
    case VIEWER_OWNER:
        /* What peers say of themselves is theirs to change. */
        return action == ACTION_READ || shelf_node == STORE_SELF;
    case VIEWER_ANONYMOUS:
    case VIEWER_PEER:
        return action == ACTION_READ && audience == AUDIENCE_PUBLIC;
    }
    return false;
}

int catalogue_reads(struct reader *r, struct viewer viewer, const struct shelf_row *shelf,
                    bool *may, struct problem *why)
{
    struct node_row node;
    bool found;

    *may = catalogue_allows(viewer, ACTION_READ, STORE_SELF, shelf->audience);
    if (*may || viewer.kind != VIEWER_PEER)
        return 0;
    if (shelf->audience == AUDIENCE_NODES)
        return store_shelf_names(r, shelf->sid, viewer.peer, may, why);
    if (shelf->audience != AUDIENCE_CHARTER)
        return 0;
    if (store_node_get(r, viewer.peer, &node, &found, why))
        return -1;
    return found ? catalogue_admits(r, &shelf->charter, &node.id, may, why) : 0;
}

int catalogue_admits(struct reader *r, const struct cs_charter_id *charter,
                     const struct cs_node_id *node, bool *admits, struct problem *why)
{
    unsigned roles;

    if (store_charter_roles(r, charter, node, clock_agreed(), &roles, why))
        return -1;
    *admits = roles != 0;
    return 0;
}

bool catalogue_shows(struct viewer viewer, const struct record_row *row)
{
    return catalogue_allows(viewer, ACTION_READ, row->nid, row->audience) &&
           (viewer.kind == VIEWER_OWNER || row->published);
}
