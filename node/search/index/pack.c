#include "search/index/pack.h"

#include <string.h>

#define LANES 4
#define ROWS (PACK_N / LANES)
#define WORD 32

typedef uint32_t lanes __attribute__((vector_size(LANES * sizeof(uint32_t))));

static inline lanes load(const void *p)
{
    lanes v;

    memcpy(&v, p, sizeof v);
    return v;
}

static inline void store(void *p, lanes v)
{
    memcpy(p, &v, sizeof v);
}

unsigned pack_width(const uint32_t v[PACK_N])
{
    lanes all = {0};
    uint32_t any;

    for (size_t i = 0; i < PACK_N; i += LANES)
        all |= load(v + i);
    any = all[0] | all[1] | all[2] | all[3];
    return any ? WORD - (unsigned)__builtin_clz(any) : 0;
}

void pack_write(unsigned char *out, const uint32_t v[PACK_N], unsigned width)
{
    lanes word = {0};
    unsigned bit = 0;

    if (width == 0)
        return;
    for (size_t row = 0; row < ROWS; row++) {
        lanes number = load(v + row * LANES);

        word |= number << bit;
        bit += width;
        if (bit < WORD)
            continue;
        store(out, word);
        out += sizeof word;
        bit -= WORD;
        /* What the full word had no room for. A shift by 32 has no meaning in C. */
        word = bit ? number >> (width - bit) : (lanes){0};
    }
}

/* With `width` known to the compiler the loop is laid out flat, without a branch. */
static inline __attribute__((always_inline)) void read_width(const unsigned char *in,
                                                             unsigned width, uint32_t *v)
{
    const uint32_t mask = width < WORD ? (1u << width) - 1 : UINT32_MAX;
    lanes word = load(in);
    unsigned bit = 0;

#pragma GCC unroll 32
    for (size_t row = 0; row < ROWS; row++) {
        lanes number = word >> bit;

        bit += width;
        if (bit >= WORD && row + 1 < ROWS) {
            in += sizeof word;
            word = load(in);
            bit -= WORD;
            if (bit > 0)
                number |= word << (width - bit);
        }
        store(v + row * LANES, number & mask);
    }
}

#define ONE(w)                                                                                     \
    case w:                                                                                        \
        read_width(in, w, v);                                                                      \
        return;
#define FOUR(w) ONE(w) ONE(w + 1) ONE(w + 2) ONE(w + 3)

void pack_read(const unsigned char *in, unsigned width, uint32_t v[PACK_N])
{
    switch (width) {
        FOUR(1)
        FOUR(5)
        FOUR(9)
        FOUR(13)
        FOUR(17)
        FOUR(21)
        FOUR(25)
        FOUR(29)
    default:
        memset(v, 0, PACK_N * sizeof *v);
    }
}

void pack_sum(uint32_t v[PACK_N], uint32_t base)
{
    lanes carry = {base, base, base, base};
    const lanes one = {1, 1, 1, 1}, zero = {0};

    for (size_t row = 0; row < ROWS; row++) {
        lanes x = load(v + row * LANES) + one;

        x += __builtin_shufflevector(zero, x, 0, 4, 5, 6);
        x += __builtin_shufflevector(zero, x, 0, 1, 4, 5);
        x += carry;
        store(v + row * LANES, x);
        carry = __builtin_shufflevector(x, x, 3, 3, 3, 3);
    }
}
