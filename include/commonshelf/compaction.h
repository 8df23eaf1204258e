/*
 * Which entries of a log live on in its next epoch: the function that its publisher and everybody who
 * holds the log compute alike, so that the next epoch's root can be verified without being sent its
 * entries. SPEC.md §11. Reads no files.
 */
#ifndef COMMONSHELF_COMPACTION_H
#define COMMONSHELF_COMPACTION_H

#include <commonshelf/entry.h>

#ifdef __cplusplus
extern "C" {
#endif

struct cs_compaction;

/* For the log of one epoch. `alloc` NULL: malloc. NULL when there is no memory. */
CS_API struct cs_compaction *cs_compaction_new(uint64_t epoch, const struct cs_allocator *alloc);
CS_API void cs_compaction_free(struct cs_compaction *c);
/* The next place of the log, from index 0 on, every one in order. About 40 bytes of memory for each
 * entry that names a record. CS_NO_MEMORY. */
CS_MUST_USE CS_API enum cs_status cs_compaction_add(struct cs_compaction *c,
                                                    const struct cs_bundle_item *item);
/*
 * After the last: the indexes of the entries that live, in order; they stay the compaction's. An entry
 * lives when it is a P whose id and rev can be read, nothing redacted it, and of all P and D entries
 * of that id whose bytes count it is the first with the highest rev.
 */
CS_API void cs_compaction_live(struct cs_compaction *c, const uint64_t **index, size_t *n);

#ifdef __cplusplus
}
#endif
#endif
