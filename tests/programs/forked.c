// forked MIB WORKERS FLAG: fills memory, forks workers that share it, each with a few pages of its own, prints "held", and when the file FLAG exists checks it all.
#include "common.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

static unsigned long mix(unsigned long x)
{
	x ^= x >> 33;
	x *= 0xff51afd7ed558ccdUL;
	x ^= x >> 33;
	return x;
}

static unsigned long sum(const unsigned long *memory, size_t words)
{
	unsigned long s = 0;
	for (size_t i = 0; i < words; i += 64)
		s = mix(s + memory[i]);
	return s;
}

static void wait_for(const char *flag)
{
	struct stat there;
	while (stat(flag, &there) != 0)
		usleep(20000);
}

int main(int argc, char **argv)
{
	if (argc != 4) {
		fprintf(stderr, "usage: forked MIB WORKERS FLAG\n");
		return 2;
	}
	size_t words = (size_t)atol(argv[1]) << 20 >> 3;
	int workers = atoi(argv[2]);
	unsigned long *memory = mmap(NULL, words * 8, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED) {
		perror("mmap");
		return 1;
	}
	for (size_t i = 0; i < words; i++)
		memory[i] = mix(i + 1);
	unsigned long whole = sum(memory, words);
	int ready[2];
	if (pipe(ready) != 0)
		return 1;
	for (int worker = 0; worker < workers; worker++) {
		if (fork() != 0)
			continue;
		size_t own = (size_t)worker * 4096;
		memory[own] = worker;
		unsigned long expected = sum(memory, words);
		if (write(ready[1], "!", 1) != 1)
			_exit(1);
		wait_for(argv[3]);
		_exit(memory[own] == (unsigned long)worker && sum(memory, words) == expected ? 0 : 1);
	}
	/* The kernel makes one mapping of this and of what the workers share. */
	unsigned long *beside = mmap(NULL, 4 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (beside == MAP_FAILED)
		return 1;
	beside[0] = 1;
	char one;
	for (int worker = 0; worker < workers; worker++)
		if (read(ready[0], &one, 1) != 1)
			return 1;
	printf("held\n");
	fflush(stdout);
	wait_for(argv[3]);
	int good = sum(memory, words) == whole, status;
	while (wait(&status) > 0)
		good = good && status == 0;
	printf("final forked %s\n", good ? "right" : "WRONG");
	return !good;
}
