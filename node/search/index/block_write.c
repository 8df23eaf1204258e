#include "search/index/block_write.h"

#include "search/index/bytes.h"
#include "search/index/pack.h"

struct block_writer {
    /* postings of the block that is not full yet */
    uint32_t distance[SEGMENT_BLOCK]; /* from the document before, less one */
    uint32_t tf[SEGMENT_BLOCK][SCORE_FIELDS];
    unsigned char mask[SEGMENT_BLOCK];
    size_t n;
    float max;
    uint32_t next; /* the first document that can come */
    struct cs_buffer positions;
    /* the blocks that are */
    struct cs_buffer blocks;
    struct cs_buffer last, offset, maxima; /* a number, a number, a byte for each */
    struct cs_buffer whole;
};

struct block_writer *block_writer_new(struct problem *why)
{
    struct block_writer *b = memory_new(sizeof *b);

    if (!b) {
        problem_no_memory(why);
        return NULL;
    }
    b->positions.alloc = b->blocks.alloc = b->last.alloc = b->offset.alloc = b->maxima.alloc =
        b->whole.alloc = memory_allocator();
    return b;
}

void block_writer_free(struct block_writer *b)
{
    if (!b)
        return;
    cs_buffer_free(&b->positions);
    cs_buffer_free(&b->blocks);
    cs_buffer_free(&b->last);
    cs_buffer_free(&b->offset);
    cs_buffer_free(&b->maxima);
    cs_buffer_free(&b->whole);
    memory_free(b);
}

static void add_positions(struct block_writer *b, const struct posting *p)
{
    const uint32_t *position = p->position;

    for (unsigned f = 0; f < SCORE_FIELDS; f++) {
        uint32_t before = 0;
        for (uint32_t i = 0; i < p->tf[f]; i++, position++) {
            bytes_add_varint(&b->positions, *position - before);
            before = *position;
        }
    }
}

/* ---- full blocks */

/* All tf of the block less one, in as few bits each as the greatest needs, the lowest bits first. */
static void add_frequencies(struct block_writer *b, unsigned width)
{
    uint64_t word = 0;
    unsigned bits = 0;

    if (width == 0)
        return;
    for (size_t i = 0; i < SEGMENT_BLOCK; i++)
        for (unsigned f = 0; f < SCORE_FIELDS; f++) {
            if (b->tf[i][f] == 0)
                continue;
            word |= (uint64_t)(b->tf[i][f] - 1) << bits;
            for (bits += width; bits >= 8; bits -= 8, word >>= 8)
                cs_buffer_add_byte(&b->blocks, (unsigned char)word);
        }
    if (bits > 0)
        cs_buffer_add_byte(&b->blocks, (unsigned char)word);
}

static unsigned frequency_width(const struct block_writer *b)
{
    uint32_t any = 0;

    for (size_t i = 0; i < SEGMENT_BLOCK; i++)
        for (unsigned f = 0; f < SCORE_FIELDS; f++)
            any |= b->tf[i][f] ? b->tf[i][f] - 1 : 0;
    return any ? 32 - (unsigned)__builtin_clz(any) : 0;
}

static void add_masks(struct block_writer *b, bool same)
{
    for (size_t i = 0; !same && i < SEGMENT_BLOCK; i += 2)
        cs_buffer_add_byte(&b->blocks,
                           (unsigned char)(b->mask[i] | b->mask[i + 1] << SEGMENT_MASK_BITS));
}

static void end_block(struct block_writer *b)
{
    unsigned width = pack_width(b->distance), tf_width = frequency_width(b);
    bool same = true;
    unsigned char *packed;

    for (size_t i = 1; i < SEGMENT_BLOCK; i++)
        same = same && b->mask[i] == b->mask[0];
    bytes_add_u32(&b->last, b->next - 1);
    bytes_add_u32(&b->offset, (uint32_t)b->blocks.n);
    cs_buffer_add_byte(&b->maxima, score_max_byte(b->max));
    cs_buffer_add_byte(&b->blocks, (unsigned char)width);
    cs_buffer_add_byte(&b->blocks,
                       (unsigned char)((same ? b->mask[0] : 0) | tf_width << SEGMENT_MASK_BITS));
    if ((packed = cs_buffer_reserve(&b->blocks, pack_bytes(width) + 1))) {
        pack_write(packed, b->distance, width);
        b->blocks.n += pack_bytes(width);
    }
    add_masks(b, same);
    add_frequencies(b, tf_width);
    cs_buffer_add_span(&b->blocks, cs_buffer_span(&b->positions));
    cs_buffer_reset(&b->positions);
    b->n = 0;
    b->max = 0;
}

int block_writer_add(struct block_writer *b, const struct posting *p,
                     const struct score_table *table, score_bytes lengths, struct problem *why)
{
    score_bytes tf = 0;
    unsigned mask = 0;
    float x;

    for (unsigned f = 0; f < SCORE_FIELDS; f++) {
        b->tf[b->n][f] = p->tf[f];
        mask |= (unsigned)(p->tf[f] > 0) << f;
        tf |= (p->tf[f] < SCORE_TF_MAX ? p->tf[f] : SCORE_TF_MAX) << 8 * f;
    }
    b->mask[b->n] = (unsigned char)mask;
    b->distance[b->n++] = p->document - b->next;
    b->next = p->document + 1;
    x = score_x(table, tf, lengths);
    if (x > b->max)
        b->max = x;
    add_positions(b, p);
    if (b->n == SEGMENT_BLOCK)
        end_block(b);
    return b->blocks.failed || b->positions.failed ? problem_no_memory(why) : 0;
}

/* ---- what is left over: varints, one posting after the other, then the places of all of them */

static void add_code(struct cs_buffer *out, unsigned mask, const uint32_t tf[SCORE_FIELDS])
{
    unsigned f = (unsigned)__builtin_ctz(mask);

    if ((mask & (mask - 1)) == 0) {
        bytes_add_varint(out, (uint64_t)(tf[f] - 1) << 3 | f << 1);
        return;
    }
    bytes_add_varint(out, mask << 1 | 1);
    for (f = 0; f < SCORE_FIELDS; f++)
        if (tf[f])
            bytes_add_varint(out, tf[f] - 1);
}

static void end_rest(struct block_writer *b)
{
    if (b->last.n > 0) {
        bytes_add_u32(&b->offset, (uint32_t)b->blocks.n);
        cs_buffer_add_byte(&b->maxima, score_max_byte(b->max));
    }
    for (size_t i = 0; i < b->n; i++) {
        bytes_add_varint(&b->blocks, b->distance[i]);
        add_code(&b->blocks, b->mask[i], b->tf[i]);
    }
    cs_buffer_add_span(&b->blocks, cs_buffer_span(&b->positions));
}

struct cs_span block_writer_end(struct block_writer *b)
{
    struct cs_buffer *w = &b->whole;
    bool failed;

    end_rest(b);
    cs_buffer_reset(w);
    cs_buffer_add_span(w, cs_buffer_span(&b->last));
    cs_buffer_add_span(w, cs_buffer_span(&b->offset));
    cs_buffer_add_span(w, cs_buffer_span(&b->maxima));
    cs_buffer_add_span(w, cs_buffer_span(&b->blocks));
    failed = w->failed || b->last.failed || b->offset.failed || b->maxima.failed ||
             b->blocks.failed || b->positions.failed;
    cs_buffer_reset(&b->last);
    cs_buffer_reset(&b->offset);
    cs_buffer_reset(&b->maxima);
    cs_buffer_reset(&b->blocks);
    cs_buffer_reset(&b->positions);
    b->n = 0;
    b->max = 0;
    b->next = 0;
    return failed ? cs_span_make(NULL, 0) : cs_buffer_span(w);
}
