namespace HpcCr.Core;

/// <summary>How long the phases of an epoch took, in milliseconds, from the coordinator's side of each barrier.</summary>
public sealed record PhaseTimings
{
    /// <summary>Engines started and checks made, the job running.</summary>
    public double Quiesce { get; init; }

    /// <summary>Until every node was frozen; all attempts together.</summary>
    public double Freeze { get; init; }

    /// <summary>Until nothing was in flight; all attempts together.</summary>
    public double Drain { get; init; }

    /// <summary>Until every lock was in place.</summary>
    public double Lock { get; init; }

    /// <summary>Until every engine stood at its gate.</summary>
    public double Dump { get; init; }

    /// <summary>Until every node ran again.</summary>
    public double Resume { get; init; }

    /// <summary>Copying, hashing, fsync.</summary>
    public double Seal { get; init; }

    /// <summary>Manifest, restart script, rename.</summary>
    public double Commit { get; init; }
}
