namespace HpcCr.Criu;

/// <summary>How a restore ended. After a failure none of its tasks is left.</summary>
public sealed record RestoreOutcome : EngineOutcome
{
    /// <summary>The restored root as seen from the engine's pid namespace; null after a failure.</summary>
    public int? Pid { get; init; }
}
