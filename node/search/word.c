#include "search/word.h"

#include <unicode/uchar.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>

#include "search/stem.h"

/* ICU's macros compare code points with unsigned constants. */
#pragma GCC diagnostic ignored "-Wsign-conversion"

#define SLOTS 131072 /* a power of two; emptied when half are taken, */
#define REMEMBERED_MAX (12u << 20) /* or when the words take this many bytes */

struct entry {
    uint32_t stemmers;
    uint32_t n;
    struct forms forms;
    UChar u[];
};

/* The hash stands beside the pointer: most words that are not the one need no look at their text. */
struct slot {
    uint64_t hash;
    struct entry *entry;
};

struct words {
    struct stemmers *stemmers;
    struct cs_buffer scratch;
    struct arena *arena; /* NULL: remembers nothing */
    struct slot *slot;
    size_t taken, bytes;
};

struct words *words_new(bool cache, struct problem *why)
{
    struct words *w = memory_new(sizeof *w);

    if (!w) {
        problem_no_memory(why);
        return NULL;
    }
    w->scratch.alloc = memory_allocator();
    w->stemmers = stemmers_new(why);
    if (cache) {
        w->arena = arena_new();
        w->slot = memory_new(SLOTS * sizeof *w->slot);
    }
    if (!w->stemmers || (cache && (!w->arena || !w->slot))) {
        problem_no_memory(why);
        words_free(w);
        return NULL;
    }
    return w;
}

void words_free(struct words *w)
{
    if (!w)
        return;
    stemmers_free(w->stemmers);
    cs_buffer_free(&w->scratch);
    if (w->arena)
        arena_free(w->arena);
    memory_free(w->slot);
    memory_free(w);
}

static uint64_t hash_units(const UChar *u, size_t n, uint32_t stemmers)
{
    uint64_t h = stemmers ^ 0x9E3779B97F4A7C15u;

    for (size_t i = 0; i < n; i++)
        h = (h ^ u[i]) * 0x100000001B3u;
    return h ^ h >> 29;
}

static void add_utf8(struct cs_buffer *out, const UChar *u, int32_t n)
{
    UErrorCode error = U_ZERO_ERROR;
    unsigned char *at = cs_buffer_reserve(out, (size_t)n * 3);
    int32_t bytes = 0;

    if (!at)
        return;
    u_strToUTF8((char *)at, n * 3, &bytes, u, n, &error);
    if (U_SUCCESS(error) || error == U_STRING_NOT_TERMINATED_WARNING)
        out->n += (size_t)bytes;
}

/* Digits have no stem, nor has a letter standing alone. */
static bool has_stem(const UChar *u, size_t n)
{
    for (size_t i = 0; n > 1 && i < n; i++)
        if (!(u[i] >= '0' && u[i] <= '9'))
            return true;
    return false;
}

static int make_forms(struct words *w, const UChar *u, size_t n, uint32_t stemmers,
                      struct forms *out, struct problem *why)
{
    UChar key[2 * WORD_UNITS_MAX];
    UChar32 first;
    int32_t keyed = fold_word(u, (int32_t)n, 0, key, 2 * WORD_UNITS_MAX);
    struct cs_buffer *b = &w->scratch;

    cs_buffer_reset(b);
    add_utf8(b, u, (int32_t)n);
    out->surface = b->n;
    out->key = 0;
    out->key_length = b->n;
    if (keyed > 0 && ((size_t)keyed != n || memcmp(key, u, n * sizeof *u) != 0)) {
        cs_buffer_add_text(b, " " SAME_PLACE);
        out->key = b->n;
        add_utf8(b, key, keyed);
        out->key_length = b->n - out->key;
    }
    U16_GET(u, 0, 0, n, first);
    stemmers = has_stem(u, n) ? stemmers_for(stemmers, first) : 0;
    if (stemmers && !b->failed) {
        /* The buffer may move while stems are added, so the words are given from the stack. */
        char surface_text[3 * WORD_UNITS_MAX], key_text[6 * WORD_UNITS_MAX];
        memcpy(surface_text, b->p, out->surface);
        memcpy(key_text, b->p + out->key, out->key_length);
        stemmers_add(w->stemmers, stemmers, cs_span_make(surface_text, out->surface),
                     cs_span_make(key_text, out->key_length), b);
    }
    if (b->failed) {
        cs_buffer_free(b);
        b->alloc = memory_allocator();
        return problem_no_memory(why);
    }
    out->tokens = (const char *)b->p;
    out->length = b->n;
    return 0;
}

static void remember(struct words *w, struct slot *slot, uint64_t hash, const UChar *u, size_t n,
                     uint32_t stemmers, const struct forms *forms)
{
    size_t size = sizeof(struct entry) + n * sizeof *u;
    struct entry *e;
    char *tokens;

    if (w->taken > SLOTS / 2 || w->bytes > REMEMBERED_MAX) {
        arena_reset(w->arena);
        memset(w->slot, 0, SLOTS * sizeof *w->slot);
        w->taken = w->bytes = 0;
        return; /* the next word starts afresh */
    }
    e = arena_take(w->arena, size);
    tokens = e ? arena_text(w->arena, forms->tokens, forms->length) : NULL;
    if (!tokens)
        return;
    e->stemmers = stemmers;
    e->n = (uint32_t)n;
    e->forms = *forms;
    e->forms.tokens = tokens;
    memcpy(e->u, u, n * sizeof *u);
    *slot = (struct slot){hash, e};
    w->taken++;
    w->bytes += size + forms->length;
}

int words_forms(struct words *w, const UChar *u, size_t n, uint32_t stemmers, struct forms *out,
                struct problem *why)
{
    uint64_t hash;
    size_t i;

    if (n > WORD_UNITS_MAX)
        n = WORD_UNITS_MAX - (U16_IS_LEAD(u[WORD_UNITS_MAX - 1]) ? 1 : 0);
    if (!w->arena)
        return make_forms(w, u, n, stemmers, out, why);
    hash = hash_units(u, n, stemmers);
    for (i = hash & (SLOTS - 1); w->slot[i].entry; i = (i + 1) & (SLOTS - 1)) {
        const struct entry *e = w->slot[i].entry;
        if (w->slot[i].hash == hash && e->stemmers == stemmers && e->n == n &&
            memcmp(e->u, u, n * sizeof *u) == 0) {
            *out = e->forms;
            return 0;
        }
    }
    if (make_forms(w, u, n, stemmers, out, why))
        return -1;
    remember(w, &w->slot[i], hash, u, n, stemmers, out);
    return 0;
}
