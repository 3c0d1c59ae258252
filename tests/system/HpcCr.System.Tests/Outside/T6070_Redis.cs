using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.Outside;

/// <summary>Jobs that hold sessions to a real Redis, with commands under way at the cut.</summary>
[Collection(ManyNodesLab.Name)]
public sealed class T6070_Redis(ManyNodesLab lab) : SystemTest(lab)
{
    private const int Steps = 40;

    [Fact]
    public async Task RanksInCAndPython_KeepTheirSessions_AndEveryCommandIsCarriedOutOnce()
    {
        await using var redis = await RedisOutside.StartAsync(Lab, 7379);
        var hold = Path.Combine(Lab.NewFolder("hold"), "hold");
        File.WriteAllText(hold, "");
        string[] ending = [$"{redis.Port}", $"{Steps}", RedisOutside.User, RedisOutside.Password];
        var job = await TestJob.StartAsync(Lab, "redis", ["--nodes", "node1", "--plugin", $"redis={redis.Config}"], CommandOptions.Default,
            [
                "env", $"HOLD={hold}", "mpirun.openmpi", "-x", "HOLD",
                "-n", "1", "-x", "KEY=c", TestPrograms.RedisClient, RedisOutside.Host4, .. ending, ":",
                "-n", "1", "-x", "KEY=py", TestPrograms.RedisPythonClient, RedisOutside.Host6, .. ending,
            ]);
        await WaitForBothAsync(job);
        long unread = 0;
        // Going on, it is caught between two commands too.
        await job.CheckpointAsync();
        foreach (var node in new[] { "node2", "node3", "node2", "node1" })
        {
            await WaitForBothAsync(job);
            var epoch = await job.CheckpointAsync(stop: true);
            unread += await UnreadAsync(epoch, redis.Port);
            await job.RestartAsync(options: ["--nodes", node]);
        }

        // Answers were on their way to the job at the cut of some epoch, and it has read them all the same.
        Assert.True(unread > 0, "no epoch caught an answer under way");
        await WaitForBothAsync(job);
        File.Delete(hold);
        Assert.EndsWith("final right", await ResultAsync(job), StringComparison.Ordinal);
        Assert.Equal(2, job.Lines.Count(line => line.EndsWith(" final right", StringComparison.Ordinal)));
        Assert.Contains(job.Lines, line => line.StartsWith("c session ", StringComparison.Ordinal) && Has(line, "name=c", "db=3", "user=job", "resp=2"));
        Assert.Contains(job.Lines, line => line.StartsWith("py session ", StringComparison.Ordinal) && Has(line, "name=py", "db=2", "user=job", "resp=3"));
    }

    [Theory]
    [InlineData("MULTI", "+OK", "is inside MULTI", "after its EXEC")]
    [InlineData("WATCH x\\r\\nMULTI", "+OK", "is inside MULTI", "after its EXEC")]
    [InlineData("SUBSCRIBE news", "*3", "has subscriptions", "--outside")]
    [InlineData("BLPOP nothing 0", "", "waits in a blocking command", "give the command a time-out")]
    public async Task ASessionThatCannotBeMadeAgain_RefusesTheEpoch_AndTheJobRunsOn(string command, string answer, string what, string remedy)
    {
        await using var redis = await RedisOutside.StartAsync(Lab, 7380);
        var job = await TestJob.StartAsync(Lab, "redis", ["--nodes", "node1", "--plugin", $"redis={redis.Config}"], CommandOptions.Default,
            ["python3", "-c", $"import socket,time; s=socket.create_connection(('{RedisOutside.Host4}',{redis.Port})); s.sendall(b'AUTH {RedisOutside.User} {RedisOutside.Password}\\r\\n'); assert s.recv(5)==b'+OK\\r\\n'; s.sendall(b'{command}\\r\\n'); assert s.recv({Math.Max(answer.Length, 1)})==b'{answer}' if '{answer}' else True; print('held',flush=True)\ni=0\nwhile True: i+=1; print(i,flush=True); time.sleep(0.05)"]);
        await job.WaitForLineAsync("held");
        if (answer.Length == 0)
            await Await.UntilAsync("a client that waits", async () => (await redis.AskAsync("CLIENT", "LIST")).Contains("flags=b", StringComparison.Ordinal));
        (await job.RunAsync("checkpoint", job.Name)).FailsWith(6, ["plugin redis on node1 refuses at preDump", what, remedy, "(pid "]);
        await Unharmed.AssertAsync(Lab, job);
        await job.KillAsync();
    }

    [Fact]
    public async Task AHalfSentCommand_IsWaitedFor_AndGivenUpWhenItDoesNotEnd()
    {
        await using var redis = await RedisOutside.StartAsync(Lab, 7381);
        var job = await TestJob.StartAsync(Lab, "redis", ["--nodes", "node1", "--plugin", $"redis={redis.Config}"], CommandOptions.Default,
            ["python3", "-c", $"import socket,time; s=socket.create_connection(('{RedisOutside.Host4}',{redis.Port})); s.sendall(b'AUTH {RedisOutside.User} {RedisOutside.Password}\\r\\n*2\\r\\n$3\\r\\nGET\\r\\n$5\\r\\nke'); print('held',flush=True)\ni=0\nwhile True: i+=1; print(i,flush=True); time.sleep(0.05)"]);
        await job.WaitForLineAsync("held");
        (await job.RunAsync("checkpoint", job.Name)).FailsWith(6, ["after 20 attempts", "plugin redis is busy", "a command of which"]);
        await Unharmed.AssertAsync(Lab, job);
        await job.KillAsync();
    }

    [Fact]
    public async Task WhereRedisIsGone_OrThePasswordIsWrong_NothingIsStarted()
    {
        TestJob job;
        await using (var redis = await RedisOutside.StartAsync(Lab, 7382))
        {
            job = await TestJob.StartAsync(Lab, "redis", ["--nodes", "node1", "--plugin", $"redis={redis.Config}"], CommandOptions.Default,
                ["env", "KEY=c", TestPrograms.RedisClient, RedisOutside.Host4, $"{redis.Port}", "1000", RedisOutside.User, RedisOutside.Password]);
            await job.WaitForLineAsync("c step 3");
            await job.CheckpointAsync(stop: true);
            await redis.AskAsync("ACL", "SETUSER", RedisOutside.User, "resetpass", ">other");
            (await job.RunAsync("restart", job.Name, "--nodes", "node2")).FailsWith(6, ["plugin redis on node2 refuses at reconnect", "answers AUTH with: WRONGPASS"]);
            await Unharmed.NothingLeftAsync(Lab, job);
        }

        (await job.RunAsync("restart", job.Name, "--nodes", "node2")).FailsWith(6, ["10.88.0.14:7382 takes no connection", "Start Redis there"]);
        await Unharmed.NothingLeftAsync(Lab, job);
        Assert.Equal("Stopped", await job.StateAsync());
    }

    private static bool Has(string line, params IEnumerable<string> words) => words.All(word => $" {line} ".Contains($" {word} ", StringComparison.Ordinal));

    private static Task WaitForBothAsync(TestJob job)
    {
        var before = job.Lines.Count;
        return job.WaitForLinesAsync("steps of both", lines => lines.Skip(before).Any(l => l.StartsWith("c step", StringComparison.Ordinal)) && lines.Skip(before).Any(l => l.StartsWith("py step", StringComparison.Ordinal)));
    }

    private async Task<long> UnreadAsync(TestEpoch epoch, int port)
    {
        var shown = (await Hpccr.JsonAsync("show", epoch.Path, "--connections")).GetProperty("connections").EnumerateArray();
        return shown.Where(c => c.GetProperty("remote").GetString()!.EndsWith($":{port}", StringComparison.Ordinal)).Sum(c => c.GetProperty("end").GetProperty("receiveBytes").GetInt64());
    }

    private static async Task<string> ResultAsync(TestJob job)
    {
        (await job.Hpccr.RunAsync("wait", job.Name)).EndsWith(0);
        return job.Lines[^1];
    }
}
