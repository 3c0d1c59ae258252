using System.Text.Json;
using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.Outside;

/// <summary>Jobs whose connections to outside are opened anew by the plugin redial, and put in the place of the old ones.</summary>
[Collection(ManyNodesLab.Name)]
public sealed class T6060_Redial(ManyNodesLab lab) : SystemTest(lab)
{
    private const string Host4 = "10.88.0.14";
    private const string Host6 = "fd88::14";
    private const int User = 4242;

    [Theory]
    [InlineData(Host4, 1)]
    [InlineData(Host6, 100)]
    [InlineData("::ffff:" + Host4, 3)] // an IPv4 connection of an IPv6 socket
    public async Task ARankGoesOnOverFreshConnections_OnOtherNodes_TimeAndAgain(string host, int connections)
    {
        await using var server = await OutsideServer.StartAsync(Lab, "node4", host == Host6 ? "::" : "0.0.0.0");
        var hold = Hold();
        var job = await TestJob.StartAsync(Lab, "redial", ["--nodes", "node1", "--plugin", $"redial={Config(Peer(host, server.Port))}"],
            CommandOptions.Default, ["env", $"HOLD={hold}", "mpirun.openmpi", "-n", "1", TestPrograms.Session, host, $"{server.Port}", "20", $"{connections}"]);
        await job.WaitForLineAsync("step 5");
        await job.CheckpointAsync(stop: true);
        await job.RestartAsync(options: ["--nodes", "node2"]);
        await job.WaitForMoreAsync();
        Assert.Equal(connections, server.Said.Split('\n').Count(line => line.StartsWith("login again from", StringComparison.Ordinal)));
        // What was put in their place is dumped as any other connection, going on and stopped.
        await job.CheckpointAsync();
        await job.WaitForMoreAsync();
        await job.CheckpointAsync(stop: true);
        await job.RestartAsync(options: ["--nodes", "node1"]);
        await job.WaitForMoreAsync();
        File.Delete(hold);
        Assert.Equal($"final {210 * connections}", await job.ResultAsync());
        Assert.DoesNotContain("unknown", server.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnOrdinaryUsersJob_CallsAnotherServer_AndReadsWhatItHadReceived()
    {
        await using var old = await OutsideServer.StartAsync(Lab, "node4");
        await using var other = await OutsideServer.StartAsync(Lab, "node3");
        var folder = Lab.NewFolder("user");
        File.SetUnixFileMode(folder, (UnixFileMode)0x1ff);
        var flag = Path.Combine(folder, "flag");
        var config = Config(new { match = $"{Host4}", to = $"10.88.0.13:{other.Port}", handshake = new[] { TestPrograms.Hello, "again" } });
        var job = await TestJob.StartAsync(Lab, "redial", ["--nodes", "node1", "--ckpt-dir", folder, "--plugin", $"redial={config}"],
            CommandOptions.AsUser(User) with { WorkingDirectory = folder }, [TestPrograms.Reader, Host4, $"{old.Port}", flag]);
        await job.WaitForLineAsync("held");
        await job.CheckpointAsync(stop: true);
        await old.DisposeAsync();
        await job.RestartAsync(options: ["--nodes", "node2"]);
        await Await.UntilAsync("a login", () => other.Said.Contains("login again from 10.88.0.12:", StringComparison.Ordinal), null, () => other.Said);
        await other.DisposeAsync();
        File.WriteAllText(flag, "");
        await job.ResultAsync();
        // The unread bytes of the old connection, then the end that the new peer made.
        Assert.Contains("read ['OK reader0', 'SUM 1', ''] end", job.Lines);
    }

    [Fact]
    public async Task AClientInC_ReadsTheAnswerThatWasUnderWay()
    {
        await using var server = await OutsideServer.StartAsync(Lab, "node4");
        var hold = Hold();
        var job = await TestJob.StartAsync(Lab, "redial", ["--nodes", "node1", "--plugin", $"redial={Config(Peer(Host4, server.Port))}"],
            CommandOptions.Default, ["env", $"HOLD={hold}", "mpirun.openmpi", "-n", "1", TestPrograms.SessionInC, Host4, $"{server.Port}", "20"]);
        await job.WaitForLineAsync("step 5");
        long unread = 0;
        foreach (var node in new[] { "node2", "node1", "node3" })
        {
            var epoch = await job.CheckpointAsync(stop: true);
            var shown = (await Hpccr.JsonAsync("show", epoch.Path, "--connections")).GetProperty("connections").EnumerateArray().Single(c => c.GetProperty("verdict").GetString() == "outside the job");
            Assert.Equal("redial", shown.GetProperty("reconnectedBy").GetString());
            unread += shown.GetProperty("end").GetProperty("receiveBytes").GetInt64();
            Assert.Contains("1 opened anew by redial", (await job.RunAsync("restart", job.Name, "--nodes", node, "--dry-run")).EndsWith(0).Stdout, StringComparison.Ordinal);
            await job.RestartAsync(options: ["--nodes", node]);
            await job.WaitForMoreAsync();
        }

        Assert.True(unread > 0, "no epoch caught an answer that was not read");
        File.Delete(hold);
        Assert.Equal("final 210", await job.ResultAsync());
    }

    [Fact]
    public async Task WhatTheOldPeerHadNotAcknowledged_IsSentAgainWhereThatIsAskedFor_AndElseWaitedFor()
    {
        await using var server = await OutsideServer.StartAsync(Lab, "node4");
        var hold = Hold();
        var peer = new { match = $"{Host4}:{server.Port}", handshake = new[] { TestPrograms.Hello, "again" }, resend = true };
        string[] command = ["env", $"HOLD={hold}", TestPrograms.Session, Host4, $"{server.Port}", "20"];
        var waits = await TestJob.StartAsync(Lab, "waits", ["--nodes", "node2", "--plugin", $"redial={Config(Peer(Host4, server.Port))}"], CommandOptions.Default, command);
        var sends = await TestJob.StartAsync(Lab, "sends", ["--nodes", "node1", "--plugin", $"redial={Config(peer)}"], CommandOptions.Default, command);
        await waits.WaitForLineAsync("step 5");
        await sends.WaitForLineAsync("step 5");
        await OnServerAsync($"nft add table inet test_away && nft 'add chain inet test_away in {{ type filter hook input priority 0; }}' && nft add rule inet test_away in tcp dport {server.Port} drop");
        try
        {
            foreach (var node in new[] { "node1", "node2" })
                await Await.UntilAsync("bytes that nobody acknowledges", async () => (await Hpccr.RunAsync("lab", "exec", node, "--", "ss", "-Htn", "dport", "=", $":{server.Port}")).Stdout
                    .Split('\n', StringSplitOptions.RemoveEmptyEntries).Any(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[2] != "0"));
            (await waits.RunAsync("checkpoint", waits.Name)).FailsWith(6, ["plugin redial is busy", "has not acknowledged"]);
            await sends.CheckpointAsync(stop: true);
        }
        finally
        {
            await OnServerAsync("nft delete table inet test_away");
        }

        await sends.RestartAsync(options: ["--nodes", "node3"]);
        await sends.WaitForMoreAsync();
        await waits.WaitForMoreAsync();
        await waits.CheckpointAsync(stop: true);
        await waits.RestartAsync(options: ["--nodes", "node1"]);
        File.Delete(hold);
        Assert.Equal("final 210", await sends.ResultAsync());
        Assert.Equal("final 210", await waits.ResultAsync());
    }

    [Fact]
    public async Task WhereThePeerIsGone_OrRefuses_NothingIsStarted_AndLaterItIs()
    {
        await using var server = await OutsideServer.StartAsync(Lab, "node4");
        var hold = Hold();
        var job = await TestJob.StartAsync(Lab, "gone", ["--nodes", "node1", "--plugin", $"redial={Config(Peer(Host4, server.Port))}"],
            CommandOptions.Default, ["env", $"HOLD={hold}", TestPrograms.Session, Host4, $"{server.Port}", "20", "3"]);
        await job.WaitForLineAsync("step 5");
        await job.CheckpointAsync(stop: true);
        await server.DisposeAsync();
        (await job.RunAsync("restart", job.Name, "--nodes", "node2")).FailsWith(6, ["plugin redial on node2 refuses at reconnect", $"{Host4}:{server.Port} takes no connection", "Start that server"]);
        Assert.Equal("Stopped", await job.StateAsync());
        await Unharmed.NothingLeftAsync(Lab, job);
        // One that takes the call, and is no such server: the handshake fails.
        await using (var wrong = Hpccr.Start("lab", "exec", "node4", "--", "python3", "-c",
            $"import socket; s=socket.create_server(('0.0.0.0',{server.Port})); print('up',flush=True)\nfor i in range(3): c=s.accept()[0]; c.sendall(b'220 mail\\n'); c.recv(99)"))
        {
            await Await.UntilAsync("a server", () => wrong.Stdout.Contains("up", StringComparison.Ordinal), null, () => wrong.Stderr);
            (await job.RunAsync("restart", job.Name, "--nodes", "node2")).FailsWith(6, ["the handshake with", "ended with 4: unexpected: 220 mail"]);
            await Unharmed.NothingLeftAsync(Lab, job);
            await wrong.EndAsync();
        }

        // Who can do without it says so: the job finds the connections closed.
        Assert.Contains("3 closed", (await job.RunAsync("restart", job.Name, "--nodes", "node2", "--outside", "*=close", "--dry-run")).EndsWith(0).Stdout, StringComparison.Ordinal);

        await using var again = await OutsideServer.StartAsync(Lab, "node4", "0.0.0.0", server.Port);
        await job.RestartAsync(options: ["--nodes", "node2"]);
        File.Delete(hold);
        Assert.Equal("final 630", await job.ResultAsync());
    }

    [Fact]
    public async Task TwoPluginsThatClaimOneConnection_AreRefused_AndARuleComesBeforeBoth()
    {
        await using var server = await OutsideServer.StartAsync(Lab, "node4");
        var config = Config(Peer(Host4, server.Port));
        var second = Directory.CreateDirectory(Path.Combine(Lab.NewFolder("second"), "second")).FullName;
        foreach (var file in Directory.GetFiles(Path.Combine(Deployment.Programs, "plugins", "redial")))
            File.Copy(file, Path.Combine(second, Path.GetFileName(file)));
        var description = Path.Combine(second, "plugin.json");
        File.WriteAllText(description, File.ReadAllText(description).Replace("\"redial\"", "\"second\"", StringComparison.Ordinal));
        string[] both = ["--nodes", "node1", "--plugin", $"redial={config}", "--plugin", $"{second}={config}"];
        string[] command = [TestPrograms.Session, Host4, $"{server.Port}", "2000"];
        var job = await TestJob.StartAsync(Lab, "both", both, CommandOptions.Default, command);
        await job.WaitForLineAsync("step 5");
        (await job.RunAsync("checkpoint", job.Name)).FailsWith(1, ["plugins redial and second both claim the connection", $"to {Host4}:{server.Port}", "nothing was frozen"]);
        await Unharmed.AssertAsync(Lab, job);
        await job.KillAsync();
        var ruled = await TestJob.StartAsync(Lab, "both", [.. both, "--outside", "*=close"], CommandOptions.Default, command);
        await ruled.WaitForLineAsync("step 5");
        await ruled.CheckpointAsync(stop: true);
        await ruled.RestartAsync();
        await ruled.WaitForLineAsync("ended");
    }

    private async Task OnServerAsync(string script) => (await Hpccr.RunAsync("lab", "exec", "node4", "--", "sh", "-c", script)).EndsWith(0);

    private string Hold()
    {
        var hold = Path.Combine(Lab.NewFolder("hold"), "hold");
        File.WriteAllText(hold, "");
        return hold;
    }

    private static object Peer(string host, int port) =>
        new { match = host == Host6 ? $"[{host}]:{port}" : $"{Host4}:{port}", handshake = new[] { TestPrograms.Hello, "again" } };

    private string Config(object peer)
    {
        var path = Path.Combine(Lab.NewFolder("config"), "redial.json");
        File.WriteAllText(path, JsonSerializer.Serialize(new { peers = new[] { peer } }));
        return path;
    }
}
