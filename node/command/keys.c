/*
 * keys: what this institution signs with, and new ones.
 */
#include "command/command.h"
#include "command/document.h"
#include "command/recover.h"
#include "command/root_file.h"

#include <inttypes.h>

static json_t *document_keyset(const struct call *call, const struct cs_keyset *keyset)
{
    const struct signer *signer = call->home->signer;

    return json_pack("{s:I,s:o,s:o,s:b,s:o}", "version", (json_int_t)keyset->version, "issued",
                     document_time(keyset->issued), "expires", document_time(keyset->expires),
                     "root_here", (int)signer_has_root(signer), "node",
                     document_node(signer_node(signer), call->home->config.name));
}

static int run_show(struct call *call, struct problem *why)
{
    const struct signer *signer = call->home->signer;
    const struct cs_keyset *keyset = signer_keyset(signer);
    char issued[CLOCK_TEXT], expires[CLOCK_TEXT];

    clock_text(keyset->issued, issued);
    clock_text(keyset->expires, expires);
    output_print(call->out, _("Node ID    %s\n"), signer_node(signer)->s);
    output_print(call->out, _("Keyset     version %" PRIu64 ", made %s, good until %s\n"),
                 keyset->version, issued, expires);
    output_print(call->out, _("Root key   %s\n"),
                 signer_has_root(signer)
                     ? _("in keys/root.key")
                     : _("not on this machine: new keys need its page (--root FILE)"));
    return output_json(call->out, json_pack("{s:o}", "keys", document_keyset(call, keyset)), why);
}

/* The root of --root, if it was given; a page must be this node's. */
static int given_root(struct call *call, unsigned char seed[CS_KEY_SEED], bool *given,
                      struct problem *why)
{
    const struct call_file *file = call_option_file(call, "root");
    struct cs_node_id node;

    *given = file != NULL;
    if (!file)
        return 0;
    if (root_file_read(file, seed, &node, why))
        return -1;
    if (node.s[0] && !cs_node_id_equal(&node, signer_node(call->home->signer)))
        return problem_set(why, "wrong_root",
                           _("This page is the root key of another node, %s. Nothing was changed."),
                           node.s);
    return 0;
}

static int run_rotate(struct call *call, struct problem *why)
{
    unsigned char seed[CS_KEY_SEED];
    const struct cs_keyset *keyset;
    char expires[CLOCK_TEXT];
    bool given;
    int rc = given_root(call, seed, &given, why);

    if (!rc)
        rc = home_rotate(call->home, given ? seed : NULL, why);
    explicit_bzero(seed, sizeof seed);
    if (rc)
        return -1;
    keyset = signer_keyset(call->home->signer);
    clock_text(keyset->expires, expires);
    output_say(call->out,
               _("This node signs with new keys now (keyset version %" PRIu64
                 ", good until %s). The old ones are destroyed. Peers take the new ones over the "
                 "next time they ask; nothing has to be done there."),
               keyset->version, expires);
    return output_json(call->out, json_pack("{s:o}", "keys", document_keyset(call, keyset)), why);
}

/* The page is on paper or will be lost with this terminal: only a person can tell. */
static int confirm_remove(struct call *call, const struct call_file *file, struct problem *why)
{
    if ((file && !root_file_is_screen(file)) || options_has(&call->options, "yes"))
        return 0;
    if (!call->out->shape.ask)
        return problem_usage(why, "no_file", "%s",
                             _("Name a file for the page, or say with --yes that the page which is "
                               "shown now will be kept. Nothing was changed."));
    if (output_ask(call->out, "%s",
                   _("The root key is removed from this machine. Is the page above printed or "
                     "written down, all seven lines?")))
        return 0;
    return problem_set(why, "not_confirmed", "%s", _("Nothing was changed."));
}

static int export_page(struct call *call, const struct call_file *file, struct problem *why)
{
    struct signer *signer = call->home->signer;
    struct cs_buffer page = {.alloc = memory_allocator()};
    unsigned char seed[CS_KEY_SEED];
    int rc = signer_root(signer, seed, why);

    if (!rc)
        rc = root_file_page(call, file, seed, signer_node(signer), call->home->config.name, &page,
                            why);
    if (!rc && file)
        rc = root_file_keep(file, &page, seed, why);
    explicit_bzero(seed, sizeof seed);
    if (!rc && (!file || root_file_is_screen(file)))
        output_print_span(call->out, cs_buffer_span(&page));
    root_page_wipe(&page);
    return rc;
}

static int run_export(struct call *call, struct problem *why)
{
    static const struct call_file screen = {"-", -1};
    const struct call_file *file = call->files > 0 ? &call->file[0] : NULL;
    bool remove = options_has(&call->options, "remove");

    if (root_file_check(file ? file : &screen, call, why) || export_page(call, file, why))
        return -1;
    if (remove) {
        if (confirm_remove(call, file, why) || signer_forget_root(call->home->signer, why))
            return -1;
        output_say(call->out, "%s",
                   _("The root key is not on this machine any more. Lock its page away: new keys, "
                     "once a year, need it, and nobody can make it again."));
    }
    return output_json(
        call->out,
        json_pack("{s:o,s:o,s:b}", "node",
                  document_node(signer_node(call->home->signer), call->home->config.name), "file",
                  file ? document_text(file->name) : json_null(), "root_here",
                  (int)signer_has_root(call->home->signer)),
        why);
}

static const struct command show = {
    .name = "show",
    .summary = N_("Shows which keys are in force, until when, and where the root key is."),
    .example = "commonshelf keys show",
    .home = COMMAND_WRITES,
    .run = run_show,
};
static const struct option_spec rotate_options[] = {
    {"root", 0, N_("FILE"),
     N_("the root key, when it is not kept in the home: the printed page as text, or root.key; - "
        "reads what is typed"),
     OPTION_READ},
};
static const struct command rotate = {
    .name = "rotate",
    .summary = N_("Makes new keys to sign with, and destroys the old ones."),
    .about = N_("Once a year before they expire, and whenever somebody may have had access to "
                "them. Nothing has to be done at peers; a node that is running goes on."),
    .example = "commonshelf keys rotate\ncommonshelf keys rotate --root /media/stick/root.txt",
    .option = rotate_options,
    .options = sizeof rotate_options / sizeof rotate_options[0],
    .home = COMMAND_WRITES,
    .run = run_rotate,
};

static const struct option_spec export_options[] = {
    {"remove", 0, NULL, N_("keep the root key nowhere else: take it off this machine"), 0},
    {"yes", 'y', NULL, N_("do not ask"), 0},
};
static const struct command export_command = {
    .name = "export",
    .arguments = N_("[FILE]"),
    .summary = N_("Prints the root key, to be locked away on paper."),
    .about = N_("Seven lines that can be typed in again with \"keys recover\". Whoever has them "
                "can speak in this institution's name. A file is made new, and only its owner can "
                "read it."),
    .example = "commonshelf keys export | lp\n"
               "commonshelf keys export --remove /media/stick/root.txt",
    .option = export_options,
    .options = sizeof export_options / sizeof export_options[0],
    .most = 1,
    .home = COMMAND_WRITES,
    .writes_secret = true,
    .run = run_export,
};

static const struct command *const subcommands[] = {&show, &rotate, &export_command,
                                                    &command_keys_recover, NULL};

const struct command command_keys = {
    .name = "keys",
    .arguments = N_("COMMAND"),
    .summary = N_("The keys that speak for this institution."),
    .example = "commonshelf keys show\ncommonshelf keys rotate",
    .sub = subcommands,
};
