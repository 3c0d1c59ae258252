using System.Diagnostics;

namespace HpcCr.Benchmarks;

/// <summary>Checkpoints the same living processes by turns with HpcCr and with plain CRIU.</summary>
/// <param name="job">The job.</param>
/// <param name="plain">CRIU by hand.</param>
/// <param name="title">What it is, for the table.</param>
internal sealed class PauseBenchmark(BenchmarkJob job, PlainEngine plain, string title)
{
    private readonly PauseResult _result = new(title);

    /// <summary>Runs them.</summary>
    /// <param name="rounds">How many of each.</param>
    /// <param name="beforeEnd">Called while the job still runs.</param>
    public async Task<PauseResult> RunAsync(int rounds, Action beforeEnd)
    {
        _result.First = await job.GapDuringAsync(() => CheckpointAsync([]));
        await plain.DumpAsync(job.Name, await job.RootsAsync());
        for (var round = 0; round < rounds; round++)
        {
            // Neither is always the one that follows the other.
            var ours = round % 2 == 0;
            await TurnAsync(ours);
            await TurnAsync(!ours);
        }

        beforeEnd();
        await RestartAsync();
        return _result;
    }

    private async Task TurnAsync(bool ours)
    {
        await job.GoesOnAsync();
        if (ours)
        {
            _result.Felt.Add(await job.GapDuringAsync(() => CheckpointAsync(_result.Told)));
            return;
        }

        var roots = await job.RootsAsync();
        _result.PlainFelt.Add(await job.GapDuringAsync(async () => _result.PlainTold.Add(await plain.DumpAsync(job.Name, roots))));
    }

    private async Task CheckpointAsync(List<double> told) =>
        told.Add((await job.Lab.JsonAsync("checkpoint", job.Name)).GetProperty("pauseMs").GetDouble());

    private async Task RestartAsync()
    {
        await job.GoesOnAsync();
        await job.Lab.HpccrAsync("checkpoint", job.Name, "--stop");
        var began = Stopwatch.GetTimestamp();
        await job.Lab.HpccrAsync("restart", job.Name, "--detach");
        _result.Restart = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        await job.GoesOnAsync();
        await job.Lab.HpccrAsync("kill", job.Name);
    }
}
