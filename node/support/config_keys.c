/*
 * The keys of commonshelf.conf: how each is read, checked, shown, and explained.
 */
#include "support/config_internal.h"

#include <stdarg.h>
#include <stdio.h>

#include <commonshelf/encode.h>
#include <commonshelf/profile.h>
#include <commonshelf/record.h>

#include "support/language.h"

#define NOTICE_SECONDS_MAX 3600
#define SYNC_MINUTES_MAX 10080 /* a week: rarer is "only when asked" */
#define DIRECT_HOURS_MAX 168 /* a week: then its catalogue would count as stale */
#define LOOPS_MAX 64
#define RELAY_MEGABYTES_MAX 10000000
#define CLIENT_SECONDS_MAX 3600
#define CLIENT_COUNT_MAX 1000000

__attribute__((format(printf, 2, 3))) int config_say(struct reason *reason, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    if (vsnprintf(reason->text, sizeof reason->text, format, args) < 0)
        reason->text[0] = '\0';
    va_end(args);
    return -1;
}

static int read_text(char *out, size_t max, const char *value, struct reason *reason)
{
    size_t n = strlen(value);

    if (n > max)
        return config_say(reason, _("It is longer than %zu bytes."), max);
    memcpy(out, value, n + 1);
    return 0;
}

static int read_name(struct config *config, const char *value, struct reason *reason)
{
    if (!*value)
        return config_say(reason, "%s", _("The institution needs a name."));
    return read_text(config->name, CS_PROFILE_TEXT_MAX, value, reason);
}

static void show_name(const struct config *config, struct cs_buffer *out)
{
    cs_buffer_add_text(out, config->name);
}

static int read_place(struct config *config, const char *value, struct reason *reason)
{
    return read_text(config->place, CS_PROFILE_TEXT_MAX, value, reason);
}

static void show_place(const struct config *config, struct cs_buffer *out)
{
    cs_buffer_add_text(out, config->place);
}

static int read_lang(struct config *config, const char *value, struct reason *reason)
{
    if (*value && !cs_language_valid(cs_span_of(value)))
        return config_say(reason, "%s", _("A language is written like en, es or zh-Hans."));
    return read_text(config->lang, sizeof config->lang - 1, value, reason);
}

static void show_lang(const struct config *config, struct cs_buffer *out)
{
    cs_buffer_add_text(out, config->lang);
}

static int read_url(struct config *config, const char *value, struct reason *reason)
{
    if (*value && !cs_url_is_origin(cs_span_of(value)))
        return config_say(reason, "%s",
                          _("The address of a node is written like https://books.example.org or "
                            "https://192.168.1.20:7443, with nothing behind it."));
    return read_text(config->url, CS_URL_MAX, value, reason);
}

static void show_url(const struct config *config, struct cs_buffer *out)
{
    cs_buffer_add_text(out, config->url);
}

static int read_listen(struct config *config, const char *value, struct reason *reason)
{
    struct sockaddr_storage address;
    socklen_t length;

    if (strcmp(value, CONFIG_LISTEN_NONE) != 0 && address_read(value, &address, &length))
        return config_say(reason, "%s",
                          _("It takes an address and a port, like 0.0.0.0:7443 or [::]:7443, or "
                            "none."));
    return read_text(config->listen, sizeof config->listen - 1, value, reason);
}

static void show_listen(const struct config *config, struct cs_buffer *out)
{
    cs_buffer_add_text(out, config->listen);
}

static int read_local(struct config *config, const char *value, struct reason *reason)
{
    struct sockaddr_storage address;
    socklen_t length;

    if (address_read(value, &address, &length) ||
        !address_is_loopback((const struct sockaddr *)&address))
        return config_say(
            reason, "%s",
            _("It takes a loopback address and a port, like 127.0.0.1:7480 or [::1]:7480: "
              "what it serves is not encrypted and must not leave this machine."));
    return read_text(config->local, sizeof config->local - 1, value, reason);
}

static void show_local(const struct config *config, struct cs_buffer *out)
{
    cs_buffer_add_text(out, config->local);
}

static int read_reach(struct config *config, const char *value, struct reason *reason)
{
    config->reach_none = strcmp(value, "none") == 0;
    if (config->reach_none || strcmp(value, "direct") == 0)
        return 0;
    return config_say(reason, "%s", _("It takes direct or none."));
}

static void show_reach(const struct config *config, struct cs_buffer *out)
{
    cs_buffer_add_text(out, config->reach_none ? "none" : "direct");
}

static int add_via(struct config *config, struct cs_span id, struct reason *reason)
{
    struct cs_node_id *via = &config->via[config->vias];

    if (config->vias == CS_PROFILE_VIAS_MAX)
        return config_say(reason, _("At most %d nodes can be listed."), CS_PROFILE_VIAS_MAX);
    if (cs_node_id_read(id, via) != CS_OK)
        return config_say(reason,
                          _("\"%.*s\" is no node ID: those begin with cs1 and have %d letters and "
                            "digits."),
                          (int)(id.n < 60 ? id.n : 60), (const char *)id.p, CS_NODE_ID_LEN);
    for (size_t i = 0; i < config->vias; i++)
        if (cs_node_id_equal(&config->via[i], via))
            return 0;
    config->vias++;
    return 0;
}

static int read_via(struct config *config, const char *value, struct reason *reason)
{
    while (*value) {
        size_t n = strcspn(value, " \t,");

        if (n && add_via(config, cs_span_make((const unsigned char *)value, n), reason))
            return -1;
        value += n;
        value += strspn(value, " \t,");
    }
    return 0;
}

static void show_via(const struct config *config, struct cs_buffer *out)
{
    for (size_t i = 0; i < config->vias; i++)
        cs_buffer_printf(out, "%s%s", i ? " " : "", config->via[i].s);
}

static int add_cidr(struct cidr list[CONFIG_CIDR_MAX], size_t *n, const char *text,
                    struct reason *reason)
{
    if (*n == CONFIG_CIDR_MAX)
        return config_say(reason, _("At most %d networks can be listed."), CONFIG_CIDR_MAX);
    if (cidr_read(text, &list[*n]))
        return config_say(
            reason, _("\"%s\" is no network: write it like 192.168.0.0/16 or fd00::/8."), text);
    ++*n;
    return 0;
}

static int read_cidrs(struct cidr list[CONFIG_CIDR_MAX], size_t *count, const char *value,
                      struct reason *reason)
{
    char text[CIDR_TEXT];

    while (*value) {
        size_t n = strcspn(value, " \t,");

        if (n >= sizeof text)
            return config_say(reason, _("\"%.60s\" is no network."), value);
        memcpy(text, value, n);
        text[n] = '\0';
        if (n && add_cidr(list, count, text, reason))
            return -1;
        value += n;
        value += strspn(value, " \t,");
    }
    return 0;
}

static void show_cidrs(const struct cidr *list, size_t n, struct cs_buffer *out)
{
    char text[CIDR_TEXT];

    for (size_t i = 0; i < n; i++) {
        cidr_write(&list[i], text);
        cs_buffer_printf(out, "%s%s", i ? " " : "", text);
    }
}

static int read_allow_cidr(struct config *config, const char *value, struct reason *reason)
{
    size_t before = config->allow_cidrs;

    if (read_cidrs(config->allow_cidr, &config->allow_cidrs, value, reason))
        return -1;
    for (size_t i = before; i < config->allow_cidrs; i++)
        if (config->allow_cidr[i].family == AF_UNSPEC)
            return config_say(
                reason, "%s",
                _("Public addresses are always allowed; list private networks only."));
    return 0;
}

static void show_allow_cidr(const struct config *config, struct cs_buffer *out)
{
    show_cidrs(config->allow_cidr, config->allow_cidrs, out);
}

static int read_trusted_proxy(struct config *config, const char *value, struct reason *reason)
{
    size_t before = config->trusted_proxies;

    if (read_cidrs(config->trusted_proxy, &config->trusted_proxies, value, reason))
        return -1;
    for (size_t i = before; i < config->trusted_proxies; i++)
        if (config->trusted_proxy[i].family == AF_UNSPEC)
            return config_say(reason, "%s", _("Only your own proxies can be trusted."));
    return 0;
}

static void show_trusted_proxy(const struct config *config, struct cs_buffer *out)
{
    show_cidrs(config->trusted_proxy, config->trusted_proxies, out);
}

static int read_count(unsigned *out, unsigned max, const char *value, struct reason *reason)
{
    uint64_t n;

    if (cs_decimal_read(cs_span_of(value), max, &n) != CS_OK)
        return config_say(reason, _("It takes a whole number from 0 to %u."), max);
    *out = (unsigned)n;
    return 0;
}

static int read_sync_minutes(struct config *config, const char *value, struct reason *reason)
{
    return read_count(&config->sync_minutes, SYNC_MINUTES_MAX, value, reason);
}

static void show_sync_minutes(const struct config *config, struct cs_buffer *out)
{
    cs_buffer_printf(out, "%u", config->sync_minutes);
}

static int read_notice_seconds(struct config *config, const char *value, struct reason *reason)
{
    return read_count(&config->notice_seconds, NOTICE_SECONDS_MAX, value, reason);
}

static void show_notice_seconds(const struct config *config, struct cs_buffer *out)
{
    cs_buffer_printf(out, "%u", config->notice_seconds);
}

static int read_direct_hours(struct config *config, const char *value, struct reason *reason)
{
    return read_count(&config->direct_hours, DIRECT_HOURS_MAX, value, reason);
}

static void show_direct_hours(const struct config *config, struct cs_buffer *out)
{
    cs_buffer_printf(out, "%u", config->direct_hours);
}

static int read_relay_megabytes(struct config *config, const char *value, struct reason *reason)
{
    return read_count(&config->relay_megabytes, RELAY_MEGABYTES_MAX, value, reason);
}

static void show_relay_megabytes(const struct config *config, struct cs_buffer *out)
{
    cs_buffer_printf(out, "%u", config->relay_megabytes);
}

static int read_compact(struct config *config, const char *value, struct reason *reason)
{
    config->compact_auto = strcmp(value, "auto") == 0;
    if (config->compact_auto || strcmp(value, "ask") == 0)
        return 0;
    return config_say(reason, "%s", _("It takes auto or ask."));
}

static void show_compact(const struct config *config, struct cs_buffer *out)
{
    cs_buffer_add_text(out, config->compact_auto ? "auto" : "ask");
}

static int read_loops(struct config *config, const char *value, struct reason *reason)
{
    return read_count(&config->loops, LOOPS_MAX, value, reason);
}

static void show_loops(const struct config *config, struct cs_buffer *out)
{
    cs_buffer_printf(out, "%u", config->loops);
}

static int read_client_seconds(struct config *config, const char *value, struct reason *reason)
{
    unsigned seconds = 0;

    if (read_count(&seconds, CLIENT_SECONDS_MAX, value, reason))
        return -1;
    if (!seconds)
        return config_say(reason, _("It takes a whole number from 1 to %u."), CLIENT_SECONDS_MAX);
    config->client_seconds = seconds;
    return 0;
}

static void show_client_seconds(const struct config *config, struct cs_buffer *out)
{
    cs_buffer_printf(out, "%u", config->client_seconds);
}

static int read_client_connections(struct config *config, const char *value, struct reason *reason)
{
    return read_count(&config->client_connections, CLIENT_COUNT_MAX, value, reason);
}

static void show_client_connections(const struct config *config, struct cs_buffer *out)
{
    cs_buffer_printf(out, "%u", config->client_connections);
}

static int read_client_requests(struct config *config, const char *value, struct reason *reason)
{
    return read_count(&config->client_requests, CLIENT_COUNT_MAX, value, reason);
}

static void show_client_requests(const struct config *config, struct cs_buffer *out)
{
    cs_buffer_printf(out, "%u", config->client_requests);
}

const struct config_key config_keys[] = {
    {"name", read_name, show_name, N_("The name of your institution, as others see it."), false},
    {"place", read_place, show_place, N_("Where it is: a town, a region."), false},
    {"lang", read_lang, show_lang,
     N_("The language of name and place, as a BCP 47 tag: en, es, sw, zh-Hans."), false},
    {"url", read_url, show_url,
     N_("The address at which other nodes reach this one, like https://books.example.org.\n"
        "Without it, the address of `listen` is used when that names one."),
     false},
    {"listen", read_listen, show_listen,
     N_("Where other nodes and readers connect, over HTTPS. Port 0 takes any free one. none: only\n"
        "this machine connects."),
     false},
    {"local", read_local, show_local,
     N_("Where this machine's own browser or a reverse proxy connects. Loopback only."), false},
    {"reach", read_reach, show_reach,
     N_("direct: other nodes can connect to this one. none: they can't (it stands behind somebody\n"
        "else's router, or on a phone's line), and read its catalogue at the nodes of `via`."),
     false},
    {"via", read_via, show_via,
     N_("Node IDs of peers that keep a copy of this catalogue for those who can't connect here.\n"
        "With reach = direct, others are asked to visit these in place of this node, to spare it."),
     true},
    {"allow_cidr", read_allow_cidr, show_allow_cidr,
     N_("Private networks in which peers may be contacted, like 192.168.0.0/16.\n"
        "Public addresses are always allowed; private ones only when they are listed here."),
     true},
    {"sync_minutes", read_sync_minutes, show_sync_minutes,
     N_("Minutes between two visits to a peer. 0: only when you run `commonshelf sync`."), false},
    {"notice_seconds", read_notice_seconds, show_notice_seconds,
     N_("Seconds within which a peer that says it has something new is visited, at a moment drawn\n"
        "by chance: all its partners at once would be too many."),
     false},
    {"direct_hours", read_direct_hours, show_direct_hours,
     N_("A peer that asks for it (by `via`) is visited at its relays. After so many hours it is\n"
        "visited itself all the same, and at once when they fail or are behind. 0: always itself."),
     false},
    {"relay_megabytes", read_relay_megabytes, show_relay_megabytes,
     N_("Megabytes that each node this one relays for may keep here (peer set --relay-for)."),
     false},
    {"loops", read_loops, show_loops,
     N_("Threads that answer requests. 0: one for each core, at most 4."), false},
    {"client_seconds", read_client_seconds, show_client_seconds,
     N_("Seconds that a client may take to send a request, to read an answer, or to stay silent.\n"
        "A third of it for connecting. Raise it when your readers have very slow lines."),
     false},
    {"client_connections", read_client_connections, show_client_connections,
     N_("Connections that one address may have open at once. 0: any number."), false},
    {"client_requests", read_client_requests, show_client_requests,
     N_("Requests that one address may make in a second, for long; a search counts as 20.\n"
        "Far more at once are answered too. 0: any number."),
     false},
    {"compact", read_compact, show_compact,
     N_("auto: publishing begins a shelf's log anew once most of it is past.\n"
        "ask: only \"commonshelf shelf compact\" does; status says when it is time."),
     false},
    {"trusted_proxy", read_trusted_proxy, show_trusted_proxy,
     N_("Addresses of your own reverse proxies, like 127.0.0.1/32. The limits above then hold for\n"
        "the address that they give in X-Forwarded-For."),
     true},
};
const size_t config_keys_count = sizeof config_keys / sizeof config_keys[0];
