/*
 * doctor: proves what a home holds, part by part. It opens each part by itself, so that one that
 * does not open is a finding and the others are still looked at.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command/command.h"
#include "command/document.h"
#include "command/own_keys.h"
#include "http/http.h"
#include "sync/sync.h"

struct findings {
    struct call *call;
    json_t *checks;
    bool ok;
    bool failed; /* no memory to keep one */
};

static void report(void *arg, const struct doctor_check *check)
{
    struct findings *f = arg;

    f->ok = f->ok && check->ok;
    output_progress_end(f->call->out);
    output_print(f->call->out, "%-6s %s%s%s\n", check->ok ? _("ok") : _("WRONG"), check->name,
                 check->detail[0] ? ": " : "", check->detail);
    if (json_array_append_new(f->checks,
                              json_pack("{s:o,s:b,s:o}", "name", document_text(check->name), "ok",
                                        (int)check->ok, "detail", document_text(check->detail))))
        f->failed = true;
}

__attribute__((format(printf, 4, 5))) static void found(struct findings *f, const char *name,
                                                        bool ok, const char *format, ...)
{
    struct doctor_check *check = memory_new(sizeof *check);
    va_list args;

    if (!check) {
        f->failed = true;
        return;
    }
    check->name = name;
    check->ok = ok;
    va_start(args, format);
    vsnprintf(check->detail, sizeof check->detail, format, args);
    va_end(args);
    report(f, check);
    memory_free(check);
}

/* True if it went well; else the problem is the finding. */
static bool passed(struct findings *f, const char *name, int rc, struct problem *why)
{
    if (rc == 0)
        return true;
    found(f, name, false, "%s", why->message);
    problem_clear(why);
    return false;
}

/* ---- files */

static void check_mode(struct findings *f, const char *name, bool secret)
{
    char path[FILE_PATH_MAX];
    struct stat st;

    if (file_join(path, f->call->home->path, name) || lstat(path, &st)) {
        found(f, name, false, "%s", _("it is missing"));
        return;
    }
    if (st.st_uid != geteuid())
        found(f, name, false, _("it belongs to another user (number %lu)"),
              (unsigned long)st.st_uid);
    else if (secret && st.st_mode & 077)
        found(f, name, false, _("others can read it. This helps: chmod go= %s"), path);
}

static void check_files(struct findings *f)
{
    static const struct {
        const char *name;
        bool secret;
    } files[] = {
        {"", true},           {HOME_CONFIG, false},          {HOME_KEYS, true},
        {HOME_TLS_KEY, true}, {HOME_TLS_CERTIFICATE, false}, {"node.db", true},
        {"logs", false},
    };
    bool before = f->ok;

    f->ok = true;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        check_mode(f, files[i].name, files[i].secret);
    if (f->ok)
        found(f, "files", true, "%s", _("all there, and closed to others"));
    f->ok = f->ok && before;
}

/* ---- parts */

/* Whole, but for how long? */
static void check_expiry(struct findings *f, const struct signer *signer)
{
    const struct own_keys keys = {signer_keyset(signer)->version, signer_keyset(signer)->expires,
                                  signer_has_root(signer)};
    char until[CLOCK_TEXT], text[OWN_KEYS_TEXT];

    clock_text(keys.expires, until);
    own_keys_text(&keys, clock_agreed(), text);
    if (text[0])
        found(f, "keys", own_keys_days(&keys, clock_agreed()) >= 0, "%s", text);
    else
        found(f, "keys", true, _("they belong together; valid until %s; the root key is %s"), until,
              keys.root_here ? _("on this machine") : _("kept elsewhere"));
}

static void check_keys(struct findings *f, struct reader *r)
{
    struct home *home = f->call->home;
    struct problem why = PROBLEM_INIT;
    struct node_row *self = memory_new(sizeof *self);
    struct http_pin pin;
    char path[FILE_PATH_MAX];

    if (!self || file_join(path, home->path, HOME_TLS_CERTIFICATE)) {
        f->failed = true;
    } else if (passed(f, "keys", home_open_signer(home, &why), &why) &&
               passed(f, "certificate", http_certificate_pin(path, &pin, &why), &why)) {
        if (r && !passed(f, "keys", home_self(home, r, self, &why), &why))
            ;
        else if (r && !cs_node_id_equal(&self->id, signer_node(home->signer)))
            found(f, "keys", false, "%s",
                  _("the keys are those of another node than the database's"));
        else
            check_expiry(f, home->signer);
    }
    memory_free(self);
}

static void check_database(struct findings *f, struct reader *r)
{
    struct cs_buffer detail = {.alloc = memory_allocator()};
    struct problem why = PROBLEM_INIT;
    const char *text;
    bool ok;

    output_progress(f->call->out, _("Checking the database"), 0, 0);
    if (passed(f, "database", store_check(f->call->home->store, r, &ok, &detail, &why), &why)) {
        text = cs_buffer_text(&detail);
        found(f, "database", ok, "%s", ok ? _("whole") : text ? text : "");
    }
    cs_buffer_free(&detail);
}

static void file_found(void *arg, const struct file_finding *finding)
{
    struct findings *f = arg;

    if (!finding->mended)
        found(f, "file", false, "%s", finding->why.message);
    else if (finding->from[0])
        found(f, "file", true, _("%s (It was got back from \"%s\" and proved.)"),
              finding->why.message, finding->from);
    else
        found(f, "file", true, _("%s (It was made again from what is here.)"),
              finding->why.message);
}

static int check_files_of(struct reader *r, row_id nid, const struct sync_setup *setup,
                          struct file_checking *run, struct problem *why)
{
    struct log_row *log = memory_new(CS_PROFILE_SHELVES_MAX * sizeof *log);
    size_t n;
    int rc =
        log ? store_log_list(r, nid, log, CS_PROFILE_SHELVES_MAX, &n, why) : problem_no_memory(why);

    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = sync_check_files(setup, log[i].lid, run, why);
    memory_free(log);
    return rc;
}

/* Each file that is served, before anything is made of them. */
static void check_log_files(struct findings *f, struct reader *r)
{
    struct home *home = f->call->home;
    struct problem why = PROBLEM_INIT;
    struct peer_row *peer = memory_new(STORE_PEERS_MAX * sizeof *peer);
    struct sync_setup setup = {.home = home->path, .store = home->store};
    struct file_checking run = {.mend = options_has(&f->call->options, "repair"),
                                .cancel = &home->ending,
                                .each = file_found,
                                .arg = f};
    size_t n = 0;

    if (!peer || !home->signer) {
        f->failed = f->failed || !peer;
        memory_free(peer);
        return;
    }
    output_progress(f->call->out, _("Reading the files of the logs"), 0, 0);
    if (passed(f, "peers", home_open_peering(home, &why), &why)) {
        setup.peering = home->peering;
        setup.signer = home->signer;
        setup.catalogue = home->catalogue;
        if (passed(f, "files of logs", check_files_of(r, STORE_SELF, &setup, &run, &why), &why) &&
            passed(f, "peers", store_peer_list(r, peer, STORE_PEERS_MAX, &n, &why), &why))
            for (size_t i = 0; i < n; i++)
                (void)!passed(f, "files of logs",
                              check_files_of(r, peer[i].node.nid, &setup, &run, &why), &why);
    }
    memory_free(peer);
}

static void check_logs(struct findings *f, struct reader *r)
{
    struct home *home = f->call->home;
    struct problem why = PROBLEM_INIT;

    /* What keeps the catalogue from opening is mostly what the logs' own check would find. */
    if (!home->signer || !passed(f, "catalogue", home_open_catalogue(home, &why), &why))
        return;
    output_progress(f->call->out, _("Proving the logs"), 0, 0);
    passed(f, "logs", catalogue_prove_logs(home->catalogue, r, report, f, &why), &why);
}

/* What can be said without asking anybody. */
static void check_standing(struct findings *f, struct reader *r)
{
    struct problem why = PROBLEM_INIT;
    enum home_standing standing;

    if (!passed(f, "history", home_standing(f->call->home, r, &standing, &why), &why))
        return;
    if (standing == HOME_FORKED)
        found(f, "history", false, "%s",
              _("two histories of a shelf are signed with this institution's key; nothing more is "
                "signed here. Both signatures are kept as evidence"));
    else if (standing == HOME_UNCERTAIN)
        found(f, "history", true, "%s",
              _("this home was put back from a copy; peers are asked what is missing before "
                "anything is signed"));
    else
        found(f, "history", true, "%s", _("one, as far as is known here"));
}

static void progress(void *arg, int64_t done, int64_t of)
{
    output_progress(arg, _("Building the search index"), (uint64_t)done, (uint64_t)of);
}

static void check_index(struct findings *f, struct reader *r)
{
    struct home *home = f->call->home;
    struct problem why = PROBLEM_INIT;
    int64_t documents, records;

    if (options_has(&f->call->options, "repair")) {
        if (!passed(f, "index", home_index_rebuild(home, progress, f->call->out, &why), &why))
            return;
    } else if (!passed(f, "index", home_open_index(home, &why), &why) ||
               !passed(f, "index", home_index(home, progress, f->call->out, &why), &why)) {
        return;
    }
    if (!passed(f, "index", home_index_check(home, r, &documents, &records, &why), &why))
        return;
    if (documents == records)
        found(f, "index", true,
              P_("%" PRId64 " record can be found", "%" PRId64 " records can be found",
                 (unsigned long)records),
              records);
    else
        found(f, "index", false,
              _("%" PRId64 " of %" PRId64 " records can be found. \"commonshelf doctor --repair\" "
                "makes the index anew."),
              documents, records);
}

static void check_all(struct findings *f)
{
    struct home *home = f->call->home;
    struct problem why = PROBLEM_INIT;
    struct reader *r = NULL;

    check_files(f);
    if (passed(f, "settings", home_open_config(home, &why), &why))
        found(f, "settings", true, "%s", home->config.name);
    if (passed(f, "database", home_open_store(home, &why), &why) &&
        passed(f, "database", (r = store_reader(home->store, &why)) ? 0 : -1, &why))
        check_database(f, r);
    check_keys(f, r);
    if (r) {
        check_log_files(f, r);
        check_logs(f, r);
        check_standing(f, r);
        check_index(f, r);
    }
    store_reader_free(r);
}

static int run(struct call *call, struct problem *why)
{
    struct findings f = {call, json_array(), true, false};
    json_t *document;

    if (!f.checks)
        return problem_no_memory(why);
    check_all(&f);
    document = json_pack("{s:b,s:o}", "ok", (int)f.ok, "checks", f.checks);
    if (f.failed) {
        json_decref(document);
        return problem_no_memory(why);
    }
    if (!f.ok)
        output_say(call->out, "%s",
                   _("Something is wrong; nothing was changed but what --repair makes anew. Make a "
                     "copy of the home before you do anything else."));
    if (output_json(call->out, document, why))
        return -1;
    return f.ok ? EXIT_DONE : EXIT_NOT_DONE;
}

static const struct option_spec options[] = {
    {"repair", 0, NULL,
     N_("get damaged files of logs back from a peer; make the search index anew"), 0},
};

const struct command command_doctor = {
    .name = "doctor",
    .summary = N_("Proves keys, database, logs, files and search index against each other."),
    .about =
        N_("Every entry of every log held here is read and hashed again, own ones and those of "
           "peers. Nothing is changed without --repair."),
    .example = "commonshelf doctor\ncommonshelf doctor --repair",
    .option = options,
    .options = sizeof options / sizeof options[0],
    .home = COMMAND_OPENS,
    .run = run,
};
