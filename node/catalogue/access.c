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

bool catalogue_shows(struct viewer viewer, const struct record_row *row)
{
    return catalogue_allows(viewer, ACTION_READ, row->nid, row->audience) &&
           (viewer.kind == VIEWER_OWNER || row->published);
}
