namespace HpcCr.Core;

/// <summary>What moves an epoch from one state to the next.</summary>
public enum EpochEvent
{
    /// <summary>The epoch is asked for.</summary>
    Begin,

    /// <summary>Every node has finished the phase.</summary>
    AllDone,

    /// <summary>Drain found something that is in nobody's image, and may try again.</summary>
    Residue,

    /// <summary>All voted yes and the job is to run on.</summary>
    Continue,

    /// <summary>All voted yes and the job is to end.</summary>
    Stop,

    /// <summary>A node failed, did not answer in time, or voted no; or somebody cancelled.</summary>
    Failed,

    /// <summary>An engine died while it held the job.</summary>
    EngineDied,

    /// <summary>The coordinator that ran the epoch is gone, and another one has found it in the journal.</summary>
    Interrupted,
}
