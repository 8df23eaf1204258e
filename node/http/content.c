/*
 * Bytes to send, and the files that are kept in memory because they are asked for often. Files are read
 * rather than mapped: a disk error or a truncated file is then an error here, not a signal.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "http/internal.h"

struct content *content_of_buffer(struct cs_buffer *bytes)
{
    struct content *content = memory_new(sizeof *content);

    if (!content)
        return NULL;
    content->refs = 1;
    content->fd = -1;
    content->bytes = *bytes;
    content->size = bytes->n;
    *bytes = (struct cs_buffer){.alloc = content->bytes.alloc};
    return content;
}

void content_release(struct content *content)
{
    if (!content || --content->refs)
        return;
    if (content->fd >= 0)
        close(content->fd);
    cs_buffer_free(&content->bytes);
    memory_free(content->path);
    memory_free(content->etag);
    memory_free(content);
}

void file_cache_open(struct file_cache *cache, size_t max)
{
    memset(cache, 0, sizeof *cache);
    cache->max = max;
    TAILQ_INIT(&cache->recent);
}

static void forget(struct file_cache *cache, struct content *content)
{
    TAILQ_REMOVE(&cache->recent, content, recent);
    LIST_REMOVE(content, same);
    cache->bytes -= content->size;
    content_release(content);
}

void file_cache_close(struct file_cache *cache)
{
    struct content *content;

    while ((content = TAILQ_FIRST(&cache->recent)))
        forget(cache, content);
    memory_free(cache->bucket);
    cache->bucket = NULL;
}

/* FNV-1a: only paths of files that exist come here, so nobody can choose collisions cheaply. */
static struct content_bucket *bucket_of(struct file_cache *cache, const char *path)
{
    uint32_t hash = 2166136261u;

    for (; *path; path++)
        hash = (hash ^ (unsigned char)*path) * 16777619u;
    return &cache->bucket[hash % CACHE_BUCKETS];
}

static struct content *find(struct file_cache *cache, const char *path, const char *etag)
{
    struct content *content;

    if (!cache->bucket)
        return NULL;
    LIST_FOREACH(content, bucket_of(cache, path), same)
    if (strcmp(content->path, path) == 0)
        break;
    if (!content)
        return NULL;
    if (strcmp(content->etag, etag) != 0) {
        forget(cache, content);
        return NULL;
    }
    TAILQ_REMOVE(&cache->recent, content, recent);
    TAILQ_INSERT_HEAD(&cache->recent, content, recent);
    return content;
}

static int read_whole(int fd, struct cs_buffer *out, size_t size)
{
    if (size && !cs_buffer_reserve(out, size))
        return ENOMEM;
    while (out->n < size) {
        ssize_t got = pread(fd, out->p + out->n, size - out->n, (off_t)out->n);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got ? errno : EIO;
        out->n += (size_t)got;
    }
    return 0;
}

/* True if the whole file hashes to that; what is not kept is read for it. */
static bool is_right(int fd, const struct content *content, const struct cs_hash *sum)
{
    struct cs_buffer bytes = {.alloc = memory_allocator()};
    struct cs_span all = cs_buffer_span(&content->bytes);
    struct cs_hash is;
    bool right = true;

    if (fd >= 0) {
        right = read_whole(fd, &bytes, content->size) == 0;
        all = cs_buffer_span(&bytes);
    }
    cs_sha256(all, &is);
    cs_buffer_free(&bytes);
    return right && memcmp(is.b, sum->b, CS_HASH) == 0;
}

/* Opens a file: small ones are read whole, large ones stay open. */
static struct content *load(const char *path, const struct cs_hash *sum, int *error)
{
    struct content *content = NULL;
    struct cs_buffer bytes = {.alloc = memory_allocator()};
    struct stat is;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);

    if (fd < 0 || fstat(fd, &is)) {
        *error = errno;
        goto out;
    }
    if (!S_ISREG(is.st_mode)) {
        *error = ENOENT;
        goto out;
    }
    if (is.st_size <= CACHED_FILE_MAX && (*error = read_whole(fd, &bytes, (size_t)is.st_size)))
        goto out;
    if (!(content = content_of_buffer(&bytes))) {
        *error = ENOMEM;
        goto out;
    }
    if (is.st_size > CACHED_FILE_MAX) {
        content->fd = fd;
        fd = -1;
    }
    content->size = (uint64_t)is.st_size;
    if (sum && !is_right(content->fd, content, sum)) {
        *error = EBADMSG;
        content_release(content);
        content = NULL;
    }
out:
    if (fd >= 0)
        close(fd);
    cs_buffer_free(&bytes);
    return content;
}

/* Keeps it if it can be: not keeping is no error. */
static void keep(struct file_cache *cache, struct content *content, const char *path,
                 const char *etag)
{
    if (content->fd >= 0 || content->size > cache->max)
        return;
    if (!cache->bucket && !(cache->bucket = memory_new(CACHE_BUCKETS * sizeof *cache->bucket)))
        return;
    if (!(content->path = memory_copy_text(path)) || !(content->etag = memory_copy_text(etag)))
        return;
    content->refs++;
    cache->bytes += content->size;
    TAILQ_INSERT_HEAD(&cache->recent, content, recent);
    LIST_INSERT_HEAD(bucket_of(cache, path), content, same);
    while (cache->bytes > cache->max)
        forget(cache, TAILQ_LAST(&cache->recent, content_recent));
}

struct content *file_cache_get(struct file_cache *cache, const char *path, const char *etag,
                               const struct cs_hash *sum, int *error)
{
    struct content *content = find(cache, path, etag);

    if (content) {
        content->refs++;
        return content;
    }
    if ((content = load(path, sum, error)))
        keep(cache, content, path, etag);
    return content;
}
