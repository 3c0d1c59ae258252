/* A task to be dumped. victim MODE FILE [ARG]: takes a session of its own, gets into the state named MODE, writes FILE, and stays.
 * Modes count, grow and append keep writing FILE, so that a test sees whether the task runs. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *file;
static char *arg;

static void check(long result, const char *what)
{
	if (result >= 0)
		return;
	perror(what);
	exit(1);
}

static void ready(void)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	check(fd, file);
	dprintf(fd, "ready\n");
	close(fd);
}

static void stay(void)
{
	ready();
	for (;;)
		pause();
}

static void count(void)
{
	int fd = open(file, O_RDWR | O_CREAT | O_TRUNC, 0644);
	char line[32];
	unsigned long n;

	for (n = 1;; n++) {
		check(pwrite(fd, line, sprintf(line, "%020lu\n", n), 0), "pwrite");
		usleep(5000);
	}
}

static void grow(int flags)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | flags, 0644);

	for (;;) {
		check(write(fd, "line\n", 5), "write");
		usleep(5000);
	}
}

static void write_on(void)
{
	grow(0);
}

static void append(void)
{
	grow(O_APPEND);
}

static int listener(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(atoi(arg)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	check(bind(fd, (struct sockaddr *)&a, sizeof a), "bind");
	check(listen(fd, 5), "listen");
	return fd;
}

static void inflight(void)
{
	struct sockaddr_in a;
	socklen_t len = sizeof a;
	int fd = listener(), peer = socket(AF_INET, SOCK_STREAM, 0);

	check(getsockname(fd, (struct sockaddr *)&a, &len), "getsockname");
	check(connect(peer, (struct sockaddr *)&a, len), "connect");
	stay();
}

static void ghost(void)
{
	char data[1 << 16];
	int i, fd = open(arg, O_RDWR | O_CREAT | O_TRUNC, 0600);

	memset(data, 'x', sizeof data);
	for (i = 0; i < 32; i++)
		check(write(fd, data, sizeof data), "write");
	check(unlink(arg), "unlink");
	stay();
}

static void sysv(void)
{
	int id = shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600);

	check(id, "shmget");
	if (shmat(id, NULL, 0) == (void *)-1)
		check(-1, "shmat");
	check(shmctl(id, IPC_RMID, NULL), "shmctl"); /* goes with the task */
	stay();
}

static void uring(void)
{
	char params[256] = { 0 };

	check(syscall(SYS_io_uring_setup, 4, params), "io_uring_setup");
	stay();
}

static void traced(void)
{
	int parent = getpid(), child = fork();

	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		check(ptrace(PTRACE_SEIZE, parent, 0, 0), "PTRACE_SEIZE");
		setsid();
		stay();
	}
	for (;;)
		pause();
}

static void nested(void)
{
	int child;

	check(unshare(CLONE_NEWPID), "unshare");
	child = fork();
	check(child, "fork");
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	stay();
}

static void memory(void)
{
	size_t i, bytes = (size_t)atoi(arg) << 20;
	unsigned int seed = 1;
	char *p = malloc(bytes);

	for (i = 0; i < bytes; i += 64)
		p[i] = rand_r(&seed);
	stay();
}

int main(int argc, char **argv)
{
	static const struct { const char *name; void (*run)(void); } modes[] = {
		{ "count", count }, { "grow", write_on }, { "append", append }, { "inflight", inflight }, { "ghost", ghost }, { "sysv", sysv },
		{ "uring", uring }, { "traced", traced }, { "nested", nested }, { "memory", memory }, { "stay", stay },
		{ "shell", stay },
	};
	size_t i;
	int null = open("/dev/null", O_RDWR);

	if (argc < 3)
		return 2;
	file = argv[2];
	arg = argc > 3 ? argv[3] : "0";
	dup2(null, 0);
	dup2(null, 1);
	/* What the caller leaked into us is none of the test's business; stderr goes once the state is reached or never. */
	close_range(3, ~0U, 0);
	if (strcmp(argv[1], "shell"))
		setsid();
	if (!getenv("VICTIM_STDERR"))
		dup2(0, 2);
	if (!strcmp(argv[1], "listen")) {
		listener();
		stay();
	}
	for (i = 0; i < sizeof modes / sizeof *modes; i++)
		if (!strcmp(argv[1], modes[i].name))
			modes[i].run();
	return 2;
}
