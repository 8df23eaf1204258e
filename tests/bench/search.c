/*
 * The index beside the engines that people would take instead, on the same records and queries:
 *   bench_search build FILE RECORDS.tsv           id, title, creator, subject, description, … in columns
 *   bench_search query FILE QUERIES.tsv OUT REPS  class and text; OUT gets class, median µs, hits, records
 * Times hold all that a query takes, from the text that a person typed to the hits.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "search/analyse.h"
#include "search/index/builder.h"
#include "search/index/topk.h"

#define HITS 10
#define REPS_MAX 64

static void end(const struct problem *why)
{
    fprintf(stderr, "%s: %s (%s)\n", why->code, why->message, why->detail);
    exit(1);
}

static double cpu(void)
{
    struct rusage u;

    getrusage(RUSAGE_SELF, &u);
    return (double)u.ru_utime.tv_sec + (double)u.ru_stime.tv_sec +
           ((double)u.ru_utime.tv_usec + (double)u.ru_stime.tv_usec) / 1e6;
}

/* ---- building */

static uint32_t feed(struct builder *b, unsigned field, const char *p, size_t n)
{
    const char *stop = p + n;
    struct cs_span bare = {NULL, 0};
    uint32_t place = 0;

    while (p < stop) {
        const char *space = memchr(p, ' ', (size_t)(stop - p));
        const char *next = space ? space : stop;
        bool same = *p == SAME_PLACE[0];
        struct cs_span token = cs_span_make(p + same, (size_t)(next - p) - same);

        p = next + 1;
        if (token.n == 0)
            continue;
        place += !same;
        if (token.p[0] != STEM_MARK[0])
            bare = token;
        else if (token.n == bare.n + 2 && memcmp(token.p + 2, bare.p, bare.n) == 0)
            continue;
        builder_add(b, field, place - 1, token);
    }
    return place;
}

static void build(const char *path, const char *records)
{
    static const int column[SCORE_FIELDS] = {1, 2, 3, 4};
    struct problem why = PROBLEM_INIT;
    struct builder *b = builder_new(&why);
    struct analyser *a = analyser_new(true, &why);
    struct cs_buffer tokens = {.alloc = memory_allocator()};
    char version[ANALYSIS_TEXT], *line = NULL;
    uint64_t start = clock_monotonic_us(), fed;
    double before = cpu();
    FILE *in = fopen(records, "r");
    size_t room = 0;
    struct stat st;
    uint32_t n = 0;

    if (!b || !a || !in)
        end(&why);
    while (getline(&line, &room, in) > 0) {
        struct segment_record record = {n++, 1};
        uint32_t length[SCORE_FIELDS];
        char *at = line, *value[8] = {NULL};

        for (int i = 0; i < 8 && at; i++)
            value[i] = strsep(&at, "\t\n");
        builder_begin(b, &record);
        for (unsigned f = 0; f < SCORE_FIELDS; f++) {
            cs_buffer_reset(&tokens);
            cs_buffer_add_text(&tokens, GAP_TOKEN);
            if (analyse_tokens(a, cs_span_of(value[column[f]]),
                               stemmers_of(value[6] ? value[6] : "en"), &tokens, &why))
                end(&why);
            length[f] = feed(b, f, (const char *)tokens.p, tokens.n);
        }
        if (builder_end(b, length, &why))
            end(&why);
    }
    fed = clock_monotonic_us();
    analysis_version(version);
    printf("held %zu MB\n", builder_size(b) >> 20);
    if (builder_write(b, path, version, &why))
        end(&why);
    stat(path, &st);
    printf("%u records, %.1f s, of which %.1f s written; %.0f records a second by the clock, %.0f "
           "of processor "
           "time; %.1f MB\n",
           n, (double)(clock_monotonic_us() - start) / 1e6,
           (double)(clock_monotonic_us() - fed) / 1e6,
           n / ((double)(clock_monotonic_us() - start) / 1e6), n / (cpu() - before),
           (double)st.st_size / 1e6);
}

/* ---- asking */

static struct arena *arena;
static struct analyser *analyser;

static struct want *want_new(enum want_kind kind)
{
    struct want *w = arena_take(arena, sizeof *w);

    w->kind = kind;
    if (kind >= WANT_PHRASE)
        w->child = arena_take(arena, WANT_CHILDREN_MAX * sizeof *w->child);
    return w;
}

static struct want *want_text(const char *p, size_t n, double weight)
{
    struct want *w = want_new(WANT_TERM);

    w->text = cs_span_make(arena_text(arena, p, n), n);
    w->weight = weight;
    return w;
}

static void take_word(void *arg, const struct piece *piece)
{
    struct want *all = arg, *same = want_new(WANT_SAME);
    const char *p = piece->tokens, *stop = p + piece->length;

    if (piece->kind != PIECE_WORD)
        return;
    while (p < stop) {
        const char *space = memchr(p, ' ', (size_t)(stop - p));
        const char *next = space ? space : stop;

        if (*p == SAME_PLACE[0])
            p++;
        same->child[same->n++] = want_text(p, (size_t)(next - p), *p == STEM_MARK[0] ? 0.7 : 1);
        if (*p == STEM_MARK[0] && ((size_t)(next - p) - 2 != piece->key_length ||
                                   memcmp(p + 2, piece->tokens + piece->key, piece->key_length)))
            same->child[same->n++] = want_text(p + 2, (size_t)(next - p) - 2, 0.7);
        p = next + 1;
    }
    all->child[all->n++] = same->n == 1 ? same->child[0] : same;
}

static void take_exact(void *arg, const struct piece *piece)
{
    struct want *all = arg;

    if (piece->kind == PIECE_WORD)
        all->child[all->n++] = want_text(piece->tokens + piece->key, piece->key_length, 1);
}

static void words(struct want *w, const char *text, void (*each)(void *, const struct piece *))
{
    struct problem why = PROBLEM_INIT;

    if (analyse(analyser, cs_span_of(text), stemmers_of("en"), false, each, w, &why))
        end(&why);
}

static struct want *read_query(const char *class, char *text)
{
    struct want *w = want_new(strcmp(class, "or3") == 0      ? WANT_ANY
                              : strcmp(class, "phrase") == 0 ? WANT_PHRASE
                                                             : WANT_ALL);

    if (strcmp(class, "phrase") == 0) {
        words(w, text, take_exact);
    } else if (strcmp(class, "prefix") == 0) {
        w->child[w->n++] = want_new(WANT_PREFIX);
        w->child[0]->text = cs_span_of(text);
    } else if (strcmp(class, "field") == 0) {
        char *creator = strchr(text, ' ');
        *creator++ = '\0';
        words(w, strchr(text, '=') + 1, take_word);
        w->child[0]->fields = 1;
        for (size_t i = 0; i < w->child[0]->n; i++)
            w->child[0]->child[i]->fields = 1;
        words(w, strchr(creator, '=') + 1, take_word);
        for (size_t k = 1; k < w->n; k++) {
            w->child[k]->fields = 2;
            for (size_t i = 0; i < w->child[k]->n; i++)
                w->child[k]->child[i]->fields = 2;
        }
    } else {
        if (strcmp(class, "typo") == 0)
            *strchr(text, ' ') = '\0';
        words(w, text, take_word);
    }
    return w->n == 1 && w->kind != WANT_PHRASE ? w->child[0] : w;
}

static int by_number(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void query(const char *path, const char *queries, const char *out, int reps)
{
    struct problem why = PROBLEM_INIT;
    char version[ANALYSIS_TEXT], *line = NULL;
    struct segment *s;
    struct asked asked;
    FILE *in = fopen(queries, "r"), *to = fopen(out, "w");
    uint64_t start = clock_monotonic_us();
    size_t room = 0;

    analysis_version(version);
    if (!in || !to || !(s = segment_open(path, version, &why)) ||
        !(analyser = analyser_new(false, &why)))
        end(&why);
    printf("opened in %.2f ms\n", (double)(clock_monotonic_us() - start) / 1e3);
    arena = arena_new();
    asked.segment = &s;
    asked.segments = 1;
    asked.basis = s->written;
    while (getline(&line, &room, in) > 0) {
        char *text = line, *class = strsep(&text, "\t");
        double us[REPS_MAX];
        struct found found[HITS];
        struct topk_answer answer = {.found = found};

        text[strcspn(text, "\n")] = '\0';
        for (int i = -2; i < reps; i++) {
            char copy[1024];
            struct topk_request request = {.asked = &asked, .k = HITS, .count_limit = 0};
            struct timespec a, b;
            struct want *w;

            snprintf(copy, sizeof copy, "%s", text);
            clock_gettime(CLOCK_MONOTONIC, &a);
            arena_reset(arena);
            request.want = w = read_query(class, copy);
            want_weigh(w, &asked);
            if (topk(&request, &answer, &why))
                end(&why);
            clock_gettime(CLOCK_MONOTONIC, &b);
            if (i >= 0)
                us[i] = (double)(b.tv_sec - a.tv_sec) * 1e6 + (double)(b.tv_nsec - a.tv_nsec) / 1e3;
        }
        qsort(us, (size_t)reps, sizeof *us, by_number);
        fprintf(to, "%s\t%.1f\t%zu\t", class, us[reps / 2], answer.n);
        for (size_t i = 0; i < answer.n; i++)
            fprintf(to, "%u,", found[i].document);
        fputc('\n', to);
    }
    fclose(to);
}

int main(int argc, char **argv)
{
    memory_install();
    if (argc == 4 && strcmp(argv[1], "build") == 0)
        build(argv[2], argv[3]);
    else if (argc == 6 && strcmp(argv[1], "query") == 0)
        query(argv[2], argv[3], argv[4], atoi(argv[5]));
    else
        return 2;
    return 0;
}
