#include "command/home_make.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

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

int home_make(const char *path, int (*fill)(const char *beside, void *arg, struct problem *why),
              void *arg, struct problem *why)
{
    char parent[FILE_PATH_MAX], beside[FILE_PATH_MAX];

    if (check_place(path, why) || place_beside(path, parent, beside, why) ||
        file_make_directory(parent, 0700, why))
        return -1;
    if (!fill(beside, arg, why) && !put_in_place(beside, path, parent, why))
        return 0;
    nftw(beside, remove_one, REMOVE_DESCRIPTORS, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
    return -1;
}

/* ---- what is in it */

static int set(struct config *config, const struct options *o, const char *option, const char *key,
               struct problem *why)
{
    const char *value;

    for (size_t i = 0; (value = options_each(o, option, i)); i++)
        if (config_set(config, key, value, why))
            return -1;
    return 0;
}

int home_make_settings(const struct options *o, struct config *config, struct problem *why)
{
    static const char *const same[] = {"name",  "place", "url",   "listen",
                                       "local", "lang",  "reach", "via"};

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

int home_make_certificate(const char *path, const struct config *config, struct problem *why)
{
    char key[FILE_PATH_MAX], certificate[FILE_PATH_MAX], name[256];

    if (file_join(key, path, HOME_TLS_KEY) || file_join(certificate, path, HOME_TLS_CERTIFICATE))
        return problem_errno(why, ENAMETOOLONG, FILE_CREATE, path);
    certificate_name(config, name);
    return http_certificate_create(key, certificate, name, why);
}

int home_make_directories(const char *home, struct problem *why)
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
