#include "tests/crash/model.h"

#include <assert.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECTOR 512
#define NAMES_MAX 512

struct step {
    enum file_step step;
    char *path, *other;
    uint64_t offset;
    unsigned char *bytes;
    size_t n;
};

struct original {
    char *path;
    unsigned char *bytes;
    size_t n;
};

struct model {
    char root[FILE_PATH_MAX];
    struct original *originals;
    size_t n_originals;
    struct step *steps;
    size_t n_steps, room;
};

/* ---- recording */

static struct model *recording; /* nftw has no argument, and there is one recorder a process */

static void *grow(void *p, size_t n)
{
    p = realloc(p, n);
    assert(p);
    return p;
}

static bool is_shared_memory(const char *path)
{
    size_t n = strlen(path);

    return n > 4 && strcmp(path + n - 4, "-shm") == 0;
}

static int take_original(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    struct model *m = recording;
    struct original *o;
    FILE *f;

    (void)ftw;
    if (type != FTW_F || !S_ISREG(st->st_mode) || is_shared_memory(path))
        return 0;
    m->originals = grow(m->originals, (m->n_originals + 1) * sizeof *o);
    o = &m->originals[m->n_originals++];
    o->path = strdup(path);
    o->n = (size_t)st->st_size;
    o->bytes = grow(NULL, o->n + 1);
    f = fopen(path, "rb");
    assert(f && fread(o->bytes, 1, o->n, f) == o->n);
    fclose(f);
    return 0;
}

static int observe(const struct file_event *event, void *arg)
{
    struct model *m = arg;
    struct step *s;

    if (strncmp(event->path, m->root, strlen(m->root)) != 0 || is_shared_memory(event->path))
        return 0;
    if (m->n_steps == m->room) {
        m->room = m->room ? m->room * 2 : 256;
        m->steps = grow(m->steps, m->room * sizeof *s);
    }
    s = &m->steps[m->n_steps++];
    memset(s, 0, sizeof *s);
    s->step = event->step;
    s->path = strdup(event->path);
    s->other = event->other ? strdup(event->other) : NULL;
    s->offset = event->offset;
    s->n = event->bytes.n;
    if (s->n) {
        s->bytes = grow(NULL, s->n);
        memcpy(s->bytes, event->bytes.p, s->n);
    }
    return 0;
}

struct model *model_record(const char *directory)
{
    struct model *m = calloc(1, sizeof *m);

    assert(m && strlen(directory) < sizeof m->root);
    strcpy(m->root, directory);
    recording = m;
    assert(nftw(directory, take_original, 16, FTW_PHYS) == 0);
    file_observe(observe, m);
    return m;
}

void model_stop(struct model *m)
{
    (void)m;
    file_observe(NULL, NULL);
}

void model_free(struct model *m)
{
    for (size_t i = 0; i < m->n_originals; i++) {
        free(m->originals[i].path);
        free(m->originals[i].bytes);
    }
    for (size_t i = 0; i < m->n_steps; i++) {
        free(m->steps[i].path);
        free(m->steps[i].other);
        free(m->steps[i].bytes);
    }
    free(m->originals);
    free(m->steps);
    free(m);
}

size_t model_steps(const struct model *m)
{
    return m->n_steps;
}

bool model_is_sync(const struct model *m, size_t n, const char *part)
{
    const struct step *s = &m->steps[n];

    return (s->step == FILE_STEP_SYNC || s->step == FILE_STEP_SYNC_DIRECTORY) &&
           strstr(s->path, part);
}

const char *model_path(const struct model *m, size_t n)
{
    return m->steps[n].path;
}

/* ---- replaying: files by number, names as bindings to them */

struct content {
    unsigned char *bytes;
    size_t n;
};

struct file {
    struct content durable, latest; /* as synced; with every write */
    struct content torn; /* with half of each unsynced write */
};

struct name {
    const char *path;
    int durable, latest; /* file numbers; -1: no such name */
    bool directory; /* then the numbers only say whether it is there */
    int survives; /* what of the two the crash left */
};

struct disk {
    struct file file[NAMES_MAX];
    int files;
    struct name name[NAMES_MAX];
    int names;
};

static void copy(struct content *to, const struct content *from)
{
    to->bytes = grow(to->bytes, from->n + 1);
    memcpy(to->bytes, from->bytes, from->n);
    to->n = from->n;
}

static void put(struct content *c, uint64_t offset, const unsigned char *bytes, size_t n)
{
    size_t end = (size_t)offset + n;

    if (end > c->n) {
        c->bytes = grow(c->bytes, end + 1);
        memset(c->bytes + c->n, 0, end - c->n);
        c->n = end;
    }
    memcpy(c->bytes + offset, bytes, n);
}

static void cut(struct content *c, uint64_t size)
{
    if (size > c->n)
        put(c, size, (const unsigned char *)"", 0);
    c->n = (size_t)size;
}

static int new_file(struct disk *d)
{
    assert(d->files < NAMES_MAX);
    memset(&d->file[d->files], 0, sizeof d->file[0]);
    d->file[d->files].durable.bytes = grow(NULL, 1);
    d->file[d->files].latest.bytes = grow(NULL, 1);
    d->file[d->files].torn.bytes = grow(NULL, 1);
    return d->files++;
}

static struct name *name_of(struct disk *d, const char *path)
{
    for (int i = 0; i < d->names; i++)
        if (strcmp(d->name[i].path, path) == 0)
            return &d->name[i];
    assert(d->names < NAMES_MAX);
    d->name[d->names] = (struct name){.path = path, .durable = -1, .latest = -1};
    return &d->name[d->names++];
}

static struct file *file_of(struct disk *d, const char *path)
{
    struct name *name = name_of(d, path);

    if (name->latest < 0)
        name->latest = new_file(d);
    return &d->file[name->latest];
}

static bool is_in(const char *path, const char *directory)
{
    size_t n = strlen(directory);

    return strncmp(path, directory, n) == 0 && path[n] == '/' && !strchr(path + n + 1, '/');
}

static void sync_names(struct disk *d, const char *directory)
{
    for (int i = 0; i < d->names; i++)
        if (is_in(d->name[i].path, directory))
            d->name[i].durable = d->name[i].latest;
}

/* SQLite syncs the directory itself when it first syncs a log that it has made. */
static bool syncs_its_name(const char *path)
{
    size_t n = strlen(path);

    return n > 4 && (strcmp(path + n - 4, "-wal") == 0 || strstr(path, "-journal"));
}

static void apply(struct disk *d, const struct step *s, bool forgotten)
{
    struct file *f;

    switch (s->step) {
    case FILE_STEP_CREATE:
        name_of(d, s->path)->latest = new_file(d);
        break;
    case FILE_STEP_WRITE:
        f = file_of(d, s->path);
        put(&f->latest, s->offset, s->bytes, s->n);
        /* Sectors are written whole; half of a write is its first half, in sectors. */
        put(&f->torn, s->offset, s->bytes, s->n > SECTOR ? s->n / 2 / SECTOR * SECTOR : s->n / 2);
        break;
    case FILE_STEP_TRUNCATE:
        f = file_of(d, s->path);
        cut(&f->latest, s->offset);
        break;
    case FILE_STEP_SYNC:
        if (forgotten)
            break;
        f = file_of(d, s->path);
        copy(&f->durable, &f->latest);
        copy(&f->torn, &f->latest);
        if (syncs_its_name(s->path))
            name_of(d, s->path)->durable = name_of(d, s->path)->latest;
        break;
    case FILE_STEP_RENAME: {
        int moved = name_of(d, s->path)->latest;
        name_of(d, s->other)->latest = moved;
        name_of(d, s->path)->latest = -1;
        break;
    }
    case FILE_STEP_REMOVE:
        name_of(d, s->path)->latest = -1;
        break;
    case FILE_STEP_SYNC_DIRECTORY:
        if (!forgotten)
            sync_names(d, s->path);
        break;
    case FILE_STEP_MAKE_DIRECTORY:
        name_of(d, s->path)->directory = true;
        name_of(d, s->path)->latest = 0;
        break;
    }
}

/* A renamed descriptor is synced under its new name or its old one: what matters is the file. */
static struct disk *replay(const struct model *m, size_t step, size_t without)
{
    struct disk *d = calloc(1, sizeof *d);

    assert(d);
    for (size_t i = 0; i < m->n_originals; i++) {
        const struct original *o = &m->originals[i];
        struct name *name = name_of(d, o->path);
        struct content content = {o->bytes, o->n};

        name->latest = name->durable = new_file(d);
        copy(&d->file[name->latest].durable, &content);
        copy(&d->file[name->latest].latest, &content);
        copy(&d->file[name->latest].torn, &content);
    }
    for (size_t i = 0; i < step; i++)
        apply(d, &m->steps[i], i == without);
    return d;
}

static void disk_free(struct disk *d)
{
    for (int i = 0; i < d->files; i++) {
        free(d->file[i].durable.bytes);
        free(d->file[i].latest.bytes);
        free(d->file[i].torn.bytes);
    }
    free(d);
}

static void make_parents(char *path)
{
    for (char *p = path + 1; (p = strchr(p, '/')); p++) {
        *p = '\0';
        mkdir(path, 0700);
        *p = '/';
    }
}

static void write_out(const struct model *m, const char *into, const char *path,
                      const struct content *content)
{
    char to[FILE_PATH_MAX * 2];
    FILE *f;

    snprintf(to, sizeof to, "%s%s", into, path + strlen(m->root));
    make_parents(to);
    f = fopen(to, "wb");
    assert(f && fwrite(content->bytes, 1, content->n, f) == content->n);
    assert(fclose(f) == 0);
    chmod(to, 0600);
}

static const struct content *content_that_survives(const struct file *f, enum survival survival,
                                                   unsigned *seed)
{
    switch (survival) {
    case SURVIVES_ALL:
    case SURVIVES_CONTENT:
        return &f->latest;
    case SURVIVES_SYNCED:
    case SURVIVES_NAMES:
        return &f->durable;
    case SURVIVES_TORN:
        return &f->torn;
    case SURVIVES_SOME:
        switch (rand_r(seed) % 3) {
        case 0:
            return &f->latest;
        case 1:
            return &f->torn;
        default:
            return &f->durable;
        }
    }
    return NULL;
}

static int name_that_survives(const struct name *name, enum survival survival, unsigned *seed)
{
    bool latest = survival == SURVIVES_ALL || survival == SURVIVES_NAMES ||
                  (survival == SURVIVES_SOME && rand_r(seed) % 2);

    return latest ? name->latest : name->durable;
}

/* A file is lost with any directory above it that was. */
static bool is_reachable(const struct disk *d, const char *path)
{
    for (int i = 0; i < d->names; i++) {
        size_t n = strlen(d->name[i].path);
        if (d->name[i].directory && d->name[i].survives < 0 &&
            strncmp(path, d->name[i].path, n) == 0 && path[n] == '/')
            return false;
    }
    return true;
}

void model_crash(const struct model *m, size_t step, enum survival survival, unsigned seed,
                 size_t without, const char *into)
{
    struct disk *d = replay(m, step, without);

    for (int i = 0; i < d->names; i++)
        d->name[i].survives = name_that_survives(&d->name[i], survival, &seed);
    for (int i = 0; i < d->names; i++) {
        const struct name *name = &d->name[i];

        if (!name->directory && name->survives >= 0 && is_reachable(d, name->path))
            write_out(m, into, name->path,
                      content_that_survives(&d->file[name->survives], survival, &seed));
    }
    disk_free(d);
}
