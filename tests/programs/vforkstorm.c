/* Threads that do nothing but start programs, as shells, system(3), popen(3) and posix_spawn(3) do all day: at any moment some of them are
 * in
 * vfork. With --delay-ms the child of one vfork waits for so long before it executes its program.
 *
 * Prints `ready`, and `started N` every --every programs; ends after --count programs with `final N`, or never when that is 0. Exit 3 when
 * a program could not be started or did not end as it should. */
#include <pthread.h>
#include <spawn.h>
#include <sys/wait.h>

#include "common.h"

extern char **environ;
static long threads = 8, count, every = 100, delay;
static long started;

static void check(int fine, const char *what)
{
    if (!fine)
        die_errno(what);
    long now = __atomic_add_fetch(&started, 1, __ATOMIC_SEQ_CST);
    if (now % every == 0)
        say("started %ld", now);
}

__attribute__((noinline)) static pid_t start_late(void)
{
    struct timespec pause = { delay / 1000, delay % 1000 * 1000000 };
    pid_t child = vfork();
    if (child == 0) {
        while (nanosleep(&pause, &pause) != 0)
            ;
        execl("/bin/true", "true", NULL);
        _exit(1);
    }
    return child;
}

static void *run(void *argument)
{
    long index = (long)argument;
    char *argv[] = { "true", NULL };
    for (long turn = 0; count == 0 || __atomic_load_n(&started, __ATOMIC_SEQ_CST) < count; turn++) {
        int status = -1;
        pid_t child;
        if (delay > 0 && index == 0 && turn == 3) {
            child = start_late();
            check(waitpid(child, &status, 0) == child && status == 0, "vforkstorm: vfork");
        } else if (index % 2 == 0) {
            errno = posix_spawn(&child, "/bin/true", NULL, NULL, argv, environ);
            check(errno == 0 && waitpid(child, &status, 0) == child && status == 0, "vforkstorm: posix_spawn");
        } else {
            check(system("/bin/true") == 0, "vforkstorm: system");
        }
    }
    return NULL;
}

int main(int argc, char **argv)
{
    const struct option_spec options[] = {
        { "threads", &threads, NULL, 0 }, { "count", &count, NULL, 0 }, { "every", &every, NULL, 0 }, { "delay-ms", &delay, NULL, 0 },
        { NULL, NULL, NULL, 0 },
    };
    if (parse_options(argc, argv, options, "") != 0 || threads < 1 || threads > 256 || every < 1)
        usage(argv[0], options, "");
    pthread_t ids[256];
    for (long i = 0; i < threads; i++)
        if ((errno = pthread_create(&ids[i], NULL, run, (void *)i)) != 0)
            die_errno("vforkstorm: pthread_create");
    say("ready");
    for (long i = 0; i < threads; i++)
        pthread_join(ids[i], NULL);
    say("final %ld", started);
    return 0;
}
