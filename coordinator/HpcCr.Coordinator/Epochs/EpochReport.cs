using System.Diagnostics;
using HpcCr.Core;
using HpcCr.Protocol.V1;

namespace HpcCr.Coordinator;

/// <summary>How long an epoch was in each of its states, and what is told of it when it is committed.</summary>
internal sealed class EpochReport
{
    private readonly Dictionary<EpochState, double> _milliseconds = [];
    private long _entered = Stopwatch.GetTimestamp();

    /// <summary>A state is left.</summary>
    /// <returns>How long the epoch was in it this time, in milliseconds.</returns>
    public double Leave(EpochState state)
    {
        var spent = Stopwatch.GetElapsedTime(_entered).TotalMilliseconds;
        _milliseconds[state] = _milliseconds.GetValueOrDefault(state) + spent;
        _entered = Stopwatch.GetTimestamp();
        return spent;
    }

    /// <summary>The phases so far.</summary>
    public PhaseTimings Timings() => new()
    {
        Quiesce = Of(EpochState.Quiesce),
        Freeze = Of(EpochState.Freeze) + Of(EpochState.Refreeze),
        Drain = Of(EpochState.Drain),
        Lock = Of(EpochState.Lock),
        Dump = Of(EpochState.Dump) + Of(EpochState.Vote),
        Resume = Of(EpochState.Resume),
        Seal = Of(EpochState.Seal) + Of(EpochState.SealStopped),
        Commit = Of(EpochState.Commit) + Of(EpochState.CommitStopped),
    };

    /// <summary>What was found that keeps no epoch from being made; a sentence each, with the remedy.</summary>
    public IReadOnlyList<string> Warnings { get; set; } = [];

    /// <summary>The answer to who asked for the epoch.</summary>
    /// <param name="manifest">What was committed.</param>
    /// <param name="path">Where.</param>
    /// <param name="drained">The connections that the nodes found.</param>
    public CheckpointResult Result(Manifest manifest, string path, IEnumerable<Drained> drained)
    {
        var timings = Timings();
        return new CheckpointResult
        {
            Job = manifest.Job,
            Epoch = (uint)manifest.Epoch,
            Path = path,
            PauseMs = Math.Round(manifest.PauseMilliseconds, 2),
            PhasesMs =
            {
                ["quiesce"] = timings.Quiesce,
                ["freeze"] = timings.Freeze,
                ["drain"] = timings.Drain,
                ["lock"] = timings.Lock,
                ["dump"] = timings.Dump,
                ["resume"] = timings.Resume,
                ["seal"] = timings.Seal,
                ["commit"] = timings.Commit,
            },
            Warnings = { Warnings },
            Bytes = (ulong)manifest.TotalBytes,
            Connections = (uint)CountConnections(drained),
            Cut = manifest.Cut ?? CutVerdict.Unproven,
            Refreezes = (uint)manifest.Refreezes,
            Stopped = manifest.Stopped,
        };
    }

    // Both ends of a connection inside the job are reported; it counts once.
    private static int CountConnections(IEnumerable<Drained> drained) => drained.SelectMany(d => d.Connections)
        .Select(c => string.CompareOrdinal(c.Local, c.Remote) < 0 ? (c.Local, c.Remote) : (c.Remote, c.Local)).Distinct().Count();

    private double Of(EpochState state) => Math.Round(_milliseconds.GetValueOrDefault(state), 2);
}
