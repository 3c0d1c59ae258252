namespace HpcCr.Core;

/// <summary>What becomes of a file of the job.</summary>
public enum FilePolicy
{
    /// <summary>
    /// It only grows: put back to its length at the cut, what was written later set aside. If it was truncated, replaced or removed since, it is put
    /// back whole where its contents are in the epoch.
    /// </summary>
    Appended,

    /// <summary>It is rewritten in place: its contents are in the epoch and are put back whole.</summary>
    Rewritten,

    /// <summary>Asked for with <c>--capture</c>: its contents are in the epoch and are put back whole.</summary>
    Captured,

    /// <summary>In a folder of the sandbox's own, which travels whole with the epoch.</summary>
    NodeLocal,

    /// <summary>
    /// It has lost its name: its contents are in the epoch's images. If it had another name, the path is the one by which the engine looks for it:
    /// a restart links it to that other name, or, where that is not known, makes it from stored contents.
    /// </summary>
    Deleted,

    /// <summary>
    /// The job reads it, and its user may write it: its contents are in the epoch. A restart puts them back where the file is gone or was replaced, or
    /// where the job had written it before the cut.
    /// </summary>
    Input,

    /// <summary>On a mount that is the job's own: the engine saves it, or finds it there. A restart does not touch it.</summary>
    Mounted,
}
