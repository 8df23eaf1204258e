#include "sync/bundle.h"

static int refuse(const struct bundle_file *file, enum cs_status status, uint64_t offset,
                  struct problem *why)
{
    int rc;

    if (status == CS_CUT_OFF)
        rc =
            problem_set(why, "cut_off",
                        _("%s ends in the middle: it was not written or copied to its end. Nothing "
                          "of it was taken. Copy it again, or run the export again."),
                        file->name);
    else if (offset == 0)
        rc = problem_set(why, "not_a_bundle",
                         _("%s is no file of catalogues: \"commonshelf bundle export\" makes one. "
                           "Nothing was taken."),
                         file->name);
    else
        rc = problem_set(why, cs_status_code(status),
                         _("%s is damaged, or of a later version of Commonshelf. Nothing of it was "
                           "taken. Copy it again, or ask for a new one."),
                         file->name);
    problem_detail(why, "%s at byte %llu", cs_status_text(status), (unsigned long long)offset);
    return rc;
}

/* Of a statement in it that does not verify. */
static int disprove(const struct bundle_file *file, enum cs_status status,
                    const struct cs_frame_place *place, struct problem *why)
{
    int rc =
        problem_set(why, cs_status_code(status),
                    _("%s holds something that its institution did not sign so: %s. Nothing of "
                      "the file was taken. Copy it again, or ask for a new one."),
                    file->name, _(cs_status_text(status)));

    problem_detail(why, "%c at byte %llu", place->type, (unsigned long long)place->offset);
    return rc;
}

int bundle_read(const struct bundle_file *file, const struct cs_frame_place *place,
                struct cs_buffer *out, struct problem *why)
{
    unsigned char *at = cs_buffer_reserve(out, place->length);
    size_t got;

    if (!at && place->length > 0)
        return problem_no_memory(why);
    if (place->length == 0)
        return 0;
    if (file_read_at(file->fd, file->name, place->offset, at, place->length, &got, why))
        return -1;
    if (got != place->length) /* it was longer a moment ago */
        return refuse(file, CS_CUT_OFF, place->offset, why);
    out->n += got;
    return 0;
}

/* ---- the places of all frames */

static int add_place(struct bundle_file *file, const struct cs_frame_place *place, size_t *room,
                     struct problem *why)
{
    if (file->places == BUNDLE_FRAMES_MAX)
        return refuse(file, CS_TOO_LARGE, place->offset, why);
    if (file->places == *room) {
        size_t more = *room ? *room * 2 : 256;
        struct cs_frame_place *grown = memory_resize(file->place, more * sizeof *grown);

        if (!grown)
            return problem_no_memory(why);
        file->place = grown;
        *room = more;
    }
    file->place[file->places++] = *place;
    return 0;
}

static int walk(struct bundle_file *file, struct problem *why)
{
    unsigned char look[CS_FRAME_LOOK];
    struct cs_frame_place place = {0};
    struct cs_frame_walk w;
    enum cs_status status;
    size_t got, room = 0;

    if (file_read_at(file->fd, file->name, 0, look, CS_FRAMES_MAGIC, &got, why))
        return -1;
    if ((status = cs_frame_walk_begin(&w, cs_span_make(look, got), file->size)) != CS_OK)
        return refuse(file, status, 0, why);
    while (place.type != CS_FRAME_END) {
        if (file_read_at(file->fd, file->name, w.offset, look, sizeof look, &got, why))
            return -1;
        if ((status = cs_frame_walk_next(&w, cs_span_make(look, got), &place)) != CS_OK)
            return refuse(file, status, w.offset, why);
        if (add_place(file, &place, &room, why))
            return -1;
    }
    return 0;
}

/* ---- sections and logs: the order of frames was checked by the walk */

static void count(struct bundle_file *file, size_t *nodes, size_t *logs)
{
    *nodes = *logs = 0;
    for (size_t i = 0; i < file->places; i++) {
        *nodes += file->place[i].type == CS_FRAME_PROFILE;
        *logs += file->place[i].type == CS_FRAME_CHECKPOINT;
    }
}

static void sort_out(struct bundle_file *file)
{
    struct bundle_node *node = NULL;
    struct bundle_log *log = NULL;
    size_t keyset = 0;

    for (size_t i = 0; i < file->places; i++) {
        switch (file->place[i].type) {
        case CS_FRAME_KEYSET:
            if (i == 0 || file->place[i - 1].type != CS_FRAME_KEYSET)
                keyset = i;
            break;
        case CS_FRAME_PROFILE:
            node = &file->node[file->nodes++];
            node->keyset = keyset;
            node->profile = i;
            node->log = file->logs;
            break;
        case CS_FRAME_CHARTER:
            node->charters++;
            break;
        case CS_FRAME_CHECKPOINT:
            log = &file->log[file->logs++];
            log->checkpoint = i;
            log->tile = log->entries = log->end = i + 1;
            node->logs++;
            break;
        case CS_FRAME_TILE:
            log->entries = log->end = i + 1;
            break;
        case CS_FRAME_ENTRIES:
            log->end = i + 1;
            break;
        default:
            break;
        }
    }
}

static int lay_out(struct bundle_file *file, struct problem *why)
{
    size_t nodes, logs;

    count(file, &nodes, &logs);
    if (nodes > BUNDLE_NODES_MAX || logs > BUNDLE_LOGS_MAX)
        return refuse(file, CS_TOO_LARGE, file->size, why);
    if (!(file->node = memory_new((nodes + 1) * sizeof *file->node)) ||
        !(file->log = memory_new((logs + 1) * sizeof *file->log)))
        return problem_no_memory(why);
    sort_out(file);
    return 0;
}

/* ---- whose they are */

int bundle_identity(const struct bundle_file *file, const struct bundle_node *node,
                    struct carried *out, struct cs_buffer *bytes, struct problem *why)
{
    enum cs_status status;
    size_t chain;

    cs_buffer_reset(bytes);
    for (size_t i = node->keyset; i < node->profile; i++) {
        if (bytes->n + file->place[i].length > CS_FRAMES_BODY_MAX)
            return disprove(file, CS_TOO_LARGE, &file->place[i], why);
        if (bundle_read(file, &file->place[i], bytes, why))
            return -1;
    }
    chain = bytes->n;
    if (bundle_read(file, &file->place[node->profile], bytes, why))
        return -1;
    status = peering_carried_read(cs_span_make(bytes->p, chain),
                                  cs_span_make(bytes->p + chain, bytes->n - chain), out);
    return status == CS_OK ? 0 : disprove(file, status, &file->place[node->profile], why);
}

int bundle_charters(const struct bundle_file *file, const struct bundle_node *node,
                    struct cs_buffer *out, struct problem *why)
{
    for (size_t i = node->profile + 1; i <= node->profile + node->charters; i++)
        if (bundle_read(file, &file->place[i], out, why))
            return -1;
    return 0;
}

/* Each is valid by itself; whether it is believed is for who has the one before. */
static int check_charters(struct bundle_file *file, const struct bundle_node *node,
                          struct cs_buffer *note, struct problem *why)
{
    struct cs_charter *charter = memory_new(sizeof *charter);
    enum cs_status status = CS_OK;
    uint64_t bytes = 0;
    int rc = charter ? 0 : problem_no_memory(why);

    for (size_t i = node->profile + 1; rc == 0 && i <= node->profile + node->charters; i++) {
        cs_buffer_reset(note);
        bytes += file->place[i].length;
        if (bytes > CHARTERS_BYTES_MAX)
            status = CS_TOO_LARGE;
        else if ((rc = bundle_read(file, &file->place[i], note, why)) == 0)
            status = cs_charter_read(cs_buffer_span(note), charter);
        if (status != CS_OK)
            rc = disprove(file, status, &file->place[i], why);
    }
    memory_free(charter);
    return rc;
}

static int check_log(struct bundle_file *file, struct bundle_log *log, const struct carried *who,
                     struct cs_buffer *note, struct problem *why)
{
    const struct cs_frame_place *place = &file->place[log->checkpoint];
    struct cs_checkpoint checkpoint;
    struct cs_node_id node;
    enum cs_status status;

    cs_buffer_reset(note);
    if (bundle_read(file, place, note, why))
        return -1;
    status = cs_checkpoint_parse(cs_buffer_span(note), &checkpoint);
    if (status == CS_OK)
        status = cs_origin_read(cs_span_of(checkpoint.origin), &node, log->shelf, &log->epoch);
    if (status == CS_OK && !cs_node_id_equal(&node, &who->id))
        status = CS_WRONG_ORIGIN;
    if (status == CS_OK) {
        strcpy(log->origin, checkpoint.origin);
        log->size = checkpoint.size;
        status = cs_checkpoint_read(cs_buffer_span(note), log->origin, &who->id, &who->keyset,
                                    &checkpoint);
    }
    return status == CS_OK ? 0 : disprove(file, status, place, why);
}

/* A node or a log that stands there twice could be two stories. */
static bool stands_before(const struct bundle_file *file, size_t node)
{
    for (size_t i = 0; i < node; i++)
        if (cs_node_id_equal(&file->node[i].id, &file->node[node].id))
            return true;
    return false;
}

static bool log_stands_before(const struct bundle_file *file, const struct bundle_node *node,
                              size_t log)
{
    for (size_t i = node->log; i < log; i++)
        if (strcmp(file->log[i].origin, file->log[log].origin) == 0)
            return true;
    return false;
}

static int check_node(struct bundle_file *file, size_t n, struct carried *who,
                      struct cs_buffer *bytes, struct cs_buffer *note, struct problem *why)
{
    struct bundle_node *node = &file->node[n];

    if (bundle_identity(file, node, who, bytes, why))
        return -1;
    node->id = who->id;
    if (stands_before(file, n))
        return refuse(file, CS_MALFORMED, file->place[node->profile].offset, why);
    if (check_charters(file, node, note, why))
        return -1;
    for (size_t i = node->log; i < node->log + node->logs; i++) {
        if (check_log(file, &file->log[i], who, note, why))
            return -1;
        if (log_stands_before(file, node, i))
            return refuse(file, CS_MALFORMED, file->place[file->log[i].checkpoint].offset, why);
    }
    return 0;
}

static int check_all(struct bundle_file *file, struct problem *why)
{
    struct cs_buffer bytes = {.alloc = memory_allocator()}, note = bytes;
    struct carried *who = memory_new(sizeof *who);
    int rc = who ? 0 : problem_no_memory(why);

    for (size_t i = 0; i < file->nodes && rc == 0; i++)
        rc = check_node(file, i, who, &bytes, &note, why);
    cs_buffer_free(&bytes);
    cs_buffer_free(&note);
    memory_free(who);
    return rc;
}

int bundle_open(struct bundle_file *file, int fd, const char *name, struct problem *why)
{
    memset(file, 0, sizeof *file);
    file->fd = fd;
    file->name = name;
    if (file_outside_size(fd, name, &file->size, why) || walk(file, why) || lay_out(file, why))
        return -1;
    return check_all(file, why);
}

void bundle_close(struct bundle_file *file)
{
    memory_free(file->place);
    memory_free(file->node);
    memory_free(file->log);
    memset(file, 0, sizeof *file);
}
