#include "http/rate.h"

#include <pthread.h>

#include <netinet/in.h>

#define WAYS 8 /* keys that share a place */

/* Thousandths of a token, so that a slow rate loses nothing between two looks. */
struct bucket {
    uint64_t key; /* its hash; 0: free */
    uint64_t at; /* when `level` was right, in milliseconds of the monotonic clock */
    uint64_t level;
};

struct rate_limiter {
    pthread_mutex_t lock;
    struct rate rate;
    uint64_t secret[2];
    size_t places; /* a power of two, of WAYS buckets each */
    struct bucket *bucket;
};

struct rate_limiter *rate_limiter_new(struct rate rate, size_t keys)
{
    struct rate_limiter *limiter = memory_new(sizeof *limiter);
    size_t places = 1;

    while (places * WAYS < keys)
        places *= 2;
    if (!limiter || !(limiter->bucket = memory_new(places * WAYS * sizeof *limiter->bucket))) {
        memory_free(limiter);
        return NULL;
    }
    pthread_mutex_init(&limiter->lock, NULL);
    limiter->rate = rate;
    limiter->places = places;
    random_bytes(limiter->secret, sizeof limiter->secret);
    return limiter;
}

void rate_limiter_free(struct rate_limiter *limiter)
{
    if (!limiter)
        return;
    pthread_mutex_destroy(&limiter->lock);
    memory_free(limiter->bucket);
    memory_free(limiter);
}

static uint64_t rotate(uint64_t x, unsigned n)
{
    return x << n | x >> (64 - n);
}

static void mix(uint64_t v[4])
{
    v[0] += v[1];
    v[2] += v[3];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] = rotate(v[0], 32);
    v[2] += v[1];
    v[0] += v[3];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] = rotate(v[2], 32);
}

/* SipHash-2-4 (Aumasson, Bernstein 2012): keyed, so that strangers can't aim at a place. */
static uint64_t hash(const uint64_t secret[2], struct cs_span key)
{
    uint64_t v[4] = {secret[0] ^ 0x736f6d6570736575u, secret[1] ^ 0x646f72616e646f6du,
                     secret[0] ^ 0x6c7967656e657261u, secret[1] ^ 0x7465646279746573u};
    uint64_t word = 0;

    for (size_t i = 0; i <= key.n; i++) {
        if (i == key.n)
            word |= (uint64_t)(key.n & 0xff) << 56;
        else
            word |= (uint64_t)key.p[i] << (i % 8 * 8);
        if (i == key.n || i % 8 == 7) {
            v[3] ^= word;
            mix(v);
            mix(v);
            v[0] ^= word;
            word = 0;
        }
    }
    v[2] ^= 0xff;
    for (int i = 0; i < 4; i++)
        mix(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

static uint64_t level_at(const struct rate_limiter *limiter, const struct bucket *b, uint64_t now)
{
    uint64_t full = limiter->rate.burst * UINT64_C(1000), gone = now > b->at ? now - b->at : 0;

    if (!limiter->rate.per_second || !gone)
        return b->level;
    if (gone > full / limiter->rate.per_second)
        return full;
    gone = b->level + gone * limiter->rate.per_second;
    return gone < full ? gone : full;
}

/* The key's bucket, brought up to now; a new one takes the place of the fullest. */
static struct bucket *find(struct rate_limiter *limiter, uint64_t key, uint64_t now)
{
    struct bucket *set = &limiter->bucket[(key >> 8 & (limiter->places - 1)) * WAYS], *best = set;
    uint64_t best_level = 0;

    for (unsigned i = 0; i < WAYS; i++) {
        uint64_t level = set[i].key ? level_at(limiter, &set[i], now) : UINT64_MAX;

        if (set[i].key == key) {
            set[i].level = level;
            set[i].at = now;
            return &set[i];
        }
        if (level > best_level) {
            best = &set[i];
            best_level = level;
        }
    }
    *best = (struct bucket){key, now, limiter->rate.burst * UINT64_C(1000)};
    return best;
}

unsigned rate_limiter_take(struct rate_limiter *limiter, struct cs_span key, uint32_t tokens)
{
    uint64_t wanted = tokens < limiter->rate.burst ? tokens : limiter->rate.burst, lack = 0;
    uint64_t name;
    struct bucket *b;

    if (limiter->rate.per_second == RATE_UNLIMITED)
        return 0;
    name = hash(limiter->secret, key);
    wanted *= 1000;
    pthread_mutex_lock(&limiter->lock);
    b = find(limiter, name ? name : 1, clock_monotonic_ms());
    if (b->level >= wanted)
        b->level -= wanted;
    else
        lack = wanted - b->level;
    pthread_mutex_unlock(&limiter->lock);
    if (!lack)
        return 0;
    if (!limiter->rate.per_second)
        return UINT32_MAX;
    lack = (lack - 1) / 1000 / limiter->rate.per_second + 1;
    return lack < UINT32_MAX ? (unsigned)lack : UINT32_MAX;
}

void rate_address(const struct sockaddr *address, unsigned char key[RATE_ADDRESS])
{
    memset(key, 0, RATE_ADDRESS);
    if (address->sa_family == AF_INET6) {
        const struct in6_addr *v6 =
            &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;

        if (IN6_IS_ADDR_V4MAPPED(v6)) {
            key[0] = 4;
            memcpy(key + 1, v6->s6_addr + 12, 4);
        } else {
            key[0] = 6;
            memcpy(key + 1, v6->s6_addr, 8);
        }
    } else if (address->sa_family == AF_INET) {
        key[0] = 4;
        memcpy(key + 1, &((const struct sockaddr_in *)(const void *)address)->sin_addr, 4);
    }
}
