using System.Diagnostics;
using System.Globalization;
using HpcCr.SystemTests.Infrastructure;
using HpcCr.SystemTests.Matrix;

namespace HpcCr.SystemTests.Faults;

[Collection(FaultMatrixTests.Name)]
public sealed class T3090_Soak(FaultLab lab) : SystemTest(lab)
{
    private const int StepsPerMinute = 12_000;
    private readonly FaultLab _lab = lab;
    private readonly Random _random = new(3090);
    private readonly List<DaemonFootprint> _footprints = [];
    private readonly Dictionary<string, int> _done = [];

    private static TimeSpan Length =>
        TimeSpan.FromMinutes(int.TryParse(Environment.GetEnvironmentVariable("HPCCR_SOAK_MINUTES"), CultureInfo.InvariantCulture, out var minutes) ? minutes : 2);

    [Fact]
    public async Task CheckpointsKillsAndRestarts_OverAndOver_LeaveARightResult_AndDaemonsThatDoNotGrow()
    {
        var job = await FaultJob.StartAsync(_lab, (int)(StepsPerMinute * Length.TotalMinutes * 2), "--keep", "2");
        await job.Job.CheckpointAsync();
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < Length)
        {
            // What is to be measured in the second half lives on then: the coordinator, and the launcher of node1.
            var (name, round) = Pick(coordinatorMayDie: clock.Elapsed < Length / 2);
            await round(job);
            _done[name] = _done.GetValueOrDefault(name) + 1;
            await job.Job.WaitForMoreAsync();
            await Unharmed.NothingLeftAsync(_lab, job.Job);
            if (clock.Elapsed > Length / 2)
                _footprints.AddRange(DaemonFootprint.Of(_lab));
        }

        await job.EndsRightAsync();
        var growth = DaemonGrowth.Of(_footprints);
        var said = $"{string.Join(", ", _done.Select(d => $"{d.Value} x {d.Key}"))}\n{string.Join('\n', growth)}";
        TestContext.Current.TestOutputHelper?.WriteLine(said);
        Assert.Equal(2, growth.Count);
        Assert.All(growth, g => Assert.True(g.IsFlat, said));
    }

    private (string Name, Func<FaultJob, Task> Round) Pick(bool coordinatorMayDie) => _random.Next(10) switch
    {
        0 => ("kill and restart", KillAndRestartAsync),
        1 => ("stop and restart", StopAndRestartAsync),
        2 => ("kill of a launcher", KillLauncherAsync),
        3 => ("power cut", CutPowerAsync),
        4 when coordinatorMayDie => ("kill of the coordinator", KillCoordinatorAsync),
        _ => ("checkpoint", async job => await job.Job.CheckpointAsync()),
    };

    private static async Task KillAndRestartAsync(FaultJob job)
    {
        await job.Job.KillAsync();
        await job.Job.RestartAsync();
    }

    private static async Task StopAndRestartAsync(FaultJob job)
    {
        await job.Job.CheckpointAsync(stop: true);
        await job.Job.RestartAsync();
    }

    private async Task KillLauncherAsync(FaultJob job)
    {
        Daemon.Signal(Daemon.Launcher(_lab, 2), "KILL");
        await _lab.RepairAsync();
    }

    private async Task KillCoordinatorAsync(FaultJob job)
    {
        Daemon.Signal(Daemon.Coordinator(_lab), "KILL");
        await _lab.RepairAsync();
        await job.Job.WaitForStateAsync("Running");
    }

    private async Task CutPowerAsync(FaultJob job)
    {
        (await Hpccr.RunAsync("lab", "kill", "node2")).EndsWith(0);
        await _lab.RepairAsync();
        await job.Job.WaitForStateAsync("Lost");
        await job.Job.RestartAsync();
    }
}
