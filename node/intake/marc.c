#include "intake/marc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef PKGLIBEXECDIR
#define PKGLIBEXECDIR "/usr/local/libexec/commonshelf"
#endif
#define READER "commonshelf-read-marc"

struct marc {
    const char *filename;
    pid_t pid; /* 0 when it was waited for */
    int pipe; /* -1 when it is closed */
    struct cs_buffer original, frame;
    unsigned char *in; /* bytes from the pipe: [start, end) */
    size_t start, end;
    uint64_t records;
    struct marc_record record;
    bool ended;
};

#define PIPE_READ (128u << 10)
#define SILENCE_MS 60000 /* the child reads a file on this machine: longer means it is stuck */

/* ---- the child */

/* Beside this program; one up when that is libtool's .libs; else where it was installed. */
static int find_reader(char path[FILE_PATH_MAX], struct problem *why)
{
    static const char *const beside[] = {"", "/..", "/../.."};
    char self[FILE_PATH_MAX], directory[FILE_PATH_MAX], *slash;
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    size_t i;

    self[n > 0 ? n : 0] = '\0';
    slash = strrchr(self, '/');
    for (i = 0; slash && i < sizeof beside / sizeof *beside; i++) {
        *slash = '\0';
        if (snprintf(directory, sizeof directory, "%s%s", self, beside[i]) <
                (int)sizeof directory &&
            file_join(path, directory, READER) == 0 && access(path, X_OK) == 0)
            return 0;
    }
    if (file_join(path, PKGLIBEXECDIR, READER) == 0 && access(path, X_OK) == 0)
        return 0;
    return problem_set(why, "no_marc_reader",
                       _("The program that reads MARC, %s, is not installed with this one. Nothing "
                         "was imported. Install commonshelf again."),
                       READER);
}

/* It gets the file, one end of the pipe, nothing else: no environment, no other descriptor. */
static int spawn_child(struct marc *m, int file, int out, const char *path, bool xml)
{
    char *argv[] = {(char *)(uintptr_t)READER, (char *)(uintptr_t)(xml ? "marcxml" : "marc"), NULL};
    char *environment[] = {NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, standard;
    int error;

    sigemptyset(&none);
    sigemptyset(&standard);
    sigaddset(&standard, SIGPIPE);
    sigaddset(&standard, SIGTERM);
    sigaddset(&standard, SIGINT);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    error = posix_spawn_file_actions_adddup2(&actions, file, STDIN_FILENO);
    if (!error)
        error = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    if (!error)
        error = posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    if (!error)
        error = posix_spawnattr_setsigmask(&attributes, &none);
    if (!error)
        error = posix_spawnattr_setsigdefault(&attributes, &standard);
    if (!error)
        error =
            posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    if (!error)
        error = posix_spawn(&m->pid, path, &actions, &attributes, argv, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (error)
        m->pid = 0;
    return error;
}

struct marc *marc_open(const struct source *source, const char *filename, bool xml,
                       const char *reader, struct problem *why)
{
    struct marc *m = memory_new(sizeof *m);
    char path[FILE_PATH_MAX];
    int ends[2] = {-1, -1}, error, file = -1;

    if (!m) {
        problem_no_memory(why);
        return NULL;
    }
    m->filename = filename;
    m->pipe = -1;
    m->original.alloc = m->frame.alloc = memory_allocator();
    m->in = memory_resize(NULL, PIPE_READ);
    m->record.fields = memory_resize(NULL, MARC_FIELDS_MAX * sizeof *m->record.fields);
    if (!m->in || !m->record.fields) {
        problem_no_memory(why);
        goto failed;
    }
    if (!reader) {
        if (find_reader(path, why))
            goto failed;
        reader = path;
    } else if (access(reader, X_OK) != 0) {
        problem_errno(why, errno, FILE_OPEN, reader);
        goto failed;
    }
    /* dup2 of a descriptor onto itself would keep close-on-exec: 0 and 1 must not come in as such. */
    file = fcntl(source->fd, F_DUPFD_CLOEXEC, 3);
    if (file < 0 || pipe2(ends, O_CLOEXEC)) {
        problem_errno(why, errno, FILE_OPEN, filename);
        goto failed;
    }
    m->pipe = ends[0];
    error = spawn_child(m, file, ends[1], reader, xml);
    close(file);
    file = -1;
    close(ends[1]);
    if (error) {
        problem_errno(why, error, FILE_OPEN, reader);
        goto failed;
    }
    return m;
failed:
    if (file >= 0)
        close(file);
    marc_close(m);
    return NULL;
}

/* Ends the child whatever it does: one that misbehaved may never stop by itself. */
static void stop_child(struct marc *m)
{
    pid_t pid;

    if (m->pipe >= 0)
        close(m->pipe);
    m->pipe = -1;
    if (m->pid == 0)
        return;
    kill(m->pid, SIGKILL);
    do
        pid = waitpid(m->pid, NULL, 0);
    while (pid < 0 && errno == EINTR);
    m->pid = 0;
}

/* Waits until there is something to read, or a process has ended. */
static bool ready(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    int n;

    do
        n = poll(&p, 1, SILENCE_MS);
    while (n < 0 && errno == EINTR);
    return n == 1;
}

/* Whether the child, whose pipe is at its end, ended by itself and was content. */
static bool ended_well(struct marc *m)
{
    int status = 0, process = pidfd_open(m->pid, 0);
    /* Without pidfd (valgrind has none) there is only waiting. */
    bool over = process >= 0 ? ready(process) : errno == ENOSYS;
    pid_t pid = 0;

    if (process >= 0)
        close(process);
    while (over && (pid = waitpid(m->pid, &status, 0)) < 0 && errno == EINTR)
        ;
    if (pid != m->pid)
        return false;
    m->pid = 0;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void marc_close(struct marc *m)
{
    if (!m)
        return;
    stop_child(m);
    cs_buffer_free(&m->original);
    cs_buffer_free(&m->frame);
    memory_free(m->record.fields);
    memory_free(m->in);
    memory_free(m);
}

/* ---- frames */

/* Appends n bytes from the pipe. 1, 0 at its end, -1 when memory or reading failed. */
static int take(struct marc *m, struct cs_buffer *to, size_t n)
{
    size_t part;
    ssize_t r;

    while (n > 0) {
        if (m->start == m->end) {
            if (m->pipe < 0 || !ready(m->pipe))
                return -1;
            r = read(m->pipe, m->in, PIPE_READ);
            if (r < 0 && errno == EINTR)
                continue;
            if (r <= 0)
                return (int)r;
            m->start = 0;
            m->end = (size_t)r;
        }
        part = m->end - m->start < n ? m->end - m->start : n;
        cs_buffer_add(to, m->in + m->start, part);
        m->start += part;
        n -= part;
    }
    return to->failed ? -1 : 1;
}

static int died(struct marc *m, struct problem *why)
{
    stop_child(m);
    return problem_set(why, "marc_reader_failed",
                       _("The reader of MARC stopped at record %llu of %s. Nothing was imported. "
                         "Take that record out, or report it."),
                       (unsigned long long)m->records + 1, m->filename);
}

/* Reads a frame into `to`, emptied first. 0, or -1 with `why`. */
static int next_frame(struct marc *m, unsigned char *type, struct cs_buffer *to,
                      struct problem *why)
{
    struct cs_buffer head = CS_BUFFER_INIT;
    size_t length = 0;
    int rc;

    head.alloc = memory_allocator();
    rc = take(m, &head, MARC_FRAME_HEAD);
    if (rc == 1) {
        *type = head.p[0];
        length =
            (size_t)head.p[1] << 24 | (size_t)head.p[2] << 16 | (size_t)head.p[3] << 8 | head.p[4];
    }
    cs_buffer_free(&head);
    cs_buffer_reset(to);
    if (rc != 1 || length > MARC_FRAME_MAX)
        return died(m, why);
    rc = take(m, to, length);
    if (to->failed)
        return problem_no_memory(why);
    return rc == 1 || length == 0 ? 0 : died(m, why);
}

static const char *text_of(struct cs_buffer *b)
{
    const char *text = cs_buffer_text(b);

    return text ? text : "";
}

static int broken(struct marc *m, const char *code, struct problem *why)
{
    unsigned long long at = (unsigned long long)m->records + 1;

    stop_child(m);
    if (strcmp(code, "doctype") == 0)
        return problem_set(why, "doctype",
                           _("%s has a DOCTYPE, which MARCXML has no use for and which can make a "
                             "reader fetch or unfold anything. Nothing was imported. Take it out."),
                           m->filename);
    if (strcmp(code, "bad_encoding") == 0)
        return problem_set(why, "bad_encoding",
                           _("%s says it is in an encoding that is not read. Nothing was imported. "
                             "Save it in UTF-8."),
                           m->filename);
    if (strcmp(code, "record_too_large") == 0)
        return problem_set(why, "record_too_large",
                           _("%s, record %llu is larger than 1 MiB. Nothing was imported. Take it "
                             "out."),
                           m->filename, at);
    if (strcmp(code, "bad_xml") == 0 || strcmp(code, "too_deep") == 0)
        return problem_set(why, "bad_xml",
                           _("%s is not well-formed XML at record %llu: it is damaged, or cut off. "
                             "Nothing was imported. Export it again."),
                           m->filename, at);
    return problem_set(why, "marc_unreadable",
                       _("%s could not be read at record %llu. Nothing was "
                         "imported."),
                       m->filename, at);
}

/* Sentences for the codes of FRAME_REFUSED. */
static const char *refusal(const char *code, const char **known)
{
    static const struct {
        const char *code, *message;
    } table[] = {
        {"truncated", N_("The file ends within this record: it was cut off. Export it again.")},
        {"record_too_large",
         N_("The record is larger than MARC (ISO 2709) can say. Export it as MARCXML.")},
        {"bad_directory", N_("The record's directory does not fit its fields, so it can't be read. "
                             "Export it again.")},
        {"bad_record", N_("The record is not MARC as ISO 2709 has it. Export it again.")},
        {"no_fields", N_("The record has no fields.")},
    };
    size_t i;

    for (i = 0; i < sizeof table / sizeof *table - 1; i++)
        if (strcmp(table[i].code, code) == 0)
            break;
    *known = table[i].code;
    return _(table[i].message);
}

static int refused(struct marc *m, struct draft *draft, struct intake_row *row, const char *code,
                   struct problem *why)
{
    const char *known, *sentence = refusal(code, &known);

    m->records++;
    draft_problem(draft, "", known, true, "%s", sentence);
    return draft_finish(draft, row, why);
}

static void warn(struct draft *draft, const char *code)
{
    if (strcmp(code, "latin1") == 0)
        draft_problem(draft, "", "encoding_guessed", false,
                      _("Its letters are not in the encoding it says; they were read as Latin-1."));
    else
        draft_problem(
            draft, "", "bad_characters", false,
            _("Some letters could not be read and are shown as “\xEF\xBF\xBD”: the record "
              "is not in the encoding it says."));
}

static int mapped(struct marc *m, struct draft *draft, struct intake_row *row, struct problem *why)
{
    if (!marc_record_read(cs_buffer_span(&m->frame), &m->record))
        return died(m, why);
    m->records++;
    if (m->record.left_out)
        draft_problem(draft, "", "too_many_fields", false,
                      _("Of its fields only the first %d were read."), MARC_FIELDS_MAX);
    marc_map(&m->record, draft);
    return draft_finish(draft, row, why);
}

static int at_end(struct marc *m, struct problem *why)
{
    struct cs_buffer behind = CS_BUFFER_INIT;
    int rc;

    behind.alloc = memory_allocator();
    rc = take(m, &behind, 1);
    cs_buffer_free(&behind);
    if (rc != 0 || !ended_well(m))
        return died(m, why);
    m->ended = true;
    if (m->records == 0)
        return problem_set(why, "no_records", _("%s holds no MARC record. Nothing was imported."),
                           m->filename);
    return 0;
}

int marc_next(struct marc *m, struct draft *draft, struct intake_row *row, struct problem *why)
{
    unsigned char type = 0;

    if (m->ended)
        return 0;
    draft_begin(draft, m->records + 1);
    cs_buffer_reset(&m->original);
    for (;;) {
        if (next_frame(m, &type, &m->frame, why))
            return -1;
        switch (type) {
        case FRAME_ORIGINAL:
            cs_buffer_reset(&m->original);
            cs_buffer_add_span(&m->original, cs_buffer_span(&m->frame));
            if (m->original.failed)
                return problem_no_memory(why);
            break;
        case FRAME_WARNING:
            warn(draft, text_of(&m->frame));
            break;
        case FRAME_RECORD:
        case FRAME_REFUSED:
            if (type == FRAME_RECORD ? mapped(m, draft, row, why)
                                     : refused(m, draft, row, text_of(&m->frame), why))
                return -1;
            row->original = cs_buffer_span(&m->original);
            return 1;
        case FRAME_BROKEN:
            return broken(m, text_of(&m->frame), why);
        case FRAME_END:
            return at_end(m, why);
        default:
            return died(m, why);
        }
    }
}
