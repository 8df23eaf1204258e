/*
 * init: a new home, made whole in a directory beside its place and then renamed there, so that a
 * crash leaves either no home or a complete one.
 */
#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command/command.h"
#include "command/document.h"
#include "command/root_file.h"
#include "http/http.h"

#define BESIDE_RANDOM 6
#define REMOVE_DESCRIPTORS 16

static int taken(const char *path, struct problem *why)
{
    return problem_set(why, "home_exists",
                       _("There is something at %s already. Nothing was changed. Choose another "
                         "place with -C, or remove what is there."),
                       path);
}

static bool is_empty(DIR *directory)
{
    const struct dirent *entry;

    while ((entry = readdir(directory)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            return false;
    return true;
}

/* An empty directory is fine: somebody may have prepared it. */
static int check_place(const char *path, struct problem *why)
{
    DIR *directory = opendir(path);
    bool empty;

    if (!directory && errno == ENOENT)
        return 0;
    if (!directory && errno == ENOTDIR)
        return taken(path, why);
    if (!directory)
        return problem_errno(why, errno, FILE_CREATE, path);
    empty = is_empty(directory);
    closedir(directory);
    return empty ? 0 : taken(path, why);
}

/* "/a/b" gives "/a" and "/a/.b-new-x1y2z3". */
static int place_beside(const char *path, char parent[FILE_PATH_MAX], char beside[FILE_PATH_MAX],
                        struct problem *why)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
    const char *slash = strrchr(path, '/');
    char random[BESIDE_RANDOM + 1];
    int n;

    random_bytes(random, BESIDE_RANDOM);
    for (size_t i = 0; i < BESIDE_RANDOM; i++)
        random[i] = letters[random[i] & 31];
    random[BESIDE_RANDOM] = '\0';
    snprintf(parent, FILE_PATH_MAX, "%.*s", slash == path ? 1 : (int)(slash - path), path);
    n = snprintf(beside, FILE_PATH_MAX, "%.*s/.%s-new-%s", (int)(slash - path), path, slash + 1,
                 random);
    return n < 0 || n >= FILE_PATH_MAX ? problem_errno(why, ENAMETOOLONG, FILE_CREATE, path) : 0;
}

static int set(struct config *config, const struct options *o, const char *option, const char *key,
               struct problem *why)
{
    const char *value;

    for (size_t i = 0; (value = options_each(o, option, i)); i++)
        if (config_set(config, key, value, why))
            return -1;
    return 0;
}

static int read_settings(const struct options *o, struct config *config, struct problem *why)
{
    static const char *const same[] = {"name", "place", "url", "listen", "local", "lang"};

    config_defaults(config);
    if (!options_has(o, "name"))
        return problem_usage(why, "no_name", "%s",
                             _("An institution needs a name that its peers see: --name \"Hill "
                               "School\"."));
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
        if (set(config, o, same[i], same[i], why))
            return -1;
    return set(config, o, "allow-cidr", "allow_cidr", why);
}

/* The host in a URL or an ADDR:PORT, without brackets. */
static void host_of(const char *text, char *out, size_t room)
{
    const char *host = strstr(text, "://");
    size_t n;

    host = host ? host + 3 : text;
    if (*host == '[') {
        host++;
        n = strcspn(host, "]");
    } else {
        n = strcspn(host, ":/");
    }
    snprintf(out, room, "%.*s", (int)n, host);
}

/* Whom the certificate is for. Peers look at its key only; a browser shows the name. */
static void certificate_name(const struct config *config, char out[256])
{
    host_of(config->url[0] ? config->url : config->listen, out, 256);
    if (strcmp(out, "0.0.0.0") != 0 && strcmp(out, "::") != 0)
        return;
    if (gethostname(out, 256) || !out[0])
        strcpy(out, "localhost");
    out[255] = '\0';
}

static int make_directories(const char *home, struct problem *why)
{
    static const char *const names[] = {HOME_KEYS, HOME_RUN, "logs", "index"};
    char path[FILE_PATH_MAX];

    if (file_make_directory(home, 0700, why))
        return -1;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (file_join(path, home, names[i]) || file_make_directory(path, 0700, why))
            return problem_errno(why, ENAMETOOLONG, FILE_CREATE, home);
    return 0;
}

/* With `root_file` the root key goes there and nowhere else. */
static int make_signer(const char *keys, const struct config *config,
                       const struct call_file *root_file, struct cs_buffer *page,
                       struct problem *why)
{
    unsigned char seed[CS_KEY_SEED];
    struct signer *signer = NULL;
    int rc = -1;

    if (!root_file)
        return signer_create(keys, why);
    if (signer_create_offline(keys, seed, why) || !(signer = signer_open(keys, why)))
        goto out;
    root_page_write(seed, signer_node(signer), config->name, page);
    rc = page->failed ? problem_no_memory(why) : root_file_keep(root_file, page, seed, why);
out:
    explicit_bzero(seed, sizeof seed);
    signer_close(signer);
    return rc;
}

static int make_keys(const char *home, const struct config *config,
                     const struct call_file *root_file, struct cs_buffer *page, struct problem *why)
{
    char keys[FILE_PATH_MAX], key[FILE_PATH_MAX], certificate[FILE_PATH_MAX], name[256];

    if (file_join(keys, home, HOME_KEYS) || file_join(key, home, HOME_TLS_KEY) ||
        file_join(certificate, home, HOME_TLS_CERTIFICATE))
        return problem_errno(why, ENAMETOOLONG, FILE_CREATE, home);
    certificate_name(config, name);
    if (make_signer(keys, config, root_file, page, why))
        return -1;
    return http_certificate_create(key, certificate, name, why);
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
static int fill(const char *path, const struct config *config, const struct call_file *root_file,
                struct cs_buffer *page, struct cs_node_id *node, struct problem *why)
{
    char file[FILE_PATH_MAX];
    struct home *home = NULL;
    int rc = -1;

    if (make_directories(path, why) || make_keys(path, config, root_file, page, why) ||
        file_join(file, path, HOME_CONFIG) || config_write(file, config, why) ||
        !(home = home_new(path, -1, why)) || home_open_config(home, why) ||
        home_open_signer(home, why) || make_database(home, why) || home_open_catalogue(home, why) ||
        home_open_peering(home, why) || peering_profile_refresh(home->peering, why) ||
        home_open_index(home, why))
        goto out;
    *node = *signer_node(home->signer);
    rc = 0;
out:
    home_free(home);
    return rc;
}

/* Over an empty directory too; never over anything else. */
static int put_in_place(const char *beside, const char *path, const char *parent,
                        struct problem *why)
{
    struct file_event event = {.step = FILE_STEP_RENAME, .path = beside, .other = path};
    int error = file_announce(&event);

    if (!error && rename(beside, path))
        error = errno;
    if (error == ENOTEMPTY || error == EEXIST || error == ENOTDIR)
        return taken(path, why);
    if (error == EBUSY)
        return problem_set(why, "home_exists",
                           _("%s is a mount point. Nothing was changed. Choose a directory in it: "
                             "-C %s/home"),
                           path, path);
    if (error)
        return problem_errno(why, error, FILE_CREATE, path);
    return file_sync_directory(parent, why);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static int make_home(const char *path, const struct config *config,
                     const struct call_file *root_file, struct cs_buffer *page,
                     struct cs_node_id *node, struct problem *why)
{
    char parent[FILE_PATH_MAX], beside[FILE_PATH_MAX];

    if (check_place(path, why) || place_beside(path, parent, beside, why) ||
        file_make_directory(parent, 0700, why))
        return -1;
    if (!fill(beside, config, root_file, page, node, why) &&
        !put_in_place(beside, path, parent, why))
        return 0;
    nftw(beside, remove_one, REMOVE_DESCRIPTORS, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
    return -1;
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
    struct cs_buffer page = {.alloc = memory_allocator()};
    struct cs_node_id node;
    int rc = -1;

    if (!config)
        return problem_no_memory(why);
    if (root_file_check(root_file, call, why) || read_settings(&call->options, config, why) ||
        make_home(call->home_path, config, root_file, &page, &node, why)) {
        root_file_discard(root_file);
        goto out;
    }
    output_print(call->out,
                 _("A new home for %s is at %s\n"
                   "Its node ID, by which peers know it, is %s\n"),
                 config->name, call->home_path, node.s);
    say_root(call, root_file, &page);
    output_say(call->out, "%s",
               _("Settings are in commonshelf.conf.\n"
                 "Next: commonshelf import FILE, commonshelf publish, commonshelf serve"));
    rc = output_json(call->out,
                     json_pack("{s:o,s:o,s:b}", "node", document_node(&node, config->name), "home",
                               document_text(call->home_path), "root_here", root_file == NULL),
                     why);
out:
    root_page_wipe(&page);
    memory_free(config);
    return rc;
}

static const struct option_spec options[] = {
    {"name", 0, N_("NAME"), N_("the institution's name, as its peers see it"), 0},
    {"place", 0, N_("PLACE"), N_("where it is: a town, a region"), 0},
    {"url", 0, N_("URL"), N_("the address at which others reach it; else the listener's"), 0},
    {"listen", 0, N_("ADDR:PORT"), N_("where it answers the world over HTTPS (0.0.0.0:7443)"), 0},
    {"local", 0, N_("ADDR:PORT"), N_("where it answers this machine (127.0.0.1:7480)"), 0},
    {"lang", 0, N_("LANG"), N_("the language of its name: en, es, sw, zh-Hans"), 0},
    {"allow-cidr", 0, N_("CIDR"),
     N_("a private network in which peers may be contacted, such as 192.168.0.0/16; may be given "
        "more than once"),
     OPTION_MANY},
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
