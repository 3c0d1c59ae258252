/* A client of sessions.py in C: session HOST PORT STEPS. It adds 1 to STEPS, the server doing the sums, and leaves each answer unread for some time. It goes
 * on beyond STEPS while the file HOLD of the environment exists. */
#include "sockets.h"

static void told(int server, char *line, size_t size)
{
    size_t at = 0;
    while (receive_whole(server, line + at, 1) == 1 && line[at] != '\n')
        if (++at == size)
            die(EXIT_DAMAGED, "an answer is too long");
    line[at] = 0;
}

static void ask(int server, const char *question)
{
    send_whole(server, question, strlen(question));
}

int main(int argc, char **argv)
{
    char line[256], wanted[256];
    const char *hold = getenv("HOLD");
    if (argc != 4)
        die(EXIT_USAGE, "usage: session HOST PORT STEPS");
    int server = connect_to(argv[1], argv[2], 0);
    ask(server, "LOGIN c\n");
    told(server, line, sizeof line);
    if (strcmp(line, "OK c"))
        die(EXIT_DAMAGED, "OK c was expected, not %s", line);
    long sum = 0, result = 0, steps = strtol(argv[3], NULL, 10);
    for (long step = 1; step <= steps || (hold && access(hold, F_OK) == 0); step++) {
        snprintf(line, sizeof line, "ADD %ld %ld\n", sum, step);
        ask(server, line);
        pause_us(20000);
        sum += step;
        snprintf(wanted, sizeof wanted, "SUM %ld", sum);
        told(server, line, sizeof line);
        if (strcmp(line, wanted))
            die(EXIT_DAMAGED, "step %ld: %s was expected, not %s", step, wanted, line);
        say("step %ld", step);
        if (step == steps)
            result = sum;
    }
    say("final %ld", result);
    return 0;
}
