/*
 * gzip by zlib, with bounds on what a stranger's bytes may become.
 */
#include <commonshelf/gzip.h>

#include <limits.h>
#include <zlib.h>

#define GZIP_FORMAT (15 + 16) /* zlib's way to say: 32 KiB window, gzip header and trailer */
#define GZIP_MEMORY 8 /* zlib's default */
#define GZIP_OS_UNKNOWN 255 /* RFC 1952: so that the bytes don't name the system that made them */
#define STEP 65536 /* bytes of room at a time, and how late a bomb may be noticed */
#define RATIO_MAX 200 /* honest bundles stay under 100 */
#define RATIO_FREE (1u << 20) /* output that is never judged by its ratio */
#define INPUT_MAX (UINT_MAX / 2) /* zlib counts in unsigned int */

/* zlib's memory comes from where the buffer's comes from. */
static void *zlib_allocate(void *opaque, uInt items, uInt size)
{
    const struct cs_allocator *alloc = (const struct cs_allocator *)opaque;
    size_t n;

    if (__builtin_mul_overflow((size_t)items, (size_t)size, &n))
        return Z_NULL;
    return alloc->resize(alloc->ctx, NULL, n);
}

static void zlib_release(void *opaque, void *p)
{
    const struct cs_allocator *alloc = (const struct cs_allocator *)opaque;

    alloc->release(alloc->ctx, p);
}

static void stream_init(z_stream *z, const struct cs_allocator *alloc, struct cs_span in)
{
    memset(z, 0, sizeof(*z));
    if (alloc) {
        z->zalloc = zlib_allocate;
        z->zfree = zlib_release;
        z->opaque = (void *)(uintptr_t)alloc;
    }
    z->next_in = (z_const Bytef *)(uintptr_t)in.p;
    z->avail_in = (uInt)in.n;
}

static enum cs_status status_of(int rc)
{
    return rc == Z_MEM_ERROR ? CS_NO_MEMORY : CS_INTERNAL;
}

enum cs_status cs_gzip(struct cs_span raw, struct cs_buffer *out)
{
    gz_header header = {.os = GZIP_OS_UNKNOWN};
    z_stream z;
    uLong bound;
    unsigned char *room;
    int rc;

    if (raw.n > INPUT_MAX)
        return CS_TOO_LARGE;
    stream_init(&z, out->alloc, raw);
    rc = deflateInit2(&z, 6, Z_DEFLATED, GZIP_FORMAT, GZIP_MEMORY, Z_DEFAULT_STRATEGY);
    if (rc != Z_OK)
        return status_of(rc);

    rc = deflateSetHeader(&z, &header);
    bound = deflateBound(&z, (uLong)raw.n);
    room = rc == Z_OK && bound <= UINT_MAX ? cs_buffer_reserve(out, bound) : NULL;
    if (room) {
        z.next_out = room;
        z.avail_out = (uInt)bound;
        rc = deflate(&z, Z_FINISH);
    }
    (void)deflateEnd(&z);
    if (!room)
        return out->failed ? CS_NO_MEMORY : CS_INTERNAL;
    if (rc != Z_STREAM_END)
        return status_of(rc);
    out->n += z.total_out;
    return CS_OK;
}

static bool is_bomb(const z_stream *z)
{
    return z->total_out > RATIO_FREE && z->total_out / RATIO_MAX > z->total_in;
}

/*
 * Inflates until the member's end. Once `max` bytes are out, one byte of scratch room tells an end
 * from an excess.
 */
static enum cs_status inflate_member(z_stream *z, size_t max, struct cs_buffer *out)
{
    unsigned char excess;
    size_t produced = 0;

    for (;;) {
        size_t room = max - produced < STEP ? max - produced : STEP;
        unsigned char *to = room ? cs_buffer_reserve(out, room) : &excess;
        int rc;

        if (!to)
            return CS_NO_MEMORY;
        z->next_out = to;
        z->avail_out = room ? (uInt)room : 1;
        rc = inflate(z, Z_NO_FLUSH);
        if (room == 0 && z->avail_out == 0)
            return CS_TOO_LARGE;
        if (room) {
            size_t got = room - z->avail_out;

            out->n += got;
            produced += got;
        }
        if (rc == Z_STREAM_END)
            return z->avail_in == 0 ? CS_OK : CS_MALFORMED;
        if (rc == Z_MEM_ERROR)
            return CS_NO_MEMORY;
        /* Z_BUF_ERROR with room left means that the input ended too early. */
        if (rc != Z_OK || (z->avail_in == 0 && z->avail_out != 0))
            return CS_MALFORMED;
        if (is_bomb(z))
            return CS_TOO_LARGE;
    }
}

enum cs_status cs_gunzip(struct cs_span gz, size_t max, struct cs_buffer *out)
{
    size_t before = out->n;
    enum cs_status status;
    z_stream z;
    int rc;

    if (gz.n > INPUT_MAX)
        return CS_TOO_LARGE;
    stream_init(&z, out->alloc, gz);
    rc = inflateInit2(&z, GZIP_FORMAT);
    if (rc != Z_OK)
        return status_of(rc);
    status = inflate_member(&z, max, out);
    (void)inflateEnd(&z);
    if (status)
        out->n = before;
    return status;
}
