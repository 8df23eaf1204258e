#include "search/index/postings.h"

#include "search/index/bytes.h"
#include "search/index/pack.h"

#define NONE UINT32_MAX

/* ---- one block */

/* Ends the walk where bytes have no meaning: such a block holds nothing. */
static void read_nothing(struct postings *p)
{
    p->n = 0;
    p->deep = true;
}

static uint32_t block_base(const struct postings *p, uint32_t block)
{
    return block > 0 ? bytes_u32(p->last + 4 * (size_t)(block - 1)) + 1 : 0;
}

static void read_full(struct postings *p, uint32_t block)
{
    size_t from = bytes_u32(p->offset + 4 * (size_t)block);
    size_t to = bytes_u32(p->offset + 4 * (size_t)(block + 1));
    const unsigned char *at = p->blocks + from;
    uint32_t last = bytes_u32(p->last + 4 * (size_t)block);
    unsigned width;

    if (to > (size_t)(p->end - p->blocks) || from + SEGMENT_HEAD > to || last >= p->s->documents ||
        (width = at[0]) > 24 || to - from - SEGMENT_HEAD < pack_bytes(width)) {
        read_nothing(p);
        return;
    }
    pack_read(at + SEGMENT_HEAD, width, p->documents);
    /* base + 128 * 2^24 can't wrap around, so that all are in order and none is beyond the last. */
    pack_sum(p->documents, block_base(p, block) - 1);
    if (p->documents[SEGMENT_BLOCK - 1] != last) {
        read_nothing(p);
        return;
    }
    p->n = SEGMENT_BLOCK;
    p->payload = at;
    p->block_end = p->blocks + to;
    p->deep = false;
}

static score_bytes frequency(uint32_t less_one, unsigned f)
{
    return (less_one < SEGMENT_TF_MAX ? less_one + 1 : SEGMENT_TF_MAX) << 8 * f;
}

/* The rest is read whole: it is less than a block. */
static void read_rest(struct postings *p)
{
    const unsigned char *at = p->blocks, *end = p->end;
    uint32_t document = block_base(p, p->full);

    if (p->full > 0)
        at += bytes_u32(p->offset + 4 * (size_t)p->full);
    if (at > end)
        at = end;
    p->n = 0;
    for (unsigned i = 0; i < p->rest && at < end; i++) {
        uint32_t distance = bytes_varint(&at, end), code = bytes_varint(&at, end);

        if (distance >= p->s->documents - document)
            break;
        p->documents[i] = document += distance;
        document++;
        p->tf[i] = code & 1 ? 0 : frequency(code >> 3, code >> 1 & 3);
        for (unsigned f = 0; code & 1 && f < SCORE_FIELDS; f++)
            if (code >> (f + 1) & 1)
                p->tf[i] |= frequency(bytes_varint(&at, end), f);
        p->n++;
    }
    p->positions = at;
    p->block_end = end;
    p->deep = true;
}

/* ---- what is read of a full block only when it is asked for */

/* A frequency in one field, of all 128: by far the most frequent form. */
static void read_one_field(struct postings *p, const unsigned char *at, unsigned field,
                           unsigned width)
{
    const uint32_t mask = (1u << width) - 1;
    uint64_t word = 0;
    unsigned bits = 0;

    for (unsigned i = 0; i < SEGMENT_BLOCK; i++) {
        for (; bits < width; bits += 8)
            word |= (uint64_t)*at++ << bits;
        p->tf[i] = frequency((uint32_t)word & mask, field);
        word >>= width;
        bits -= width;
    }
}

static void read_fields(struct postings *p, const unsigned char *masks, const unsigned char *at,
                        unsigned all, unsigned width)
{
    const uint32_t low = (1u << width) - 1;
    uint64_t word = 0;
    unsigned bits = 0;

    for (unsigned i = 0; i < SEGMENT_BLOCK; i++) {
        unsigned mask = masks ? masks[i / 2] >> (i % 2 * SEGMENT_MASK_BITS) & SEGMENT_MASK : all;

        p->tf[i] = 0;
        for (; mask; mask &= mask - 1) {
            for (; bits < width; bits += 8)
                word |= (uint64_t)*at++ << bits;
            p->tf[i] |= frequency((uint32_t)word & low, (unsigned)__builtin_ctz(mask));
            word >>= width;
            bits -= width;
        }
    }
}

static size_t frequencies(const unsigned char *masks, unsigned all)
{
    size_t n = 0;

    if (!masks)
        return (size_t)SEGMENT_BLOCK * (unsigned)__builtin_popcount(all);
    for (size_t i = 0; i < SEGMENT_BLOCK / 2; i += 8)
        n += (unsigned)__builtin_popcountll(bytes_u64(masks + i));
    return n;
}

static void read_payload(struct postings *p)
{
    const unsigned char *head = p->payload, *at = head + SEGMENT_HEAD + pack_bytes(head[0]);
    const unsigned char *masks = NULL;
    unsigned all = head[1] & SEGMENT_MASK, width = head[1] >> SEGMENT_MASK_BITS;
    size_t bytes;

    p->deep = true;
    if (all == 0 && p->block_end - at >= SEGMENT_BLOCK / 2) {
        masks = at;
        at += SEGMENT_BLOCK / 2;
    }
    bytes = (frequencies(masks, all) * width + 7) / 8;
    if (bytes > (size_t)(p->block_end - at)) {
        memset(p->tf, 0, sizeof p->tf);
        p->positions = p->block_end;
        return;
    }
    if (all && (all & (all - 1)) == 0)
        read_one_field(p, at, (unsigned)__builtin_ctz(all), width);
    else
        read_fields(p, masks, at, all, width);
    p->positions = at + bytes;
}

/* ---- walking */

void postings_open(struct postings *p, const struct segment *s, const struct term *term,
                   const struct scoring *scoring)
{
    size_t bytes = (size_t)(term->end - term->p), tables;

    p->s = s;
    p->scoring = scoring;
    p->rest_max = -1;
    p->document = NO_DOCUMENT;
    p->begun = false;
    p->full = term->df / SEGMENT_BLOCK;
    p->rest = term->df % SEGMENT_BLOCK;
    p->blocks = term->p;
    p->end = term->end;
    p->block = NONE;
    p->shallow = 0;
    p->n = p->i = 0;
    if (p->full == 0)
        return;
    tables = (size_t)p->full * 9 + 5;
    if (tables > bytes) {
        p->full = p->rest = 0;
        return;
    }
    p->last = term->p;
    p->offset = p->last + 4 * (size_t)p->full;
    p->max = p->offset + 4 * (size_t)(p->full + 1);
    p->blocks = term->p + tables;
}

static uint32_t blocks_of(const struct postings *p)
{
    return p->full + (p->rest > 0);
}

/* The first block from `block` on that reaches to the target; by leaps, since it is often near. */
static uint32_t block_for(const struct postings *p, uint32_t block, uint32_t target)
{
    uint32_t leap = 1, low, high;

    if (block >= p->full || bytes_u32(p->last + 4 * (size_t)block) >= target)
        return block;
    low = block;
    while (low + leap < p->full && bytes_u32(p->last + 4 * (size_t)(low + leap)) < target) {
        low += leap;
        leap *= 2;
    }
    /* last[low] < target; high reaches to it or is beyond the full ones. */
    high = low + leap < p->full ? low + leap : p->full;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;

        if (bytes_u32(p->last + 4 * (size_t)middle) < target)
            low = middle;
        else
            high = middle;
    }
    return high;
}

static void enter(struct postings *p, uint32_t block)
{
    p->block = block;
    p->i = 0;
    if (block < p->full)
        read_full(p, block);
    else
        read_rest(p);
}

static uint32_t find_in_block(const struct postings *p, uint32_t target)
{
    uint32_t i = p->i, step;

    /* Near, most often; else halve. */
    for (step = 0; step < 4 && i < p->n; step++, i++)
        if (p->documents[i] >= target)
            return i;
    for (uint32_t high = p->n; i < high;) {
        uint32_t middle = (i + high) / 2;

        if (p->documents[middle] < target)
            i = middle + 1;
        else
            high = middle;
    }
    return i;
}

uint32_t postings_seek(struct postings *p, uint32_t target)
{
    uint32_t block = p->block;

    if (p->begun && p->document >= target)
        return p->document;
    p->begun = true;
    if (block == NONE)
        enter(p, block = block_for(p, 0, target));
    for (;;) {
        if (block >= blocks_of(p))
            return p->document = NO_DOCUMENT;
        p->i = find_in_block(p, target);
        if (p->i < p->n)
            return p->document = p->documents[p->i];
        block = block_for(p, block + 1, target);
        if (block >= blocks_of(p)) {
            p->block = block;
            return p->document = NO_DOCUMENT;
        }
        enter(p, block);
    }
}

score_bytes postings_tf(struct postings *p)
{
    if (!p->deep)
        read_payload(p);
    return p->tf[p->i];
}

float postings_x(struct postings *p)
{
    score_bytes tf = postings_tf(p);

    return score_x(p->scoring->table, tf, p->s->lengths[p->document]);
}

/* ---- bounds */

/* A term without a full block has no maxima in the file: it is soon read. */
static float rest_bound(struct postings *p)
{
    if (p->rest_max >= 0)
        return p->rest_max;
    p->rest_max = 0;
    if (p->block == NONE)
        enter(p, 0);
    for (unsigned i = 0; i < p->n; i++) {
        float x = score_x(p->scoring->table, p->tf[i], p->s->lengths[p->documents[i]]);
        if (x > p->rest_max)
            p->rest_max = x;
    }
    return p->rest_max;
}

float postings_bound(struct postings *p, uint32_t target, uint32_t *last)
{
    p->shallow = block_for(p, p->shallow, target);
    if (p->shallow >= blocks_of(p)) {
        *last = NO_DOCUMENT;
        return 0;
    }
    *last = p->shallow < p->full ? bytes_u32(p->last + 4 * (size_t)p->shallow) : NO_DOCUMENT;
    return p->full > 0 ? score_max(p->max[p->shallow]) * p->scoring->slack : rest_bound(p);
}

float postings_bound_all(struct postings *p)
{
    unsigned char max = 0;

    if (p->full == 0)
        return p->rest > 0 ? rest_bound(p) : 0;
    for (uint32_t i = 0; i < blocks_of(p); i++)
        if (p->max[i] > max)
            max = p->max[i];
    return score_max(max) * p->scoring->slack;
}

static uint32_t places(score_bytes tf)
{
    return (tf & 0xFF) + (tf >> 8 & 0xFF) + (tf >> 16 & 0xFF) + (tf >> 24);
}

void postings_positions(struct postings *p, uint32_t *position, size_t room,
                        uint32_t from[SCORE_FIELDS + 1])
{
    score_bytes tf = postings_tf(p);
    const unsigned char *at = p->positions;
    uint32_t skip = 0;
    size_t n = 0;

    for (unsigned i = 0; i < p->i; i++)
        skip += places(p->tf[i]);
    for (; skip > 0 && at < p->block_end; at++)
        skip -= !(*at & 0x80);
    for (unsigned f = 0; f < SCORE_FIELDS; f++) {
        uint32_t count = tf >> 8 * f & 0xFF, place = 0;

        from[f] = (uint32_t)n;
        for (; count > 0 && n < room && at < p->block_end; count--)
            position[n++] = place += bytes_varint(&at, p->block_end);
    }
    from[SCORE_FIELDS] = (uint32_t)n;
}
