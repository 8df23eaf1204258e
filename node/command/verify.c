/*
 * verify FILE: says, offline and without a home, what a file proves.
 */
#include "command/verify.h"

#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

#include "command/command.h"
#include "command/document.h"

static const char *kind_word(enum cs_evidence_kind kind)
{
    return kind == CS_EVIDENCE_FORK ? "fork" : "rollback";
}

static json_t *checkpoint_document(const struct cs_checkpoint *c)
{
    return json_pack("{s:I,s:o,s:o}", "size", (json_int_t)c->size, "root", document_hash(&c->root),
                     "time", document_time(c->time));
}

json_t *verify_document(const struct cs_evidence *e)
{
    return json_pack("{s:s,s:{s:s},s:s,s:[o,o]}", "kind", kind_word(e->kind), "node", "id",
                     e->node.s, "origin", e->smaller.origin, "checkpoints",
                     checkpoint_document(&e->smaller), checkpoint_document(&e->larger));
}

static int read_whole(const struct call_file *from, struct cs_buffer *out, struct problem *why)
{
    char block[8192];
    ssize_t n;

    while ((n = read(from->fd, block, sizeof block)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return problem_errno(why, errno, FILE_READ, from->name);
        cs_buffer_add(out, block, (size_t)n);
        if (out->failed)
            return problem_no_memory(why);
        if (out->n > CS_EVIDENCE_MAX)
            return problem_set(why, "too_large",
                               _("%s is larger than any evidence. Nothing of it was believed."),
                               from->name);
    }
    return 0;
}

static void print_checkpoint(struct output *out, const struct cs_checkpoint *c)
{
    struct cs_buffer root = {.alloc = memory_allocator()};
    char time[CLOCK_TEXT];

    clock_text(c->time, time);
    cs_base64_add(&root, cs_span_make(c->root.b, CS_HASH));
    if (cs_buffer_text(&root))
        output_print(out, _("  %" PRIu64 " entries, root %s, cosigned %s\n"), c->size,
                     (const char *)root.p, time);
    cs_buffer_free(&root);
}

static int show(struct call *call, const struct cs_evidence *e, struct problem *why)
{
    struct output *out = call->out;

    output_print(out, _("Proved: the node %s signed both of these for %s:\n"), e->node.s,
                 e->smaller.origin);
    print_checkpoint(out, &e->smaller);
    print_checkpoint(out, &e->larger);
    output_print(out, "%s\n",
                 e->smaller.size == e->larger.size
                     ? _("They have one size and different roots: these are two histories of one "
                         "shelf.")
                 : e->kind == CS_EVIDENCE_FORK
                     ? _("The larger does not contain the smaller: these are two histories of one "
                         "shelf.")
                     : _("The smaller was signed later: entries that were published are missing."));
    return output_json(out, verify_document(e), why);
}

static int run(struct call *call, struct problem *why)
{
    struct cs_buffer file = {.alloc = memory_allocator()};
    struct cs_evidence evidence;
    enum cs_status status;
    int rc = read_whole(&call->file[0], &file, why);

    if (rc == 0) {
        status = cs_evidence_read(cs_buffer_span(&file), &evidence);
        if (status == CS_OK)
            rc = show(call, &evidence, why);
        else if (status == CS_WRONG_PROOF)
            rc = problem_set(why, "proves_nothing",
                             _("What %s holds is signed, but nothing in it contradicts itself."),
                             call->file[0].name);
        else
            rc = problem_status(why, status, call->file[0].name);
    }
    cs_buffer_free(&file);
    return rc;
}

const struct command command_verify = {
    .name = "verify",
    .arguments = N_("FILE"),
    .summary = N_("Checks what a file of evidence proves, offline, for anybody."),
    .about = N_("Evidence is what \"peer show --evidence\" writes: the keys of a node, and two "
                "statements that it signed and that contradict each other. No home is needed, and "
                "nobody is asked."),
    .example = "commonshelf verify fork.cshb",
    .least = 1,
    .most = 1,
    .home = COMMAND_NO_HOME,
    .files = true,
    .run = run,
};
