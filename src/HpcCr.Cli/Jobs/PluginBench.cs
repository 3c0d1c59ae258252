using HpcCr.Cli.Connection;
using HpcCr.Cli.Output;
using HpcCr.Protocol;
using HpcCr.Protocol.V1;

namespace HpcCr.Cli.Jobs;

/// <summary>Takes a sample job with one plugin through all that a plugin hears of: an epoch that the job goes on from, one that ends it, and a restart.</summary>
/// <param name="session">The coordinator.</param>
/// <param name="spec">The sample job.</param>
/// <param name="tell">Told each step and what came of it.</param>
internal sealed class PluginBench(CoordinatorSession session, JobSpec spec, Action<string, string> tell)
{
    private readonly List<string> _steps = [];

    /// <summary>What runs where nothing else is asked for.</summary>
    public static IReadOnlyList<string> SampleJob { get; } = ["sh", "-c", "while :; do sleep 1; done"];

    /// <summary>The steps that succeeded.</summary>
    public IReadOnlyList<string> Steps => _steps;

    /// <summary>Whether all did.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Does it.</summary>
    /// <exception cref="HpcCrException">A step failed.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await StepAsync("run", async () =>
        {
            await session.RunAsync(spec.ToWire(), cancellationToken);
            return $"job {spec.Name}";
        });
        await StepAsync("checkpoint", () => CheckpointAsync(stop: false, cancellationToken));
        await StepAsync("stop", () => CheckpointAsync(stop: true, cancellationToken));
        await StepAsync("restart", async () =>
        {
            var request = new RestartRequest { EpochPath = Path.Combine(spec.Folder, EpochName.Of(2)) };
            return Quantity.Milliseconds((await RestartEvents.ResultAsync(session.RestartAsync(request, cancellationToken), (_, _) => { })).RestoreMs);
        });
        IsDone = true;
    }

    /// <summary>Ends the job and removes what it has left.</summary>
    /// <returns>What the plugin was told and what it said.</returns>
    public async Task<IReadOnlyList<string>> EndAsync()
    {
        try
        {
            await session.KillAsync(JobReference.Parse(spec.Name), CancellationToken.None);
        }
        catch (HpcCrException e) when (e.Kind == FailureKind.NotFound)
        {
            // It did not start.
        }

        var log = Path.Combine(spec.Folder, JobFolder.PluginLog);
        var lines = File.Exists(log) ? await File.ReadAllLinesAsync(log) : [];
        if (Directory.Exists(spec.Folder))
            Directory.Delete(spec.Folder, recursive: true);
        return lines;
    }

    private async Task StepAsync(string name, Func<Task<string>> step)
    {
        tell(name, await step());
        _steps.Add(name);
    }

    private async Task<string> CheckpointAsync(bool stop, CancellationToken cancellationToken)
    {
        await foreach (var happened in session.CheckpointAsync(new CheckpointRequest { Job = spec.Name, Stop = stop }, cancellationToken))
            if (happened.Result is { } result)
                return $"epoch {result.Epoch}, the job stood still for {Quantity.Milliseconds(result.PauseMs)}";
        throw new HpcCrException(FailureKind.Failed, $"the coordinator went away in the middle of the checkpoint of job {spec.Name}", "Try again.");
    }
}
