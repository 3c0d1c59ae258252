/* TCP for the programs that talk without MPI: whole reads and writes, listening and connecting by name. */
#ifndef HPCCR_TEST_SOCKETS_H
#define HPCCR_TEST_SOCKETS_H

#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>

#include "common.h"

static inline int listen_on(const char *port, int backlog)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)strtol(port, NULL, 10)) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
    signal(SIGPIPE, SIG_IGN);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
        bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, backlog) != 0)
        die_errno("listen");
    return fd;
}

static inline int accept_from(int listener)
{
    int fd;
    while ((fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) < 0)
        if (errno != EINTR)
            die_errno("accept");
    return fd;
}

/* Waits up to `patience_ms` for a server that has not started yet. */
static inline int connect_to(const char *host, const char *port, long patience_ms)
{
    struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM }, *found;
    int failed = getaddrinfo(host, port, &hints, &found);
    signal(SIGPIPE, SIG_IGN);
    if (failed)
        die(EXIT_USAGE, "%s: %s", host, gai_strerror(failed));
    for (;; patience_ms -= 50) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd < 0)
            die_errno("socket");
        if (connect(fd, found->ai_addr, found->ai_addrlen) == 0) {
            freeaddrinfo(found);
            return fd;
        }
        if (errno != ECONNREFUSED || patience_ms <= 0)
            die_errno("connect");
        close(fd);
        pause_us(50000);
    }
}

static inline void send_whole(int fd, const void *data, size_t length)
{
    for (const char *at = data; length > 0;) {
        ssize_t sent = send(fd, at, length, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            die_errno("send");
        at += sent;
        length -= (size_t)sent;
    }
}

/* Returns the bytes read: fewer than `length` only when the peer has closed. */
static inline size_t receive_whole(int fd, void *data, size_t length)
{
    size_t done = 0;
    while (done < length) {
        ssize_t got = recv(fd, (char *)data + done, length - done, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            die_errno("receive");
        if (got == 0)
            break;
        done += (size_t)got;
    }
    return done;
}

#endif
