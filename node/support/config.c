#include "support/config_internal.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include <commonshelf/encode.h>

#include "support/file.h"
#include "support/language.h"
#include "support/memory.h"

#define CONFIG_FILE_MAX 65536 /* a few dozen lines are usual */
#define NOTICE_SECONDS_DEFAULT 300
#define SYNC_MINUTES_DEFAULT 15
#define KEYS_MAX 64 /* more than there are */

void config_defaults(struct config *config)
{
    memset(config, 0, sizeof *config);
    strcpy(config->listen, CONFIG_LISTEN_DEFAULT);
    strcpy(config->local, CONFIG_LOCAL_DEFAULT);
    config->sync_minutes = SYNC_MINUTES_DEFAULT;
    config->notice_seconds = NOTICE_SECONDS_DEFAULT;
    config->direct_hours = 24;
    config->relay_megabytes = 1024;
    config->client_seconds = 30;
    config->client_connections = 256;
    config->client_requests = 500;
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

static const struct config_key *find_key(const char *name, struct reason *reason)
{
    const struct config_key *nearest = config_keys;

    for (size_t i = 0; i < config_keys_count; i++) {
        if (!strcmp(config_keys[i].name, name))
            return &config_keys[i];
        if (distance(name, config_keys[i].name) < distance(name, nearest->name))
            nearest = &config_keys[i];
    }
    config_say(reason, _("There is no such key; the nearest is \"%s\"."), nearest->name);
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
            return config_say(reason, "%s", _("It has a control character in it."));
    if (!cs_utf8_valid(cs_span_of(value)))
        return config_say(reason, "%s", _("It is not UTF-8 text. Save the file as UTF-8."));
    return 0;
}

static int set_value(struct config *config, const struct config_key *key, const char *value,
                     struct reason *reason)
{
    if (check_text(value, reason))
        return -1;
    return key->read(config, value, reason);
}

int config_set(struct config *config, const char *name, const char *value, struct problem *why)
{
    struct reason reason = {""};
    const struct config_key *key = find_key(name, &reason);
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
        config_say(&reason, _("It is longer than %d bytes."), CS_URL_MAX);
    }
    return problem_usage(why, "bad_value", "%s: %s", name, reason.text);
}

/* One line without its end, cut into key and value in place. */
static int read_line(struct config *config, char *line, bool seen[KEYS_MAX], const char **name,
                     struct reason *reason)
{
    const struct config_key *key;
    char *equals, *end;
    char *value;

    while (is_space(*line))
        line++;
    *name = line;
    if (!*line || *line == '#')
        return 0;
    equals = strchr(line, '=');
    if (!equals)
        return config_say(reason, "%s",
                          _("A line is written as key = value; a comment starts with #."));
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
    if (seen[key - config_keys] && !key->list)
        return config_say(reason, "%s", _("This key was already set on a line before it."));
    seen[key - config_keys] = true;
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
    bool seen[KEYS_MAX] = {false};
    struct reason reason = {""};
    const char *name = "";

    assert(config_keys_count <= KEYS_MAX);
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
            config_say(&reason, _("It is longer than %zu bytes."), sizeof line - 1);
            return bad_line(why, path, number, "", &reason);
        }
        if (memchr(text.p, '\0', n)) {
            config_say(&reason, "%s", _("It has a NUL byte in it."));
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

static void add_key(struct cs_buffer *out, const struct config_key *key,
                    const struct config *config, const struct config *usual)
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
    for (size_t i = 0; i < config_keys_count; i++)
        add_key(&text, &config_keys[i], config, usual);
    if (text.failed)
        problem_no_memory(why);
    else
        rc = file_put_durable(path, cs_buffer_span(&text), 0644, why);
    memory_free(usual);
    cs_buffer_free(&text);
    return rc;
}
