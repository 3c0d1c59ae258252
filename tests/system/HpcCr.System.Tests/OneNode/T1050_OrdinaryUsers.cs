using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.OneNode;

[Collection(OneNodeLab.Name)]
public sealed class T1050_OrdinaryUsers(OneNodeLab lab) : SystemTest(lab)
{
    private const int Owner = 4242;
    private const int Other = 4243;

    [Fact]
    public async Task AJobOfAnOrdinaryUser_RunsAndRestartsAsThatUser_AndItsEpochsAreTheirsAlone()
    {
        string[] command = [TestPrograms.Fill, "--mib", "8", "--steps", "12000", "--every", "50"];
        var job = await StartAsync(command);
        await job.WaitForLineAsync("ready ");
        Assert.Equal([Owner], await UidsAsync(job));
        var epoch = await job.CheckpointAsync();
        await AssertPrivateAsync(epoch.Path);
        await job.KillAsync();
        await job.RestartAsync();
        await job.WaitForMoreAsync();
        Assert.Equal([Owner], await UidsAsync(job));
        await AssertPrivateAsync((await job.CheckpointAsync()).Path);
        Assert.Equal(await Undisturbed.FinalLineAsync([.. command, "--pace-us", "0"]), await job.ResultAsync());
        (await job.RunAsync("verify", epoch.Path)).EndsWith(0);
    }

    [Fact]
    public async Task AProcessThatHasEndedAndThatNobodyWaitsFor_IsNoObstacle()
    {
        // The program does not know of the child that it has from the shell.
        var job = await StartAsync(["sh", "-c", "true & exec \"$@\"", "sh", TestPrograms.Fill, "--mib", "4", "--steps", "12000", "--every", "50"]);
        await job.WaitForLineAsync("ready ");
        await job.CheckpointAsync();
        await job.KillAsync();
        await job.RestartAsync();
        await job.WaitForMoreAsync();
        await job.KillAsync();
    }

    [Fact]
    public async Task AnotherUser_MayNotTouchTheJobOrItsEpochs()
    {
        var job = await StartAsync([TestPrograms.Fill, "--mib", "4"]);
        await job.WaitForLineAsync("ready ");
        var epoch = await job.CheckpointAsync();
        var other = job with { Options = CommandOptions.AsUser(Other) };
        foreach (var command in new[] { "checkpoint", "kill", "wait", "status", "restart" })
            (await other.RunAsync(command, job.Name)).FailsWith(4);
        await job.KillAsync();
        foreach (var command in new[] { "restart", "show", "verify" })
            (await other.RunAsync(command, epoch.Path)).FailsWith(4);
        (await other.RunAsync("restart", job.Name)).FailsWith(4);
        // Root may.
        (await Hpccr.RunAsync("verify", epoch.Path)).EndsWith(0);
    }

    private async Task<TestJob> StartAsync(IEnumerable<string> command)
    {
        var folder = Lab.NewFolder("user");
        (await Hpccr.RunProgramAsync(CommandOptions.Default, ["chown", $"{Owner}:{Owner}", folder])).EndsWith(0);
        return await TestJob.StartAsync(Lab, "user", ["--ckpt-dir", folder], CommandOptions.AsUser(Owner) with { WorkingDirectory = folder }, command);
    }

    // The node has a pid namespace of its own: its own view of /proc is asked.
    private async Task<IEnumerable<int>> UidsAsync(TestJob job)
    {
        var pids = (await job.StatusAsync()).GetProperty("nodes")[0].GetProperty("pids").EnumerateArray().Select(p => $"{p.GetInt32()}").ToList();
        Assert.NotEmpty(pids);
        var said = await Hpccr.RunAsync(["lab", "exec", "node1", "--", "stat", "--format", "%u", .. pids.Select(pid => $"/proc/{pid}")]);
        return said.EndsWith(0).Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).Distinct();
    }

    private async Task AssertPrivateAsync(string epoch)
    {
        var found = (await Hpccr.RunProgramAsync(CommandOptions.Default, ["find", epoch, "-printf", "%U %m %y %P\n"])).EndsWith(0).Stdout;
        var lines = found.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, line => Assert.Matches(@"^4242 (700 d .*|600 f .*|700 f restart\.sh)$", line));
        Assert.True(lines.Length > 5, found);
    }
}
