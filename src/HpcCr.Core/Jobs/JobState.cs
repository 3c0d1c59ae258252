namespace HpcCr.Core;

/// <summary>What a job is doing, as <c>status</c> shows it.</summary>
public enum JobState
{
    /// <summary>Sandboxes are being made or restored.</summary>
    Starting,

    /// <summary>The job runs.</summary>
    Running,

    /// <summary>An epoch is under way.</summary>
    Checkpointing,

    /// <summary>Ended on purpose after a committed epoch (<c>checkpoint --stop</c>).</summary>
    Stopped,

    /// <summary>The job's command ended by itself; its exit code is known.</summary>
    Exited,

    /// <summary>The job could not be started, or a part of it ended before its command did.</summary>
    Failed,

    /// <summary>A node or an engine died and took a part of the job with it; it restarts from its newest epoch.</summary>
    Lost,
}
