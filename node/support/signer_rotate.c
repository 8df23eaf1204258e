/*
 * The next keyset. The file of keysets is the commit point: the new keys lie beside the old ones
 * under names of their own before it, and the old ones are destroyed after it.
 */
#include "support/signer.h"

#include <errno.h>

#include <commonshelf/chain.h>

#include "support/clock.h"
#include "support/language.h"
#include "support/memory.h"
#include "support/signer_internal.h"

/* A hello carries the chain beside a profile and itself. */
#define CHAIN_ROOM (CS_FRAMES_BODY_MAX - 3 * CS_NOTE_MAX)

static int no_root(const struct signer *s, struct problem *why)
{
    return problem_set(why, "root_missing",
                       _("The root key is not in %s, and new keys need its signature. Nothing was "
                         "changed. Give it with --root FILE: the page that \"keys export\" or "
                         "\"init --root-offline\" made, or a copy of root.key."),
                       s->directory);
}

static int place_of_root(const struct cs_keyset *keyset, EVP_PKEY *root, size_t *place,
                         struct problem *why)
{
    struct cs_public_key key;

    if (signer_keys_public(root, &key, why))
        return -1;
    for (*place = 0; *place < keyset->roots; ++*place)
        if (!memcmp(keyset->root[*place].b, key.b, sizeof key.b))
            return 0;
    return problem_set(why, "wrong_root", "%s",
                       _("That root key is another node's: none of this node's keysets names it. "
                         "Nothing was changed."));
}

static EVP_PKEY *take_root(const struct signer *s, const unsigned char *seed, struct problem *why)
{
    EVP_PKEY *root = s->now->keys.role[CS_ROLE_ROOT];

    if (seed)
        return signer_keys_from_seed(seed, why);
    if (root)
        EVP_PKEY_up_ref(root);
    else
        no_root(s, why);
    return root;
}

static int root_line(const struct cs_keyset *keyset, EVP_PKEY *root, struct cs_span text,
                     struct cs_buffer *note, struct problem *why)
{
    struct signer_keys keys = {{NULL}};
    struct cs_keyset signer = {.roots = 1};
    struct cs_node_id none = {""};
    size_t place;

    keys.role[CS_ROLE_ROOT] = root;
    if (place_of_root(keyset, root, &place, why))
        return -1;
    signer.root[0] = keyset->root[place];
    return signer_add_line(&keys, &signer, &none, CS_ROLE_ROOT, NULL, text, 0, note, why);
}

/* Appends the note of `keyset`, which follows `before`. Both have the same roots, so that one
 * signature serves both thresholds. */
static int add_note(const struct cs_keyset *before, struct cs_keyset *keyset, EVP_PKEY *root,
                    struct cs_buffer *chain, struct problem *why)
{
    struct cs_buffer text = {.alloc = memory_allocator()}, note = text;
    enum cs_status status;
    int rc = -1;

    keyset->version = before->version + 1;
    keyset->prev = before->text_hash;
    cs_keyset_write(keyset, &text);
    cs_note_begin(&note, cs_buffer_span(&text));
    if (text.failed || note.failed) {
        problem_no_memory(why);
        goto out;
    }
    if (root_line(before, root, cs_buffer_span(&text), &note, why))
        goto out;
    status = note.failed ? CS_NO_MEMORY : cs_keyset_read(cs_buffer_span(&note), keyset);
    if (status == CS_OK)
        status = cs_keyset_follows(before, cs_buffer_span(&note), keyset);
    cs_buffer_add_span(chain, cs_buffer_span(&note));
    if (status == CS_OK)
        status = cs_buffer_status(chain);
    rc = status ? problem_status(why, status, _("The new keyset")) : 0;
out:
    cs_buffer_free(&text);
    cs_buffer_free(&note);
    return rc;
}

/* The chain with as many new keysets as the retired logs need, all with the same new keys. */
static int build(const struct signer_state *now, struct signer_state *next, uint64_t time,
                 EVP_PKEY *root, const struct cs_retired *retired, size_t retires,
                 struct problem *why)
{
    struct cs_keyset before = now->keyset;

    next->keyset = now->keyset;
    next->keyset.issued = time;
    next->keyset.expires = time + SIGNER_KEYSET_LIFETIME;
    if (signer_keyset_keys(&next->keys, &next->keyset, why))
        return -1;
    cs_buffer_add_span(&next->chain, cs_buffer_span(&now->chain));
    do {
        size_t n = retires < CS_KEYSET_RETIRED_MAX ? retires : CS_KEYSET_RETIRED_MAX;

        next->keyset.retires = n;
        for (size_t i = 0; i < n; i++)
            next->keyset.retired[i] = *retired++;
        next->newest = next->chain.n;
        if (add_note(&before, &next->keyset, root, &next->chain, why))
            return -1;
        before = next->keyset;
        retires -= n;
    } while (retires > 0);
    if (next->chain.n > CHAIN_ROOM || next->keyset.version > CS_KEYSET_CHAIN_MAX)
        return problem_set(why, "too_many_keysets", "%s",
                           _("This node has had so many keysets that no further one can be "
                             "introduced to others. Nothing was changed."));
    return 0;
}

/* The new keys as the disk gives them back. */
static int check_written(const struct signer *s, const struct cs_keyset *keyset,
                         struct problem *why)
{
    struct cs_keyset *held = memory_new(sizeof *held);
    struct signer_keys read = {{NULL}};
    int rc = -1;

    if (!held)
        return problem_no_memory(why);
    if (signer_keys_read(&read, s->directory, keyset->version, why) ||
        signer_keyset_keys(&read, held, why))
        goto out;
    if (memcmp(&held->log, &keyset->log, sizeof held->log) != 0 ||
        memcmp(&held->auth, &keyset->auth, sizeof held->auth) != 0 ||
        memcmp(&held->witness, &keyset->witness, sizeof held->witness) != 0) {
        problem_set(why, "io",
                    _("The disk gave back other keys than were written to %s. The old ones stay "
                      "in force. Check the disk."),
                    s->directory);
        goto out;
    }
    rc = 0;
out:
    signer_keys_free(&read);
    memory_free(held);
    return rc;
}

static int commit(struct signer *s, const struct signer_state *next, struct problem *why)
{
    char path[FILE_PATH_MAX];

    if (file_join(path, s->directory, SIGNER_KEYSET_FILE))
        return problem_errno(why, ENAMETOOLONG, FILE_CREATE, s->directory);
    if (signer_keys_write(&next->keys, s->directory, next->keyset.version, why) ||
        file_sync_directory(s->directory, why) || check_written(s, &next->keyset, why)) {
        (void)!signer_keys_remove(s->directory, next->keyset.version, NULL);
        return -1;
    }
    return file_put_durable(path, cs_buffer_span(&next->chain), 0644, why);
}

/* The old private keys go, in memory and on the disk; what can't be removed now is removed at the
 * next start. */
static void take_over(struct signer *s, struct signer_state *next)
{
    struct signer_state *now = s->now;
    struct problem unseen = PROBLEM_INIT;

    next->keys.role[CS_ROLE_ROOT] = now->keys.role[CS_ROLE_ROOT];
    now->keys.role[CS_ROLE_ROOT] = NULL;
    next->before = now;
    signer_signed_at(s, next->keyset.issued);
    atomic_store(&s->now, next);
    signer_keys_free(&now->keys);
    if (signer_keys_remove(s->directory, now->keyset.version, &unseen) == 0)
        (void)!file_sync_directory(s->directory, &unseen);
}

int signer_rotate(struct signer *s, const unsigned char *seed, const struct cs_retired *retired,
                  size_t retires, struct problem *why)
{
    struct signer_state *next = memory_new(sizeof *next);
    EVP_PKEY *root = NULL;
    uint64_t time;
    size_t place;
    int rc = -1;

    if (!next)
        return problem_no_memory(why);
    next->chain.alloc = memory_allocator();
    pthread_mutex_lock(&s->lock);
    if (s->hold.code) { /* what the new keys must sign, could not be signed now */
        if (why)
            *why = s->hold;
        goto out;
    }
    if (!(time = signer_time(s, clock_now(), why)) || !(root = take_root(s, seed, why)) ||
        place_of_root(&s->now->keyset, root, &place, why) ||
        signer_keys_make(&next->keys, false, why) ||
        build(s->now, next, time, root, retired, retires, why) || commit(s, next, why))
        goto out;
    take_over(s, next);
    next = NULL;
    rc = 0;
out:
    pthread_mutex_unlock(&s->lock);
    EVP_PKEY_free(root);
    signer_state_free(next);
    return rc;
}

/* `s` is no more than a directory and the keysets of `chain`. */
static int recover(struct signer *s, struct signer_state *next, EVP_PKEY *root, struct problem *why)
{
    size_t place;
    uint64_t time;

    signer_signed_at(s, s->now->keyset.issued);
    if (place_of_root(&s->now->keyset, root, &place, why) ||
        !(time = signer_time(s, clock_now(), why)) || signer_keys_make(&next->keys, false, why) ||
        build(s->now, next, time, root, NULL, 0, why))
        return -1;
    return commit(s, next, why);
}

int signer_recover(const char *directory, struct cs_span chain,
                   const unsigned char seed[CS_KEY_SEED], struct problem *why)
{
    struct signer *s = memory_new(sizeof *s);
    struct signer_state *now = memory_new(sizeof *now), *next = memory_new(sizeof *next);
    EVP_PKEY *root = NULL;
    enum cs_status status;
    int rc = -1;

    if (!s || !now || !next || strlen(directory) >= sizeof s->directory) {
        problem_no_memory(why);
        goto out;
    }
    strcpy(s->directory, directory);
    now->chain.alloc = next->chain.alloc = memory_allocator();
    cs_buffer_add_span(&now->chain, chain);
    atomic_init(&s->now, now);
    status = now->chain.failed ? CS_NO_MEMORY : signer_state_chain(now, &s->node);
    if (status != CS_OK) {
        problem_status(why, status, _("the keysets that were brought back"));
        goto out;
    }
    if (file_make_directory(directory, 0700, why) == 0 && (root = signer_keys_from_seed(seed, why)))
        rc = recover(s, next, root, why);
out:
    EVP_PKEY_free(root);
    signer_state_free(now);
    signer_state_free(next);
    memory_free(s);
    return rc;
}

int signer_root(struct signer *s, unsigned char seed[CS_KEY_SEED], struct problem *why)
{
    EVP_PKEY *root;
    int rc = -1;

    pthread_mutex_lock(&s->lock);
    root = take_root(s, NULL, why);
    pthread_mutex_unlock(&s->lock);
    if (root)
        rc = signer_keys_seed(root, seed, why);
    EVP_PKEY_free(root);
    return rc;
}

int signer_forget_root(struct signer *s, struct problem *why)
{
    char path[FILE_PATH_MAX], name[SIGNER_KEY_FILE];
    int rc = -1;

    signer_keys_file(CS_ROLE_ROOT, 1, name);
    if (file_join(path, s->directory, name))
        return problem_errno(why, ENAMETOOLONG, FILE_OPEN, s->directory);
    pthread_mutex_lock(&s->lock);
    if (file_remove(path, why) == 0 && file_sync_directory(s->directory, why) == 0) {
        EVP_PKEY_free(s->now->keys.role[CS_ROLE_ROOT]);
        s->now->keys.role[CS_ROLE_ROOT] = NULL;
        rc = 0;
    }
    pthread_mutex_unlock(&s->lock);
    return rc;
}
