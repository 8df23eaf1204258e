/*
 * Which handler a request is for, and whether its Host is this node.
 */
#include <arpa/inet.h>

#include "http/internal.h"

int routes_add(struct routes *routes, const struct http_route *route, struct problem *why)
{
    struct route *entry;

    if (routes->n == routes->room) {
        size_t room = routes->room ? routes->room * 2 : 32;
        struct route *list = memory_resize(routes->list, room * sizeof *list);

        if (!list)
            return problem_no_memory(why);
        routes->list = list;
        routes->room = room;
    }
    entry = &routes->list[routes->n];
    entry->is = *route;
    if (entry->is.methods & HTTP_GET)
        entry->is.methods |= HTTP_HEAD;
    if (!entry->is.listeners)
        entry->is.listeners = HTTP_WORLD | HTTP_LOCAL;
    if (entry->is.body_max > HTTP_BODY_MAX)
        entry->is.body_max = HTTP_BODY_MAX;
    entry->path_length = strlen(route->path);
    if (!(entry->is.path = memory_copy_text(route->path)))
        return problem_no_memory(why);
    routes->n++;
    return 0;
}

void routes_free(struct routes *routes)
{
    for (size_t i = 0; i < routes->n; i++)
        memory_free((void *)(uintptr_t)routes->list[i].is.path);
    memory_free(routes->list);
}

static bool matches(const struct route *route, struct cs_span path)
{
    return (route->is.prefix ? path.n >= route->path_length : path.n == route->path_length) &&
           memcmp(path.p, route->is.path, route->path_length) == 0;
}

/* An exact path before any prefix, then the longer prefix. */
static bool is_closer(const struct route *a, const struct route *b)
{
    if (!b || a->is.prefix != b->is.prefix)
        return !b || b->is.prefix;
    return a->path_length > b->path_length;
}

const struct route *routes_find(const struct routes *routes, const struct http_request *request,
                                enum http_listener listener, unsigned *status, unsigned *methods)
{
    const struct route *best = NULL;

    *methods = 0;
    for (size_t i = 0; i < routes->n; i++) {
        const struct route *route = &routes->list[i];

        if (!(route->is.listeners & listener) || !matches(route, request->path))
            continue;
        *methods |= route->is.methods;
        if ((route->is.methods & request->method) && is_closer(route, best))
            best = route;
    }
    *status = best ? 0 : *methods ? 405 : 404;
    return best;
}

/* host[:port] of a checked authority; the brackets of IPv6 go. */
static void split(struct cs_span authority, char host[256], char port[8])
{
    const unsigned char *end = authority.p + authority.n, *colon = NULL;
    struct cs_span name = authority;

    for (const unsigned char *c = authority.p; c < end && *c != ']'; c++)
        if (*c == ':' && authority.p[0] != '[')
            colon = c;
    if (authority.p[0] == '[') {
        const unsigned char *close = memchr(authority.p, ']', authority.n);

        name = cs_span_make(authority.p + 1, (size_t)(close - authority.p) - 1);
        if (close + 1 < end)
            colon = close + 1;
    } else if (colon) {
        name.n = (size_t)(colon - authority.p);
    }
    if (name.n > 255)
        name.n = 0;
    memcpy(host, name.p, name.n);
    host[name.n] = 0;
    port[0] = 0;
    if (colon && end - colon - 1 < 8) {
        memcpy(port, colon + 1, (size_t)(end - colon - 1));
        port[end - colon - 1] = 0;
    }
}

static bool is_configured(struct http_server *server, struct cs_span authority)
{
    bool same;

    if (authority.n > 4 && memcmp(authority.p + authority.n - 4, ":443", 4) == 0)
        authority.n -= 4;
    pthread_mutex_lock(&server->settings);
    same = server->authority && cs_span_is(authority, server->authority);
    pthread_mutex_unlock(&server->settings);
    return same;
}

/* An IP address in text as a socket address of port 0. */
static bool read_address(const char *host, union address *out)
{
    memset(out, 0, sizeof *out);
    if (inet_pton(AF_INET, host, &out->v4.sin_addr) == 1)
        out->any.sa_family = AF_INET;
    else if (inet_pton(AF_INET6, host, &out->v6.sin6_addr) == 1)
        out->any.sa_family = AF_INET6;
    return out->any.sa_family != AF_UNSPEC;
}

/* The same address, where IPv4 may be written into IPv6. */
static bool is_same_address(const union address *a, const union address *b)
{
    struct in6_addr x[2] = {IN6ADDR_ANY_INIT, IN6ADDR_ANY_INIT};
    const union address *from[2] = {a, b};

    for (int i = 0; i < 2; i++) {
        if (from[i]->any.sa_family == AF_INET6) {
            x[i] = from[i]->v6.sin6_addr;
        } else {
            x[i].s6_addr[10] = x[i].s6_addr[11] = 0xff;
            memcpy(x[i].s6_addr + 12, &from[i]->v4.sin_addr, 4);
        }
    }
    return memcmp(&x[0], &x[1], sizeof x[0]) == 0;
}

bool host_is_ours(struct http_server *server, const union address *own, struct cs_span authority)
{
    char host[256], port[8], own_port[8];
    union address named;
    bool is_address;

    if (is_configured(server, authority))
        return true;
    split(authority, host, port);
    is_address = read_address(host, &named);
    if (address_is_loopback(&own->any) &&
        (strcmp(host, "localhost") == 0 || (is_address && address_is_loopback(&named.any))))
        return true;
    /* sin_port and sin6_port lie at the same place. */
    snprintf(own_port, sizeof own_port, "%u", (unsigned)ntohs(own->v4.sin_port));
    return is_address && is_same_address(own, &named) && (!port[0] || strcmp(port, own_port) == 0);
}
