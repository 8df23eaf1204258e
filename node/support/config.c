#include "support/config.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include <commonshelf/encode.h>
#include <commonshelf/profile.h>
#include <commonshelf/record.h>

#include "support/file.h"
#include "support/language.h"
#include "support/memory.h"

#define CONFIG_FILE_MAX 65536 /* a few dozen lines are usual */
#define SYNC_MINUTES_DEFAULT 15
#define SYNC_MINUTES_MAX 10080 /* a week: rarer is "only when asked" */
#define LOOPS_MAX 64
#define REASON_MAX 800

/* What is wrong with a value, as a sentence. */
struct reason {
    char text[REASON_MAX];
};

struct key {
    const char *name;
    /* -1 and a reason, or the value is in the config. */
    int (*read)(struct config *config, const char *value, struct reason *reason);
    /* The value as a line of the file shows it; an empty one is not set. */
    void (*show)(const struct config *config, struct cs_buffer *out);
    const char *comment; /* lines of the file before it */
    bool list; /* may come more than once */
};

__attribute__((format(printf, 2, 3))) static int say(struct reason *reason, const char *format, ...)
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
        return say(reason, _("It is longer than %zu bytes."), max);
    memcpy(out, value, n + 1);
    return 0;
}

static int read_name(struct config *config, const char *value, struct reason *reason)
{
    if (!*value)
        return say(reason, "%s", _("The institution needs a name."));
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
        return say(reason, "%s", _("A language is written like en, es or zh-Hans."));
    return read_text(config->lang, sizeof config->lang - 1, value, reason);
}

static void show_lang(const struct config *config, struct cs_buffer *out)
{
    cs_buffer_add_text(out, config->lang);
}

static int read_url(struct config *config, const char *value, struct reason *reason)
{
    if (*value && !cs_url_is_origin(cs_span_of(value)))
        return say(reason, "%s",
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

    if (address_read(value, &address, &length))
        return say(reason, "%s",
                   _("It takes an address and a port, like 0.0.0.0:7443 or [::]:7443."));
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
        return say(reason, "%s",
                   _("It takes a loopback address and a port, like 127.0.0.1:7480 or [::1]:7480: "
                     "what it serves is not encrypted and must not leave this machine."));
    return read_text(config->local, sizeof config->local - 1, value, reason);
}

static void show_local(const struct config *config, struct cs_buffer *out)
{
    cs_buffer_add_text(out, config->local);
}

static int add_cidr(struct config *config, const char *text, struct reason *reason)
{
    struct cidr *next = &config->allow_cidr[config->allow_cidrs];

    if (config->allow_cidrs == CONFIG_CIDR_MAX)
        return say(reason, _("At most %d networks can be listed."), CONFIG_CIDR_MAX);
    if (cidr_read(text, next))
        return say(reason, _("\"%s\" is no network: write it like 192.168.0.0/16 or fd00::/8."),
                   text);
    if (next->family == AF_UNSPEC)
        return say(reason, "%s",
                   _("Public addresses are always allowed; list private networks only."));
    config->allow_cidrs++;
    return 0;
}

static int read_allow_cidr(struct config *config, const char *value, struct reason *reason)
{
    char text[CIDR_TEXT];

    while (*value) {
        size_t n = strcspn(value, " \t,");

        if (n >= sizeof text)
            return say(reason, _("\"%.60s\" is no network."), value);
        memcpy(text, value, n);
        text[n] = '\0';
        if (n && add_cidr(config, text, reason))
            return -1;
        value += n;
        value += strspn(value, " \t,");
    }
    return 0;
}

static void show_allow_cidr(const struct config *config, struct cs_buffer *out)
{
    char text[CIDR_TEXT];

    for (size_t i = 0; i < config->allow_cidrs; i++) {
        cidr_write(&config->allow_cidr[i], text);
        cs_buffer_printf(out, "%s%s", i ? " " : "", text);
    }
}

static int read_count(unsigned *out, unsigned max, const char *value, struct reason *reason)
{
    uint64_t n;

    if (cs_decimal_read(cs_span_of(value), max, &n) != CS_OK)
        return say(reason, _("It takes a whole number from 0 to %u."), max);
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

static int read_loops(struct config *config, const char *value, struct reason *reason)
{
    return read_count(&config->loops, LOOPS_MAX, value, reason);
}

static void show_loops(const struct config *config, struct cs_buffer *out)
{
    cs_buffer_printf(out, "%u", config->loops);
}

static const struct key keys[] = {
    {"name", read_name, show_name, N_("The name of your institution, as others see it."), false},
    {"place", read_place, show_place, N_("Where it is: a town, a region."), false},
    {"lang", read_lang, show_lang,
     N_("The language of name and place, as a BCP 47 tag: en, es, sw, zh-Hans."), false},
    {"url", read_url, show_url,
     N_("The address at which other nodes reach this one, like https://books.example.org.\n"
        "Without it, the address of `listen` is used when that names one."),
     false},
    {"listen", read_listen, show_listen,
     N_("Where other nodes and readers connect, over HTTPS. Port 0 takes any free one."), false},
    {"local", read_local, show_local,
     N_("Where this machine's own browser or a reverse proxy connects. Loopback only."), false},
    {"allow_cidr", read_allow_cidr, show_allow_cidr,
     N_("Private networks in which peers may be contacted, like 192.168.0.0/16.\n"
        "Public addresses are always allowed; private ones only when they are listed here."),
     true},
    {"sync_minutes", read_sync_minutes, show_sync_minutes,
     N_("Minutes between two visits to a peer. 0: only when you run `commonshelf sync`."), false},
    {"loops", read_loops, show_loops,
     N_("Threads that answer requests. 0: one for each core, at most 4."), false},
};
#define KEYS (sizeof keys / sizeof keys[0])

void config_defaults(struct config *config)
{
    memset(config, 0, sizeof *config);
    strcpy(config->listen, CONFIG_LISTEN_DEFAULT);
    strcpy(config->local, CONFIG_LOCAL_DEFAULT);
    config->sync_minutes = SYNC_MINUTES_DEFAULT;
}

/* The number of letters to add, drop or change (Levenshtein); words of our own length only. */
static size_t distance(const char *a, const char *b)
{
    size_t row[32], n = strlen(b);

    assert(n < sizeof row / sizeof row[0]);
    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 1; *a; a++, i++) {
        size_t corner = row[0];

        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t change = corner + (*a != b[j - 1]);
            size_t least = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;

            corner = row[j];
            row[j] = change < least ? change : least;
        }
    }
    return row[n];
}

static const struct key *find_key(const char *name, struct reason *reason)
{
    const struct key *nearest = keys;

    for (size_t i = 0; i < KEYS; i++) {
        if (!strcmp(keys[i].name, name))
            return &keys[i];
        if (distance(name, keys[i].name) < distance(name, nearest->name))
            nearest = &keys[i];
    }
    say(reason, _("There is no such key; the nearest is \"%s\"."), nearest->name);
    return NULL;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

static int check_text(const char *value, struct reason *reason)
{
    for (const char *p = value; *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            return say(reason, "%s", _("It has a control character in it."));
    if (!cs_utf8_valid(cs_span_of(value)))
        return say(reason, "%s", _("It is not UTF-8 text. Save the file as UTF-8."));
    return 0;
}

static int set_value(struct config *config, const struct key *key, const char *value,
                     struct reason *reason)
{
    if (check_text(value, reason))
        return -1;
    return key->read(config, value, reason);
}

int config_set(struct config *config, const char *name, const char *value, struct problem *why)
{
    struct reason reason = {""};
    const struct key *key = find_key(name, &reason);
    char text[CS_URL_MAX + 2];
    size_t n;

    while (is_space(*value))
        value++;
    n = strlen(value);
    while (n && is_space(value[n - 1]))
        n--;
    if (key && n < sizeof text) {
        memcpy(text, value, n);
        text[n] = '\0';
        if (!set_value(config, key, text, &reason))
            return 0;
    } else if (key) {
        say(&reason, _("It is longer than %d bytes."), CS_URL_MAX);
    }
    return problem_usage(why, "bad_value", "%s: %s", name, reason.text);
}

/* One line without its end, cut into key and value in place. */
static int read_line(struct config *config, char *line, bool seen[KEYS], const char **name,
                     struct reason *reason)
{
    const struct key *key;
    char *equals, *end;
    char *value;

    while (is_space(*line))
        line++;
    *name = line;
    if (!*line || *line == '#')
        return 0;
    equals = strchr(line, '=');
    if (!equals)
        return say(reason, "%s", _("A line is written as key = value; a comment starts with #."));
    end = equals;
    while (end > line && is_space(end[-1]))
        end--;
    value = equals + 1;
    while (is_space(*value))
        value++;
    *end = '\0';
    end = value + strlen(value);
    while (end > value && is_space(end[-1]))
        end--;
    *end = '\0';
    key = find_key(line, reason);
    if (!key)
        return -1;
    if (seen[key - keys] && !key->list)
        return say(reason, "%s", _("This key was already set on a line before it."));
    seen[key - keys] = true;
    return set_value(config, key, value, reason);
}

static int bad_line(struct problem *why, const char *path, unsigned number, const char *name,
                    const struct reason *reason)
{
    return problem_set(why, "config_bad_line",
                       _("%s, line %u, \"%.60s\": %s Correct that line and try again."), path,
                       number, name, reason->text);
}

static int read_lines(const char *path, struct cs_span text, struct config *config,
                      struct problem *why)
{
    static const char mark[] = "\xef\xbb\xbf"; /* some editors put it before UTF-8 */
    char line[CS_URL_MAX + 256];
    bool seen[KEYS] = {false};
    struct reason reason = {""};
    const char *name = "";

    if (text.n >= 3 && !memcmp(text.p, mark, 3)) {
        text.p += 3;
        text.n -= 3;
    }
    for (unsigned number = 1; text.n; number++) {
        const unsigned char *lf = memchr(text.p, '\n', text.n);
        size_t whole = lf ? (size_t)(lf - text.p) + 1 : text.n;
        size_t n = lf ? whole - 1 : whole;

        if (n && text.p[n - 1] == '\r')
            n--;
        line[0] = '\0';
        if (n >= sizeof line) {
            say(&reason, _("It is longer than %zu bytes."), sizeof line - 1);
            return bad_line(why, path, number, "", &reason);
        }
        if (memchr(text.p, '\0', n)) {
            say(&reason, "%s", _("It has a NUL byte in it."));
            return bad_line(why, path, number, "", &reason);
        }
        memcpy(line, text.p, n);
        line[n] = '\0';
        if (read_line(config, line, seen, &name, &reason))
            return bad_line(why, path, number, name, &reason);
        text.p += whole;
        text.n -= whole;
    }
    if (config->name[0])
        return 0;
    return problem_set(why, "config_bad_line",
                       _("%s has no \"name\": add a line with the name of your institution, like "
                         "name = City Library."),
                       path);
}

int config_read(const char *path, struct config *config, struct problem *why)
{
    struct cs_buffer text = CS_BUFFER_INIT;
    struct problem cause = PROBLEM_INIT;
    int rc = -1;

    text.alloc = memory_allocator();
    config_defaults(config);
    if (file_read(path, CONFIG_FILE_MAX, &text, &cause)) {
        problem_set(why, "config_unreadable", "%s", cause.message);
        problem_detail(why, "%s", cause.detail);
        goto out;
    }
    rc = read_lines(path, cs_buffer_span(&text), config, why);
out:
    cs_buffer_free(&text);
    return rc;
}

static void add_comment(struct cs_buffer *out, const char *comment)
{
    while (*comment) {
        size_t n = strcspn(comment, "\n");

        cs_buffer_printf(out, "# %.*s\n", (int)n, comment);
        comment += n + (comment[n] == '\n');
    }
}

static void add_key(struct cs_buffer *out, const struct key *key, const struct config *config,
                    const struct config *usual)
{
    struct cs_buffer value = CS_BUFFER_INIT, other = CS_BUFFER_INIT;

    value.alloc = other.alloc = memory_allocator();
    key->show(config, &value);
    key->show(usual, &other);
    cs_buffer_add_byte(out, '\n');
    add_comment(out, _(key->comment));
    if (cs_span_equal(cs_buffer_span(&value), cs_buffer_span(&other)))
        cs_buffer_add_byte(out, '#');
    cs_buffer_printf(out, "%s =%s", key->name, value.n ? " " : "");
    cs_buffer_add_span(out, cs_buffer_span(&value));
    cs_buffer_add_byte(out, '\n');
    out->failed = out->failed || value.failed || other.failed;
    cs_buffer_free(&value);
    cs_buffer_free(&other);
}

int config_write(const char *path, const struct config *config, struct problem *why)
{
    struct cs_buffer text = CS_BUFFER_INIT;
    struct config *usual = memory_new(sizeof *usual);
    int rc = -1;

    if (!usual)
        return problem_no_memory(why);
    text.alloc = memory_allocator();
    config_defaults(usual);
    add_comment(&text, _("The settings of this node. A line that starts with # is a comment, or "
                         "shows\na default. Restart `commonshelf serve` after a change."));
    for (size_t i = 0; i < KEYS; i++)
        add_key(&text, &keys[i], config, usual);
    if (text.failed)
        problem_no_memory(why);
    else
        rc = file_put_durable(path, cs_buffer_span(&text), 0644, why);
    memory_free(usual);
    cs_buffer_free(&text);
    return rc;
}
