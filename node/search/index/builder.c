/*
 * Each term's occurrences lie in a chain of slices of one pool, as varints. The lowest two bits of each say
 * what it is, the rest is a number:
 *   NEXT      the distance to the next place in the same field
 *   FIELD     a further field of the same document: place << 2 | field
 *   DOCUMENT  the distance to a further document; a FIELD follows
 * Reading a chain back gives the postings in order.
 */
#include "search/index/builder.h"

#include <stdlib.h>

#include "search/index/bytes.h"

enum { NEXT, FIELD, DOCUMENT };

#define CHUNK (1u << 20) /* bytes of the pool that are taken at once */
#define SLICE_FIRST 16
#define SLICE_LAST 2048
#define LINK 4 /* bytes at the end of a slice: where the next one is */
#define SLOTS_FIRST 65536
#define NOT_YET UINT32_MAX /* document 0 is one after it */
#define PLACES_MAX (SCORE_FIELDS * SEGMENT_TF_MAX)

struct entry {
    uint64_t hash;
    uint32_t text; /* in the texts */
    uint16_t n;
    uint16_t slice; /* size of the slice that is being filled */
    uint32_t first, at, left; /* in the pool; bytes left before the link */
    uint32_t document, place;
    uint16_t tf; /* in this field of this document */
    uint8_t field;
};

struct builder {
    struct entry *entry;
    uint32_t entries, entry_room;
    uint32_t *slot; /* number of an entry, and one; a power of two of them, at most half taken */
    uint32_t slots;
    struct cs_buffer texts;
    unsigned char **chunk;
    size_t chunks, chunk_room;
    uint32_t pool, pool_end; /* the next free byte; where the newest chunk ends */
    struct cs_buffer records, lengths; /* of each document: segment_record, four numbers */
    uint32_t documents;
    bool failed;
};

static void empty(struct builder *b)
{
    b->entries = b->documents = 0;
    memset(b->slot, 0, b->slots * sizeof *b->slot);
    cs_buffer_reset(&b->texts);
    cs_buffer_reset(&b->records);
    cs_buffer_reset(&b->lengths);
    while (b->chunks > 0)
        memory_free(b->chunk[--b->chunks]);
    b->pool = b->pool_end = 0;
}

struct builder *builder_new(struct problem *why)
{
    struct builder *b = memory_new(sizeof *b);

    if (!b || !(b->slot = memory_new(SLOTS_FIRST * sizeof *b->slot))) {
        memory_free(b);
        problem_no_memory(why);
        return NULL;
    }
    b->slots = SLOTS_FIRST;
    b->texts.alloc = b->records.alloc = b->lengths.alloc = memory_allocator();
    return b;
}

void builder_free(struct builder *b)
{
    if (!b)
        return;
    empty(b);
    memory_free(b->entry);
    memory_free(b->slot);
    memory_free(b->chunk);
    cs_buffer_free(&b->texts);
    cs_buffer_free(&b->records);
    cs_buffer_free(&b->lengths);
    memory_free(b);
}

/* ---- the pool */

static unsigned char *pool_at(const struct builder *b, uint32_t at)
{
    return b->chunk[at / CHUNK] + at % CHUNK;
}

static bool add_chunk(struct builder *b)
{
    if (b->chunks == UINT32_MAX / CHUNK)
        return false;
    if (b->chunks == b->chunk_room) {
        size_t room = b->chunk_room ? b->chunk_room * 2 : 64;
        void *bigger = memory_resize(b->chunk, room * sizeof *b->chunk);

        if (!bigger)
            return false;
        b->chunk = bigger;
        b->chunk_room = room;
    }
    if (!(b->chunk[b->chunks] = memory_resize(NULL, CHUNK)))
        return false;
    b->pool = (uint32_t)b->chunks * CHUNK;
    b->chunks++;
    b->pool_end = b->pool + CHUNK;
    return true;
}

/* A slice of so many bytes; slices are powers of two and never lie across two chunks. */
static bool take_slice(struct builder *b, uint32_t size, uint32_t *at)
{
    if (b->pool_end - b->pool < size && !add_chunk(b))
        return false;
    *at = b->pool;
    b->pool += size;
    return true;
}

static void put_byte(struct builder *b, struct entry *e, unsigned char c)
{
    if (e->left == 0) {
        uint32_t size = e->slice < SLICE_LAST ? e->slice * 2u : SLICE_LAST, next;

        if (!take_slice(b, size, &next)) {
            b->failed = true;
            return;
        }
        memcpy(pool_at(b, e->at), &next, LINK);
        e->at = next;
        e->slice = (uint16_t)size;
        e->left = size - LINK;
    }
    *pool_at(b, e->at) = c;
    e->at++;
    e->left--;
}

static void put(struct builder *b, struct entry *e, uint64_t v)
{
    for (; v >= 0x80 && !b->failed; v >>= 7)
        put_byte(b, e, (unsigned char)(v | 0x80));
    if (!b->failed)
        put_byte(b, e, (unsigned char)v);
}

/* ---- the table of terms */

static uint64_t hash_of(struct cs_span s)
{
    uint64_t h = s.n * 0x9E3779B97F4A7C15u, word;
    size_t i = 0;

    for (; i + 8 <= s.n; i += 8) {
        memcpy(&word, s.p + i, 8);
        h = (h ^ word) * 0xFF51AFD7ED558CCDu;
        h ^= h >> 32;
    }
    for (word = 0; i < s.n; i++)
        word = word << 8 | s.p[i];
    h = (h ^ word) * 0xC4CEB9FE1A85EC53u;
    return h ^ h >> 29;
}

static bool grow_slots(struct builder *b)
{
    uint32_t slots = b->slots * 2;
    uint32_t *slot = memory_new(slots * sizeof *slot);

    if (!slot)
        return false;
    for (uint32_t i = 0; i < b->entries; i++) {
        uint32_t at = (uint32_t)b->entry[i].hash & (slots - 1);

        while (slot[at])
            at = (at + 1) & (slots - 1);
        slot[at] = i + 1;
    }
    memory_free(b->slot);
    b->slot = slot;
    b->slots = slots;
    return true;
}

static bool grow_entries(struct builder *b)
{
    uint32_t room = b->entry_room ? b->entry_room * 2 : SLOTS_FIRST / 2;
    void *bigger = memory_resize(b->entry, room * sizeof *b->entry);

    if (!bigger)
        return false;
    b->entry = bigger;
    b->entry_room = room;
    return true;
}

static struct entry *new_entry(struct builder *b, uint64_t hash, struct cs_span term)
{
    struct entry *e;

    if (b->entries == b->entry_room && !grow_entries(b))
        return NULL;
    e = &b->entry[b->entries];
    memset(e, 0, sizeof *e);
    e->hash = hash;
    e->text = (uint32_t)b->texts.n;
    e->n = (uint16_t)term.n;
    cs_buffer_add_span(&b->texts, term);
    if (b->texts.failed || b->texts.n > UINT32_MAX || !take_slice(b, SLICE_FIRST, &e->first))
        return NULL;
    e->at = e->first;
    e->slice = SLICE_FIRST;
    e->left = SLICE_FIRST - LINK;
    e->document = NOT_YET;
    b->entries++;
    return e;
}

static struct entry *entry_of(struct builder *b, struct cs_span term)
{
    uint64_t hash = hash_of(term);
    uint32_t at;
    struct entry *e;

    if (b->entries >= b->slots / 2 && !grow_slots(b))
        return NULL;
    for (at = (uint32_t)hash & (b->slots - 1); b->slot[at]; at = (at + 1) & (b->slots - 1)) {
        e = &b->entry[b->slot[at] - 1];
        if (e->hash == hash && e->n == term.n && memcmp(b->texts.p + e->text, term.p, term.n) == 0)
            return e;
    }
    if ((e = new_entry(b, hash, term)))
        b->slot[at] = b->entries;
    return e;
}

/* ---- documents */

void builder_begin(struct builder *b, const struct segment_record *of)
{
    cs_buffer_add(&b->records, of, sizeof *of);
}

void builder_add(struct builder *b, unsigned field, uint32_t place, struct cs_span term)
{
    struct entry *e;

    if (b->failed || term.n == 0 || term.n > SEGMENT_TERM_MAX)
        return;
    if (!(e = entry_of(b, term))) {
        b->failed = true;
        return;
    }
    if (e->document == b->documents && e->field == field) {
        if (e->tf == SEGMENT_TF_MAX)
            return;
        put(b, e, (uint64_t)(place - e->place) << 2 | NEXT);
        e->tf++;
        e->place = place;
        return;
    }
    if (e->document != b->documents)
        put(b, e, (uint64_t)(b->documents - (e->document + 1)) << 2 | DOCUMENT);
    put(b, e, ((uint64_t)place << 2 | field) << 2 | FIELD);
    e->document = b->documents;
    e->field = (uint8_t)field;
    e->place = place;
    e->tf = 1;
}

int builder_end(struct builder *b, const uint32_t length[SCORE_FIELDS], struct problem *why)
{
    cs_buffer_add(&b->lengths, length, SCORE_FIELDS * sizeof *length);
    b->documents++;
    if (b->records.failed || b->lengths.failed)
        b->failed = true;
    return b->failed ? problem_no_memory(why) : 0;
}

uint32_t builder_documents(const struct builder *b)
{
    return b->documents;
}

size_t builder_size(const struct builder *b)
{
    return b->chunks * CHUNK + b->texts.n + b->entry_room * sizeof *b->entry +
           b->slots * sizeof *b->slot + b->records.n + b->lengths.n;
}

/* ---- writing: the chains read back */

struct chain {
    const struct builder *b;
    uint32_t at, left, slice;
    uint32_t end; /* where the writer stands */
};

static bool chain_ended(const struct chain *c)
{
    return c->at == c->end;
}

static unsigned char chain_byte(struct chain *c)
{
    if (c->left == 0) {
        memcpy(&c->at, pool_at(c->b, c->at), LINK);
        c->slice = c->slice < SLICE_LAST ? c->slice * 2 : SLICE_LAST;
        c->left = c->slice - LINK;
    }
    c->left--;
    return *pool_at(c->b, c->at++);
}

static uint64_t chain_number(struct chain *c)
{
    uint64_t v = 0;
    unsigned char byte;
    unsigned shift = 0;

    do {
        byte = chain_byte(c);
        v |= (uint64_t)(byte & 0x7F) << shift;
        shift += 7;
    } while (byte & 0x80);
    return v;
}

/* Reads one document's posting; *next holds the number that begins the one after it. */
static void read_posting(struct chain *c, struct posting *p, uint32_t place[PLACES_MAX],
                         uint64_t *next)
{
    uint32_t n = 0, at = 0;
    unsigned field = 0;

    memset(p->tf, 0, sizeof p->tf);
    p->document += (uint32_t)(*next >> 2);
    for (*next = 0; !chain_ended(c);) {
        uint64_t v = chain_number(c);

        if ((v & 3) == DOCUMENT) {
            *next = v;
            break;
        }
        if ((v & 3) == FIELD) {
            field = v >> 2 & 3;
            at = (uint32_t)(v >> 4);
        } else {
            at += (uint32_t)(v >> 2);
        }
        p->tf[field]++;
        place[n++] = at;
    }
}

static int write_entry(const struct builder *b, const struct entry *e, struct segment_writer *w,
                       uint32_t place[PLACES_MAX], struct problem *why)
{
    struct chain c = {b, e->first, SLICE_FIRST - LINK, SLICE_FIRST, e->at};
    struct posting p = {.document = 0, .position = place};
    uint64_t next;

    if (segment_writer_term(w, cs_span_make(b->texts.p + e->text, e->n), why))
        return -1;
    for (next = chain_number(&c); next;) {
        read_posting(&c, &p, place, &next);
        if (segment_writer_posting(w, &p, why))
            return -1;
        p.document++;
    }
    return 0;
}

/* The first 8 bytes of a term as a number decide most comparisons. */
struct sorted {
    uint64_t key;
    const unsigned char *p;
    uint32_t n, entry;
};

static int compare(const void *x, const void *y)
{
    const struct sorted *a = x, *b = y;
    size_t n = a->n < b->n ? a->n : b->n;
    int order;

    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    order = n > 8 ? memcmp(a->p + 8, b->p + 8, n - 8) : 0;
    return order ? order : (a->n > b->n) - (a->n < b->n);
}

static struct sorted *sort_entries(const struct builder *b)
{
    struct sorted *s = memory_resize(NULL, (b->entries + 1) * sizeof *s);

    for (uint32_t i = 0; s && i < b->entries; i++) {
        const struct entry *e = &b->entry[i];

        s[i] = (struct sorted){0, b->texts.p + e->text, e->n, i};
        for (size_t k = 0; k < 8; k++)
            s[i].key = s[i].key << 8 | (k < e->n ? s[i].p[k] : 0);
    }
    if (s)
        qsort(s, b->entries, sizeof *s, compare);
    return s;
}

static int write_all(const struct builder *b, struct segment_writer *w, struct problem *why)
{
    struct sorted *sorted = sort_entries(b);
    uint32_t *place = memory_resize(NULL, PLACES_MAX * sizeof *place);
    int rc = sorted && place ? 0 : problem_no_memory(why);

    for (uint32_t i = 0; rc == 0 && i < b->documents; i++)
        rc = segment_writer_document(
            w, (const struct segment_record *)(const void *)b->records.p + i,
            (const uint32_t *)(const void *)b->lengths.p + (size_t)i * SCORE_FIELDS, why);
    for (uint32_t i = 0; rc == 0 && i < b->entries; i++)
        rc = write_entry(b, &b->entry[sorted[i].entry], w, place, why);
    memory_free(sorted);
    memory_free(place);
    return rc;
}

int builder_write(struct builder *b, const char *path, const char *analysis, struct problem *why)
{
    struct segment_writer *w = segment_writer_new(path, analysis, why);

    if (!w)
        return -1;
    if (write_all(b, w, why)) {
        segment_writer_drop(w);
        return -1;
    }
    if (segment_writer_end(w, why))
        return -1;
    empty(b);
    return 0;
}
