using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.OneNode;

[Collection(OneNodeLab.Name)]
public sealed class T1410_NamedSemaphores(OneNodeLab lab) : SystemTest(lab)
{
    private const int Steps = 600;
    private const int Owner = 4243;

    [Theory]
    [InlineData(0)]
    [InlineData(Owner)]
    public async Task WhoHasThemMapped_AndWhoOpensThemByName_HaveTheSame_AfterARestart(int user)
    {
        var folder = Lab.NewFolder("semaphore");
        (await Hpccr.RunProgramAsync(CommandOptions.Default, ["chown", $"{user}:{user}", folder])).EndsWith(0);
        var name = Lab.NewName("sem");
        var job = await TestJob.StartAsync(Lab, "semaphore", ["--ckpt-dir", folder], CommandOptions.AsUser(user) with { WorkingDirectory = folder },
            [TestPrograms.Semaphore, "--name", name, "--steps", $"{Steps}"]);
        await job.WaitForMoreAsync();
        var first = await job.CheckpointAsync();
        await job.WaitForMoreAsync();
        await job.CheckpointAsync(stop: true);
        await job.RestartAsync();
        await job.WaitForMoreAsync();
        // What was restored is dumped again, and the first epoch is older than both.
        await job.CheckpointAsync(stop: true);
        await job.RestartAsync();
        await job.WaitForMoreAsync();
        await job.KillAsync();
        await job.RestartAsync(first);
        await job.ResultAsync();
        Assert.Equal(await Undisturbed.LinesAsync(TestPrograms.Semaphore, "--name", name, "--steps", $"{Steps}", "--pace-us", "0"), job.Lines);
    }
}
