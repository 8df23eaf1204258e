/*
 * 128 numbers in as many bits each as the largest of them needs, laid out for vector registers: number i
 * stands in lane i % 4, and each lane is a little-endian run of 32-bit words. Four words, one of each lane,
 * lie together, so that four numbers are read at once. Knows nothing of documents. Inside search/index/ only.
 *
 * The layout is that of Lemire and Boytsov, "Decoding billions of integers per second through
 * vectorization" (2015), section 4.
 */
#ifndef SEARCH_INDEX_PACK_H
#define SEARCH_INDEX_PACK_H

#include <stddef.h>
#include <stdint.h>

#define PACK_N 128
#define PACK_WIDTH_MAX 32

/* Bits that the largest needs: 0 when all are 0. */
unsigned pack_width(const uint32_t v[PACK_N]);
/* Bytes of PACK_N numbers of `width` bits. */
static inline size_t pack_bytes(unsigned width)
{
    return (size_t)width * (PACK_N / 8);
}
/* Writes pack_bytes(width) bytes. */
void pack_write(unsigned char *out, const uint32_t v[PACK_N], unsigned width);
/* Reads pack_bytes(width) bytes; width <= PACK_WIDTH_MAX. */
void pack_read(const unsigned char *in, unsigned width, uint32_t v[PACK_N]);
/*
 * v[i] becomes base + v[0] + … + v[i] + i + 1: the numbers whose distances, each less one, were packed.
 * Wraps around; the caller knows from the last one and the width whether it did.
 */
void pack_sum(uint32_t v[PACK_N], uint32_t base);

#endif
