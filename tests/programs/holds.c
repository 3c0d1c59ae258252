/* Holds one thing that a preflight looks for, and counts: `held KIND` once it has it, `line N` at every step, `released` when
 * the file --release has appeared and it has let go, `final HASH` over the first --steps steps once that file is gone again.
 *
 *   device PATH | mapped PATH | socket FAMILY TYPE PROTOCOL      of the kernel's numbers
 *   io_uring | userfaultfd | perf | bpf | secretmem | mqueue     what the engine cannot dump
 *   events                     eventfd, epoll, timerfd, signalfd, inotify, memfd, pidfd: what it can
 *   in-namespace KIND          a child in a new namespace        traced    a child that it traces
 *   urgent                     TCP urgent data, unread           datagram  UDP data, unread
 *   ghost MIB                  a deleted file of so many MiB     sysv      a SysV segment, attached
 *   outside HOST PORT          a TCP connection                  unix PATH [TYPE]   a unix socket connected there
 *   escaped CGROUP             a child in another cgroup */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/io_uring.h>
#include <linux/perf_event.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "common.h"

static int needs(int value, const char *what)
{
    if (value < 0)
        die(EXIT_USAGE, "%s: %s", what, strerror(errno));
    return value;
}

static const char *operand(char **operands, int at)
{
    return operands[at] ? operands[at] : "0";
}

static long number(char **operands, int at)
{
    return strtol(operand(operands, at), NULL, 0);
}

enum { NO_DESCRIPTOR = -1000000000 };

static void *memory;       /* what a mapping kind has mapped or attached */
static int local_pair[2];  /* the two ends of a connection with itself */

/* --- what can be held: each returns a descriptor, NO_DESCRIPTOR, or the negative number of a child that has it --- */

static int io_uring(char **operands)
{
    struct io_uring_params params = { 0 };
    (void)operands;
    return (int)syscall(SYS_io_uring_setup, 4, &params);
}

static int faults(char **operands)
{
    (void)operands;
    return (int)syscall(SYS_userfaultfd, O_CLOEXEC);
}

static int perf(char **operands)
{
    struct perf_event_attr event = { .type = PERF_TYPE_SOFTWARE, .size = sizeof event, .config = PERF_COUNT_SW_TASK_CLOCK };
    (void)operands;
    return (int)syscall(SYS_perf_event_open, &event, 0, -1, -1, 0);
}

static int bpf(char **operands)
{
    union bpf_attr map = { .map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 8, .max_entries = 4 };
    (void)operands;
    return (int)syscall(SYS_bpf, BPF_MAP_CREATE, &map, sizeof map);
}

static int secret(char **operands)
{
    int fd = (int)syscall(SYS_memfd_secret, 0);
    (void)operands;
    if (fd >= 0 && ftruncate(fd, 4096) == 0)
        memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    return fd;
}

static int queue(char **operands)
{
    (void)operands;
    int fd = mq_open("/hpccr-holds", O_CREAT | O_RDWR, 0600, NULL);
    mq_unlink("/hpccr-holds");
    return fd;
}

static int device(char **operands)
{
    return open(operand(operands, 0), O_RDONLY | O_NONBLOCK);
}

static int any_socket(char **operands)
{
    return socket((int)number(operands, 0), (int)number(operands, 1), (int)number(operands, 2));
}

static int events(char **operands)
{
    sigset_t none;
    struct itimerspec soon = { { 1, 0 }, { 1, 0 } };
    (void)operands;
    sigemptyset(&none);
    int all = needs(epoll_create1(0), "epoll");
    needs((int)syscall(SYS_pidfd_open, getpid(), 0), "pidfd");
    int event = needs(eventfd(3, 0), "eventfd"), timer = needs(timerfd_create(CLOCK_MONOTONIC, 0), "timerfd");
    needs(signalfd(-1, &none, 0), "signalfd");
    needs(timerfd_settime(timer, 0, &soon, NULL), "timerfd");
    int watch = needs(inotify_init1(0), "inotify"), memory = needs(memfd_create("holds", 0), "memfd");
    needs(inotify_add_watch(watch, "/tmp", IN_CREATE), "watch");
    needs(ftruncate(memory, 8192), "memfd");
    struct epoll_event in = { .events = EPOLLIN };
    needs(epoll_ctl(all, EPOLL_CTL_ADD, event, &in), "epoll_ctl");
    needs(epoll_ctl(all, EPOLL_CTL_ADD, timer, &in), "epoll_ctl");
    return all;
}

static int ghost(char **operands)
{
    char name[] = "holds-XXXXXX";
    int fd = needs(mkstemp(name), "mkstemp");
    needs(unlink(name), "unlink");
    needs(fallocate(fd, 0, 0, number(operands, 0) << 20), "fallocate");
    return fd;
}

static int sysv(char **operands)
{
    (void)operands;
    int id = needs(shmget(IPC_PRIVATE, 8192, IPC_CREAT | 0600), "shmget");
    memory = shmat(id, NULL, 0);
    needs(shmctl(id, IPC_RMID, NULL), "shmctl");
    needs(memory == (void *)-1 ? -1 : 0, "shmat");
    return NO_DESCRIPTOR;
}

static int child(int flags)
{
    int channel[2];
    needs(pipe(channel), "pipe");
    pid_t first = needs(fork(), "fork");
    if (first == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        needs(unshare(flags), "unshare");
        /* pid and time namespaces are those of children. */
        pid_t second = needs(fork(), "fork");
        if (second == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            needs((int)write(channel[1], "x", 1), "write");
            close(channel[0]);
            close(channel[1]);
            for (;;)
                pause();
        }
        close(channel[0]);
        close(channel[1]);
        waitpid(second, NULL, 0);
        _exit(0);
    }
    close(channel[1]);
    char byte;
    if (read(channel[0], &byte, 1) != 1)
        die(EXIT_USAGE, "the child has no namespaces of its own");
    close(channel[0]);
    return -first;
}

static int in_namespace(char **operands)
{
    static const struct {
        const char *name;
        int flag;
    } kinds[] = { { "pid", CLONE_NEWPID }, { "user", CLONE_NEWUSER }, { "ipc", CLONE_NEWIPC },   { "uts", CLONE_NEWUTS },
                  { "mnt", CLONE_NEWNS },  { "net", CLONE_NEWNET },   { "time", CLONE_NEWTIME }, { "cgroup", CLONE_NEWCGROUP } };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].name, operand(operands, 0)) == 0)
            return child(kinds[i].flag);
    die(EXIT_USAGE, "%s is no kind of namespace", operand(operands, 0));
}

static int escaped(char **operands)
{
    char path[4096];
    pid_t away = needs(fork(), "fork");
    if (away == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;)
            pause();
    }
    snprintf(path, sizeof path, "%s/cgroup.procs", operand(operands, 0));
    FILE *file = fopen(path, "w");
    if (!file || fprintf(file, "%d\n", away) < 0 || fclose(file) != 0)
        die(EXIT_USAGE, "%s: %s", path, strerror(errno));
    return -away;
}

static int traced(char **operands)
{
    (void)operands;
    pid_t tracee = needs(fork(), "fork");
    if (tracee == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;)
            pause();
    }
    needs((int)ptrace(PTRACE_SEIZE, tracee, NULL, NULL), "ptrace");
    return -tracee;
}

static void connected_pair(int type)
{
    struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t length = sizeof here;
    int first = needs(socket(AF_INET, type, 0), "socket");
    needs(bind(first, (struct sockaddr *)&here, sizeof here), "bind");
    needs(getsockname(first, (struct sockaddr *)&here, &length), "getsockname");
    if (type == SOCK_STREAM)
        needs(listen(first, 1), "listen");
    local_pair[0] = needs(socket(AF_INET, type, 0), "socket");
    needs(connect(local_pair[0], (struct sockaddr *)&here, sizeof here), "connect");
    local_pair[1] = type == SOCK_STREAM ? needs(accept(first, NULL, NULL), "accept") : first;
    if (type == SOCK_STREAM)
        close(first);
}

static int urgent(char **operands)
{
    (void)operands;
    connected_pair(SOCK_STREAM);
    needs((int)send(local_pair[0], "abc", 3, 0), "send");
    needs((int)send(local_pair[0], "!", 1, MSG_OOB), "send");
    needs((int)send(local_pair[0], "xyz", 3, 0), "send");
    return local_pair[1];
}

static int datagram(char **operands)
{
    (void)operands;
    connected_pair(SOCK_DGRAM);
    needs((int)send(local_pair[0], "abc", 3, 0), "send");
    return local_pair[1];
}

static int outside(char **operands)
{
    struct sockaddr_in there = { .sin_family = AF_INET, .sin_port = htons((uint16_t)number(operands, 1)) };
    inet_pton(AF_INET, operand(operands, 0), &there.sin_addr);
    int fd = needs(socket(AF_INET, SOCK_STREAM, 0), "socket");
    needs(connect(fd, (struct sockaddr *)&there, sizeof there), "connect");
    return fd;
}

static int unix_outside(char **operands)
{
    struct sockaddr_un there = { .sun_family = AF_UNIX };
    snprintf(there.sun_path, sizeof there.sun_path, "%s", operand(operands, 0));
    int fd = needs(socket(AF_UNIX, number(operands, 1) ? (int)number(operands, 1) : SOCK_STREAM, 0), "socket");
    needs(connect(fd, (struct sockaddr *)&there, sizeof there), "connect");
    return fd;
}

static int mapped(char **operands)
{
    int fd = needs(open(operand(operands, 0), O_RDWR), "open");
    memory = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
    needs(memory == MAP_FAILED ? -1 : 0, "mmap");
    close(fd);
    return NO_DESCRIPTOR;
}

static void release(int held)
{
    char rest[16];
    if (local_pair[0] > 0) {
        recv(held, rest, 1, MSG_OOB | MSG_DONTWAIT);
        while (recv(held, rest, sizeof rest, MSG_DONTWAIT) > 0)
            ;
    }
    if (memory && shmdt(memory) != 0)
        munmap(memory, 4096);
    if (held >= 0)
        close(held);
    if (held < 0 && held != NO_DESCRIPTOR) {
        kill(-held, SIGKILL);
        waitpid(-held, NULL, 0);
    }
}

static const struct {
    const char *name;
    int (*hold)(char **operands);
} kinds[] = {
    { "bpf", bpf },           { "datagram", datagram },         { "device", device },     { "escaped", escaped }, { "events", events },
    { "ghost", ghost },       { "in-namespace", in_namespace }, { "io_uring", io_uring }, { "mapped", mapped },   { "mqueue", queue },
    { "outside", outside },   { "perf", perf },                 { "secretmem", secret },  { "socket", any_socket }, { "sysv", sysv },
    { "traced", traced },     { "unix", unix_outside },         { "urgent", urgent },     { "userfaultfd", faults },
};

int main(int argc, char **argv)
{
    long steps = 1000, pace = 10000;
    const char *let_go = NULL;
    const struct option_spec options[] = {
        { "steps", &steps, NULL, 0 }, { "pace-us", &pace, NULL, 0 }, { "release", NULL, &let_go, 0 }, { NULL, NULL, NULL, 0 },
    };
    int given = parse_options(argc, argv, options, "KIND [OPERAND...]"), held;
    size_t kind = 0;
    argv[given + 1] = NULL;
    while (given > 0 && kind < sizeof kinds / sizeof *kinds && strcmp(kinds[kind].name, argv[1]) != 0)
        kind++;
    if (given == 0 || kind == sizeof kinds / sizeof *kinds)
        usage(argv[0], options, "KIND [OPERAND...]");
    held = kinds[kind].hold(argv + 2);
    if (held == -1)
        die(EXIT_USAGE, "%s: %s", argv[1], strerror(errno));
    say("held %s", argv[1]);
    uint64_t hash = 0;
    int is_held = 1;
    for (long step = 1; step <= steps || (let_go && (is_held || access(let_go, F_OK) == 0)); step++) {
        if (step <= steps)
            hash = mix64(hash + (uint64_t)step);
        pause_us(pace);
        say("line %ld", step);
        if (let_go && is_held && access(let_go, F_OK) == 0) {
            release(held);
            say("released %s", argv[1]);
            is_held = 0;
        }
    }
    say("final %016" PRIx64, hash);
    return 0;
}
