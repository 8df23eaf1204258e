#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "command/control.h"

#define REQUEST_SECONDS 10 /* a client sends its command line at once */
#define ANSWER_SECONDS 30 /* one that shows nothing for so long has gone */

/* One command line being carried out. */
struct served {
    struct control *control;
    pthread_t thread;
    int socket;
    atomic_bool cancel; /* the client has gone, or the node is ending */
    bool used, done;
};

struct control {
    struct home *home;
    const struct command *const *commands;
    int listener;
    int directory; /* of a path that is too long for an address; else -1 */
    int wake; /* an eventfd: a call has ended, or the node is ending */
    struct sockaddr_un address;
    pthread_t thread;
    atomic_bool stopping;
    pthread_mutex_t lock; /* over `done` of each */
    struct served call[CONTROL_CALLS_MAX];
};

/* ---- one call */

static int take_frame(void *arg, enum frame type, struct cs_span bytes)
{
    struct served *s = arg;

    /* Progress is for a person who watches: it is left out rather than waited for. */
    if (type == FRAME_PROGRESS)
        return control_send(s->socket, type, bytes, -1, false) && errno != EAGAIN ? -1 : 0;
    if (!control_send(s->socket, type, bytes, -1, true))
        return 0;
    atomic_store(&s->cancel, true);
    return -1;
}

static bool ask_client(void *arg, struct cs_span question)
{
    struct cs_buffer bytes = {.alloc = memory_allocator()};
    struct timeval forever = {0, 0};
    struct served *s = arg;
    enum frame type;
    bool yes = false;
    int fd;

    setsockopt(s->socket, SOL_SOCKET, SO_RCVTIMEO, &forever, sizeof forever);
    if (!control_send(s->socket, FRAME_ASK, question, -1, true) &&
        control_receive(s->socket, &type, &bytes, &fd) == 1) {
        if (fd >= 0)
            close(fd);
        yes = type == FRAME_ANSWER && bytes.n == 1 && bytes.p[0] == 1;
    }
    cs_buffer_free(&bytes);
    return yes;
}

/* What the frames before GO bring. */
struct request {
    struct output_shape shape;
    char language[64];
    char **argv; /* copies, ended by NULL */
    size_t argc;
    int fd[COMMAND_FILES_MAX];
    size_t fds;
    bool begun, other_version;
};

static void request_free(struct request *r)
{
    for (size_t i = 0; i < r->argc; i++)
        memory_free(r->argv[i]);
    memory_free(r->argv);
    for (size_t i = 0; i < r->fds; i++)
        close(r->fd[i]);
}

static int add_word(struct request *r, struct cs_span word)
{
    char **grown, *copy;

    if (r->argc >= CONTROL_WORDS_MAX || memchr(word.p, '\0', word.n) ||
        !(grown = memory_resize(r->argv, (r->argc + 2) * sizeof *grown)))
        return -1;
    r->argv = grown;
    if (!(copy = memory_copy_span(word)))
        return -1;
    r->argv[r->argc++] = copy;
    r->argv[r->argc] = NULL;
    return 0;
}

/* 1 to go on, 0 when the request is complete, -1 when it is none. */
static int add_frame(struct request *r, enum frame type, struct cs_span bytes, int fd)
{
    if (type == FRAME_FILE && fd >= 0 && r->begun && r->fds < COMMAND_FILES_MAX) {
        r->fd[r->fds++] = fd;
        return 1;
    }
    if (fd >= 0)
        close(fd);
    if (type == FRAME_BEGIN && !r->begun) {
        r->begun = true;
        r->other_version = !control_begin_read(bytes, &r->shape, r->language);
        return r->other_version ? 0 : 1;
    }
    if (type == FRAME_ARGUMENT && r->begun)
        return add_word(r, bytes) ? -1 : 1;
    return type == FRAME_GO && r->begun && r->argv ? 0 : -1;
}

static int receive_request(struct served *s, struct request *r)
{
    struct cs_buffer bytes = {.alloc = memory_allocator()};
    int going = 1;

    while (going == 1) {
        enum frame type;
        int fd;

        if (control_receive(s->socket, &type, &bytes, &fd) != 1)
            going = -1;
        else
            going = add_frame(r, type, cs_buffer_span(&bytes), fd);
    }
    cs_buffer_free(&bytes);
    return going;
}

/* Gives the call its files; the request has them no more. */
static int hand_files(struct request *r, struct call *call, struct problem *why)
{
    const char *name;
    enum file_use use;

    for (size_t i = 0; call_file_named(call, i, &name, &use); i++) {
        if (i >= r->fds)
            return problem_usage(why, "bad_request", "%s",
                                 _("The command line came without its files."));
        call->file[i].name = name;
        call->file[i].fd = r->fd[i];
        call->files++;
    }
    for (size_t i = call->files; i < r->fds; i++)
        close(r->fd[i]);
    r->fds = 0;
    return 0;
}

static int carry_out(struct served *s, struct request *r, struct output *out)
{
    struct call *call = memory_new(sizeof *call);
    struct problem why = PROBLEM_INIT;
    struct call_globals globals;
    int status = -1;

    if (!call) {
        problem_no_memory(&why);
    } else if (r->other_version) {
        problem_set(&why, "other_version", "%s",
                    _("The node that is running is another version of commonshelf. Nothing was "
                      "done. Restart it, then try again."));
    } else if (!call_read(call, s->control->commands, r->argv, r->argc, &globals, &why) &&
               call->command && call->command->run && call->command->home != COMMAND_SERVES &&
               !call_check(call, &why) && !hand_files(r, call, &why)) {
        call->home = s->control->home;
        call->home_path = s->control->home->path;
        call->out = out;
        call->cancel = &s->cancel;
        status = call_run(call);
    }
    if (status < 0) {
        problem_usage(&why, "bad_request", "%s", _("The running node did not understand that."));
        output_problem(out, &why);
        status = why.exit_status;
    }
    if (call)
        call_free(call);
    memory_free(call);
    return status;
}

static void *serve_call(void *arg)
{
    struct served *s = arg;
    struct timeval request = {REQUEST_SECONDS, 0}, answer = {ANSWER_SECONDS, 0};
    struct request *r = memory_new(sizeof *r);
    struct output out = {.take = take_frame, .ask = ask_client, .arg = s};
    unsigned char status;

    setsockopt(s->socket, SOL_SOCKET, SO_RCVTIMEO, &request, sizeof request);
    setsockopt(s->socket, SOL_SOCKET, SO_SNDTIMEO, &answer, sizeof answer);
    if (r && !receive_request(s, r)) {
        language_set(r->language);
        out.shape = r->shape;
        output_begin(&out);
        status = (unsigned char)carry_out(s, r, &out);
        output_end(&out);
        if (!out.lost && control_send(s->socket, FRAME_EXIT, cs_span_make(&status, 1), -1, true))
            log_line(LOG_LEVEL_DEBUG, "control", "%s", "a client left before its answer");
    }
    if (r)
        request_free(r);
    memory_free(r);
    pthread_mutex_lock(&s->control->lock);
    s->done = true;
    pthread_mutex_unlock(&s->control->lock);
    if (write(s->control->wake, &(uint64_t){1}, sizeof(uint64_t)) < 0)
        log_line(LOG_LEVEL_WARN, "control", "%s", "eventfd");
    return NULL;
}

/* ---- the listener */

static bool may_speak(int socket, const char *home)
{
    struct ucred who;
    socklen_t length = sizeof who;
    struct stat st;

    if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &who, &length) || stat(home, &st))
        return false;
    return who.uid == 0 || who.uid == st.st_uid;
}

static struct served *free_place(struct control *c)
{
    for (size_t i = 0; i < CONTROL_CALLS_MAX; i++)
        if (!c->call[i].used)
            return &c->call[i];
    return NULL;
}

static void accept_one(struct control *c)
{
    int socket = accept4(c->listener, NULL, NULL, SOCK_CLOEXEC);
    struct served *s = free_place(c);

    if (socket < 0)
        return;
    if (!s || !may_speak(socket, c->home->path)) {
        close(socket);
        return;
    }
    s->control = c;
    s->socket = socket;
    s->done = false;
    atomic_store(&s->cancel, false);
    s->used = true;
    if (pthread_create(&s->thread, NULL, serve_call, s)) {
        log_line(LOG_LEVEL_WARN, "control", "%s", _("no thread could be started for a command"));
        close(socket);
        s->used = false;
    }
}

/* Joins the threads that are done; with `all` those that still run too. */
static void collect(struct control *c, bool all)
{
    for (size_t i = 0; i < CONTROL_CALLS_MAX; i++) {
        struct served *s = &c->call[i];
        bool done;

        if (!s->used)
            continue;
        pthread_mutex_lock(&c->lock);
        done = s->done;
        pthread_mutex_unlock(&c->lock);
        if (!done && !all)
            continue;
        pthread_join(s->thread, NULL);
        close(s->socket);
        s->used = false;
    }
}

/* The listener while there is room, the wake-up, and every client that may go away. */
static nfds_t gather(struct control *c, struct pollfd *fds, struct served **whose)
{
    nfds_t n = 0;

    fds[n++] = (struct pollfd){.fd = c->wake, .events = POLLIN};
    fds[n++] = (struct pollfd){.fd = free_place(c) ? c->listener : -1, .events = POLLIN};
    for (size_t i = 0; i < CONTROL_CALLS_MAX; i++) {
        if (!c->call[i].used || atomic_load(&c->call[i].cancel))
            continue;
        whose[n] = &c->call[i];
        fds[n++] = (struct pollfd){.fd = c->call[i].socket, .events = POLLRDHUP};
    }
    return n;
}

static void *run(void *arg)
{
    struct control *c = arg;
    uint64_t count;

    while (!atomic_load(&c->stopping)) {
        struct pollfd fds[CONTROL_CALLS_MAX + 2];
        struct served *whose[CONTROL_CALLS_MAX + 2];
        nfds_t n = gather(c, fds, whose);

        if (poll(fds, n, -1) < 0)
            continue;
        if (fds[0].revents && read(c->wake, &count, sizeof count) < 0)
            continue;
        for (nfds_t i = 2; i < n; i++)
            if (fds[i].revents)
                atomic_store(&whose[i]->cancel, true);
        collect(c, false);
        if (fds[1].revents)
            accept_one(c);
    }
    return NULL;
}

static int open_listener(struct control *c, struct problem *why)
{
    char directory[FILE_PATH_MAX];

    if (file_join(directory, c->home->path, HOME_RUN))
        return problem_errno(why, ENAMETOOLONG, FILE_OPEN, c->home->path);
    if (file_make_directory(directory, 0700, why))
        return -1;
    if (chmod(directory, 0700) || control_address(c->home->path, &c->address, &c->directory))
        return problem_errno(why, errno, FILE_OPEN, directory);
    /* This process has the home's lock: a socket that is there already belongs to nobody. */
    unlink(c->address.sun_path);
    c->listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (c->listener < 0 ||
        bind(c->listener, (const struct sockaddr *)&c->address, sizeof c->address) ||
        chmod(c->address.sun_path, 0600) || listen(c->listener, SOMAXCONN))
        return problem_errno(why, errno, FILE_CREATE, c->address.sun_path);
    return 0;
}

static void control_free(struct control *c)
{
    if (c->listener >= 0) {
        close(c->listener);
        unlink(c->address.sun_path);
    }
    if (c->directory >= 0)
        close(c->directory);
    if (c->wake >= 0)
        close(c->wake);
    pthread_mutex_destroy(&c->lock);
    memory_free(c);
}

struct control *control_start(struct home *home, const struct command *const *commands,
                              struct problem *why)
{
    struct control *c = memory_new(sizeof *c);

    if (!c) {
        problem_no_memory(why);
        return NULL;
    }
    c->home = home;
    c->commands = commands;
    c->listener = c->directory = -1;
    c->wake = eventfd(0, EFD_CLOEXEC);
    pthread_mutex_init(&c->lock, NULL);
    if (c->wake < 0)
        problem_errno(why, errno, FILE_CREATE, "eventfd");
    else if (!open_listener(c, why)) {
        if (!pthread_create(&c->thread, NULL, run, c))
            return c;
        problem_set(why, "no_thread", "%s",
                    _("The system gives this node no further thread. It did not start."));
    }
    control_free(c);
    return NULL;
}

void control_stop(struct control *c)
{
    if (!c)
        return;
    atomic_store(&c->stopping, true);
    if (write(c->wake, &(uint64_t){1}, sizeof(uint64_t)) < 0)
        log_line(LOG_LEVEL_WARN, "control", "%s", "eventfd");
    pthread_join(c->thread, NULL);
    for (size_t i = 0; i < CONTROL_CALLS_MAX; i++) {
        if (!c->call[i].used)
            continue;
        atomic_store(&c->call[i].cancel, true);
        shutdown(c->call[i].socket, SHUT_RD); /* who waits for an answer gets none */
    }
    collect(c, true);
    control_free(c);
}
