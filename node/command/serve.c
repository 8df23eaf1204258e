/*
 * serve: the running node. Opens the home, answers the world and this machine, visits peers, and
 * takes the command lines of this home's owner, until it is told to end.
 */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "command/command.h"
#include "command/control.h"
#include "command/serve_tasks.h"
#include "http/http.h"
#include "peer_api/peer_api.h"
#include "site/site.h"
#include "sync/sync.h"

#define DRAIN_MS 3000 /* what clients get to take their answers */
#define END_WITHIN_S 5 /* the contract: from SIGTERM to the end */

struct serving {
    struct home *home;
    struct http_server *server;
    struct peer_api *api;
    struct site *site;
    struct tasks *tasks;
    struct sync_timer *timer;
    _Atomic(struct sync_timer *)
        noticing; /* the same, for those who answer already before it is there */
    struct control *control;
};

/* ---- what changes, and who is told */

static void records_changed(void *arg)
{
    struct serving *s = arg;

    tasks_records_changed(s->tasks);
}

static void peers_changed(void *arg)
{
    struct serving *s = arg;

    sync_timer_wake(s->timer);
    tasks_records_changed(s->tasks);
}

/* What a node that was shut out has begun ends now, and what was begun at it. */
static void peer_dropped(void *arg, const struct cs_node_id *node, row_id nid)
{
    struct serving *s = arg;

    http_server_drop(s->server, node);
    if (nid)
        sync_stop(nid);
}

static void published(void *arg)
{
    struct serving *s = arg;

    sync_timer_published(s->timer);
}

static void noticed(void *arg, row_id nid)
{
    struct serving *s = arg;

    sync_timer_notice(atomic_load(&s->noticing), nid);
}

static void indexing(void *arg, int64_t done, int64_t of)
{
    struct serving *s = arg;

    site_indexing(s->site, done, of);
}

/* ---- starting */

/* What one address may have: in the configuration 0 is any number. */
static void set_limits(const struct config *config, struct http_limits *limits)
{
    unsigned connections = config->client_connections, requests = config->client_requests;

    limits->drain_ms = DRAIN_MS;
    limits->head_ms = config->client_seconds * 1000 / 3 + 1;
    limits->body_ms = limits->idle_ms = limits->write_ms = config->client_seconds * 1000;
    limits->per_address = connections ? connections : UINT_MAX;
    /* A reader opens a handful at once and keeps them; a peer's visit needs four. */
    limits->connection_rate =
        (struct rate){connections ? connections / 5 + 1 : RATE_UNLIMITED, connections * 2};
    /* A fast peer's first visit is a few thousand bundles at a few hundred a second. */
    limits->request_rate = (struct rate){requests ? requests : RATE_UNLIMITED, requests * 20};
}

/* NULL: nobody connects from outside this machine. */
static const char *world_of(const struct config *config)
{
    return strcmp(config->listen, CONFIG_LISTEN_NONE) != 0 ? config->listen : NULL;
}

static int new_server(struct serving *s, struct problem *why)
{
    struct http_server_config config = {
        .world = world_of(&s->home->config),
        .local = s->home->config.local,
        .loops = s->home->config.loops,
        .proxy = s->home->config.trusted_proxy,
        .proxies = s->home->config.trusted_proxies,
        .language = s->home->config.lang[0] ? s->home->config.lang : NULL,
        .error_page = site_error_page,
        .error_page_arg = s->site,
    };
    char key[FILE_PATH_MAX], certificate[FILE_PATH_MAX];

    if (file_join(key, s->home->path, HOME_TLS_KEY) ||
        file_join(certificate, s->home->path, HOME_TLS_CERTIFICATE))
        return problem_errno(why, ENAMETOOLONG, FILE_OPEN, s->home->path);
    set_limits(&s->home->config, &config.limits);
    config.key_path = key;
    config.certificate_path = certificate;
    s->server = http_server_new(&config, why);
    return s->server ? 0 : -1;
}

static int answer(struct serving *s, struct problem *why)
{
    struct home *home = s->home;

    if (!(s->site = site_new(home->path, home->store, &home->config, why)) || new_server(s, why) ||
        !(s->api = peer_api_new(home->path, home->store, home->signer, home->peering, why)) ||
        peer_api_register(s->api, s->server, why) || site_register(s->site, s->server, why))
        return -1;
    peer_api_on_notice(s->api, noticed, s);
    peer_api_on_deposit(s->api, (uint64_t)home->config.relay_megabytes << 20, home_records_changed,
                        home);
    return http_server_start(s->server, why);
}

/* With port 0 the address is known only now; what names it is told before anybody is. */
static int name_address(struct serving *s, struct problem *why)
{
    struct http_url *url;
    char bound[ADDRESS_TEXT];
    int rc = 0;

    if (http_server_address(s->server, HTTP_WORLD, bound))
        peering_bound(s->home->peering, bound);
    if (!peering_url(s->home->peering)[0])
        return 0;
    if (!(url = memory_new(sizeof *url)))
        return problem_no_memory(why);
    if (http_url_read(peering_url(s->home->peering), url, why) ||
        http_server_set_authority(s->server, url->authority, why))
        rc = -1;
    memory_free(url);
    return rc;
}

static int start_sync(struct serving *s, struct problem *why)
{
    struct sync_setup setup = {
        .home = s->home->path,
        .store = s->home->store,
        .peering = s->home->peering,
        .signer = s->home->signer,
        .catalogue = s->home->catalogue,
        .changed = home_records_changed,
        .arg = s->home,
        .notice_seconds = s->home->config.notice_seconds,
    };

    if (!s->home->config.sync_minutes)
        return 0; /* only when asked */
    s->timer = sync_timer_start(&setup, s->home->config.sync_minutes, why);
    atomic_store(&s->noticing, s->timer);
    return s->timer ? 0 : -1;
}

/* Who has no peers is certain at once. Who has some starts to answer, and signs when they were asked. */
static int sign_first(struct home *home, struct problem *why)
{
    struct reader *r = store_reader(home->store, why);
    row_id any;
    size_t n;
    int rc = r ? store_peer_pick(r, STORE_SELF, 1, &any, &n, why) : -1;

    store_reader_free(r);
    if (rc || n > 0)
        return rc;
    return home_certain(home, false, why) || peering_profile_refresh(home->peering, why) ||
                   catalogue_refresh(home->catalogue, why)
               ? -1
               : 0;
}

static int start(struct serving *s, const struct command *const *commands, struct problem *why)
{
    if (home_open(s->home, why) || answer(s, why) || name_address(s, why) ||
        sign_first(s->home, why) || !(s->tasks = tasks_start(s->home, why)) || start_sync(s, why))
        return -1;
    home_listen(s->home, &(struct home_listener){.records = records_changed,
                                                 .peers = peers_changed,
                                                 .dropped = peer_dropped,
                                                 .indexing = indexing,
                                                 .published = published,
                                                 .arg = s});
    s->control = control_start(s->home, commands, why);
    return s->control ? 0 : -1;
}

/* ---- ending */

/* What has not ended by now is cut off: everything on disk is either complete or will be completed
 * by the next start. */
static void cut_off(int number)
{
    static const char line[] = "commonshelf: some work did not end in time and was cut off; the "
                               "next start completes it\n";

    (void)number;
    if (write(STDERR_FILENO, line, sizeof line - 1) < 0)
        _exit(EXIT_PART);
    _exit(EXIT_DONE);
}

static void stop(struct serving *s)
{
    home_listen(s->home, &(struct home_listener){0});
    control_stop(s->control);
    atomic_store(&s->noticing, NULL);
    if (s->server)
        http_server_stop(s->server);
    sync_timer_stop(s->timer);
    tasks_stop(s->tasks);
    http_server_free(s->server);
    peer_api_free(s->api);
    site_free(s->site);
}

/* ---- in between */

static void say_ready(struct serving *s, struct output *out)
{
    char world[ADDRESS_TEXT], local[ADDRESS_TEXT];
    const char *url = peering_url(s->home->peering);
    bool has_world = http_server_address(s->server, HTTP_WORLD, world);
    bool has_local = http_server_address(s->server, HTTP_LOCAL, local);
    struct cs_buffer line = {.alloc = memory_allocator()};

    cs_buffer_add_text(&line, "ready");
    if (has_world && url[0])
        cs_buffer_printf(&line, " %s", url);
    else if (has_world)
        cs_buffer_printf(&line, " https://%s", world);
    if (has_local)
        cs_buffer_printf(&line, " http://%s", local);
    cs_buffer_add_byte(&line, '\n');
    if (!line.failed && out->take(out->arg, FRAME_OUT, cs_buffer_span(&line)))
        out->lost = true;
    cs_buffer_free(&line);
}

static void reload(struct serving *s)
{
    char key[FILE_PATH_MAX], certificate[FILE_PATH_MAX];
    struct problem why = PROBLEM_INIT;

    if (file_join(key, s->home->path, HOME_TLS_KEY) ||
        file_join(certificate, s->home->path, HOME_TLS_CERTIFICATE) ||
        http_server_reload(s->server, key, certificate, &why) ||
        peering_profile_refresh(s->home->peering, &why))
        log_problem(LOG_LEVEL_ERROR, "serve", &why);
    else
        log_line(LOG_LEVEL_INFO, "serve", "%s",
                 _("read the certificate again; other settings need a restart"));
}

static void wait_for_end(struct serving *s, const sigset_t *signals)
{
    int number;

    while (!sigwait(signals, &number)) {
        if (number != SIGHUP)
            return;
        reload(s);
    }
}

static int run(struct call *call, struct problem *why)
{
    struct serving serving = {.home = call->home};
    struct sigaction end = {.sa_handler = cut_off};
    sigset_t signals;
    int rc;

    log_set_level(call->out->shape.quiet     ? LOG_LEVEL_WARN
                  : call->out->shape.verbose ? LOG_LEVEL_DEBUG
                                             : LOG_LEVEL_INFO);
    /* Before any thread is started, so that all of them leave these signals to this one. */
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    rc = start(&serving, call->commands, why);
    if (!rc) {
        say_ready(&serving, call->out);
        log_line(LOG_LEVEL_INFO, "serve", _("%s answers"), call->home->config.name);
        wait_for_end(&serving, &signals);
        log_line(LOG_LEVEL_INFO, "serve", "%s", _("ending"));
    }
    sigaction(SIGALRM, &end, NULL);
    alarm(END_WITHIN_S - 1);
    stop(&serving);
    return rc;
}

const struct command command_serve = {
    .name = "serve",
    .summary = N_("Runs the node: answers peers and browsers, visits peers."),
    .about = N_("Prints \"ready\" and its addresses when it answers, then logs to standard error. "
                "Every other command works while it runs. SIGTERM or Ctrl-C ends it within 5 "
                "seconds; SIGHUP reads the certificate again."),
    .example = "commonshelf serve",
    .home = COMMAND_SERVES,
    .run = run,
};
