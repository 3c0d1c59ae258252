using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.ManyNodes;

[Collection(ManyNodesLab.Name)]
public sealed class T2050_AgainAndAgain(ManyNodesLab lab) : SystemTest(lab)
{
    private const int Owner = 4242;

    [Theory]
    [InlineData("openmpi")]
    [InlineData("mpich")]
    public async Task StoppedAndRestartedTenTimesOnTheSameNodes_TheResultIsRight(string family)
    {
        string[] arguments = ["--steps", "3000", "--pace-us", "5000"];
        var job = await SpreadJob.StartMpiAsync(Lab, family, 2, "stencil", arguments);
        await job.WaitForLineAsync("step ");
        for (var generation = 1; generation <= 10; generation++)
        {
            Assert.Equal(generation, (await job.CheckpointAsync(stop: true)).Number);
            await job.RestartAsync();
        }

        Assert.Equal(await SpreadJob.UndisturbedAsync(4, "stencil", arguments), await job.FinalAsync());
    }

    [Fact]
    public async Task AnMpiJobOfAnOrdinaryUser_RestartsAsThatUser()
    {
        string[] arguments = ["--steps", "1200", "--pace-us", "5000"];
        var folder = Lab.NewFolder("user");
        (await Hpccr.RunProgramAsync(CommandOptions.Default, ["chown", $"{Owner}:{Owner}", folder])).EndsWith(0);
        var job = await SpreadJob.StartAsync(Lab, 2, CommandOptions.AsUser(Owner) with { WorkingDirectory = folder },
            ["--ckpt-dir", folder], SpreadJob.MpiCommand("openmpi", 4, "stencil", arguments));
        await job.WaitForLineAsync("step ");
        await job.CheckpointAsync();
        await job.KillAsync();
        await job.RestartAsync();
        await job.WaitForMoreAsync();
        await job.CheckpointAsync();
        Assert.Equal(await SpreadJob.UndisturbedAsync(4, "stencil", arguments), await job.ResultAsync());
    }
}
