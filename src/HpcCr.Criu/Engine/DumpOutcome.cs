namespace HpcCr.Criu;

/// <summary>How a dump ended. After any failure the tasks live on (frozen still, if they were frozen before).</summary>
public sealed record DumpOutcome : EngineOutcome;
