/* T threads pass a turn around a ring with a mutex and condition variables; a POSIX timer paces the rounds,
 * and every 16 rounds all threads meet at a barrier. Each keeps a thread-local counter and its thread id.
 * Tests that futexes, timers, thread ids and thread-local memory come back.
 *
 * Prints `round N` every K rounds and `final R checksum <hex>`. Exit 3 when a thread id or counter changed or
 * the timer no longer fires. */
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>

#include "common.h"

static long threads = 4, rounds = 200, every = 10, pace = 5000;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t *turns;
static pthread_barrier_t barrier;
static long turn;
static uint64_t chain;
static __thread uint64_t own_counter;
static __thread pid_t own_tid;

static void wait_for_tick(void)
{
    sigset_t tick;
    struct timespec patience = { 120, 0 };
    int signal;
    sigemptyset(&tick);
    sigaddset(&tick, SIGRTMIN);
    while ((signal = sigtimedwait(&tick, NULL, &patience)) < 0)
        if (errno != EINTR)
            die(EXIT_DAMAGED, "threads: the timer no longer fires");
}

static void *run(void *argument)
{
    long index = (long)argument;
    own_tid = (pid_t)syscall(SYS_gettid);
    for (long round = 0; round < rounds; round++) {
        pthread_mutex_lock(&lock);
        while (turn % threads != index)
            pthread_cond_wait(&turns[index], &lock);
        if (turn != round * threads + index || own_counter != (uint64_t)round)
            die(EXIT_DAMAGED, "threads: thread %ld at turn %ld has counter %" PRIu64, index, turn, own_counter);
        if (own_tid != (pid_t)syscall(SYS_gettid))
            die(EXIT_DAMAGED, "threads: thread %ld had id %d, now %ld", index, own_tid, syscall(SYS_gettid));
        if (index == 0)
            wait_for_tick();
        chain = mix64(chain + (uint64_t)turn);
        own_counter++;
        if (index == 0 && (round + 1) % every == 0)
            say("round %ld", round + 1);
        turn++;
        pthread_cond_signal(&turns[turn % threads]);
        pthread_mutex_unlock(&lock);
        if (round % 16 == 15)
            pthread_barrier_wait(&barrier);
    }
    return (void *)own_counter;
}

int main(int argc, char **argv)
{
    const struct option_spec options[] = {
        { "threads", &threads, NULL, 0 }, { "rounds", &rounds, NULL, 0 }, { "every", &every, NULL, 0 },
        { "pace-us", &pace, NULL, 0 },    { NULL, NULL, NULL, 0 },
    };
    if (parse_options(argc, argv, options, "") != 0 || threads < 1 || every < 1 || pace < 1)
        usage(argv[0], options, "");

    sigset_t tick;
    sigemptyset(&tick);
    sigaddset(&tick, SIGRTMIN);
    pthread_sigmask(SIG_BLOCK, &tick, NULL);
    timer_t timer;
    struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN };
    struct timespec period = { pace / 1000000, pace % 1000000 * 1000 };
    struct itimerspec schedule = { period, period };
    if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0 || timer_settime(timer, 0, &schedule, NULL) != 0)
        die_errno("threads: timer");

    pthread_t *ids = calloc((size_t)threads, sizeof *ids);
    turns = calloc((size_t)threads, sizeof *turns);
    pthread_barrier_init(&barrier, NULL, (unsigned)threads);
    for (long i = 0; i < threads; i++)
        pthread_cond_init(&turns[i], NULL);
    for (long i = 0; i < threads; i++)
        if ((errno = pthread_create(&ids[i], NULL, run, (void *)i)) != 0)
            die_errno("threads: pthread_create");
    /* The last turns are still being taken while the first threads have ended: the chain is theirs until all have. */
    uint64_t counters = 0;
    for (long i = 0; i < threads; i++) {
        void *counter;
        pthread_join(ids[i], &counter);
        counters = mix64(counters + (uint64_t)counter);
    }
    chain = mix64(chain + counters);
    say("final %ld checksum %016" PRIx64, rounds, chain);
    return 0;
}
