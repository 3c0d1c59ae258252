using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.ManyNodes;

/// <summary>Blocking system calls go on with the time that they had left on another node, too.</summary>
[Collection(ManyNodesLab.Name)]
public sealed class T1311_CallsElsewhere(ManyNodesLab lab) : SystemTest(lab)
{
    [Fact]
    public async Task EveryBlockingCall_OfAJobRestartedOnAnotherNode_EndsAsIfUndisturbed()
    {
        var job = await TestJob.StartAsync(Lab, "calls", TestPrograms.BlockedCalls, "--seconds", "10", "--tolerance-ms", "3000");
        await job.WaitForLineAsync("ready ");
        await job.CheckpointAsync(stop: true);
        await job.RestartAsync(null, "--nodes", "node2");
        Assert.Equal("final disturbed 0", await job.ResultAsync());
    }
}
