using System.Text.Json;
using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.OneNode;

/// <summary>The fields that DESIGN promises to scripts.</summary>
[Collection(OneNodeLab.Name)]
public sealed class T1180_JsonDocuments(OneNodeLab lab) : SystemTest(lab)
{
    private static readonly string[] Phases = ["quiesce", "freeze", "drain", "lock", "dump", "resume", "seal", "commit"];

    [Fact]
    public async Task TheDocumentsOfAJobsLife_HaveTheFieldsOfTheContract()
    {
        var name = Lab.NewName("json");
        var started = await Hpccr.JsonAsync("run", "--name", name, "--detach", "--", TestPrograms.Fill, "--mib", "2", "--every", "10");
        Assert.Equal((name, "Running"), (Text(started, "job"), Text(started, "state")));

        var status = await Hpccr.JsonAsync("status", name);
        Assert.Equal((name, "Running"), (Text(status, "job"), Text(status, "state")));
        var node = Assert.Single(status.GetProperty("nodes").EnumerateArray());
        Assert.Equal("node1", Text(node, "node"));
        Assert.NotEqual("", Text(node, "state"));
        Assert.NotEqual(0, node.GetProperty("pids").GetArrayLength());
        Assert.Equal(JsonValueKind.Null, status.GetProperty("exitCode").ValueKind);
        Assert.Equal(0, status.GetProperty("epochs").GetArrayLength());
        var folder = Text(status, "folder");

        var epoch = await Hpccr.JsonAsync("checkpoint", name);
        Assert.Equal((name, 1), (Text(epoch, "job"), epoch.GetProperty("epoch").GetInt32()));
        Assert.Equal(Path.Combine(folder, "epoch-000001"), Text(epoch, "path"));
        Assert.True(epoch.GetProperty("pauseMs").GetDouble() > 0);
        Assert.Equal(Phases, epoch.GetProperty("phasesMs").EnumerateObject().Select(p => p.Name));
        Assert.True(epoch.GetProperty("bytes").GetInt64() > 2 << 20);
        Assert.Equal(0, epoch.GetProperty("connections").GetInt32());
        Assert.NotEqual("", Text(epoch, "cut"));
        Assert.False(epoch.GetProperty("stopped").GetBoolean());

        Assert.Equal(1, (await Hpccr.JsonAsync("status", name)).GetProperty("epochs")[0].GetInt32());
        var listed = Assert.Single((await Hpccr.JsonAsync("list", name)).GetProperty("epochs").EnumerateArray());
        Assert.Equal(Text(epoch, "path"), Text(listed, "path"));
        Assert.Equal(epoch.GetProperty("bytes").GetInt64(), listed.GetProperty("bytes").GetInt64());
        Assert.Contains((await Hpccr.JsonAsync("list")).GetProperty("jobs").EnumerateArray(), job => Text(job, "job") == name);
        Assert.Contains((await Hpccr.JsonAsync("status")).GetProperty("jobs").EnumerateArray(), job => Text(job, "job") == name);
        Assert.Equal(name, Text(await Hpccr.JsonAsync("show", name), "job"));
        var verified = await Hpccr.JsonAsync("verify", name);
        Assert.True(verified.GetProperty("ok").GetBoolean());
        Assert.Equal(epoch.GetProperty("bytes").GetInt64(), verified.GetProperty("bytes").GetInt64());
        Assert.StartsWith("ready 2 MiB\n", Text(await Hpccr.JsonAsync("logs", name), "text"), StringComparison.Ordinal);

        Assert.Equal(name, Text(await Hpccr.JsonAsync("kill", name), "job"));
        var plan = await Hpccr.JsonAsync("restart", name, "--dry-run");
        Assert.Equal((name, 1), (Text(plan, "job"), plan.GetProperty("epoch").GetInt32()));
        Assert.Equal("node1", Text(Assert.Single(plan.GetProperty("placements").EnumerateArray()), "node"));
        Assert.Empty(plan.GetProperty("faults").EnumerateArray());
        var again = await Hpccr.JsonAsync("restart", name, "--detach");
        Assert.Equal((name, "Running"), (Text(again, "job"), Text(again, "state")));

        Assert.True((await Hpccr.JsonAsync("checkpoint", name, "--stop")).GetProperty("stopped").GetBoolean());
        Assert.Equal("Stopped", Text(await Hpccr.JsonAsync("status", name), "state"));
    }

    [Fact]
    public async Task TheDocumentOfAForegroundRun_HasTheExitCodeAndWhereTheOutputIs()
    {
        var name = Lab.NewName("json");
        var ended = (await Hpccr.RunAsync("run", "--name", name, "--json", "--", TestPrograms.ExitCode, "3")).EndsWith(3).Json;
        Assert.Equal((name, "Exited", 3), (Text(ended, "job"), Text(ended, "state"), ended.GetProperty("exitCode").GetInt32()));
        Assert.Equal("exitcode: started\nexitcode: ending\n", File.ReadAllText(Text(ended, "stdout")));
        Assert.Equal("exitcode: on stderr\n", File.ReadAllText(Text(ended, "stderr")));
        Assert.Equal(3, (await Hpccr.RunAsync("wait", name, "--json")).EndsWith(3).Json.GetProperty("exitCode").GetInt32());
    }

    [Fact]
    public async Task TheLabsDocument_NamesItsNodes()
    {
        var status = await Lab.StatusAsync();
        Assert.True(status.GetProperty("up").GetBoolean());
        var node = Assert.Single(status.GetProperty("nodes").EnumerateArray());
        Assert.Equal(("node1", "up", "running"), (Text(node, "node"), Text(node, "state"), Text(node, "launcher")));
    }

    private static string Text(JsonElement element, string property) => element.GetProperty(property).GetString()!;
}
