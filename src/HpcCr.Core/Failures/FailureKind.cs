namespace HpcCr.Core;

/// <summary>Why an operation failed, in the classes that scripts and operators act on. Each has one exit code.</summary>
public enum FailureKind
{
    /// <summary>The operation failed and the job is unharmed (exit 1).</summary>
    Failed,

    /// <summary>The request itself is wrong (exit 2).</summary>
    Usage,

    /// <summary>No such job, node, epoch or path (exit 3).</summary>
    NotFound,

    /// <summary>The caller may not do this (exit 4).</summary>
    NotAllowed,

    /// <summary>An image or manifest is damaged (exit 5).</summary>
    Damaged,

    /// <summary>The job cannot be checkpointed or restored here (exit 6).</summary>
    Unsupported,

    /// <summary>The job failed or was lost (exit 7).</summary>
    JobLost,

    /// <summary>HpcCr itself failed (exit 125).</summary>
    Internal,
}
