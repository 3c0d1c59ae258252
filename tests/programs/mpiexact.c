/* An MPI job whose files show whether anything was done twice or not at all. At every step N each rank R appends `rank R line N` to a
 * file of its own, PATH.R, and to one of all, PATH.all; rank 0 rewrites PATH.record in place with the step and a checksum of all steps
 * of all ranks, after it has found there what it wrote last. Prints `step N` every 20 steps, and `final N CHECKSUM`. */
#include <fcntl.h>
#include <mpi.h>

#include "common.h"

enum { RECORD_BYTES = 64, EVERY = 20 };

static int open_file(const char *path, const char *part, int flags)
{
    char name[4096];
    snprintf(name, sizeof name, "%s.%s", path, part);
    int fd = open(name, O_CREAT | flags, 0644);
    if (fd < 0)
        die_errno(name);
    return fd;
}

static void append(int fd, const char *line, int length)
{
    if (write(fd, line, (size_t)length) != length)
        die_errno("append");
}

int main(int argc, char **argv)
{
    long steps = 100, pace = 10000;
    const char *path = NULL;
    const struct option_spec options[] = {
        { "steps", &steps, NULL, 0 }, { "pace-us", &pace, NULL, 0 }, { "file", NULL, &path, 0 }, { NULL, NULL, NULL, 0 },
    };
    if (parse_options(argc, argv, options, "") != 0 || !path)
        usage(argv[0], options, "");
    MPI_Init(&argc, &argv);
    int rank;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    char part[16];
    snprintf(part, sizeof part, "%d", rank);
    int own = open_file(path, part, O_WRONLY | O_APPEND), all = open_file(path, "all", O_WRONLY | O_APPEND);
    int record = rank == 0 ? open_file(path, "record", O_RDWR) : -1;
    char written[RECORD_BYTES] = "", next[RECORD_BYTES];
    uint64_t checksum = 0;
    for (long step = 1; step <= steps; step++) {
        char line[64];
        int length = snprintf(line, sizeof line, "rank %d line %ld\n", rank, step);
        append(own, line, length);
        append(all, line, length);
        uint64_t mine = (uint64_t)step * 2654435761u + (uint64_t)rank, sum = 0;
        MPI_Reduce(&mine, &sum, 1, MPI_UINT64_T, MPI_SUM, 0, MPI_COMM_WORLD);
        if (rank == 0) {
            checksum = checksum * 31 + sum;
            memset(next, 0, sizeof next);
            snprintf(next, sizeof next, "step %ld checksum %016" PRIx64 "\n", step, checksum);
            char found[RECORD_BYTES] = "";
            if (pread(record, found, sizeof found, 0) < 0)
                die_errno("record");
            /* A cut between the writing and the remembering leaves the next one there. */
            if (memcmp(found, written, sizeof found) != 0 && memcmp(found, next, sizeof found) != 0)
                die(EXIT_DAMAGED, "the record holds %s instead of %s", found, written);
            if (pwrite(record, next, sizeof next, 0) != sizeof next)
                die_errno("record");
            memcpy(written, next, sizeof written);
            if (step % EVERY == 0)
                say("step %ld", step);
        }
        MPI_Barrier(MPI_COMM_WORLD);
        pause_us(pace);
    }
    if (rank == 0)
        say("final %ld %016" PRIx64, steps, checksum);
    MPI_Finalize();
    return 0;
}
