/*
 * Merkle proofs that others published, good and bad.
 */
#include "tests/unit/vectors.h"

#include <commonshelf/encode.h>
#include <commonshelf/merkle.h>

#include <dirent.h>
#include <jansson.h>

struct vector {
    json_t *json;
    bool readable; /* every hash in it is one */
    struct cs_hash proof[64];
    size_t n;
};

static void read_hash(struct vector *v, const char *text, struct cs_hash *out)
{
    if (!text || cs_base64_read(cs_span_of(text), out->b, CS_HASH))
        v->readable = false;
}

static void named_hash(struct vector *v, const char *name, struct cs_hash *out)
{
    read_hash(v, json_string_value(json_object_get(v->json, name)), out);
}

/* One vector has an index of 2^64 - 1: it is read with all of its numbers as reals. */
static uint64_t number(const struct vector *v, const char *name)
{
    double n = json_number_value(json_object_get(v->json, name));

    return n >= 18446744073709551615.0 ? UINT64_MAX : (uint64_t)n;
}

static void open_vector(const char *path, struct vector *v)
{
    const json_t *proof;

    v->json = json_load_file(path, 0, NULL);
    if (!v->json)
        v->json = json_load_file(path, JSON_DECODE_INT_AS_REAL, NULL);
    if (!v->json)
        fail_msg("%s is no JSON", path);
    v->readable = true;
    proof = json_object_get(v->json, "proof");
    v->n = json_array_size(proof);
    assert_true(v->n <= 64);
    for (size_t i = 0; i < v->n; i++)
        read_hash(v, json_string_value(json_array_get(proof, i)), &v->proof[i]);
}

static enum cs_status run_inclusion(struct vector *v)
{
    struct cs_hash leaf, root;

    named_hash(v, "leafHash", &leaf);
    named_hash(v, "root", &root);
    if (!v->readable)
        return CS_MALFORMED;
    return cs_merkle_included(number(v, "leafIdx"), number(v, "treeSize"), &leaf, v->proof, v->n,
                              &root);
}

static enum cs_status run_consistency(struct vector *v)
{
    struct cs_hash old_root, root;

    named_hash(v, "root1", &old_root);
    named_hash(v, "root2", &root);
    if (!v->readable)
        return CS_MALFORMED;
    return cs_merkle_consistent(number(v, "size1"), &old_root, number(v, "size2"), &root, v->proof,
                                v->n);
}

struct tally {
    size_t count, good;
};

static void run_vector(const char *path, enum cs_status (*run)(struct vector *),
                       struct tally *tally)
{
    struct vector v;
    bool wanted, got;

    open_vector(path, &v);
    wanted = !json_is_true(json_object_get(v.json, "wantErr"));
    got = run(&v) == CS_OK;
    if (wanted != got)
        fail_msg("%s: wanted %s", path, wanted ? "a proof" : "a refusal");
    tally->count++;
    tally->good += got;
    json_decref(v.json);
}

/* Runs every vector below a folder. */
static void run_folder(const char *folder, enum cs_status (*run)(struct vector *),
                       struct tally *tally)
{
    struct dirent *entry;
    DIR *dir = opendir(folder);

    if (!dir)
        fail_msg("%s can't be opened", folder);
    while ((entry = readdir(dir))) {
        const char *suffix = strrchr(entry->d_name, '.');
        char path[1024];

        snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        if (suffix && strcmp(suffix, ".json") == 0)
            run_vector(path, run, tally);
        else if (entry->d_name[0] != '.')
            run_folder(path, run, tally);
    }
    closedir(dir);
}

static void test_published_proofs(void **state)
{
    struct tally tally = {0};
    char folder[512];

    (void)state;
    vectors_path("crypto/merkle/inclusion", folder, sizeof(folder));
    run_folder(folder, run_inclusion, &tally);
    vectors_path("crypto/merkle/consistency", folder, sizeof(folder));
    run_folder(folder, run_consistency, &tally);

    /* What the snapshot holds; a later one may hold more. */
    assert_true(tally.count >= 92 && tally.good >= 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_proofs),
    };

    return cmocka_run_group_tests_name("published merkle proofs", tests, NULL, NULL);
}
