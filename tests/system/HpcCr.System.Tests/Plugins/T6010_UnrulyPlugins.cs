using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.Plugins;

/// <summary>What a plugin does wrong costs at most the epoch or the restart; the job is unharmed, and the sentence says who did what and when.</summary>
[Collection(PluginsLab.Name)]
public sealed class T6010_UnrulyPlugins(PluginsLab lab) : SystemTest(lab)
{
    private static readonly string[] Arguments = ["--steps", "7000", "--pace-us", "5000"];

    private static readonly (string How, string What)[] Behaviours =
    [
        ("hang", "did not answer within 0.4 s"),
        ("exit", "ended (exit code 3), saying 'something went wrong'"),
        ("garbage", "sent a line that is not of the protocol: 'no JSON,  [31mred [0m'"),
        ("crash", "ended (signal 6)"),
        ("unknown", "sent a line that is not of the protocol"),
        ("flood", "sent a line of more than 1024 KiB"),
        ("chatter", "logged more than 64 KiB"),
        ("wrong", "answered what it was not asked"),
        ("deaf", "within 0.4 s"),
        ("leave", "within 0.4 s"),
    ];

    [Fact]
    public async Task AnEpochThatAPluginSpoils_LeavesTheJobRunningToTheRightResult()
    {
        var plugin = UnrulyPlugin.Make(Path.Combine(Lab.NewFolder("unruly"), "unruly"));
        var job = await StartMpiAsync(plugin, "stencil", Arguments);
        await job.WaitForLineAsync("step ");
        foreach (var (at, behaviours) in new[] { ("quiesce", Behaviours[..3]), ("preDump", Behaviours), ("postDump", Behaviours[..3]), ("resumed", Behaviours[..3]) })
        {
            foreach (var (how, what) in behaviours)
            {
                plugin.Behave($"{at} {how}");
                (await job.RunAsync("checkpoint", job.Name)).FailsWith(1, "plugin unruly on node", what, $" at {at}", "onFailure");
                await Unharmed.NothingLeftAsync(Lab, job);
                UnrulyPlugin.AssertGone(job);
            }
        }

        foreach (var (how, what) in new[] { ("exit", "ended (exit code 3)"), ("garbage", "not of the protocol"), ("old", "speaks version 0 of the plugin interface, and this launcher version 1") })
        {
            plugin.Behave($"hello {how}");
            (await job.RunAsync("checkpoint", job.Name)).FailsWith(1, "plugin unruly on node", what, " at its start");
        }

        foreach (var (how, what) in new[] { ("quiesce claim", "claimed connection 4711, which there is not"), ("preDump state", "more than 64") })
        {
            plugin.Behave(how);
            (await job.RunAsync("checkpoint", job.Name)).FailsWith(1, "plugin unruly on node", what);
        }

        plugin.Behave(null);
        await Unharmed.AssertAsync(Lab, job);
        var epoch = await job.CheckpointAsync();
        await job.KillAsync();
        await job.RestartAsync(epoch);
        Assert.Equal(await SpreadJob.UndisturbedAsync(4, "stencil", [.. Arguments[..^2], "--pace-us", "0"]), await job.FinalAsync());
        UnrulyPlugin.AssertGone(job);
    }

    [Fact]
    public async Task ARestartThatAPluginSpoils_UndoesAll_AndTheEpochRestartsOnceItBehaves()
    {
        var plugin = UnrulyPlugin.Make(Path.Combine(Lab.NewFolder("unruly"), "unruly"));
        var job = await StartAsync(plugin);
        await job.CheckpointAsync(stop: true);
        foreach (var (how, what) in Behaviours[..4])
        {
            plugin.Behave($"preRestore {how}");
            (await job.RunAsync("restart", job.Name, "--detach")).FailsWith(1, "plugin unruly on node", what, " at preRestore");
            await Unharmed.NothingLeftAsync(Lab, job);
            UnrulyPlugin.AssertGone(job);
        }

        // What comes when the job runs again is only logged.
        plugin.Behave("restored hang");
        await job.RestartAsync();
        await job.WaitForMoreAsync();
        Assert.Contains("plugin unruly on node1 did not answer within 0.4 s at restored", Lab.LauncherLog(1), StringComparison.Ordinal);
        UnrulyPlugin.AssertGone(job);
        await job.KillAsync();
    }

    [Fact]
    public async Task AnAbort_IsToldToPlugins_AndGoesOnWhateverTheyDo()
    {
        var plugin = UnrulyPlugin.Make(Path.Combine(Lab.NewFolder("unruly"), "unruly"));
        var job = await StartAsync(plugin);
        plugin.Behave("aborted hang");
        Lab.SetFaults(2, "dump fail");
        (await job.RunAsync("checkpoint", job.Name)).FailsWith(1, "node2");
        Lab.SetFaults(2);
        await Unharmed.AssertAsync(Lab, job);
        Assert.Equal(2, plugin.Heard.Count(line => line == "aborted"));
        Assert.Contains("plugin unruly on node2 did not answer within 0.4 s at aborted", Lab.LauncherLog(2), StringComparison.Ordinal);
        UnrulyPlugin.AssertGone(job);
        plugin.Behave(null);
        await job.CheckpointAsync();
        await job.KillAsync();
    }

    [Fact]
    public async Task WithThePolicyWarn_TheEpochGoesOnWithoutThePlugin()
    {
        var plugin = UnrulyPlugin.Make(Path.Combine(Lab.NewFolder("unruly"), "unruly"), json => json["onFailure"] = "warn");
        var job = await StartAsync(plugin);
        foreach (var at in new[] { "hello", "quiesce", "preDump", "postDump", "resumed" })
        {
            plugin.Behave($"{at} exit");
            await job.CheckpointAsync();
            Assert.Contains($"plugin unruly on node1 ended (exit code 3), saying 'something went wrong' at {(at == "hello" ? "its start" : at)}; it takes no more part", Lab.LauncherLog(1), StringComparison.Ordinal);
        }

        await job.KillAsync();
        plugin.Behave("preRestore garbage");
        await job.RestartAsync();
        await job.WaitForMoreAsync();
        UnrulyPlugin.AssertGone(job);
        await job.KillAsync();
    }

    [Fact]
    public async Task APluginThatRefuses_EndsTheEpochInItsOwnWords()
    {
        // Its policy is for failures: a refusal is none.
        var plugin = UnrulyPlugin.Make(Path.Combine(Lab.NewFolder("unruly"), "unruly"), json => json["onFailure"] = "warn");
        var job = await StartAsync(plugin);
        foreach (var at in new[] { "quiesce", "preDump", "postDump" })
        {
            plugin.Behave($"{at} veto a licence is being drawn");
            (await job.RunAsync("checkpoint", job.Name)).FailsWith(6, $"plugin unruly on node", $"refuses at {at}: a licence is being drawn", "Wait for it");
            await Unharmed.AssertAsync(Lab, job);
        }

        plugin.Behave(null);
        await job.CheckpointAsync(stop: true);
        plugin.Behave("preRestore veto the server is away");
        (await job.RunAsync("restart", job.Name, "--detach")).FailsWith(6, "refuses at preRestore: the server is away", "Wait for it");
        await Unharmed.NothingLeftAsync(Lab, job);
    }

    [Fact]
    public async Task ABusyPlugin_IsAskedAgain_AndNotForEver()
    {
        var plugin = UnrulyPlugin.Make(Path.Combine(Lab.NewFolder("unruly"), "unruly"));
        var job = await StartAsync(plugin);
        plugin.Behave("preDump busy-twice a command is under way");
        Assert.Equal(2, (await job.CheckpointAsync()).Json.GetProperty("refreezes").GetInt32());
        plugin.Behave("preDump busy a command is under way");
        (await job.RunAsync("checkpoint", job.Name)).FailsWith(6, "after 20 attempts", "plugin unruly is busy: a command is under way");
        await Unharmed.AssertAsync(Lab, job);
        await job.KillAsync();
    }

    private async Task<TestJob> StartAsync(UnrulyPlugin plugin)
    {
        var job = await SpreadJob.StartAsync(Lab, 2, CommandOptions.Default, ["--plugin", plugin.Folder], [TestPrograms.Fill, "--mib", "2", "--steps", "1000000", "--every", "20"]);
        await job.WaitForLineAsync("ready ");
        return job;
    }

    private Task<TestJob> StartMpiAsync(UnrulyPlugin plugin, string program, params IEnumerable<string> arguments) =>
        SpreadJob.StartAsync(Lab, 2, CommandOptions.Default, ["--plugin", plugin.Folder], SpreadJob.MpiCommand("openmpi", 4, program, arguments));
}
