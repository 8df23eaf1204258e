#include "command/recover.h"

#include <commonshelf/chain.h>

#include <inttypes.h>

/* ---- who has what */

static int two_identities(const struct recover_source *a, const struct recover_source *b,
                          struct problem *why)
{
    return problem_set(
        why, "two_identities",
        _("\"%s\" and \"%s\" have different keysets of this node, and nothing says "
          "which count: somebody else may have its root key. Nothing was changed. "
          "Leave out the one that you do not trust, or begin anew with \"commonshelf "
          "init\"."),
        a->contact.row.node.name, b->contact.row.node.name);
}

static int compare(struct recovery *r, const struct recover_source *s, struct problem *why)
{
    enum cs_chain_relation relation;
    enum cs_status status;

    if (!r->newest) {
        r->newest = s;
        return 0;
    }
    status = cs_chain_compare(cs_buffer_span(&r->newest->remembered.chain),
                              cs_buffer_span(&s->remembered.chain), clock_now(), &relation, NULL,
                              NULL, NULL);
    if (status != CS_OK)
        return problem_status(why, status, _("the keysets of this node"));
    if (relation == CS_CHAIN_CONTRADICTS)
        return two_identities(r->newest, s, why);
    if (relation == CS_CHAIN_CONTINUES || relation == CS_CHAIN_OVERRIDES ||
        (relation == CS_CHAIN_SAME && r->newest->remembered.note.n == 0))
        r->newest = s;
    return 0;
}

static int ask(struct recovery *r, const char *link, struct recover_source *s, struct problem *why)
{
    s->link = link;
    return peering_meet(r->peering, r->client, cs_span_of(link), &r->node, &s->contact, why) ||
                   peering_recall(r->peering, r->client, &s->contact, &r->node, &s->remembered, why)
               ? -1
               : 0;
}

int recover_gather(struct recovery *r, struct problem *why)
{
    const struct options *o = &r->call->options;
    struct problem failed = PROBLEM_INIT;

    if (!(r->source = memory_new(o->arguments * sizeof *r->source)))
        return problem_no_memory(why);
    for (size_t i = 0; i < o->arguments; i++) {
        problem_clear(&failed);
        if (ask(r, o->argument[i], &r->source[r->sources], &failed)) {
            r->failed++;
            if (o->arguments > 1)
                output_warn(r->call->out, "%s", failed.message);
            continue;
        }
        r->sources++;
    }
    if (r->sources == 0) {
        *why = failed;
        return -1;
    }
    for (size_t i = 0; i < r->sources; i++)
        if (compare(r, &r->source[i], why))
            return -1;
    return 0;
}

void recover_sources_free(struct recovery *r)
{
    for (size_t i = 0; i < r->sources; i++)
        remembered_free(&r->source[i].remembered);
    memory_free(r->source);
}

/* ---- the history */

static int silent(const struct recover_source *s, struct problem *why)
{
    return problem_set(
        why, "unreachable",
        _("\"%s\" answers no more, and may have the newest of what this node signed. "
          "What came so far is safe, and nothing is signed yet. Run the same command "
          "again."),
        s->contact.row.node.name);
}

int recover_history(struct recovery *r, struct home *home, struct own_history *sum,
                    struct problem *why)
{
    const struct sync_setup setup = {
        .home = home->path,
        .store = home->store,
        .peering = home->peering,
        .signer = home->signer,
        .catalogue = home->catalogue,
    };

    memset(sum, 0, sizeof *sum);
    for (size_t i = 0; i < r->sources; i++) {
        struct own_history history;

        output_progress(r->call->out, _("Taking back what this node published"), i, r->sources);
        if (sync_own_history_from(&setup, &r->source[i].contact, r->call->cancel, &history, why))
            return -1;
        if (history.answered == 0)
            return silent(&r->source[i], why);
        sum->entries += history.entries;
        sum->records += history.records;
    }
    output_progress_end(r->call->out);
    return 0;
}
