#include "command/command.h"
#include "command/document.h"
#include "command/duration.h"

static int run(struct call *call, struct problem *why)
{
    struct cs_buffer link = {.alloc = memory_allocator()};
    uint64_t seconds = INVITE_SECONDS_DEFAULT, expires;
    const char *text, *wanted = options_value(&call->options, "expires");
    char until[CLOCK_TEXT];
    struct cs_buffer code = {.alloc = memory_allocator()};
    int rc = -1;

    if (wanted && duration_read(wanted, INVITE_SECONDS_MAX, &seconds))
        return problem_usage(why, "bad_duration",
                             _("--expires takes a number of minutes, hours, days or weeks, such as "
                               "30m, 12h, 7d or 2w, and at most %d days."),
                             INVITE_SECONDS_MAX / 86400);
    if (peering_invite(call->home->peering, seconds, &link, &expires, why))
        goto out;
    text = cs_buffer_text(&link);
    if (!text) {
        problem_no_memory(why);
        goto out;
    }
    clock_text(expires, until);
    output_print(call->out, "%s\n", text);
    if (options_has(&call->options, "qr")) {
        if (qr_write(text, call->out->shape.colour ? QR_FOR_SCREEN : QR_FOR_PAPER, &code, why))
            goto out;
        output_print_span(call->out, cs_buffer_span(&code));
    }
    output_say(call->out,
               _("Give this link to one institution, over a way that you trust: whoever has it can "
                 "become your peer. It works once, until %s."),
               until);
    rc = output_json(call->out,
                     json_pack("{s:s,s:o}", "link", text, "expires", document_time(expires)), why);
out:
    cs_buffer_free(&code);
    cs_buffer_free(&link);
    return rc;
}

static const struct option_spec options[] = {
    {"expires", 0, N_("TIME"), N_("how long the link works: 30m, 12h, 7d (7d)"), 0},
    {"qr", 0, NULL, N_("show it as a QR code too, for a phone to read"), 0},
};

const struct command command_invite = {
    .name = "invite",
    .summary = N_("Makes a one-time link by which another institution becomes a peer."),
    .about = N_("The other side redeems it with \"commonshelf join LINK\". Both then hold each "
                "other's keys and copy each other's public shelves."),
    .example = "commonshelf invite --expires 2d\ncommonshelf invite --qr",
    .option = options,
    .options = sizeof options / sizeof options[0],
    .home = COMMAND_WRITES,
    .run = run,
};
