namespace HpcCr.Core;

/// <summary>
/// The states of an epoch. A phase is a state in which every node does the same thing; the barrier is its end.
/// <code>
/// Quiesce -> Freeze -> Drain -> Lock -> Dump -> Vote -+-> (continue) Resume -> Seal -> Commit -> Complete
///              ^--- Refreeze ---+                     \-> (--stop)   SealStopped -> CommitStopped -> Kill -> Stopped
/// any failure or deadline: Abort -> Aborted, and the job runs on.   an engine that died: Lose -> Lost
/// a coordinator that died: Recover -> Complete, Kill or Abort, as the store says
/// </code>
/// </summary>
public enum EpochState
{
    /// <summary>Not begun.</summary>
    Idle,

    /// <summary>The job still runs; engines start, space and tools are checked.</summary>
    Quiesce,

    /// <summary>Every task of every sandbox is being stopped by the cgroup freezer.</summary>
    Freeze,

    /// <summary>All nodes are frozen; the kernels deliver what is in flight.</summary>
    Drain,

    /// <summary>Something in flight is in nobody's image: all nodes run for some milliseconds.</summary>
    Refreeze,

    /// <summary>Packets that must not reach the job's sockets are dropped from here on.</summary>
    Lock,

    /// <summary>The engines write the images and stop at their gate.</summary>
    Dump,

    /// <summary>Every node has said yes or no.</summary>
    Vote,

    /// <summary>Engines let go, unlock, thaw: the job runs.</summary>
    Resume,

    /// <summary>Images go to the store while the job runs.</summary>
    Seal,

    /// <summary>The epoch comes into being by one rename.</summary>
    Commit,

    /// <summary>Images go to the store while the job stays frozen.</summary>
    SealStopped,

    /// <summary>The rename, while the job stays frozen.</summary>
    CommitStopped,

    /// <summary>The epoch is durable: the job is killed, its connections destroyed, the locks removed.</summary>
    Kill,

    /// <summary>The coordinator died before it was decided, and the next one asks the store whether the epoch exists.</summary>
    Recover,

    /// <summary>What was done is undone in reverse.</summary>
    Abort,

    /// <summary>An engine died inside the dump: what is left of the job is killed.</summary>
    Lose,

    /// <summary>Committed; the job runs on.</summary>
    Complete,

    /// <summary>Committed; the job has ended.</summary>
    Stopped,

    /// <summary>Not committed; the job runs on as if nothing had happened.</summary>
    Aborted,

    /// <summary>Not committed; the job is lost.</summary>
    Lost,
}
