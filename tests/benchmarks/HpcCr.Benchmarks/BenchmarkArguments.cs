using CommandLine;

namespace HpcCr.Benchmarks;

/// <summary>What the benchmarks are told.</summary>
internal sealed class BenchmarkArguments
{
    [Option("bin", Default = "out/bin", HelpText = "The folder of the hpccr programs.")]
    public string Bin { get; set; } = "";

    [Option("programs", Default = "out/programs", HelpText = "The folder of the test programs (make -C tests/programs).")]
    public string Programs { get; set; } = "";

    [Option("run-dir", Default = "/run/hpccr-benchmarks", HelpText = "HPCCR_RUN_DIR of the lab that is made for this.")]
    public string RunDirectory { get; set; } = "";

    [Option("ckpt-dir", Default = "/var/tmp/hpccr-benchmarks", HelpText = "Where the epochs go; removed at the end.")]
    public string CheckpointDirectory { get; set; } = "";

    [Option("mib", Separator = ',', Default = new[] { 64, 512, 2048 }, HelpText = "Memory of the single process, MiB.")]
    public IEnumerable<int> Sizes { get; set; } = [];

    [Option("ranks", Default = 4, HelpText = "MPI ranks of 64 MiB over two nodes; 0: leave that out.")]
    public int Ranks { get; set; }

    [Option("rounds", Default = 9, HelpText = "Checkpoints of each kind per job.")]
    public int Rounds { get; set; }

    [Option("write", HelpText = "A Markdown file whose part between the marks is replaced with the result.")]
    public string? Write { get; set; }
}
