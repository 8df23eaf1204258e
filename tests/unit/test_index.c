/*
 * The index against a scorer that looks at every document: random corpora in one to three segments,
 * random queries of every kind. The same documents, in the same order, with the same scores and counts.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "search/index/builder.h"
#include "search/index/pack.h"
#include "search/index/topk.h"
#include "tests/unit/test_support_directory.h"

#define ANALYSIS "test/1"
#define SEGMENTS 3
#define DOCUMENTS_MAX 1000 /* of a segment */
#define FIELD_MAX 40 /* places of a field */
#define K 10

/* xorshift64*: the same numbers on every machine. */
static uint64_t seed;

static uint32_t below(uint32_t n)
{
    seed ^= seed >> 12;
    seed ^= seed << 25;
    seed ^= seed >> 27;
    return (uint32_t)((seed * 0x2545F4914F6CDD1Du >> 32) * n >> 32);
}

/* Small numbers far more often, as words are. */
static uint32_t zipf(uint32_t n)
{
    return (uint32_t)exp(below(1u << 20) / (double)(1u << 20) * log(n + 1.0)) - 1;
}

struct text {
    uint32_t n;
    uint16_t word[FIELD_MAX];
};
struct written {
    uint32_t documents;
    struct text text[DOCUMENTS_MAX][SCORE_FIELDS];
};

static struct written *corpus[SEGMENTS];
static struct segment *segment[SEGMENTS];
static struct asked asked;
static uint32_t words;

#define WORDS_MAX 3100
static struct {
    unsigned n;
    char text[12];
} name[WORDS_MAX];

/* Not in the order of the numbers, and of many lengths. */
static void name_words(void)
{
    for (uint32_t i = 0; i < WORDS_MAX; i++)
        name[i].n = (unsigned)snprintf(name[i].text, sizeof name[i].text, "%c%x",
                                       'a' + (int)(i * 7 % 26), i);
}

static struct cs_span word_text(uint32_t word)
{
    return cs_span_make(name[word].text, name[word].n);
}

static void write_segment(uint32_t i, uint32_t documents)
{
    struct problem why = PROBLEM_INIT;
    struct builder *b = builder_new(&why);
    struct written *w = corpus[i];
    char file[16];

    assert_non_null(b);
    w->documents = documents;
    for (uint32_t d = 0; d < documents; d++) {
        struct segment_record record = {d, i};
        uint32_t length[SCORE_FIELDS];

        builder_begin(b, &record);
        for (unsigned f = 0; f < SCORE_FIELDS; f++) {
            struct text *t = &w->text[d][f];

            t->n = below(3) ? below(f == 3 ? FIELD_MAX : 6) : 0;
            length[f] = t->n;
            for (uint32_t at = 0; at < t->n; at++) {
                t->word[at] = (uint16_t)zipf(words);
                builder_add(b, f, at, word_text(t->word[at]));
            }
        }
        assert_int_equal(builder_end(b, length, &why), 0);
    }
    snprintf(file, sizeof file, "seg%u", i);
    assert_int_equal(builder_write(b, test_path(file), ANALYSIS, &why), 0);
    builder_free(b);
    segment[i] = segment_open(test_path(file), ANALYSIS, &why);
    assert_non_null(segment[i]);
    assert_int_equal(segment_check(segment[i], &why), 0);
}

static void make_corpus(uint32_t segments)
{
    uint64_t length[SCORE_FIELDS] = {0};
    double documents = 0;

    words = 20 + below(3000);
    for (uint32_t i = 0; i < segments; i++)
        write_segment(i, below(8) ? below(DOCUMENTS_MAX) : below(3));
    for (uint32_t i = 0; i < segments; i++) {
        documents += segment[i]->documents;
        for (unsigned f = 0; f < SCORE_FIELDS; f++)
            length[f] += segment[i]->trailer->length[f];
    }
    asked.segment = segment;
    asked.segments = segments;
    score_basis_of(&asked.basis, documents, length);
    /* What another node asks with is not what was written. */
    for (unsigned f = 0; f < SCORE_FIELDS && below(2); f++)
        asked.basis.average[f] *= 0.25 + below(300) / 100.0;
}

static void close_corpus(void)
{
    for (uint32_t i = 0; i < asked.segments; i++)
        segment_close(segment[i]);
}

/* ---- the slow scorer */

static bool is_word(const struct want *w, uint32_t word)
{
    struct cs_span s = word_text(word);

    if (w->kind == WANT_TERM)
        return cs_span_equal(s, w->text);
    return s.n >= w->text.n && memcmp(s.p, w->text.p, w->text.n) == 0;
}

static bool phrase_at(const struct want *w, const struct text *t, uint32_t at)
{
    for (size_t i = 0; i < w->n; i++)
        if (at + i >= t->n || !is_word(w->child[i], t->word[at + i]))
            return false;
    return true;
}

static double slow_score(const struct want *w, double x)
{
    return w->idf * score_saturate((w->weight > 0 ? w->weight : 1) * x);
}

static bool slow_leaf(const struct want *w, const struct text text[SCORE_FIELDS],
                      const struct score_table *table, double *score)
{
    unsigned fields = w->fields ? w->fields : WANT_FIELDS_ALL;
    uint32_t tf[SCORE_FIELDS] = {0};
    score_bytes frequencies = 0, lengths = 0;

    for (unsigned f = 0; f < SCORE_FIELDS; f++) {
        lengths |= (score_bytes)score_length_byte(text[f].n) << 8 * f;
        for (uint32_t at = 0; at < text[f].n && (fields >> f & 1); at++)
            tf[f] +=
                w->kind == WANT_PHRASE ? phrase_at(w, &text[f], at) : is_word(w, text[f].word[at]);
        frequencies |= tf[f] << 8 * f;
    }
    *score = slow_score(w, (double)score_x(table, frequencies, lengths));
    return frequencies != 0;
}

/* The best of all words that begin so, each by itself. */
static bool slow_prefix(const struct want *w, const struct text text[SCORE_FIELDS],
                        const struct score_table *table, double *score)
{
    bool any = false;

    *score = 0;
    for (unsigned f = 0; f < SCORE_FIELDS; f++)
        for (uint32_t at = 0; at < text[f].n; at++) {
            struct want one = {.kind = WANT_TERM, .fields = w->fields, .idf = w->idf};
            double s;

            if (!is_word(w, text[f].word[at]))
                continue;
            one.text = word_text(text[f].word[at]);
            if (!slow_leaf(&one, text, table, &s))
                continue;
            any = true;
            *score = s > *score ? s : *score;
        }
    return any;
}

static bool slow(const struct want *w, const struct text text[SCORE_FIELDS],
                 const struct score_table *table, double *score)
{
    bool any = false, all = true;
    double sum = 0, best = 0;

    if (w->kind == WANT_EVERY) {
        *score = 0;
        return true;
    }
    if (w->kind == WANT_PREFIX)
        return slow_prefix(w, text, table, score);
    if (w->kind == WANT_TERM || w->kind == WANT_PHRASE)
        return slow_leaf(w, text, table, score);
    for (size_t i = 0; i < w->n; i++) {
        double one = 0;

        if (slow(w->child[i], text, table, &one)) {
            any = true;
            sum += one;
            best = one > best ? one : best;
        } else {
            all = false;
        }
    }
    *score = w->kind == WANT_SAME ? best : sum;
    return w->kind == WANT_ALL ? all : any;
}

/* ---- random queries */

static struct arena *arena;

static struct want *new_want(enum want_kind kind)
{
    struct want *w = arena_take(arena, sizeof *w);

    assert_non_null(w);
    w->kind = kind;
    if (kind >= WANT_PHRASE)
        w->child = arena_take(arena, 8 * sizeof *w->child);
    return w;
}

static struct want *random_term(void)
{
    struct want *w = new_want(below(12) ? WANT_TERM : WANT_PREFIX);

    w->text = word_text(zipf(words + 3));
    if (w->kind == WANT_PREFIX)
        w->text.n = 1 + below(2);
    if (below(4) == 0)
        w->fields = 1 + below(15);
    return w;
}

static struct want *random_want(unsigned depth)
{
    struct want *w;
    unsigned kind = depth ? below(6) : 0;

    if (kind < 2)
        return random_term();
    w = new_want(kind == 2 ? WANT_ALL : kind == 3 ? WANT_ANY : kind == 4 ? WANT_SAME : WANT_PHRASE);
    w->n = 1 + below(4);
    if (w->kind == WANT_PHRASE) {
        /* Mostly one that stands somewhere. */
        const struct written *c = corpus[below((uint32_t)asked.segments)];
        const struct text *t = c->documents ? &c->text[below(c->documents)][3] : NULL;
        uint32_t at = t && t->n > w->n ? below(t->n - (uint32_t)w->n) : 0;

        for (size_t i = 0; i < w->n; i++) {
            w->child[i] = new_want(WANT_TERM);
            w->child[i]->text = word_text(t && t->n > w->n ? t->word[at + i] : zipf(words));
        }
        return w;
    }
    for (size_t i = 0; i < w->n; i++)
        w->child[i] = random_want(depth - 1);
    if (w->kind == WANT_SAME && w->child[0]->kind == WANT_TERM)
        w->child[0]->weight = 0.7;
    return w;
}

/* ---- comparing */

struct slow_answer {
    struct found found[K + 1];
    size_t n;
    uint64_t total;
};

static void slow_topk(const struct want *w, const struct want *without, struct slow_answer *out)
{
    struct score_table table;

    memset(out, 0, sizeof *out);
    score_table_make(&table, &asked.basis);
    for (uint32_t s = 0; s < asked.segments; s++)
        for (uint32_t d = 0; d < corpus[s]->documents; d++) {
            double score, other;
            size_t i;

            if (!slow(w, corpus[s]->text[d], &table, &score) ||
                (without && slow(without, corpus[s]->text[d], &table, &other)))
                continue;
            out->total++;
            for (i = out->n; i > 0 && score > out->found[i - 1].score; i--)
                out->found[i] = out->found[i - 1];
            out->found[i] = (struct found){s, d, score};
            if (out->n < K)
                out->n++;
        }
}

static void compare(const struct want *w, const struct want *without, uint64_t limit)
{
    struct problem why = PROBLEM_INIT;
    struct found found[K];
    struct topk_answer fast = {.found = found};
    struct topk_request request = {
        .asked = &asked, .want = w, .without = without, .k = K, .count_limit = limit};
    struct slow_answer want;

    slow_topk(w, without, &want);
    assert_int_equal(topk(&request, &fast, &why), 0);
    assert_int_equal(fast.n, want.n);
    for (size_t i = 0; i < fast.n; i++) {
        if (found[i].segment != want.found[i].segment ||
            found[i].document != want.found[i].document || found[i].score != want.found[i].score)
            fail_msg("hit %zu: %u/%u %.17g, not %u/%u %.17g", i, found[i].segment,
                     found[i].document, found[i].score, want.found[i].segment,
                     want.found[i].document, want.found[i].score);
    }
    if (fast.total_exact)
        assert_int_equal(fast.total, want.total);
    else
        assert_true(fast.total <= want.total && fast.total >= limit);
}

static void test_oracle(void **state)
{
    const char *other = getenv("INDEX_ORACLE_SEED"), *number = getenv("INDEX_ORACLE_CORPORA");
    int corpora = number ? atoi(number) : 40;

    (void)state;
    seed = other ? strtoull(other, NULL, 10) | 1 : 20261127;
    for (int c = 0; c < corpora; c++) {
        make_corpus(1 + below(SEGMENTS));
        for (int q = 0; q < 550; q++) {
            struct want *w, *without = NULL;

            arena_reset(arena);
            w = random_want(3);
            want_weigh(w, &asked);
            if (below(6) == 0) {
                without = random_want(1);
                want_weigh(without, &asked);
            }
            compare(w, without, below(3) ? 0 : below(2) ? UINT64_MAX : below(30));
        }
        close_corpus();
    }
}

static void test_everything(void **state)
{
    struct want every = {.kind = WANT_EVERY};

    (void)state;
    seed = 7;
    make_corpus(2);
    compare(&every, NULL, 0);
    compare(&every, NULL, UINT64_MAX);
    close_corpus();
}

static void test_pack(void **state)
{
    uint32_t v[PACK_N], back[PACK_N];
    unsigned char bytes[PACK_N * 4];

    (void)state;
    seed = 3;
    for (unsigned width = 0; width <= 32; width++)
        for (int round = 0; round < 20; round++) {
            for (size_t i = 0; i < PACK_N; i++)
                v[i] = width ? (uint32_t)(seed + below(UINT32_MAX)) >> (32 - width) : 0;
            if (width)
                v[below(PACK_N)] |= 1u << (width - 1);
            assert_int_equal(pack_width(v), width);
            pack_write(bytes, v, width);
            pack_read(bytes, width, back);
            assert_memory_equal(v, back, sizeof v);
        }
    for (size_t i = 0; i < PACK_N; i++)
        v[i] = below(50);
    memcpy(back, v, sizeof v);
    pack_sum(back, 1000);
    for (uint32_t i = 0, sum = 1000; i < PACK_N; i++) {
        sum += v[i] + 1;
        assert_int_equal(back[i], sum);
    }
}

/* BM25F as the book has it, in plain arithmetic. */
static void test_score(void **state)
{
    struct score_basis basis = {1000, {5, 2, 0, 50}};
    struct score_table table;
    double x = 4 * 2 / (1 - 0.75 + 0.75 * 10 / 5) + 1 * 3 / (1 - 0.75 + 0.75 * 26 / 50);

    (void)state;
    score_table_make(&table, &basis);
    assert_true(fabs(score_x(&table, 2 | 3u << 24, 10 | (score_bytes)score_length_byte(27) << 24) -
                     x) < 1e-5);
    assert_true(fabs(score_idf(1000, 10) - log(1 + 990.5 / 10.5)) < 1e-12);
    assert_true(score_idf(10, 10) > 0);
    for (uint32_t n = 0; n < 100000; n += 1 + n / 50) {
        uint32_t as = score_length(score_length_byte(n));
        assert_true(as <= n && as >= n - n / 8);
    }
    for (double v = 1e-3; v < 1e5; v *= 1.01) {
        float max = score_max(score_max_byte((float)v));
        assert_true(max >= (float)v);
        assert_true(v < 0.04 || v > 1850 || max < v * 1.046);
    }
}

static int set_up(void **state)
{
    arena = arena_new();
    name_words();
    for (size_t i = 0; i < SEGMENTS; i++)
        corpus[i] = memory_new(sizeof *corpus[i]);
    return test_directory_make(state);
}

static int tear_down(void **state)
{
    arena_free(arena);
    for (size_t i = 0; i < SEGMENTS; i++)
        memory_free(corpus[i]);
    return test_directory_remove(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pack),
        cmocka_unit_test(test_score),
        cmocka_unit_test(test_everything),
        cmocka_unit_test(test_oracle),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
