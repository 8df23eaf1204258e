/*
 * This node's own profile: made from its configuration, its certificate and its published shelves,
 * and signed again only when something in it changed or half its time is over.
 */
#include "peering/internal.h"

#define PROFILE_SECONDS (30 * 86400)

static int add_shelves(struct reader *r, struct cs_profile *profile, struct problem *why)
{
    struct log_row *log = memory_new(sizeof *log * CS_PROFILE_SHELVES_MAX);
    size_t n;
    int rc = -1;

    if (!log)
        return problem_no_memory(why);
    if (store_log_list(r, STORE_SELF, log, CS_PROFILE_SHELVES_MAX, &n, why))
        goto out;
    for (size_t i = 0; i < n; i++) {
        struct cs_profile_shelf *shelf = &profile->shelf[profile->shelves];
        struct shelf_row row;
        bool found;

        if (store_shelf_by_path(r, log[i].shelf, &row, &found, why))
            goto out;
        if (!found || row.audience != AUDIENCE_PUBLIC || row.lid != log[i].lid ||
            log[i].range.size == 0)
            continue;
        strcpy(shelf->name, log[i].shelf);
        shelf->epoch = log[i].epoch;
        profile->shelves++;
    }
    rc = 0;
out:
    memory_free(log);
    return rc;
}

static int gather(struct peering *p, struct reader *r, struct cs_profile *profile,
                  struct problem *why)
{
    char path[FILE_PATH_MAX];
    struct http_pin pin;

    memset(profile, 0, sizeof *profile);
    profile->node = *signer_node(p->signer);
    strcpy(profile->name, p->config->name);
    strcpy(profile->place, p->config->place);
    strcpy(profile->lang, p->config->lang);
    strcpy(profile->url, p->url);
    profile->reach = p->url[0] ? CS_REACH_DIRECT : CS_REACH_NONE;
    for (size_t i = 0; i < p->config->vias; i++)
        if (!cs_node_id_equal(&p->config->via[i], &profile->node))
            profile->via[profile->vias++] = p->config->via[i];
    if (file_join(path, p->home, "keys/tls.crt") || http_certificate_pin(path, &pin, why))
        return -1;
    profile->pin[0] = pin.spki;
    profile->pins = 1;
    return add_shelves(r, profile, why);
}

/* What the new profile would say with the old one's version and times. */
static bool says_the_same(struct cs_profile *fresh, const struct cs_profile *held)
{
    struct cs_buffer a = {.alloc = memory_allocator()}, b = a;
    bool same;

    fresh->version = held->version;
    fresh->issued = held->issued;
    fresh->expires = held->expires;
    same = cs_profile_write(fresh, &a) == CS_OK && cs_profile_write(held, &b) == CS_OK &&
           cs_span_equal(cs_buffer_span(&a), cs_buffer_span(&b));
    cs_buffer_free(&a);
    cs_buffer_free(&b);
    return same;
}

/* As part of `t`, or in a transaction of its own. */
static int sign_and_store(struct peering *p, struct transaction *given,
                          const struct cs_profile *profile, struct problem *why)
{
    struct cs_buffer text = {.alloc = memory_allocator()}, note = text;
    struct transaction *t = NULL;
    enum cs_status status = cs_profile_write(profile, &text);
    int rc = -1;

    if (status != CS_OK || text.failed) {
        problem_status(why, text.failed ? CS_NO_MEMORY : status,
                       _("the profile made from commonshelf.conf"));
        goto out;
    }
    if (signer_note(p->signer, STATEMENT_PROFILE, cs_buffer_span(&text), profile->issued, &note,
                    why) ||
        (!given && !(t = store_begin(p->store, why))) ||
        store_profile_put(given ? given : t, STORE_SELF, profile, cs_buffer_span(&note), why))
        goto out;
    rc = given ? 0 : store_commit(&t, why);
out:
    store_rollback(&t);
    cs_buffer_free(&text);
    cs_buffer_free(&note);
    return rc;
}

static int refresh(struct peering *p, struct reader *r, struct transaction *t,
                   struct cs_profile *fresh, struct cs_profile *held, struct problem *why)
{
    struct cs_buffer note = {.alloc = memory_allocator()};
    uint64_t now = clock_now(), keyset = 0;
    bool found, usable = false;
    int rc = -1;

    if (gather(p, r, fresh, why) || store_profile_get(r, STORE_SELF, &note, &found, why))
        goto out;
    memset(held, 0, sizeof *held);
    if (found)
        usable = signer_read_profile(p->signer, cs_buffer_span(&note), held, &keyset) == CS_OK;
    if (usable && signer_remember_profile(p->signer, cs_buffer_span(&note), why))
        goto out;
    if (usable && keyset == signer_keyset(p->signer)->version && says_the_same(fresh, held) &&
        now < held->issued + PROFILE_SECONDS / 2) {
        rc = 0;
        goto out;
    }
    fresh->version = held->version + 1;
    fresh->issued = now;
    fresh->expires = now + PROFILE_SECONDS;
    rc = sign_and_store(p, t, fresh, why);
out:
    cs_buffer_free(&note);
    return rc;
}

void peering_hold(struct peering *p)
{
    pthread_mutex_lock(&p->profiling);
}

void peering_release(struct peering *p)
{
    pthread_mutex_unlock(&p->profiling);
}

int peering_sign_again(struct peering *p, struct transaction *t, struct problem *why)
{
    struct cs_profile *profiles = memory_new(2 * sizeof *profiles);
    int rc;

    if (!profiles)
        return problem_no_memory(why);
    rc = refresh(p, transaction_reader(t), t, &profiles[0], &profiles[1], why);
    memory_free(profiles);
    return rc;
}

int peering_profile_refresh(struct peering *p, struct problem *why)
{
    struct cs_profile *profiles = memory_new(2 * sizeof *profiles);
    struct reader *r = NULL;
    int rc = -1;

    if (!profiles)
        return problem_no_memory(why);
    peering_hold(p);
    if ((r = store_reader(p->store, why)))
        rc = refresh(p, r, NULL, &profiles[0], &profiles[1], why);
    peering_release(p);
    store_reader_free(r);
    memory_free(profiles);
    return rc;
}
