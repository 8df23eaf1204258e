/*
 * The bytes of a segment, as FORMAT.md describes them: what writer and reader must agree on. Inside
 * search/index/ only.
 */
#ifndef SEARCH_INDEX_FORMAT_H
#define SEARCH_INDEX_FORMAT_H

#include "search/index/score.h"

#define SEGMENT_MAGIC "CshSegm\n"
#define SEGMENT_VERSION 1
#define SEGMENT_ANALYSIS 32 /* bytes of the analysis' version, zero-padded */

#define SEGMENT_DOCUMENTS_MAX (1u << 30)
#define SEGMENT_TERM_MAX 600 /* bytes; analysis makes none longer */
#define SEGMENT_TF_MAX SCORE_TF_MAX /* places of a word in one field that are kept */
#define SEGMENT_BLOCK 128 /* postings of a full block */
#define SEGMENT_TERMS 16 /* terms of a block of the dictionary */

enum segment_part {
    SEGMENT_POSTINGS,
    SEGMENT_DICTIONARY, /* front-coded blocks of terms */
    SEGMENT_BLOCKS, /* where each of them is */
    SEGMENT_LENGTHS, /* four length bytes a document */
    SEGMENT_RECORDS, /* whose each document is */
    SEGMENT_PARTS
};

/* One document, in SEGMENT_RECORDS. */
struct segment_record {
    int64_t rid;
    int64_t nid;
};

/* One block of the dictionary, in SEGMENT_BLOCKS. */
struct segment_block {
    uint64_t key; /* the first 8 bytes of its first term, as a big-endian number, zero-padded */
    uint64_t offset; /* in SEGMENT_DICTIONARY */
};

/* The last bytes of the file. */
struct segment_trailer {
    unsigned char magic[8];
    uint32_t version;
    uint32_t documents;
    unsigned char analysis[SEGMENT_ANALYSIS];
    uint64_t length[SCORE_FIELDS]; /* sums over all documents, of what the length bytes stand for */
    struct {
        uint64_t offset, size; /* offsets are multiples of SEGMENT_ALIGN */
        uint32_t crc; /* zlib's crc32 */
        uint32_t reserved;
    } part[SEGMENT_PARTS];
    uint64_t terms; /* different ones */
    uint64_t size; /* of the file */
    uint32_t reserved;
    uint32_t crc; /* of all before it in the trailer */
};
#define SEGMENT_ALIGN 16

/* A full block of postings: its first two bytes. */
#define SEGMENT_HEAD 2
/* The second: a field mask that all 128 share, or 0 and 64 bytes of masks follow; and the bits of a tf less 1. */
#define SEGMENT_MASK_BITS 4
#define SEGMENT_MASK ((1u << SEGMENT_MASK_BITS) - 1)

#endif
