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

int signer_keyset_keys(const struct signer_keys *keys, struct cs_keyset *out, struct problem *why)
{
    if ((keys->role[CS_ROLE_ROOT] &&
         signer_keys_public(keys->role[CS_ROLE_ROOT], &out->root[0], why)) ||
        signer_keys_public(keys->role[CS_ROLE_LOG], &out->log, why) ||
        signer_keys_public(keys->role[CS_ROLE_AUTH], &out->auth, why) ||
        signer_keys_public(keys->role[CS_ROLE_WITNESS], &out->witness, why))
        return -1;
    return 0;
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
    keyset.expires = keyset.issued + SIGNER_KEYSET_LIFETIME;
    if (signer_keyset_keys(keys, &keyset, why))
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

    if (file_join(path, directory, SIGNER_KEYSET_FILE))
        return problem_errno(why, ENAMETOOLONG, FILE_CREATE, directory);
    return file_put_new(path, note, 0644, why);
}

/* Half a set of keys is of no use: the directory was empty before. */
static void remove_files(const char *directory)
{
    char path[FILE_PATH_MAX];

    for (int role = 0; role < CS_ROLES; role++) {
        char name[SIGNER_KEY_FILE];

        signer_keys_file((enum cs_role)role, 1, name);
        if (!file_join(path, directory, name))
            (void)!file_remove(path, NULL);
    }
    if (!file_join(path, directory, SIGNER_KEYSET_FILE))
        (void)!file_remove(path, NULL);
}

/* The root goes into the directory, or to `root` only. */
static int create(const char *directory, unsigned char *root, struct problem *why)
{
    struct signer_keys keys = {{NULL}};
    struct cs_buffer note = CS_BUFFER_INIT;
    int rc = -1;

    note.alloc = memory_allocator();
    if (file_make_directory(directory, 0700, why) || check_empty(directory, why))
        return -1;
    if (signer_keys_make(&keys, true, why) || write_genesis(&keys, &note, why))
        goto out;
    if (root) {
        if (signer_keys_seed(keys.role[CS_ROLE_ROOT], root, why))
            goto out;
        EVP_PKEY_free(keys.role[CS_ROLE_ROOT]);
        keys.role[CS_ROLE_ROOT] = NULL;
    }
    if (signer_keys_write(&keys, directory, 1, why) ||
        write_keyset(directory, cs_buffer_span(&note), why) || file_sync_directory(directory, why))
        remove_files(directory);
    else
        rc = 0;
out:
    signer_keys_free(&keys);
    cs_buffer_free(&note);
    return rc;
}

int signer_create(const char *directory, struct problem *why)
{
    return create(directory, NULL, why);
}

int signer_create_offline(const char *directory, unsigned char root[CS_KEY_SEED],
                          struct problem *why)
{
    return create(directory, root, why);
}

/* ---- opening them */

static int damaged_chain(struct problem *why, const char *path)
{
    return problem_set(why, "key_damaged",
                       _("%s does not fit to the keys beside it, or is damaged. Put back the copy "
                         "of the whole directory from your backup."),
                       path);
}

enum cs_status signer_state_chain(struct signer_state *state, struct cs_node_id *node)
{
    struct cs_span rest = cs_buffer_span(&state->chain), note;
    enum cs_status status;
    size_t count;

    if (!cs_chain_next(&rest, &note))
        return CS_MALFORMED;
    if ((status = cs_keyset_read(note, &state->keyset)) != CS_OK ||
        (status = cs_keyset_node_id(&state->keyset, node)) != CS_OK ||
        (status = cs_chain_read(cs_buffer_span(&state->chain), node, &state->keyset, &count)) !=
            CS_OK)
        return status;
    for (rest = cs_buffer_span(&state->chain); cs_chain_next(&rest, &note);)
        state->newest = (size_t)(note.p - state->chain.p);
    return CS_OK;
}

static int read_chain(struct signer_state *state, const char *path, struct cs_node_id *node,
                      struct problem *why)
{
    if (file_read(path, CHAIN_MAX, &state->chain, why))
        return -1;
    return signer_state_chain(state, node) == CS_OK ? 0 : damaged_chain(why, path);
}

static bool is_root(const struct cs_keyset *keyset, const struct cs_public_key *key)
{
    for (size_t i = 0; i < keyset->roots; i++)
        if (!memcmp(keyset->root[i].b, key->b, sizeof key->b))
            return true;
    return false;
}

static int check_pair(const struct signer_state *state, const char *path, struct problem *why)
{
    const struct cs_public_key *wanted[CS_ROLES] = {NULL, &state->keyset.log, &state->keyset.auth,
                                                    &state->keyset.witness};
    struct cs_public_key key;

    for (int role = 0; role < CS_ROLES; role++) {
        if (!state->keys.role[role])
            continue;
        if (signer_keys_public(state->keys.role[role], &key, why))
            return -1;
        if (wanted[role] ? memcmp(wanted[role]->b, key.b, sizeof key.b) != 0
                         : !is_root(&state->keyset, &key))
            return damaged_chain(why, path);
    }
    return 0;
}

struct signer_state *signer_state_read(const char *directory, struct cs_node_id *node,
                                       struct problem *why)
{
    struct signer_state *state = memory_new(sizeof *state);
    char path[FILE_PATH_MAX];

    if (!state) {
        problem_no_memory(why);
        return NULL;
    }
    state->chain.alloc = memory_allocator();
    if (file_join(path, directory, SIGNER_KEYSET_FILE)) {
        problem_errno(why, ENAMETOOLONG, FILE_OPEN, directory);
        goto fail;
    }
    if (read_chain(state, path, node, why) ||
        signer_keys_read(&state->keys, directory, state->keyset.version, why) ||
        check_pair(state, path, why))
        goto fail;
    return state;
fail:
    signer_state_free(state);
    return NULL;
}

void signer_state_free(struct signer_state *state)
{
    if (!state)
        return;
    signer_keys_free(&state->keys);
    cs_buffer_free(&state->chain);
    memory_free(state);
}

/* A rotation that was cut off after its keyset was in force. Keys of a later version are left alone:
 * if somebody put back an old keyset file, they are the only ones. */
static int remove_old_keys(const char *directory, uint64_t newest, struct problem *why)
{
    char path[FILE_PATH_MAX], name[SIGNER_KEY_FILE];
    bool removed = false;

    for (uint64_t version = 1; version < newest; version++)
        for (int role = 0; role < CS_ROLES; role++) {
            signer_keys_file((enum cs_role)role, version, name);
            if (role == CS_ROLE_ROOT || file_join(path, directory, name) || !file_exists(path))
                continue;
            if (file_remove(path, why))
                return -1;
            removed = true;
        }
    return removed ? file_sync_directory(directory, why) : 0;
}

struct signer *signer_open(const char *directory, struct problem *why)
{
    struct signer *s = memory_new(sizeof *s);
    struct signer_state *state = NULL;

    if (!s) {
        problem_no_memory(why);
        return NULL;
    }
    if (strlen(directory) >= sizeof s->directory) {
        problem_errno(why, ENAMETOOLONG, FILE_OPEN, directory);
        goto fail;
    }
    strcpy(s->directory, directory);
    if (!(state = signer_state_read(directory, &s->node, why)) ||
        remove_old_keys(directory, state->keyset.version, why))
        goto fail;
    if (pthread_mutex_init(&s->lock, NULL)) {
        problem_no_memory(why);
        goto fail;
    }
    signer_signed_at(s, state->keyset.issued);
    atomic_init(&s->now, state);
    return s;
fail:
    signer_state_free(state);
    memory_free(s);
    return NULL;
}

void signer_close(struct signer *s)
{
    struct signer_state *state, *before;

    if (!s)
        return;
    for (state = s->now; state; state = before) {
        before = state->before;
        signer_state_free(state);
    }
    pthread_mutex_destroy(&s->lock);
    memory_free(s->log);
    memory_free(s);
}

bool signer_has_root(const struct signer *s)
{
    char path[FILE_PATH_MAX], name[SIGNER_KEY_FILE];

    signer_keys_file(CS_ROLE_ROOT, 1, name);
    return !file_join(path, s->directory, name) && file_exists(path);
}

const struct cs_node_id *signer_node(const struct signer *s)
{
    return &s->node;
}

const struct cs_keyset *signer_keyset(const struct signer *s)
{
    return &atomic_load(&s->now)->keyset;
}

struct cs_span signer_keyset_note(const struct signer *s)
{
    const struct signer_state *now = atomic_load(&s->now);

    return cs_span_make(now->chain.p + now->newest, now->chain.n - now->newest);
}

struct cs_span signer_keyset_chain(const struct signer *s)
{
    return cs_buffer_span(&atomic_load(&s->now)->chain);
}

void signer_hold(struct signer *s, const struct problem *reason)
{
    struct problem none = PROBLEM_INIT;

    pthread_mutex_lock(&s->lock);
    s->hold = reason ? *reason : none;
    pthread_mutex_unlock(&s->lock);
}

const char *signer_held(struct signer *s)
{
    const char *code;

    pthread_mutex_lock(&s->lock);
    code = s->hold.code;
    pthread_mutex_unlock(&s->lock);
    return code;
}
