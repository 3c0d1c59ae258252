/* A server with a thread per client, and its clients, which are its child processes: each sends blocks over loopback
 * TCP and checks what comes back. Tests that threads, a listener, accepted connections and a tree of processes come
 * back together.
 *
 * Prints `round N` every K rounds of the first client and `final N checksum <hex>` at the end; exit 3 when a block
 * was lost or changed. */
#include <pthread.h>
#include <sys/wait.h>

#include "sockets.h"

enum { BLOCK_WORDS = 512, CLIENTS_MAX = 64 };

static long clients = 4, rounds = 400, every = 20, pace = 10000;

static void *answer(void *argument)
{
    int fd = (int)(intptr_t)argument;
    uint64_t block[BLOCK_WORDS];
    while (receive_whole(fd, block, sizeof block) == sizeof block) {
        for (size_t i = 0; i < BLOCK_WORDS; i++)
            block[i] = mix64(block[i]);
        send_whole(fd, block, sizeof block);
    }
    close(fd);
    return NULL;
}

static void talk(long index, const char *port)
{
    int fd = connect_to("127.0.0.1", port, 10000);
    uint64_t block[BLOCK_WORDS], back[BLOCK_WORDS], chain = (uint64_t)index;
    for (long round = 0; round < rounds; round++) {
        fill_words(block, BLOCK_WORDS, chain);
        send_whole(fd, block, sizeof block);
        if (receive_whole(fd, back, sizeof back) != sizeof back)
            die(EXIT_DAMAGED, "serve: client %ld lost its server in round %ld", index, round);
        for (size_t i = 0; i < BLOCK_WORDS; i++)
            if (back[i] != mix64(block[i]))
                die(EXIT_DAMAGED, "serve: client %ld got a wrong word in round %ld", index, round);
        chain = mix64(chain + hash_bytes(back, sizeof back));
        if (index == 0 && (round + 1) % every == 0)
            say("round %ld", round + 1);
        pause_us(pace);
    }
    if (index == 0)
        say("final %ld checksum %016" PRIx64, rounds, chain);
    _exit(0);
}

int main(int argc, char **argv)
{
    const struct option_spec options[] = {
        { "clients", &clients, NULL, 0 }, { "rounds", &rounds, NULL, 0 }, { "every", &every, NULL, 0 },
        { "pace-us", &pace, NULL, 0 },    { NULL, NULL, NULL, 0 },
    };
    if (parse_options(argc, argv, options, "") != 0 || clients < 1 || clients > CLIENTS_MAX || every < 1)
        usage(argv[0], options, "");

    int listener = listen_on("0", CLIENTS_MAX);
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    char port[16];
    if (getsockname(listener, (struct sockaddr *)&address, &length) != 0)
        die_errno("getsockname");
    snprintf(port, sizeof port, "%d", ntohs(address.sin_port));
    for (long index = 0; index < clients; index++) {
        pid_t child = fork();
        if (child < 0)
            die_errno("fork");
        if (child == 0)
            talk(index, port);
    }

    pthread_t threads[CLIENTS_MAX];
    for (long index = 0; index < clients; index++)
        if (pthread_create(&threads[index], NULL, answer, (void *)(intptr_t)accept_from(listener)) != 0)
            die(EXIT_DAMAGED, "serve: no thread");
    for (long index = 0; index < clients; index++)
        pthread_join(threads[index], NULL);
    for (long index = 0; index < clients; index++) {
        int status;
        if (wait(&status) < 0 || status != 0)
            die(EXIT_DAMAGED, "serve: a client failed");
    }
    return 0;
}
