#include "command/own_keys.h"

#include <inttypes.h>
#include <stdio.h>

#define DAY 86400

int own_keys_read(const struct home *home, struct reader *r, struct own_keys *out,
                  struct problem *why)
{
    struct cs_buffer note = {.alloc = memory_allocator()};
    struct cs_keyset *keyset = memory_new(sizeof *keyset);
    char path[FILE_PATH_MAX];
    enum cs_status status;
    bool found;
    int rc = -1;

    memset(out, 0, sizeof *out);
    if (!keyset) {
        problem_no_memory(why);
        goto out;
    }
    if (store_keyset_get(r, STORE_SELF, 0, &note, &found, why))
        goto out;
    if (found && (status = cs_keyset_read(cs_buffer_span(&note), keyset)) != CS_OK) {
        problem_status(why, status, _("the keyset in the database"));
        goto out;
    }
    out->version = keyset->version;
    out->expires = keyset->expires;
    out->root_here = !file_join(path, home->path, HOME_ROOT) && file_exists(path);
    rc = 0;
out:
    cs_buffer_free(&note);
    memory_free(keyset);
    return rc;
}

int64_t own_keys_days(const struct own_keys *keys, uint64_t now)
{
    return keys->expires <= now ? -1 : (int64_t)((keys->expires - now) / DAY);
}

int own_keys_urgency(const struct own_keys *keys, uint64_t now)
{
    int64_t days = own_keys_days(keys, now);

    if (keys->version == 0 || days >= OWN_KEYS_EARLY)
        return 0;
    return 1 + (days < OWN_KEYS_SOON) + (days < OWN_KEYS_LAST) + (days < 0);
}

void own_keys_text(const struct own_keys *keys, uint64_t now, char out[OWN_KEYS_TEXT])
{
    const char *command =
        keys->root_here ? "commonshelf keys rotate" : "commonshelf keys rotate --root FILE";
    int64_t days = own_keys_days(keys, now);
    char until[CLOCK_TEXT];

    out[0] = '\0';
    clock_text(keys->expires, until);
    if (own_keys_urgency(keys, now) == 0)
        return;
    if (days < 0)
        snprintf(
            out, OWN_KEYS_TEXT,
            _("This node's keys expired at %s. Its catalogue stays with its peers, who show it as "
              "stale, and nobody new can become one. Make new keys: %s"),
            until, command);
    else
        snprintf(
            out, OWN_KEYS_TEXT,
            P_("This node's keys are good for %" PRId64 " more day, until %s. Make new ones: %s",
               "This node's keys are good for %" PRId64 " more days, until %s. Make new ones: %s",
               (unsigned long)days),
            days, until, command);
}
