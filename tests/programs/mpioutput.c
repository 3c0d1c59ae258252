/* output.c as an MPI job: every rank appends `rank R line N` to its own file PATH.R, and rank 0 prints `output N`
 * after a barrier per step. Tests that no rank's file has a gap or a repetition after a restart, and that all
 * files end at the same line. */
#include <fcntl.h>
#include <mpi.h>

#include "common.h"

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
    char own_path[4096], line[64];
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    snprintf(own_path, sizeof own_path, "%s.%d", path, rank);
    int fd = open(own_path, O_WRONLY | O_CREAT | O_APPEND | O_TRUNC, 0644);
    if (fd < 0)
        die_errno(own_path);
    for (long step = 1; step <= steps; step++) {
        int length = snprintf(line, sizeof line, "rank %d line %ld\n", rank, step);
        if (write(fd, line, (size_t)length) != length)
            die_errno(own_path);
        MPI_Barrier(MPI_COMM_WORLD);
        if (rank == 0)
            say("output %ld", step);
        pause_us(pace);
    }
    close(fd);
    MPI_Barrier(MPI_COMM_WORLD);
    if (rank == 0)
        say("final %ld", steps);
    MPI_Finalize();
    return 0;
}
