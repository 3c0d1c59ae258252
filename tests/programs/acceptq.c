/* Connections that wait in a listener's accept queue, where no image can hold them: the server accepts one every
 * D ms, the client opens P connections at once, sends a token on each, and reads each answer.
 *
 *   acceptq server PORT BURSTS        [--parallel P] [--accept-ms D] [--backlog B] [--hold-while FILE]
 *   acceptq client HOST PORT BURSTS   [--parallel P] [--gap-ms G]
 *
 * A burst is unclean for about (P - 1) x D ms; then all are accepted and answered, and G ms are clean. With G = 0
 * and P > 1 it is clean only by luck; while FILE exists nothing is accepted, so it never is. With a backlog below
 * P - 1 clients also wait in SYN_SENT. P must be equal on both sides.
 *
 * Both print `burst N` (the client when all of its connections are open: the queue is filled from then on) and
 * `final C connections checksum <hex>`, the same on both sides; exit 3 on a lost, repeated or changed token. */
#include "sockets.h"

enum { MOST_PARALLEL = 1024 };

static uint64_t token_of(uint64_t connection)
{
    return mix64(connection ^ 0xacce97);
}

struct message {
    uint64_t connection;
    uint64_t token;
};

static void serve(const char *port, uint64_t bursts, long parallel, long accept_ms, long backlog, const char *hold_while)
{
    uint64_t checksum = 0;
    int listener = listen_on(port, (int)backlog);
    for (uint64_t burst = 0; burst < bursts; burst++) {
        unsigned char seen[MOST_PARALLEL] = { 0 };
        for (long i = 0; i < parallel; i++) {
            struct message message;
            pause_us(accept_ms * 1000);
            hold_while_exists(hold_while);
            int fd = accept_from(listener);
            if (receive_whole(fd, &message, sizeof message) != sizeof message)
                die(EXIT_DAMAGED, "acceptq: burst %" PRIu64 ": a connection without a token", burst + 1);
            uint64_t place = message.connection - burst * (uint64_t)parallel;
            if (message.token != token_of(message.connection) || place >= (uint64_t)parallel || seen[place]++)
                die(EXIT_DAMAGED, "acceptq: burst %" PRIu64 ": connection %" PRIu64 " has a wrong or repeated token", burst + 1,
                    message.connection);
            checksum += mix64(message.token);
            message.token = mix64(message.token);
            send_whole(fd, &message, sizeof message);
            close(fd);
        }
        say("burst %" PRIu64, burst + 1);
    }
    say("final %" PRIu64 " connections checksum %016" PRIx64, bursts * (uint64_t)parallel, checksum);
}

static void connect_bursts(const char *host, const char *port, uint64_t bursts, long parallel, long gap_ms)
{
    uint64_t checksum = 0, connection = 0;
    int fds[MOST_PARALLEL];
    for (uint64_t burst = 0; burst < bursts; burst++) {
        for (long i = 0; i < parallel; i++, connection++) {
            struct message message = { connection, token_of(connection) };
            fds[i] = connect_to(host, port, burst == 0 && i == 0 ? 60000 : 0);
            send_whole(fds[i], &message, sizeof message);
        }
        say("burst %" PRIu64, burst + 1);
        for (long i = 0; i < parallel; i++) {
            uint64_t mine = burst * (uint64_t)parallel + (uint64_t)i;
            struct message answer;
            if (receive_whole(fds[i], &answer, sizeof answer) != sizeof answer || answer.connection != mine ||
                answer.token != mix64(token_of(mine)))
                die(EXIT_DAMAGED, "acceptq: connection %" PRIu64 ": no answer or a wrong one", mine);
            checksum += answer.token;
            close(fds[i]);
        }
        pause_us(gap_ms * 1000);
    }
    say("final %" PRIu64 " connections checksum %016" PRIx64, connection, checksum);
}

int main(int argc, char **argv)
{
    long parallel = 8, accept_ms = 20, backlog = MOST_PARALLEL, gap_ms = 100;
    const char *hold_while = NULL;
    const struct option_spec options[] = {
        { "parallel", &parallel, NULL, 0 }, { "accept-ms", &accept_ms, NULL, 0 },    { "backlog", &backlog, NULL, 0 },
        { "gap-ms", &gap_ms, NULL, 0 },     { "hold-while", NULL, &hold_while, 0 }, { NULL, NULL, NULL, 0 },
    };
    const char *operands = "server PORT BURSTS | client HOST PORT BURSTS";
    int count = parse_options(argc, argv, options, operands);
    if (parallel < 1 || parallel > MOST_PARALLEL)
        usage(argv[0], options, operands);
    if (count == 3 && strcmp(argv[1], "server") == 0)
        serve(argv[2], strtoull(argv[3], NULL, 10), parallel, accept_ms, backlog, hold_while);
    else if (count == 4 && strcmp(argv[1], "client") == 0)
        connect_bursts(argv[2], argv[3], strtoull(argv[4], NULL, 10), parallel, gap_ms);
    else
        usage(argv[0], options, operands);
    return 0;
}
