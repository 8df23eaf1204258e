#include "support/signer.h"

#include <dirent.h>
#include <errno.h>

#include <commonshelf/chain.h>
#include <commonshelf/limits.h>

#include "support/clock.h"
#include "support/file.h"
#include "support/language.h"
#include "support/memory.h"
#include "support/signer_internal.h"

#define KEYSET_FILE "keyset"
#define KEYSET_LIFETIME (UINT64_C(365) * 24 * 60 * 60) /* a year, as SPEC.md recommends */
#define CHAIN_MAX CS_FRAMES_BODY_MAX /* a hello must be able to carry it */

int signer_add_line(const struct signer_keys *keys, const struct cs_keyset *keyset,
                    const struct cs_node_id *node, enum cs_role role, const char *origin,
                    struct cs_span text, uint64_t time, struct cs_buffer *out, struct problem *why)
{
    struct cs_buffer message = CS_BUFFER_INIT;
    unsigned char signature[CS_SIGNATURE];
    char name[CS_NOTE_NAME_MAX + 1];
    struct cs_note_key key;
    int rc = -1;

    message.alloc = memory_allocator();
    cs_keyset_key(keyset, node, role, origin, name, &key);
    cs_note_message(key.type, text, time, &message);
    if (message.failed)
        problem_no_memory(why);
    else
        rc = signer_keys_sign(keys->role[role], cs_buffer_span(&message), signature, why);
    if (!rc)
        cs_note_add_signature(out, &key, time, signature);
    cs_buffer_free(&message);
    return rc;
}

/* ---- making a node's keys */

static int check_empty(const char *directory, struct problem *why)
{
    DIR *d = opendir(directory);
    struct dirent *entry;
    int rc = 0;

    if (!d)
        return problem_errno(why, errno, FILE_OPEN, directory);
    while (!rc && (entry = readdir(d)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            rc = problem_set(why, "exists",
                             _("There is something in %s already, and it was left alone. Keys are "
                               "made in an empty directory only."),
                             directory);
    closedir(d);
    return rc;
}

/* The genesis keyset's note for new keys. */
static int write_genesis(const struct signer_keys *keys, struct cs_buffer *out, struct problem *why)
{
    struct cs_node_id none = {""};
    struct cs_keyset keyset = {.version = 1, .threshold = 1, .roots = 1};
    struct cs_keyset check;
    struct cs_buffer text = CS_BUFFER_INIT;
    enum cs_status status;
    int rc = -1;

    text.alloc = memory_allocator();
    keyset.issued = clock_now();
    keyset.expires = keyset.issued + KEYSET_LIFETIME;
    if (signer_keys_public(keys->role[CS_ROLE_ROOT], &keyset.root[0], why) ||
        signer_keys_public(keys->role[CS_ROLE_LOG], &keyset.log, why) ||
        signer_keys_public(keys->role[CS_ROLE_AUTH], &keyset.auth, why) ||
        signer_keys_public(keys->role[CS_ROLE_WITNESS], &keyset.witness, why))
        goto out;
    cs_keyset_write(&keyset, &text);
    cs_note_begin(out, cs_buffer_span(&text));
    if (text.failed) {
        problem_no_memory(why);
        goto out;
    }
    if (signer_add_line(keys, &keyset, &none, CS_ROLE_ROOT, NULL, cs_buffer_span(&text), 0, out,
                        why))
        goto out;
    if (out->failed) {
        problem_no_memory(why);
        goto out;
    }
    status = cs_keyset_read(cs_buffer_span(out), &check);
    rc = status ? problem_status(why, status, _("The new keyset")) : 0;
out:
    cs_buffer_free(&text);
    return rc;
}

static int write_keyset(const char *directory, struct cs_span note, struct problem *why)
{
    char path[FILE_PATH_MAX];

    if (file_join(path, directory, KEYSET_FILE))
        return problem_errno(why, ENAMETOOLONG, FILE_CREATE, directory);
    return file_put_new(path, note, 0644, why);
}

/* Half a set of keys is of no use: the directory was empty before. */
static void remove_files(const char *directory)
{
    char path[FILE_PATH_MAX];

    for (int role = 0; role < CS_ROLES; role++)
        if (!file_join(path, directory, signer_keys_file((enum cs_role)role)))
            (void)!file_remove(path, NULL);
    if (!file_join(path, directory, KEYSET_FILE))
        (void)!file_remove(path, NULL);
}

int signer_create(const char *directory, struct problem *why)
{
    struct signer_keys keys = {{NULL}};
    struct cs_buffer note = CS_BUFFER_INIT;
    int rc = -1;

    note.alloc = memory_allocator();
    if (file_make_directory(directory, 0700, why) || check_empty(directory, why))
        return -1;
    if (signer_keys_make(&keys, why) || write_genesis(&keys, &note, why))
        goto out;
    if (signer_keys_write(&keys, directory, why) ||
        write_keyset(directory, cs_buffer_span(&note), why) || file_sync_directory(directory, why))
        remove_files(directory);
    else
        rc = 0;
out:
    signer_keys_free(&keys);
    cs_buffer_free(&note);
    return rc;
}

/* ---- opening them */

static int damaged_chain(struct problem *why, const char *path)
{
    return problem_set(why, "key_damaged",
                       _("%s does not fit to the keys beside it, or is damaged. Put back the copy "
                         "of the whole directory from your backup."),
                       path);
}

static int read_chain(struct signer *s, const char *path, struct problem *why)
{
    struct cs_span rest, note;
    size_t count;

    if (file_read(path, CHAIN_MAX, &s->chain, why))
        return -1;
    rest = cs_buffer_span(&s->chain);
    if (!cs_chain_next(&rest, &note) || cs_keyset_read(note, &s->keyset) != CS_OK ||
        cs_keyset_node_id(&s->keyset, &s->node) != CS_OK ||
        cs_chain_read(cs_buffer_span(&s->chain), &s->node, &s->keyset, &count) != CS_OK)
        return damaged_chain(why, path);
    for (rest = cs_buffer_span(&s->chain); cs_chain_next(&rest, &note);)
        s->newest = (size_t)(note.p - s->chain.p);
    return 0;
}

static bool is_root(const struct cs_keyset *keyset, const struct cs_public_key *key)
{
    for (size_t i = 0; i < keyset->roots; i++)
        if (!memcmp(keyset->root[i].b, key->b, sizeof key->b))
            return true;
    return false;
}

static int check_pair(const struct signer *s, const char *path, struct problem *why)
{
    const struct cs_public_key *wanted[CS_ROLES] = {NULL, &s->keyset.log, &s->keyset.auth,
                                                    &s->keyset.witness};
    struct cs_public_key key;

    for (int role = 0; role < CS_ROLES; role++) {
        if (!s->keys.role[role])
            continue;
        if (signer_keys_public(s->keys.role[role], &key, why))
            return -1;
        if (wanted[role] ? memcmp(wanted[role]->b, key.b, sizeof key.b) != 0
                         : !is_root(&s->keyset, &key))
            return damaged_chain(why, path);
    }
    return 0;
}

struct signer *signer_open(const char *directory, struct problem *why)
{
    struct signer *s = memory_new(sizeof *s);
    char path[FILE_PATH_MAX];

    if (!s) {
        problem_no_memory(why);
        return NULL;
    }
    s->chain.alloc = memory_allocator();
    if (pthread_mutex_init(&s->lock, NULL)) {
        problem_no_memory(why);
        memory_free(s);
        return NULL;
    }
    if (file_join(path, directory, KEYSET_FILE)) {
        problem_errno(why, ENAMETOOLONG, FILE_OPEN, directory);
        goto fail;
    }
    if (signer_keys_read(&s->keys, directory, why) || read_chain(s, path, why) ||
        check_pair(s, path, why))
        goto fail;
    s->last_time = s->keyset.issued;
    return s;
fail:
    signer_close(s);
    return NULL;
}

void signer_close(struct signer *s)
{
    if (!s)
        return;
    signer_keys_free(&s->keys);
    pthread_mutex_destroy(&s->lock);
    cs_buffer_free(&s->chain);
    memory_free(s->log);
    memory_free(s);
}

const struct cs_node_id *signer_node(const struct signer *s)
{
    return &s->node;
}

const struct cs_keyset *signer_keyset(const struct signer *s)
{
    return &s->keyset;
}

struct cs_span signer_keyset_note(const struct signer *s)
{
    return cs_span_make(s->chain.p + s->newest, s->chain.n - s->newest);
}

struct cs_span signer_keyset_chain(const struct signer *s)
{
    return cs_buffer_span(&s->chain);
}
