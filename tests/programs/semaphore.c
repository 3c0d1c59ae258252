/* Named semaphores: one process has two of them mapped from the beginning; a new process of every step opens them by name. Prints `step N` when
 * what the new process posts reaches the old one, whose answer must reach the new one. Ends with exit 3 when either waits in vain.
 * --name is the beginning of their names; "/NAME-there" and "/NAME-back" are made, and removed at the end. */
#include <fcntl.h>
#include <semaphore.h>
#include <sys/wait.h>

#include "common.h"

enum { PATIENCE_S = 20 };

static sem_t *open_semaphore(const char *name, const char *end, int flags)
{
    char path[256];
    snprintf(path, sizeof path, "/%s-%s", name, end);
    sem_t *semaphore = sem_open(path, flags, 0600, 0);
    if (semaphore == SEM_FAILED)
        die_errno(path);
    return semaphore;
}

static void wait_for(sem_t *semaphore, const char *what)
{
    /* In steps: a checkpoint may end a timed wait early. */
    for (int tries = 0; tries < PATIENCE_S * 50; tries++) {
        if (sem_trywait(semaphore) == 0)
            return;
        pause_us(20000);
    }
    die(EXIT_DAMAGED, "%s: nobody has posted it", what);
}

static int post_by_name(const char *name)
{
    sem_post(open_semaphore(name, "there", 0));
    wait_for(open_semaphore(name, "back", 0), "back");
    return 0;
}

int main(int argc, char **argv)
{
    long steps = 100, pace = 10000, once = 0;
    const char *name = NULL;
    const struct option_spec options[] = {
        { "steps", &steps, NULL, 0 }, { "pace-us", &pace, NULL, 0 }, { "name", NULL, &name, 0 }, { "once", &once, NULL, 1 }, { NULL, NULL, NULL, 0 },
    };
    if (parse_options(argc, argv, options, "") != 0 || !name)
        usage(argv[0], options, "");
    if (once)
        return post_by_name(name);
    sem_t *there = open_semaphore(name, "there", O_CREAT | O_EXCL), *back = open_semaphore(name, "back", O_CREAT | O_EXCL);
    for (long step = 1; step <= steps; step++) {
        pid_t child = fork();
        if (child == 0) {
            execl(argv[0], argv[0], "--name", name, "--once", (char *)NULL);
            die_errno(argv[0]);
        }
        wait_for(there, "there");
        sem_post(back);
        int status;
        if (waitpid(child, &status, 0) != child || status != 0)
            die(EXIT_DAMAGED, "step %ld: the new process ended with %d", step, status);
        say("step %ld", step);
        pause_us(pace);
    }
    char path[256];
    const char *ends[] = { "there", "back" };
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "/%s-%s", name, ends[i]);
        sem_unlink(path);
    }
    say("final %ld", steps);
    return 0;
}
