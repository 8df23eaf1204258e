/*
 * What the files of support/file share: each step announced to the observer, then done.
 */
#ifndef SUPPORT_FILE_INTERNAL_H
#define SUPPORT_FILE_INTERNAL_H

#include "support/file.h"

/* Writes `bytes` to a new temporary file beside `path`; its name goes to `temporary`. The open
 * descriptor, or -1 with the temporary gone again. */
int file_write_temporary(const char *path, struct cs_span bytes, mode_t mode,
                         char temporary[FILE_PATH_MAX], struct problem *why);
/* `flags` are those of renameat2. On failure the temporary is removed. */
int file_rename_temporary(const char *temporary, const char *path, unsigned flags,
                          struct problem *why);
/* Writes all of the bytes at the descriptor's place, which is `offset`. 0, or an errno. */
int file_write_content(int fd, const char *path, uint64_t offset, struct cs_span bytes);
void file_discard(const char *temporary);
/* Syncs the content; a failure goes to file_sync_failed first. */
int file_sync_content(int fd, const char *path, struct problem *why);
/* The directory a path lies in: "." for a bare name. -1 if it is too long. */
int file_parent(char out[FILE_PATH_MAX], const char *path);

#endif
