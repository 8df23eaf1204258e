/*
 * .cshb: frames behind a magic line, for the bodies of hello and later for USB sticks. Frames are
 * type(1) length(u32 big-endian) data. What a frame says is for other modules. SPEC.md §8.
 */
#ifndef COMMONSHELF_FRAMES_H
#define COMMONSHELF_FRAMES_H

#include <commonshelf/base.h>
#include <commonshelf/limits.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CS_FRAMES_TYPE "application/vnd.commonshelf.bundle"

enum cs_frame {
    CS_FRAME_KEYSET = 'K',
    CS_FRAME_PROFILE = 'F',
    CS_FRAME_HELLO = 'I',
    CS_FRAME_END = 'Z',
};

CS_API void cs_frames_begin(struct cs_buffer *out);
CS_API void cs_frames_add(struct cs_buffer *out, enum cs_frame type, struct cs_span data);
CS_API void cs_frames_end(struct cs_buffer *out);

/* Takes the magic line off `rest`. */
CS_MUST_USE CS_API enum cs_status cs_frames_open(struct cs_span *rest);
/* Takes the next frame. After CS_FRAME_END nothing may follow: CS_MALFORMED. Unknown types are the
 * caller's to refuse. */
CS_MUST_USE CS_API enum cs_status cs_frames_next(struct cs_span *rest, unsigned char *type,
                                                 struct cs_span *data);

#ifdef __cplusplus
}
#endif
#endif
