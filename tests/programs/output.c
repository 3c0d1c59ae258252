/* Prints `output N` and appends `line N` to a file of its own, N from 1 to --steps. Tests that both are without
 * gap and without repetition after a restart, also when lines were written after the cut.
 *
 * --reopen opens the file anew for each line, so that at the cut nothing shows which file the job writes: only
 * `--capture` can put it right. --truncated rewrites instead of appending (position in the descriptor, no O_APPEND). */
#include <fcntl.h>

#include "common.h"

static int open_file(const char *path, int flags)
{
    int fd = open(path, O_WRONLY | O_CREAT | flags, 0644);
    if (fd < 0)
        die_errno(path);
    return fd;
}

int main(int argc, char **argv)
{
    long steps = 100, pace = 10000, reopen = 0, truncated = 0;
    const char *path = NULL;
    const struct option_spec options[] = {
        { "steps", &steps, NULL, 0 },   { "pace-us", &pace, NULL, 0 },        { "file", NULL, &path, 0 },
        { "reopen", &reopen, NULL, 1 }, { "truncated", &truncated, NULL, 1 }, { NULL, NULL, NULL, 0 },
    };
    if (parse_options(argc, argv, options, "") != 0 || !path)
        usage(argv[0], options, "");
    int append = truncated ? 0 : O_APPEND;
    int fd = open_file(path, append | O_TRUNC);
    for (long step = 1; step <= steps; step++) {
        char line[64];
        int length = snprintf(line, sizeof line, "line %ld\n", step);
        if (reopen) {
            close(fd);
            fd = open_file(path, O_APPEND);
        }
        if (write(fd, line, (size_t)length) != length)
            die_errno(path);
        say("output %ld", step);
        pause_us(pace);
    }
    say("final %ld", steps);
    return 0;
}
