using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.Outside;

/// <summary>A plugin that has claimed a connection and then gives none, or something else, costs the restart and nothing more.</summary>
[Collection(ManyNodesLab.Name)]
public sealed class T6080_UnrulyReconnects(ManyNodesLab lab) : SystemTest(lab)
{
    private static readonly (string How, string What)[] Behaviours =
    [
        ("hang", "did not answer within 0.4 s at reconnect"),
        ("late", "did not answer within 0.4 s at reconnect"),
        ("exit", "ended (exit code 3), saying 'something went wrong' at reconnect"),
        ("garbage", "sent a line that is not of the protocol"),
        ("flood", "sent a line of more than 1024 KiB"),
        ("descriptor 999", "gave descriptor 999 in place of"),
        ("descriptor 1", "is no established TCP connection; nothing was started"),
    ];

    [Theory]
    [InlineData("abort")]
    [InlineData("warn")]
    public async Task WithoutAConnectionOfThePlugin_NothingIsStarted_WhateverItsPolicy(string policy)
    {
        await using var server = await OutsideServer.StartAsync(Lab, "node4");
        var plugin = UnrulyPlugin.Make(Path.Combine(Lab.NewFolder("unruly"), "unruly"), json => json["onFailure"] = policy);
        var job = await TestJob.StartAsync(Lab, "unruly", ["--nodes", "node1", "--plugin", plugin.Folder], CommandOptions.Default, [TestPrograms.Session, "10.88.0.14", $"{server.Port}", "100000"]);
        await job.WaitForLineAsync("step 5");
        plugin.Behave("quiesce claim-all");
        await job.CheckpointAsync(stop: true);

        foreach (var (how, what) in Behaviours)
        {
            plugin.Behave($"reconnect {how}");
            (await job.RunAsync("restart", job.Name, "--detach")).FailsWith(1, "plugin unruly on node1", policy == "abort" || how.StartsWith("descriptor", StringComparison.Ordinal) ? what : "gave nothing in place of");
            await Unharmed.NothingLeftAsync(Lab, job);
            UnrulyPlugin.AssertGone(job);
        }

        plugin.Behave("reconnect veto not today");
        (await job.RunAsync("restart", job.Name, "--detach")).FailsWith(6, "plugin unruly on node1 refuses at reconnect: not today", "Wait for it");
        Assert.Equal("Stopped", await job.StateAsync());
    }
}
