/*
 * Every write, sync, rename and removal of the node's own files, in one place, so that a test can
 * record them, fail the n-th, or replay a crash between any two. SQLite's files come through here
 * too, by the VFS in store/. Reading is plain. Paths are absolute or relative to the process.
 */
#ifndef SUPPORT_FILE_H
#define SUPPORT_FILE_H

#include <stdbool.h>
#include <sys/types.h>

#include <commonshelf/base.h>

#include "support/problem.h"

#define FILE_PATH_MAX 4096

/* Joins with one '/'. -1 if it is longer than FILE_PATH_MAX. */
int file_join(char out[FILE_PATH_MAX], const char *directory, const char *name);

/* Appends the whole file to `out`; "too_large" over `max` bytes. */
CS_MUST_USE int file_read(const char *path, size_t max, struct cs_buffer *out, struct problem *why);
bool file_exists(const char *path);

/*
 * Puts the bytes at `path` whole or not at all: a temporary file in the same directory, written,
 * synced, renamed over. The directory is not synced: file_sync_directory does that, once for many.
 */
CS_MUST_USE int file_put(const char *path, struct cs_span bytes, mode_t mode, struct problem *why);
/* As file_put, and the directory synced. */
CS_MUST_USE int file_put_durable(const char *path, struct cs_span bytes, mode_t mode,
                                 struct problem *why);
/* As file_put, but code "exists" if there is something at `path` already, which stays as it is. */
CS_MUST_USE int file_put_new(const char *path, struct cs_span bytes, mode_t mode,
                             struct problem *why);
/* As file_put, but nothing is synced: for what can be got again. A power cut may leave any bytes there. */
CS_MUST_USE int file_put_loosely(const char *path, struct cs_span bytes, mode_t mode,
                                 struct problem *why);
CS_MUST_USE int file_sync_directory(const char *path, struct problem *why);
/* Makes the directory and those above it that are missing; a new one is synced into its parent. */
CS_MUST_USE int file_make_directory(const char *path, mode_t mode, struct problem *why);
/* Missing is fine. */
CS_MUST_USE int file_remove(const char *path, struct problem *why);
/* The directory and all in it, following no link. What was removed before a failure stays removed. */
CS_MUST_USE int file_remove_tree(const char *path, struct problem *why);
/* Bytes of all files in it; 0 if there is none. */
CS_MUST_USE int file_tree_size(const char *path, uint64_t *bytes, struct problem *why);

/*
 * Many files of one log, written one after the other and made durable together: add as often as
 * needed, then commit syncs every file and every directory that got one. Names become visible at
 * add (by rename), durability comes with commit. Freeing without a commit leaves them unsynced. After
 * a commit the batch is empty and can be used again. Not thread-safe.
 */
struct file_batch;
CS_MUST_USE struct file_batch *file_batch_new(void);
CS_MUST_USE int file_batch_put(struct file_batch *b, const char *path, struct cs_span bytes,
                               mode_t mode, struct problem *why);
CS_MUST_USE int file_batch_commit(struct file_batch *b, struct problem *why);
void file_batch_free(struct file_batch *b);

/*
 * One large file, written from front to back. It has no name that anybody looks for until file_stream_end syncs
 * it and puts it at its path; the directory is not synced. Not thread-safe.
 */
struct file_stream;
CS_MUST_USE struct file_stream *file_stream_new(const char *path, mode_t mode, struct problem *why);
CS_MUST_USE int file_stream_add(struct file_stream *s, struct cs_span bytes, struct problem *why);
/* Bytes added so far. */
uint64_t file_stream_size(const struct file_stream *s);
/* Frees it, whatever happens. */
CS_MUST_USE int file_stream_end(struct file_stream *s, struct problem *why);
/* Leaves nothing behind. NULL is fine. */
void file_stream_drop(struct file_stream *s);

/* Takes an exclusive lock (flock) on `path`, made when missing. The descriptor, or -1: code "locked"
 * if another process has it. */
CS_MUST_USE int file_lock(const char *path, struct problem *why);

/*
 * ---- files that a person named and opened, often on a stick: not the node's own, so that a failure, even
 * of a sync, is theirs to hear of and nothing more. `name` is for messages.
 */
/* "no_file" for what is no regular file. */
CS_MUST_USE int file_outside_size(int fd, const char *name, uint64_t *size, struct problem *why);
/* Reads n bytes, or as many as there are: *got. */
CS_MUST_USE int file_read_at(int fd, const char *name, uint64_t offset, void *out, size_t n,
                             size_t *got, struct problem *why);
CS_MUST_USE int file_write_at(int fd, const char *name, uint64_t offset, struct cs_span bytes,
                              struct problem *why);
CS_MUST_USE int file_cut_at(int fd, const char *name, uint64_t size, struct problem *why);
/* A file without a name that is nowhere on a disk; -1 after a failure. */
CS_MUST_USE int file_in_memory(const char *name, struct problem *why);
CS_MUST_USE int file_sync_outside(int fd, const char *name, struct problem *why);

/* ---- the seam */
enum file_step {
    FILE_STEP_CREATE, /* path comes into being, empty */
    FILE_STEP_WRITE, /* bytes at offset */
    FILE_STEP_TRUNCATE, /* to offset */
    FILE_STEP_SYNC, /* the file's content */
    FILE_STEP_RENAME, /* path to other */
    FILE_STEP_REMOVE,
    FILE_STEP_SYNC_DIRECTORY,
    FILE_STEP_MAKE_DIRECTORY,
};

struct file_event {
    enum file_step step;
    const char *path, *other;
    uint64_t offset;
    struct cs_span bytes;
};

/*
 * Called before each step; what it returns is the errno the step fails with, 0 lets it happen. One
 * observer for the process; NULL takes it away. Tests only, set before threads start.
 */
typedef int (*file_observer)(const struct file_event *event, void *arg);
void file_observe(file_observer observer, void *arg);
/* For store/'s VFS: asks the observer. 0, or the errno to fail with. */
int file_announce(const struct file_event *event);

/*
 * Called by whoever sees a sync fail. Such a failure is final: the kernel may have dropped what was
 * not written, and reports it once. So this says so on the log and ends the process with status 1;
 * the next start recovers. Tests put a handler that returns in its place (NULL: back to the own).
 */
typedef void (*file_sync_handler)(const char *path, int error);
void file_sync_failed(const char *path, int error);
void file_on_sync_failure(file_sync_handler handler);

#endif
