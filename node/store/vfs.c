/*
 * The VFS shim: SQLite's own unix VFS, with every write, truncation, sync and removal announced to
 * support/file's seam first, so that one recorder sees the order of all that reaches the disk. The pages
 * of a database get their checksum on the way to the file, and are held against it on the way back: one
 * that is wrong is never read (SQLITE_IOERR_DATA). What waits in the write-ahead log has SQLite's own.
 */
#include <errno.h>

#include "store/internal.h"
#include "store/page_sum.h"

struct shim_file {
    sqlite3_file base;
    char path[FILE_PATH_MAX];
    bool pages; /* a database, not a log or something temporary */
    sqlite3_file *real; /* the unix VFS's own, right behind this struct */
};

static sqlite3_vfs shim;
static sqlite3_vfs *unix_vfs;

static struct shim_file *shim_of(sqlite3_file *f)
{
    return (struct shim_file *)(void *)f;
}

static sqlite3_file *real_of(sqlite3_file *f)
{
    return shim_of(f)->real;
}

static int announce(enum file_step step, const char *path, uint64_t offset, struct cs_span bytes,
                    int failure)
{
    struct file_event event = {step, path, NULL, offset, bytes};
    int error = path[0] ? file_announce(&event) : 0;

    if (error == 0)
        return SQLITE_OK;
    return error == ENOSPC ? SQLITE_FULL : failure;
}

static int shim_close(sqlite3_file *f)
{
    return real_of(f)->pMethods->xClose(real_of(f));
}

/* SQLite also looks at a few bytes of the first page alone; it then reads the whole of it. */
static bool is_page(sqlite3_file *f, int n, sqlite3_int64 at)
{
    return shim_of(f)->pages && n == PAGE_BYTES && at % PAGE_BYTES == 0;
}

static int shim_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
    int rc = real_of(f)->pMethods->xRead(real_of(f), p, n, at);

    if (rc == SQLITE_OK && is_page(f, n, at) && !page_sum_right(p, (uint64_t)at / PAGE_BYTES + 1)) {
        log_line(LOG_LEVEL_ERROR, "store", _("%s: page %llu is not as it was written"),
                 shim_of(f)->path, (unsigned long long)at / PAGE_BYTES + 1);
        return SQLITE_IOERR_DATA;
    }
    return rc;
}

static int shim_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
    unsigned char page[PAGE_BYTES];
    int rc;

    if (is_page(f, n, at)) {
        memcpy(page, p, PAGE_BYTES);
        page_sum_set(page, (uint64_t)at / PAGE_BYTES + 1);
        p = page;
    }
    rc = announce(FILE_STEP_WRITE, shim_of(f)->path, (uint64_t)at, cs_span_make(p, (size_t)n),
                  SQLITE_IOERR_WRITE);

    return rc ? rc : real_of(f)->pMethods->xWrite(real_of(f), p, n, at);
}

static int shim_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    int rc = announce(FILE_STEP_TRUNCATE, shim_of(f)->path, (uint64_t)size, cs_span_make(NULL, 0),
                      SQLITE_IOERR_TRUNCATE);

    return rc ? rc : real_of(f)->pMethods->xTruncate(real_of(f), size);
}

static int shim_sync(sqlite3_file *f, int flags)
{
    int rc =
        announce(FILE_STEP_SYNC, shim_of(f)->path, 0, cs_span_make(NULL, 0), SQLITE_IOERR_FSYNC);

    if (rc == SQLITE_OK)
        rc = real_of(f)->pMethods->xSync(real_of(f), flags);
    if (rc != SQLITE_OK) /* final: what was written since the last one may be lost */
        file_sync_failed(shim_of(f)->path, EIO);
    return rc;
}

static int shim_size(sqlite3_file *f, sqlite3_int64 *size)
{
    return real_of(f)->pMethods->xFileSize(real_of(f), size);
}

static int shim_lock(sqlite3_file *f, int level)
{
    return real_of(f)->pMethods->xLock(real_of(f), level);
}

static int shim_unlock(sqlite3_file *f, int level)
{
    return real_of(f)->pMethods->xUnlock(real_of(f), level);
}

static int shim_check_lock(sqlite3_file *f, int *reserved)
{
    return real_of(f)->pMethods->xCheckReservedLock(real_of(f), reserved);
}

static int shim_control(sqlite3_file *f, int op, void *arg)
{
    return real_of(f)->pMethods->xFileControl(real_of(f), op, arg);
}

static int shim_sector(sqlite3_file *f)
{
    return real_of(f)->pMethods->xSectorSize(real_of(f));
}

static int shim_device(sqlite3_file *f)
{
    return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f));
}

static int shim_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **p)
{
    return real_of(f)->pMethods->xShmMap(real_of(f), page, size, extend, p);
}

static int shim_shm_lock(sqlite3_file *f, int at, int n, int flags)
{
    return real_of(f)->pMethods->xShmLock(real_of(f), at, n, flags);
}

static void shim_shm_barrier(sqlite3_file *f)
{
    real_of(f)->pMethods->xShmBarrier(real_of(f));
}

static int shim_shm_unmap(sqlite3_file *f, int remove)
{
    return real_of(f)->pMethods->xShmUnmap(real_of(f), remove);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2, /* without xFetch: memory maps would write behind the seam's back */
    .xClose = shim_close,
    .xRead = shim_read,
    .xWrite = shim_write,
    .xTruncate = shim_truncate,
    .xSync = shim_sync,
    .xFileSize = shim_size,
    .xLock = shim_lock,
    .xUnlock = shim_unlock,
    .xCheckReservedLock = shim_check_lock,
    .xFileControl = shim_control,
    .xSectorSize = shim_sector,
    .xDeviceCharacteristics = shim_device,
    .xShmMap = shim_shm_map,
    .xShmLock = shim_shm_lock,
    .xShmBarrier = shim_shm_barrier,
    .xShmUnmap = shim_shm_unmap,
};

static int shim_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out)
{
    struct shim_file *file = shim_of(f);
    bool made = (flags & SQLITE_OPEN_CREATE) && name && !file_exists(name);
    int rc;

    (void)vfs;
    memset(file, 0, sizeof *file);
    file->real = (sqlite3_file *)(void *)(file + 1);
    file->pages = (flags & SQLITE_OPEN_MAIN_DB) != 0;
    if (name && strlen(name) < sizeof file->path)
        memcpy(file->path, name, strlen(name) + 1);
    if (made &&
        (rc = announce(FILE_STEP_CREATE, file->path, 0, cs_span_make(NULL, 0), SQLITE_CANTOPEN)))
        return rc;
    rc = unix_vfs->xOpen(unix_vfs, name, file->real, flags, out);
    if (file->real->pMethods)
        f->pMethods = &methods;
    return rc;
}

static int shim_delete(sqlite3_vfs *vfs, const char *name, int sync_directory)
{
    int rc = announce(FILE_STEP_REMOVE, name, 0, cs_span_make(NULL, 0), SQLITE_IOERR_DELETE);

    (void)vfs;
    return rc ? rc : unix_vfs->xDelete(unix_vfs, name, sync_directory);
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int registered = SQLITE_ERROR;

static void make(void)
{
    unix_vfs = sqlite3_vfs_find("unix");
    if (!unix_vfs)
        return;
    shim = *unix_vfs; /* what is not replaced works on names and the system, not on files */
    shim.pNext = NULL;
    shim.zName = STORE_VFS;
    shim.szOsFile = (int)sizeof(struct shim_file) + unix_vfs->szOsFile;
    shim.xOpen = shim_open;
    shim.xDelete = shim_delete;
    registered = sqlite3_vfs_register(&shim, 0);
}

int vfs_register(struct problem *why)
{
    pthread_once(&once, make);
    if (registered == SQLITE_OK)
        return 0;
    return problem_set(why, "database", _("SQLite could not be set up. Nothing was changed."));
}
