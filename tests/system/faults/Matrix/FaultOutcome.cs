namespace HpcCr.SystemTests.Matrix;

/// <summary>What became of the job; all of these are right.</summary>
internal enum FaultOutcome
{
    /// <summary>The command failed, and the job ran on.</summary>
    RanOn,

    /// <summary>The command did what it was to do.</summary>
    Done,

    /// <summary>The job was stopped with its epoch, and was restarted.</summary>
    Stopped,

    /// <summary>The restart was undone, and was tried again.</summary>
    Undone,

    /// <summary>The job was lost or failed, and was restarted from its newest epoch.</summary>
    Restarted,
}
