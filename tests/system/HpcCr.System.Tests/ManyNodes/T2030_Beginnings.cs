using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.ManyNodes;

[Collection(ManyNodesLab.Name)]
public sealed class T2030_Beginnings(ManyNodesLab lab) : SystemTest(lab)
{
    [Theory]
    [InlineData("openmpi")]
    [InlineData("mpich")]
    public async Task ACheckpointWhileMpiStarts_CatchesNoConnectionHalfMade(string family)
    {
        string[] arguments = ["--steps", "500", "--pace-us", "5000"];
        var undisturbed = await SpreadJob.UndisturbedAsync(4, "stencil", "--steps", "500", "--pace-us", "0");
        // Each wait is part of what is tried: another moment of the start.
        foreach (var delay in new[] { 0, 110, 230, 370 })
        {
            var job = await SpreadJob.StartMpiAsync(Lab, family, 2, "stencil", arguments);
            await Task.Delay(delay, TestContext.Current.CancellationToken);
            await job.CheckpointAsync(stop: true);
            await job.RestartAsync();
            Assert.Equal(undisturbed, await job.FinalAsync());
        }
    }
}
