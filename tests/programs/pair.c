/* Two ordinary processes of a job, one on each node: a server that keeps a sum per key, and a client that asks for it over one
 * connection that lasts and, every so often, over a fresh one. Both insist that the addresses they are told never change: the
 * client's peer is the one it connected to, its own address and the one that the server accepts from are those of the start.
 *
 *   pair server PORT                  with --six: over IPv6
 *   pair client HOST PORT --steps N   says `step N` and at the end `final N SUM`
 *
 * Exit codes as in common.h; a changed address is 4. */
#include <arpa/inet.h>
#include <poll.h>

#include "sockets.h"

enum { MAXIMUM = 1 << 16 };

static int family = AF_INET;

static struct sockaddr_storage resolve(const char *host, const char *port)
{
    struct addrinfo hints = { .ai_family = family, .ai_socktype = SOCK_STREAM }, *found;
    struct sockaddr_storage address = { 0 };
    int failed = getaddrinfo(host, port, &hints, &found);
    if (failed)
        die(EXIT_USAGE, "%s: %s", host, gai_strerror(failed));
    memcpy(&address, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    return address;
}

/* Compares all but the port. */
static void must_be(const char *what, const struct sockaddr_storage *told, const struct sockaddr_storage *known)
{
    char a[INET6_ADDRSTRLEN], b[INET6_ADDRSTRLEN];
    const void *left = &((const struct sockaddr_in *)told)->sin_addr, *right = &((const struct sockaddr_in *)known)->sin_addr;
    if (family == AF_INET6) {
        left = &((const struct sockaddr_in6 *)told)->sin6_addr;
        right = &((const struct sockaddr_in6 *)known)->sin6_addr;
    }
    if (told->ss_family != known->ss_family || memcmp(left, right, family == AF_INET6 ? 16 : 4) != 0)
        die(EXIT_CHANGED, "%s is %s and was %s", what, inet_ntop(told->ss_family, left, a, sizeof a),
            inet_ntop(known->ss_family, right, b, sizeof b));
}

static struct sockaddr_storage own_address(int fd)
{
    struct sockaddr_storage address = { 0 };
    socklen_t length = sizeof address;
    if (getsockname(fd, (struct sockaddr *)&address, &length) != 0)
        die_errno("getsockname");
    return address;
}

static struct sockaddr_storage peer_address(int fd)
{
    struct sockaddr_storage address = { 0 };
    socklen_t length = sizeof address;
    if (getpeername(fd, (struct sockaddr *)&address, &length) != 0)
        die_errno("getpeername");
    return address;
}

static int connect_patiently(const struct sockaddr_storage *server)
{
    for (int tries = 0; tries < 200; tries++) {
        int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd < 0)
            die_errno("socket");
        if (connect(fd, (const struct sockaddr *)server, sizeof *server) == 0)
            return fd;
        if (errno != ECONNREFUSED)
            die_errno("connect");
        close(fd);
        pause_us(50000);
    }
    die(EXIT_DAMAGED, "nobody listens");
}

/* A request is a length and so many bytes; the answer is their hash. */
static int answer(int fd)
{
    static char data[MAXIMUM];
    uint32_t length;
    uint64_t hash;
    if (receive_whole(fd, &length, sizeof length) != sizeof length)
        return 0;
    if (length > MAXIMUM || receive_whole(fd, data, length) != length)
        die(EXIT_DAMAGED, "a request is damaged");
    hash = hash_bytes(data, length);
    send_whole(fd, &hash, sizeof hash);
    return 1;
}

static uint64_t ask(int fd, uint64_t step)
{
    static uint64_t data[MAXIMUM / 8];
    uint32_t length = (uint32_t)(mix64(step) % (MAXIMUM / 8)) * 8;
    uint64_t hash;
    fill_words(data, length / 8, step);
    send_whole(fd, &length, sizeof length);
    send_whole(fd, data, length);
    if (receive_whole(fd, &hash, sizeof hash) != sizeof hash || hash != hash_bytes(data, length))
        die(EXIT_DAMAGED, "the answer to step %" PRIu64 " is wrong", step);
    return hash;
}

static int serve(const char *port)
{
    struct pollfd ends[2] = { { .fd = -1, .events = POLLIN }, { .fd = -1, .events = POLLIN } };
    struct sockaddr_storage first = { 0 };
    struct sockaddr_in6 any = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)atoi(port)) };
    struct sockaddr_in any4 = { .sin_family = AF_INET, .sin_port = any.sin6_port };
    int yes = 1, listener = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const void *address = family == AF_INET6 ? (const void *)&any : &any4;
    if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
        bind(listener, address, family == AF_INET6 ? sizeof any : sizeof any4) != 0 || listen(listener, 8) != 0)
        die_errno("listen");
    ends[0].fd = listener;
    for (;;) {
        if (poll(ends, 2, -1) < 0 && errno != EINTR)
            die_errno("poll");
        if (ends[0].revents) {
            int fd = accept_from(listener);
            struct sockaddr_storage peer = peer_address(fd);
            if (ends[1].fd < 0) {
                first = peer;
                ends[1].fd = fd;
            } else {
                must_be("the client's address", &peer, &first);
                answer(fd);
                close(fd);
            }
        }
        if (ends[1].fd >= 0 && ends[1].revents && !answer(ends[1].fd))
            return 0;
    }
}

static int drive(const char *host, const char *port, long steps, long pace)
{
    struct sockaddr_storage server = resolve(host, port), own;
    uint64_t sum = 0;
    int fd = connect_patiently(&server);
    own = own_address(fd);
    for (long step = 1; step <= steps; step++) {
        struct sockaddr_storage now = own_address(fd), peer = peer_address(fd);
        must_be("the client's own address", &now, &own);
        must_be("the server's address", &peer, &server);
        sum = mix64(sum ^ ask(fd, (uint64_t)step));
        if (step % 10 == 0) {
            int fresh = connect_patiently(&server);
            now = own_address(fresh);
            must_be("the client's own address on a fresh connection", &now, &own);
            sum = mix64(sum ^ ask(fresh, (uint64_t)step + 1000000));
            close(fresh);
            say("step %ld", step);
        }
        pause_us(pace);
    }
    say("final %ld %016" PRIx64, steps, sum);
    return 0;
}

int main(int argc, char **argv)
{
    long steps = 500, pace = 5000, six = 0;
    const struct option_spec options[] = {
        { "steps", &steps, NULL, 0 }, { "pace-us", &pace, NULL, 0 }, { "six", &six, NULL, 1 }, { NULL, NULL, NULL, 0 },
    };
    const char *operands = "server PORT | client HOST PORT";
    int given = parse_options(argc, argv, options, operands);
    signal(SIGPIPE, SIG_IGN);
    family = six ? AF_INET6 : AF_INET;
    if (given == 2 && strcmp(argv[1], "server") == 0)
        return serve(argv[2]);
    if (given == 3 && strcmp(argv[1], "client") == 0)
        return drive(argv[2], argv[3], steps, pace);
    usage(argv[0], options, operands);
}
