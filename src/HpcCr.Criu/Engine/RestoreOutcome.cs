namespace HpcCr.Criu;

/// <summary>How a restore ended. After a failure none of its tasks is left.</summary>
/// <remarks>
/// With <see cref="RestoreOptions.RstSibling"/> the root of a failed restore is a zombie of the engine's parent, which must wait for it:
/// its pid was told at <see cref="CriuNotificationKind.SetupNamespaces"/> or <see cref="CriuNotificationKind.PostRestore"/>.
/// </remarks>
public sealed record RestoreOutcome : EngineOutcome
{
    /// <summary>The restored root as seen from the engine's pid namespace; null after a failure.</summary>
    public int? Pid { get; init; }
}
