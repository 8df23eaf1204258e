/* Addresses: the whole IANA special registry, CIDRs, ADDR:PORT. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <arpa/inet.h>
#include <cmocka.h>

#include "support/address.h"

static struct sockaddr_storage storage;

static const struct sockaddr *make(const char *text)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(7443)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(7443)};

    memset(&storage, 0, sizeof storage);
    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
        memcpy(&storage, &v4, sizeof v4);
    else if (inet_pton(AF_INET6, text, &v6.sin6_addr) == 1)
        memcpy(&storage, &v6, sizeof v6);
    else
        fail_msg("%s is no address", text);
    return (const struct sockaddr *)&storage;
}

/* Each block's first and last address, and their neighbours outside where those are open. */
static const char *const closed[] = {
    "0.0.0.0",
    "0.255.255.255",
    "10.0.0.0",
    "10.255.255.255",
    "100.64.0.0",
    "100.127.255.255",
    "127.0.0.0",
    "127.0.0.1",
    "127.255.255.255",
    "169.254.0.0",
    "169.254.169.254",
    "169.254.255.255",
    "172.16.0.0",
    "172.31.255.255",
    "192.0.0.0",
    "192.0.0.8",
    "192.0.0.170",
    "192.0.0.255",
    "192.0.2.0",
    "192.0.2.255",
    "192.88.99.0",
    "192.88.99.255",
    "192.168.0.0",
    "192.168.255.255",
    "198.18.0.0",
    "198.19.255.255",
    "198.51.100.0",
    "198.51.100.255",
    "203.0.113.0",
    "203.0.113.255",
    "224.0.0.0",
    "239.255.255.255",
    "240.0.0.0",
    "255.255.255.255",
    "::",
    "::1",
    "::2",
    "::127.0.0.1",
    "::8.8.8.8", /* IPv4-compatible: deprecated */
    "::ffff:0.0.0.0",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:192.168.1.1",
    "::ffff:255.255.255.255",
    "::ffff:0:8.8.8.8", /* translated, RFC 2765 */
    "64:ff9b::10.0.0.1",
    "64:ff9b::127.0.0.1",
    "64:ff9b::169.254.169.254",
    "64:ff9b::0.0.0.0",
    "64:ff9b:0:0:0:1:808:808",
    "64:ff9b:1::",
    "64:ff9b:1::8.8.8.8",
    "64:ff9b:1:ffff:ffff:ffff:ffff:ffff",
    "100::",
    "100::ffff:ffff:ffff:ffff",
    "100:0:0:1::",
    "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "2001::",
    "2001:0:4137:9e76::",
    "2001:1::1",
    "2001:2::",
    "2001:3::",
    "2001:4:112::",
    "2001:10::",
    "2001:20::",
    "2001:30::",
    "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff",
    "2001:db8::",
    "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
    "2002::",
    "2002:7f00:1::",
    "2002:808:808::",
    "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "3fff::",
    "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff",
    "4000::",
    "5f00::",
    "fc00::",
    "fd00::1",
    "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "fe80::",
    "fe80::1",
    "febf::1",
    "fec0::1",
    "ff02::1",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
};

static const char *const open[] = {
    "1.0.0.0",         "8.8.8.8",          "9.255.255.255",
    "11.0.0.0",        "100.63.255.255",   "100.128.0.0",
    "126.255.255.255", "128.0.0.0",        "169.253.255.255",
    "169.255.0.0",     "172.15.255.255",   "172.32.0.0",
    "191.255.255.255", "192.0.1.0",        "192.0.1.255",
    "192.0.3.0",       "192.88.98.255",    "192.88.100.0",
    "192.167.255.255", "192.169.0.0",      "198.17.255.255",
    "198.20.0.0",      "198.51.99.255",    "198.51.101.0",
    "203.0.112.255",   "203.0.114.0",      "223.255.255.255",
    "::ffff:8.8.8.8",  "64:ff9b::8.8.8.8", "2000::",
    "2000:ffff::1",    "2001:200::",       "2001:db7:ffff::1",
    "2001:db9::",      "2003::",           "2001:4860:4860::8888",
    "2620:4f:8000::1", "2a00::1",          "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "3fff:1000::",
};

static void global_or_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof closed / sizeof closed[0]; i++)
        if (address_is_global(make(closed[i])))
            fail_msg("%s counts as global", closed[i]);
    for (size_t i = 0; i < sizeof open / sizeof open[0]; i++)
        if (!address_is_global(make(open[i])))
            fail_msg("%s does not count as global", open[i]);
}

static void other_families_are_closed(void **state)
{
    struct sockaddr unix_socket = {.sa_family = AF_UNIX};
    struct sockaddr none = {.sa_family = AF_UNSPEC};
    struct cidr all, out;

    (void)state;
    assert_int_equal(cidr_read("0.0.0.0/0", &all), 0);
    assert_false(address_is_global(&unix_socket));
    assert_false(address_is_global(&none));
    assert_false(address_is_loopback(&unix_socket));
    assert_false(cidr_has(&all, &none));
    assert_false(address_network(&unix_socket, &all, 1, &out));
}

static void loopback(void **state)
{
    (void)state;
    assert_true(address_is_loopback(make("127.0.0.1")));
    assert_true(address_is_loopback(make("127.255.1.2")));
    assert_true(address_is_loopback(make("::1")));
    assert_true(address_is_loopback(make("::ffff:127.0.0.1")));
    assert_false(address_is_loopback(make("::")));
    assert_false(address_is_loopback(make("0.0.0.0")));
    assert_false(address_is_loopback(make("128.0.0.1")));
    assert_false(address_is_loopback(make("64:ff9b::127.0.0.1")));
}

static void cidr_round_trip(void **state)
{
    static const char *const pairs[][2] = {
        {"global", "global"},
        {"10.0.0.0/8", "10.0.0.0/8"},
        {"10.1.2.3/8", "10.0.0.0/8"}, /* bits behind the prefix say nothing */
        {"192.168.1.77/31", "192.168.1.76/31"},
        {"127.0.0.1", "127.0.0.1/32"},
        {"0.0.0.0/0", "0.0.0.0/0"},
        {"fd00::/8", "fd00::/8"},
        {"fdff:ffff::1/9", "fd80::/9"},
        {"::1", "::1/128"},
        {"::/0", "::/0"},
        {"::ffff:10.0.0.0/104", "10.0.0.0/8"},
        {"::ffff:10.0.0.1", "10.0.0.1/32"},
    };
    static const char *const bad[] = {
        "",
        "/",
        "/8",
        "10.0.0.0/",
        "10.0.0.0/33",
        "::/129",
        "10.0.0.0/-1",
        "10.0.0.0/+8",
        "10.0.0.0/08",
        "10.0.0.0/ 8",
        " 10.0.0.0/8",
        "10.0.0/8",
        "10.0.0.0.0/8",
        "10/8",
        "10.0.0.0/8/8",
        "010.0.0.0/8",
        "0x0a.0.0.0/8",
        "localhost",
        "Global",
        "fe80::1%lo/64",
        "1:2:3:4:5:6:7:8:9/64",
        "[::1]/128",
        "10.0.0.0/4294967304",
        "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000/8",
    };
    char text[CIDR_TEXT];
    struct cidr c;

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        assert_int_equal(cidr_read(pairs[i][0], &c), 0);
        cidr_write(&c, text);
        assert_string_equal(text, pairs[i][1]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (cidr_read(bad[i], &c) != -1)
            fail_msg("\"%s\" was read", bad[i]);
}

static bool has(const char *cidr, const char *address)
{
    struct cidr c;

    assert_int_equal(cidr_read(cidr, &c), 0);
    return cidr_has(&c, make(address));
}

static void cidr_membership(void **state)
{
    (void)state;
    assert_true(has("192.168.4.0/22", "192.168.7.255"));
    assert_false(has("192.168.4.0/22", "192.168.8.0"));
    assert_false(has("192.168.4.0/22", "192.168.3.255"));
    assert_true(has("127.0.0.5", "127.0.0.5"));
    assert_false(has("127.0.0.5", "127.0.0.4"));
    assert_true(has("0.0.0.0/0", "10.9.8.7"));
    assert_true(has("fd00::/8", "fdab::1"));
    assert_false(has("fd00::/8", "fc00::1"));
    assert_true(has("fd00:aa00::/23", "fd00:abff::1"));
    assert_false(has("fd00:aa00::/23", "fd00:ac00::1"));
    /* One machine, two spellings. */
    assert_true(has("10.0.0.0/8", "::ffff:10.1.1.1"));
    assert_true(has("::ffff:10.0.0.0/104", "10.1.1.1"));
    /* All of IPv6 isn't all of IPv4 in disguise; NAT64 is somebody else's machine. */
    assert_false(has("::/0", "::ffff:10.1.1.1"));
    assert_false(has("::/0", "10.1.1.1"));
    assert_false(has("0.0.0.0/0", "fd00::1"));
    assert_false(has("10.0.0.0/8", "64:ff9b::10.0.0.1"));
    assert_true(has("global", "8.8.8.8"));
    assert_false(has("global", "10.0.0.1"));
}

static void network_of_a_peer(void **state)
{
    struct cidr allowed[3], out;
    char text[CIDR_TEXT];

    (void)state;
    assert_int_equal(cidr_read("10.0.0.0/8", &allowed[0]), 0);
    assert_int_equal(cidr_read("10.1.0.0/16", &allowed[1]), 0);
    assert_int_equal(cidr_read("fd00::/8", &allowed[2]), 0);
    assert_true(address_network(make("8.8.8.8"), allowed, 3, &out));
    assert_int_equal(out.family, AF_UNSPEC);
    assert_true(address_network(make("8.8.8.8"), NULL, 0, &out));
    assert_true(address_network(make("10.1.2.3"), allowed, 3, &out));
    cidr_write(&out, text);
    assert_string_equal(text, "10.0.0.0/8");
    assert_true(address_network(make("fd12::1"), allowed, 3, &out));
    cidr_write(&out, text);
    assert_string_equal(text, "fd00::/8");
    assert_false(address_network(make("127.0.0.1"), allowed, 3, &out));
    assert_false(address_network(make("169.254.169.254"), allowed, 3, &out));
    assert_false(address_network(make("::ffff:127.0.0.1"), allowed, 3, &out));
}

static void address_round_trip(void **state)
{
    static const char *const good[] = {
        "127.0.0.1:7480",
        "0.0.0.0:0",
        "255.255.255.255:65535",
        "[::1]:0",
        "[::]:7443",
        "[fd00::1]:65535",
        "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:fff1]:65535",
    };
    static const char *const bad[] = {
        "",
        ":",
        "7480",
        "127.0.0.1",
        "127.0.0.1:",
        "127.0.0.1:65536",
        "127.0.0.1:-1",
        "127.0.0.1:+80",
        "127.0.0.1: 80",
        "127.0.0.1:080",
        "127.0.0.1:80x",
        "127.0.0.1:80:80",
        "localhost:80",
        "::1:80",
        "[::1]",
        "[::1]:",
        "[::1:80",
        "::1]:80",
        "[127.0.0.1]:80",
        "[::1]80",
        "[]:80",
        " 127.0.0.1:80",
        "127.1:80",
        "[fe80::1%lo]:80",
        "*:80",
        "127.0.0.1:4294967376",
    };
    struct sockaddr_storage address;
    char text[ADDRESS_TEXT];
    socklen_t length;

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_int_equal(address_read(good[i], &address, &length), 0);
        assert_int_equal(length, address.ss_family == AF_INET ? sizeof(struct sockaddr_in)
                                                              : sizeof(struct sockaddr_in6));
        address_write((const struct sockaddr *)&address, text);
        assert_string_equal(text, good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (address_read(bad[i], &address, &length) != -1)
            fail_msg("\"%s\" was read", bad[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(global_or_not),      cmocka_unit_test(other_families_are_closed),
        cmocka_unit_test(loopback),           cmocka_unit_test(cidr_round_trip),
        cmocka_unit_test(cidr_membership),    cmocka_unit_test(network_of_a_peer),
        cmocka_unit_test(address_round_trip),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
