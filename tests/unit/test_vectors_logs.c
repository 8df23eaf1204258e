/*
 * protocol/vectors, as in test_vectors.c. Here: logs and what stands in them, who saw them, and networks.
 */
#include "tests/unit/vector_cases.h"

#include <commonshelf/charter.h>
#include <commonshelf/checkpoint.h>
#include <commonshelf/compaction.h>
#include <commonshelf/entry.h>
#include <commonshelf/evidence.h>
#include <commonshelf/frames.h>
#include <commonshelf/gzip.h>
#include <commonshelf/record.h>
#include <commonshelf/seen.h>
#include <commonshelf/shelves.h>
#include <commonshelf/tile.h>
#include <commonshelf/witness.h>

static void frames(const json_t *c)
{
    struct cs_buffer body = bytes_of(c, "body");
    struct cs_span rest = cs_buffer_span(&body), data;
    const json_t *wanted = json_object_get(c, "frames");
    enum cs_status status = cs_frames_open(&rest);
    unsigned char type = 0;
    struct cs_hash hash;
    size_t n = 0;

    while (status == CS_OK && type != CS_FRAME_END) {
        status = cs_frames_next(&rest, &type, &data);
        if (status != CS_OK || !wanted)
            continue;
        const json_t *frame = json_array_get(wanted, n++);
        struct cs_buffer hex = CS_BUFFER_INIT;

        expect(json_string_value(json_array_get(frame, 0))[0] == (char)type);
        cs_sha256(data, &hash);
        cs_hex_add(&hex, cs_span_make(hash.b, sizeof hash.b));
        expect(cs_span_is(cs_buffer_span(&hex), json_string_value(json_array_get(frame, 1))));
        cs_buffer_free(&hex);
    }
    expect_status(status, wanted ? CS_OK : CS_MALFORMED);
    expect(n == json_array_size(wanted));
    cs_buffer_free(&body);
}

static void record(const json_t *c)
{
    struct cs_record_fault fault;
    json_t *read = NULL;
    struct cs_uuid id;
    uint64_t rev;
    enum cs_status status = cs_record_read(text_of(c, "payload"), &read, &id, &rev, &fault);

    if ((status == CS_OK) != is_true(c, "good"))
        fail_msg("\"%s\": %s", now, cs_status_code(status));
    json_decref(read);
}

static void bundle(const json_t *c)
{
    struct cs_buffer gz = bytes_of(c, "bundle"), raw = CS_BUFFER_INIT;
    const json_t *leaves = json_object_get(c, "leaves"), *redacted = json_object_get(c, "redacted");
    enum cs_status status = cs_gunzip(cs_buffer_span(&gz), CS_BUNDLE_RAW_MAX, &raw);
    struct cs_span rest = cs_buffer_span(&raw);
    struct cs_bundle_item item;
    size_t n = 0, hidden = 0;

    for (; status == CS_OK && rest.n > 0; n++) {
        status = cs_bundle_next(&rest, &item);
        if (status != CS_OK || !leaves)
            continue;
        struct cs_hash wanted = hash_of(cs_span_of(json_string_value(json_array_get(leaves, n))));

        expect(memcmp(item.leaf.b, wanted.b, sizeof wanted.b) == 0);
        if (item.entry.n == 0)
            expect((size_t)json_integer_value(json_array_get(redacted, hidden++)) == n);
    }
    expect((status == CS_OK) == (leaves != NULL));
    expect(n == json_array_size(leaves) || !leaves);
    expect(hidden == json_array_size(redacted));
    cs_buffer_free(&gz);
    cs_buffer_free(&raw);
}

static void entry(const json_t *c)
{
    struct cs_buffer bytes, salt, again = CS_BUFFER_INIT;
    struct cs_entry read;
    struct cs_hash leaf, wanted;
    enum cs_status status;

    if (has(c, "bundle")) {
        bundle(c);
        return;
    }
    bytes = hex_of(c, "entry");
    status = cs_entry_read(cs_buffer_span(&bytes), &read);
    expect((status == CS_OK) == !is_true(c, "malformed"));
    if (status == CS_OK) {
        salt = hex_of(c, "salt");
        wanted = hash_of(text_of(c, "leaf"));
        expect(string_of(c, "op")[0] == (char)read.op);
        expect(memcmp(read.salt, salt.p, CS_SALT) == 0);
        if (json_is_string(json_object_get(c, "payload")))
            expect(cs_span_equal(read.payload, text_of(c, "payload")));
        cs_merkle_leaf(cs_buffer_span(&bytes), &leaf);
        expect(memcmp(leaf.b, wanted.b, sizeof leaf.b) == 0);
        expect_status(cs_entry_write(read.op, read.salt, read.payload, &again), CS_OK);
        expect(cs_span_equal(cs_buffer_span(&again), cs_buffer_span(&bytes)));
        cs_buffer_free(&salt);
        cs_buffer_free(&again);
    }
    cs_buffer_free(&bytes);
}

static struct cs_hash leaf_number(uint64_t i)
{
    unsigned char bytes[4] = {(unsigned char)(i >> 24), (unsigned char)(i >> 16),
                              (unsigned char)(i >> 8), (unsigned char)i};
    struct cs_hash leaf;

    cs_merkle_leaf(cs_span_make(bytes, sizeof bytes), &leaf);
    return leaf;
}

static size_t proof_of(const json_t *c, struct cs_hash proof[64])
{
    json_t *hash;
    size_t i;

    expect(json_array_size(json_object_get(c, "proof")) <= 64);
    json_array_foreach(json_object_get(c, "proof"), i, hash) proof[i] =
        hash_of(cs_span_of(json_string_value(hash)));
    return i;
}

static void tile(const json_t *c)
{
    const json_t *t = json_object_get(c, "tile");
    char path[CS_TILE_PATH_MAX];
    struct cs_tile read;
    enum cs_status status = cs_tile_read(text_of(c, "path"), &read);

    expect_status(status, t ? CS_OK : CS_MALFORMED);
    if (!t)
        return;
    expect(read.level == (int)json_integer_value(json_object_get(t, "level")));
    expect(read.index == number_of(t, "index") && read.width == number_of(t, "width"));
    cs_tile_path(&read, path);
    expect(cs_span_is(text_of(c, "path"), path));
    if (has(c, "size"))
        expect(cs_tile_in(&read, number_of(c, "size")) == is_true(c, "in"));
}

static void tree(const json_t *c)
{
    const json_t *in = json_object_get(c, "inclusion"), *con = json_object_get(c, "consistency");
    struct cs_hash proof[64], root, old, leaf;
    struct cs_range range;
    size_t n;

    if (has(c, "path")) {
        tile(c);
    } else if (in) {
        n = proof_of(in, proof);
        root = hash_of(text_of(in, "root"));
        leaf = leaf_number(number_of(in, "index"));
        expect_status(cs_merkle_included(number_of(in, "index"), number_of(in, "size"), &leaf,
                                         proof, n, &root),
                      is_true(c, "good") ? CS_OK : CS_WRONG_PROOF);
    } else if (con) {
        n = proof_of(con, proof);
        root = hash_of(text_of(con, "root"));
        old = hash_of(text_of(con, "old_root"));
        expect_status(cs_merkle_consistent(number_of(con, "old_size"), &old, number_of(con, "size"),
                                           &root, proof, n),
                      is_true(c, "good") ? CS_OK : CS_WRONG_PROOF);
    } else {
        cs_range_init(&range);
        for (uint64_t i = 0; i < number_of(c, "size"); i++) {
            leaf = leaf_number(i);
            cs_range_add_leaf(&range, &leaf);
        }
        cs_range_root(&range, &root);
        old = hash_of(text_of(c, "root"));
        expect(memcmp(root.b, old.b, sizeof root.b) == 0);
    }
}

static void checkpoint(const json_t *c)
{
    struct cs_node_id node = node_of(c, "node");
    struct cs_keyset keys = keyset_of(c);
    struct cs_checkpoint read;
    struct cs_hash root;
    enum cs_status status =
        cs_checkpoint_read(text_of(c, "note"), string_of(c, "origin"), &node, &keys, &read);

    expect((status == CS_OK) == !is_true(c, "refused"));
    if (status != CS_OK)
        return;
    root = hash_of(text_of(c, "root"));
    expect(read.size == number_of(c, "size") && read.time == number_of(c, "time"));
    expect(memcmp(read.root.b, root.b, sizeof root.b) == 0);
}

/* CS_OK if every step of the chain is good; `last` points into the case. */
static enum cs_status follow_charters(const json_t *chain, struct cs_charter_id *id,
                                      struct cs_charter *last)
{
    struct cs_charter next;
    enum cs_status status = CS_OK;
    json_t *item;
    size_t i;

    json_array_foreach(chain, i, item)
    {
        struct cs_span text = cs_span_make(json_string_value(item), json_string_length(item));

        if ((status = cs_charter_read(text, &next)) != CS_OK)
            return status;
        status = i == 0 ? cs_charter_id(&next, id) : cs_charter_follows(last, text, &next);
        if (status != CS_OK)
            return status;
        *last = next;
    }
    return status;
}

static void charter(const json_t *c)
{
    const json_t *wanted = json_object_get(c, "members");
    struct cs_charter_member member;
    struct cs_charter last;
    struct cs_charter_id id;
    struct cs_span rest;
    enum cs_status status = follow_charters(json_object_get(c, "chain"), &id, &last);
    size_t n = 0;

    if (!has(c, "charter")) {
        expect(status != CS_OK && status != CS_NO_MEMORY && status != CS_INTERNAL);
        return;
    }
    expect_status(status, CS_OK);
    expect(cs_span_is(text_of(c, "charter"), id.s));
    for (rest = last.member_lines; cs_charter_next_member(&rest, &member); n++)
        expect(strcmp(json_string_value(json_array_get(wanted, n)), member.node.s) == 0);
    expect(n == json_array_size(wanted) && n == last.members);
}

/* ---- witnesses */

/* "none" where there are no members: it is refused. */
static void seen(const json_t *c)
{
    const json_t *wanted = json_object_get(c, "logs"), *item;
    struct cs_node_id node = node_of(c, "node");
    struct cs_keyset keys = keyset_of(c);
    struct cs_seen_log log;
    struct cs_span logs;
    uint64_t time;
    enum cs_status status = cs_seen_read(text_of(c, "seen"), &node, &keys, &time, &logs);
    size_t n = 0;

    expect((status == CS_OK) == has(c, "logs"));
    if (status != CS_OK)
        return;
    expect(time == number_of(c, "time"));
    for (; cs_seen_next(&logs, &log); n++) {
        struct cs_hash root;

        item = json_array_get(wanted, n);
        root = hash_of(text_of(item, "root"));
        expect(cs_span_is(text_of(item, "origin"), log.origin));
        expect(log.size == number_of(item, "size") && log.applied == number_of(item, "applied"));
        expect(log.time == number_of(item, "time"));
        expect(memcmp(log.root.b, root.b, sizeof root.b) == 0);
    }
    expect(n == json_array_size(wanted));
}

static void ask(const json_t *c)
{
    struct cs_add_checkpoint *read = malloc(sizeof *read);
    enum cs_status status = cs_add_checkpoint_read(text_of(c, "ask"), read);

    expect((status == CS_OK) == has(c, "old"));
    if (status == CS_OK) {
        expect(read->old_size == number_of(c, "old") && read->n == number_of(c, "hashes"));
        expect(read->checkpoint.size == number_of(c, "size"));
        expect(cs_span_is(text_of(c, "origin"), read->checkpoint.origin));
    }
    free(read);
}

static void witness(const json_t *c)
{
    struct cs_buffer file;
    struct cs_evidence *read;
    enum cs_status status;

    if (has(c, "seen")) {
        seen(c);
        return;
    }
    if (has(c, "ask")) {
        ask(c);
        return;
    }
    file = bytes_of(c, "evidence");
    read = malloc(sizeof *read);
    status = cs_evidence_read(cs_buffer_span(&file), read);
    expect((status == CS_OK) == has(c, "proves"));
    if (status == CS_OK) {
        expect(cs_span_is(text_of(c, "node"), read->node.s));
        expect(strcmp(string_of(c, "proves"),
                      read->kind == CS_EVIDENCE_FORK ? "fork" : "rollback") == 0);
    }
    free(read);
    cs_buffer_free(&file);
}

/* ---- epochs */

static void live(const json_t *c)
{
    struct cs_compaction *compaction = cs_compaction_new(number_of(c, "epoch"), NULL);
    const json_t *wanted = json_object_get(c, "live"), *text;
    const uint64_t *index;
    size_t i, n;

    json_array_foreach(json_object_get(c, "entries"), i, text)
    {
        struct cs_span hex = cs_span_make(json_string_value(text), json_string_length(text));
        struct cs_buffer bytes = CS_BUFFER_INIT;
        unsigned char *p = cs_buffer_reserve(&bytes, hex.n / 2 + 1);
        struct cs_bundle_item item = {.entry = {NULL, 0}};

        expect_status(cs_hex_read(hex, p, hex.n / 2), CS_OK);
        bytes.n = hex.n / 2;
        item.entry = cs_buffer_span(&bytes);
        expect_status(cs_compaction_add(compaction, &item), CS_OK);
        cs_buffer_free(&bytes);
    }
    cs_compaction_live(compaction, &index, &n);
    expect(n == json_array_size(wanted));
    for (i = 0; i < n; i++)
        expect(index[i] == (uint64_t)json_integer_value(json_array_get(wanted, i)));
    cs_compaction_free(compaction);
}

static void epoch(const json_t *c)
{
    struct cs_epoch_prev prev;
    enum cs_status status;
    uint64_t index;

    if (has(c, "entries")) {
        live(c);
        return;
    }
    if (has(c, "at")) {
        status = cs_redaction_read(text_of(c, "redaction"), number_of(c, "epoch"),
                                   number_of(c, "at"), &index);
        expect((status == CS_OK) == has(c, "index"));
        expect(status != CS_OK || index == number_of(c, "index"));
        return;
    }
    status = cs_epoch_read(text_of(c, "begin"), number_of(c, "epoch"), &prev);
    expect((status == CS_OK) == is_true(c, "good"));
}

static void shelves(const json_t *c)
{
    static const char *const words[] = {"public", "nodes", "charter:"};
    const json_t *wanted = json_object_get(c, "shelves"), *row;
    struct cs_node_id node = node_of(c, "node");
    struct cs_shelf shelf;
    struct cs_span lines;
    enum cs_status status = cs_shelves_read(text_of(c, "text"), &node, &lines);
    size_t n = 0;

    expect((status == CS_OK) == (wanted != NULL));
    if (status != CS_OK)
        return;
    for (; cs_shelves_next(&lines, &shelf); n++) {
        char audience[128];

        row = json_array_get(wanted, n);
        snprintf(audience, sizeof audience, "%s%s", words[shelf.audience], shelf.charter.s);
        expect(strcmp(json_string_value(json_array_get(row, 0)), shelf.path) == 0);
        expect((uint64_t)json_integer_value(json_array_get(row, 1)) == shelf.epoch);
        expect(strcmp(json_string_value(json_array_get(row, 2)), shelf.name) == 0);
        expect(strcmp(json_string_value(json_array_get(row, 3)), audience) == 0);
    }
    expect(n == json_array_size(wanted));
}

#define TOPICS(X)                                                                                  \
    X(frames, frames)                                                                              \
    X(records, record)                                                                             \
    X(entries, entry)                                                                              \
    X(epochs, epoch)                                                                               \
    X(trees, tree)                                                                                 \
    X(checkpoints, checkpoint)                                                                     \
    X(witnesses, witness)                                                                          \
    X(charters, charter)                                                                           \
    X(shelves, shelves)
TOPICS(TEST)

int main(void)
{
    const struct CMUnitTest tests[] = {TOPICS(ENTRY)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
