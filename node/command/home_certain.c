/*
 * Whether this home has the newest of what it ever signed. One that was put back from an older copy, or runs
 * beside a copy of itself, would sign a second history of its logs under the same keys.
 */
#include "command/home.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "sync/sync.h"

#define DATABASE "node.db"
#define RECOVERING "recovering" /* in the database: its history is not back yet */
#define DATABASE_FILE "database_file" /* in the database: which file it is in */

/* A file that was put back is another file, whatever it says: it was born later. Where the file system does
 * not know when, its number has to do, which may be used again. */
static int64_t file_mark(const struct home *home)
{
    char path[FILE_PATH_MAX];
    struct statx st;

    if (file_join(path, home->path, DATABASE) ||
        statx(AT_FDCWD, path, 0, STATX_BTIME | STATX_INO, &st))
        return 0;
    if (st.stx_mask & STATX_BTIME)
        return (int64_t)st.stx_btime.tv_sec * 1000000000 + st.stx_btime.tv_nsec;
    return (int64_t)st.stx_ino;
}

static int looks_copied(struct home *home, struct reader *r, bool *copied, struct problem *why)
{
    int64_t known;
    bool found;

    if (store_meta_get(r, DATABASE_FILE, &known, &found, why))
        return -1;
    *copied = found && known != file_mark(home);
    return 0;
}

/* From now on this copy is the one that signs. */
static int mark(struct home *home, struct problem *why)
{
    struct transaction *t = store_begin(home->store, why);

    if (!t || store_meta_set(t, DATABASE_FILE, file_mark(home), why) || store_commit(&t, why)) {
        store_rollback(&t);
        return -1;
    }
    return 0;
}

int home_recover_begin(struct transaction *t, struct problem *why)
{
    return store_meta_set(t, RECOVERING, 1, why);
}

int home_recover_end(struct home *home, struct problem *why)
{
    struct transaction *t = store_begin(home->store, why);

    if (!t || store_meta_set(t, RECOVERING, 0, why) || store_commit(&t, why)) {
        store_rollback(&t);
        return -1;
    }
    return 0;
}

static int check_recovered(struct reader *r, struct problem *why)
{
    int64_t value;
    bool found;

    if (store_meta_get(r, RECOVERING, &value, &found, why))
        return -1;
    if (!found || value == 0)
        return 0;
    return problem_set(why, "recovery_unfinished", "%s",
                       _("This home is being recovered and has not got back all that it signed "
                         "before. What is here is safe, and nothing is signed. Run the same "
                         "\"commonshelf keys recover\" again: it goes on where it was cut off."));
}

static bool is_retired(const struct cs_keyset *keyset, const char *origin)
{
    for (size_t i = 0; keyset && i < keyset->retires; i++)
        if (!strcmp(keyset->retired[i].origin, origin))
            return true;
    return false;
}

/* The shelf of which two histories are known and that was not begun anew; empty if there is none. */
static int find_forked(struct home *home, struct reader *r, char shelf[CS_SHELF_NAME_MAX + 1],
                       struct problem *why)
{
    const struct cs_keyset *keyset = home->signer ? signer_keyset(home->signer) : NULL;
    struct log_row *log = memory_new(CS_PROFILE_SHELVES_MAX * sizeof *log);
    size_t n = 0;
    int rc = log ? store_log_list(r, STORE_SELF, log, CS_PROFILE_SHELVES_MAX, &n, why)
                 : problem_no_memory(why);

    shelf[0] = '\0';
    for (size_t i = 0; rc == 0 && i < n; i++)
        if (log[i].state == LOG_FORKED && !log[i].superseded && !is_retired(keyset, log[i].origin))
            strcpy(shelf, log[i].shelf);
    memory_free(log);
    return rc;
}

int home_standing(struct home *home, struct reader *r, enum home_standing *standing,
                  struct problem *why)
{
    char shelf[CS_SHELF_NAME_MAX + 1];
    bool copied;

    if (find_forked(home, r, shelf, why) || looks_copied(home, r, &copied, why))
        return -1;
    *standing = shelf[0] ? HOME_FORKED : copied ? HOME_UNCERTAIN : HOME_SIGNS;
    return 0;
}

int home_hold(struct home *home, struct problem *why)
{
    struct problem reason = PROBLEM_INIT;
    struct reader *r = store_reader(home->store, why);
    bool copied;

    if (!r || looks_copied(home, r, &copied, why)) {
        store_reader_free(r);
        return -1;
    }
    store_reader_free(r);
    problem_set(&reason, copied ? "not_certain" : "not_asked", "%s",
                _("Nothing was signed: peers were not asked yet whether they saw a later state of "
                  "this home. Nothing was changed."));
    signer_hold(home->signer, &reason);
    return 0;
}

static int not_certain(const struct own_history *history, struct problem *why)
{
    return problem_set(
        why, "not_certain",
        P_("This home looks like a copy of another one, perhaps a backup that was put back, and "
           "its %zu peer does not answer. Nothing was signed: if the other one was published "
           "since, there would be two histories. Nothing was changed. Try again when a peer can be "
           "reached. If you know that this is the newest copy: commonshelf publish --certain",
           "This home looks like a copy of another one, perhaps a backup that was put back, and "
           "none of its %zu peers answers. Nothing was signed: if the other one was published "
           "since, there would be two histories. Nothing was changed. Try again when a peer can be "
           "reached. If you know that this is the newest copy: commonshelf publish --certain",
           history->asked),
        history->asked);
}

/* A shelf that is or was for some and has a log: peers show nobody what they saw of it. Empty if there is none. */
static int find_untold(struct reader *r, char shelf[CS_SHELF_NAME_MAX + 1], struct problem *why)
{
    struct shelf_row *row = memory_new(CS_PROFILE_SHELVES_MAX * sizeof *row);
    struct log_row *log = memory_new(sizeof *log);
    size_t n = 0;
    bool found;
    int rc = row && log ? store_shelf_rows(r, row, CS_PROFILE_SHELVES_MAX, &n, why)
                        : problem_no_memory(why);

    shelf[0] = '\0';
    for (size_t i = 0; rc == 0 && i < n && !shelf[0]; i++) {
        rc = store_log_of_shelf(r, row[i].sid, log, &found, why);
        if (rc == 0 && found && log->range.size > 0 &&
            strncmp(log->shelf, SHELF_RESTRICTED, sizeof SHELF_RESTRICTED - 1) == 0)
            strcpy(shelf, row[i].name);
    }
    memory_free(row);
    memory_free(log);
    return rc;
}

/* Everything else that peers know is here now. */
static int not_told(const char *shelf, struct problem *why)
{
    return problem_set(
        why, "not_certain",
        _("This home looks like a copy of another one, perhaps a backup that was put back. Its "
          "public shelves are as its peers saw them, but nobody is told what was published on the "
          "shelf \"%s\", which is for some only. Nothing was signed: if the other copy has "
          "published on it since, there would be two histories. Put back the newest copy. If this "
          "one has all that was ever published on such shelves: commonshelf publish --certain"),
        shelf);
}

static int ask(struct home *home, struct reader *r, bool insist, struct problem *why)
{
    const struct sync_setup setup = {
        .home = home->path,
        .store = home->store,
        .peering = home->peering,
        .signer = home->signer,
        .catalogue = home->catalogue,
        .changed = home_records_changed,
        .arg = home,
    };
    char shelf[CS_SHELF_NAME_MAX + 1];
    struct own_history history;
    bool copied;

    if (check_recovered(r, why) || find_forked(home, r, shelf, why) ||
        looks_copied(home, r, &copied, why))
        return -1;
    if (shelf[0])
        return catalogue_two_histories(shelf, why);
    if (sync_own_history(&setup, home->certain ? SYNC_OWN_AGAIN_MS : SYNC_OWN_DEADLINE_MS,
                         &home->ending, &history, why))
        return -1;
    if (copied && history.asked > 0 && history.answered == 0 && !insist)
        return not_certain(&history, why);
    if (copied && !insist) {
        if (find_untold(r, shelf, why))
            return -1;
        if (shelf[0])
            return not_told(shelf, why);
    }
    return mark(home, why);
}

int home_certain(struct home *home, bool insist, struct problem *why)
{
    struct problem here = PROBLEM_INIT;
    struct reader *r;
    int rc;

    pthread_mutex_lock(&home->certainty);
    r = store_reader(home->store, &here);
    rc = r ? ask(home, r, insist, &here) : -1;
    home->certain = rc == 0;
    signer_hold(home->signer, rc ? &here : NULL);
    if (rc && why)
        *why = here;
    pthread_mutex_unlock(&home->certainty);
    store_reader_free(r);
    return rc;
}
