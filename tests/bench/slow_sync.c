/* Loaded under a server (LD_PRELOAD), counts its fsync and fdatasync calls and can make each of them slower.
 *
 * The numbers live in a file beside the library, `<library>.numbers`, shared by every process of the server
 * and by whoever measures it. Without that file the library does nothing.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

struct numbers {
    _Atomic uint64_t syncs;
    _Atomic uint64_t nanoseconds; /* spent in all of them, the delays included */
    _Atomic uint64_t delay;       /* nanoseconds added to each, set by whoever measures */
};

static struct numbers *numbers;
static int (*real_fsync)(int), (*real_fdatasync)(int);

__attribute__((constructor)) static void open_numbers(void)
{
    Dl_info self;
    char path[4096];
    real_fsync = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    if (!dladdr((void *)open_numbers, &self))
        return;
    snprintf(path, sizeof path, "%s.numbers", self.dli_fname);
    int file = open(path, O_RDWR | O_CLOEXEC);
    if (file < 0)
        return;
    void *mapped = mmap(NULL, sizeof *numbers, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (mapped != MAP_FAILED)
        numbers = mapped;
}

static uint64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static int counted(int (*sync)(int), int file)
{
    if (!numbers)
        return sync(file);
    uint64_t started = now(), delay = numbers->delay;
    int result = sync(file);
    if (delay) {
        struct timespec pause = {(time_t)(delay / 1000000000u), (long)(delay % 1000000000u)};
        nanosleep(&pause, NULL);
    }
    numbers->syncs++;
    numbers->nanoseconds += now() - started;
    return result;
}

int fsync(int file)
{
    return counted(real_fsync, file);
}

int fdatasync(int file)
{
    return counted(real_fdatasync, file);
}
