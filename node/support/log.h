/*
 * The node's log for its operator: lines on stderr, "2026-11-24T10:00:00Z level room: text". No
 * secrets, no queries, nothing about people. Not for messages that answer a command.
 */
#ifndef SUPPORT_LOG_H
#define SUPPORT_LOG_H

#include "support/problem.h"

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

void log_set_level(enum log_level level);
/* `room` is the speaker ("sync"). Bytes that could move a terminal are escaped. */
__attribute__((format(printf, 3, 4))) void log_line(enum log_level level, const char *room,
                                                    const char *format, ...);
void log_problem(enum log_level level, const char *room, const struct problem *why);

#endif
