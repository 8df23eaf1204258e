/*
 * This process's own standard streams, as the place where frames end: those of a command that runs
 * here, and those that come from `serve`.
 */
#ifndef COMMAND_SCREEN_H
#define COMMAND_SCREEN_H

#include "command/output.h"

struct screen {
    int error; /* errno of the first write that failed; 0: none */
    bool progress_shown; /* the cursor stands behind a line of progress */
};

/* What this side can show, by its streams and environment (NO_COLOR, TERM, COLUMNS). */
void screen_shape(struct output_shape *shape);
/* Both take a struct screen: see struct output. */
int screen_take(void *arg, enum frame type, struct cs_span bytes);
bool screen_ask(void *arg, struct cs_span question);

#endif
