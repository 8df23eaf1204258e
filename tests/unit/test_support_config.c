/* commonshelf.conf: read, checked by line and key, written with its comments. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/config.h"
#include "support/file.h"
#include "support/memory.h"
#include "tests/unit/test_support_directory.h"

static int teardown(void **state)
{
    memory_fail_at(0);
    return test_directory_remove(state);
}

static struct config config;

static int read_text(const char *text, size_t n, struct problem *why)
{
    const char *path = test_path("commonshelf.conf");

    problem_clear(why);
    assert_int_equal(file_put(path, cs_span_make(text, n), 0600, NULL), 0);
    memset(&config, 0x5a, sizeof config);
    return config_read(path, &config, why);
}

static void assert_read(const char *text)
{
    struct problem why = PROBLEM_INIT;

    if (read_text(text, strlen(text), &why))
        fail_msg("refused: %s", why.message);
}

/* Refused, and the message names the file, the line and each of the words. */
static void assert_refused(const char *text, const char *line, const char *word)
{
    struct problem why = PROBLEM_INIT;

    if (read_text(text, strlen(text), &why) != -1)
        fail_msg("read: %s", text);
    assert_string_equal(why.code, "config_bad_line");
    assert_non_null(strstr(why.message, "commonshelf.conf"));
    if (!strstr(why.message, line) || !strstr(why.message, word))
        fail_msg("\"%s\" doesn't say \"%s\" and \"%s\"", why.message, line, word);
}

static void defaults(void **state)
{
    (void)state;
    assert_read("name = City Library\n");
    assert_string_equal(config.name, "City Library");
    assert_string_equal(config.place, "");
    assert_string_equal(config.url, "");
    assert_string_equal(config.lang, "");
    assert_string_equal(config.listen, "0.0.0.0:7443");
    assert_string_equal(config.local, "127.0.0.1:7480");
    assert_int_equal(config.allow_cidrs, 0);
    assert_int_equal(config.sync_minutes, 15);
    assert_int_equal(config.loops, 0);
    assert_int_equal(config.client_seconds, 30);
    assert_int_equal(config.client_connections, 256);
    assert_int_equal(config.client_requests, 500);
    assert_int_equal(config.trusted_proxies, 0);
}

static void every_key(void **state)
{
    char text[CIDR_TEXT];

    (void)state;
    assert_read("\xef\xbb\xbf# comment\r\n"
                "name=Escuela Ñandú # 1 = one\r\n"
                "  place \t=\t Valle  \r\n"
                "\r\n"
                "   # another\n"
                "lang = es-AR\n"
                "url = https://192.168.1.20:7443\n"
                "listen = [::]:7443\n"
                "local = [::1]:0\n"
                "allow_cidr = 192.168.0.0/16, fd00::/8\n"
                "allow_cidr =\n"
                "allow_cidr = 127.0.0.1\n"
                "sync_minutes = 0\n"
                "client_seconds = 90\n"
                "client_connections = 0\n"
                "client_requests = 50\n"
                "trusted_proxy = 127.0.0.1, 198.51.100.0/24\n"
                "loops = 2");
    assert_string_equal(config.name, "Escuela Ñandú # 1 = one");
    assert_string_equal(config.place, "Valle");
    assert_string_equal(config.lang, "es-AR");
    assert_string_equal(config.url, "https://192.168.1.20:7443");
    assert_string_equal(config.listen, "[::]:7443");
    assert_string_equal(config.local, "[::1]:0");
    assert_int_equal(config.allow_cidrs, 3);
    cidr_write(&config.allow_cidr[1], text);
    assert_string_equal(text, "fd00::/8");
    cidr_write(&config.allow_cidr[2], text);
    assert_string_equal(text, "127.0.0.1/32");
    assert_int_equal(config.sync_minutes, 0);
    assert_int_equal(config.loops, 2);
    assert_int_equal(config.client_seconds, 90);
    assert_int_equal(config.client_connections, 0);
    assert_int_equal(config.client_requests, 50);
    assert_int_equal(config.trusted_proxies, 2);
    cidr_write(&config.trusted_proxy[1], text);
    assert_string_equal(text, "198.51.100.0/24");
}

static void bad_lines_are_named(void **state)
{
    struct problem why = PROBLEM_INIT;
    char text[3000];

    (void)state;
    assert_refused("name = A\nhello\n", "line 2", "key = value");
    assert_refused("name = A\n\n# x\n= 5\n", "line 4", "no such key");
    assert_refused("name = A\nsync_minute = 5\n", "line 2", "\"sync_minutes\"");
    assert_refused("name = A\nlsiten = 0.0.0.0:1\n", "line 2", "\"listen\"");
    assert_refused("name = A\nNAME = B\n", "line 2", "\"name\"");
    assert_refused("name = A\nname = B\n", "line 2", "already");
    assert_refused("place = X\nname =\n", "line 2", "name");
    assert_refused("place = X\n", "commonshelf.conf", "\"name\"");
    assert_refused("", "commonshelf.conf", "\"name\"");
    assert_refused("name = A\nlisten = localhost:7443\n", "line 2", "\"listen\"");
    assert_refused("name = A\nlisten =\n", "line 2", "\"listen\"");
    assert_refused("name = A\nlocal = 0.0.0.0:7480\n", "line 2", "loopback");
    assert_refused("name = A\nlocal = 192.168.1.2:7480\n", "line 2", "loopback");
    assert_refused("name = A\nlang = not a language\n", "line 2", "\"lang\"");
    assert_refused("name = A\nurl = http://a.example\n", "line 2", "\"url\"");
    assert_refused("name = A\nurl = https://a.example/\n", "line 2", "\"url\"");
    assert_refused("name = A\nurl = https://u:p@a.example\n", "line 2", "\"url\"");
    assert_refused("name = A\nallow_cidr = 10.0.0.0/8 10/8\n", "line 2", "\"10/8\"");
    assert_refused("name = A\nallow_cidr = global\n", "line 2", "Public");
    assert_refused("name = A\nsync_minutes = -1\n", "line 2", "number");
    assert_refused("name = A\nsync_minutes = 15m\n", "line 2", "number");
    assert_refused("name = A\nsync_minutes = 10081\n", "line 2", "10080");
    assert_refused("name = A\nloops = 65\n", "line 2", "64");
    assert_refused("name = A\nclient_seconds = 0\n", "line 2", "from 1");
    assert_refused("name = A\nclient_seconds = 3601\n", "line 2", "3600");
    assert_refused("name = A\nclient_requests = 1000001\n", "line 2", "1000000");
    assert_refused("name = A\ntrusted_proxy = global\n", "line 2", "own proxies");
    assert_refused("name = A\ntrusted_proxy = localhost\n", "line 2", "\"localhost\"");
    assert_refused("name = A\nplace = \x1b[2J\n", "line 2", "control");
    assert_refused("name = A\nplace = caf\xe9\n", "line 2", "UTF-8");
    assert_int_equal(read_text("name = A\nplace = a\0b\n", 21, &why), -1);
    assert_non_null(strstr(why.message, "line 2"));

    memset(text, 'x', sizeof text);
    memcpy(text, "name = A\nplace = ", 17);
    text[17 + CS_PROFILE_TEXT_MAX] = '\0';
    assert_read(text);
    assert_int_equal(strlen(config.place), CS_PROFILE_TEXT_MAX);
    text[17 + CS_PROFILE_TEXT_MAX] = 'x';
    text[18 + CS_PROFILE_TEXT_MAX] = '\0';
    assert_refused(text, "line 2", "400");
    text[18 + CS_PROFILE_TEXT_MAX] = 'x';
    text[sizeof text - 1] = '\0';
    assert_refused(text, "line 2", "longer");
}

static void too_many_networks(void **state)
{
    char text[2000] = "name = A\nallow_cidr =";

    (void)state;
    for (int i = 0; i < CONFIG_CIDR_MAX; i++)
        strcat(text, " 10.0.0.0/8");
    assert_read(text);
    assert_int_equal(config.allow_cidrs, CONFIG_CIDR_MAX);
    strcat(text, " 10.0.0.0/8");
    assert_refused(text, "line 2", "32");
}

static void unreadable_files(void **state)
{
    struct problem why = PROBLEM_INIT;
    static char big[70000];

    (void)state;
    assert_int_equal(config_read(test_path("none"), &config, &why), -1);
    assert_string_equal(why.code, "config_unreadable");
    assert_non_null(strstr(why.message, "none"));
    memset(big, '#', sizeof big);
    assert_int_equal(read_text(big, sizeof big, &why), -1);
    assert_string_equal(why.code, "config_unreadable");
}

static void command_line_values(void **state)
{
    struct problem why = PROBLEM_INIT;
    char longest[CS_URL_MAX + 10];

    (void)state;
    config_defaults(&config);
    assert_int_equal(config_set(&config, "name", "  Museo  ", &why), 0);
    assert_string_equal(config.name, "Museo");
    assert_int_equal(config_set(&config, "allow_cidr", "127.0.0.0/8", &why), 0);
    assert_int_equal(config_set(&config, "allow_cidr", "10.0.0.0/8", &why), 0);
    assert_int_equal(config.allow_cidrs, 2);
    assert_int_equal(config_set(&config, "listen", "nowhere", &why), -1);
    assert_string_equal(why.code, "bad_value");
    assert_int_equal(why.exit_status, EXIT_USAGE);
    assert_non_null(strstr(why.message, "listen"));
    assert_string_equal(config.listen, CONFIG_LISTEN_DEFAULT);
    problem_clear(&why);
    assert_int_equal(config_set(&config, "nam", "x", &why), -1);
    assert_non_null(strstr(why.message, "\"name\""));
    problem_clear(&why);
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    assert_int_equal(config_set(&config, "place", longest, &why), -1);
    problem_clear(&why);
    assert_int_equal(config_set(&config, "place", "two\nlines", &why), -1);
    problem_clear(&why);
    assert_int_equal(config_set(&config, "place", "", &why), 0);
}

static void written_is_read_again(void **state)
{
    struct cs_buffer text = CS_BUFFER_INIT;
    struct problem why = PROBLEM_INIT;
    struct config again;
    const char *path = test_path("commonshelf.conf");
    const char *content;

    (void)state;
    config_defaults(&config);
    assert_int_equal(config_set(&config, "name", "Мектеп # = \"1\"", &why), 0);
    assert_int_equal(config_set(&config, "url", "https://books.example.org", &why), 0);
    assert_int_equal(config_set(&config, "allow_cidr", "127.0.0.0/8 fd00::/8", &why), 0);
    assert_int_equal(config_set(&config, "loops", "3", &why), 0);
    assert_int_equal(config_write(path, &config, &why), 0);
    assert_int_equal(config_read(path, &again, &why), 0);
    assert_memory_equal(&again, &config, sizeof config);

    assert_int_equal(file_read(path, 65536, &text, &why), 0);
    content = cs_buffer_text(&text);
    assert_non_null(strstr(content, "\nname = Мектеп # = \"1\"\n"));
    assert_non_null(strstr(content, "\nallow_cidr = 127.0.0.0/8 fd00::/8\n"));
    assert_non_null(strstr(content, "\n#listen = 0.0.0.0:7443\n"));
    assert_non_null(strstr(content, "\n#local = 127.0.0.1:7480\n"));
    assert_non_null(strstr(content, "\n#sync_minutes = 15\n"));
    assert_non_null(strstr(content, "\n#place =\n"));
    assert_null(strstr(content, "\n#name"));
    cs_buffer_free(&text);
}

static void want_of_memory(void **state)
{
    struct problem why = PROBLEM_INIT;
    const char *path = test_path("commonshelf.conf");
    unsigned long n;

    (void)state;
    config_defaults(&config);
    assert_int_equal(config_set(&config, "name", "A", &why), 0);
    for (n = 1;; n++) {
        int rc;

        problem_clear(&why);
        memory_fail_at(n);
        rc = config_write(path, &config, &why);
        memory_fail_at(0);
        if (!rc)
            break;
        assert_string_equal(why.code, "no_memory");
        assert_false(file_exists(path));
    }
    assert_true(n > 3);
    memory_fail_at(1);
    assert_int_equal(config_read(path, &config, &why), -1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, test_directory_make, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(defaults),
        TEST(every_key),
        TEST(bad_lines_are_named),
        TEST(too_many_networks),
        TEST(unreadable_files),
        TEST(command_line_values),
        TEST(written_is_read_again),
        TEST(want_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
