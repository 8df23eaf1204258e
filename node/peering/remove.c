#include <commonshelf/checkpoint.h>

#include "peering/internal.h"

/* Its rows: of its catalogue, or all that made it a peer. */
static int forget(struct peering *p, row_id nid, bool peer, struct problem *why)
{
    struct transaction *t = store_begin(p->store, why);

    if (!t || (peer ? store_peer_remove(t, nid, why) : store_peer_empty(t, nid, why)) ||
        store_commit(&t, why)) {
        store_rollback(&t);
        return -1;
    }
    return 0;
}

/* Files that no row names any more: what stays behind costs only space. */
static void remove_files(const struct peering *p, const char *origin)
{
    char path[FILE_PATH_MAX], name[80] = "logs/";
    struct problem why = PROBLEM_INIT;

    cs_origin_directory(origin, name + strlen(name));
    if (file_join(path, p->home, name) || file_remove_tree(path, &why))
        log_problem(LOG_LEVEL_WARN, "peering", &why);
}

static int remove_copies(struct peering *p, row_id nid, bool peer, struct problem *why)
{
    struct log_row *log = memory_new(sizeof *log * CS_PROFILE_SHELVES_MAX);
    struct node_row *node = memory_new(sizeof *node);
    struct reader *r = NULL;
    bool found;
    size_t n = 0;
    int rc = -1;

    if (!log || !node) {
        problem_no_memory(why);
        goto out;
    }
    if (!(r = store_reader(p->store, why)) || store_node_get(r, nid, node, &found, why) ||
        store_log_list(r, nid, log, CS_PROFILE_SHELVES_MAX, &n, why) || forget(p, nid, peer, why))
        goto out;
    if (found && peer) {
        peer_clock_forget(p, nid);
        peer_dropped(p, &node->id, nid);
    }
    for (size_t i = 0; i < n; i++)
        remove_files(p, log[i].origin);
    peers_changed(p);
    rc = 0;
out:
    store_reader_free(r);
    memory_free(node);
    memory_free(log);
    return rc;
}

int peering_forget(struct peering *p, row_id nid, struct problem *why)
{
    return remove_copies(p, nid, false, why);
}

int peering_remove(struct peering *p, row_id nid, struct problem *why)
{
    return remove_copies(p, nid, true, why);
}
