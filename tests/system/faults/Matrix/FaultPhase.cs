namespace HpcCr.SystemTests.Matrix;

/// <summary>A step that is held on one node while something is done to it.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Hook">What the launcher's hook calls it.</param>
/// <param name="Node">The node where it is held: the head (1) where only that takes the step.</param>
/// <param name="Command">What the step is of.</param>
/// <param name="Has">What there is to harm meanwhile, on that node.</param>
internal sealed record FaultPhase(string Name, string Hook, int Node, PhaseCommand Command, PhaseParts Has)
{
    /// <summary>All of them, in their order.</summary>
    public static readonly IReadOnlyList<FaultPhase> All =
    [
        new("quiesce", "quiesce", 2, PhaseCommand.Checkpoint, PhaseParts.Sandbox),
        new("freeze", "freeze", 2, PhaseCommand.Checkpoint, PhaseParts.Sandbox | PhaseParts.Engine),
        new("drain", "drain", 2, PhaseCommand.Checkpoint, PhaseParts.Sandbox | PhaseParts.Engine),
        new("lock", "lock", 2, PhaseCommand.Checkpoint, PhaseParts.Sandbox | PhaseParts.Engine),
        new("dump", "dump", 2, PhaseCommand.Checkpoint, PhaseParts.Sandbox | PhaseParts.Engine | PhaseParts.EngineComes),
        new("gate", "gate", 2, PhaseCommand.Checkpoint, PhaseParts.Sandbox | PhaseParts.Engine),
        new("resume", "resume", 2, PhaseCommand.Checkpoint, PhaseParts.Sandbox | PhaseParts.Engine),
        new("seal", "seal", 2, PhaseCommand.Checkpoint, PhaseParts.Sandbox | PhaseParts.StoreWrites),
        new("commit", "commit", 1, PhaseCommand.Checkpoint, PhaseParts.Sandbox | PhaseParts.StoreWrites | PhaseParts.Rename),
        new("kill", "kill", 2, PhaseCommand.Stop, PhaseParts.Sandbox),
        new("load", "loadepoch", 1, PhaseCommand.Restart, PhaseParts.None),
        new("plan", "planrestore", 2, PhaseCommand.Restart, PhaseParts.None),
        new("preparerestore", "preparerestore", 2, PhaseCommand.Restart, PhaseParts.Guard | PhaseParts.StoreReads),
        new("putback", "putback", 2, PhaseCommand.Restart, PhaseParts.Guard),
        new("restore", "restore", 2, PhaseCommand.Restart, PhaseParts.Guard | PhaseParts.EngineComes),
        new("go", "go", 2, PhaseCommand.Restart, PhaseParts.Sandbox | PhaseParts.Engine),
        new("settle", "settle", 2, PhaseCommand.Restart, PhaseParts.Sandbox),
    ];
}
