using System.Diagnostics;

namespace HpcCr.Linux;

/// <summary>cgroup.events of one v2 cgroup: the kernel's report of <c>populated</c> and <c>frozen</c>.</summary>
internal static class CgroupEvents
{
    // The longest that a cancelled wait goes unnoticed; the event itself wakes at once.
    private static readonly TimeSpan CancellationCheck = TimeSpan.FromMilliseconds(50);

    /// <summary>The value of a flag now.</summary>
    public static bool IsSet(string text, string flag) => text.Split('\n').Contains(flag + " 1");

    /// <summary>Waits on a thread of its own until a flag has a value.</summary>
    /// <returns>False at the deadline. A cgroup that is gone counts as neither frozen nor populated.</returns>
    public static Task<bool> WaitAsync(string cgroup, string flag, bool value, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                done.SetResult(Wait(cgroup, flag, value, deadline, cancellationToken));
            }
            catch (OperationCanceledException)
            {
                done.SetCanceled(cancellationToken);
            }
            catch (LinuxException error)
            {
                done.SetException(error);
            }
        })
        {
            IsBackground = true,
            Name = "cgroup-events",
        };
        thread.UnsafeStart();
        return done.Task;
    }

    private static bool Wait(string cgroup, string flag, bool value, TimeSpan deadline, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            using ControlFile events = ControlFile.ForReading(Path.Combine(cgroup, "cgroup.events"));
            while (IsSet(events.Read(), flag) != value)
            {
                cancellationToken.ThrowIfCancellationRequested();
                TimeSpan left = deadline - Stopwatch.GetElapsedTime(start);
                if (left <= TimeSpan.Zero)
                    return false;
                events.WaitForChange(left < CancellationCheck ? left : CancellationCheck);
            }

            return true;
        }
        catch (LinuxException error) when (!value && error.Errno is Errno.ENOENT or Errno.ENODEV)
        {
            return true;
        }
    }
}
