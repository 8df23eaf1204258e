#include "search/index/segment_write.h"

#include <zlib.h>

#include "search/index/block_write.h"
#include "search/index/bytes.h"

struct segment_writer {
    struct file_stream *file;
    struct segment_trailer trailer;
    struct cs_buffer lengths, records, dictionary, blocks;
    struct score_table table; /* made when the first term comes */
    bool terms;
    /* the term that is being written */
    struct cs_buffer term, before; /* and the one before it */
    uint32_t df;
    struct block_writer *block;
    uint64_t postings; /* bytes of SEGMENT_POSTINGS so far */
};

struct segment_writer *segment_writer_new(const char *path, const char *analysis,
                                          struct problem *why)
{
    struct segment_writer *w = memory_new(sizeof *w);

    if (!w) {
        problem_no_memory(why);
        return NULL;
    }
    w->lengths.alloc = w->records.alloc = w->dictionary.alloc = w->blocks.alloc = w->term.alloc =
        w->before.alloc = memory_allocator();
    memcpy(w->trailer.magic, SEGMENT_MAGIC, sizeof w->trailer.magic);
    w->trailer.version = SEGMENT_VERSION;
    strncpy((char *)w->trailer.analysis, analysis, SEGMENT_ANALYSIS - 1);
    w->trailer.part[SEGMENT_POSTINGS].crc = (uint32_t)crc32(0, NULL, 0);
    if (!(w->file = file_stream_new(path, 0600, why)) || !(w->block = block_writer_new(why))) {
        segment_writer_drop(w);
        return NULL;
    }
    return w;
}

static void release(struct segment_writer *w)
{
    block_writer_free(w->block);
    cs_buffer_free(&w->lengths);
    cs_buffer_free(&w->records);
    cs_buffer_free(&w->dictionary);
    cs_buffer_free(&w->blocks);
    cs_buffer_free(&w->term);
    cs_buffer_free(&w->before);
    memory_free(w);
}

void segment_writer_drop(struct segment_writer *w)
{
    if (!w)
        return;
    file_stream_drop(w->file);
    release(w);
}

int segment_writer_document(struct segment_writer *w, const struct segment_record *of,
                            const uint32_t length[SCORE_FIELDS], struct problem *why)
{
    score_bytes lengths = 0;

    if (w->trailer.documents == SEGMENT_DOCUMENTS_MAX)
        return problem_set(why, "index_full",
                           _("The search index holds no more documents. No record is lost; those "
                             "that came last are not found."));
    for (unsigned f = 0; f < SCORE_FIELDS; f++) {
        unsigned char byte = score_length_byte(length[f]);
        lengths |= (score_bytes)byte << 8 * f;
        w->trailer.length[f] += score_length(byte);
    }
    bytes_add_u32(&w->lengths, lengths);
    cs_buffer_add(&w->records, of, sizeof *of);
    w->trailer.documents++;
    return w->lengths.failed || w->records.failed ? problem_no_memory(why) : 0;
}

/* ---- the dictionary */

static uint64_t term_key(struct cs_span term)
{
    uint64_t key = 0;

    for (size_t i = 0; i < 8; i++)
        key = key << 8 | (i < term.n ? term.p[i] : 0);
    return key;
}

static size_t shared_bytes(struct cs_span a, struct cs_span b)
{
    size_t n = a.n < b.n ? a.n : b.n, i = 0;

    while (i < n && a.p[i] == b.p[i])
        i++;
    return i;
}

static void add_to_dictionary(struct segment_writer *w, size_t bytes)
{
    struct cs_span term = cs_buffer_span(&w->term), before = cs_buffer_span(&w->before);
    size_t shared = 0;

    if (w->trailer.terms % SEGMENT_TERMS == 0) {
        struct segment_block block = {term_key(term), w->dictionary.n};
        cs_buffer_add(&w->blocks, &block, sizeof block);
        bytes_add_varint(&w->dictionary, w->postings);
    } else {
        shared = shared_bytes(term, before);
        bytes_add_varint(&w->dictionary, shared);
    }
    bytes_add_varint(&w->dictionary, term.n - shared);
    cs_buffer_add(&w->dictionary, term.p + shared, term.n - shared);
    bytes_add_varint(&w->dictionary, w->df);
    bytes_add_varint(&w->dictionary, bytes);
    w->trailer.terms++;
}

static int add_part(struct segment_writer *w, enum segment_part part, struct cs_span bytes,
                    struct problem *why)
{
    w->trailer.part[part].crc = (uint32_t)crc32_z(w->trailer.part[part].crc, bytes.p, bytes.n);
    w->trailer.part[part].size += bytes.n;
    return file_stream_add(w->file, bytes, why);
}

static int end_term(struct segment_writer *w, struct problem *why)
{
    struct cs_buffer swap = w->before;
    struct cs_span bytes;

    if (w->df == 0)
        return 0;
    bytes = block_writer_end(w->block);
    add_to_dictionary(w, bytes.n);
    if (!bytes.p || w->dictionary.failed || w->blocks.failed)
        return problem_no_memory(why);
    if (add_part(w, SEGMENT_POSTINGS, bytes, why))
        return -1;
    w->postings += bytes.n;
    w->before = w->term;
    w->term = swap;
    w->df = 0;
    return 0;
}

static void make_table(struct segment_writer *w)
{
    struct score_basis basis;

    score_basis_of(&basis, w->trailer.documents, w->trailer.length);
    score_table_make(&w->table, &basis);
    w->terms = true;
}

int segment_writer_term(struct segment_writer *w, struct cs_span term, struct problem *why)
{
    if (!w->terms)
        make_table(w);
    if (end_term(w, why))
        return -1;
    cs_buffer_reset(&w->term);
    cs_buffer_add_span(&w->term, term);
    return w->term.failed ? problem_no_memory(why) : 0;
}

int segment_writer_posting(struct segment_writer *w, const struct posting *p, struct problem *why)
{
    score_bytes lengths = bytes_u32(w->lengths.p + sizeof lengths * p->document);

    w->df++;
    return block_writer_add(w->block, p, &w->table, lengths, why);
}

/* ---- the end */

/* Begins a part where its numbers lie aligned in memory. */
static int begin_part(struct segment_writer *w, enum segment_part part, struct problem *why)
{
    static const unsigned char zero[SEGMENT_ALIGN];
    uint64_t at = file_stream_size(w->file);

    if (at % SEGMENT_ALIGN &&
        file_stream_add(w->file, cs_span_make(zero, SEGMENT_ALIGN - at % SEGMENT_ALIGN), why))
        return -1;
    w->trailer.part[part].offset = file_stream_size(w->file);
    w->trailer.part[part].crc = (uint32_t)crc32(0, NULL, 0);
    return 0;
}

static int end_file(struct segment_writer *w, struct problem *why)
{
    const struct {
        enum segment_part part;
        const struct cs_buffer *bytes;
    } parts[] = {{SEGMENT_DICTIONARY, &w->dictionary},
                 {SEGMENT_BLOCKS, &w->blocks},
                 {SEGMENT_LENGTHS, &w->lengths},
                 {SEGMENT_RECORDS, &w->records}};
    struct segment_trailer *t = &w->trailer;

    if (end_term(w, why))
        return -1;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (begin_part(w, parts[i].part, why) ||
            add_part(w, parts[i].part, cs_buffer_span(parts[i].bytes), why))
            return -1;
    t->size = file_stream_size(w->file) + sizeof *t;
    t->crc = (uint32_t)crc32_z(crc32(0, NULL, 0), (const unsigned char *)t,
                               offsetof(struct segment_trailer, crc));
    return file_stream_add(w->file, cs_span_make(t, sizeof *t), why);
}

int segment_writer_end(struct segment_writer *w, struct problem *why)
{
    int rc = end_file(w, why);

    if (rc) {
        segment_writer_drop(w);
        return -1;
    }
    rc = file_stream_end(w->file, why);
    release(w);
    return rc;
}
