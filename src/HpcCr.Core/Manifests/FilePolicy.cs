namespace HpcCr.Core;

/// <summary>What becomes of a file of the job.</summary>
public enum FilePolicy
{
    /// <summary>It only grows: put back to its length at the cut, what was written later set aside.</summary>
    Appended,

    /// <summary>It is rewritten in place: its contents are in the epoch and are put back whole.</summary>
    Rewritten,

    /// <summary>Asked for with <c>--capture</c>: its contents are in the epoch and are put back whole.</summary>
    Captured,

    /// <summary>In a folder of the sandbox's own, which travels whole with the epoch.</summary>
    NodeLocal,

    /// <summary>
    /// It has lost its name: its contents are in the epoch's images. If they had another name they are stored, and the path is the one by which
    /// the engine looks for them.
    /// </summary>
    Deleted,
}
