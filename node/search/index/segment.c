#include "search/index/segment.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "search/index/bytes.h"

static int damaged(struct problem *why, const char *path, const char *what)
{
    problem_set(why, "index_damaged",
                _("The search index is damaged. No record is lost: it is made from the records. "
                  "Run \"commonshelf doctor --repair\" to make it anew."));
    problem_detail(why, "%s: %s", path, what);
    return -1;
}

static int map_file(struct segment *s, const char *path, struct problem *why)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    struct stat st;
    void *map;

    if (fd < 0 && errno == ENOENT)
        return problem_set(why, "index_missing", _("There is no search index yet."));
    if (fd < 0)
        return problem_errno(why, errno, FILE_OPEN, path);
    if (fstat(fd, &st) || !S_ISREG(st.st_mode) ||
        (uint64_t)st.st_size < sizeof(struct segment_trailer) ||
        (uint64_t)st.st_size % _Alignof(struct segment_trailer)) {
        close(fd);
        return damaged(why, path, "no segment");
    }
    map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
    if (map == MAP_FAILED)
        return problem_errno(why, errno, FILE_READ, path);
    s->map = map;
    s->size = (size_t)st.st_size;
    return 0;
}

static bool part_inside(const struct segment *s, enum segment_part part, size_t unit)
{
    const struct segment_trailer *t = s->trailer;
    uint64_t room = s->size - sizeof *t, offset = t->part[part].offset, size = t->part[part].size;

    return offset <= room && size <= room - offset && offset % SEGMENT_ALIGN == 0 &&
           size % unit == 0;
}

static struct cs_span part_of(const struct segment *s, enum segment_part part)
{
    return cs_span_make(s->map + s->trailer->part[part].offset,
                        (size_t)s->trailer->part[part].size);
}

/* The numbers of the trailer fit each other and the file. */
static bool fits(const struct segment *s)
{
    const struct segment_trailer *t = s->trailer;

    if (t->size != s->size || t->documents > SEGMENT_DOCUMENTS_MAX)
        return false;
    if (!part_inside(s, SEGMENT_POSTINGS, 1) || !part_inside(s, SEGMENT_DICTIONARY, 1) ||
        !part_inside(s, SEGMENT_BLOCKS, sizeof(struct segment_block)) ||
        !part_inside(s, SEGMENT_LENGTHS, sizeof(score_bytes)) ||
        !part_inside(s, SEGMENT_RECORDS, sizeof(struct segment_record)))
        return false;
    return t->part[SEGMENT_LENGTHS].size == (uint64_t)t->documents * sizeof(score_bytes) &&
           t->part[SEGMENT_RECORDS].size ==
               (uint64_t)t->documents * sizeof(struct segment_record) &&
           t->part[SEGMENT_BLOCKS].size / sizeof(struct segment_block) ==
               (t->terms + SEGMENT_TERMS - 1) / SEGMENT_TERMS;
}

static int read_trailer(struct segment *s, const char *path, const char *analysis,
                        struct problem *why)
{
    const struct segment_trailer *t;
    uint32_t crc;

    t = s->trailer = (const void *)(s->map + s->size - sizeof *t);
    crc = (uint32_t)crc32_z(crc32(0, NULL, 0), (const unsigned char *)t,
                            offsetof(struct segment_trailer, crc));
    if (memcmp(t->magic, SEGMENT_MAGIC, sizeof t->magic) != 0 || crc != t->crc)
        return damaged(why, path, "not the end of a segment");
    if (t->version != SEGMENT_VERSION ||
        strncmp((const char *)t->analysis, analysis, SEGMENT_ANALYSIS) != 0)
        return problem_set(why, "index_other",
                           _("The search index was made by another version. No record is lost: it "
                             "is made anew from the records."));
    return fits(s) ? 0 : damaged(why, path, "numbers that do not fit");
}

struct segment *segment_open(const char *path, const char *analysis, struct problem *why)
{
    struct segment *s = memory_new(sizeof *s);

    if (!s) {
        problem_no_memory(why);
        return NULL;
    }
    if (map_file(s, path, why) || read_trailer(s, path, analysis, why)) {
        segment_close(s);
        return NULL;
    }
    s->documents = s->trailer->documents;
    score_basis_of(&s->written, s->documents, s->trailer->length);
    s->postings = part_of(s, SEGMENT_POSTINGS);
    s->dictionary = part_of(s, SEGMENT_DICTIONARY);
    s->block = (const void *)part_of(s, SEGMENT_BLOCKS).p;
    s->blocks = part_of(s, SEGMENT_BLOCKS).n / sizeof *s->block;
    s->lengths = (const void *)part_of(s, SEGMENT_LENGTHS).p;
    s->record = (const void *)part_of(s, SEGMENT_RECORDS).p;
    return s;
}

void segment_close(struct segment *s)
{
    if (!s)
        return;
    if (s->map)
        munmap((void *)(uintptr_t)s->map, s->size);
    memory_free(s);
}

int segment_check(const struct segment *s, struct problem *why)
{
    for (unsigned i = 0; i < SEGMENT_PARTS; i++) {
        enum segment_part part = (enum segment_part)i;
        struct cs_span bytes = part_of(s, part);

        if ((uint32_t)crc32_z(crc32(0, NULL, 0), bytes.p, bytes.n) != s->trailer->part[part].crc)
            return damaged(why, "segment", "a byte that was not written so");
    }
    return 0;
}

/* ---- the dictionary */

/* Where the block's bytes begin and end; false if the table leads outside. */
static bool block_bytes(struct term_walk *w, size_t block)
{
    const struct segment *s = w->s;
    uint64_t from = s->block[block].offset;
    uint64_t to = block + 1 < s->blocks ? s->block[block + 1].offset : s->dictionary.n;

    if (from > to || to > s->dictionary.n)
        return false;
    w->p = s->dictionary.p + from;
    w->end = s->dictionary.p + to;
    return true;
}

static bool enter_block(struct term_walk *w, size_t block)
{
    w->left = 0;
    w->block = block + 1;
    if (block >= w->s->blocks || !block_bytes(w, block))
        return false;
    w->postings = bytes_varint64(&w->p, w->end);
    w->first = true;
    w->left = SEGMENT_TERMS;
    if (w->block == w->s->blocks && w->s->trailer->terms % SEGMENT_TERMS)
        w->left = w->s->trailer->terms % SEGMENT_TERMS;
    return true;
}

/* The next term of this block; false if there is none, or where bytes have no meaning. */
static bool next_here(struct term_walk *w)
{
    const struct segment *s = w->s;
    size_t shared = w->first ? 0 : bytes_varint(&w->p, w->end);
    size_t rest = bytes_varint(&w->p, w->end);
    uint32_t bytes;

    if (shared > w->n || rest > SEGMENT_TERM_MAX - shared || rest > (size_t)(w->end - w->p))
        return false;
    memcpy(w->text + shared, w->p, rest);
    w->n = shared + rest;
    w->p += rest;
    w->term.df = bytes_varint(&w->p, w->end);
    bytes = bytes_varint(&w->p, w->end);
    if (w->term.df == 0 || w->term.df > s->documents || w->postings > s->postings.n ||
        bytes > s->postings.n - w->postings)
        return false;
    w->term.p = s->postings.p + w->postings;
    w->term.end = w->term.p + bytes;
    w->postings += bytes;
    w->left--;
    w->first = false;
    return true;
}

bool term_walk_next(struct term_walk *w)
{
    return (w->left > 0 || enter_block(w, w->block)) && next_here(w);
}

static int compare(struct cs_span a, struct cs_span b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n ? memcmp(a.p, b.p, n) : 0;

    return order ? order : (a.n > b.n) - (a.n < b.n);
}

/* The first term of a block, in the dictionary's own bytes. */
static struct cs_span first_term(const struct segment *s, size_t block)
{
    struct term_walk w = {.s = s};
    uint32_t n;

    if (!block_bytes(&w, block))
        return cs_span_make(NULL, 0);
    (void)bytes_varint64(&w.p, w.end);
    n = bytes_varint(&w.p, w.end);
    return cs_span_make(w.p, n <= w.end - w.p ? n : 0);
}

/* The last block whose first term is not greater. */
static size_t block_of(const struct segment *s, struct cs_span text)
{
    size_t low = 0, high = s->blocks;
    uint64_t key = 0;

    for (size_t i = 0; i < 8; i++)
        key = key << 8 | (i < text.n ? text.p[i] : 0);
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        uint64_t there = s->block[middle].key;

        if (there < key || (there == key && compare(first_term(s, middle), text) <= 0))
            low = middle;
        else
            high = middle;
    }
    return low;
}

void term_walk_begin(struct term_walk *w, const struct segment *s, struct cs_span from)
{
    w->s = s;
    w->left = w->n = 0;
    w->block = s->blocks;
    if (s->blocks == 0 || !enter_block(w, block_of(s, from)))
        return;
    /* Stops before the first term that is not less, so that it is the next. */
    while (w->left > 0) {
        struct term_walk before = *w;

        if (!next_here(w)) {
            w->left = 0;
            w->block = s->blocks;
            return;
        }
        if (compare(cs_span_make(w->text, w->n), from) >= 0) {
            *w = before;
            return;
        }
    }
}

bool segment_find(const struct segment *s, struct cs_span text, struct term *out)
{
    struct term_walk w;

    w.s = s;
    w.n = 0;
    if (s->blocks == 0 || !enter_block(&w, block_of(s, text)))
        return false;
    while (w.left > 0) {
        int order;

        if (!next_here(&w))
            return false;
        order = compare(cs_span_make(w.text, w.n), text);
        if (order >= 0) {
            *out = w.term;
            return order == 0;
        }
    }
    return false;
}
