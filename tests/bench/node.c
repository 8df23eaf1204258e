/*
 * The parts of a node that a benchmark wants by themselves, without the search index:
 *   bench_node fill HOME WORDS FIRST COUNT ROUND   records FIRST to FIRST+COUNT-1, as they are in round ROUND,
 *                                                  imported and published; WORDS is a file of words
 *   bench_node pull HOME                           pulls every peer
 *   bench_node verify FROM ORIGIN TO               verifies the bundles of a log of home FROM and writes them to TO
 * Each prints one line of JSON with what it took. Nothing else may have the home meanwhile.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <jansson.h>

#include <commonshelf/gzip.h>

#include "catalogue/log_files.h"
#include "command/home.h"
#include "sync/sync.h"

#define RECORD_WORDS 70 /* of a description: about 600 bytes a record, as library catalogues have */

static void end(const struct problem *why)
{
    fprintf(stderr, "%s: %s (%s)\n", why->code, why->message, why->detail);
    exit(1);
}

/* ---- what it took */

struct took {
    uint64_t ms;
    double cpu;
};

static double cpu_seconds(void)
{
    struct rusage r;

    getrusage(RUSAGE_SELF, &r);
    return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) +
           (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e6;
}

static struct took start(void)
{
    return (struct took){clock_monotonic_ms(), cpu_seconds()};
}

static void print_took(const struct took *start, uint64_t n)
{
    struct rusage r;

    getrusage(RUSAGE_SELF, &r);
    printf("\"n\":%" PRIu64 ",\"ms\":%" PRIu64 ",\"cpu_ms\":%.0f,\"peak_kib\":%ld}\n", n,
           clock_monotonic_ms() - start->ms, (cpu_seconds() - start->cpu) * 1000, r.ru_maxrss);
}

/* ---- a home without its index */

static struct home *open_home(const char *path)
{
    struct problem why = PROBLEM_INIT;
    char lock[FILE_PATH_MAX];
    struct home *home = NULL;
    int fd;

    if (file_join(lock, path, HOME_LOCK) || (fd = file_lock(lock, &why)) < 0 ||
        !(home = home_new(path, fd, &why)) || home_open_config(home, &why) ||
        home_open_signer(home, &why) || home_open_store(home, &why) ||
        home_open_catalogue(home, &why) || home_open_peering(home, &why))
        end(&why);
    return home;
}

/* ---- fill */

static char *read_words(const char *path, char **word, size_t max, size_t *n)
{
    struct cs_buffer text = {.alloc = memory_allocator()};
    struct problem why = PROBLEM_INIT;

    if (file_read(path, 4u << 20, &text, &why))
        end(&why);
    cs_buffer_add_byte(&text, '\0');
    *n = 0;
    for (char *w = strtok((char *)text.p, " \n\r\t"); w && *n < max; w = strtok(NULL, " \n\r\t"))
        if (strlen(w) < 24) /* not whole sentences of scripts without spaces */
            word[(*n)++] = w;
    return (char *)text.p;
}

static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15); /* splitmix64 */

    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

/* Some words are common and most are rare: the smaller of two numbers. */
static json_t *some_words(char *const *word, size_t words, size_t n, uint64_t *random)
{
    char text[8192];
    size_t at = 0;

    for (size_t i = 0; i < n; i++) {
        uint64_t a = next_random(random) % words, b = next_random(random) % words;
        const char *w = word[a < b ? a : b];
        if (at + strlen(w) + 2 > sizeof text)
            break;
        at += (size_t)snprintf(text + at, sizeof text - at, i ? " %s" : "%s", w);
    }
    return json_stringn(text, at);
}

static json_t *make_record(char *const *word, size_t words, uint64_t number, uint64_t round)
{
    static const char *const languages[] = {"en", "sw", "fr"};
    uint64_t random = number * 1000 + round;
    char year[8];

    snprintf(year, sizeof year, "%u", 1950 + (unsigned)(next_random(&random) % 77));
    return json_pack("{s:s,s:s,s:o,s:[o],s:[o],s:o,s:[s],s:s}", "kind", "resource", "category",
                     "material", "name", some_words(word, words, 6, &random), "creator",
                     some_words(word, words, 2, &random), "about",
                     some_words(word, words, 3, &random), "description",
                     some_words(word, words, RECORD_WORDS, &random), "inLanguage",
                     languages[number % 3], "datePublished", year);
}

static void fill(char **argument)
{
    struct home *home = open_home(argument[0]);
    uint64_t first = strtoull(argument[2], NULL, 10), count = strtoull(argument[3], NULL, 10);
    uint64_t round = strtoull(argument[4], NULL, 10);
    struct problem why = PROBLEM_INIT;
    struct publish_result published;
    struct batch_result result;
    struct catalogue_batch *batch;
    static char *word[100000];
    enum draft_outcome outcome;
    struct took took;
    size_t words;
    char *text = read_words(argument[1], word, sizeof word / sizeof *word, &words), key[32];

    took = start();
    if (!(batch = catalogue_batch_begin(home->catalogue, "public", "bench", "bench", &why)))
        end(&why);
    for (uint64_t i = first; i < first + count; i++) {
        json_t *record = make_record(word, words, i, round);
        snprintf(key, sizeof key, "%" PRIu64, i);
        if (catalogue_batch_add(batch, record, key, cs_span_make(NULL, 0), &outcome, &why))
            end(&why);
        json_decref(record);
    }
    if (catalogue_batch_live(&batch, &result, &why))
        end(&why);
    printf("{\"stage_ms\":%" PRIu64 ",\"stage_cpu_ms\":%.0f,", clock_monotonic_ms() - took.ms,
           (cpu_seconds() - took.cpu) * 1000);
    took = start();
    if (catalogue_publish(home->catalogue, "public", &published, NULL, NULL, &why) ||
        peering_profile_refresh(home->peering, &why))
        end(&why);
    printf("\"origin\":\"%s\",\"size\":%" PRIu64 ",", published.origin, published.size);
    print_took(&took, published.added);
    memory_free(text);
    home_free(home);
}

/* ---- pull */

static void pull(char **argument)
{
    struct home *home = open_home(argument[0]);
    struct problem why = PROBLEM_INIT;
    struct sync_setup setup = {.home = home->path, .store = home->store, .peering = home->peering};
    struct peer_row *peer = memory_new(STORE_PEERS_MAX * sizeof *peer);
    struct reader *r = store_reader(home->store, &why);
    struct sync_result result;
    atomic_bool cancel = false;
    struct took took;
    size_t n;

    if (!r || !peer || store_peer_list(r, peer, STORE_PEERS_MAX, &n, &why))
        end(&why);
    for (size_t i = 0; i < n; i++) {
        took = start();
        if (sync_pull(&setup, peer[i].node.nid, &cancel, &result, &why))
            end(&why);
        if (result.state == SYNC_FAILED)
            fprintf(stderr, "%s (%s)\n", result.why.message, result.why.detail);
        printf("{\"ok\":%s,\"refused\":%" PRIu64 ",\"requests\":%" PRIu64 ",\"bytes\":%" PRIu64 ",",
               result.state == SYNC_FAILED ? "false" : "true", result.refused, result.requests,
               result.bytes);
        print_took(&took, result.entries);
    }
    store_reader_free(r);
    memory_free(peer);
    home_free(home);
}

/* ---- verify: what a pull does with a bundle between the network and the database */

static void verify_bundle(struct log_writer *w, const struct cs_hash *root, struct cs_span gz,
                          struct cs_buffer *raw, struct problem *why)
{
    struct cs_hash leaf[CS_BUNDLE_WIDTH], computed;
    struct cs_bundle_item item;
    struct cs_span rest;
    unsigned i = 0;

    cs_buffer_reset(raw);
    if (cs_gunzip(gz, CS_BUNDLE_RAW_MAX, raw) != CS_OK)
        abort();
    for (rest = cs_buffer_span(raw); rest.n > 0; leaf[i++] = item.leaf)
        if (i == CS_BUNDLE_WIDTH || cs_bundle_next(&rest, &item) != CS_OK)
            abort();
    cs_tile_root((const unsigned char *)leaf, &computed);
    if (memcmp(computed.b, root->b, CS_HASH) != 0)
        abort();
    if (log_writer_add_bundle(w, gz, leaf, why))
        end(why);
}

static void verify(char **argument)
{
    struct cs_buffer gz = {.alloc = memory_allocator()}, raw = gz, tile = gz;
    struct problem why = PROBLEM_INIT;
    char path[FILE_PATH_MAX];
    struct cs_range range;
    struct log_writer *w;
    struct took took = start();
    uint64_t index = 0;

    cs_range_init(&range);
    if (!(w = log_writer_open(argument[2], argument[1], &range, &why)))
        end(&why);
    for (;; index++) {
        struct cs_tile bundle = {CS_TILE_LEVEL_ENTRIES, index, CS_BUNDLE_WIDTH};
        struct cs_tile above = {0, index, CS_BUNDLE_WIDTH};
        struct cs_hash root;

        if (log_tile_path(argument[0], argument[1], &bundle, path, &why))
            end(&why);
        if (!file_exists(path))
            break;
        cs_buffer_reset(&gz);
        cs_buffer_reset(&tile);
        if (log_tile_read(argument[0], argument[1], &bundle, &gz, &why) ||
            log_tile_read(argument[0], argument[1], &above, &tile, &why))
            end(&why);
        cs_tile_root(tile.p, &root);
        verify_bundle(w, &root, cs_buffer_span(&gz), &raw, &why);
        if (index % 16 == 15 && log_writer_flush(w, &why))
            end(&why);
    }
    if (log_writer_flush(w, &why))
        end(&why);
    printf("{");
    print_took(&took, index * CS_BUNDLE_WIDTH);
    log_writer_free(w);
    cs_buffer_free(&gz);
    cs_buffer_free(&raw);
    cs_buffer_free(&tile);
}

int main(int argc, char **argv)
{
    if (memory_install())
        return 1;
    signal(SIGPIPE, SIG_IGN);
    if (argc == 7 && !strcmp(argv[1], "fill"))
        fill(argv + 2);
    else if (argc == 3 && !strcmp(argv[1], "pull"))
        pull(argv + 2);
    else if (argc == 5 && !strcmp(argv[1], "verify"))
        verify(argv + 2);
    else
        return 2;
    return 0;
}
