/* Writes a file of M MiB into /dev/shm, every fourth MiB of it a hole, maps it shared, and at each step checks and
 * rewrites a 256 KiB block through the mapping and through the descriptor. A second, smaller file is deleted while
 * it is open and mapped, as MPI libraries do. Tests that the files of the private /dev/shm come back, that mapping
 * and file stay one, and that holes stay holes.
 *
 * Prints `ready M MiB`, `step N` every K steps, and `final N checksum <hex>`; exit 3 on any changed byte or when
 * the file takes more memory than was written. */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "common.h"

enum { MIB = 1 << 20, BLOCKS_PER_MIB = 4, DELETED_MIB = 2 };

static char path[128];
static int fd;
static struct arena arena, deleted; /* over the mappings; holes of the first are never looked at */

static int is_hole(size_t block)
{
    return block / BLOCKS_PER_MIB % 4 == 3;
}

static struct arena map(int file, long mib, uint64_t seed)
{
    void *memory = mmap(NULL, (size_t)mib * MIB, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (memory == MAP_FAILED)
        die_errno("shmfile: mmap");
    return (struct arena){ memory, (size_t)mib * BLOCKS_PER_MIB, MIB / BLOCKS_PER_MIB / sizeof(uint64_t), seed };
}

static int create(const char *name, long mib)
{
    int file = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0 || ftruncate(file, mib * MIB) != 0)
        die_errno(name);
    return file;
}

/* A read through a mapping would give the hole its memory: only the descriptor may look. */
static void check_hole(size_t block)
{
    static uint64_t words[MIB / BLOCKS_PER_MIB / sizeof(uint64_t)];
    if (pread(fd, words, sizeof words, (off_t)(block * sizeof words)) != sizeof words)
        die_errno("shmfile: pread");
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (words[i] != 0)
            die(EXIT_DAMAGED, "shmfile: a hole holds data: block %zu word %zu", block, i);
}

static void check_size(size_t written)
{
    struct stat open_file, named_file;
    if (fstat(fd, &open_file) != 0 || stat(path, &named_file) != 0)
        die(EXIT_DAMAGED, "shmfile: %s is gone", path);
    if (open_file.st_ino != named_file.st_ino || open_file.st_dev != named_file.st_dev)
        die(EXIT_DAMAGED, "shmfile: the open file is no longer %s", path);
    if ((size_t)open_file.st_blocks * 512 > written)
        die(EXIT_DAMAGED, "shmfile: takes %jd KiB for %zu KiB of data: the holes were filled", (intmax_t)open_file.st_blocks / 2,
            written / 1024);
}

/* What was stored through the mapping must be read through a new opening of the name. */
static void check_through_name(size_t block, uint64_t word)
{
    uint64_t read_word = 0;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 || pread(file, &read_word, sizeof read_word, (off_t)(block * (MIB / BLOCKS_PER_MIB))) != sizeof read_word)
        die_errno(path);
    close(file);
    if (read_word != word)
        die(EXIT_DAMAGED, "shmfile: mapping and file are two different things now");
}

int main(int argc, char **argv)
{
    long mib = 16, steps = 1000, every = 10, pace = 5000;
    const struct option_spec options[] = {
        { "mib", &mib, NULL, 0 },      { "steps", &steps, NULL, 0 }, { "every", &every, NULL, 0 },
        { "pace-us", &pace, NULL, 0 }, { NULL, NULL, NULL, 0 },
    };
    if (parse_options(argc, argv, options, "") != 0 || mib < 1 || every < 1)
        usage(argv[0], options, "");

    snprintf(path, sizeof path, "/dev/shm/shmfile.%d", getpid());
    fd = create(path, mib);
    arena = map(fd, mib, 1);
    size_t written = 0;
    for (size_t block = 0; block < arena.blocks; block++)
        if (!is_hole(block)) {
            fill_words(arena.words + block * arena.words_per_block, arena.words_per_block, arena_key(&arena, block, 0));
            written += MIB / BLOCKS_PER_MIB;
        }
    char deleted_path[sizeof path + 16];
    snprintf(deleted_path, sizeof deleted_path, "%s.deleted", path);
    int deleted_fd = create(deleted_path, DELETED_MIB);
    deleted = map(deleted_fd, DELETED_MIB, 2);
    arena_fill(&deleted);
    unlink(deleted_path);

    say("ready %ld MiB", mib);
    uint64_t checksum = 0;
    for (long step = 0; step < steps; step++) {
        size_t block = (size_t)step % arena.blocks;
        if (is_hole(block)) {
            check_hole(block);
        } else {
            arena_step(&arena, (uint64_t)step);
            check_through_name(block, arena.words[block * arena.words_per_block]);
        }
        arena_step(&deleted, (uint64_t)step);
        check_size(written);
        checksum = mix64(checksum ^ (is_hole(block) ? 0 : arena.words[block * arena.words_per_block]));
        if ((step + 1) % every == 0)
            say("step %ld", step + 1);
        pause_us(pace);
    }
    for (size_t block = 0; block < arena.blocks; block++)
        if (is_hole(block))
            check_hole(block);
        else
            arena_check_block(&arena, block, (uint64_t)steps / arena.blocks + (block < (uint64_t)steps % arena.blocks));
    arena_check_all(&deleted, (uint64_t)steps);
    unlink(path);
    say("final %ld checksum %016" PRIx64, steps, checksum);
    return 0;
}
