namespace HpcCr.SystemTests.Matrix;

/// <summary>What there is on the node while a step is held: only that can be harmed.</summary>
[Flags]
internal enum PhaseParts
{
    /// <summary>A launcher, and nothing of the job.</summary>
    None = 0,

    /// <summary>The sandbox's guard.</summary>
    Guard = 1,

    /// <summary>Ranks.</summary>
    Ranks = 2,

    /// <summary>A guard and ranks.</summary>
    Sandbox = Guard | Ranks,

    /// <summary>An engine.</summary>
    Engine = 4,

    /// <summary>The engine gets to work in this step itself: it is met there, once the step is let go.</summary>
    EngineComes = 8,

    /// <summary>The step reads images from the store.</summary>
    StoreReads = 16,

    /// <summary>The step writes to the store and makes it durable.</summary>
    StoreWrites = 32,

    /// <summary>The step renames the epoch.</summary>
    Rename = 64,
}
