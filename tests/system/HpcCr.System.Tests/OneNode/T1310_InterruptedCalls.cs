using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.OneNode;

/// <summary>
/// Blocking system calls (signal(7)) of a job that is checkpointed, and of one that is restarted, end with the results and at the times
/// that they would have
/// had without. The programs check that themselves and exit with 3 when a call was disturbed.
/// </summary>
[Collection(OneNodeLab.Name)]
public sealed class T1310_InterruptedCalls(OneNodeLab lab) : SystemTest(lab)
{
    private const string Undisturbed = "final disturbed 0";

    [Fact]
    public async Task EveryBlockingCall_OfAJobCheckpointedThreeTimes_EndsAsIfUndisturbed()
    {
        var job = await TestJob.StartAsync(Lab, "calls", TestPrograms.BlockedCalls, "--seconds", "14", "--tolerance-ms", "3000");
        await job.WaitForLineAsync("ready ");
        for (var epoch = 0; epoch < 3; epoch++)
            await job.CheckpointAsync();
        Assert.DoesNotContain(job.Lines, line => line.StartsWith("leader", StringComparison.Ordinal));
        Assert.Equal(Undisturbed, await job.ResultAsync());
    }

    [Fact]
    public async Task EveryBlockingCall_OfAJobStoppedAndRestarted_GoesOnWithTheTimeThatItHadLeft()
    {
        var job = await TestJob.StartAsync(Lab, "calls", TestPrograms.BlockedCalls, "--seconds", "12", "--tolerance-ms", "3000");
        await job.WaitForLineAsync("ready ");
        // The second epoch is of calls that have been entered once more.
        await job.CheckpointAsync();
        await job.CheckpointAsync(stop: true);
        await job.RestartAsync();
        Assert.Equal(Undisturbed, await job.ResultAsync());
    }

    [Fact]
    public async Task SleepingProgramsOfAJobScript_SurviveFiveCheckpoints()
    {
        var job = await TestJob.StartAsync(Lab, "sleepers", TestPrograms.Sleepers, "16");
        await job.WaitForLineAsync("ready");
        for (var epoch = 0; epoch < 5; epoch++)
            await job.CheckpointAsync();
        Assert.Equal(Undisturbed, await job.ResultAsync());
    }
}
