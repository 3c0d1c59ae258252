/* Waits S seconds, then ends with the given exit code or by the given signal: `exitcode [--seconds S] CODE` or
 * `exitcode [--seconds S] --signal N`. Tests that a job's own exit code reaches the user, also after a restart.
 *
 * Prints `exitcode: started` and `exitcode: ending` on stdout and `exitcode: on stderr` on stderr. */
#include <signal.h>
#include <sys/resource.h>

#include "common.h"

int main(int argc, char **argv)
{
    long seconds = 0, number = 0;
    const struct option_spec options[] = {
        { "seconds", &seconds, NULL, 0 }, { "signal", &number, NULL, 0 }, { NULL, NULL, NULL, 0 },
    };
    if (parse_options(argc, argv, options, "[CODE]") != (number == 0))
        usage(argv[0], options, "[CODE]");
    say("exitcode: started");
    fprintf(stderr, "exitcode: on stderr\n");
    pause_us(seconds * 1000000);
    say("exitcode: ending");
    if (number == 0)
        return (int)strtol(argv[1], NULL, 10);

    struct rlimit no_core = { 0, 0 };
    sigset_t one;
    setrlimit(RLIMIT_CORE, &no_core);
    sigemptyset(&one);
    sigaddset(&one, (int)number);
    signal((int)number, SIG_DFL);
    sigprocmask(SIG_UNBLOCK, &one, NULL);
    raise((int)number);
    die(EXIT_DAMAGED, "exitcode: signal %ld did not end me", number);
}
