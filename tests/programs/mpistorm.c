/* Creates and frees communicators and runs collectives of many small sizes over them, step after step, with
 * one-sided puts every fourth step (--rma 0 leaves them out). Tests that a cut anywhere inside the MPI library's
 * own protocols is consistent, not only one inside point-to-point transfers.
 *
 * Prints (rank 0) `step N` every K steps and `final N checksum <hex>`; exit 3 when a collective's result is wrong. */
#include <mpi.h>

#include "common.h"

/* A whole page: MPICH 4.0.2 puts to wrong addresses in windows that it allocated smaller (without any checkpoint). */
enum { MOST_WORDS = 4096, WINDOW_BYTES = 4096 };

static int rank, ranks;
static uint64_t chain;

static uint64_t word_of(int from, long step, int index)
{
    return mix64((uint64_t)from << 48 ^ (uint64_t)step << 16 ^ (uint64_t)index);
}

__attribute__((noreturn)) static void wrong(const char *what, long step)
{
    die(EXIT_DAMAGED, "mpistorm: rank %d: %s of step %ld is wrong", rank, what, step);
}

static void reduce_all(MPI_Comm comm, long step, int count)
{
    static uint64_t mine[MOST_WORDS], all[MOST_WORDS];
    for (int i = 0; i < count; i++)
        mine[i] = word_of(rank, step, i);
    MPI_Allreduce(mine, all, count, MPI_UINT64_T, MPI_SUM, comm);
    for (int i = 0; i < count; i++) {
        uint64_t expected = 0;
        for (int from = 0; from < ranks; from++)
            expected += word_of(from, step, i);
        if (all[i] != expected)
            wrong("allreduce", step);
    }
    chain = mix64(chain + all[count - 1]);
}

static void broadcast(MPI_Comm comm, long step, int count)
{
    static uint64_t words[MOST_WORDS];
    int root = (int)(step % ranks);
    for (int i = 0; i < count; i++)
        words[i] = rank == root ? word_of(root, step, i) : 0;
    MPI_Bcast(words, count, MPI_UINT64_T, root, comm);
    for (int i = 0; i < count; i++)
        if (words[i] != word_of(root, step, i))
            wrong("bcast", step);
}

static void all_to_all(MPI_Comm comm, long step, uint64_t *sent, uint64_t *received)
{
    for (int to = 0; to < ranks; to++)
        sent[to] = word_of(rank, step, to);
    MPI_Alltoall(sent, 1, MPI_UINT64_T, received, 1, MPI_UINT64_T, comm);
    for (int from = 0; from < ranks; from++)
        if (received[from] != word_of(from, step, rank))
            wrong("alltoall", step);
}

static void split_and_scan(MPI_Comm comm, long step)
{
    MPI_Comm half;
    int members, place;
    uint64_t sum = 0, one = 1;
    MPI_Comm_split(comm, (int)((rank + step) % 2), rank, &half);
    MPI_Comm_size(half, &members);
    MPI_Comm_rank(half, &place);
    MPI_Scan(&one, &sum, 1, MPI_UINT64_T, MPI_SUM, half);
    if (sum != (uint64_t)place + 1 || place >= members)
        wrong("split or scan", step);
    MPI_Comm_free(&half);
}

static void put_to_neighbour(MPI_Comm comm, long step)
{
    uint64_t mine = word_of(rank, step, 0), *window_memory;
    MPI_Win window;
    MPI_Win_allocate(WINDOW_BYTES, sizeof *window_memory, MPI_INFO_NULL, comm, &window_memory, &window);
    *window_memory = 0;
    MPI_Win_fence(0, window);
    MPI_Put(&mine, 1, MPI_UINT64_T, (rank + 1) % ranks, 0, 1, MPI_UINT64_T, window);
    MPI_Win_fence(0, window);
    if (*window_memory != word_of((rank + ranks - 1) % ranks, step, 0))
        wrong("put", step);
    MPI_Win_free(&window);
}

int main(int argc, char **argv)
{
    long steps = 200, every = 10, pace = 0, rma = 1;
    const struct option_spec options[] = {
        { "steps", &steps, NULL, 0 }, { "every", &every, NULL, 0 },  { "pace-us", &pace, NULL, 0 },
        { "rma", &rma, NULL, 0 },     { NULL, NULL, NULL, 0 },
    };
    if (parse_options(argc, argv, options, "") != 0 || every < 1)
        usage(argv[0], options, "");
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    uint64_t *sent = calloc((size_t)ranks, sizeof *sent), *received = calloc((size_t)ranks, sizeof *received);
    if (!sent || !received)
        die_errno("mpistorm");

    for (long step = 1; step <= steps; step++) {
        MPI_Comm comm;
        int count = (int)(mix64((uint64_t)step) % MOST_WORDS) + 1;
        MPI_Comm_dup(MPI_COMM_WORLD, &comm);
        MPI_Barrier(comm);
        reduce_all(comm, step, count);
        broadcast(comm, step, count);
        all_to_all(comm, step, sent, received);
        split_and_scan(comm, step);
        if (rma && step % 4 == 0)
            put_to_neighbour(comm, step);
        MPI_Comm_free(&comm);
        if (rank == 0 && step % every == 0)
            say("step %ld", step);
        pause_us(pace);
    }
    uint64_t all = 0;
    MPI_Reduce(&chain, &all, 1, MPI_UINT64_T, MPI_SUM, 0, MPI_COMM_WORLD);
    if (rank == 0)
        say("final %ld checksum %016" PRIx64, steps, all);
    MPI_Finalize();
    return 0;
}
