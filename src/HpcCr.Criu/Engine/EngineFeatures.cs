namespace HpcCr.Criu;

/// <summary>What the engine can do on this kernel.</summary>
/// <param name="MemoryTracking">Incremental dumps (needs MEM_SOFT_DIRTY).</param>
/// <param name="LazyPages">Restoring memory on demand (userfaultfd).</param>
/// <param name="PidfdStore">Telling reused pids apart between dumps.</param>
public sealed record EngineFeatures(bool MemoryTracking, bool LazyPages, bool PidfdStore);
