/*
 * Charters: what is accepted, and each thing that is not.
 */
#include "tests/unit/identity.h"

#include <commonshelf/charter.h>
#include <commonshelf/encode.h>

#define FIRST "cs1e5mhs7sa6b3cdcayqsucywzebwudry4ec6sflmwxnyoygxljfqfq"
#define SECOND "cs16ix7gvsna4fe4u4fvbul7br56szdcydgzwxddi6rkgs77npb73da"
#define THIRD "cs1nkbnqeshqgoz3wci4kqqqvdaz6lwq72f2426dt25dumph4y6nfxq"
#define KEY_1 "4YY9DR1dpbkyFtvC5/qOuQLb+4OALkOUquq0aULfpAQ="
#define KEY_2 "XVTAzEQDa+PK8U858I1Ri3Y1EuZdEC12XqGivCt5uCQ="
#define LOW "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define HASH "21dHW7Fuo00beND96qJpj3kikwFnjBNRy1KE7W09V0I="

#define COORDINATOR_2 "coordinator " SECOND " " KEY_2 "\n"
#define COORDINATOR_1 "coordinator " FIRST " " KEY_1 "\n"
#define TERM "term Take back what is taken back.\n"
#define MEMBER_2 "member " SECOND " roles=publisher,mirror since=1790000000 Shule ya Bonde\n"
#define MEMBER_1 "member " FIRST " roles=evaluator since=1790000000 Biblioteca\n"
#define TEXT                                                                                       \
    "commonshelf/charter/v1\n"                                                                     \
    "name Bibliotecas del Valle\n"                                                                 \
    "version 1\n"                                                                                  \
    "prev -\n"                                                                                     \
    "issued 1790000000\n"                                                                          \
    "expires 1797776000\n"                                                                         \
    "threshold 2\n" COORDINATOR_2 COORDINATOR_1 TERM MEMBER_2 MEMBER_1

static struct cs_buffer text, note;

static int forget(void **state)
{
    (void)state;
    cs_buffer_free(&text);
    cs_buffer_free(&note);
    return 0;
}

/* Signers are named by a letter: 1 and 2 are the coordinators, 3 is a third node. */
static void sign(const char *who)
{
    static const struct {
        const char *key, *name;
    } signers[] = {
        {"gov", FIRST "/gov"}, {"second gov", SECOND "/gov"}, {"third gov", THIRD "/gov"}};

    cs_buffer_reset(&note);
    cs_note_begin(&note, cs_buffer_span(&text));
    for (; *who; who++)
        sign_as(&note, cs_buffer_span(&text), signers[*who - '1'].key, signers[*who - '1'].name,
                CS_NOTE_ED25519, 0);
}

static enum cs_status read_signed(const char *who, struct cs_charter *out)
{
    sign(who);
    return cs_charter_read(cs_buffer_span(&note), out);
}

static enum cs_status read_changed(const char *old, const char *new)
{
    struct cs_charter charter;

    replaced(&text, TEXT, old, new);
    return read_signed("12", &charter);
}

static struct cs_charter first_charter(void)
{
    struct cs_charter charter;

    cs_buffer_reset(&text);
    cs_buffer_add_text(&text, TEXT);
    assert_int_equal(read_signed("12", &charter), CS_OK);
    return charter;
}

static struct cs_node_id node_named(const char *name)
{
    struct cs_node_id node;

    assert_int_equal(cs_node_id_read(cs_span_of(name), &node), CS_OK);
    return node;
}

static void what_it_says(void **state)
{
    struct cs_node_id first = node_named(FIRST), third = node_named(THIRD);
    struct cs_charter charter = first_charter();
    struct cs_buffer again = CS_BUFFER_INIT;
    struct cs_span rest = charter.term_lines, term;
    struct cs_charter_member member;
    char value[64];

    (void)state;
    assert_string_equal(charter.name, "Bibliotecas del Valle");
    assert_int_equal(charter.threshold, 2);
    assert_int_equal(charter.members, 2);
    assert_int_equal(charter.terms, 1);
    assert_true(cs_charter_find(&charter, &first, &member));
    assert_int_equal(member.roles, CS_CHARTER_EVALUATOR);
    assert_string_equal(member.name, "Biblioteca");
    assert_true(cs_charter_find(&charter, &first, NULL));
    assert_false(cs_charter_find(&charter, &third, &member));
    cs_charter_begin(&charter, &again);
    assert_true(cs_charter_next_term(&rest, &term));
    assert_false(cs_charter_next_term(&rest, &term));
    assert_true(term.n < sizeof(value));
    snprintf(value, sizeof(value), "%.*s", (int)term.n, (const char *)term.p);
    cs_charter_add_term(&again, value);
    for (rest = charter.member_lines; cs_charter_next_member(&rest, &member);)
        cs_charter_add_member(&again, &member);
    assert_string_equal(cs_buffer_text(&again), TEXT);
    cs_buffer_free(&again);
    rest = cs_span_of("member x\n");
    assert_false(cs_charter_next_member(&rest, &member));
    rest = cs_span_of("members " FIRST "\n");
    assert_false(cs_charter_next_member(&rest, &member));
    rest = cs_span_of("terms x\n");
    assert_false(cs_charter_next_term(&rest, &term));
}

static void the_id_is_the_first_text(void **state)
{
    struct cs_charter charter = first_charter();
    struct cs_charter_id id, again;
    struct cs_buffer expected = CS_BUFFER_INIT;
    char spoiled[CS_NODE_ID_LEN + 1];

    (void)state;
    cs_buffer_add_text(&expected, "ch1");
    cs_base32_add(&expected, cs_span_make(charter.text_hash.b, CS_HASH));
    assert_int_equal(cs_charter_id(&charter, &id), CS_OK);
    assert_string_equal(id.s, cs_buffer_text(&expected));
    assert_int_equal(cs_charter_id_read(cs_buffer_span(&expected), &again), CS_OK);
    assert_string_equal(again.s, id.s);
    cs_buffer_free(&expected);
    charter.version = 2;
    assert_int_equal(cs_charter_id(&charter, &id), CS_WRONG_CHAIN);
    memcpy(spoiled, again.s, sizeof(spoiled));
    spoiled[9] = '1';
    assert_int_equal(cs_charter_id_read(cs_span_of(spoiled), &id), CS_MALFORMED);
    assert_int_equal(cs_charter_id_read(cs_span_make(again.s, 54), &id), CS_MALFORMED);
    assert_int_equal(cs_charter_id_read(cs_span_of(FIRST), &id), CS_MALFORMED);
}

static void its_form(void **state)
{
    static const struct {
        const char *old, *new;
        enum cs_status expected;
    } changes[] = {
        {"charter/v1", "charter/v2", CS_UNKNOWN_VERSION},
        {"charter/v1", "keyset/v1", CS_MALFORMED},
        {"name Bib", "named Bib", CS_MALFORMED},
        {"version 1", "version 0", CS_MALFORMED},
        {"version 1", "version 1025", CS_MALFORMED},
        {"version 1", "version 2", CS_MALFORMED},
        {"prev -", "prev " HASH, CS_MALFORMED},
        {"prev -", "prev AAAA", CS_MALFORMED},
        {"issued 1790000000", "issued x", CS_MALFORMED},
        {"expires 1797776000", "expires 01797776000", CS_MALFORMED},
        {"expires 1797776000", "expires 1790000000", CS_MALFORMED},
        {"expires 1797776000", "expires 1797776001", CS_MALFORMED},
        {"threshold 2", "threshold 0", CS_MALFORMED},
        {"threshold 2", "threshold 3", CS_MALFORMED},
        {"threshold 2", "threshold 9", CS_MALFORMED},
        {COORDINATOR_2 COORDINATOR_1, "", CS_MALFORMED},
        {COORDINATOR_2 COORDINATOR_1, COORDINATOR_1 COORDINATOR_2, CS_MALFORMED},
        {COORDINATOR_1, COORDINATOR_1 COORDINATOR_1, CS_MALFORMED},
        {KEY_1, KEY_2, CS_MALFORMED}, /* one key for two */
        {KEY_1, LOW, CS_BAD_KEY},
        {KEY_1, "x", CS_MALFORMED},
        {"coordinator " FIRST " " KEY_1, "coordinator " FIRST, CS_MALFORMED},
        {"coordinator " FIRST " " KEY_1, "coordinator ", CS_MALFORMED},
        {"coordinator " FIRST, "coordinator " FIRST "x", CS_MALFORMED},
        {TERM, "", CS_OK},
        {TERM, TERM TERM, CS_OK},
        {TERM, "term \n", CS_MALFORMED},
        {TERM, "terms x\n", CS_MALFORMED},
        {MEMBER_2 MEMBER_1, "", CS_MALFORMED},
        {MEMBER_1, "", CS_MALFORMED}, /* a coordinator that is no member */
        {MEMBER_1, MEMBER_1 MEMBER_1, CS_MALFORMED},
        {MEMBER_2 MEMBER_1, MEMBER_1 MEMBER_2, CS_MALFORMED},
        {MEMBER_1, MEMBER_1 TERM, CS_MALFORMED},
        {MEMBER_1, "member \n", CS_MALFORMED},
        {MEMBER_1, "member " FIRST "\n", CS_MALFORMED},
        {MEMBER_1, "member " FIRST " roles=mirror\n", CS_MALFORMED},
        {MEMBER_1, "member " FIRST " roles=mirror since=1790000000\n", CS_MALFORMED},
        {MEMBER_1, "member x roles=mirror since=1 B\n", CS_MALFORMED},
        {"since=1790000000 Biblioteca", "since=-1 Biblioteca", CS_MALFORMED},
        {"since=1790000000 Biblioteca", "1790000000 Biblioteca", CS_MALFORMED},
        {"roles=evaluator", "evaluator", CS_MALFORMED},
        {"roles=evaluator", "roles=", CS_MALFORMED},
        {"roles=evaluator", "roles=reader", CS_MALFORMED},
        {"roles=evaluator", "roles=evaluators", CS_MALFORMED},
        {"roles=evaluator", "roles=evaluator,", CS_MALFORMED},
        {"roles=evaluator", "roles=evaluator,publisher", CS_MALFORMED},
        {"roles=evaluator", "roles=evaluator,evaluator", CS_MALFORMED},
        {"roles=evaluator", "roles=observer", CS_OK},
        {"roles=evaluator", "roles=mirror,observer", CS_MALFORMED},
        {"roles=evaluator", "roles=observer,mirror", CS_MALFORMED},
        {"roles=evaluator", "roles=publisher,evaluator,mirror", CS_OK},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        enum cs_status got = read_changed(changes[i].old, changes[i].new);

        if (got != changes[i].expected)
            fail_msg("\"%s\" for \"%s\": %s", changes[i].new, changes[i].old, cs_status_code(got));
    }
}

/* `count` lines in the place of `old`, each made by `line` of its number. */
static enum cs_status read_with(const char *old, unsigned count,
                                void (*line)(struct cs_buffer *out, unsigned i))
{
    struct cs_buffer lines = CS_BUFFER_INIT;
    enum cs_status status;

    for (unsigned i = 0; i < count; i++)
        line(&lines, i);
    status = read_changed(old, cs_buffer_text(&lines));
    cs_buffer_free(&lines);
    return status;
}

static void a_term(struct cs_buffer *out, unsigned i)
{
    cs_buffer_printf(out, "term %u\n", i);
}

/* The node ID of a hash that begins with these three bytes. */
static struct cs_node_id node_number(unsigned i)
{
    struct cs_buffer name = CS_BUFFER_INIT;
    unsigned char hash[CS_HASH] = {0xf0, (unsigned char)(i >> 8), (unsigned char)i};
    struct cs_node_id node;

    cs_buffer_add_text(&name, "cs1");
    cs_base32_add(&name, cs_span_make(hash, sizeof(hash)));
    node = node_named(cs_buffer_text(&name));
    cs_buffer_free(&name);
    return node;
}

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct cs_node_id *)a)->s, ((const struct cs_node_id *)b)->s);
}

/* The first coordinator's line and `count` more members, in their order. */
static enum cs_status read_members(unsigned count)
{
    struct cs_node_id *nodes = calloc(count + 2, sizeof(*nodes));
    struct cs_buffer lines = CS_BUFFER_INIT;
    enum cs_status status;

    assert_non_null(nodes);
    for (unsigned i = 0; i < count; i++)
        nodes[i] = node_number(i);
    nodes[count] = node_named(FIRST);
    nodes[count + 1] = node_named(SECOND);
    qsort(nodes, count + 2, sizeof(*nodes), by_id);
    for (unsigned i = 0; i < count + 2; i++)
        cs_buffer_printf(&lines, "member %s roles=observer since=0 x\n", nodes[i].s);
    status = read_changed(MEMBER_2 MEMBER_1, cs_buffer_text(&lines));
    cs_buffer_free(&lines);
    free(nodes);
    return status;
}

/* `count` coordinators, all members. */
static enum cs_status read_coordinators(unsigned count)
{
    struct cs_buffer lines = CS_BUFFER_INIT;
    struct cs_charter charter;
    char name[16];

    cs_buffer_add_text(&lines, "threshold 2\n");
    for (unsigned i = 0; i < count; i++) {
        struct cs_public_key key;
        struct cs_node_id node = node_number(32 * i);

        snprintf(name, sizeof(name), "gov %u", i);
        key = key_named(name);
        cs_buffer_printf(&lines, "coordinator %s ", node.s);
        cs_base64_add(&lines, cs_span_make(key.b, CS_KEY_PUBLIC));
        cs_buffer_add_byte(&lines, '\n');
    }
    for (unsigned i = 0; i < count; i++)
        cs_buffer_printf(&lines, "member %s roles=observer since=0 x\n", node_number(32 * i).s);
    replaced(&text, TEXT, "threshold 2\n" COORDINATOR_2 COORDINATOR_1 TERM MEMBER_2 MEMBER_1,
             cs_buffer_text(&lines));
    cs_buffer_free(&lines);
    return read_signed("1", &charter);
}

static void long_lists_and_texts(void **state)
{
    char name[CS_PROFILE_TEXT_MAX + 2] = "", term[CS_CHARTER_TERM_MAX + 8];

    (void)state;
    assert_int_equal(read_with(TERM, CS_CHARTER_TERMS_MAX, a_term), CS_OK);
    assert_int_equal(read_with(TERM, CS_CHARTER_TERMS_MAX + 1, a_term), CS_TOO_LARGE);
    assert_int_equal(read_members(CS_CHARTER_MEMBERS_MAX - 2), CS_OK);
    assert_int_equal(read_members(CS_CHARTER_MEMBERS_MAX - 1), CS_TOO_LARGE);
    assert_int_equal(read_coordinators(CS_CHARTER_COORDINATORS_MAX), CS_NO_SIGNATURE);
    assert_int_equal(read_coordinators(CS_CHARTER_COORDINATORS_MAX + 1), CS_TOO_LARGE);
    memset(name, 'n', CS_PROFILE_TEXT_MAX + 1);
    assert_int_equal(read_changed("Bibliotecas del Valle", name), CS_TOO_LARGE);
    assert_int_equal(read_changed("Biblioteca\n", name),
                     CS_MALFORMED); /* the member's LF is gone */
    assert_int_equal(read_changed("Shule ya Bonde", name), CS_TOO_LARGE);
    name[CS_PROFILE_TEXT_MAX] = '\0';
    assert_int_equal(read_changed("Bibliotecas del Valle", name), CS_OK);
    assert_int_equal(read_changed("Shule ya Bonde", name), CS_OK);
    memset(term, 't', sizeof(term));
    memcpy(term, "term ", 5);
    term[5 + CS_CHARTER_TERM_MAX] = '\0';
    assert_int_equal(read_changed("term Take back what is taken back.", term), CS_OK);
    memcpy(term + 5 + CS_CHARTER_TERM_MAX, "t", 2);
    assert_int_equal(read_changed("term Take back what is taken back.", term), CS_TOO_LARGE);
}

static void who_signed(void **state)
{
    struct cs_charter_coordinator other;
    struct cs_charter charter = first_charter();

    (void)state;
    assert_int_equal(read_signed("1", &charter), CS_NO_SIGNATURE);
    assert_int_equal(read_signed("11", &charter), CS_NO_SIGNATURE); /* once is once */
    assert_int_equal(read_signed("13", &charter), CS_NO_SIGNATURE);
    assert_int_equal(read_signed("312", &charter), CS_OK);
    other = charter.coordinator[0];
    assert_int_equal(cs_charter_signed_by(cs_buffer_span(&note), &other), CS_OK);
    other.gov = key_named("x");
    assert_int_equal(cs_charter_signed_by(cs_buffer_span(&note), &other), CS_NO_SIGNATURE);
    assert_int_equal(cs_charter_signed_by(cs_span_of("x"), &other), CS_MALFORMED);
    sign("12");
    note.p[note.n - 4] ^= 1; /* in the last signature */
    assert_int_equal(cs_charter_read(cs_buffer_span(&note), &charter), CS_BAD_SIGNATURE);
    assert_int_equal(cs_charter_read(cs_span_of("x\n"), &charter), CS_MALFORMED);
}

/* ---- amendments */

/* Version 2, with something changed, signed. */
static void amend(const struct cs_charter *now, const char *old, const char *new, const char *who)
{
    struct cs_buffer prev = CS_BUFFER_INIT, second = CS_BUFFER_INIT;

    cs_buffer_add_text(&prev, "version 2\nprev ");
    cs_base64_add(&prev, cs_span_make(now->text_hash.b, CS_HASH));
    replaced(&second, TEXT, "version 1\nprev -", cs_buffer_text(&prev));
    replaced(&text, cs_buffer_text(&second), old, new);
    sign(who);
    cs_buffer_free(&prev);
    cs_buffer_free(&second);
}

static enum cs_status follows(const char *old, const char *new, const char *who)
{
    struct cs_charter now = first_charter(), next;
    enum cs_status status;

    amend(&now, old, new, who);
    status = cs_charter_read(cs_buffer_span(&note), &next);
    return status == CS_OK ? cs_charter_follows(&now, cs_buffer_span(&note), &next) : status;
}

/* Both coordinators, and the first alone. */
#define WITHOUT COORDINATOR_1 TERM MEMBER_1
#define BOTH COORDINATOR_2 COORDINATOR_1 TERM MEMBER_2 MEMBER_1

static void what_follows(void **state)
{
    struct cs_buffer more = CS_BUFFER_INIT;
    struct cs_public_key third = key_named("third gov");

    (void)state;
    assert_int_equal(follows(TERM, "", "12"), CS_OK);
    assert_int_equal(follows(TERM, "", "1"), CS_NO_SIGNATURE);
    assert_int_equal(follows("issued 1790000000", "issued 1789999999", "12"), CS_MALFORMED);
    assert_int_equal(follows("issued 1790000000\nexpires 1797776000",
                             "issued 1789999999\nexpires 1797775999", "12"),
                     CS_WRONG_CHAIN);
    assert_int_equal(follows("version 2", "version 3", "12"), CS_WRONG_CHAIN);
    /* Who is left out signs for the old network only, who comes in for the new one only. */
    assert_int_equal(follows("threshold 2\n" BOTH, "threshold 1\n" WITHOUT, "12"), CS_OK);
    assert_int_equal(follows("threshold 2\n" BOTH, "threshold 1\n" WITHOUT, "1"), CS_NO_SIGNATURE);
    assert_int_equal(follows("threshold 2\n" BOTH, "threshold 1\n" WITHOUT, "2"), CS_NO_SIGNATURE);
    cs_buffer_add_text(&more, COORDINATOR_1 "coordinator " THIRD " ");
    cs_base64_add(&more, cs_span_make(third.b, CS_KEY_PUBLIC));
    cs_buffer_add_text(&more, "\n" TERM MEMBER_1 "member " THIRD " roles=observer since=1 C\n");
    assert_int_equal(follows(BOTH, cs_buffer_text(&more), "13"), CS_NO_SIGNATURE);
    assert_int_equal(follows(BOTH, cs_buffer_text(&more), "12"), CS_NO_SIGNATURE);
    assert_int_equal(follows(BOTH, cs_buffer_text(&more), "123"), CS_OK);
    cs_buffer_free(&more);
}

static void what_does_not_follow(void **state)
{
    struct cs_charter now = first_charter(), other = now, next;

    (void)state;
    amend(&now, TERM, "", "12");
    assert_int_equal(cs_charter_read(cs_buffer_span(&note), &next), CS_OK);
    other.text_hash.b[0] ^= 1;
    assert_int_equal(cs_charter_follows(&other, cs_buffer_span(&note), &next), CS_WRONG_CHAIN);
    assert_int_equal(cs_charter_follows(&now, cs_buffer_span(&note), &now), CS_WRONG_HASH);
    assert_int_equal(cs_charter_follows(&now, cs_span_of("x"), &next), CS_MALFORMED);
    other = now;
    other.coordinator[0].gov = key_named("x"); /* the same node by another key */
    assert_int_equal(cs_charter_follows(&other, cs_buffer_span(&note), &next), CS_NO_SIGNATURE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_it_says),
        cmocka_unit_test(the_id_is_the_first_text),
        cmocka_unit_test(its_form),
        cmocka_unit_test(long_lists_and_texts),
        cmocka_unit_test(who_signed),
        cmocka_unit_test(what_follows),
        cmocka_unit_test(what_does_not_follow),
    };

    return cmocka_run_group_tests_name("charter", tests, NULL, forget);
}
