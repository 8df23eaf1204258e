/*
 * keys recover: the way back after a lost disk or lost keys. The root key makes new ones; peers give back
 * what they have of the identity and of everything that was published. Each step can be done again.
 *
 * 1. The newest keysets that peers know, and behind them one with new keys.
 * 2. A home with them, marked as being recovered: it signs nothing, whoever asks.
 * 3. The own logs, from the peers' mirrors.
 * 4. Only then checkpoints and profile under the new keys, in one transaction, and the mark is gone.
 * 5. The invites are redeemed: peers again.
 */
#include "command/recover.h"

#include <commonshelf/chain.h>

#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

#include "command/document.h"
#include "command/home_make.h"
#include "command/root_file.h"

/* ---- the root, and whose it is */

static int read_root(struct recovery *r, struct problem *why)
{
    static const struct call_file typed = {"-", STDIN_FILENO};
    const struct call_file *file = call_option_file(r->call, "root");
    const char *node = options_value(&r->call->options, "node");

    if (!file && !isatty(STDIN_FILENO))
        return problem_usage(why, "root_missing", "%s",
                             _("Give the root key with --root FILE: the page that was printed, as "
                               "text. --root - reads it from standard input."));
    file = file ? file : &typed;
    if (isatty(file->fd))
        output_say(r->call->out, "%s",
                   _("Type the seven lines of the root key's page, each with its number and check "
                     "letters. Ctrl-D ends."));
    if (root_file_read(file, r->root, &r->node, why))
        return -1;
    if (r->node.s[0] || (node && cs_node_id_read(cs_span_of(node), &r->node) == CS_OK))
        return 0;
    return problem_usage(why, "no_node", "%s",
                         _("This file does not say whose root key it is: name the node ID with "
                           "--node. Peers show it, and so does every printed page."));
}

/* ---- a home that is not there */

static int make_database(struct recovery *r, struct home *home, struct problem *why)
{
    struct cs_span rest = cs_buffer_span(&r->newest->remembered.chain), note;
    struct transaction *t = NULL;
    row_id nid, sid;

    if (!(home->store = store_open(home->path, STORE_CREATE, why)) ||
        !(t = store_begin(home->store, why)) || store_node_add(t, &r->node, &nid, why) ||
        store_shelf_add(t, "public", AUDIENCE_PUBLIC, &sid, why) || home_recover_begin(t, why))
        goto failed;
    /* As peers have it: the new keyset takes over when all is there. */
    for (uint64_t version = 1; rest.n > 0 && cs_chain_next(&rest, &note); version++)
        if (store_keyset_put(t, nid, version, note, why))
            goto failed;
    return store_commit(&t, why);
failed:
    store_rollback(&t);
    return -1;
}

static int make_keys(struct recovery *r, const char *path, struct cs_span chain,
                     struct problem *why)
{
    char keys[FILE_PATH_MAX];

    if (file_join(keys, path, HOME_KEYS))
        return problem_errno(why, ENAMETOOLONG, FILE_CREATE, path);
    return signer_recover(keys, chain, r->root, why);
}

static int fill(const char *path, void *arg, struct problem *why)
{
    struct recovery *r = arg;
    char file[FILE_PATH_MAX];
    struct home *home = NULL;
    int rc = -1;

    if (home_make_directories(path, why) ||
        make_keys(r, path, cs_buffer_span(&r->newest->remembered.chain), why) ||
        home_make_certificate(path, r->config, why) || file_join(file, path, HOME_CONFIG) ||
        config_write(file, r->config, why) || !(home = home_new(path, -1, why)))
        goto out;
    rc = make_database(r, home, why);
out:
    home_free(home);
    return rc;
}

/* What the command line does not say is as it was. */
static int settings_from_profile(struct recovery *r, struct problem *why)
{
    static const char *const keys[] = {"name", "place", "lang", "url"};
    const struct cs_profile *profile = &r->newest->remembered.profile;
    const char *const values[] = {profile->name, profile->place, profile->lang, profile->url};

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (r->newest->remembered.note.n > 0 && values[i][0] &&
            !options_has(&r->call->options, keys[i]) &&
            config_set(r->config, keys[i], values[i], why))
            return -1;
    if (r->config->name[0])
        return 0;
    return problem_usage(why, "no_name", "%s",
                         _("No peer has a profile of this node that still counts: give its name "
                           "with --name."));
}

static int make_anew(struct recovery *r, struct problem *why)
{
    return settings_from_profile(r, why) || home_make(r->call->home_path, fill, r, why) ? -1 : 0;
}

/* ---- a home that is there, with old keys, without any, or half recovered */

static int mark(struct home *home, struct problem *why)
{
    struct transaction *t = store_begin(home->store, why);

    if (!t || home_recover_begin(t, why) || store_commit(&t, why)) {
        store_rollback(&t);
        return -1;
    }
    return 0;
}

static int other_home(const struct home *home, const struct cs_node_id *id, struct problem *why)
{
    return problem_set(why, "wrong_root",
                       _("%s is the home of another node, %s. Nothing was changed."), home->path,
                       id->s);
}

static int contradicts(const struct recovery *r, struct problem *why)
{
    return problem_set(why, "two_identities",
                       _("\"%s\" has other keysets of this node than this home, and nothing says "
                         "which count: somebody else may have its root key. Nothing was changed."),
                       r->newest->contact.row.node.name);
}

/* `chain` becomes `other` where that goes on behind it. Another node's chain, or none, says nothing. */
static int take_longer(struct recovery *r, struct cs_buffer *chain, struct cs_span other,
                       struct problem *why)
{
    enum cs_chain_relation relation;
    enum cs_status status;
    struct cs_keyset *newest = memory_new(sizeof *newest);
    size_t count;
    bool usable;

    if (!newest)
        return problem_no_memory(why);
    usable = cs_chain_read(other, &r->node, newest, &count) == CS_OK;
    memory_free(newest);
    if (!usable)
        return 0;
    status =
        cs_chain_compare(cs_buffer_span(chain), other, clock_now(), &relation, NULL, NULL, NULL);
    if (status != CS_OK)
        return problem_status(why, status, _("the keysets of this node"));
    if (relation == CS_CHAIN_CONTRADICTS)
        return contradicts(r, why);
    if (relation != CS_CHAIN_CONTINUES && relation != CS_CHAIN_OVERRIDES)
        return 0;
    cs_buffer_reset(chain);
    cs_buffer_add_span(chain, other);
    return chain->failed ? problem_no_memory(why) : 0;
}

/* The longest chain that peers, the database or the directory of keys have. */
static int newest_chain(struct recovery *r, struct home *home, struct reader *reader,
                        struct cs_buffer *chain, struct problem *why)
{
    struct cs_buffer held = {.alloc = memory_allocator()}, file = held;
    struct problem unread = PROBLEM_INIT;
    char path[FILE_PATH_MAX];
    int rc = -1;

    cs_buffer_add_span(chain, cs_buffer_span(&r->newest->remembered.chain));
    if (file_join(path, home->path, HOME_KEYSETS) ||
        file_read(path, CS_FRAMES_BODY_MAX, &file, &unread))
        cs_buffer_reset(&file);
    if (chain->failed)
        problem_no_memory(why);
    else if (store_keyset_chain(reader, STORE_SELF, &held, why) == 0)
        rc = take_longer(r, chain, cs_buffer_span(&held), why) ||
                     take_longer(r, chain, cs_buffer_span(&file), why)
                 ? -1
                 : 0;
    cs_buffer_free(&held);
    cs_buffer_free(&file);
    return rc;
}

/* Unless the keys that are here can be used, and are those of the newest keyset. */
static int replace_keys(struct recovery *r, struct home *home, struct cs_span chain,
                        struct problem *why)
{
    struct problem damaged = PROBLEM_INIT;

    if (home_open_signer(home, &damaged) == 0 &&
        !cs_node_id_equal(signer_node(home->signer), &r->node))
        return other_home(home, signer_node(home->signer), why);
    if (home->signer && cs_span_equal(signer_keyset_chain(home->signer), chain))
        return 0;
    signer_close(home->signer);
    home->signer = NULL;
    return mark(home, why) || make_keys(r, home->path, chain, why) ? -1 : 0;
}

static int renew_keys(struct recovery *r, struct home *home, struct problem *why)
{
    struct cs_buffer chain = {.alloc = memory_allocator()};
    struct node_row *self = memory_new(sizeof *self);
    struct reader *reader = NULL;
    int rc = -1;

    if (!self) {
        problem_no_memory(why);
        goto out;
    }
    if (home_open_config(home, why) || home_open_store(home, why) ||
        !(reader = store_reader(home->store, why)) || home_self(home, reader, self, why))
        goto out;
    if (!cs_node_id_equal(&self->id, &r->node))
        other_home(home, &self->id, why);
    else if (newest_chain(r, home, reader, &chain, why) == 0)
        rc = replace_keys(r, home, cs_buffer_span(&chain), why);
out:
    cs_buffer_free(&chain);
    store_reader_free(reader);
    memory_free(self);
    return rc;
}

/* ---- both */

/* The peers whose invites these are. */
static void redeem(struct recovery *r, struct home *home, json_t *peers)
{
    struct peer_row *peer = memory_new(sizeof *peer);

    for (size_t i = 0; peer && i < r->sources; i++) {
        struct problem failed = PROBLEM_INIT;

        if (peering_join(home->peering, cs_span_of(r->source[i].link), r->call->cancel, peer,
                         &failed)) {
            output_warn(r->call->out, "%s", failed.message);
            r->failed++;
        } else {
            json_array_append_new(peers, document_node(&peer->node.id, peer->node.name));
        }
    }
    memory_free(peer);
}

static int finish(struct recovery *r, struct home *home, struct own_history *history,
                  struct problem *why)
{
    if (home_open_config(home, why) || home_open_signer(home, why) || home_open_store(home, why) ||
        home_open_catalogue(home, why) || home_open_peering(home, why) || home_hold(home, why) ||
        recover_history(r, home, history, why) || home_recover_end(home, why) ||
        home_certain(home, true, why) || home_adopt_keys(home, why) ||
        peering_profile_refresh(home->peering, why) || catalogue_refresh(home->catalogue, why) ||
        home_open_index(home, why))
        return -1;
    r->call->home = home;
    return call_index(r->call, why);
}

static int report(struct recovery *r, struct home *home, const struct own_history *history,
                  json_t *peers, struct problem *why)
{
    const struct cs_keyset *keyset = signer_keyset(home->signer);

    output_print(r->call->out,
                 _("%s is back at %s, with the node ID %s\n"
                   "It signs with new keys (keyset version %" PRIu64 "). %" PRIu64
                   " entries of its catalogue came back from peers.\n"),
                 home->config.name, home->path, signer_node(home->signer)->s, keyset->version,
                 history->entries);
    output_say(
        r->call->out, "%s",
        _("The root key was not kept on this machine: lock its page away again. What was on "
          "private shelves, or never published, is in backups only. Next: commonshelf serve. "
          "Peers whose invites were not given here take the new keys over by themselves; "
          "redeem an invite of each to copy their catalogues again."));
    return output_json(r->call->out,
                       json_pack("{s:o,s:o,s:{s:I},s:I,s:I,s:O}", "node",
                                 document_node(&r->node, home->config.name), "home",
                                 document_text(home->path), "keys", "version",
                                 (json_int_t)keyset->version, "entries",
                                 (json_int_t)history->entries, "records",
                                 (json_int_t)history->records, "peers", peers),
                       why);
}

static int bring_back(struct recovery *r, int lock, struct problem *why)
{
    struct own_history history;
    struct home *home = NULL;
    json_t *peers = json_array();
    int rc = -1;

    if (!peers) {
        problem_no_memory(why);
        if (lock >= 0)
            close(lock);
        return -1;
    }
    if (!(home = home_new(r->call->home_path, lock, why)) || renew_keys(r, home, why) ||
        finish(r, home, &history, why))
        goto out;
    redeem(r, home, peers);
    rc = report(r, home, &history, peers, why) ? -1 : r->failed ? EXIT_PART : EXIT_DONE;
out:
    r->call->home = NULL;
    home_free(home);
    json_decref(peers);
    return rc;
}

/* One peer alone may be behind, and what is signed after it would then be a second history. */
static int be_sure(const struct recovery *r, struct problem *why)
{
    const struct recover_source *s = r->newest;
    char issued[CLOCK_TEXT], seen[CLOCK_TEXT] = "?";

    if (r->sources > 1 || options_has(&r->call->options, "certain"))
        return 0;
    clock_text(s->remembered.keyset.issued, issued);
    if (s->remembered.seen)
        clock_text(s->remembered.seen, seen);
    if (output_ask(r->call->out,
                   _("\"%s\" saw this node last at %s, with keyset version %" PRIu64
                     " of %s. Were keys changed or records published after that, peers would see "
                     "two histories; another peer's invite, given beside this one, may know more. "
                     "Go on?"),
                   s->contact.row.node.name, seen, s->remembered.keyset.version, issued))
        return 0;
    return problem_set(why, "not_certain",
                       _("\"%s\" saw this node last at %s, with keyset version %" PRIu64
                         " of %s. Nothing was changed. Give an invite of another peer beside this "
                         "one, or say with --certain that nothing was published after that."),
                       s->contact.row.node.name, seen, s->remembered.keyset.version, issued);
}

static int take_home(const struct call *call, int *lock, struct problem *why)
{
    char path[FILE_PATH_MAX];

    *lock = -1;
    if (file_join(path, call->home_path, HOME_LOCK))
        return problem_errno(why, ENAMETOOLONG, FILE_OPEN, call->home_path);
    if ((*lock = file_lock(path, why)) >= 0)
        return 0;
    if (!problem_is(why, "locked"))
        return -1;
    problem_clear(why);
    return problem_set(why, "home_busy",
                       _("%s is being served, or another command works with it. Nothing was "
                         "changed. Stop it first."),
                       call->home_path);
}

static int recover(struct recovery *r, struct problem *why)
{
    const struct peering_setup scout = {.home = r->call->home_path, .config = r->config};
    char path[FILE_PATH_MAX];
    bool there = home_exists(r->call->home_path, NULL) == 0;
    int lock = -1;

    config_defaults(r->config);
    if (file_join(path, r->call->home_path, HOME_CONFIG))
        return problem_errno(why, ENAMETOOLONG, FILE_OPEN, r->call->home_path);
    if ((there ? config_read(path, r->config, why)
               : home_make_settings(&r->call->options, r->config, why)) ||
        read_root(r, why) || !(r->client = http_client_new(r->call->cancel, why)) ||
        !(r->peering = peering_open(&scout, why)) || recover_gather(r, why) || be_sure(r, why))
        return -1;
    if ((!there && make_anew(r, why)) || take_home(r->call, &lock, why))
        return -1;
    return bring_back(r, lock, why);
}

static int run(struct call *call, struct problem *why)
{
    struct recovery r = {.call = call, .config = memory_new(sizeof *r.config)};
    int rc;

    if (!r.config)
        return problem_no_memory(why);
    rc = recover(&r, why);
    explicit_bzero(r.root, sizeof r.root);
    recover_sources_free(&r);
    http_client_free(r.client);
    peering_close(r.peering);
    memory_free(r.config);
    return rc;
}

static const struct option_spec options[] = {
    {"root", 0, N_("FILE"),
     N_("the root key: the printed page as text, or root.key; - reads what is typed"), OPTION_READ},
    {"node", 0, N_("ID"), N_("whose it is, where the file does not say: root.key"), 0},
    {"certain", 0, NULL, N_("what the one peer has is the newest: nothing was published after it"),
     0},
    HOME_MAKE_OPTIONS,
};

const struct command command_keys_recover = {
    .name = "recover",
    .arguments = N_("LINK…"),
    .summary = N_("Brings a node back whose disk or keys were lost."),
    .about =
        N_("With the printed root key and an invite of a peer that copied the catalogue, better of "
           "several. The node ID stays, new keys are made, and what was published comes back. The "
           "home "
           "is made where -C says; name, place and address are as they were unless given. Run it "
           "again when it was cut off."),
    .example = "commonshelf keys recover https://library.example/csh/join#…\n"
               "commonshelf keys recover --root /media/stick/root.txt LINK LINK",
    .option = options,
    .options = sizeof options / sizeof options[0],
    .least = 1,
    .most = RECOVER_SOURCES_MAX,
    .home = COMMAND_NO_HOME,
    .run = run,
};
