using HpcCr.Cli.Slurm;

namespace HpcCr.Cli.Tests.Slurm;

public sealed class StopCostTests
{
    private static readonly DateTimeOffset Limit = DateTimeOffset.UnixEpoch;
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(120);

    [Theory]
    [InlineData(14, "epoch 3 of job slurm-12 took 10.0 s (0 B), and a preemption in partition low leaves 14 s: that may be too short to stop it")]
    [InlineData(15, null)]
    [InlineData(null, null)]
    public void WarningOf_AGraceTime_IsThatItIsBelowOneAndAHalfTimesTheEpoch(int? grace, string? warning) =>
        AssertWarning(warning, new SlurmTerms(Limit, true, "low", grace is { } seconds ? TimeSpan.FromSeconds(seconds) : null), Margin);

    [Fact]
    public void WarningOf_ATimeLimit_IsThatTheMarginIsTooShort()
    {
        var terms = new SlurmTerms(Limit, true, "low", null);

        AssertWarning("--before-limit is 12 s", terms, TimeSpan.FromSeconds(12));
        AssertWarning(null, terms with { End = null }, TimeSpan.FromSeconds(12));
    }

    private static void AssertWarning(string? expected, SlurmTerms terms, TimeSpan margin)
    {
        var epoch = new Manifest
        {
            Version = Manifest.CurrentVersion,
            Job = "slurm-12",
            Epoch = 3,
            Time = DateTimeOffset.UnixEpoch,
            Software = "1.0.0",
            Engine = "criu 4.2.1",
            Spec = new JobSpec
            {
                Name = "slurm-12",
                Nodes = ["sn1"],
                CheckpointDirectory = "/store",
                Command = ["solver"],
                Environment = new Dictionary<string, string>(),
                WorkingDirectory = "/",
                Uid = 7001,
                Gid = 7001,
            },
            Phases = new PhaseTimings { Freeze = 1000, Dump = 4000, Seal = 5000 },
            Nodes = [],
        };

        var warning = StopCost.WarningOf(epoch, terms, margin);

        if (expected is null)
            Assert.Null(warning);
        else
            Assert.Contains(expected, warning, StringComparison.Ordinal);
    }
}
