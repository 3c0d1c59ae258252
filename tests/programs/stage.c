/* One stage of a pipeline: `stage produce N | stage filter | stage consume`. The producer writes N numbered
 * records, the filter mixes each, the consumer checks order and contents. The consumer paces, so that both pipes
 * are full while the cut is taken: their contents must come back byte for byte.
 *
 * The consumer prints `record N` every K records and `final N checksum <hex>`; exit 3 on anything lost. */
#include <signal.h>

#include "common.h"

struct record {
    uint64_t number;
    uint64_t value;
    uint64_t padding[6]; /* 64 bytes, so that a full pipe holds 1024 records */
};

static void write_record(const struct record *record)
{
    if (fwrite(record, sizeof *record, 1, stdout) != 1)
        die_errno("stage: write");
}

static int read_record(struct record *record)
{
    if (fread(record, sizeof *record, 1, stdin) == 1)
        return 1;
    if (ferror(stdin))
        die_errno("stage: read");
    return 0;
}

static void produce(uint64_t count, long pace)
{
    for (uint64_t number = 1; number <= count; number++) {
        struct record record = { .number = number, .value = mix64(number) };
        fill_words(record.padding, 6, record.value);
        write_record(&record);
        pause_us(pace);
    }
}

static void filter(long pace)
{
    struct record record;
    while (read_record(&record)) {
        record.value = mix64(record.value);
        write_record(&record);
        pause_us(pace);
    }
}

static void consume(long pace, long every)
{
    struct record record;
    uint64_t count = 0, checksum = 0;
    while (read_record(&record)) {
        count++;
        if (record.number != count || record.value != mix64(mix64(count)) || first_wrong_word(record.padding, 6, mix64(count)) < 6)
            die(EXIT_DAMAGED, "stage: record %" PRIu64 " came as %" PRIu64 " with value %016" PRIx64, count, record.number, record.value);
        checksum = mix64(checksum ^ record.value);
        if (count % (uint64_t)every == 0)
            say("record %" PRIu64, count);
        pause_us(pace);
    }
    say("final %" PRIu64 " checksum %016" PRIx64, count, checksum);
}

int main(int argc, char **argv)
{
    long pace = 0, every = 1000;
    const struct option_spec options[] = {
        { "pace-us", &pace, NULL, 0 }, { "every", &every, NULL, 0 }, { NULL, NULL, NULL, 0 },
    };
    const char *operands = "produce N | filter | consume";
    int count = parse_options(argc, argv, options, operands);
    if (count == 2 && strcmp(argv[1], "produce") == 0)
        produce(strtoull(argv[2], NULL, 10), pace);
    else if (count == 1 && strcmp(argv[1], "filter") == 0)
        filter(pace);
    else if (count == 1 && strcmp(argv[1], "consume") == 0 && every > 0)
        consume(pace, every);
    else
        usage(argv[0], options, operands);
    if (fflush(stdout) != 0)
        die_errno("stage: write");
    return 0;
}
