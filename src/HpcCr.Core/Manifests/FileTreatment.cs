namespace HpcCr.Core;

/// <summary>What a restart does with the files of the job.</summary>
public enum FileTreatment
{
    /// <summary>They are put back to what they were at the cut.</summary>
    Rollback,

    /// <summary>They are left as they are.</summary>
    Keep,

    /// <summary>They are left as they are, and must be as they were at the cut.</summary>
    Check,
}
