namespace HpcCr.Linux;

/// <summary>Stops and lets go all tasks of one cgroup and of those below it; invisible to them, unlike SIGSTOP.</summary>
public interface ICgroupFreezer : IDisposable
{
    /// <summary>Whether every task is stopped now.</summary>
    bool IsFrozen { get; }

    /// <summary>Stops all tasks and waits until they stand still. On failure the request stays in force: the caller thaws.</summary>
    /// <param name="deadline">How long the stopping may take.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Completes when every task stands still.</returns>
    /// <exception cref="TimeoutException">Tasks still run at the deadline (a task in uninterruptible sleep cannot be frozen).</exception>
    /// <exception cref="LinuxException">The cgroup is gone, or may not be written.</exception>
    Task FreezeAsync(TimeSpan deadline, CancellationToken cancellationToken = default);

    /// <summary>Asks the kernel to stop all tasks, with one write and no waiting.</summary>
    /// <exception cref="LinuxException">The cgroup is gone.</exception>
    void RequestFreeze();

    /// <summary>Lets all tasks go; a frozen ancestor still holds them. Nothing happens when the cgroup is gone.</summary>
    void Thaw();

    /// <summary>The nearest cgroup above this one that somebody has frozen (its own thawing would have no effect).</summary>
    /// <returns>Its folder; null when there is none.</returns>
    string? FrozenAncestor();
}
