using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.Faults;

[Collection(FaultsLab.Name)]
public sealed class T3010_Aborts(FaultsLab lab) : SystemTest(lab)
{
    // Node 1 is the head, the only one that commits.
    private static readonly (string Step, int Node)[] Steps =
        [("quiesce", 2), ("freeze", 2), ("drain", 1), ("lock", 2), ("dump", 2), ("resume", 1), ("seal", 2), ("commit", 1)];

    [Theory]
    [InlineData("fail")]
    [InlineData("hang")]
    public async Task AnEpochThatEndsAtAnyStep_LeavesTheJobRunningToTheRightResult(string fault)
    {
        string[] arguments = ["--steps", "9000", "--pace-us", "5000"];
        var job = await SpreadJob.StartMpiAsync(Lab, "openmpi", 2, "stencil", arguments);
        await job.WaitForLineAsync("step ");
        foreach (var (step, node) in Steps)
        {
            Lab.SetFaults(node, $"{step} {fault}");
            var refused = (await job.RunAsync("checkpoint", job.Name, "--timeout", "2s")).FailsWith(1, $"node{node}");
            Assert.Contains(step, refused.Stderr, StringComparison.OrdinalIgnoreCase);
            Lab.SetFaults(node);
            await Unharmed.AssertAsync(Lab, job);
        }

        var epoch = await job.CheckpointAsync();
        await job.KillAsync();
        await job.RestartAsync(epoch);
        Assert.Equal(await SpreadJob.UndisturbedAsync(4, "stencil", [.. arguments[..^2], "--pace-us", "0"]), await job.FinalAsync());
    }

    [Theory]
    [InlineData("preparerestore")]
    [InlineData("putback")]
    [InlineData("restore")]
    public async Task ARestartThatFailsOnOneNode_UndoesAll_AndTheEpochRestartsOnceItCan(string step)
    {
        string[] arguments = ["--steps", "1200", "--pace-us", "5000"];
        var job = await SpreadJob.StartMpiAsync(Lab, "openmpi", 2, "stencil", arguments);
        await job.WaitForLineAsync("step ");
        await job.CheckpointAsync(stop: true);
        Lab.SetFaults(2, $"{step} fail");
        (await job.RunAsync("restart", job.Name, "--detach")).FailsWith(1, "node2");
        Lab.SetFaults(2);
        await Unharmed.NothingLeftAsync(Lab, job);
        await job.RestartAsync();
        Assert.Equal(await SpreadJob.UndisturbedAsync(4, "stencil", arguments), await job.FinalAsync());
    }
}
