#include "support/random.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include <commonshelf/key.h>

#include "support/language.h"
#include "support/log.h"
#include "support/problem.h"

/* One system call gives 32 salts or nonces; getrandom never gives a part of up to 256 bytes. */
#define STOCK 256

/* Bytes drawn in advance by one thread; those handed out are wiped. */
struct stock {
    unsigned char bytes[STOCK];
    size_t left;
    unsigned generation;
};
static _Thread_local struct stock stock;

/* Counts forks: a child must not hand out what its parent will hand out too. */
static atomic_uint generation = 1;
static pthread_once_t watch_forks = PTHREAD_ONCE_INIT;

/* A test's stream: SHA-256(seed ‖ counter), block by block. */
static pthread_mutex_t replay_lock = PTHREAD_MUTEX_INITIALIZER;
static atomic_bool replaying;
static struct cs_hash replay_seed, replay_block;
static uint64_t replay_blocks;
static size_t replay_left;

static void count_fork(void)
{
    atomic_fetch_add(&generation, 1);
}

static void start_watching(void)
{
    if (pthread_atfork(NULL, NULL, count_fork)) {
        log_line(LOG_LEVEL_ERROR, "random", "%s", _("There is not enough memory to start."));
        _exit(EXIT_NOT_DONE);
    }
}

static void from_system(unsigned char *out, size_t n)
{
    while (n) {
        ssize_t got = getrandom(out, n < STOCK ? n : STOCK, 0);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            log_line(LOG_LEVEL_ERROR, "random", "%s",
                     _("The system gives no random numbers. Without them no key and no "
                       "signature is safe, so the program ends here."));
            _exit(EXIT_NOT_DONE);
        }
        out += got;
        n -= (size_t)got;
    }
}

static void from_stock(unsigned char *out, size_t n)
{
    unsigned now;

    pthread_once(&watch_forks, start_watching);
    now = atomic_load(&generation);
    if (stock.generation != now || stock.left < n) {
        from_system(stock.bytes, STOCK);
        stock.left = STOCK;
        stock.generation = now;
    }
    stock.left -= n;
    memcpy(out, stock.bytes + stock.left, n);
    explicit_bzero(stock.bytes + stock.left, n);
}

static void from_replay(unsigned char *out, size_t n)
{
    pthread_mutex_lock(&replay_lock);
    while (n--) {
        if (!replay_left) {
            unsigned char number[8];

            for (int i = 0; i < 8; i++)
                number[i] = (unsigned char)(replay_blocks >> (56 - 8 * i));
            cs_sha256_many((struct cs_span[]){cs_span_make(replay_seed.b, CS_HASH),
                                              cs_span_make(number, sizeof number)},
                           2, &replay_block);
            replay_blocks++;
            replay_left = CS_HASH;
        }
        *out++ = replay_block.b[CS_HASH - replay_left--];
    }
    pthread_mutex_unlock(&replay_lock);
}

void random_bytes(void *out, size_t n)
{
    if (atomic_load_explicit(&replaying, memory_order_relaxed))
        from_replay(out, n);
    else if (n <= STOCK / 4)
        from_stock(out, n);
    else
        from_system(out, n);
}

uint32_t random_below(uint32_t limit)
{
    uint32_t x, skip;

    assert(limit > 0);
    /* 2^32 mod limit: the values below it would make the small results likelier. */
    skip = (0 - limit) % limit;
    do {
        random_bytes(&x, sizeof x);
    } while (x < skip);
    return x % limit;
}

void random_replay(const char *seed)
{
    pthread_mutex_lock(&replay_lock);
    if (seed)
        cs_sha256(cs_span_of(seed), &replay_seed);
    replay_blocks = 0;
    replay_left = 0;
    atomic_store(&replaying, seed != NULL);
    pthread_mutex_unlock(&replay_lock);
}
