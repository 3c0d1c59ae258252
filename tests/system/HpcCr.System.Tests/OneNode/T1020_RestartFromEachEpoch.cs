using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.OneNode;

[Collection(OneNodeLab.Name)]
public sealed class T1020_RestartFromEachEpoch(OneNodeLab lab) : SystemTest(lab)
{
    [Fact]
    public async Task AJob_RestartedFromEachOfItsEpochs_EndsWithTheSameResultEveryTime()
    {
        string[] command = [TestPrograms.Fill, "--mib", "32", "--steps", "7000", "--every", "50"];
        var job = await TestJob.StartAsync(Lab, "fill", command);
        var epochs = new List<TestEpoch>();
        for (var i = 0; i < 3; i++)
        {
            await job.WaitForMoreAsync();
            epochs.Add(await job.CheckpointAsync());
        }

        await job.KillAsync();
        var expected = await Undisturbed.FinalLineAsync([.. command, "--pace-us", "0"]);
        // Not in their order, and the oldest twice: a restart changes no epoch.
        foreach (var epoch in new[] { epochs[1], epochs[0], epochs[2], epochs[0] })
        {
            await job.RestartAsync(epoch);
            Assert.Equal(expected, await job.ResultAsync());
            (await job.RunAsync("verify", epoch.Path)).EndsWith(0);
        }
    }

    [Fact]
    public async Task AJobName_MeansItsNewestEpoch()
    {
        string[] command = [TestPrograms.Fill, "--mib", "8", "--steps", "3000", "--every", "50"];
        var job = await TestJob.StartAsync(Lab, "fill", command);
        await job.WaitForLineAsync("ready ");
        await job.CheckpointAsync();
        await job.WaitForMoreAsync();
        var newest = await job.CheckpointAsync();
        await job.KillAsync();
        var plan = (await job.RunAsync("restart", job.Name, "--dry-run", "--json")).EndsWith(0).Json;
        Assert.Equal(newest.Number, plan.GetProperty("epoch").GetInt32());
        Assert.Equal(newest.Path, Path.GetDirectoryName(File.ResolveLinkTarget(Path.Combine(job.Folder, "latest"), true)!.FullName + "/"));
        await job.RestartAsync();
        Assert.Equal(await Undisturbed.FinalLineAsync([.. command, "--pace-us", "0"]), await job.ResultAsync());
    }
}
