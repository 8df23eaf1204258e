/*
 * The files of a log, own or mirrored: HOME/logs/<hex SHA-256 of the origin>/tile/… exactly as they are
 * served. Written here, proved here. What commits them is the store's. Part of catalogue.h.
 */
#ifndef CATALOGUE_LOG_FILES_H
#define CATALOGUE_LOG_FILES_H

#include <commonshelf/entry.h>
#include <commonshelf/tile.h>

#include "support/support.h"

/* HOME/logs/<directory>/<tile path>. */
CS_MUST_USE int log_tile_path(const char *home, const char *origin, const struct cs_tile *tile,
                              char out[FILE_PATH_MAX], struct problem *why);
CS_MUST_USE int log_checkpoint_path(const char *home, const char *origin, char out[FILE_PATH_MAX],
                                    struct problem *why);
/* Appends a tile's bytes, or a bundle's as stored (gzip). "log_file_missing" names it. */
CS_MUST_USE int log_tile_read(const char *home, const char *origin, const struct cs_tile *tile,
                              struct cs_buffer *out, struct problem *why);
/* The raw bundle: read, bounded, uncompressed. "log_file_damaged" names it. */
CS_MUST_USE int log_bundle_read(const char *home, const char *origin, const struct cs_tile *tile,
                                struct cs_buffer *raw, struct problem *why);

/* A bundle as received that the log does not reach yet: kept so that a pull which is cut off need not ask
 * for it again. Best effort, not synced, not verified: whoever takes it up verifies it as if it came then. */
void log_bundle_keep(const char *home, const char *origin, const struct cs_tile *tile,
                     struct cs_span gz);
bool log_bundle_is_kept(const char *home, const char *origin, const struct cs_tile *tile);

struct log_writer;
/*
 * Continues a log at `range`, whose right edge must be on disk; what is there is proved against the
 * range first. Its files are new until log_writer_flush made them durable.
 */
CS_MUST_USE struct log_writer *log_writer_open(const char *home, const char *origin,
                                               const struct cs_range *range, struct problem *why);
CS_MUST_USE int log_writer_add(struct log_writer *w, const struct cs_bundle_item *item,
                               struct problem *why);
/* A whole bundle as it was received, already verified: kept byte for byte. Only where the log's size
 * is a multiple of 256. */
CS_MUST_USE int log_writer_add_bundle(struct log_writer *w, struct cs_span gz,
                                      const struct cs_hash leaf[CS_BUNDLE_WIDTH],
                                      struct problem *why);
/* Writes the right edge and makes everything durable. */
CS_MUST_USE int log_writer_flush(struct log_writer *w, struct problem *why);
const struct cs_range *log_writer_range(const struct log_writer *w);
void log_writer_free(struct log_writer *w);

/*
 * Reads the log's files from entry `range->size` to `size` and proves them: every entry's hash stands
 * in its level-0 tile, every full tile's root in the tile above. `range` is carried forward to `size`;
 * its root is then the caller's to compare. `each` (may be NULL) gets every entry from the old size
 * on. "log_file_missing" or "log_file_damaged" name the first file that is wrong.
 */
CS_MUST_USE int log_prove(const char *home, const char *origin, struct cs_range *range,
                          uint64_t size,
                          int (*each)(void *arg, uint64_t index, const struct cs_bundle_item *item,
                                      struct problem *why),
                          void *arg, struct problem *why);

/* ---- log_proof.c: single files, against the tree that is committed */
/* "log_file_damaged", for the file at `path`. */
int log_file_damaged(const char *path, struct problem *why);
struct log_proof;
/* `rebuilds`: goes on below a damaged tile with what it must have held, where what is below says it. */
CS_MUST_USE struct log_proof *log_proof_new(const char *home, const char *origin,
                                            const struct cs_range *range, bool rebuilds,
                                            struct problem *why);
void log_proof_free(struct log_proof *p);
/* True if it is one for this log as it is now. */
bool log_proof_is_of(const struct log_proof *p, const char *origin, const struct cs_range *range);
/* These bytes as a file of the log, at its size or of an edge that it grew over: a tile by the tree, a bundle
 * by what it hashed to when it was written, or else by the tree. "log_file_damaged" or "log_file_missing", of it
 * or of the tile above that would prove it. */
CS_MUST_USE int log_proof_file(struct log_proof *p, const struct cs_tile *tile,
                               struct cs_span bytes, struct problem *why);
/* The same by the tree alone. */
CS_MUST_USE int log_proof_tile(struct log_proof *p, const struct cs_tile *tile,
                               struct cs_span bytes, struct problem *why);
CS_MUST_USE int log_proof_bundle(struct log_proof *p, const struct cs_tile *bundle,
                                 struct cs_span gz, struct problem *why);
/* The proved leaf hashes of a bundle, until the next call. */
CS_MUST_USE int log_proof_leaves(struct log_proof *p, uint64_t bundle, const unsigned char **hashes,
                                 struct problem *why);
/* What the bundle hashed to as a file when it was written; NULL: not known. */
CS_MUST_USE int log_proof_sum(struct log_proof *p, const struct cs_tile *bundle,
                              const struct cs_hash **sum, struct problem *why);
/* A tile made again from what stands below it, until the next call. -1: that is damaged too. */
CS_MUST_USE int log_proof_rebuild(struct log_proof *p, const struct cs_tile *tile,
                                  struct cs_span *bytes);

/* The root that the log had when it had `size` entries, at most those of `held`, to whose root the tiles
 * must lead: "log_file_damaged" if they do not, so that no flipped bit is taken for another history. */
CS_MUST_USE int log_root_at(const char *home, const char *origin, const struct cs_range *held,
                            uint64_t size, struct cs_hash *root, struct problem *why);
/* The hashes that cs_merkle_prefix_root takes, 0 < old_size < size <= held. */
CS_MUST_USE int log_prove_prefix(const char *home, const char *origin, uint64_t held,
                                 uint64_t old_size, uint64_t size,
                                 struct cs_hash hash[CS_PROOF_MAX + 1], size_t *count,
                                 struct problem *why);

/* Removes the partial files of the right edge at `old` that the edges at `keep_a` and `keep_b` do not
 * share. Best effort: what stays behind costs only space. */
void log_forget_edge(const char *home, const char *origin, uint64_t old, uint64_t keep_a,
                     uint64_t keep_b);
/* Removes bundles that a publication which was cut off left beyond `size`; the edges at `size` and
 * `previous` stay. */
void log_remove_beyond(const char *home, const char *origin, uint64_t size, uint64_t previous);

#endif
