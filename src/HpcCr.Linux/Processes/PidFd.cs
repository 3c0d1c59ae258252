using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace HpcCr.Linux;

/// <summary>One process, held so that it cannot be mistaken for another one of its number (pidfd_open(2)).</summary>
public sealed class PidFd : IDisposable
{
    private readonly Lock _gate = new();
    private Task? _exited;

    private PidFd(int pid, SafeFileHandle handle)
    {
        Pid = pid;
        Handle = handle;
    }

    /// <summary>The process number, in our pid namespace.</summary>
    public int Pid { get; }

    /// <summary>The descriptor itself; close-on-exec.</summary>
    public SafeFileHandle Handle { get; }

    /// <summary>Takes hold of a process.</summary>
    /// <param name="pid">Its number in our pid namespace (a thread group leader).</param>
    /// <returns>The process, to be disposed by the caller.</returns>
    /// <exception cref="LinuxException">ESRCH: there is no such process.</exception>
    public static PidFd Open(int pid) => new(pid, PidFdApi.Open(pid));

    /// <summary>A descriptor that the kernel gave of a process.</summary>
    internal static PidFd Of(int pid, SafeFileHandle handle) => new(pid, handle);

    /// <summary>
    /// Whether the number still is this process's (a zombie keeps it). What was read from /proc/PID before this was asked is then of this
    /// process; a descriptor alone does not keep the number from being used again.
    /// </summary>
    public bool HasItsNumber => SendSignal(0);

    /// <summary>A copy of one of its descriptors, sharing the open file (pidfd_getfd(2)).</summary>
    /// <param name="fd">The descriptor's number in that process.</param>
    /// <returns>Our descriptor, close-on-exec, to be disposed by the caller.</returns>
    /// <exception cref="LinuxException">EBADF: it has no such descriptor; ESRCH: it has ended; EPERM: we may not trace it.</exception>
    public SafeFileHandle GetFd(int fd)
    {
        long copy = PidFdApi.GetFd(Number(), fd);
        return copy >= 0
            ? new SafeFileHandle((nint)copy, ownsHandle: true)
            : throw LinuxException.Last($"pidfd_getfd(pid {Pid}, fd {fd})");
    }

    /// <summary>Sends a signal to the process.</summary>
    /// <param name="signal">The signal's number; 0 only checks.</param>
    /// <returns>False when the process has ended and been reaped.</returns>
    /// <exception cref="LinuxException">EPERM: not allowed; EINVAL: no such signal.</exception>
    public bool SendSignal(int signal)
    {
        if (PidFdApi.SendSignal(Number(), signal) == 0)
            return true;
        return Marshal.GetLastPInvokeError() == Errno.ESRCH
            ? false
            : throw LinuxException.Last($"pidfd_send_signal(pid {Pid}, signal {signal})");
    }

    /// <summary>Waits until the process has ended; it need not be our child, and is not reaped.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Completes at its end.</returns>
    public Task WaitExitedAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate)
            _exited ??= Watch();
        return _exited.WaitAsync(cancellationToken);
    }

    /// <summary>How the process ended, if it was reaped and the kernel (6.15 or newer) still tells; it need not be our child.</summary>
    /// <returns>Null when it lives, is a zombie, or nobody knows.</returns>
    public ExitStatus? ReapedStatus() => PidFdInfo.ExitOf(Number());

    /// <summary>Lets go of the process; waits already begun still complete.</summary>
    public void Dispose() => Handle.Dispose();

    private int Number()
    {
        ObjectDisposedException.ThrowIf(Handle.IsClosed, this);
        return Descriptor.Number(Handle);
    }

    private Task Watch()
    {
        _ = Number();
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ExitWatch.Add(Handle, _ => ended.SetResult());
        return ended.Task;
    }
}
