/* A client of Redis: redisclient HOST PORT STEPS USER PASSWORD. It logs in, chooses database 3 and a name, and counts KEY (of the environment) up by
 * commands that it writes in two halves, five at a time, reading the answers only some time later. Each must be one more than the last.
 * It goes on beyond STEPS while the file HOLD of the environment exists. The session is asked for at the end. */
#include <netdb.h>
#include <stdarg.h>
#include <sys/socket.h>

#include "common.h"

enum { BATCH = 5, LONGEST = 8192 };

static int connection;

static void put(const char *text, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(connection, text, length, 0);
        if (sent <= 0)
            die(EXIT_DAMAGED, "send: %s", strerror(errno));
        text += sent;
        length -= (size_t)sent;
    }
}

static void told(char *line, size_t size)
{
    size_t at = 0;
    while (recv(connection, line + at, 1, 0) == 1 && line[at] != '\n')
        if (++at == size)
            die(EXIT_DAMAGED, "an answer is too long");
    if (at == 0)
        die(EXIT_DAMAGED, "the connection has ended: %s", strerror(errno));
    line[line[at - 1] == '\r' ? at - 1 : at] = 0;
}

static size_t command(char *text, int words, ...)
{
    va_list list;
    size_t at = (size_t)sprintf(text, "*%d\r\n", words);
    va_start(list, words);
    for (int i = 0; i < words; i++) {
        const char *word = va_arg(list, const char *);
        at += (size_t)sprintf(text + at, "$%zu\r\n%s\r\n", strlen(word), word);
    }
    va_end(list);
    return at;
}

static void expect(const char *text, size_t length, const char *answer)
{
    char line[LONGEST];
    put(text, length);
    told(line, sizeof line);
    if (strcmp(line, answer))
        die(EXIT_DAMAGED, "%s was expected, not %s", answer, line);
}

static void dial(const char *host, const char *port)
{
    struct addrinfo *there;
    if (getaddrinfo(host, port, &(struct addrinfo){ .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST }, &there) != 0)
        die(EXIT_DAMAGED, "no address: %s", host);
    connection = socket(there->ai_family, SOCK_STREAM, 0);
    if (connect(connection, there->ai_addr, there->ai_addrlen) != 0)
        die(EXIT_DAMAGED, "connect: %s", strerror(errno));
    freeaddrinfo(there);
}

int main(int argc, char **argv)
{
    char text[LONGEST], line[LONGEST];
    const char *key = getenv("KEY") ? getenv("KEY") : "count", *hold = getenv("HOLD");
    if (argc != 6)
        die(EXIT_DAMAGED, "usage: redisclient HOST PORT STEPS USER PASSWORD");
    dial(argv[1], argv[2]);
    expect(text, command(text, 3, "AUTH", argv[4], argv[5]), "+OK");
    expect(text, command(text, 2, "SELECT", "3"), "+OK");
    expect(text, command(text, 3, "CLIENT", "SETNAME", key), "+OK");
    long count = 0, steps = atol(argv[3]);
    for (long step = 1; step <= steps || (hold && access(hold, F_OK) == 0); step++) {
        size_t length = 0;
        for (int i = 0; i < BATCH; i++)
            length += command(text + length, 2, "INCR", key);
        put(text, length / 2);
        usleep(4000);
        put(text + length / 2, length - length / 2);
        usleep(20000);
        for (int i = 0; i < BATCH; i++) {
            char wanted[32];
            sprintf(wanted, ":%ld", ++count);
            told(line, sizeof line);
            if (strcmp(line, wanted))
                die(EXIT_DAMAGED, "step %ld: %s was expected, not %s", step, wanted, line);
        }
        printf("%s step %ld\n", key, step);
        fflush(stdout);
    }
    put(text, command(text, 2, "CLIENT", "INFO"));
    told(line, sizeof line);
    told(line, sizeof line);
    printf("%s session %s\n%s final right\n", key, line, key);
    return 0;
}
