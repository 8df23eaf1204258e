#include "command/home.h"

#include <errno.h>
#include <unistd.h>

struct home *home_new(const char *path, int lock, struct problem *why)
{
    struct home *home = memory_new(sizeof *home);

    if (!home || strlen(path) >= sizeof home->path) {
        if (lock >= 0)
            close(lock);
        memory_free(home);
        problem_no_memory(why);
        return NULL;
    }
    strcpy(home->path, path);
    home->lock = lock;
    pthread_mutex_init(&home->certainty, NULL);
    pthread_mutex_init(&home->indexing, NULL);
    pthread_mutex_init(&home->listening, NULL);
    return home;
}

void home_free(struct home *home)
{
    if (!home)
        return;
    search_index_close(home->index);
    peering_close(home->peering);
    catalogue_close(home->catalogue);
    store_close(home->store);
    signer_close(home->signer);
    pthread_mutex_destroy(&home->listening);
    pthread_mutex_destroy(&home->indexing);
    pthread_mutex_destroy(&home->certainty);
    if (home->lock >= 0)
        close(home->lock); /* last: nobody else may come in before all is closed */
    memory_free(home);
}

int home_open_config(struct home *home, struct problem *why)
{
    char path[FILE_PATH_MAX];

    if (home->has_config)
        return 0;
    if (file_join(path, home->path, HOME_CONFIG))
        return problem_errno(why, ENAMETOOLONG, FILE_OPEN, home->path);
    if (config_read(path, &home->config, why))
        return -1;
    home->has_config = true;
    return 0;
}

int home_open_signer(struct home *home, struct problem *why)
{
    char path[FILE_PATH_MAX];

    if (home->signer)
        return 0;
    if (file_join(path, home->path, HOME_KEYS))
        return problem_errno(why, ENAMETOOLONG, FILE_OPEN, home->path);
    home->signer = signer_open(path, why);
    return home->signer ? 0 : -1;
}

int home_open_store(struct home *home, struct problem *why)
{
    if (!home->store)
        home->store = store_open(home->path, home->lock >= 0 ? STORE_WRITE : STORE_READ, why);
    return home->store ? 0 : -1;
}

int home_open_catalogue(struct home *home, struct problem *why)
{
    if (!home->catalogue)
        home->catalogue = catalogue_open(home->path, home->store, home->signer, why);
    return home->catalogue ? 0 : -1;
}

int home_open_peering(struct home *home, struct problem *why)
{
    struct peering_setup setup = {
        .home = home->path,
        .store = home->store,
        .signer = home->signer,
        .config = &home->config,
        .changed = home_peers_changed,
        .dropped = home_peer_dropped,
        .arg = home,
    };

    if (!home->peering)
        home->peering = peering_open(&setup, why);
    return home->peering ? 0 : -1;
}

int home_open_index(struct home *home, struct problem *why)
{
    bool behind;

    pthread_mutex_lock(&home->indexing);
    if (!home->index)
        home->index = search_index_open(home->path, &behind, why);
    pthread_mutex_unlock(&home->indexing);
    return home->index ? 0 : -1;
}

int home_open(struct home *home, struct problem *why)
{
    if (home_open_config(home, why) || home_open_signer(home, why) || home_open_store(home, why) ||
        home_check_keys(home, why) || home_open_catalogue(home, why) ||
        home_open_peering(home, why))
        return -1;
    if (home_hold(home, why))
        return -1;
    return home_adopt_keys(home, why) || home_open_index(home, why) ? -1 : 0;
}

int home_open_reading(struct home *home, struct problem *why)
{
    return home_open_config(home, why) || home_open_store(home, why) ? -1 : 0;
}

int home_self(struct home *home, struct reader *r, struct node_row *self, struct problem *why)
{
    bool found;

    if (store_node_get(r, STORE_SELF, self, &found, why))
        return -1;
    if (!found)
        return problem_set(why, "database_damaged",
                           _("The database of %s does not say whose it is. Restore it from a "
                             "backup."),
                           home->path);
    strcpy(self->name, home->config.name);
    strcpy(self->place, home->config.place);
    return 0;
}

void home_listen(struct home *home, const struct home_listener *listener)
{
    pthread_mutex_lock(&home->listening);
    home->listener = *listener;
    pthread_mutex_unlock(&home->listening);
}

bool home_has_listener(struct home *home)
{
    bool has;

    pthread_mutex_lock(&home->listening);
    has = home->listener.records != NULL;
    pthread_mutex_unlock(&home->listening);
    return has;
}

void home_records_changed(void *arg)
{
    struct home *home = arg;

    pthread_mutex_lock(&home->listening);
    if (home->listener.records)
        home->listener.records(home->listener.arg);
    pthread_mutex_unlock(&home->listening);
}

void home_published(void *arg)
{
    struct home *home = arg;

    pthread_mutex_lock(&home->listening);
    if (home->listener.published)
        home->listener.published(home->listener.arg);
    pthread_mutex_unlock(&home->listening);
}

void home_peers_changed(void *arg)
{
    struct home *home = arg;

    pthread_mutex_lock(&home->listening);
    if (home->listener.peers)
        home->listener.peers(home->listener.arg);
    pthread_mutex_unlock(&home->listening);
}

void home_peer_dropped(void *arg, const struct cs_node_id *node, row_id nid)
{
    struct home *home = arg;

    pthread_mutex_lock(&home->listening);
    if (home->listener.dropped)
        home->listener.dropped(home->listener.arg, node, nid);
    pthread_mutex_unlock(&home->listening);
}

/* ---- the index */

/* Who wants to know how far the index is: the command that waits, and the pages of `serve`. */
struct watchers {
    struct home *home;
    void (*progress)(void *arg, int64_t done, int64_t of);
    void *arg;
};

static void tell(void *arg, int64_t done, int64_t of)
{
    struct watchers *w = arg;

    if (w->progress)
        w->progress(w->arg, done, of);
    pthread_mutex_lock(&w->home->listening);
    if (w->home->listener.indexing)
        w->home->listener.indexing(w->home->listener.arg, done, of);
    pthread_mutex_unlock(&w->home->listening);
}

/* With home->indexing held. */
static int catch_up(struct home *home, void (*progress)(void *arg, int64_t done, int64_t of),
                    void *arg, struct problem *why)
{
    struct watchers watchers = {home, progress, arg};
    int rc = search_index_catch_up(home->index, home->store, tell, &watchers, why);

    tell(&(struct watchers){.home = home}, 0, 0);
    return rc;
}

int home_index(struct home *home, void (*progress)(void *arg, int64_t done, int64_t of), void *arg,
               struct problem *why)
{
    int rc;

    pthread_mutex_lock(&home->indexing);
    rc = home->index
             ? catch_up(home, progress, arg, why)
             : problem_set(why, "index_missing", "%s",
                           _("The search index is not open. \"commonshelf doctor --repair\" "
                             "makes it anew."));
    pthread_mutex_unlock(&home->indexing);
    return rc;
}

int home_index_rebuild(struct home *home, void (*progress)(void *arg, int64_t done, int64_t of),
                       void *arg, struct problem *why)
{
    bool behind;
    int rc = -1;

    pthread_mutex_lock(&home->indexing);
    search_index_close(home->index);
    home->index = NULL;
    if (store_index_discard(home->path, why) ||
        !(home->index = search_index_open(home->path, &behind, why)))
        goto out;
    rc = catch_up(home, progress, arg, why);
out:
    pthread_mutex_unlock(&home->indexing);
    return rc;
}

int home_index_check(struct home *home, struct reader *r, int64_t *documents, int64_t *records,
                     struct problem *why)
{
    int rc;

    pthread_mutex_lock(&home->indexing);
    rc = search_index_check(home->index, r, documents, records, why);
    pthread_mutex_unlock(&home->indexing);
    return rc;
}
