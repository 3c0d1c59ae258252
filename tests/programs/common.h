/* What the test programs share: options, output that is flushed line by line, pacing, and memory whose
 * contents are a function of position and time, so that any part can be checked without a second copy.
 * Exit codes of all programs: 0 done, 2 wrong usage or missing surroundings, 3 data lost or changed,
 * 4 (selfcheck) the surroundings changed. */
#ifndef HPCCR_TEST_COMMON_H
#define HPCCR_TEST_COMMON_H

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { EXIT_USAGE = 2, EXIT_DAMAGED = 3, EXIT_CHANGED = 4 };

__attribute__((format(printf, 1, 2))) static inline void say(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
    if (fflush(stdout) != 0) {
        perror("stdout");
        _exit(EXIT_DAMAGED);
    }
}

__attribute__((format(printf, 2, 3), noreturn)) static inline void die(int code, const char *format, ...)
{
    va_list args;
    fflush(stdout);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
#ifdef MPI_VERSION
    int started = 0, ended = 0;
    MPI_Initialized(&started);
    MPI_Finalized(&ended);
    if (started && !ended)
        MPI_Abort(MPI_COMM_WORLD, code);
#endif
    _exit(code);
}

#define die_errno(what) die(EXIT_DAMAGED, "%s: %s", (what), strerror(errno))

/* --- options: `--name value` or `--name=value`; a switch (is_switch) takes no value ----------------- */

struct option_spec {
    const char *name;
    long *number;
    const char **text;
    int is_switch;
};

__attribute__((noreturn)) static inline void usage(const char *program, const struct option_spec *specs, const char *operands)
{
    fprintf(stderr, "usage: %s", program);
    for (; specs->name; specs++)
        fprintf(stderr, specs->is_switch ? " [--%s]" : specs->number ? " [--%s N]" : " [--%s TEXT]", specs->name);
    fprintf(stderr, " %s\n", operands);
    exit(EXIT_USAGE);
}

/* Takes the options out of argv; returns the number of operands, which are then argv[1..]. */
static inline int parse_options(int argc, char **argv, const struct option_spec *specs, const char *operands)
{
    int kept = 0;
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "--", 2) != 0) {
            argv[++kept] = argv[i];
            continue;
        }
        const char *name = argv[i] + 2;
        size_t length = strcspn(name, "=");
        const struct option_spec *spec = specs;
        while (spec->name && (strlen(spec->name) != length || strncmp(spec->name, name, length) != 0))
            spec++;
        if (!spec->name)
            usage(argv[0], specs, operands);
        if (spec->is_switch) {
            *spec->number = 1;
            continue;
        }
        const char *value = name[length] == '=' ? name + length + 1 : i + 1 < argc ? argv[++i] : NULL;
        char *end = NULL;
        if (!value)
            usage(argv[0], specs, operands);
        if (spec->text)
            *spec->text = value;
        else if (*spec->number = strtol(value, &end, 10), end == value || *end != '\0')
            usage(argv[0], specs, operands);
    }
    return kept;
}

/* --- time ------------------------------------------------------------------------------------------ */

/* Sleeps the whole time even when a signal or a restore ends the system call early. */
static inline void pause_us(long microseconds)
{
    struct timespec left = { microseconds / 1000000, microseconds % 1000000 * 1000 };
    while (microseconds > 0 && nanosleep(&left, &left) != 0)
        if (errno != EINTR)
            die_errno("nanosleep");
}

static inline int64_t now_ns(clockid_t clock)
{
    struct timespec now;
    if (clock_gettime(clock, &now) != 0)
        die_errno("clock_gettime");
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* The longest step of a program is what a pause looks like from inside: `gap N ms` is said for every step that
 * took longer than `threshold_ms` (0: never). */
static inline void tell_gap(int64_t *last_step, long threshold_ms)
{
    if (threshold_ms <= 0)
        return;
    int64_t now = now_ns(CLOCK_MONOTONIC);
    if (*last_step != 0 && now - *last_step > threshold_ms * 1000000)
        say("gap %.1f ms", (double)(now - *last_step) / 1e6);
    *last_step = now;
}

/* Blocks while `path` exists, so that a test can hold a program in one state and then let it go. */
static inline void hold_while_exists(const char *path)
{
    while (path && access(path, F_OK) == 0)
        pause_us(5000);
}

/* --- numbers --------------------------------------------------------------------------------------- */

/* A bijective mixer (xorshift-multiply): distinct inputs give distinct, incompressible outputs. */
static inline uint64_t mix64(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

static inline uint64_t hash_bytes(const void *data, size_t length)
{
    const unsigned char *bytes = data;
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ bytes[i]) * 0x100000001b3u;
    return mix64(hash);
}

static inline void fill_words(uint64_t *words, size_t count, uint64_t key)
{
    for (size_t i = 0; i < count; i++)
        words[i] = mix64(key + i);
}

/* Returns the index of the first word that fill_words(key) would not have written, or `count`. */
static inline size_t first_wrong_word(const uint64_t *words, size_t count, uint64_t key)
{
    size_t i = 0;
    while (i < count && words[i] == mix64(key + i))
        i++;
    return i;
}

/* --- an arena: memory in blocks, one of which is checked and rewritten at each step ------------------ */

struct arena {
    uint64_t *words;
    size_t blocks;
    size_t words_per_block;
    uint64_t seed;
};

static inline uint64_t arena_key(const struct arena *arena, size_t block, uint64_t generation)
{
    return mix64(mix64(arena->seed + block) ^ mix64(generation));
}

static inline void arena_fill(struct arena *arena)
{
    for (size_t block = 0; block < arena->blocks; block++)
        fill_words(arena->words + block * arena->words_per_block, arena->words_per_block, arena_key(arena, block, 0));
}

static inline struct arena arena_new(size_t mib, uint64_t seed)
{
    struct arena arena = { .blocks = mib * 4, .words_per_block = 256 * 1024 / sizeof(uint64_t), .seed = seed };
    if (mib == 0)
        return arena;
    arena.words = aligned_alloc(4096, mib << 20);
    if (!arena.words)
        die_errno("arena");
    arena_fill(&arena);
    return arena;
}

static inline void arena_check_block(const struct arena *arena, size_t block, uint64_t generation)
{
    const uint64_t *words = arena->words + block * arena->words_per_block;
    size_t wrong = first_wrong_word(words, arena->words_per_block, arena_key(arena, block, generation));
    if (wrong < arena->words_per_block)
        die(EXIT_DAMAGED, "memory changed: block %zu word %zu of generation %" PRIu64 " is %016" PRIx64, block, wrong,
            generation, words[wrong]);
}

/* Step s (from 0) checks block s mod blocks and gives it its next generation. */
static inline void arena_step(struct arena *arena, uint64_t step)
{
    if (arena->blocks == 0)
        return;
    size_t block = step % arena->blocks;
    uint64_t generation = step / arena->blocks;
    arena_check_block(arena, block, generation);
    fill_words(arena->words + block * arena->words_per_block, arena->words_per_block,
               arena_key(arena, block, generation + 1));
}

/* Checks every block as it must be after `steps` steps. */
static inline void arena_check_all(const struct arena *arena, uint64_t steps)
{
    for (size_t block = 0; block < arena->blocks; block++)
        arena_check_block(arena, block, steps / arena->blocks + (block < steps % arena->blocks));
}

#endif
