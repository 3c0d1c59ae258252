/* A 2-D heat equation: 5-point Jacobi steps over a square grid that is split among all ranks, halos
 * exchanged with MPI_Isend and MPI_Irecv. The demo and the first MPI test checkpoint it.
 *
 * Prints (rank 0) `step 12 checksum 0123456789abcdef` every K steps and `final S checksum ...` at the end.
 * The checksum is a sum over all cells of a hash of position and exact bits: it depends neither on timing
 * nor on the number of ranks, so a restarted run must end with the very line of an undisturbed one.
 * --until FILE ends it at the K steps after which rank 0 sees that file, if that is before --steps. */
#include <mpi.h>

#include "common.h"

struct grid {
    MPI_Comm comm;
    int rank;
    int rows, columns;          /* of this rank, without the halo */
    int first_row, first_column; /* in the whole grid */
    int up, down, left, right;
    MPI_Datatype column;
    double *now, *next; /* (rows + 2) x (columns + 2) */
};

static double *cell(const struct grid *grid, double *field, int row, int column)
{
    return field + (size_t)row * (grid->columns + 2) + column;
}

static void share(long size, int parts, int part, int *first, int *count)
{
    *first = (int)(size * part / parts);
    *count = (int)(size * (part + 1) / parts) - *first;
}

static struct grid grid_new(long size)
{
    struct grid grid = { 0 };
    int ranks, dims[2] = { 0, 0 }, periods[2] = { 0, 0 }, at[2];
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    MPI_Dims_create(ranks, 2, dims);
    MPI_Cart_create(MPI_COMM_WORLD, 2, dims, periods, 0, &grid.comm);
    MPI_Comm_rank(grid.comm, &grid.rank);
    MPI_Cart_coords(grid.comm, grid.rank, 2, at);
    share(size, dims[0], at[0], &grid.first_row, &grid.rows);
    share(size, dims[1], at[1], &grid.first_column, &grid.columns);
    if (size < dims[0] || size < dims[1])
        die(EXIT_USAGE, "stencil: --n %ld is too small for %d ranks", size, ranks);
    MPI_Cart_shift(grid.comm, 0, 1, &grid.up, &grid.down);
    MPI_Cart_shift(grid.comm, 1, 1, &grid.left, &grid.right);
    MPI_Type_vector(grid.rows, 1, grid.columns + 2, MPI_DOUBLE, &grid.column);
    MPI_Type_commit(&grid.column);

    size_t cells = (size_t)(grid.rows + 2) * (grid.columns + 2);
    grid.now = calloc(cells, sizeof(double));
    grid.next = calloc(cells, sizeof(double));
    if (!grid.now || !grid.next)
        die_errno("stencil");
    for (int row = 1; row <= grid.rows; row++)
        for (int column = 1; column <= grid.columns; column++) {
            uint64_t position = (uint64_t)(grid.first_row + row) << 32 | (uint32_t)(grid.first_column + column);
            *cell(&grid, grid.now, row, column) = (double)(mix64(position) >> 11) * 0x1p-53;
        }
    return grid;
}

static void exchange_halos(struct grid *grid)
{
    MPI_Request requests[8];
    MPI_Status statuses[8]; /* MPICH's headers make gcc warn of MPI_STATUSES_IGNORE */
    double *now = grid->now;
    int rows = grid->rows, columns = grid->columns;
    MPI_Irecv(cell(grid, now, 0, 1), columns, MPI_DOUBLE, grid->up, 0, grid->comm, &requests[0]);
    MPI_Irecv(cell(grid, now, rows + 1, 1), columns, MPI_DOUBLE, grid->down, 1, grid->comm, &requests[1]);
    MPI_Irecv(cell(grid, now, 1, 0), 1, grid->column, grid->left, 2, grid->comm, &requests[2]);
    MPI_Irecv(cell(grid, now, 1, columns + 1), 1, grid->column, grid->right, 3, grid->comm, &requests[3]);
    MPI_Isend(cell(grid, now, rows, 1), columns, MPI_DOUBLE, grid->down, 0, grid->comm, &requests[4]);
    MPI_Isend(cell(grid, now, 1, 1), columns, MPI_DOUBLE, grid->up, 1, grid->comm, &requests[5]);
    MPI_Isend(cell(grid, now, 1, columns), 1, grid->column, grid->right, 2, grid->comm, &requests[6]);
    MPI_Isend(cell(grid, now, 1, 1), 1, grid->column, grid->left, 3, grid->comm, &requests[7]);
    MPI_Waitall(8, requests, statuses);
}

static void jacobi(struct grid *grid)
{
    for (int row = 1; row <= grid->rows; row++) {
        const double *above = cell(grid, grid->now, row - 1, 0);
        const double *here = cell(grid, grid->now, row, 0);
        const double *below = cell(grid, grid->now, row + 1, 0);
        double *result = cell(grid, grid->next, row, 0);
        for (int column = 1; column <= grid->columns; column++)
            result[column] = 0.25 * ((above[column] + below[column]) + (here[column - 1] + here[column + 1]));
    }
    double *swapped = grid->now;
    grid->now = grid->next;
    grid->next = swapped;
}

static uint64_t checksum(struct grid *grid)
{
    uint64_t mine = 0, all = 0;
    for (int row = 1; row <= grid->rows; row++)
        for (int column = 1; column <= grid->columns; column++) {
            uint64_t position = (uint64_t)(grid->first_row + row) << 32 | (uint32_t)(grid->first_column + column);
            uint64_t bits;
            memcpy(&bits, cell(grid, grid->now, row, column), sizeof bits);
            mine += mix64(bits ^ mix64(position));
        }
    MPI_Reduce(&mine, &all, 1, MPI_UINT64_T, MPI_SUM, 0, grid->comm);
    return all;
}

/* All ranks hear of the file after the same step. */
static int is_over(const struct grid *grid, const char *until)
{
    int over = grid->rank == 0 && access(until, F_OK) == 0;
    MPI_Bcast(&over, 1, MPI_INT, 0, grid->comm);
    return over;
}

int main(int argc, char **argv)
{
    long size = 256, steps = 100, every = 1, mib = 0, pace = 0;
    const char *until = NULL;
    const struct option_spec options[] = {
        { "n", &size, NULL, 0 }, { "steps", &steps, NULL, 0 },  { "every", &every, NULL, 0 },
        { "mib", &mib, NULL, 0 }, { "pace-us", &pace, NULL, 0 }, { "until", NULL, &until, 0 },
        { NULL, NULL, NULL, 0 },
    };
    if (parse_options(argc, argv, options, "") != 0 || size < 1 || every < 1 || mib < 0)
        usage(argv[0], options, "");
    MPI_Init(&argc, &argv);

    struct grid grid = grid_new(size);
    struct arena extra = arena_new((size_t)mib, (uint64_t)grid.rank << 40);
    for (long step = 1; step <= steps; step++) {
        exchange_halos(&grid);
        jacobi(&grid);
        arena_step(&extra, (uint64_t)step - 1);
        if (step % every == 0) {
            uint64_t sum = checksum(&grid);
            if (grid.rank == 0)
                say("step %ld checksum %016" PRIx64, step, sum);
            if (until && is_over(&grid, until))
                steps = step;
        }
        pause_us(pace);
    }
    arena_check_all(&extra, (uint64_t)steps);
    uint64_t sum = checksum(&grid);
    if (grid.rank == 0)
        say("final %ld checksum %016" PRIx64, steps, sum);
    MPI_Type_free(&grid.column);
    MPI_Comm_free(&grid.comm);
    MPI_Finalize();
    return 0;
}
