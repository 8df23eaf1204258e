/*
 * Publishing, for the commands that do it: `publish`, and `import --publish`.
 */
#ifndef COMMAND_PUBLISH_H
#define COMMAND_PUBLISH_H

#include "command/command.h"
#include "command/document.h"

/*
 * Shows who will see what, asks once before anything becomes public for the first time (on a
 * terminal, unless `yes`), publishes one shelf, or all public ones when `shelf` is NULL, and signs
 * the profile that lists them. *shelves gets the array of the contract; the caller releases it,
 * also after a failure, when it holds what was published before it. "not_confirmed" when the answer
 * was no.
 */
CS_MUST_USE int publish_shelves(struct call *call, const char *shelf, bool yes, json_t **shelves,
                                struct problem *why);

#endif
