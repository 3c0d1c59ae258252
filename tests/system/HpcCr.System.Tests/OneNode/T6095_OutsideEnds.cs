using System.Text.Json;
using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.OneNode;

/// <summary>Unix sockets and pipes to programs outside the job: refused, unless a plugin gives others in their place at a restart.</summary>
[Collection(OneNodeLab.Name)]
public sealed class T6095_OutsideEnds(OneNodeLab lab) : SystemTest(lab)
{
    private const int Steps = 200;

    [Fact]
    public async Task ASocketAndAPipe_ThatAPluginReplaces_GoOnUnderTheirOldDescriptors()
    {
        var folder = Lab.NewFolder("ends");
        var path = Path.Combine(folder, "socket");
        await using var server = await ServeAsync(path);
        var job = await StartAsync(path, folder, claim: true);
        var epoch = await job.CheckpointAsync();
        await job.WaitForMoreAsync();
        await job.KillAsync();

        await job.RestartAsync(epoch);
        await job.WaitForMoreAsync();
        await job.CheckpointAsync(stop: true);
        await job.RestartAsync();

        Assert.Equal($"final {Steps}", await job.ResultAsync());
        Assert.Equal(Enumerable.Range(1, Steps).Select(step => $"step {step}"), job.Lines.SkipLast(1));
    }

    [Fact]
    public async Task WithoutTheServer_TheRestartEnds_AndNothingIsStarted()
    {
        var folder = Lab.NewFolder("ends");
        var path = Path.Combine(folder, "socket");
        var job = await StartAsync(path, folder, claim: true, await ServeAsync(path));
        await job.WaitForStateAsync("Stopped");

        (await job.RunAsync("restart", job.Name, "--detach")).FailsWith(1, "plugin local on node1 ended", "No such file or directory", "at replace");

        Assert.Equal("Stopped", await job.StateAsync());
    }

    [Fact]
    public async Task WhatNoPluginClaims_IsRefused_AndTheJobRunsOn()
    {
        var folder = Lab.NewFolder("ends");
        var path = Path.Combine(folder, "socket");
        await using var server = await ServeAsync(path);
        var job = await StartAsync(path, folder, claim: false);

        (await job.RunAsync("checkpoint", job.Name)).FailsWith(6, "outside the job, which does not come back at a restart", "no plugin replaces it, and nothing was frozen");

        await job.WaitForMoreAsync();
        await job.KillAsync();
    }

    // With a server to be ended: it is stopped with an epoch, and then the server is gone with its socket.
    private async Task<TestJob> StartAsync(string path, string folder, bool claim, RunningCommand server)
    {
        await using (server)
        {
            var job = await StartAsync(path, folder, claim);
            await job.CheckpointAsync(stop: true);
            File.Delete(path);
            return job;
        }
    }

    private async Task<TestJob> StartAsync(string path, string folder, bool claim)
    {
        var plugin = Directory.CreateDirectory(Path.Combine(folder, "local")).FullName;
        File.WriteAllText(Path.Combine(plugin, "plugin.json"),
            JsonSerializer.Serialize(new { name = "local", api = 1, run = new[] { TestPrograms.LocalTalk, "plugin" }, config = new { path, claim } }));
        var job = await TestJob.StartAsync(Lab, "ends", ["--plugin", plugin], CommandOptions.Default, [TestPrograms.LocalTalk, "ask", path, $"{Steps}"]);
        await job.WaitForLineAsync("step 5");
        return job;
    }

    private async Task<RunningCommand> ServeAsync(string path)
    {
        var server = Hpccr.Start("lab", "exec", "node1", "--", TestPrograms.LocalTalk, "serve", path);
        await Await.UntilAsync("the server", () => server.Stdout.StartsWith("ready", StringComparison.Ordinal), null, () => server.Stderr);
        return server;
    }
}
