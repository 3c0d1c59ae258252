/* Uses files of a folder in every way that an epoch must know of, and checks at every step that each is what it left there:
 *   log     appended to, `line N`          record  rewritten in place (O_RDWR)     map     mapped shared and writable
 *   gone    open without a name            linked  the same, but its contents have another name (other)
 *   input   read; must be there
 * Prints `step N`. A file that holds another step than this program remembers ends it with exit 3; one step ahead is what a
 * cut between the writing and the remembering leaves. */
#include <fcntl.h>
#include <sys/mman.h>

#include "common.h"

enum { FILES = 4, MAP_BYTES = 4096 };

static const char *folder;

static int open_in(const char *name, int flags)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int fd = open(path, flags, 0644);
    if (fd < 0)
        die_errno(path);
    return fd;
}

static void remove_in(const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (unlink(path) != 0)
        die_errno(path);
}

static void check(const char *name, long found, long known)
{
    if (found != known && found != known + 1)
        die(EXIT_DAMAGED, "%s holds step %ld, and step %ld was written last", name, found, known);
}

int main(int argc, char **argv)
{
    static const char *const names[FILES] = { "record", "gone", "linked", "map" };
    long steps = 100, pace = 10000;
    const struct option_spec options[] = {
        { "steps", &steps, NULL, 0 }, { "pace-us", &pace, NULL, 0 }, { "folder", NULL, &folder, 0 }, { NULL, NULL, NULL, 0 },
    };
    if (parse_options(argc, argv, options, "") != 0 || !folder)
        usage(argv[0], options, "");
    int input = open_in("input", O_RDONLY), log = open_in("log", O_WRONLY | O_CREAT | O_APPEND), fds[FILES];
    for (int i = 0; i < FILES; i++)
        fds[i] = open_in(names[i], O_RDWR | O_CREAT);
    char linked[4096], other[4096];
    snprintf(linked, sizeof linked, "%s/linked", folder);
    snprintf(other, sizeof other, "%s/other", folder);
    if (link(linked, other) != 0)
        die_errno(other);
    remove_in("linked");
    remove_in("gone");
    if (ftruncate(fds[3], MAP_BYTES) != 0)
        die_errno("map");
    volatile long *map = mmap(NULL, MAP_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fds[3], 0);
    if (map == MAP_FAILED)
        die_errno("map");
    close(fds[3]);

    volatile long known[FILES] = { 0 };
    for (long step = 1; step <= steps; step++) {
        char line[64];
        int length = snprintf(line, sizeof line, "line %ld\n", step);
        if (write(log, line, (size_t)length) != length)
            die_errno("log");
        for (int i = 0; i < FILES - 1; i++) {
            long found = 0;
            if (pread(fds[i], &found, sizeof found, 0) < 0)
                die_errno(names[i]);
            check(names[i], found, known[i]);
            if (pwrite(fds[i], &step, sizeof step, 0) != sizeof step)
                die_errno(names[i]);
            known[i] = step;
        }
        check("map", map[0], known[FILES - 1]);
        map[0] = step;
        known[FILES - 1] = step;
        say("step %ld", step);
        pause_us(pace);
    }
    close(input);
    say("final %ld", steps);
    return 0;
}
