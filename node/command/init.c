/*
 * init: a new home.
 */
#include <errno.h>

#include "command/command.h"
#include "command/document.h"
#include "command/home_make.h"
#include "command/root_file.h"

/* A home in the making, and what is known of it then. */
struct making {
    const struct call *call;
    const struct config *config;
    const struct call_file *root_file;
    struct cs_buffer page;
    struct cs_node_id node;
};

/* With `root_file` the root key goes there and nowhere else. */
static int make_signer(const char *keys, struct making *m, struct problem *why)
{
    unsigned char seed[CS_KEY_SEED];
    struct signer *signer = NULL;
    int rc = -1;

    if (!m->root_file)
        return signer_create(keys, why);
    if (signer_create_offline(keys, seed, why) || !(signer = signer_open(keys, why)))
        goto out;
    rc = root_file_page(m->call, m->root_file, seed, signer_node(signer), m->config->name, &m->page,
                        why);
    if (!rc)
        rc = root_file_keep(m->root_file, &m->page, seed, why);
out:
    explicit_bzero(seed, sizeof seed);
    signer_close(signer);
    return rc;
}

static int make_keys(const char *path, struct making *m, struct problem *why)
{
    char keys[FILE_PATH_MAX];

    if (file_join(keys, path, HOME_KEYS))
        return problem_errno(why, ENAMETOOLONG, FILE_CREATE, path);
    return make_signer(keys, m, why) || home_make_certificate(path, m->config, why) ? -1 : 0;
}

static int make_database(struct home *home, struct problem *why)
{
    struct transaction *t = NULL;
    row_id nid, sid;
    int rc = -1;

    home->store = store_open(home->path, STORE_CREATE, why);
    if (!home->store || !(t = store_begin(home->store, why)) ||
        store_node_add(t, signer_node(home->signer), &nid, why) ||
        store_keyset_put(t, nid, signer_keyset(home->signer)->version,
                         signer_keyset_note(home->signer), why) ||
        store_shelf_add(t, "public", AUDIENCE_PUBLIC, &sid, why))
        goto out;
    rc = store_commit(&t, why);
out:
    store_rollback(&t);
    return rc;
}

/* All of a home in `path`, closed again. */
static int fill(const char *path, void *arg, struct problem *why)
{
    struct making *m = arg;
    char file[FILE_PATH_MAX];
    struct home *home = NULL;
    int rc = -1;

    if (home_make_directories(path, why) || make_keys(path, m, why) ||
        file_join(file, path, HOME_CONFIG) || config_write(file, m->config, why) ||
        !(home = home_new(path, -1, why)) || home_open_config(home, why) ||
        home_open_signer(home, why) || make_database(home, why) || home_open_catalogue(home, why) ||
        home_open_peering(home, why) || peering_profile_refresh(home->peering, why) ||
        home_open_index(home, why))
        goto out;
    m->node = *signer_node(home->signer);
    rc = 0;
out:
    home_free(home);
    return rc;
}

static int read_settings(const struct options *o, struct config *config, struct problem *why)
{
    if (!options_has(o, "name"))
        return problem_usage(why, "no_name", "%s",
                             _("An institution needs a name that its peers see: --name \"Hill "
                               "School\"."));
    config_defaults(config);
    return home_make_settings(o, config, why);
}

/* Where the root key is, and what to do with it. */
static void say_root(struct call *call, const struct call_file *root_file, struct cs_buffer *page)
{
    if (!root_file) {
        output_say(call->out, "%s",
                   _("Keep a copy of its directory \"keys\" in a safe place: nobody else can make "
                     "them again. \"commonshelf keys export\" prints the root key on paper."));
        return;
    }
    if (root_file_is_screen(root_file))
        output_print_span(call->out, cs_buffer_span(page));
    output_say(call->out, "%s",
               _("The root key is not kept on this machine. Print its page now, lock it away, and "
                 "remove the file: nobody can make it again. New keys, once a year, need it."));
}

static int run(struct call *call, struct problem *why)
{
    const struct call_file *root_file = call_option_file(call, "root-offline");
    struct config *config = memory_new(sizeof *config);
    struct making m = {.call = call,
                       .config = config,
                       .root_file = root_file,
                       .page = {.alloc = memory_allocator()}};
    int rc = -1;

    if (!config)
        return problem_no_memory(why);
    if (root_file_check(root_file, call, why) || read_settings(&call->options, config, why) ||
        home_make(call->home_path, fill, &m, why)) {
        root_file_discard(root_file);
        goto out;
    }
    output_print(call->out,
                 _("A new home for %s is at %s\n"
                   "Its node ID, by which peers know it, is %s\n"),
                 config->name, call->home_path, m.node.s);
    say_root(call, root_file, &m.page);
    output_say(call->out, "%s",
               _("Settings are in commonshelf.conf.\n"
                 "Next: commonshelf import FILE, commonshelf publish, commonshelf serve"));
    rc =
        output_json(call->out,
                    json_pack("{s:o,s:o,s:b}", "node", document_node(&m.node, config->name), "home",
                              document_text(call->home_path), "root_here", root_file == NULL),
                    why);
out:
    root_page_wipe(&m.page);
    memory_free(config);
    return rc;
}

static const struct option_spec options[] = {
    HOME_MAKE_OPTIONS,
    {"root-offline", 0, N_("FILE"),
     N_("write the root key to this new file, as a page to print, and keep it nowhere else; - "
        "shows it on the terminal"),
     OPTION_WRITE | OPTION_SECRET},
};

const struct command command_init = {
    .name = "init",
    .summary = N_("Makes a new home: keys, settings, an empty catalogue."),
    .about = N_("The home is a directory that holds all of a node. It is made where -C says, else "
                "at $COMMONSHELF_HOME, else at ~/.local/share/commonshelf, and must not be there "
                "yet. The shelf \"public\" is in it."),
    .example = "commonshelf init --name \"Hill School\" --place \"Nakuru\" \\\n"
               "    --url https://books.hill.example --lang en\n"
               "commonshelf init --name \"Hill School\" --root-offline /media/stick/root.txt",
    .option = options,
    .options = sizeof options / sizeof options[0],
    .home = COMMAND_NO_HOME,
    .run = run,
};
