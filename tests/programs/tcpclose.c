/* Bytes of a closed socket: each round the client opens a new connection, writes megabytes and closes at once,
 * while the server has stopped reading. What the receiver's window does not take is then in nobody's memory and
 * has no inode (FIN_WAIT1), so a cut that catches it must wait or be taken again.
 *
 *   tcpclose server PORT ROUNDS               [--hold-ms H] [--hold-while FILE]
 *   tcpclose client HOST PORT ROUNDS BYTES    [--gap-ms G]
 *
 * A control connection tells the server when the client has closed, and the client when the round is over. From
 * the close each round is unclean for H ms (the server holds) and as long as FILE exists, then clean for G ms.
 * FILE there: the cut can never be clean. H below what the refreezes let the job run: it becomes clean after some
 * ms of running. G = 0: clean only by luck.
 *
 * Both print `round N` (the client when it has closed: the orphan exists from then on, the server at the round's
 * end) and `final N bytes T checksum <hex>`, the same on both sides; exit 3 on any byte lost or changed. */
#include <poll.h>

#include "sockets.h"

enum { CHUNK_WORDS = 8192, SMALL_WINDOW = 64 * 1024, LARGE_QUEUE = 8 << 20 };

struct header {
    uint64_t round;
    uint64_t words;
};

static uint64_t key_of(uint64_t round, uint64_t chunk)
{
    return mix64(round << 32 ^ chunk);
}

static size_t chunk_of(uint64_t words, uint64_t chunk)
{
    uint64_t left = words - chunk * CHUNK_WORDS;
    return left < CHUNK_WORDS ? (size_t)left : CHUNK_WORDS;
}

/* Waits a moment for the client's word that it has closed; true once it came. */
static int has_closed(int control, uint64_t round)
{
    uint64_t closed;
    struct pollfd readable = { .fd = control, .events = POLLIN };
    if (poll(&readable, 1, 5) < 1)
        return 0;
    if (receive_whole(control, &closed, sizeof closed) != sizeof closed || closed != round)
        die(EXIT_DAMAGED, "tcpclose: round %" PRIu64 ": the client ended early", round);
    return 1;
}

static void serve(const char *port, uint64_t rounds, long hold_ms, const char *hold_while)
{
    static uint64_t words[CHUNK_WORDS];
    uint64_t total = 0, checksum = 0;
    int listener = listen_on(port, 4), window = SMALL_WINDOW;
    int control = accept_from(listener);
    setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &window, sizeof window);
    for (uint64_t round = 1; round <= rounds; round++) {
        struct header header;
        int data = accept_from(listener), closed = 0;
        if (receive_whole(data, &header, sizeof header) != sizeof header || header.round != round)
            die(EXIT_DAMAGED, "tcpclose: round %" PRIu64 " came as %" PRIu64, round, header.round);
        for (uint64_t chunk = 0; chunk * CHUNK_WORDS < header.words; chunk++) {
            /* Reads only as much as the client needs to get rid of the rest. */
            if (!closed && (closed = has_closed(control, round))) {
                pause_us(hold_ms * 1000);
                hold_while_exists(hold_while);
            }
            size_t count = chunk_of(header.words, chunk);
            if (receive_whole(data, words, count * sizeof *words) != count * sizeof *words)
                die(EXIT_DAMAGED, "tcpclose: round %" PRIu64 ": bytes lost from chunk %" PRIu64 " on", round, chunk);
            if (first_wrong_word(words, count, key_of(round, chunk)) < count)
                die(EXIT_DAMAGED, "tcpclose: round %" PRIu64 ": chunk %" PRIu64 " changed", round, chunk);
            checksum = mix64(checksum ^ key_of(round, chunk));
        }
        if (receive_whole(data, words, 1) != 0)
            die(EXIT_DAMAGED, "tcpclose: round %" PRIu64 ": more bytes than were sent", round);
        while (!closed)
            closed = has_closed(control, round);
        close(data);
        total += header.words * sizeof *words;
        say("round %" PRIu64, round);
        send_whole(control, &round, sizeof round);
    }
    say("final %" PRIu64 " bytes %" PRIu64 " checksum %016" PRIx64, rounds, total, checksum);
}

static void send_rounds(const char *host, const char *port, uint64_t rounds, uint64_t bytes, long gap_ms)
{
    static uint64_t words[CHUNK_WORDS];
    uint64_t total = 0, checksum = 0;
    struct header header = { .words = bytes / sizeof *words };
    int control = connect_to(host, port, 60000), queue = LARGE_QUEUE;
    for (uint64_t round = 1; round <= rounds; round++) {
        int data = connect_to(host, port, 0);
        uint64_t finished = 0;
        if (setsockopt(data, SOL_SOCKET, SO_SNDBUFFORCE, &queue, sizeof queue) != 0)
            setsockopt(data, SOL_SOCKET, SO_SNDBUF, &queue, sizeof queue);
        header.round = round;
        send_whole(data, &header, sizeof header);
        for (uint64_t chunk = 0; chunk * CHUNK_WORDS < header.words; chunk++) {
            size_t count = chunk_of(header.words, chunk);
            fill_words(words, count, key_of(round, chunk));
            send_whole(data, words, count * sizeof *words);
            checksum = mix64(checksum ^ key_of(round, chunk));
        }
        close(data);
        send_whole(control, &round, sizeof round);
        total += header.words * sizeof *words;
        say("round %" PRIu64, round);
        if (receive_whole(control, &finished, sizeof finished) != sizeof finished || finished != round)
            die(EXIT_DAMAGED, "tcpclose: round %" PRIu64 ": the server ended early", round);
        pause_us(gap_ms * 1000);
    }
    say("final %" PRIu64 " bytes %" PRIu64 " checksum %016" PRIx64, rounds, total, checksum);
}

int main(int argc, char **argv)
{
    long hold_ms = 200, gap_ms = 100;
    const char *hold_while = NULL;
    const struct option_spec options[] = {
        { "hold-ms", &hold_ms, NULL, 0 }, { "gap-ms", &gap_ms, NULL, 0 }, { "hold-while", NULL, &hold_while, 0 },
        { NULL, NULL, NULL, 0 },
    };
    const char *operands = "server PORT ROUNDS | client HOST PORT ROUNDS BYTES";
    int count = parse_options(argc, argv, options, operands);
    if (count == 3 && strcmp(argv[1], "server") == 0)
        serve(argv[2], strtoull(argv[3], NULL, 10), hold_ms, hold_while);
    else if (count == 5 && strcmp(argv[1], "client") == 0)
        send_rounds(argv[2], argv[3], strtoull(argv[4], NULL, 10), strtoull(argv[5], NULL, 10), gap_ms);
    else
        usage(argv[0], options, operands);
    return 0;
}
