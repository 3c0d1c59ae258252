using System.Diagnostics;
using System.Globalization;
using HpcCr.SystemTests.Infrastructure;

namespace HpcCr.SystemTests.Faults;

/// <summary>How often it kills is HPCCR_KILLS; 200 take about a quarter of an hour.</summary>
[Collection(FaultsLab.Name)]
public sealed class T3060_RandomKills(FaultsLab lab) : SystemTest(lab)
{
    private const int LongestWait = 1000; // about as long as an epoch takes, in milliseconds
    private readonly SortedDictionary<string, int> _hits = [];
    private readonly Random _random = new();

    [Fact]
    public async Task AJobWhoseCoordinatorIsKilledAtRandomInstants_ComesOutRight()
    {
        var kills = int.Parse(Environment.GetEnvironmentVariable("HPCCR_KILLS") is { Length: > 0 } asked ? asked : "10", CultureInfo.InvariantCulture);
        var watch = Stopwatch.StartNew();
        var job = await SpreadJob.StartMpiAsync(Lab, "openmpi", 2, "stencil", "--steps", "10000000", "--pace-us", "20000");
        await job.WaitForLineAsync("step ");
        var restarts = 0;
        while (_hits.Values.Sum() < kills)
        {
            var state = await KillInTheMiddleOfAsync(job, ["checkpoint", job.Name, .. _random.Next(4) == 0 ? ["--stop"] : Array.Empty<string>()]);
            for (; state == "Stopped"; restarts++)
            {
                if (_random.Next(2) == 0 && _hits.Values.Sum() < kills)
                {
                    state = await KillInTheMiddleOfAsync(job, ["restart", job.Name, "--detach"]);
                    continue;
                }

                await job.RestartAsync();
                state = "Running";
            }
        }

        await Unharmed.AssertAsync(Lab, job);
        var last = await job.CheckpointAsync();
        (await job.RunAsync("verify", last.Path)).EndsWith(0);
        await job.KillAsync();
        await StencilOutput.AssertRightAsync(job, 4);
        TestContext.Current.SendDiagnosticMessage(
            $"{kills} kills in {watch.Elapsed.TotalSeconds:F0} s, {last.Number} epochs begun, {Directory.GetDirectories(job.Folder, "epoch-*").Length} committed, {restarts} restarts; "
            + $"hit in: {string.Join(", ", _hits.Select(hit => $"{hit.Key} {hit.Value}"))}");
    }

    private async Task<string> KillInTheMiddleOfAsync(TestJob job, IReadOnlyList<string> command)
    {
        var from = KilledCoordinator.Log(Lab).Length;
        await using var running = Hpccr.Start(command);
        // The instant is what is tried here, seldom before the command has come to the coordinator.
        if (_random.Next(8) > 0)
            await Await.UntilAsync("a beginning", () => running.HasEnded || running.Stderr.Length > 0);
        await Task.Delay(_random.Next(LongestWait), TestContext.Current.CancellationToken);
        Daemon.Signal(Daemon.Coordinator(Lab), "KILL");
        var ended = await running.EndAsync();
        var hit = command[0] == "restart" ? $"restart, {LastWord(ended)}" : KilledCoordinator.LastState(KilledCoordinator.Log(Lab)[from..]) is { Length: > 0 } state ? state : "before the epoch";
        _hits[hit] = _hits.GetValueOrDefault(hit) + 1;
        // Done, not done, or the coordinator was not there when it was asked for it.
        Assert.True(ended.ExitCode is 0 or 1 or 3 or 125, $"{hit}: {ended}");
        Assert.DoesNotContain("   at ", ended.Stderr, StringComparison.Ordinal);
        await KilledCoordinator.NextAsync(Lab);
        return await KilledCoordinator.SettledAsync(job, "Running", "Stopped");
    }

    private static string LastWord(CommandResult restart) => restart.ExitCode == 0 ? "after it"
        : restart.Stderr.Split('\n').LastOrDefault(line => line is "hpccr: plan" or "hpccr: prepare" or "hpccr: put back" or "hpccr: restore" or "hpccr: go") ?? "before it";
}
