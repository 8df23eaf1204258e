/*
 * The frames of a .cshb body.
 */
#include <commonshelf/frames.h>

#include <assert.h>

static const char magic[] = "CSHB1\n";
#define MAGIC_LEN (sizeof(magic) - 1)

void cs_frames_begin(struct cs_buffer *out)
{
    cs_buffer_add(out, magic, MAGIC_LEN);
}

void cs_frames_add(struct cs_buffer *out, enum cs_frame type, struct cs_span data)
{
    const unsigned char head[CS_FRAME_HEAD] = {
        (unsigned char)type,          (unsigned char)(data.n >> 24), (unsigned char)(data.n >> 16),
        (unsigned char)(data.n >> 8), (unsigned char)data.n,
    };

    assert(data.n <= UINT32_MAX);
    cs_buffer_add(out, head, sizeof(head));
    cs_buffer_add_span(out, data);
}

void cs_frames_end(struct cs_buffer *out)
{
    cs_frames_add(out, CS_FRAME_END, cs_span_make(NULL, 0));
}

enum cs_status cs_frames_open(struct cs_span *rest)
{
    if (rest->n < MAGIC_LEN || memcmp(rest->p, magic, MAGIC_LEN) != 0)
        return CS_MALFORMED;
    rest->p += MAGIC_LEN;
    rest->n -= MAGIC_LEN;
    return CS_OK;
}

enum cs_status cs_frames_next(struct cs_span *rest, unsigned char *type, struct cs_span *data)
{
    uint32_t length;

    if (rest->n < CS_FRAME_HEAD)
        return CS_MALFORMED;
    length = (uint32_t)rest->p[1] << 24 | (uint32_t)rest->p[2] << 16 | (uint32_t)rest->p[3] << 8 |
             (uint32_t)rest->p[4];
    if (length > rest->n - CS_FRAME_HEAD)
        return CS_MALFORMED;
    if (rest->p[0] == CS_FRAME_END && rest->n != CS_FRAME_HEAD)
        return CS_MALFORMED;
    *type = rest->p[0];
    *data = cs_span_make(rest->p + CS_FRAME_HEAD, length);
    rest->p += CS_FRAME_HEAD + length;
    rest->n -= CS_FRAME_HEAD + length;
    return CS_OK;
}
