/* Ranks write one file together with MPI-IO: at every step each its own block, at the same place as before, after it has read what its neighbour wrote the
 * step before. Prints `step N` and at the end `final N CHECKSUM`. A block that holds another step than the last ends it with exit 3. */
#include <mpi.h>

#include "common.h"

enum { WORDS = 8192 };

int main(int argc, char **argv)
{
    long steps = 100, pace = 20000;
    const char *path = NULL;
    const struct option_spec options[] = {
        { "steps", &steps, NULL, 0 }, { "pace-us", &pace, NULL, 0 }, { "file", NULL, &path, 0 }, { NULL, NULL, NULL, 0 },
    };
    if (parse_options(argc, argv, options, "") != 0 || !path)
        usage(argv[0], options, "");
    MPI_Init(&argc, &argv);
    int rank, ranks;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    MPI_File file;
    if (MPI_File_open(MPI_COMM_WORLD, path, MPI_MODE_CREATE | MPI_MODE_RDWR, MPI_INFO_NULL, &file) != MPI_SUCCESS)
        die(EXIT_DAMAGED, "%s cannot be opened", path);
    static uint32_t block[WORDS];
    uint64_t sum = 0;
    for (long step = 1; step <= steps; step++) {
        int neighbour = (rank + 1) % ranks;
        if (step > 1) {
            MPI_File_read_at_all(file, (MPI_Offset)neighbour * sizeof block, block, WORDS, MPI_UINT32_T, MPI_STATUS_IGNORE);
            for (int i = 0; i < WORDS; i++) {
                if (block[i] != (uint32_t)(step - 1) * 1000003u + (uint32_t)neighbour * 31u + (uint32_t)i)
                    die(EXIT_DAMAGED, "rank %d, step %ld: word %d of rank %d is %u", rank, step, i, neighbour, block[i]);
                sum = sum * 31 + block[i];
            }
        }
        MPI_Barrier(MPI_COMM_WORLD);
        for (int i = 0; i < WORDS; i++)
            block[i] = (uint32_t)step * 1000003u + (uint32_t)rank * 31u + (uint32_t)i;
        MPI_File_write_at_all(file, (MPI_Offset)rank * sizeof block, block, WORDS, MPI_UINT32_T, MPI_STATUS_IGNORE);
        MPI_File_sync(file);
        MPI_Barrier(MPI_COMM_WORLD);
        if (rank == 0)
            say("step %ld", step);
        pause_us(pace);
    }
    uint64_t total = 0;
    MPI_Reduce(&sum, &total, 1, MPI_UINT64_T, MPI_SUM, 0, MPI_COMM_WORLD);
    if (rank == 0)
        say("final %ld %016" PRIx64, steps, total);
    MPI_File_close(&file);
    MPI_Finalize();
    return 0;
}
