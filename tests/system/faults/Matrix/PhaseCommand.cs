namespace HpcCr.SystemTests.Matrix;

/// <summary>The command whose steps are held.</summary>
internal enum PhaseCommand
{
    /// <summary>A checkpoint that lets the job run on.</summary>
    Checkpoint,

    /// <summary>A checkpoint that ends the job.</summary>
    Stop,

    /// <summary>A restart.</summary>
    Restart,
}
