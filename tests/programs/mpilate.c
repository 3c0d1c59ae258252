/*
 * Ranks that have not talked to each other when the cut comes: they sleep until a file appears, and only then exchange
 * with everybody, over connections that are opened for it; with "spawn" they start further ranks and exchange with these.
 *
 *   mpilate FILE [spawn N [HOST]]
 *
 * Prints "late OK SUM" and, with spawn, "spawned OK SUM"; ends with 0, or with 1 when a sum is wrong.
 */
#include <mpi.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Everybody sends everybody else a number of its own; the sum of what came is known in advance. */
static int exchange(MPI_Comm comm, const char *name)
{
	int rank, size, other;
	long sum = 0, expected = 0;

	MPI_Comm_rank(comm, &rank);
	MPI_Comm_size(comm, &size);
	for (other = 0; other < size; other++) {
		long mine = 1000L * rank + other, theirs = -1;

		MPI_Sendrecv(&mine, 1, MPI_LONG, other, 7, &theirs, 1, MPI_LONG, other, 7, comm, MPI_STATUS_IGNORE);
		sum += theirs;
		expected += 1000L * other + rank;
	}
	MPI_Allreduce(MPI_IN_PLACE, &sum, 1, MPI_LONG, MPI_SUM, comm);
	MPI_Barrier(comm);
	MPI_Allreduce(MPI_IN_PLACE, &expected, 1, MPI_LONG, MPI_SUM, comm);
	if (rank == 0) {
		printf("%s %s %ld\n", name, sum == expected ? "OK" : "WRONG", sum);
		fflush(stdout);
	}
	return sum != expected;
}

int main(int argc, char **argv)
{
	MPI_Comm parent, family, all;
	int wrong, rank;

	signal(SIGPIPE, SIG_IGN);
	MPI_Init(&argc, &argv);
	MPI_Comm_get_parent(&parent);
	if (parent != MPI_COMM_NULL) {
		MPI_Intercomm_merge(parent, 1, &all);
		exchange(all, "spawned");
		MPI_Finalize();
		return 0;
	}
	MPI_Comm_rank(MPI_COMM_WORLD, &rank);
	if (rank == 0) {
		puts("waiting");
		fflush(stdout);
	}
	while (access(argv[1], F_OK))
		usleep(20000);
	wrong = exchange(MPI_COMM_WORLD, "late");
	if (argc > 3 && !strcmp(argv[2], "spawn")) {
		MPI_Info info;

		MPI_Info_create(&info);
		if (argc > 4)
			MPI_Info_set(info, "host", argv[4]);
		MPI_Comm_spawn(argv[0], MPI_ARGV_NULL, atoi(argv[3]), info, 0, MPI_COMM_WORLD, &family, MPI_ERRCODES_IGNORE);
		MPI_Intercomm_merge(family, 0, &all);
		wrong |= exchange(all, "spawned");
	}
	MPI_Finalize();
	return wrong;
}
