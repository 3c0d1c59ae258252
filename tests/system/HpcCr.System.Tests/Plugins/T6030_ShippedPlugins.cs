using System.Text.Json;
using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.Plugins;

/// <summary>The plugins that come with HpcCr, on real MPI jobs.</summary>
[Collection(PluginsLab.Name)]
public sealed class T6030_ShippedPlugins(PluginsLab lab) : SystemTest(lab)
{
    [Theory]
    [InlineData("openmpi")]
    [InlineData("mpich")]
    public async Task Noop_TakesPartOnAllNodes_AndChangesNothing(string family)
    {
        string[] arguments = ["--steps", "1500", "--pace-us", "2000"];
        var job = await SpreadJob.StartAsync(Lab, 2, CommandOptions.Default, ["--plugin", "noop"], SpreadJob.MpiCommand(family, 4, "stencil", arguments));
        await job.WaitForLineAsync("step ");
        await job.CheckpointAsync();
        await job.CheckpointAsync(stop: true);
        await job.RestartAsync();
        Assert.Equal(await SpreadJob.UndisturbedAsync(4, "stencil", arguments), await job.FinalAsync());
        // What node1 had put, node2 had got, behind a barrier, and kept in the epoch.
        var log = await File.ReadAllLinesAsync(Path.Combine(job.Folder, "plugins.log"), TestContext.Current.CancellationToken);
        Assert.Contains(log, line => line.EndsWith("node1 noop: epoch 2 says: hello from node1", StringComparison.Ordinal));
        Assert.Contains(log, line => line.EndsWith("node2 noop: epoch 2 says: hello from node1", StringComparison.Ordinal));
        UnrulyPlugin.AssertGone(job);
    }

    [Fact]
    public async Task Notify_TellsTheApplication_BeforeAndAfterEpochsAndRestarts()
    {
        var config = await ConfigAsync(new
        {
            before = new { run = Said("before"), signal = "USR1", to = "notified" },
            after = new { run = Said("after"), everywhere = true },
            restored = new { run = Said("restored"), signal = "USR1", to = "notified" },
        });
        var program = Path.Combine(Lab.NewFolder("notify"), "notified");
        await File.WriteAllTextAsync(program, "#!/bin/bash\ntrap 'echo signal' USR1\necho ready\nwhile :; do sleep 0.05 & wait; done\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(program, (UnixFileMode)0b111_101_101);
        var job = await SpreadJob.StartAsync(Lab, 2, CommandOptions.Default, ["--plugin", $"notify={config}"], [program]);
        await job.WaitForLineAsync("ready");
        await job.CheckpointAsync();
        await job.WaitForLineAsync("signal");
        await AssertSaidAsync(job, ["before node1", "after node1"], ["after node2"]);

        // An epoch that is given up: the application hears that it runs on.
        Lab.SetFaults(2, "dump fail");
        (await job.RunAsync("checkpoint", job.Name)).FailsWith(1, "node2");
        Lab.SetFaults(2);
        await AssertSaidAsync(job, ["before node1", "after node1", "before node1", "after node1"], ["after node2", "after node2"]);

        await job.KillAsync();
        await job.RestartAsync();
        await job.WaitForLinesAsync("a signal after the restart", lines => lines.Count(line => line == "signal") == 2);
        await Await.UntilAsync("what ran after the restart", () => Task.FromResult(Output(job, 1).Contains("restored node1", StringComparison.Ordinal)));
        await job.CheckpointAsync();
        UnrulyPlugin.AssertGone(job);
        await job.KillAsync();
    }

    [Fact]
    public async Task Notify_WhoseCommandFailsOrHangs_EndsTheEpoch_AndLeavesNoCommandInTheJob()
    {
        var plugin = Path.Combine(Lab.NewFolder("notify"), "notify");
        (await Hpccr.RunProgramAsync(CommandOptions.Default, ["cp", "-r", Path.Combine(Deployment.Programs, "plugins", "notify"), plugin])).EndsWith(0);
        var description = Path.Combine(plugin, "plugin.json");
        await File.WriteAllTextAsync(description, (await File.ReadAllTextAsync(description, TestContext.Current.CancellationToken)).Replace("20000", "1000", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        foreach (var (command, code, what) in new[] { ("exit 5", 6, "sh ended with 5 before the epoch"), ("sleep 1000", 1, "plugin notify on node1") })
        {
            var config = await ConfigAsync(new { before = new { run = new[] { "sh", "-c", command } } });
            var job = await TestJob.StartAsync(Lab, "notify", ["--plugin", $"{plugin}={config}"], CommandOptions.Default, [TestPrograms.Fill, "--mib", "2", "--steps", "1000000", "--every", "20"]);
            await job.WaitForLineAsync("ready ");
            var before = await job.ProcessesAsync();
            (await job.RunAsync("checkpoint", job.Name)).FailsWith(code, what);
            await Unharmed.AssertAsync(Lab, job);
            await Await.UntilAsync("the job's own processes", async () => (await job.ProcessesAsync()).SequenceEqual(before));
            await job.KillAsync();
        }
    }

    [Fact]
    public async Task TheTemplate_CopiedAndConfigured_TakesPart()
    {
        var config = await ConfigAsync(new { greeting = "welcome" });
        var said = await Hpccr.JsonAsync("plugin", "test", $"{Path.Combine(Deployment.Repository, "plugins", "template")}={config}");
        var log = said.GetProperty("log").EnumerateArray().Select(line => line.GetString()!).ToList();
        Assert.Contains(log, line => line.EndsWith("my-plugin: welcome: 3 processes, 0 connections", StringComparison.Ordinal));
        Assert.Contains(log, line => line.EndsWith("my-plugin: back to epoch 2, led by node1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ThePluginBench_TakesAPluginThroughAll_AndSaysWhatFails()
    {
        var said = await Hpccr.JsonAsync("plugin", "test", "noop");
        Assert.Equal(["run", "checkpoint", "stop", "restart"], said.GetProperty("steps").EnumerateArray().Select(step => step.GetString()!));
        Assert.Contains(said.GetProperty("log").EnumerateArray(), line => line.GetString()!.Contains("noop: epoch 2 says: hello from node1", StringComparison.Ordinal));

        var plugin = UnrulyPlugin.Make(Path.Combine(Lab.NewFolder("unruly"), "unruly"));
        plugin.Behave("preRestore exit");
        var failed = (await Hpccr.RunAsync("plugin", "test", plugin.Folder)).FailsWith(1, "plugin unruly on node1 ended (exit code 3)", "at preRestore");
        Assert.Contains("something went wrong", failed.Stdout, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateDirectories(Hpccr.CheckpointDirectory, "plugin*"));
    }

    private static string[] Said(string when) => ["sh", "-c", $"echo {when} $HPCCR_NODE"];

    private async Task<string> ConfigAsync(object config)
    {
        var path = Path.Combine(Lab.NewFolder("notify"), "config.json");
        await File.WriteAllTextAsync(path, JsonSerializer.Serialize(config), TestContext.Current.CancellationToken);
        return path;
    }

    private static string Output(TestJob job, int node) => Path.Combine(job.Folder, $"node{node}.log") is var path && File.Exists(path) ? File.ReadAllText(path) : "";

    private static string Lines(IEnumerable<string> lines) => string.Concat(lines.Select(line => line + "\n"));

    private static Task AssertSaidAsync(TestJob job, string[] node1, string[] node2) => Await.UntilAsync("what ran beside the job",
        () => Task.FromResult(Output(job, 1) == Lines(node1) && Output(job, 2) == Lines(node2)),
        explain: () => Output(job, 1) + Output(job, 2));
}
