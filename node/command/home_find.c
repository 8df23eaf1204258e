/* Where the home is, and whose. */
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command/home.h"

#define USUAL "commonshelf"
#define LOOKUP_BYTES 4096 /* a line of the user database */

static int too_long(const char *path, struct problem *why)
{
    return problem_errno(why, ENAMETOOLONG, FILE_OPEN, path);
}

static int user_data(char out[FILE_PATH_MAX], struct problem *why)
{
    const char *data = getenv("XDG_DATA_HOME"), *user = getenv("HOME");

    /* The XDG base directory specification: relative paths are to be ignored. */
    if (data && data[0] == '/')
        return file_join(out, data, USUAL) ? too_long(data, why) : 0;
    if (!user || user[0] != '/')
        return problem_usage(why, "no_home", "%s",
                             _("There is no telling where the home is: HOME is not set. Name it "
                               "with -C or in COMMONSHELF_HOME."));
    return file_join(out, user, ".local/share/" USUAL) ? too_long(user, why) : 0;
}

int home_find(const char *given, char out[FILE_PATH_MAX], struct problem *why)
{
    const char *path = given ? given : getenv("COMMONSHELF_HOME");
    char here[FILE_PATH_MAX];
    size_t n;

    if (given && !*given)
        return problem_usage(why, "bad_home", "%s", _("-C needs the path of a home."));
    if (!path || !*path)
        return user_data(out, why);
    if (path[0] == '/') {
        if (strlen(path) >= FILE_PATH_MAX)
            return too_long(path, why);
        strcpy(out, path);
    } else {
        if (!getcwd(here, sizeof here))
            return problem_errno(why, errno, FILE_OPEN, ".");
        if (file_join(out, here, path))
            return too_long(path, why);
    }
    for (n = strlen(out); n > 1 && out[n - 1] == '/'; n--)
        out[n - 1] = '\0';
    return 0;
}

int home_exists(const char *path, struct problem *why)
{
    char config[FILE_PATH_MAX];
    struct stat st;

    if (file_join(config, path, HOME_CONFIG))
        return too_long(path, why);
    if (!stat(config, &st))
        return 0;
    /* Another user's home can't be looked into: home_owned says what to do. */
    if (errno == EACCES && !stat(path, &st) && st.st_uid != geteuid())
        return 0;
    if (errno != ENOENT && errno != ENOTDIR)
        return problem_errno(why, errno, FILE_OPEN, config);
    return problem_set(why, "no_home",
                       _("There is no home of a node at %s. Make one with \"commonshelf init "
                         "--name NAME\", or name another place with -C."),
                       path);
}

/* A word as a shell takes it. */
static void add_word(struct cs_buffer *out, const char *word)
{
    static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                               "@%+=:,./_-";

    if (*word && word[strspn(word, safe)] == '\0') {
        cs_buffer_add_text(out, word);
        return;
    }
    cs_buffer_add_byte(out, '\'');
    for (; *word; word++) {
        if (*word == '\'')
            cs_buffer_add_text(out, "'\\''");
        else
            cs_buffer_add_byte(out, (unsigned char)*word);
    }
    cs_buffer_add_byte(out, '\'');
}

static void user_name(uid_t uid, char *out, size_t room)
{
    char bytes[LOOKUP_BYTES];
    struct passwd user, *found = NULL;

    if (!getpwuid_r(uid, &user, bytes, sizeof bytes, &found) && found)
        snprintf(out, room, "%s", user.pw_name);
    else
        snprintf(out, room, "#%lu", (unsigned long)uid);
}

int home_owned(const char *path, char *const *argv, bool named, struct problem *why)
{
    struct cs_buffer command = {.alloc = memory_allocator()};
    const char *text;
    char name[256];
    struct stat st;

    if (stat(path, &st))
        return problem_errno(why, errno, FILE_OPEN, path);
    if (st.st_uid == geteuid())
        return 0;
    user_name(st.st_uid, name, sizeof name);
    cs_buffer_add_text(&command, "sudo -u ");
    add_word(&command, name);
    for (size_t i = 0; argv[i]; i++) {
        cs_buffer_add_byte(&command, ' ');
        add_word(&command, argv[i]);
        if (i == 0 && !named) {
            cs_buffer_add_text(&command, " -C ");
            add_word(&command, path);
        }
    }
    text = cs_buffer_text(&command);
    if (text)
        problem_set(why, "other_user",
                    _("%s belongs to the user %s, and only that user may work with it. Nothing was "
                      "done. This would work: %s"),
                    path, name, text);
    else
        problem_no_memory(why);
    cs_buffer_free(&command);
    return -1;
}
