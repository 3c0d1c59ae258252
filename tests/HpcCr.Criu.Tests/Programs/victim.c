/* A task to be dumped. victim MODE FILE [ARG]: takes a session of its own, gets into the state named MODE, writes FILE, and stays.
 * Modes count, grow and append keep writing FILE, so that a test sees whether the task runs. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
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

struct pair {
	int client, server;
};

/* A loopback connection. The windows are small, so that they are soon full. */
static struct pair connected(int listen_family, int connect_family)
{
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr *to = connect_family == AF_INET6 ? (struct sockaddr *)&v6 : (struct sockaddr *)&v4;
	socklen_t len = connect_family == AF_INET6 ? sizeof v6 : sizeof v4;
	struct sockaddr_storage bound = { .ss_family = listen_family };
	socklen_t bound_len = listen_family == AF_INET6 ? sizeof v6 : sizeof v4;
	int small = 8192, fd = socket(listen_family, SOCK_STREAM, 0);
	struct pair p = { .client = socket(connect_family, SOCK_STREAM, 0) };

	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
	setsockopt(p.client, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
	setsockopt(p.client, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
	check(bind(fd, (struct sockaddr *)&bound, bound_len), "bind");
	check(listen(fd, 1), "listen");
	check(getsockname(fd, (struct sockaddr *)&bound, &bound_len), "getsockname");
	v4.sin_port = v6.sin6_port = ((struct sockaddr_in *)&bound)->sin_port; /* the same place in both */
	check(connect(p.client, to, len), "connect");
	p.server = accept(fd, NULL, NULL);
	check(p.server, "accept");
	close(fd);
	return p;
}

static long fill(int fd)
{
	static char data[1 << 16];
	long n, sum = 0;

	while ((n = send(fd, data, sizeof data, MSG_DONTWAIT)) > 0)
		sum += n;
	return sum;
}

static void until(int fd, int state)
{
	struct tcp_info info;
	socklen_t len = sizeof info;

	do {
		check(getsockopt(fd, SOL_TCP, TCP_INFO, &info, &len), "TCP_INFO");
		usleep(1000);
	} while (info.tcpi_state != state);
}

/* TCP connections in every state that both ends can be in for long; FILE says how many bytes were written into full windows. */
static void sockets(void)
{
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int yes = 1, udp = socket(AF_INET, SOCK_DGRAM, 0);
	struct pair talk = connected(AF_INET, AF_INET), full = connected(AF_INET, AF_INET), half = connected(AF_INET, AF_INET);
	struct pair closing = connected(AF_INET, AF_INET), last = connected(AF_INET, AF_INET), both = connected(AF_INET, AF_INET);
	struct pair fin = connected(AF_INET, AF_INET), v6 = connected(AF_INET6, AF_INET6), mapped = connected(AF_INET6, AF_INET);
	long written;
	int fd;

	check(bind(udp, (struct sockaddr *)&any, sizeof any), "bind");
	check(send(talk.client, "hello", 5, 0), "send");
	check(send(talk.server, "goodbye", 7, 0), "send");
	check(setsockopt(talk.client, SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof yes), "SO_KEEPALIVE");
	written = fill(full.client);

	shutdown(half.client, SHUT_WR);
	check(send(half.server, "bye", 3, 0), "send");
	until(half.client, TCP_FIN_WAIT2);
	until(half.server, TCP_CLOSE_WAIT);

	written += fill(fin.client);
	shutdown(fin.client, SHUT_WR);
	until(fin.client, TCP_FIN_WAIT1);

	written += fill(closing.client);
	shutdown(closing.client, SHUT_WR);
	shutdown(closing.server, SHUT_WR);
	until(closing.client, TCP_CLOSING);
	until(closing.server, TCP_FIN_WAIT2);

	shutdown(last.client, SHUT_WR);
	until(last.server, TCP_CLOSE_WAIT);
	written += fill(last.server);
	shutdown(last.server, SHUT_WR);
	until(last.server, TCP_LAST_ACK);

	check(send(both.client, "end", 3, 0), "send");
	shutdown(both.client, SHUT_WR);
	until(both.server, TCP_CLOSE_WAIT);
	shutdown(both.server, SHUT_WR);
	until(both.server, TCP_CLOSE);
	until(both.client, TCP_CLOSE);

	check(send(v6.client, "six", 3, 0), "send");
	check(send(mapped.client, "four", 4, 0), "send");
	fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	check(fd, file);
	dprintf(fd, "%020ld\n", written);
	close(fd);
	for (;;)
		pause();
}

static void mounts(void)
{
	char self[4096] = "";
	char *again[] = { self, "stay", (char *)file, NULL };

	check(readlink("/proc/self/exe", self, sizeof self - 1), "readlink");
	check(unshare(CLONE_NEWNS), "unshare");
	check(mount("none", "/", NULL, MS_REC | MS_SLAVE, NULL), "mount");
	check(mount("none", arg, "tmpfs", 0, "size=64k"), "mount");
	/* What was opened or mapped before belongs to the other namespace. */
	close_range(0, ~0U, 0);
	execv(self, again);
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
		{ "sockets", sockets }, { "mounts", mounts },
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
