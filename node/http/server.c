/*
 * The server as a whole: made, given routes, started, stopped.
 */
#include <sys/resource.h>
#include <unistd.h>

#include "http/internal.h"

#define LOOPS_DEFAULT_MAX 4
#define RATED_ADDRESSES 8192 /* remembered at once, in 24 bytes each */
#define DESCRIPTORS_SPARE 256 /* files, databases, outbound connections */

static void set_default(unsigned *value, unsigned standard)
{
    if (!*value)
        *value = standard;
}

static void complete_limits(struct http_limits *limits)
{
    set_default(&limits->head_ms, 10000);
    set_default(&limits->body_ms, 30000);
    set_default(&limits->idle_ms, 30000);
    set_default(&limits->write_ms, 30000);
    set_default(&limits->write_rate, 4096);
    set_default(&limits->drain_ms, 5000);
    set_default(&limits->connections, 2048);
    set_default(&limits->per_address, 256);
    if (!limits->connection_rate.per_second)
        limits->connection_rate = (struct rate){50, 500};
    if (!limits->request_rate.per_second)
        limits->request_rate = (struct rate){500, 10000};
    if (!limits->held)
        limits->held = 64u << 20;
    set_default(&limits->workers, 2);
    set_default(&limits->queue, 64);
    if (limits->workers > HTTP_WORKERS_MAX)
        limits->workers = HTTP_WORKERS_MAX;
    if (!limits->file_cache)
        limits->file_cache = 8u << 20;
}

static unsigned count_loops(unsigned wanted)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);

    if (wanted)
        return wanted < HTTP_LOOPS_MAX ? wanted : HTTP_LOOPS_MAX;
    if (cores < 1)
        return 1;
    return cores < LOOPS_DEFAULT_MAX ? (unsigned)cores : LOOPS_DEFAULT_MAX;
}

/* NULL stays NULL; false: no memory. */
static bool copy(char **to, const char *from)
{
    return !from || (*to = memory_copy_text(from));
}

struct http_server *http_server_new(const struct http_server_config *config, struct problem *why)
{
    struct http_server *server = memory_new(sizeof *server);

    if (!server) {
        problem_no_memory(why);
        return NULL;
    }
    pthread_mutex_init(&server->settings, NULL);
    server->limits = config->limits;
    complete_limits(&server->limits);
    server->proxies = config->proxies < CONFIG_CIDR_MAX ? config->proxies : CONFIG_CIDR_MAX;
    if (server->proxies)
        memcpy(server->proxy, config->proxy, server->proxies * sizeof *server->proxy);
    server->loops = count_loops(config->loops);
    server->error_page = config->error_page;
    server->error_page_arg = config->error_page_arg;
    if (workers_open(&server->workers, server) ||
        !(server->admission = admission_new(server->limits.per_address)) ||
        !(server->new_connections =
              rate_limiter_new(server->limits.connection_rate, RATED_ADDRESSES)) ||
        !(server->new_requests = rate_limiter_new(server->limits.request_rate, RATED_ADDRESSES)) ||
        !(server->loop = memory_new(server->loops * sizeof *server->loop)) ||
        !copy(&server->world, config->world) || !copy(&server->local, config->local) ||
        !copy(&server->language, config->language ? config->language : "en")) {
        problem_no_memory(why);
        goto bad;
    }
    server->has[0] = server->world && *server->world;
    server->has[1] = server->local && *server->local;
    if (server->has[0] &&
        !(server->tls = tls_context(config->key_path, config->certificate_path, why)))
        goto bad;
    return server;
bad:
    http_server_free(server);
    return NULL;
}

int http_server_route(struct http_server *server, const struct http_route *route,
                      struct problem *why)
{
    return routes_add(&server->routes, route, why);
}

int http_server_set_authority(struct http_server *server, const char *authority,
                              struct problem *why)
{
    char *fresh = memory_copy_text(authority), *before;
    size_t n = strlen(authority);

    if (!fresh)
        return problem_no_memory(why);
    for (size_t i = 0; i < n; i++)
        if (fresh[i] >= 'A' && fresh[i] <= 'Z')
            fresh[i] = (char)(fresh[i] + ('a' - 'A'));
    if (n > 4 && strcmp(fresh + n - 4, ":443") == 0)
        fresh[n - 4] = 0;
    pthread_mutex_lock(&server->settings);
    before = server->authority;
    server->authority = fresh;
    pthread_mutex_unlock(&server->settings);
    memory_free(before);
    return 0;
}

int http_server_reload(struct http_server *server, const char *key_path,
                       const char *certificate_path, struct problem *why)
{
    SSL_CTX *fresh = tls_context(key_path, certificate_path, why), *before;

    if (!fresh)
        return -1;
    pthread_mutex_lock(&server->settings);
    before = server->tls;
    server->tls = fresh;
    pthread_mutex_unlock(&server->settings);
    SSL_CTX_free(before); /* open connections hold it as long as they need it */
    return 0;
}

/* Room for every connection that the limits allow, as far as the system gives it. */
static void raise_descriptors(const struct http_server *server)
{
    struct rlimit now;
    rlim_t wanted = server->limits.connections + DESCRIPTORS_SPARE;

    if (getrlimit(RLIMIT_NOFILE, &now) || now.rlim_cur >= wanted)
        return;
    now.rlim_cur = wanted < now.rlim_max ? wanted : now.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &now))
        log_line(LOG_LEVEL_WARN, "http", "cannot raise the number of open files");
}

static int bind_all(struct http_server *server, struct problem *why)
{
    const char *address[2] = {server->world, server->local};

    for (int which = 0; which < 2; which++) {
        int sockets[HTTP_LOOPS_MAX], rc;

        if (!server->has[which])
            continue;
        rc = listen_bind(address[which], which == 1, sockets, server->loops, &server->bound[which],
                         why);
        for (unsigned i = 0; i < server->loops; i++)
            server->loop[i].socket[which] = sockets[i];
        if (rc)
            return -1;
    }
    return 0;
}

int http_server_start(struct http_server *server, struct problem *why)
{
    raise_descriptors(server);
    server->started = true;
    for (unsigned i = 0; i < server->loops; i++) {
        struct loop *loop = &server->loop[i];

        loop->socket[0] = loop->socket[1] = loop->box.fd = -1;
    }
    for (unsigned i = 0; i < server->loops; i++)
        if (loop_open(&server->loop[i], server, i, why))
            goto bad;
    if (bind_all(server, why))
        goto bad;
    for (unsigned i = 0; i < server->loops; i++)
        if (loop_start(&server->loop[i], why))
            goto bad;
    return 0;
bad:
    http_server_stop(server);
    return -1;
}

bool http_server_address(const struct http_server *server, enum http_listener which,
                         char out[ADDRESS_TEXT])
{
    int at = which == HTTP_WORLD ? 0 : 1;

    out[0] = 0;
    if (!server->has[at] || !server->bound[at].ss_family)
        return false;
    address_write((const struct sockaddr *)&server->bound[at], out);
    return true;
}

void http_server_stop(struct http_server *server)
{
    if (!server->started)
        return;
    server->started = false;
    for (unsigned i = 0; i < server->loops; i++)
        if (server->loop[i].started)
            loop_stop(&server->loop[i]);
    for (unsigned i = 0; i < server->loops; i++)
        if (server->loop[i].started)
            pthread_join(server->loop[i].thread, NULL);
    workers_close(&server->workers);
    for (unsigned i = 0; i < server->loops; i++)
        loop_close(&server->loop[i]);
}

void http_server_free(struct http_server *server)
{
    if (!server)
        return;
    http_server_stop(server);
    workers_close(&server->workers);
    routes_free(&server->routes);
    admission_free(server->admission);
    rate_limiter_free(server->new_connections);
    rate_limiter_free(server->new_requests);
    SSL_CTX_free(server->tls);
    pthread_mutex_destroy(&server->settings);
    memory_free(server->loop);
    memory_free(server->world);
    memory_free(server->local);
    memory_free(server->language);
    memory_free(server->authority);
    memory_free(server);
}

void http_server_numbers(const struct http_server *server, struct http_server_numbers *out)
{
    out->connections = atomic_load(&server->connections);
    out->accepted = atomic_load(&server->accepted);
    out->refused = atomic_load(&server->refused);
    out->requests = atomic_load(&server->requests);
    out->bytes_out = atomic_load(&server->bytes_out);
}

unsigned http_thread_count(const struct http_server *server)
{
    return server->loops + server->limits.workers;
}
