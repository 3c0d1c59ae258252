using HpcCr.Linux;

namespace HpcCr.Cli.Processes;

/// <summary>A process that cannot be mistaken for a later one of the same pid.</summary>
/// <param name="Pid">Its pid on the host.</param>
/// <param name="StartTicks">When it started, in clock ticks since boot.</param>
internal sealed record ProcessIdentity(int Pid, long StartTicks)
{
    /// <summary>Whether it still runs; a zombie does not.</summary>
    public bool IsAlive => ProcFs.State(Pid) is not (null or 'Z' or 'X') && ProcFs.StartTime(Pid) == StartTicks;

    /// <summary>The process that has this pid now, or null.</summary>
    public static ProcessIdentity? Of(int pid) => ProcFs.StartTime(pid) is { } ticks ? new ProcessIdentity(pid, ticks) : null;

    /// <summary>Sends SIGKILL, unless the pid is another's by now.</summary>
    public void Kill()
    {
        try
        {
            using var process = PidFd.Open(Pid);
            // Asked after the descriptor was opened: a process of that number and start time is the one that it holds.
            if (IsAlive) process.SendSignal(Signals.Kill);
        }
        catch (LinuxException e) when (e.Errno == Errno.ESRCH)
        {
            // It has ended by itself.
        }
    }

    /// <summary>Waits until it has ended.</summary>
    /// <returns>False when it is still there at the deadline.</returns>
    public async Task<bool> WaitGoneAsync(TimeSpan deadline, CancellationToken cancellationToken) =>
        await Poll.UntilAsync(() => !IsAlive, deadline, cancellationToken);
}
