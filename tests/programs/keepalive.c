/* Connections that give themselves up after some seconds without an answer, between two nodes:
 *   idle    SO_KEEPALIVE with 2 s, 1 s, 3 probes; nobody sends on it until the end
 *   stream  TCP_USER_TIMEOUT 3 s; the client writes as fast as it can, the server reads slowly, so that bytes always wait
 * and on the server a listener with TCP_USER_TIMEOUT 4 s.
 *
 *   keepalive server PORT STEPS          [--pace-us P]
 *   keepalive client HOST PORT STEPS
 *
 * A step is 64 KiB of the stream. Each side says `timers on` and `timers off` when the options have been put there or taken away, and
 * the server `step N` every 50 steps. The server ends with `final N checksum <hex>`; exit 3 on a connection lost or a byte changed. */
#include <netinet/tcp.h>
#include <poll.h>

#include "sockets.h"

enum { STEP_WORDS = 8192, IDLE_S = 2, INTERVAL_S = 1, PROBES = 3, STREAM_MS = 3000, LISTENER_MS = 4000 };

static void set(int fd, int level, int option, int value)
{
    if (setsockopt(fd, level, option, &value, sizeof value) != 0)
        die_errno("setsockopt");
}

static int has(int fd, int level, int option, int value)
{
    int now = 0;
    socklen_t length = sizeof now;
    if (getsockopt(fd, level, option, &now, &length) != 0)
        die_errno("getsockopt");
    return now == value;
}

static void set_timers(int idle, int stream)
{
    set(idle, SOL_SOCKET, SO_KEEPALIVE, 1);
    set(idle, IPPROTO_TCP, TCP_KEEPIDLE, IDLE_S);
    set(idle, IPPROTO_TCP, TCP_KEEPINTVL, INTERVAL_S);
    set(idle, IPPROTO_TCP, TCP_KEEPCNT, PROBES);
    set(stream, IPPROTO_TCP, TCP_USER_TIMEOUT, STREAM_MS);
}

static void tell_timers(int idle, int stream, int listener)
{
    static int were_on = -1;
    int on = has(idle, SOL_SOCKET, SO_KEEPALIVE, 1) && has(stream, IPPROTO_TCP, TCP_USER_TIMEOUT, STREAM_MS) &&
             (listener < 0 || has(listener, IPPROTO_TCP, TCP_USER_TIMEOUT, LISTENER_MS));
    if (!has(idle, IPPROTO_TCP, TCP_KEEPIDLE, IDLE_S) || !has(idle, IPPROTO_TCP, TCP_KEEPINTVL, INTERVAL_S) ||
        !has(idle, IPPROTO_TCP, TCP_KEEPCNT, PROBES))
        die(EXIT_DAMAGED, "keepalive: the times of the probes have changed");
    if (on != were_on)
        say("timers %s", on ? "on" : "off");
    were_on = on;
}

static void check_idle(int idle)
{
    struct pollfd ended = { .fd = idle, .events = POLLIN };
    if (poll(&ended, 1, 0) > 0 && (ended.revents & (POLLERR | POLLHUP)))
        die(EXIT_DAMAGED, "keepalive: the idle connection is gone");
}

static void serve(const char *port, uint64_t steps, long pace_us)
{
    static uint64_t words[STEP_WORDS];
    uint64_t checksum = 0, token = 0;
    int listener = listen_on(port, 4), idle = accept_from(listener), stream = accept_from(listener);
    set_timers(idle, stream);
    set(listener, IPPROTO_TCP, TCP_USER_TIMEOUT, LISTENER_MS);
    for (uint64_t step = 0; step < steps; step++) {
        tell_timers(idle, stream, listener);
        check_idle(idle);
        if (receive_whole(stream, words, sizeof words) != sizeof words)
            die(EXIT_DAMAGED, "keepalive: the stream ended at step %" PRIu64, step);
        if (first_wrong_word(words, STEP_WORDS, mix64(step)) < STEP_WORDS)
            die(EXIT_DAMAGED, "keepalive: step %" PRIu64 " of the stream has changed", step);
        checksum = mix64(checksum ^ words[0]);
        if (step % 50 == 0)
            say("step %" PRIu64, step);
        pause_us(pace_us);
    }
    if (receive_whole(idle, &token, sizeof token) != sizeof token || token != steps)
        die(EXIT_DAMAGED, "keepalive: the idle connection brought %" PRIu64, token);
    send_whole(idle, &token, sizeof token);
    say("final %" PRIu64 " checksum %016" PRIx64, steps, checksum);
}

static void send_steps(const char *host, const char *port, uint64_t steps)
{
    static uint64_t words[STEP_WORDS];
    uint64_t token = steps;
    int idle = connect_to(host, port, 60000), stream = connect_to(host, port, 0);
    set_timers(idle, stream);
    for (uint64_t step = 0; step < steps; step++) {
        tell_timers(idle, stream, -1);
        check_idle(idle);
        fill_words(words, STEP_WORDS, mix64(step));
        send_whole(stream, words, sizeof words);
    }
    send_whole(idle, &token, sizeof token);
    if (receive_whole(idle, &token, sizeof token) != sizeof token || token != steps)
        die(EXIT_DAMAGED, "keepalive: the idle connection gave back %" PRIu64, token);
}

int main(int argc, char **argv)
{
    long pace_us = 5000;
    const struct option_spec options[] = { { "pace-us", &pace_us, NULL, 0 }, { NULL, NULL, NULL, 0 } };
    const char *operands = "server PORT STEPS | client HOST PORT STEPS";
    int count = parse_options(argc, argv, options, operands);
    if (count == 3 && strcmp(argv[1], "server") == 0)
        serve(argv[2], strtoull(argv[3], NULL, 10), pace_us);
    else if (count == 4 && strcmp(argv[1], "client") == 0)
        send_steps(argv[2], argv[3], strtoull(argv[4], NULL, 10));
    else
        usage(argv[0], options, operands);
    return 0;
}
