/*
 * Check words.
 */
#include <commonshelf/keyset.h>

#include "protocol/wordlist.h"

#define WORDS 6 /* 66 bits: enough where an attacker must try whole identities */

_Static_assert(WORDS *(WORDLIST_LONGEST + 1) <= CS_CHECK_WORDS_MAX, "the longest words must fit");

/* Bits [first, first + WORDLIST_BITS) of a hash, the most significant first. */
static unsigned bits_at(const struct cs_hash *hash, unsigned first)
{
    unsigned value = 0;

    for (unsigned i = first; i < first + WORDLIST_BITS; i++) {
        unsigned byte = hash->b[i / 8];

        value = value << 1 | (byte >> (7 - i % 8) & 1);
    }
    return value;
}

void cs_check_words(const struct cs_node_id *a, const struct cs_node_id *b,
                    char out[CS_CHECK_WORDS_MAX])
{
    bool swap = memcmp(a->s, b->s, CS_NODE_ID_LEN) > 0;
    struct cs_span parts[2] = {cs_span_make(swap ? b->s : a->s, CS_NODE_ID_LEN),
                               cs_span_make(swap ? a->s : b->s, CS_NODE_ID_LEN)};
    struct cs_hash hash;
    char *to = out;

    cs_sha256_many(parts, 2, &hash);
    for (unsigned i = 0; i < WORDS; i++) {
        const char *word = wordlist[bits_at(&hash, i * WORDLIST_BITS)];
        size_t n = strlen(word);

        if (i > 0)
            *to++ = ' ';
        memcpy(to, word, n);
        to += n;
    }
    *to = '\0';
}
