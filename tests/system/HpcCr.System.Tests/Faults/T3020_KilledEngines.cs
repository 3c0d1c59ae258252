using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.Faults;

[Collection(FaultsLab.Name)]
public sealed class T3020_KilledEngines(FaultsLab lab) : SystemTest(lab)
{
    [Fact]
    public async Task AnEngineKilledInTheMiddleOfItsDump_LosesTheJobWithTheReason_AndTheEpochBeforeRestarts()
    {
        string[] arguments = ["--mib", "500", "--steps", "3000", "--every", "20", "--pace-us", "10000"];
        var job = await SpreadJob.StartMpiAsync(Lab, "openmpi", 2, "mpifill", arguments);
        await job.WaitForLineAsync("step ");
        await job.CheckpointAsync();
        await using var checkpoint = Hpccr.Start("checkpoint", job.Name);
        int? engine = null;
        await Await.UntilAsync("an engine at work", () => (engine = Daemon.EngineAtWork(job)) is not null);
        Daemon.Signal(engine!.Value, "KILL");
        (await checkpoint.EndAsync()).FailsWith(7, "the engine was killed", "restart");
        Assert.Equal("Lost", await job.StateAsync());
        Assert.Contains("engine", (await job.StatusAsync()).GetProperty("reason").GetString(), StringComparison.Ordinal);
        await Unharmed.NothingLeftAsync(Lab, job);
        await job.RestartAsync();
        Assert.Equal(await SpreadJob.UndisturbedAsync(4, "mpifill", [.. arguments[..^2], "--pace-us", "0"]), await job.FinalAsync());
    }
}
