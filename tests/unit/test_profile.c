/*
 * Profiles: written and read back, every rule broken alone under a good signature, and the URLs and
 * shelf names that may stand in them.
 */
#include "tests/unit/identity.h"

#include <commonshelf/encode.h>
#include <commonshelf/profile.h>

#define OTHER_NODE "cs1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq"
#define THIRD_NODE "cs1aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define SIGNER "cs1e5mhs7sa6b3cdcayqsucywzebwudry4ec6sflmwxnyoygxljfqfq/log"
#define PIN "pin MzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzM=\n"
#define NEXT_PIN "pin REREREREREREREREREREREREREREREREREREREREREQ=\n"

static const char full[] = "commonshelf/profile/v1\n"
                           "node cs1e5mhs7sa6b3cdcayqsucywzebwudry4ec6sflmwxnyoygxljfqfq\n"
                           "version 3\n"
                           "issued 1790000000\n"
                           "expires 1792592000\n"
                           "name Biblioteca de la Escuela Nº 4\n"
                           "place Río Cuarto, Córdoba\n"
                           "lang es-AR\n"
                           "reach direct\n"
                           "url https://biblio.ciudad.example:7443\n"
                           "via " OTHER_NODE "\n" PIN NEXT_PIN "shelf public 1\n"
                           "shelf maths-primary 12\n";

/* Signs the text as the example's node does, and reads it. */
static enum cs_status read_signed(const char *text, struct cs_profile *out)
{
    struct cs_keyset keyset = example_keyset();
    struct cs_node_id node = example_node_id();
    struct cs_buffer note = CS_BUFFER_INIT;
    enum cs_status status;

    signed_note(&note, cs_span_of(text), "log", SIGNER);
    status = cs_profile_read(cs_buffer_span(&note), &node, &keyset, out);
    cs_buffer_free(&note);
    return status;
}

static void written_and_read_back(void **state)
{
    struct cs_buffer text = CS_BUFFER_INIT;
    struct cs_profile profile;

    (void)state;
    assert_int_equal(read_signed(full, &profile), CS_OK);
    assert_string_equal(profile.node.s, example_node);
    assert_true(profile.version == 3 && profile.issued == 1790000000 &&
                profile.expires == 1792592000);
    assert_string_equal(profile.name, "Biblioteca de la Escuela Nº 4");
    assert_string_equal(profile.place, "Río Cuarto, Córdoba");
    assert_string_equal(profile.lang, "es-AR");
    assert_int_equal(profile.reach, CS_REACH_DIRECT);
    assert_string_equal(profile.url, "https://biblio.ciudad.example:7443");
    assert_int_equal(profile.vias, 1);
    assert_string_equal(profile.via[0].s, OTHER_NODE);
    assert_int_equal(profile.pins, 2);
    assert_int_equal(profile.pin[0].b[31], 0x33);
    assert_int_equal(profile.pin[1].b[0], 0x44);
    assert_int_equal(profile.shelves, 2);
    assert_string_equal(profile.shelf[1].name, "maths-primary");
    assert_true(profile.shelf[1].epoch == 12);
    assert_int_equal(cs_profile_write(&profile, &text), CS_OK);
    assert_string_equal(cs_buffer_text(&text), full);
    cs_buffer_free(&text);
}

static void a_node_nobody_can_reach(void **state)
{
    static const char text[] = "commonshelf/profile/v1\n"
                               "node cs1e5mhs7sa6b3cdcayqsucywzebwudry4ec6sflmwxnyoygxljfqfq\n"
                               "version 1\n"
                               "issued 1790000000\n"
                               "expires 1792592000\n"
                               "name Centro rural\n"
                               "reach none\n"
                               "via " OTHER_NODE "\n";
    struct cs_buffer again = CS_BUFFER_INIT;
    struct cs_profile profile;

    (void)state;
    assert_int_equal(read_signed(text, &profile), CS_OK);
    assert_int_equal(profile.reach, CS_REACH_NONE);
    assert_string_equal(profile.url, "");
    assert_string_equal(profile.place, "");
    assert_int_equal(profile.pins, 0);
    assert_int_equal(cs_profile_write(&profile, &again), CS_OK);
    assert_string_equal(cs_buffer_text(&again), text);
    cs_buffer_free(&again);
}

/* The full profile with one thing changed and signed again. */
static void every_rule_alone(void **state)
{
    static const struct {
        const char *old, *new;
        enum cs_status status;
    } rows[] = {
        {"profile/v1", "profile/v2", CS_UNKNOWN_VERSION},
        {"profile/v1", "keyset/v1", CS_MALFORMED},
        {"version 3", "version 0", CS_MALFORMED},
        {"version 3", "version 9223372036854775807", CS_OK},
        {"version 3", "version 9223372036854775808", CS_MALFORMED},
        {"version 3\n", "", CS_MALFORMED},
        {"version 3", "version 3\nversion 4", CS_MALFORMED},
        {"node cs1e5mhs7sa6b3cdcayqsucywzebwudry4ec6sflmwxnyoygxljfqfq\n", "", CS_MALFORMED},
        {"node cs1e5mhs7sa6b3cdcayqsucywzebwudry4ec6sflmwxnyoygxljfqfq", "node cs1", CS_MALFORMED},
        {"node cs1e5mhs7sa6b3cdcayqsucywzebwudry4ec6sflmwxnyoygxljfqfq", "node " THIRD_NODE,
         CS_WRONG_ORIGIN},
        {"issued 1790000000\n", "", CS_MALFORMED},
        {"issued 1790000000", "issued 1792592000", CS_MALFORMED},
        {"expires 1792592000", "expires 253402300800", CS_MALFORMED},
        {"expires 1792592000\n", "", CS_MALFORMED},
        {"name Biblioteca de la Escuela Nº 4\n", "", CS_MALFORMED},
        {"name Biblioteca de la Escuela Nº 4", "name", CS_MALFORMED},
        {"name Biblioteca", "name One\nname Biblioteca", CS_MALFORMED},
        {"lang es-AR\n", "", CS_OK},
        {"lang es-AR", "lang es_AR", CS_MALFORMED},
        {"lang es-AR", "lang es\nlang fr", CS_MALFORMED},
        {"place Río Cuarto, Córdoba\n", "", CS_OK},
        {"reach direct\n", "", CS_MALFORMED},
        {"reach direct\nurl https://biblio.ciudad.example:7443\n", "reach none\n", CS_OK},
        {"reach direct\nurl https://biblio.ciudad.example:7443\n", "reach maybe\n", CS_MALFORMED},
        {"reach direct", "reach none", CS_MALFORMED}, /* and yet a URL */
        {"url https://biblio.ciudad.example:7443\n", "", CS_MALFORMED},
        {"url https://", "url http://", CS_MALFORMED},
        {":7443", ":7443/", CS_MALFORMED},
        {":7443", ":7443\nurl https://b.example", CS_MALFORMED},
        {"via " OTHER_NODE "\n", "", CS_OK},
        {"via " OTHER_NODE, "via " OTHER_NODE "\nvia " THIRD_NODE, CS_OK},
        {"via " OTHER_NODE, "via " OTHER_NODE "\nvia " OTHER_NODE, CS_MALFORMED},
        {"via " OTHER_NODE, "via cs1e5mhs7sa6b3cdcayqsucywzebwudry4ec6sflmwxnyoygxljfqfq",
         CS_MALFORMED}, /* by way of itself */
        {"via " OTHER_NODE, "via somewhere", CS_MALFORMED},
        {PIN NEXT_PIN, PIN, CS_OK},
        {PIN NEXT_PIN, "", CS_MALFORMED},
        {PIN NEXT_PIN, PIN PIN, CS_MALFORMED},
        {PIN, "pin MzMz\n", CS_MALFORMED},
        {"shelf public 1\nshelf maths-primary 12\n", "", CS_OK},
        {"shelf public 1", "shelf public", CS_MALFORMED},
        {"shelf public 1", "shelf public 0", CS_MALFORMED},
        {"shelf public 1", "shelf public 01", CS_MALFORMED},
        {"shelf public 1", "shelf public 1 relay", CS_MALFORMED},
        {"shelf public 1", "shelf Public 1", CS_MALFORMED},
        {"shelf public 1", "shelf public 1\nshelf public 2", CS_MALFORMED},
        {"shelf public 1", "onion abc.example\nshelf public 1",
         CS_OK}, /* unknown: a later version */
        {"shelf public 1", "onion\nshelf public 1", CS_MALFORMED},
        {"shelf public 1", "\nshelf public 1", CS_MALFORMED},
    };
    struct cs_buffer text = CS_BUFFER_INIT;
    struct cs_profile profile;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        enum cs_status status;

        replaced(&text, full, rows[i].old, rows[i].new);
        status = read_signed(cs_buffer_text(&text), &profile);
        if (status != rows[i].status)
            fail_msg("row %zu, \"%s\": %s instead of %s", i, rows[i].new, cs_status_code(status),
                     cs_status_code(rows[i].status));
    }
    cs_buffer_free(&text);
}

/* `count` lines by a format with one number in it, behind the full profile without such lines. */
static enum cs_status with_many(const char *word, size_t count)
{
    struct cs_buffer text = CS_BUFFER_INIT;
    struct cs_profile profile;
    enum cs_status status;

    cs_buffer_add_text(&text, "commonshelf/profile/v1\n"
                              "node cs1e5mhs7sa6b3cdcayqsucywzebwudry4ec6sflmwxnyoygxljfqfq\n"
                              "version 1\nissued 1\nexpires 2\nname N\nreach none\n");
    for (size_t i = 0; i < count; i++) {
        struct cs_hash hash;

        memset(hash.b, (int)i + 1, CS_HASH);
        cs_buffer_printf(&text, "%s ", word);
        if (strcmp(word, "shelf") == 0) {
            cs_buffer_printf(&text, "s%zu 1", i);
        } else if (strcmp(word, "via") == 0) {
            cs_buffer_add_text(&text, "cs1");
            cs_base32_add(&text, cs_span_make(hash.b, CS_HASH));
        } else {
            cs_base64_add(&text, cs_span_make(hash.b, CS_HASH));
        }
        cs_buffer_add_byte(&text, '\n');
    }
    status = read_signed(cs_buffer_text(&text), &profile);
    cs_buffer_free(&text);
    return status;
}

static void lists_have_caps(void **state)
{
    (void)state;
    assert_int_equal(with_many("via", CS_PROFILE_VIAS_MAX), CS_OK);
    assert_int_equal(with_many("via", CS_PROFILE_VIAS_MAX + 1), CS_TOO_LARGE);
    assert_int_equal(with_many("pin", CS_PROFILE_PINS_MAX), CS_OK);
    assert_int_equal(with_many("pin", CS_PROFILE_PINS_MAX + 1), CS_TOO_LARGE);
    assert_int_equal(with_many("shelf", CS_PROFILE_SHELVES_MAX), CS_OK);
    assert_int_equal(with_many("shelf", CS_PROFILE_SHELVES_MAX + 1), CS_TOO_LARGE);
}

static void texts_have_caps(void **state)
{
    char long_text[CS_PROFILE_TEXT_MAX + 10];
    struct cs_buffer text = CS_BUFFER_INIT;
    struct cs_profile profile;

    (void)state;
    for (size_t over = 0; over <= 1; over++) {
        size_t head = strlen("name ");

        memcpy(long_text, "name ", head);
        memset(long_text + head, 'n', CS_PROFILE_TEXT_MAX + over);
        long_text[head + CS_PROFILE_TEXT_MAX + over] = '\0';
        replaced(&text, full, "name Biblioteca de la Escuela Nº 4", long_text);
        assert_int_equal(read_signed(cs_buffer_text(&text), &profile), over ? CS_TOO_LARGE : CS_OK);
    }
    cs_buffer_free(&text);
}

static void only_the_nodes_log_key_signs_its_profile(void **state)
{
    struct cs_keyset keyset = example_keyset();
    struct cs_node_id node = example_node_id(), other;
    struct cs_buffer note = CS_BUFFER_INIT;
    struct cs_profile profile;

    (void)state;
    assert_int_equal(cs_node_id_read(cs_span_of(OTHER_NODE), &other), CS_OK);
    signed_note(&note, cs_span_of(full), "auth", SIGNER);
    assert_int_equal(cs_profile_read(cs_buffer_span(&note), &node, &keyset, &profile),
                     CS_NO_SIGNATURE);
    signed_note(&note, cs_span_of(full), "log", "log");
    assert_int_equal(cs_profile_read(cs_buffer_span(&note), &node, &keyset, &profile),
                     CS_NO_SIGNATURE);
    signed_note(&note, cs_span_of(full), "log", SIGNER);
    assert_int_equal(cs_profile_read(cs_buffer_span(&note), &other, &keyset, &profile),
                     CS_NO_SIGNATURE);
    /* Someone else's profile, under the same key but the other's name. */
    signed_note(&note, cs_span_of(full), "log", OTHER_NODE "/log");
    assert_int_equal(cs_profile_read(cs_buffer_span(&note), &other, &keyset, &profile),
                     CS_WRONG_ORIGIN);
    cs_buffer_reset(&note);
    cs_note_begin(&note, cs_span_of(full));
    sign_as(&note, cs_span_of("another text\n"), "log", SIGNER, CS_NOTE_ED25519, 0);
    assert_int_equal(cs_profile_read(cs_buffer_span(&note), &node, &keyset, &profile),
                     CS_BAD_SIGNATURE);
    cs_buffer_free(&note);
}

/* What can't be read back is not written. */
static void writing_refuses_what_reading_would(void **state)
{
    struct cs_buffer text = CS_BUFFER_INIT;
    struct cs_profile good, bad;

    (void)state;
    assert_int_equal(read_signed(full, &good), CS_OK);
    bad = good;
    strcpy(bad.name, "one\nurl https://evil.example");
    assert_int_equal(cs_profile_write(&bad, &text), CS_MALFORMED);
    bad = good;
    strcpy(bad.name, "tab\there");
    assert_int_equal(cs_profile_write(&bad, &text), CS_MALFORMED);
    bad = good;
    strcpy(bad.name, "not \xff utf-8");
    assert_int_equal(cs_profile_write(&bad, &text), CS_MALFORMED);
    bad = good;
    bad.name[0] = '\0';
    assert_int_equal(cs_profile_write(&bad, &text), CS_MALFORMED);
    bad = good;
    memset(bad.name, 'n', sizeof(bad.name)); /* no NUL within its cap */
    assert_int_equal(cs_profile_write(&bad, &text), CS_MALFORMED);
    bad = good;
    strcpy(bad.place, "a\nb");
    assert_int_equal(cs_profile_write(&bad, &text), CS_MALFORMED);
    bad = good;
    strcpy(bad.url, "https://biblio.ciudad.example/csh");
    assert_int_equal(cs_profile_write(&bad, &text), CS_MALFORMED);
    bad = good;
    strcpy(bad.shelf[0].name, "a b");
    assert_int_equal(cs_profile_write(&bad, &text), CS_MALFORMED);
    bad = good;
    bad.pins = CS_PROFILE_PINS_MAX + 1;
    assert_int_equal(cs_profile_write(&bad, &text), CS_MALFORMED);
    bad = good;
    bad.vias = CS_PROFILE_VIAS_MAX + 1;
    assert_int_equal(cs_profile_write(&bad, &text), CS_MALFORMED);
    bad = good;
    bad.shelves = CS_PROFILE_SHELVES_MAX + 1;
    assert_int_equal(cs_profile_write(&bad, &text), CS_MALFORMED);
    assert_int_equal(text.n, 0);
    cs_buffer_free(&text);
}

static void urls_of_nodes(void **state)
{
    static const char *const good[] = {
        "https://biblio.ciudad.example", "https://biblio.ciudad.example:7443",
        "https://localhost:7443",        "https://127.0.0.1:1",
        "https://192.168.1.20:65535",    "https://[::1]:7443",
        "https://[2001:db8::17]",        "https://xn--bcher-kva.example",
        "https://3com.example",          "https://a",
        "https://1.2.3.example",
    };
    static const char *const bad[] = {
        "",
        "https://",
        "http://biblio.example",
        "HTTPS://biblio.example",
        "file:///etc/passwd",
        "gopher://biblio.example",
        "biblio.example",
        "https://Biblio.example",
        "https://bücher.example",
        "https://biblio.example.",
        "https://localhost.",
        "https://.example",
        "https://a..example",
        "https://-a.example",
        "https://a-.example",
        "https://a_b.example",
        "https://user@biblio.example",
        "https://user:pass@biblio.example",
        "https://biblio.example/",
        "https://biblio.example/csh",
        "https://biblio.example?q",
        "https://biblio.example#f",
        "https://biblio.example\\x",
        "https://biblio.example:",
        "https://biblio.example:0",
        "https://biblio.example:07443",
        "https://biblio.example:65536",
        "https://biblio.example:7443:1",
        "https://biblio.example:port",
        "https://biblio.example: 1",
        " https://biblio.example",
        "https://biblio.example ",
        "https://biblio example",
        "https://127.1",
        "https://2130706433",
        "https://0x7f000001",
        "https://0x7f.0.0.1",
        "https://127.0.0.01",
        "https://127.0.0.0x1",
        "https://256.0.0.1",
        "https://1.2.3.4.5",
        "https://a.0x7f",
        "https://[::1",
        "https://::1",
        "https://[::1]7443",
        "https://[0:0:0:0:0:0:0:1]",
        "https://[2001:DB8::17]",
        "https://[fe80::1%eth0]",
        "https://[127.0.0.1]",
        "https://[biblio.example]",
        "https://[]",
    };
    char longest[CS_URL_MAX + 1], label[80];

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        if (!cs_url_is_origin(cs_span_of(good[i])))
            fail_msg("%s was refused", good[i]);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (cs_url_is_origin(cs_span_of(bad[i])))
            fail_msg("%s was accepted", bad[i]);
    }
    assert_false(cs_url_is_origin(cs_span_make("https://a\0b.example", 19)));
    assert_false(cs_url_is_origin(cs_span_make("https://[::1\0]", 14)));
    memset(label, 'a', sizeof(label));
    snprintf(longest, sizeof(longest), "https://%.63s.example", label);
    assert_true(cs_url_is_origin(cs_span_of(longest)));
    snprintf(longest, sizeof(longest), "https://%.64s.example", label);
    assert_false(cs_url_is_origin(cs_span_of(longest)));
    snprintf(longest, sizeof(longest), "https://%.63s.%.63s.%.63s.%.61s", label, label, label,
             label);
    assert_true(cs_url_is_origin(cs_span_of(longest)));
    snprintf(longest, sizeof(longest), "https://%.63s.%.63s.%.63s.%.62s", label, label, label,
             label);
    assert_false(cs_url_is_origin(cs_span_of(longest)));
}

static void shelf_names(void **state)
{
    static const char *const bad[] = {"", "-a", "A", "a_b", "a b", "a/b", "a.b", "..", "é", "a\n"};

    (void)state;
    assert_true(cs_shelf_name_valid(cs_span_of("public")));
    assert_true(cs_shelf_name_valid(cs_span_of("0")));
    assert_true(cs_shelf_name_valid(cs_span_of("a-b-")));
    assert_true(cs_shelf_name_valid(cs_span_of("abcdefghijklmnopqrstuvwxyz012345")));
    assert_false(cs_shelf_name_valid(cs_span_of("abcdefghijklmnopqrstuvwxyz0123456")));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(cs_shelf_name_valid(cs_span_of(bad[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(written_and_read_back),
        cmocka_unit_test(a_node_nobody_can_reach),
        cmocka_unit_test(every_rule_alone),
        cmocka_unit_test(lists_have_caps),
        cmocka_unit_test(texts_have_caps),
        cmocka_unit_test(only_the_nodes_log_key_signs_its_profile),
        cmocka_unit_test(writing_refuses_what_reading_would),
        cmocka_unit_test(urls_of_nodes),
        cmocka_unit_test(shelf_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
