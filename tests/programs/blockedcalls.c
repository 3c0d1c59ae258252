/* One thread per blocking system call of signal(7). Those with a time limit wait for --seconds and are ended by it; the others are ended by
 * the main thread after that time. Each must end with the result of an undisturbed run, and no sooner or later than asked.
 *
 * Prints `ready N`, then a line for each call, `CALL ok|BAD|eintr RESULT ERRNO MILLISECONDS`, and `final disturbed N`. `eintr` is said of
 * calls that the kernel itself ends at every SIGSTOP and SIGCONT; only `BAD` counts. Exit 3 when a call was disturbed. With --idle N it
 * only has N threads in nanosleep, for measuring. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include "common.h"

static long seconds = 8, idle, tolerance = 2000;
static const char *folder;
static volatile int over;
static char path_fifo[256], path_lock[256], path_watched[256];
static pid_t holder;

/* TIMED ends by itself, ENDED by the main thread. WALL ends at a time of day, which may have passed when the job is restarted. ROOM ends
 * when there is room,
 * which a restored queue may have. KERNEL may return EINTR. */
enum kind { TIMED, ENDED, WALL, ROOM, KERNEL };
struct call {
    const char *name;
    long (*work)(void);
    enum kind kind;
    long result, error;
    pthread_t thread;
    long long took;
    pid_t tid;
};

static long long now_of(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static long long now_ms(void) { return now_of(CLOCK_MONOTONIC); }

static struct timespec after(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    t.tv_sec += seconds;
    return t;
}

#define FOR { seconds, 0 }
/* What a thread waits for is its own. */
#define WORD static unsigned word = 1
static void none(int signal) { (void)signal; }

static long poll_ms(void) { return poll(NULL, 0, (int)seconds * 1000); }
static long poll_fd_ms(void)
{
    int fds[2];
    if (pipe(fds) != 0)
        return -1;
    struct pollfd fd = { fds[0], POLLIN, 0 };
    return poll(&fd, 1, (int)seconds * 1000);
}
static long ppoll_(void) { struct timespec t = FOR; return ppoll(NULL, 0, &t, NULL); }
static long ppoll_mask(void)
{
    struct timespec t = FOR;
    sigset_t mask;
    sigemptyset(&mask);
    return ppoll(NULL, 0, &t, &mask);
}
static const struct timespec *constant(void)
{
    struct timespec *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    page->tv_sec = seconds;
    mprotect(page, 4096, PROT_READ);
    return page;
}
static long select_(void) { struct timeval t = { seconds, 0 }; return select(0, NULL, NULL, NULL, &t); }
static long raw_select(void) { struct timeval t = { seconds, 0 }; return syscall(SYS_select, 0, NULL, NULL, NULL, &t); }
static long pselect_(void) { struct timespec t = FOR; return pselect(0, NULL, NULL, NULL, &t, NULL); }
static long nanosleep_(void) { struct timespec t = FOR; return nanosleep(&t, NULL); }
static long nanosleep_constant(void) { return nanosleep(constant(), NULL); }
static long nanosleep_same(void) { struct timespec t = FOR; return nanosleep(&t, &t); }
static long clock_nanosleep_(void) { struct timespec t = FOR; errno = clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL); return errno ? -1 : 0; }
static long clock_nanosleep_real(void) { struct timespec t = FOR; errno = clock_nanosleep(CLOCK_REALTIME, 0, &t, NULL); return errno ? -1 : 0; }
static long clock_nanosleep_boot(void) { struct timespec t = FOR; errno = clock_nanosleep(CLOCK_BOOTTIME, 0, &t, NULL); return errno ? -1 : 0; }
static long clock_nanosleep_until(void)
{
    struct timespec t = after(CLOCK_MONOTONIC);
    errno = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
    return errno ? -1 : 0;
}
static long usleep_(void) { return usleep((useconds_t)seconds * 1000000); }
static long sleep_(void) { return sleep((unsigned)seconds); }
static long sem_timed(void) { sem_t s; sem_init(&s, 0, 0); struct timespec t = after(CLOCK_REALTIME); return sem_timedwait(&s, &t) == -1 && errno == ETIMEDOUT ? 0 : -1; }
static long sem_clock(void) { sem_t s; sem_init(&s, 0, 0); struct timespec t = after(CLOCK_MONOTONIC); return sem_clockwait(&s, CLOCK_MONOTONIC, &t) == -1 && errno == ETIMEDOUT ? 0 : -1; }
static long cond_timed(void)
{
    pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t c = PTHREAD_COND_INITIALIZER;
    struct timespec t = after(CLOCK_REALTIME);
    pthread_mutex_lock(&m);
    errno = pthread_cond_timedwait(&c, &m, &t);
    return errno == ETIMEDOUT ? 0 : -1;
}
static long mutex_timed(void)
{
    pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
    struct timespec t = after(CLOCK_REALTIME);
    pthread_mutex_lock(&m);
    errno = pthread_mutex_timedlock(&m, &t);
    return errno == ETIMEDOUT ? 0 : -1;
}
static long expired(long result) { return result == -1 && errno == ETIMEDOUT ? 0 : -1; }
static long futex_for(void) { WORD; struct timespec t = FOR; return expired(syscall(SYS_futex, &word, FUTEX_WAIT, 1, &t, NULL, 0)); }
static long futex_for_private(void) { WORD; struct timespec t = FOR; return expired(syscall(SYS_futex, &word, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, 1, &t, NULL, 0)); }
static long futex_constant(void) { WORD; return expired(syscall(SYS_futex, &word, FUTEX_WAIT, 1, constant(), NULL, 0)); }
static long futex_until(void)
{
    WORD;
    struct timespec t = after(CLOCK_MONOTONIC);
    return expired(syscall(SYS_futex, &word, FUTEX_WAIT_BITSET, 1, &t, NULL, FUTEX_BITSET_MATCH_ANY));
}

/* Ended by the main thread. */
static unsigned wake_word = 1;
static sem_t wake_sem;
static int fds_read[2], fds_poll[2], fds_readv[2], fds_full[2], socks_recv[2], socks_msg[2], socks_full[2], listener, wake_event, wake_timer, watch;
static int queue_receive, queue_send;
static pthread_mutex_t wake_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake_cond = PTHREAD_COND_INITIALIZER;
static char buffer[1 << 12];

static long poll_forever(void) { struct pollfd fd = { fds_poll[0], POLLIN, 0 }; return poll(&fd, 1, -1) == 1 ? 0 : -1; }
static long ppoll_forever(void) { struct pollfd fd = { fds_poll[0], POLLIN, 0 }; return ppoll(&fd, 1, NULL, NULL) == 1 ? 0 : -1; }
static long select_forever(void) { fd_set set; FD_ZERO(&set); FD_SET(fds_poll[0], &set); return select(fds_poll[0] + 1, &set, NULL, NULL, NULL) == 1 ? 0 : -1; }
static long read_pipe(void) { char c; return read(fds_read[0], &c, 1) == 1 ? 0 : -1; }
static long readv_pipe(void) { char c; struct iovec v = { &c, 1 }; return readv(fds_readv[0], &v, 1) == 1 ? 0 : -1; }
static long write_pipe(void) { return write(fds_full[1], buffer, 64) == 64 ? 0 : -1; }
static long recv_(void) { char c; return recv(socks_recv[0], &c, 1, 0) == 1 ? 0 : -1; }
static long recvmsg_(void) { char c; struct iovec v = { &c, 1 }; struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1 }; return recvmsg(socks_msg[0], &m, 0) == 1 ? 0 : -1; }
static long send_(void) { return send(socks_full[1], buffer, 64, 0) == 64 ? 0 : -1; }
static long accept_(void) { return accept(listener, NULL, NULL) >= 0 ? 0 : -1; }
static long open_fifo(void) { return open(path_fifo, O_RDONLY) >= 0 ? 0 : -1; }
static long wait4_(void)
{
    pid_t child = fork();
    if (child == 0) {
        for (; !over;)
            poll(NULL, 0, (int)seconds * 1000), over = 1;
        _exit(0);
    }
    return waitpid(child, NULL, 0) == child ? 0 : -1;
}
static long waitid_(void)
{
    pid_t child = fork();
    siginfo_t info;
    if (child == 0) {
        poll(NULL, 0, (int)seconds * 1000);
        _exit(0);
    }
    return waitid(P_PID, (id_t)child, &info, WEXITED);
}
static long flock_(void) { int fd = open(path_lock, O_RDWR); return flock(fd, LOCK_EX); }
static long record_lock(void)
{
    int fd = open(path_lock, O_RDWR);
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1 };
    return fcntl(fd, F_SETLKW, &lock);
}
static long futex_forever(void) { syscall(SYS_futex, &wake_word, FUTEX_WAIT, 1, NULL, NULL, 0); return over ? 0 : -1; }
static long sem_(void) { return sem_wait(&wake_sem); }
static long mutex_(void) { pthread_mutex_lock(&wake_mutex); pthread_mutex_unlock(&wake_mutex); return over ? 0 : -1; }
static long cond_(void)
{
    pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&m);
    errno = pthread_cond_wait(&wake_cond, &m);
    return over ? 0 : -1;
}
static long msgrcv_(void) { struct { long type; char text[8]; } m; return msgrcv(queue_receive, &m, sizeof m.text, 0, 0) == 1 ? 0 : -1; }
static long pause_(void) { return pause() == -1 && errno == EINTR && over ? 0 : -1; }
static long sigsuspend_(void) { sigset_t none_; sigemptyset(&none_); return sigsuspend(&none_) == -1 && errno == EINTR && over ? 0 : -1; }
static long read_event(void) { uint64_t n; return read(wake_event, &n, sizeof n) == sizeof n ? 0 : -1; }
static long read_timer(void) { uint64_t n; return read(wake_timer, &n, sizeof n) == sizeof n ? 0 : -1; }
static long read_inotify(void) { char b[4096]; return read(watch, b, sizeof b) > 0 ? 0 : -1; }

/* The kernel itself ends these. */
static long again(long result) { return result == -1 && (errno == EAGAIN || errno == ETIMEDOUT) ? 0 : -1; }
static long epoll_(void) { int e = epoll_create1(0); struct epoll_event v; return epoll_wait(e, &v, 1, (int)seconds * 1000); }
static long semop_for(void)
{
    int id = semget(IPC_PRIVATE, 1, 0600);
    struct sembuf op = { 0, -1, 0 };
    struct timespec t = FOR;
    return again(semtimedop(id, &op, 1, &t));
}
static long sigtimed(void) { sigset_t s; struct timespec t = FOR; sigemptyset(&s); sigaddset(&s, SIGRTMIN + 5); return again(sigtimedwait(&s, NULL, &t)); }
static long recv_for(void)
{
    int two[2];
    char c;
    struct timeval t = { seconds, 0 };
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, two) != 0 || setsockopt(two[0], SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t) != 0)
        return -1;
    return again(recv(two[0], &c, 1, 0));
}

#define CALL(function, kind) { #function, function, kind, 0, 0, 0, 0, 0 }
static struct call calls[] = {
    CALL(poll_ms, TIMED), CALL(poll_fd_ms, TIMED), CALL(ppoll_, TIMED), CALL(ppoll_mask, TIMED), CALL(select_, TIMED), CALL(raw_select, TIMED),
    CALL(pselect_, TIMED), CALL(nanosleep_, TIMED), CALL(nanosleep_constant, TIMED), CALL(nanosleep_same, TIMED), CALL(clock_nanosleep_, TIMED),
    CALL(clock_nanosleep_real, TIMED), CALL(clock_nanosleep_boot, TIMED), CALL(clock_nanosleep_until, TIMED), CALL(usleep_, TIMED),
    CALL(sleep_, TIMED), CALL(sem_timed, WALL), CALL(sem_clock, TIMED), CALL(cond_timed, WALL), CALL(mutex_timed, WALL),
    CALL(futex_for, TIMED), CALL(futex_for_private, TIMED), CALL(futex_constant, TIMED), CALL(futex_until, TIMED),
    CALL(poll_forever, ENDED), CALL(ppoll_forever, ENDED), CALL(select_forever, ENDED), CALL(read_pipe, ENDED), CALL(readv_pipe, ENDED),
    CALL(write_pipe, ROOM), CALL(recv_, ENDED), CALL(recvmsg_, ENDED), CALL(send_, ROOM), CALL(accept_, ENDED), CALL(open_fifo, ENDED),
    CALL(wait4_, ENDED), CALL(waitid_, ENDED), CALL(flock_, ENDED), CALL(record_lock, ENDED), CALL(futex_forever, ENDED), CALL(sem_, ENDED),
    CALL(mutex_, ENDED), CALL(cond_, ENDED), CALL(msgrcv_, ENDED), CALL(pause_, ENDED), CALL(sigsuspend_, ENDED), CALL(read_event, ENDED),
    CALL(read_timer, ENDED), CALL(read_inotify, ENDED),
    CALL(epoll_, KERNEL), CALL(semop_for, KERNEL), CALL(sigtimed, KERNEL), CALL(recv_for, KERNEL),
};
enum { CALLS = sizeof calls / sizeof *calls };
static pthread_barrier_t begin;

static void *run(void *argument)
{
    struct call *call = argument;
    call->tid = (pid_t)syscall(SYS_gettid);
    pthread_barrier_wait(&begin);
    clockid_t clock = call->kind == WALL ? CLOCK_REALTIME : CLOCK_MONOTONIC;
    long long began = now_of(clock);
    call->result = call->work();
    call->error = call->result == -1 ? errno : 0;
    call->took = now_of(clock) - began;
    return NULL;
}

static void name(char *path, const char *what)
{
    if (folder == NULL && (folder = getenv("TMPDIR")) == NULL)
        folder = "/tmp";
    snprintf(path, 256, "%s/blockedcalls.%d.%s", folder, (int)getpid(), what);
    unlink(path);
}

/* Until not a byte goes in: a call that was interrupted after a part of its bytes returns short, also after a SIGSTOP. */
static void fill_up(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    fcntl(fd, F_SETFL, flags | O_NONBLOCK);
    while (write(fd, buffer, sizeof buffer) > 0)
        ;
    while (write(fd, buffer, 1) > 0)
        ;
    fcntl(fd, F_SETFL, flags);
}

static void prepare(void)
{
    name(path_fifo, "fifo");
    name(path_lock, "lock");
    name(path_watched, "watched");
    struct sigaction action = { .sa_handler = none };
    sigaction(SIGUSR1, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    struct sockaddr_in any = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    struct itimerspec due = { { 0, 0 }, FOR };
    int lock = open(path_lock, O_RDWR | O_CREAT, 0600), ready[2];
    if (lock < 0 || mkfifo(path_fifo, 0600) != 0 || close(open(path_watched, O_RDWR | O_CREAT, 0600)) != 0 || write(lock, "x", 1) != 1 || pipe(ready) != 0
        || pipe(fds_read) != 0 || pipe(fds_poll) != 0 || pipe(fds_readv) != 0 || pipe(fds_full) != 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, socks_recv) != 0
        || socketpair(AF_UNIX, SOCK_DGRAM, 0, socks_msg) != 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, socks_full) != 0
        || (listener = socket(AF_INET, SOCK_STREAM, 0)) < 0 || bind(listener, (struct sockaddr *)&any, sizeof any) != 0 || listen(listener, 4) != 0
        || (wake_event = eventfd(0, 0)) < 0 || (wake_timer = timerfd_create(CLOCK_MONOTONIC, 0)) < 0 || timerfd_settime(wake_timer, 0, &due, NULL) != 0
        || (watch = inotify_init()) < 0 || inotify_add_watch(watch, path_watched, IN_MODIFY) < 0
        || (queue_receive = msgget(IPC_PRIVATE, 0600)) < 0 || (queue_send = msgget(IPC_PRIVATE, 0600)) < 0 || sem_init(&wake_sem, 0, 0) != 0)
        die_errno("blockedcalls: prepare");
    holder = fork();
    if (holder == 0) {
        int fd = open(path_lock, O_RDWR);
        struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1 };
        if (flock(fd, LOCK_EX) != 0 || fcntl(fd, F_SETLK, &all) != 0 || write(ready[1], "r", 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    char c;
    close(lock);
    if (read(ready[0], &c, 1) != 1)
        die_errno("blockedcalls: lock");
    pthread_mutex_lock(&wake_mutex);
    fill_up(fds_full[1]);
    fill_up(socks_full[1]);
}

static void drain(int fd)
{
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    while (read(fd, buffer, sizeof buffer) > 0)
        ;
}

static void end_all(void)
{
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    struct { long type; char text[8]; } message = { 1, "m" };
    over = 1;
    wake_word = 0;
    syscall(SYS_futex, &wake_word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
    getsockname(listener, (struct sockaddr *)&address, &length);
    int client = socket(AF_INET, SOCK_STREAM, 0), one = connect(client, (struct sockaddr *)&address, length);
    uint64_t n = 1;
    if (one != 0 || write(fds_read[1], "x", 1) != 1 || write(fds_poll[1], "x", 1) != 1 || write(fds_readv[1], "x", 1) != 1
        || send(socks_recv[1], "x", 1, 0) != 1 || send(socks_msg[1], "x", 1, 0) != 1 || write(wake_event, &n, sizeof n) != sizeof n
        || msgsnd(queue_receive, &message, 1, 0) != 0)
        die_errno("blockedcalls: end");
    drain(fds_full[0]);
    drain(socks_full[0]);
    int watched = open(path_watched, O_WRONLY), fifo = open(path_fifo, O_WRONLY);
    if (write(watched, "x", 1) != 1 || fifo < 0)
        die_errno("blockedcalls: files");
    sem_post(&wake_sem);
    pthread_mutex_unlock(&wake_mutex);
    pthread_cond_broadcast(&wake_cond);
    kill(holder, SIGKILL);
    for (int i = 0; i < CALLS; i++)
        if (calls[i].work == pause_ || calls[i].work == sigsuspend_)
            pthread_kill(calls[i].thread, SIGUSR1);
}

static void *rest(void *unused)
{
    (void)unused;
    struct timespec t = { 3600, 0 };
    nanosleep(&t, NULL);
    return NULL;
}

int main(int argc, char **argv)
{
    const struct option_spec options[] = {
        { "seconds", &seconds, NULL, 0 }, { "folder", NULL, &folder, 0 }, { "tolerance-ms", &tolerance, NULL, 0 }, { "idle", &idle, NULL, 0 },
        { NULL, NULL, NULL, 0 },
    };
    if (parse_options(argc, argv, options, "") != 0)
        usage(argv[0], options, "");
    if (idle > 0) {
        pthread_attr_t small;
        pthread_attr_init(&small);
        pthread_attr_setstacksize(&small, 65536);
        for (long i = 0; i < idle; i++) {
            pthread_t thread;
            if ((errno = pthread_create(&thread, &small, rest, NULL)) != 0)
                die_errno("blockedcalls: pthread_create");
        }
        say("ready %ld", idle);
        rest(NULL);
    }

    prepare();
    pthread_barrier_init(&begin, NULL, CALLS + 1);
    for (int i = 0; i < CALLS; i++)
        if ((errno = pthread_create(&calls[i].thread, NULL, run, &calls[i])) != 0)
            die_errno("blockedcalls: pthread_create");
    pthread_barrier_wait(&begin);
    long long began = now_ms();
    say("ready %d", CALLS);

    /* The leader of the process is what the engine works through: it waits in a call of its own, and notices when that ends too soon. */
    struct timespec all = FOR;
    long slept = nanosleep(&all, NULL);
    long long took = now_ms() - began;
    int disturbed = slept != 0 || took < seconds * 1000 - 20 || took > seconds * 1000 + tolerance;
    say("leader %s %ld %d %lld", disturbed ? "BAD" : "ok", slept, slept ? errno : 0, took);
    while (now_ms() - began < seconds * 1000 + 200)
        poll(NULL, 0, 50);
    end_all();
    for (int i = 0; i < CALLS; i++) {
        pthread_join(calls[i].thread, NULL);
        struct call *c = &calls[i];
        int fine = c->result == 0 && (c->kind == ROOM || c->took >= seconds * 1000 - 20) && (c->kind == WALL || c->took <= seconds * 1000 + tolerance);
        int allowed = c->kind == KERNEL && c->result == -1 && c->error == EINTR;
        say("%s %s %ld %ld %lld", c->name, fine ? "ok" : allowed ? "eintr" : "BAD", c->result, c->error, c->took);
        disturbed += !fine && !allowed;
    }
    unlink(path_fifo);
    unlink(path_lock);
    unlink(path_watched);
    say("final disturbed %d", disturbed);
    return disturbed ? EXIT_DAMAGED : 0;
}
