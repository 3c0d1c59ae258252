/* Keeps megabytes in flight in both directions between every two ranks, all the time: each rank has `depth`
 * sends and `depth` receives open towards every other rank, and sleeps between rounds, so that the bytes pile
 * up in socket buffers and shared memory while the cut is taken.
 *
 * A message carries sender, receiver, sequence number and the chained checksum of all before it; lengths vary
 * around the eager limits of the MPI libraries. The receiver checks every byte. Prints (rank 0) `round N ok`
 * every K rounds and `final N checksum <hex>`; anything lost, doubled or changed ends the job with exit 3. */
#include <mpi.h>

#include "common.h"

enum { HEADER_WORDS = 4, TAG = 7 };

struct channel {
    int peer;
    uint64_t sent_chain, received_chain;
    uint64_t **send_buffers, **receive_buffers;
    MPI_Request *sends, *receives;
};

static int me;
static long depth = 4, kib = 1024, rounds = 100;

/* The full size three times of four, then a short one that travels eagerly. */
static size_t words_of(long sequence)
{
    size_t full = (size_t)kib * 1024 / sizeof(uint64_t);
    size_t words = sequence % 4 == 3 ? full / 64 : full - (size_t)(sequence % 4) * 8;
    return words > HEADER_WORDS ? words : HEADER_WORDS + 1;
}

static uint64_t key_of(int from, int to, long sequence)
{
    return mix64((uint64_t)from << 48 ^ (uint64_t)to << 32 ^ (uint64_t)sequence);
}

/* The payload is a function of the key, so key and chain stand for every byte sent so far. */
static uint64_t next_chain(uint64_t chain, uint64_t key)
{
    return mix64(chain ^ key);
}

static void start_receive(struct channel *channel, long sequence)
{
    long slot = sequence % depth;
    /* Room for one word more than the largest message: a longer one shows up as a wrong count. */
    MPI_Irecv(channel->receive_buffers[slot], (int)words_of(0) + 1, MPI_UINT64_T, channel->peer, TAG, MPI_COMM_WORLD,
              &channel->receives[slot]);
}

static void start_send(struct channel *channel, long sequence)
{
    long slot = sequence % depth;
    uint64_t *message = channel->send_buffers[slot];
    uint64_t key = key_of(me, channel->peer, sequence);
    size_t words = words_of(sequence);
    channel->sent_chain = next_chain(channel->sent_chain, key);
    message[0] = (uint64_t)me;
    message[1] = (uint64_t)channel->peer;
    message[2] = (uint64_t)sequence;
    message[3] = channel->sent_chain;
    fill_words(message + HEADER_WORDS, words - HEADER_WORDS, key);
    MPI_Isend(message, (int)words, MPI_UINT64_T, channel->peer, TAG, MPI_COMM_WORLD, &channel->sends[slot]);
}

static void finish_receive(struct channel *channel, long sequence)
{
    long slot = sequence % depth;
    MPI_Status status;
    int count = 0;
    MPI_Wait(&channel->receives[slot], &status);
    MPI_Get_count(&status, MPI_UINT64_T, &count);

    const uint64_t *message = channel->receive_buffers[slot];
    uint64_t key = key_of(channel->peer, me, sequence);
    size_t words = words_of(sequence);
    channel->received_chain = next_chain(channel->received_chain, key);
    if ((size_t)count != words || message[0] != (uint64_t)channel->peer || message[1] != (uint64_t)me)
        die(EXIT_DAMAGED, "flood: %d -> %d: message %ld has %d words for %" PRIu64 " from %" PRIu64 ", expected %zu",
            channel->peer, me, sequence, count, message[1], message[0], words);
    if (message[2] != (uint64_t)sequence)
        die(EXIT_DAMAGED, "flood: %d -> %d: message %" PRIu64 " came, expected %ld: %s", channel->peer, me, message[2],
            sequence, message[2] < (uint64_t)sequence ? "duplicated" : "lost");
    if (message[3] != channel->received_chain)
        die(EXIT_DAMAGED, "flood: %d -> %d: message %ld breaks the checksum chain", channel->peer, me, sequence);
    size_t wrong = first_wrong_word(message + HEADER_WORDS, words - HEADER_WORDS, key);
    if (wrong < words - HEADER_WORDS)
        die(EXIT_DAMAGED, "flood: %d -> %d: message %ld changed at word %zu", channel->peer, me, sequence, wrong);
}

static uint64_t **buffers_new(void)
{
    uint64_t **buffers = calloc((size_t)depth, sizeof *buffers);
    for (long i = 0; buffers && i < depth; i++)
        if (!(buffers[i] = malloc((words_of(0) + HEADER_WORDS + 1) * sizeof(uint64_t))))
            die_errno("flood");
    return buffers ? buffers : (die_errno("flood"), NULL);
}

int main(int argc, char **argv)
{
    long pace = 0, every = 1;
    const struct option_spec options[] = {
        { "rounds", &rounds, NULL, 0 }, { "kib", &kib, NULL, 0 },     { "depth", &depth, NULL, 0 },
        { "pace-us", &pace, NULL, 0 },  { "every", &every, NULL, 0 }, { NULL, NULL, NULL, 0 },
    };
    if (parse_options(argc, argv, options, "") != 0 || kib < 1 || depth < 1 || every < 1 || rounds < 1)
        usage(argv[0], options, "");
    MPI_Init(&argc, &argv);
    int ranks;
    MPI_Comm_rank(MPI_COMM_WORLD, &me);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    if (ranks < 2)
        die(EXIT_USAGE, "flood: needs at least two ranks");

    struct channel *channels = calloc((size_t)ranks, sizeof *channels);
    for (int peer = 0; peer < ranks; peer++) {
        if (peer == me)
            continue;
        struct channel *channel = &channels[peer];
        channel->peer = peer;
        channel->send_buffers = buffers_new();
        channel->receive_buffers = buffers_new();
        channel->sends = calloc((size_t)depth, sizeof(MPI_Request));
        channel->receives = calloc((size_t)depth, sizeof(MPI_Request));
        for (long sequence = 0; sequence < depth && sequence < rounds; sequence++)
            start_receive(channel, sequence);
    }
    for (long sequence = 0; sequence < depth && sequence < rounds; sequence++)
        for (int peer = 0; peer < ranks; peer++)
            if (peer != me)
                start_send(&channels[peer], sequence);

    for (long round = 0; round < rounds; round++) {
        for (int peer = 0; peer < ranks; peer++) {
            if (peer == me)
                continue;
            finish_receive(&channels[peer], round);
            if (round + depth < rounds)
                start_receive(&channels[peer], round + depth);
            MPI_Wait(&channels[peer].sends[round % depth], MPI_STATUS_IGNORE);
            if (round + depth < rounds)
                start_send(&channels[peer], round + depth);
        }
        if (me == 0 && (round + 1) % every == 0)
            say("round %ld ok", round + 1);
        pause_us(pace);
    }

    uint64_t mine = 0, all = 0;
    for (int peer = 0; peer < ranks; peer++)
        if (peer != me)
            mine += mix64(channels[peer].received_chain) + mix64(channels[peer].sent_chain);
    MPI_Reduce(&mine, &all, 1, MPI_UINT64_T, MPI_SUM, 0, MPI_COMM_WORLD);
    if (me == 0)
        say("final %ld checksum %016" PRIx64, rounds, all);
    MPI_Finalize();
    return 0;
}
