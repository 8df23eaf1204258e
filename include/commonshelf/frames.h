/*
 * .cshb: frames behind a magic line, for the bodies of hello and for files of logs on a USB stick. Frames
 * are type(1) length(u32 big-endian) data. What a frame says is for other modules. SPEC.md §8.
 */
#ifndef COMMONSHELF_FRAMES_H
#define COMMONSHELF_FRAMES_H

#include <commonshelf/base.h>
#include <commonshelf/limits.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CS_FRAMES_TYPE "application/vnd.commonshelf.bundle"

#define CS_FRAME_FILE_EXTENSION ".cshb"

enum cs_frame {
    CS_FRAME_KEYSET = 'K',
    CS_FRAME_PROFILE = 'F',
    CS_FRAME_CHECKPOINT = 'C',
    CS_FRAME_CHARTER = 'V',
    CS_FRAME_ENTRIES = 'E', /* index of the first (8 bytes), then a bundle as it is stored */
    CS_FRAME_HASHES = 'H',
    CS_FRAME_TILE = 'T', /* level (1 byte), index (8 bytes), then its hashes */
    CS_FRAME_HELLO = 'I',
    CS_FRAME_MESSAGE = 'M',
    CS_FRAME_END = 'Z',
};

#define CS_FRAME_HEAD 5 /* type, and the length as four bytes */
/* The most bytes that a frame of this type holds; false when this version knows no such type. */
CS_API bool cs_frame_limit(unsigned char type, uint32_t *max);

/* ---- in memory */

CS_API void cs_frames_begin(struct cs_buffer *out);
CS_API void cs_frames_add(struct cs_buffer *out, enum cs_frame type, struct cs_span data);
CS_API void cs_frames_end(struct cs_buffer *out);

/* Takes the magic line off `rest`. */
CS_MUST_USE CS_API enum cs_status cs_frames_open(struct cs_span *rest);
/* Takes the next frame. After CS_FRAME_END nothing may follow: CS_MALFORMED. Unknown types are the
 * caller's to refuse. */
CS_MUST_USE CS_API enum cs_status cs_frames_next(struct cs_span *rest, unsigned char *type,
                                                 struct cs_span *data);

/*
 * ---- files of logs, larger than memory: walked by the first bytes of each frame
 *
 * One section for each node: K…, F, V…, then each log as C, T…, E…, then M…. The walk refuses what
 * stands anywhere else, so that nothing is looked at before what must verify it.
 */
#define CS_FRAMES_MAGIC 6
#define CS_FRAME_LOOK (CS_FRAME_HEAD + 9) /* the head, and the numbers that E and T begin with */

struct cs_frame_place {
    unsigned char type;
    uint64_t offset; /* in the file, of the note, bundle or hashes */
    uint32_t length; /* of those, without the numbers before them */
    uint64_t index; /* of E: of its first entry, a multiple of 256; of T: of the tile */
    int level; /* of T */
};

struct cs_frame_walk {
    uint64_t offset; /* of the next frame */
    uint64_t size; /* of the file */
    uint64_t entries; /* the least index that the next E may have */
    unsigned char last; /* type of the frame before; 0 at the start */
};

/* `start` are the file's first bytes, CS_FRAMES_MAGIC of them if it has so many. CS_MALFORMED when it
 * begins in another way. */
CS_MUST_USE CS_API enum cs_status cs_frame_walk_begin(struct cs_frame_walk *walk,
                                                      struct cs_span start, uint64_t size);
/*
 * `look` are the file's bytes at walk->offset: CS_FRAME_LOOK of them, or all that are left. The end is
 * told by out->type CS_FRAME_END. CS_CUT_OFF when the file ends before, CS_TOO_LARGE for a length over
 * the frame's limit, CS_MALFORMED for an unknown type, a place or number that is wrong, and bytes
 * behind the end.
 */
CS_MUST_USE CS_API enum cs_status
cs_frame_walk_next(struct cs_frame_walk *walk, struct cs_span look, struct cs_frame_place *out);
/* The inverse: writes the head, and of E and T the numbers, of a frame of place->length bytes behind
 * them. Returns how many bytes that are. */
CS_API size_t cs_frame_place_write(const struct cs_frame_place *place,
                                   unsigned char out[CS_FRAME_LOOK]);

#ifdef __cplusplus
}
#endif
#endif
