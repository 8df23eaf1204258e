#include "store/page_sum.h"

#include <string.h>

#define WORDS ((PAGE_BYTES - PAGE_SUM) / 8)

/* Each step is a bijection of `h` for a given word, and of the word for a given `h`. */
static uint64_t sum(const unsigned char *page, uint64_t number)
{
    uint64_t h = number * 0x9E3779B97F4A7C15u + 1, word;

    for (int i = 0; i < WORDS; i++) {
        memcpy(&word, page + 8 * i, 8);
        h = (h ^ word) * 0xBF58476D1CE4E5B9u;
        h ^= h >> 31;
    }
    return h;
}

void page_sum_set(unsigned char page[PAGE_BYTES], uint64_t number)
{
    uint64_t h = sum(page, number);

    for (int i = 0; i < PAGE_SUM; i++)
        page[PAGE_BYTES - PAGE_SUM + i] = (unsigned char)(h >> 8 * i);
}

static bool is_blank(const unsigned char page[PAGE_BYTES])
{
    return page[0] == 0 && memcmp(page, page + 1, PAGE_BYTES - 1) == 0;
}

bool page_sum_right(const unsigned char page[PAGE_BYTES], uint64_t number)
{
    uint64_t h = sum(page, number), held = 0;

    for (int i = 0; i < PAGE_SUM; i++)
        held |= (uint64_t)page[PAGE_BYTES - PAGE_SUM + i] << 8 * i;
    return h == held || is_blank(page);
}
