using HpcCr.Core;

namespace HpcCr.Coordinator;

/// <summary>A node failed at a step, or did not answer.</summary>
internal sealed class NodeFailedException(string node, HpcCrException failure, bool engineDied) : Exception(failure.Message, failure)
{
    /// <summary>The node.</summary>
    public string Node { get; } = node;

    /// <summary>Why, for a user.</summary>
    public HpcCrException Failure { get; } = failure;

    /// <summary>An engine died while it held the job: that part of the job is lost.</summary>
    public bool EngineDied { get; } = engineDied;
}
