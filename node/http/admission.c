/*
 * Counts connections by address, so that one address can't have them all.
 */
#include "http/internal.h"

#define BUCKETS 256

struct address_count {
    struct address_count *next;
    unsigned char key[RATE_ADDRESS];
    unsigned connections;
};

struct admission {
    pthread_mutex_t lock;
    unsigned per_address;
    struct address_count *bucket[BUCKETS];
};

struct admission *admission_new(unsigned per_address)
{
    struct admission *a = memory_new(sizeof *a);

    if (!a)
        return NULL;
    pthread_mutex_init(&a->lock, NULL);
    a->per_address = per_address;
    return a;
}

void admission_free(struct admission *a)
{
    if (!a)
        return;
    for (size_t i = 0; i < BUCKETS; i++) {
        while (a->bucket[i]) {
            struct address_count *next = a->bucket[i]->next;

            memory_free(a->bucket[i]);
            a->bucket[i] = next;
        }
    }
    pthread_mutex_destroy(&a->lock);
    memory_free(a);
}

static struct address_count **bucket_of(struct admission *a, const unsigned char key[RATE_ADDRESS])
{
    unsigned hash = 0;

    for (int i = 0; i < RATE_ADDRESS; i++)
        hash = hash * 31 + key[i];
    return &a->bucket[hash % BUCKETS];
}

struct address_count *admission_enter(struct admission *a, const struct sockaddr *address)
{
    unsigned char key[RATE_ADDRESS];
    struct address_count **bucket, *count;

    rate_address(address, key);
    pthread_mutex_lock(&a->lock);
    bucket = bucket_of(a, key);
    for (count = *bucket; count; count = count->next)
        if (memcmp(count->key, key, sizeof key) == 0)
            break;
    if (!count && (count = memory_new(sizeof *count))) {
        memcpy(count->key, key, sizeof key);
        count->next = *bucket;
        *bucket = count;
    }
    if (count && count->connections >= a->per_address)
        count = NULL;
    if (count)
        count->connections++;
    pthread_mutex_unlock(&a->lock);
    return count;
}

void admission_leave(struct admission *a, struct address_count *count)
{
    struct address_count **at;

    if (!count)
        return;
    pthread_mutex_lock(&a->lock);
    if (--count->connections == 0) {
        for (at = bucket_of(a, count->key); *at != count; at = &(*at)->next)
            ;
        *at = count->next;
        memory_free(count);
    }
    pthread_mutex_unlock(&a->lock);
}
