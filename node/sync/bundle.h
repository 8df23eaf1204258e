/*
 * What the files of sync/ that read .cshb share. Inside sync/ only.
 */
#ifndef SYNC_BUNDLE_H
#define SYNC_BUNDLE_H

#include <commonshelf/frames.h>

#include "sync/internal.h"

#define BUNDLE_FRAMES_MAX (1u << 20) /* 40 MB of places: a quarter of a thousand million entries */
#define BUNDLE_NODES_MAX 1024
#define BUNDLE_LOGS_MAX 8192

/* A log in the file: its frames are place[checkpoint], then [tile, entries), then [entries, end). */
struct bundle_log {
    char origin[CS_ORIGIN_MAX + 1];
    char shelf[CS_SHELF_NAME_MAX + 1];
    uint64_t epoch, size;
    size_t checkpoint, tile, entries, end;
};

/* A section: keysets are place[keyset] to place[profile - 1]. */
struct bundle_node {
    struct cs_node_id id;
    size_t keyset, profile;
    size_t charters; /* place[profile + 1] and so many behind it */
    size_t log, logs; /* in file->log */
};

struct bundle_file {
    int fd;
    const char *name;
    uint64_t size;
    struct cs_frame_place *place;
    size_t places;
    struct bundle_node *node;
    size_t nodes;
    struct bundle_log *log;
    size_t logs;
};

/*
 * Reads the places of all frames, then verifies every identity and the signatures of every checkpoint.
 * Nothing of it is stored. Close it in every case.
 */
int bundle_open(struct bundle_file *file, int fd, const char *name, struct problem *why);
void bundle_close(struct bundle_file *file);
/* Appends what stands in a place. */
int bundle_read(const struct bundle_file *file, const struct cs_frame_place *place,
                struct cs_buffer *out, struct problem *why);
/* A section's identity, verified; `bytes` (emptied first) holds what it points into. */
int bundle_identity(const struct bundle_file *file, const struct bundle_node *node,
                    struct carried *out, struct cs_buffer *bytes, struct problem *why);

/* Appends a section's charters, one note behind the other. */
int bundle_charters(const struct bundle_file *file, const struct bundle_node *node,
                    struct cs_buffer *out, struct problem *why);

/* ---- bundle_source.c: one section as a source of its logs */
struct bundle_source {
    struct source source;
    const struct bundle_file *file;
    const struct bundle_node *node;
    const atomic_bool *cancel;
    bundle_progress progress;
    void *arg;
};
void bundle_source(struct bundle_source *source, const struct bundle_file *file,
                   const struct bundle_node *node);
/* NULL when the section has no such log. */
const struct bundle_log *bundle_find(const struct bundle_file *file, const struct bundle_node *node,
                                     const char *shelf, uint64_t epoch);

#endif
