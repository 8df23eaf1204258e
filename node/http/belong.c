/*
 * Whose a connection is: the node that signed a request on it. So that what is on its way to a node that was shut
 * out ends at once, and not with its next request.
 */
#include <sys/socket.h>

#include "http/internal.h"

/* Any thread that has the exchange. Said once: the loop may read it from then on. */
void http_belongs(struct http_exchange *x, const struct cs_node_id *who)
{
    if (atomic_load(&x->owned))
        return;
    x->owner = *who;
    atomic_store(&x->owned, true);
}

void connection_belongs(struct connection *c, const struct http_exchange *x)
{
    if (!atomic_load(&x->owned))
        return;
    c->owner = x->owner;
    c->owned = true;
}

static bool is_of(const struct connection *c, const struct cs_node_id *who)
{
    const struct http_exchange *x = c->exchange;

    return (c->owned && cs_node_id_equal(&c->owner, who)) ||
           (x && atomic_load(&x->owned) && cs_node_id_equal(&x->owner, who));
}

/* Without what the system still holds for it. */
static void cut(struct connection *c)
{
    struct linger none = {.l_onoff = 1, .l_linger = 0};

    if (setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &none, sizeof none))
        log_line(LOG_LEVEL_DEBUG, "http", "cannot drop what was sent already");
    connection_close(c);
}

static void drop_list(struct connection_list *list, const struct cs_node_id *who)
{
    struct connection *c, *next;

    for (c = TAILQ_FIRST(list); c; c = next) {
        next = TAILQ_NEXT(c, entry);
        if (is_of(c, who))
            cut(c);
    }
}

struct drop {
    struct loop *loop;
    struct cs_node_id who;
};

static void drop(void *arg)
{
    struct drop *drop = arg;

    drop_list(&drop->loop->waiting, &drop->who);
    drop_list(&drop->loop->busy, &drop->who);
    memory_free(drop);
}

void http_server_drop(struct http_server *server, const struct cs_node_id *who)
{
    for (unsigned i = 0; i < server->loops; i++) {
        struct drop *one = memory_new(sizeof *one);

        if (!one) {
            log_line(LOG_LEVEL_ERROR, "http", "no memory to close the connections of %s", who->s);
            return;
        }
        one->loop = &server->loop[i];
        one->who = *who;
        if (http_post(server, i, drop, one))
            memory_free(one);
    }
}
