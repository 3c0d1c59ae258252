/* Holds M MiB of incompressible memory and works on it: each step checks a 256 KiB block and rewrites it.
 * The benchmarks measure with it, and it stands for a plain user job.
 *
 * Prints `ready M MiB` once all memory is touched, `step N` every K steps, and after a check of all memory
 * `final N checksum <hex>`. With --seconds it ends by the clock, so N then varies between runs; else with
 * --steps; with neither it runs until it is killed. --gap-ms M: says `gap N ms` when a step took longer than M. */
#include "common.h"

int main(int argc, char **argv)
{
    long mib = 64, steps = 0, seconds = 0, every = 100, pace = 1000, gap = 0;
    const struct option_spec options[] = {
        { "mib", &mib, NULL, 0 },     { "steps", &steps, NULL, 0 },  { "seconds", &seconds, NULL, 0 },
        { "every", &every, NULL, 0 }, { "pace-us", &pace, NULL, 0 }, { "gap-ms", &gap, NULL, 0 }, { NULL, NULL, NULL, 0 },
    };
    if (parse_options(argc, argv, options, "") != 0 || mib < 1 || every < 1)
        usage(argv[0], options, "");

    struct arena arena = arena_new((size_t)mib, 1);
    say("ready %ld MiB", mib);
    int64_t end = now_ns(CLOCK_MONOTONIC) + seconds * 1000000000;
    int64_t last_step = 0;
    uint64_t counter = 0, checksum = 0;
    while (seconds > 0 ? now_ns(CLOCK_MONOTONIC) < end : steps == 0 || counter < (uint64_t)steps) {
        arena_step(&arena, counter++);
        checksum = mix64(checksum + counter);
        if (counter % (uint64_t)every == 0)
            say("step %" PRIu64, counter);
        tell_gap(&last_step, gap);
        pause_us(pace);
    }
    arena_check_all(&arena, counter);
    say("final %" PRIu64 " checksum %016" PRIx64, counter, checksum);
    return 0;
}
