/* Remembers its surroundings at start and checks at every step that all of them are still the same: ids, names,
 * limits, descriptors, locks, memory segments, signals, timers, clocks, a child process. What a restart must give
 * back to a process is listed in `checks` at the end of this file.
 *
 * Prints `ok N` every K steps and `final ok` at the end. Any change prints `changed: WHAT: before ... now ...` and
 * ends with exit 4. `--skip a,b` leaves checks out (attach gives a new parent: `--skip ppid`). The clock check
 * allows a step to last --jump-ms longer than its pace: a stop of the job that is longer must not be seen. */
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>

#include "common.h"

static long pace = 100000, jump_ms = 5000;
static uint64_t step; /* steps done so far */
static char **arguments;
extern char **environ;

/* --- texts compared as a whole ---------------------------------------------------------------------- */

static void read_text(const char *path, char *text, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = 0, got;
    if (fd < 0)
        die_errno(path);
    while ((got = read(fd, text + length, size - 1 - (size_t)length)) > 0)
        length += got;
    text[length] = '\0';
    close(fd);
}

static void numbers_pid(char *text, size_t size) { snprintf(text, size, "%d", getpid()); }
static void numbers_ppid(char *text, size_t size) { snprintf(text, size, "%d", getppid()); }
static void numbers_session(char *text, size_t size) { snprintf(text, size, "sid %d pgid %d", getsid(0), getpgrp()); }
static void host_name(char *text, size_t size) { gethostname(text, size); }

static void working_folder(char *text, size_t size)
{
    if (!getcwd(text, size))
        snprintf(text, size, "none: %s", strerror(errno));
}

static void executable(char *text, size_t size)
{
    ssize_t length = readlink("/proc/self/exe", text, size - 1);
    text[length < 0 ? 0 : length] = '\0';
}

static void command_line(char *text, size_t size)
{
    static char raw[65536];
    int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    ssize_t length = read(fd, raw, sizeof raw);
    close(fd);
    char name[32];
    read_text("/proc/self/comm", name, sizeof name);
    name[strcspn(name, "\n")] = '\0';
    snprintf(text, size, "%s, arguments %016" PRIx64 " of %zd bytes, argv[0] %s", name,
             hash_bytes(raw, length < 0 ? 0 : (size_t)length), length, arguments[0]);
}

static void environment(char *text, size_t size)
{
    static char raw[1 << 18];
    uint64_t library = 0;
    for (char **variable = environ; *variable; variable++)
        library = mix64(library ^ hash_bytes(*variable, strlen(*variable)));
    int fd = open("/proc/self/environ", O_RDONLY | O_CLOEXEC);
    ssize_t length = read(fd, raw, sizeof raw);
    close(fd);
    snprintf(text, size, "kernel %016" PRIx64 " libc %016" PRIx64, hash_bytes(raw, length < 0 ? 0 : (size_t)length),
             library);
}

/* The lines of /proc/self/status that say who the process is and what it may do. */
static void identity(char *text, size_t size)
{
    static const char *const wanted[] = { "Umask:", "Uid:",    "Gid:",    "Groups:", "SigPnd:", "ShdPnd:", "SigBlk:", "SigIgn:",
                                          "SigCgt:", "CapInh:", "CapPrm:", "CapEff:", "CapBnd:", "CapAmb:", "NoNewPrivs:", NULL };
    static char status[16384];
    read_text("/proc/self/status", status, sizeof status);
    size_t used = 0;
    text[0] = '\0';
    for (char *line = strtok(status, "\n"); line; line = strtok(NULL, "\n"))
        for (int i = 0; wanted[i]; i++)
            if (strncmp(line, wanted[i], strlen(wanted[i])) == 0 && used + 1 < size)
                used += (size_t)snprintf(text + used, size - used, "%s; ", line);
}

static void limits(char *text, size_t size)
{
    size_t used = 0;
    for (int resource = 0; resource < RLIM_NLIMITS && used + 1 < size; resource++) {
        struct rlimit limit;
        getrlimit(resource, &limit);
        used += (size_t)snprintf(text + used, size - used, "%d=%jd/%jd ", resource, (intmax_t)limit.rlim_cur,
                                 (intmax_t)limit.rlim_max);
    }
}

static void scheduling(char *text, size_t size)
{
    struct sched_param parameters;
    sched_getparam(0, &parameters);
    errno = 0;
    snprintf(text, size, "policy %d priority %d nice %d dumpable %d death signal ", sched_getscheduler(0),
             parameters.sched_priority, getpriority(PRIO_PROCESS, 0), prctl(PR_GET_DUMPABLE));
    int signal = 0;
    prctl(PR_GET_PDEATHSIG, &signal);
    snprintf(text + strlen(text), size - strlen(text), "%d subreaper ", signal);
    prctl(PR_GET_CHILD_SUBREAPER, &signal);
    snprintf(text + strlen(text), size - strlen(text), "%d", signal);
}

static void processors(char *text, size_t size)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    sched_getaffinity(0, sizeof set, &set);
    snprintf(text, size, "%d usable, first words %016lx", CPU_COUNT(&set), *(unsigned long *)&set);
}

/* Every descriptor and what it is; /proc/self/fd itself is the one that this function opens. */
static void descriptors(char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (int fd = 0; fd < 256; fd++) {
        struct stat stat;
        int flags = fcntl(fd, F_GETFD), status = fcntl(fd, F_GETFL);
        if (flags >= 0 && fstat(fd, &stat) == 0 && used + 1 < size)
            used += (size_t)snprintf(text + used, size - used, "%d:%o/%x/%x ", fd, stat.st_mode, flags, status);
    }
}

/* --- checks with a state of their own: each returns NULL or says what is wrong ------------------------- */

static char complaint[1024];
#define complain(...) (snprintf(complaint, sizeof complaint, __VA_ARGS__), (const char *)complaint)

static int exe_fd;

static void start_offset(void)
{
    exe_fd = open("/proc/self/exe", O_RDONLY);
    if (exe_fd < 0)
        die_errno("/proc/self/exe");
}

/* Reads on by one byte per step through an offset that only the kernel keeps. */
static const char *check_offset(void)
{
    char byte, expected;
    off_t at = lseek(exe_fd, 0, SEEK_CUR);
    if (at != (off_t)(step % 4096))
        return complain("offset before %ju now %jd", (uintmax_t)(step % 4096), (intmax_t)at);
    if (pread(exe_fd, &expected, 1, at) != 1 || read(exe_fd, &byte, 1) != 1 || byte != expected)
        return complain("cannot read on at %jd", (intmax_t)at);
    if (at == 4095)
        lseek(exe_fd, 0, SEEK_SET);
    return NULL;
}

static char file_path[512], deleted_path[512];
static int file_fd, deleted_fd;

static void start_files(void)
{
    const char *folder = getenv("TMPDIR");
    folder = folder ? folder : "/tmp";
    snprintf(file_path, sizeof file_path, "%s/selfcheck.%d", folder, getpid());
    snprintf(deleted_path, sizeof deleted_path, "%s/selfcheck.deleted.%d", folder, getpid());
    file_fd = open(file_path, O_RDWR | O_CREAT | O_EXCL, 0640);
    deleted_fd = open(deleted_path, O_RDWR | O_CREAT | O_EXCL, 0600);
    struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    if (file_fd < 0 || deleted_fd < 0 || unlink(deleted_path) != 0)
        die_errno(file_path);
    if (fcntl(file_fd, F_SETLK, &whole) != 0 || flock(deleted_fd, LOCK_EX | LOCK_NB) != 0)
        die_errno("locks");
}

static const char *check_one_file(const char *name, int fd)
{
    uint64_t last;
    struct stat stat;
    fstat(fd, &stat);
    if (stat.st_size != (off_t)(step * sizeof last) || lseek(fd, 0, SEEK_CUR) != stat.st_size)
        return complain("%s: size before %ju now %jd, offset %jd", name, (uintmax_t)(step * sizeof last),
                        (intmax_t)stat.st_size, (intmax_t)lseek(fd, 0, SEEK_CUR));
    if (step > 0 && (pread(fd, &last, sizeof last, (off_t)((step - 1) * sizeof last)) != sizeof last || last != mix64(step - 1)))
        return complain("%s: last word of %jd bytes is wrong", name, (intmax_t)stat.st_size);
    last = mix64(step);
    if (write(fd, &last, sizeof last) != sizeof last)
        return complain("%s: %s", name, strerror(errno));
    return NULL;
}

static const char *check_files(void)
{
    struct stat open_file, named_file;
    if (fstat(file_fd, &open_file) != 0 || stat(file_path, &named_file) != 0)
        return complain("%s: %s", file_path, strerror(errno));
    if (open_file.st_ino != named_file.st_ino || open_file.st_dev != named_file.st_dev)
        return complain("%s: the open file is no longer the one of that name", file_path);
    if ((open_file.st_mode & 07777) != 0640 || open_file.st_uid != geteuid())
        return complain("%s: mode %o owner %d", file_path, open_file.st_mode & 07777, open_file.st_uid);
    const char *wrong = check_one_file(file_path, file_fd);
    if (wrong)
        return wrong;
    if (fstat(deleted_fd, &open_file) != 0 || open_file.st_nlink != 0 || access(deleted_path, F_OK) == 0)
        return complain("%s: deleted, but is back", deleted_path);
    return check_one_file(deleted_path, deleted_fd);
}

static void end_files(void) { unlink(file_path); }

static int sysv_id;
static volatile uint64_t *sysv_memory, *posix_memory;
static char posix_path[64];
enum { SHARED_BYTES = 65536 };

static void start_sysv(void)
{
    sysv_id = shmget(IPC_PRIVATE, SHARED_BYTES, IPC_CREAT | 0600);
    if (sysv_id < 0 || (sysv_memory = shmat(sysv_id, NULL, 0)) == (void *)-1)
        die_errno("SysV shared memory");
}

static const char *check_shared(volatile uint64_t *memory)
{
    size_t words = SHARED_BYTES / sizeof *memory;
    if (step > 0 && memory[(step - 1) % words] != mix64(step))
        return complain("word %zu changed", (size_t)((step - 1) % words));
    memory[step % words] = mix64(step + 1);
    return NULL;
}

static const char *check_sysv(void)
{
    struct shmid_ds segment;
    if (shmctl(sysv_id, IPC_STAT, &segment) != 0)
        return complain("segment %d: %s", sysv_id, strerror(errno));
    if (segment.shm_segsz != SHARED_BYTES || segment.shm_nattch != 2 || (segment.shm_perm.mode & 0777) != 0600)
        return complain("segment %d: %zu bytes, %ju attached, mode %o", sysv_id, segment.shm_segsz,
                        (uintmax_t)segment.shm_nattch, segment.shm_perm.mode);
    return check_shared(sysv_memory);
}

static void end_sysv(void) { shmctl(sysv_id, IPC_RMID, NULL); }

static void start_posix(void)
{
    snprintf(posix_path, sizeof posix_path, "/selfcheck.shm.%d", getpid());
    int fd = shm_open(posix_path, O_RDWR | O_CREAT | O_EXCL, 0600);
    if (fd < 0 || ftruncate(fd, SHARED_BYTES) != 0 ||
        (posix_memory = mmap(NULL, SHARED_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)) == MAP_FAILED)
        die_errno(posix_path);
    close(fd);
}

/* Looks at the mapping through a second opening of the name: both must be the same memory. */
static const char *check_posix(void)
{
    uint64_t word = 0;
    const char *wrong = check_shared(posix_memory);
    int fd = shm_open(posix_path, O_RDONLY, 0);
    if (fd < 0)
        return complain("%s: %s", posix_path, strerror(errno));
    ssize_t got = pread(fd, &word, sizeof word, (off_t)(step * sizeof word % SHARED_BYTES));
    close(fd);
    if (!wrong && (got != sizeof word || word != mix64(step + 1)))
        return complain("%s: mapping and file are two different things now", posix_path);
    return wrong;
}

static void end_posix(void) { shm_unlink(posix_path); }

static volatile sig_atomic_t marked_handler;
static void on_hangup(int signal) { marked_handler = signal; }

static void start_signals(void)
{
    struct sigaction action = { .sa_handler = on_hangup, .sa_flags = SA_RESTART };
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    sigaddset(&blocked, SIGRTMIN + 1);
    sigaddset(&blocked, SIGALRM);
    sigaction(SIGHUP, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    sigprocmask(SIG_BLOCK, &blocked, NULL);
    static char stack_memory[65536];
    stack_t stack = { .ss_sp = stack_memory, .ss_size = sizeof stack_memory };
    sigaltstack(&stack, NULL);
    raise(SIGUSR1);
    sigqueue(getpid(), SIGRTMIN + 1, (union sigval){ .sival_int = 4711 });
}

/* Takes the queued signal, looks at its payload and queues it again; the handler of SIGHUP must still run. */
static const char *check_signals(void)
{
    sigset_t pending, queued;
    siginfo_t info = { 0 };
    struct timespec none = { 0, 0 };
    stack_t stack;
    sigpending(&pending);
    if (!sigismember(&pending, SIGUSR1))
        return complain("the pending SIGUSR1 is gone");
    sigemptyset(&queued);
    sigaddset(&queued, SIGRTMIN + 1);
    if (sigtimedwait(&queued, &info, &none) != SIGRTMIN + 1 || info.si_value.sival_int != 4711 || info.si_pid != getpid())
        return complain("the queued signal is gone or came without its value (%d from %d)", info.si_value.sival_int, info.si_pid);
    sigqueue(getpid(), SIGRTMIN + 1, (union sigval){ .sival_int = 4711 });
    marked_handler = 0;
    raise(SIGHUP);
    if (marked_handler != SIGHUP)
        return complain("the handler of SIGHUP did not run");
    if (sigaltstack(NULL, &stack) != 0 || stack.ss_size != 65536)
        return complain("the alternate signal stack is gone");
    return NULL;
}

static int64_t alarm_us = 100000LL * 1000000;

static void start_alarm(void)
{
    struct itimerval value = { .it_value = { .tv_sec = (time_t)(alarm_us / 1000000) } };
    setitimer(ITIMER_REAL, &value, NULL);
}

/* The pending alarm must come nearer, but never by a time that the job did not run. */
static const char *check_alarm(void)
{
    struct itimerval value;
    getitimer(ITIMER_REAL, &value);
    int64_t left = value.it_value.tv_sec * 1000000LL + value.it_value.tv_usec, before = alarm_us;
    alarm_us = left;
    if (left <= 0 || left > before || before - left > pace + jump_ms * 1000)
        return complain("before %" PRId64 " us left, now %" PRId64 " us", before, left);
    return NULL;
}

static int64_t last_monotonic, last_boottime;

static void start_clock(void)
{
    last_monotonic = now_ns(CLOCK_MONOTONIC);
    last_boottime = now_ns(CLOCK_BOOTTIME);
}

static const char *check_clock(void)
{
    int64_t monotonic = now_ns(CLOCK_MONOTONIC), boottime = now_ns(CLOCK_BOOTTIME);
    int64_t passed = monotonic - last_monotonic, boot_passed = boottime - last_boottime;
    int64_t most = (pace + jump_ms * 1000) * 1000;
    last_monotonic = monotonic;
    last_boottime = boottime;
    if (passed < 0 || boot_passed < 0)
        return complain("went back by %" PRId64 " ns (boottime %" PRId64 ")", -passed, -boot_passed);
    if (passed > most || boot_passed > most)
        return complain("jumped by %" PRId64 " ms (boottime %" PRId64 " ms) in one step", passed / 1000000, boot_passed / 1000000);
    return NULL;
}

static int epoll_fd, event_fd, timer_fd, loop_pipe[2];

static void start_events(void)
{
    struct itimerspec schedule = { { 100000, 0 }, { 100000, 0 } };
    struct epoll_event on_event = { .events = EPOLLIN, .data.u64 = 1 }, on_pipe = { .events = EPOLLIN, .data.u64 = 2 };
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    event_fd = eventfd(7, EFD_NONBLOCK);
    timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    if (epoll_fd < 0 || event_fd < 0 || timer_fd < 0 || pipe(loop_pipe) != 0)
        die_errno("events");
    timerfd_settime(timer_fd, 0, &schedule, NULL);
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, event_fd, &on_event);
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, loop_pipe[0], &on_pipe);
    if (write(loop_pipe[1], "in the pipe", 11) != 11)
        die_errno("pipe");
}

static const char *check_events(void)
{
    uint64_t count = 0;
    char bytes[32] = "";
    struct itimerspec schedule;
    struct epoll_event events[4];
    int ready = epoll_wait(epoll_fd, events, 4, 0);
    if (ready != 2 || events[0].data.u64 + events[1].data.u64 != 3)
        return complain("epoll: before 2 ready, now %d", ready);
    if (read(event_fd, &count, sizeof count) != sizeof count || count != 7 || write(event_fd, &count, sizeof count) != sizeof count)
        return complain("eventfd: before 7 now %" PRIu64, count);
    timerfd_gettime(timer_fd, &schedule);
    if (schedule.it_interval.tv_sec != 100000 || schedule.it_value.tv_sec == 0)
        return complain("timerfd: disarmed");
    if (read(loop_pipe[0], bytes, sizeof bytes) != 11 || strcmp(bytes, "in the pipe") != 0 || write(loop_pipe[1], bytes, 11) != 11)
        return complain("pipe: before \"in the pipe\", now \"%s\"", bytes);
    return NULL;
}

static pid_t child;
static int to_child[2], from_child[2];

/* The child answers each number with its mix, and with whether parent and lock look as they must. */
__attribute__((noreturn)) static void be_child(pid_t parent)
{
    uint64_t word;
    close(to_child[1]);
    close(from_child[0]);
    while (read(to_child[0], &word, sizeof word) == sizeof word) {
        struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
        uint64_t answer = mix64(word);
        if (file_fd > 0 && (fcntl(file_fd, F_GETLK, &whole) != 0 || whole.l_type != F_WRLCK || whole.l_pid != parent))
            answer = 2;
        if (getppid() != parent)
            answer = 1;
        if (write(from_child[1], &answer, sizeof answer) != sizeof answer)
            _exit(1);
    }
    _exit(0);
}

static void start_child(void)
{
    pid_t parent = getpid();
    if (pipe(to_child) != 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, from_child) != 0 || (child = fork()) < 0)
        die_errno("child");
    if (child == 0)
        be_child(parent);
    close(to_child[0]);
    close(from_child[1]);
}

static const char *check_child(void)
{
    uint64_t answer = 0;
    struct pollfd answered = { .fd = from_child[0], .events = POLLIN };
    int ready;
    if (kill(child, 0) != 0)
        return complain("pid %d is gone", child);
    if (write(to_child[1], &step, sizeof step) != sizeof step)
        return complain("pid %d: %s", child, strerror(errno));
    while ((ready = poll(&answered, 1, 60000)) < 0 && errno == EINTR)
        ;
    if (ready != 1 || read(from_child[0], &answer, sizeof answer) != sizeof answer)
        return complain("pid %d does not answer", child);
    if (answer == 1 || answer == 2)
        return complain("pid %d sees another %s", child, answer == 1 ? "parent" : "holder of the file lock");
    if (answer != mix64(step))
        return complain("pid %d answers wrongly", child);
    return NULL;
}

static void end_child(void)
{
    int status;
    close(to_child[1]);
    if (waitpid(child, &status, 0) != child || status != 0)
        die(EXIT_CHANGED, "changed: child: its end has status %x", status);
}

/* --- the list ---------------------------------------------------------------------------------------- */

static struct check {
    const char *name;
    void (*text)(char *text, size_t size); /* either a text that must stay the same ... */
    void (*start)(void);                   /* ... or a state with a check of its own */
    const char *(*check)(void);
    void (*end)(void);
    char *before;
} checks[] = {
    { "files", NULL, start_files, check_files, end_files, NULL },
    { "offset", NULL, start_offset, check_offset, NULL, NULL },
    { "sysv", NULL, start_sysv, check_sysv, end_sysv, NULL },
    { "posix", NULL, start_posix, check_posix, end_posix, NULL },
    { "events", NULL, start_events, check_events, NULL, NULL },
    { "child", NULL, start_child, check_child, end_child, NULL },
    { "signals", NULL, start_signals, check_signals, NULL, NULL },
    { "alarm", NULL, start_alarm, check_alarm, NULL, NULL },
    { "clock", NULL, start_clock, check_clock, NULL, NULL },
    { "pid", numbers_pid, NULL, NULL, NULL, NULL },
    { "ppid", numbers_ppid, NULL, NULL, NULL, NULL },
    { "session", numbers_session, NULL, NULL, NULL, NULL },
    { "host", host_name, NULL, NULL, NULL, NULL },
    { "cwd", working_folder, NULL, NULL, NULL, NULL },
    { "exe", executable, NULL, NULL, NULL, NULL },
    { "arguments", command_line, NULL, NULL, NULL, NULL },
    { "environment", environment, NULL, NULL, NULL, NULL },
    { "identity", identity, NULL, NULL, NULL, NULL },
    { "limits", limits, NULL, NULL, NULL, NULL },
    { "scheduling", scheduling, NULL, NULL, NULL, NULL },
    { "processors", processors, NULL, NULL, NULL, NULL },
    { "descriptors", descriptors, NULL, NULL, NULL, NULL },
};
enum { CHECKS = sizeof checks / sizeof *checks, TEXT_SIZE = 8192 };

static int listed(const char *list, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = list; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
        if (strcspn(at, ",") == length && strncmp(at, name, length) == 0)
            return 1;
    return 0;
}

static void check_all(void)
{
    static char now[TEXT_SIZE];
    for (struct check *check = checks; check < checks + CHECKS; check++) {
        const char *wrong = NULL;
        if (check->before) {
            check->text(now, sizeof now);
            if (strcmp(now, check->before) != 0)
                die(EXIT_CHANGED, "changed: %s: before %s now %s", check->name, check->before, now);
        } else if (check->check) {
            wrong = check->check();
        }
        if (wrong)
            die(EXIT_CHANGED, "changed: %s: %s", check->name, wrong);
    }
}

int main(int argc, char **argv)
{
    long steps = 100, every = 1;
    const char *skip = NULL;
    const struct option_spec options[] = {
        { "steps", &steps, NULL, 0 },     { "every", &every, NULL, 0 }, { "pace-us", &pace, NULL, 0 },
        { "jump-ms", &jump_ms, NULL, 0 }, { "skip", NULL, &skip, 0 },   { NULL, NULL, NULL, 0 },
    };
    arguments = argv;
    if (parse_options(argc, argv, options, "") != 0 || every < 1)
        usage(argv[0], options, "");

    for (struct check *check = checks; check < checks + CHECKS; check++) {
        if (listed(skip, check->name))
            *check = (struct check){ .name = check->name };
        if (check->start)
            check->start();
    }
    for (struct check *check = checks; check < checks + CHECKS; check++)
        if (check->text) {
            check->before = calloc(1, TEXT_SIZE);
            check->text(check->before, TEXT_SIZE);
        }
    while (step < (uint64_t)steps) {
        check_all();
        step++;
        if (step % (uint64_t)every == 0)
            say("ok %" PRIu64, step);
        pause_us(pace);
    }
    for (struct check *check = checks; check < checks + CHECKS; check++)
        if (check->end)
            check->end();
    say("final ok");
    return 0;
}
