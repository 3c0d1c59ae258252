/* fill.c as an MPI job: every rank holds M MiB (64 unless told) of incompressible memory, and one allreduce
 * per step keeps the ranks together. The benchmarks measure a job's checkpoint with it.
 *
 * Prints (rank 0) `ready M MiB x R ranks`, `step N` every K steps and `final N checksum <hex>`. With --seconds
 * rank 0's clock decides for all, so N varies between runs. --gap-ms M: rank 0 says `gap N ms` when a step of the
 * whole job took longer than M. */
#include <mpi.h>

#include "common.h"

int main(int argc, char **argv)
{
    long mib = 64, steps = 0, seconds = 0, every = 100, pace = 1000, gap = 0;
    const struct option_spec options[] = {
        { "mib", &mib, NULL, 0 },     { "steps", &steps, NULL, 0 },  { "seconds", &seconds, NULL, 0 },
        { "every", &every, NULL, 0 }, { "pace-us", &pace, NULL, 0 }, { "gap-ms", &gap, NULL, 0 }, { NULL, NULL, NULL, 0 },
    };
    if (parse_options(argc, argv, options, "") != 0 || mib < 1 || every < 1)
        usage(argv[0], options, "");
    MPI_Init(&argc, &argv);
    int rank, ranks;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);

    struct arena arena = arena_new((size_t)mib, (uint64_t)(rank + 1) << 40);
    MPI_Barrier(MPI_COMM_WORLD);
    if (rank == 0)
        say("ready %ld MiB x %d ranks", mib, ranks);
    int64_t end = now_ns(CLOCK_MONOTONIC) + seconds * 1000000000;
    int64_t last_step = 0;
    uint64_t counter = 0, checksum = 0;
    for (;;) {
        /* [0] rank 0 counts whether to go on, [1] every rank adds its part of the checksum. */
        int go_on = seconds > 0 ? now_ns(CLOCK_MONOTONIC) < end : steps == 0 || counter < (uint64_t)steps;
        uint64_t mine[2] = { rank == 0 && go_on, mix64(checksum + (uint64_t)rank) }, all[2];
        MPI_Allreduce(mine, all, 2, MPI_UINT64_T, MPI_SUM, MPI_COMM_WORLD);
        if (all[0] == 0)
            break;
        checksum = mix64(all[1]);
        arena_step(&arena, counter++);
        if (rank == 0 && counter % (uint64_t)every == 0)
            say("step %" PRIu64, counter);
        if (rank == 0)
            tell_gap(&last_step, gap);
        pause_us(pace);
    }
    arena_check_all(&arena, counter);
    MPI_Barrier(MPI_COMM_WORLD);
    if (rank == 0)
        say("final %" PRIu64 " checksum %016" PRIx64, counter, checksum);
    MPI_Finalize();
    return 0;
}
