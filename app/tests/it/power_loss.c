/* A disk that can lose power, for tests: preloaded into the server, it writes down every change of the files below
 * POWER_LOSS_ROOT into POWER_LOSS_JOURNAL, with a mark where the server made something durable. From the journal a test
 * builds the folder as it would be after the power went (durability/disk.rs).
 *
 * Everything is serialised: what stands before a sync in the journal was on its way before the sync began. Nothing is
 * really synced: the machine keeps its power. What this does not see counts as lost, so it errs on the strict side;
 * memory maps are not seen, and SQLite writes only its -shm through one, which is rebuilt.
 *
 * While the file POWER_LOSS_FULL exists, the disk below the root is full.
 *
 * Record: operation (1 byte), length of path (4), offset (8), length of data (4), path, data; little-endian.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static char root[PATH_MAX];
static size_t root_length;
static const char *full;
static int journal = -1;

static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*real_writev)(int, const struct iovec *, int);
static int (*real_open)(const char *, int, ...);
static int (*real_openat)(int, const char *, int, ...);
static int (*real_ftruncate)(int, off_t);
static int (*real_rename)(const char *, const char *);
static int (*real_unlink)(const char *);
static int (*real_unlinkat)(int, const char *, int);
static int (*real_mkdir)(const char *, mode_t);
static int (*real_rmdir)(const char *);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);

static void begin(void) {
    real_write = dlsym(RTLD_NEXT, "write");
    real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
    real_writev = dlsym(RTLD_NEXT, "writev");
    real_open = dlsym(RTLD_NEXT, "open64");
    real_openat = dlsym(RTLD_NEXT, "openat64");
    real_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
    real_rename = dlsym(RTLD_NEXT, "rename");
    real_unlink = dlsym(RTLD_NEXT, "unlink");
    real_unlinkat = dlsym(RTLD_NEXT, "unlinkat");
    real_mkdir = dlsym(RTLD_NEXT, "mkdir");
    real_rmdir = dlsym(RTLD_NEXT, "rmdir");
    real_fsync = dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    const char *below = getenv("POWER_LOSS_ROOT"), *to = getenv("POWER_LOSS_JOURNAL");
    full = getenv("POWER_LOSS_FULL");
    if (below && to && realpath(below, root)) {
        root_length = strlen(root);
        journal = real_open(to, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        if (journal < 0) abort();
    }
}

static void ready(void) { pthread_once(&once, begin); }

static int ours(const char *path) {
    return journal >= 0 && strncmp(path, root, root_length) == 0 && (path[root_length] == '/' || path[root_length] == 0);
}

/* Where a descriptor leads now; 0 when it is not ours. */
static int place(int fd, char *path) {
    if (journal < 0) return 0;
    struct stat about;
    if (fstat(fd, &about) != 0 || !(S_ISREG(about.st_mode) || S_ISDIR(about.st_mode))) return 0;
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return ours(path) && !strstr(path, " (deleted)");
}

static void note(char operation, const char *path, uint64_t offset, const void *data, uint32_t length) {
    uint32_t path_length = strlen(path);
    char head[17];
    head[0] = operation;
    memcpy(head + 1, &path_length, 4);
    memcpy(head + 5, &offset, 8);
    memcpy(head + 13, &length, 4);
    struct iovec parts[3] = {{head, 17}, {(void *)path, path_length}, {(void *)data, length}};
    if (real_writev(journal, parts, 3) != (ssize_t)(17 + path_length + length)) abort();
}

static int is_full(void) { return full && access(full, F_OK) == 0; }

ssize_t write(int fd, const void *data, size_t length) {
    ready();
    char path[PATH_MAX];
    if (!place(fd, path)) return real_write(fd, data, length);
    if (is_full()) { errno = ENOSPC; return -1; }
    pthread_mutex_lock(&lock);
    ssize_t done = real_write(fd, data, length);
    int error = errno;
    if (done > 0) note('W', path, (uint64_t)(lseek(fd, 0, SEEK_CUR) - done), data, done);
    pthread_mutex_unlock(&lock);
    errno = error;
    return done;
}

static ssize_t write_at(int fd, const void *data, size_t length, off_t offset) {
    ready();
    char path[PATH_MAX];
    if (!place(fd, path)) return real_pwrite(fd, data, length, offset);
    if (is_full()) { errno = ENOSPC; return -1; }
    pthread_mutex_lock(&lock);
    ssize_t done = real_pwrite(fd, data, length, offset);
    int error = errno;
    if (done > 0) note('W', path, offset, data, done);
    pthread_mutex_unlock(&lock);
    errno = error;
    return done;
}
ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) { return write_at(fd, data, length, offset); }
ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) { return write_at(fd, data, length, offset); }

static int truncate_at(int fd, off_t length) {
    ready();
    char path[PATH_MAX];
    if (!place(fd, path)) return real_ftruncate(fd, length);
    pthread_mutex_lock(&lock);
    int done = real_ftruncate(fd, length);
    if (done == 0) note('T', path, length, "", 0);
    pthread_mutex_unlock(&lock);
    return done;
}
int ftruncate(int fd, off_t length) { return truncate_at(fd, length); }
int ftruncate64(int fd, off64_t length) { return truncate_at(fd, length); }

static int sync_now(int fd, int (*real)(int)) {
    char path[PATH_MAX];
    if (!place(fd, path)) return real(fd);
    if (is_full()) { errno = ENOSPC; return -1; }
    pthread_mutex_lock(&lock);
    note('S', path, 0, "", 0);
    pthread_mutex_unlock(&lock);
    return 0;
}
int fsync(int fd) { ready(); return sync_now(fd, real_fsync); }
int fdatasync(int fd) { ready(); return sync_now(fd, real_fdatasync); }

static int opened(int at, const char *path, int flags, mode_t mode) {
    ready();
    int absolute = path[0] == '/';
    if (journal < 0 || !absolute || !ours(path) || !(flags & (O_CREAT | O_TRUNC))) return real_openat(at, path, flags, mode);
    pthread_mutex_lock(&lock);
    int known = access(path, F_OK) == 0;
    if (!known && is_full()) {
        pthread_mutex_unlock(&lock);
        errno = ENOSPC;
        return -1;
    }
    int fd = real_openat(at, path, flags, mode);
    int error = errno;
    if (fd >= 0 && !known) note('C', path, 0, "", 0);
    if (fd >= 0 && known && (flags & O_TRUNC)) note('T', path, 0, "", 0);
    pthread_mutex_unlock(&lock);
    errno = error;
    return fd;
}
#define MODE(last) mode_t mode = 0; if (flags & O_CREAT) { va_list more; va_start(more, last); mode = va_arg(more, mode_t); va_end(more); }
int open(const char *path, int flags, ...) { MODE(flags) return opened(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE(flags) return opened(AT_FDCWD, path, flags, mode); }
int openat(int at, const char *path, int flags, ...) { MODE(flags) return opened(at, path, flags, mode); }
int openat64(int at, const char *path, int flags, ...) { MODE(flags) return opened(at, path, flags, mode); }

/* The data of a rename is where it leads. */
int rename(const char *from, const char *to) {
    ready();
    if (journal < 0 || !ours(from)) return real_rename(from, to);
    pthread_mutex_lock(&lock);
    int done = real_rename(from, to);
    int error = errno;
    if (done == 0) note('R', from, 0, to, strlen(to));
    pthread_mutex_unlock(&lock);
    errno = error;
    return done;
}

static int changed(char operation, int done, const char *path) {
    int error = errno;
    if (done == 0) note(operation, path, 0, "", 0);
    pthread_mutex_unlock(&lock);
    errno = error;
    return done;
}
int unlink(const char *path) {
    ready();
    if (journal < 0 || !ours(path)) return real_unlink(path);
    pthread_mutex_lock(&lock);
    return changed('U', real_unlink(path), path);
}
int unlinkat(int at, const char *path, int flags) {
    ready();
    char whole[PATH_MAX + 256];
    if (path[0] == '/' || at == AT_FDCWD) {
        snprintf(whole, sizeof whole, "%s", path);
    } else {
        char folder[PATH_MAX];
        if (!place(at, folder)) return real_unlinkat(at, path, flags);
        snprintf(whole, sizeof whole, "%s/%s", folder, path);
    }
    if (journal < 0 || !ours(whole)) return real_unlinkat(at, path, flags);
    pthread_mutex_lock(&lock);
    return changed('U', real_unlinkat(at, path, flags), whole);
}
int rmdir(const char *path) {
    ready();
    if (journal < 0 || !ours(path)) return real_rmdir(path);
    pthread_mutex_lock(&lock);
    return changed('U', real_rmdir(path), path);
}
int mkdir(const char *path, mode_t mode) {
    ready();
    if (journal < 0 || !ours(path)) return real_mkdir(path, mode);
    if (is_full()) { errno = ENOSPC; return -1; }
    pthread_mutex_lock(&lock);
    return changed('D', real_mkdir(path, mode), path);
}
