/*
 * HOME/run/control: how a command reaches the `serve` that has its home. Frames over a
 * SOCK_SEQPACKET socket, one message each; only the home's owner and root may speak. Both ends are
 * the same program, so a client of another version is sent away rather than misunderstood.
 */
#ifndef COMMAND_CONTROL_H
#define COMMAND_CONTROL_H

#include <sys/types.h>

#include "command/run.h"

#define CONTROL_FRAME_MAX 65536 /* a word of the command line, a piece of output */
#define CONTROL_WORDS_MAX 4096
#define CONTROL_CALLS_MAX 8 /* command lines that run at once; more wait to be accepted */

/* ---- frames */
/* Sends one; `fd` goes with it unless it is -1. -1 with errno. `wait` false: EAGAIN rather than
 * wait. */
CS_MUST_USE int control_send(int socket, enum frame type, struct cs_span bytes, int fd, bool wait);
/* Receives one into `bytes` (replaced). *fd gets the descriptor that came with it, or -1. 1, 0 at
 * the end, -1 with errno (EPROTO for what is no frame). */
CS_MUST_USE int control_receive(int socket, enum frame *type, struct cs_buffer *bytes, int *fd);

/* The BEGIN frame: program version and shape. control_begin_read is false for another version. */
void control_begin_write(struct cs_buffer *out, const struct output_shape *shape,
                         const char *language);
CS_MUST_USE bool control_begin_read(struct cs_span bytes, struct output_shape *shape,
                                    char language[64]);

/* ---- the client */
/* A connection to the `serve` of this home; -1 when there is none. *server gets its process, for
 * messages; 0 when the system does not say. */
int control_connect(const char *home, pid_t *server);
/* Runs a command line there and shows what comes back. The exit status; closes the connection. */
int control_call(int socket, const struct call *call, char *const *argv, size_t argc,
                 struct output *out);

/* ---- the server */
struct control;
/* Listens, and runs what is asked with `home`, on threads of its own. */
CS_MUST_USE struct control *control_start(struct home *home, const struct command *const *commands,
                                          struct problem *why);
/* Cancels what can be cancelled, waits for the rest, removes the socket. NULL is fine. */
void control_stop(struct control *control);

/* Fills in the address of HOME/run/control. A path that is too long for it goes through a
 * descriptor of its directory, which stays open in *directory (else -1) as long as the address is
 * used. */
struct sockaddr_un;
CS_MUST_USE int control_address(const char *home, struct sockaddr_un *out, int *directory);

#endif
