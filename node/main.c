/*
 * commonshelf: the program. Its commands, and what must happen before any of them.
 */
#include <signal.h>
#include <stdio.h>

#include "command/command.h"

static const struct command *const commands[] = {
    &command_init,    &command_import, &command_publish,
    &command_serve,   &command_invite, &command_join,
    &command_peer,    &command_sync,   &command_bundle,
    &command_charter, &command_search, &command_shelf,
    &command_record,  &command_status, &command_keys,
    &command_doctor,  &command_verify, NULL,
};

int main(int argc, char **argv)
{
    if (memory_install()) {
        fputs("commonshelf: a library was started too early; this program was built wrongly\n",
              stderr);
        return EXIT_NOT_DONE;
    }
    /* A reader that goes away is an error of one write, not the end of the process. */
    signal(SIGPIPE, SIG_IGN);
    return command_main(argc, argv, commands);
}
