using System.Runtime.InteropServices;

namespace HpcCr.Linux;

/// <summary>New namespaces for the calling thread (unshare(2)).</summary>
public static partial class Namespaces
{
    private const int FileSystemAttributes = 0x200;

    /// <summary>
    /// Gives the calling thread, and nobody else, new namespaces. Use a dedicated <see cref="Thread"/> that does what must be done in them,
    /// synchronously (mounts, <see cref="ChildProcess.Start"/>), and ends: with <see cref="NamespaceKinds.Pid"/> it cannot start threads any more,
    /// with the others what it starts (thread pool workers too) would live in them. A mount namespace also makes the thread's working folder and umask its own.
    /// </summary>
    /// <param name="kinds">Which; with <see cref="NamespaceKinds.Pid"/> the first child becomes pid 1 of the new namespace.</param>
    /// <exception cref="LinuxException">EPERM: needs CAP_SYS_ADMIN; ENOSPC: too many namespaces.</exception>
    public static void UnshareThread(NamespaceKinds kinds)
    {
        ExitWatch.Ensure();
        if (Unshare((int)kinds) != 0)
            throw LinuxException.Last($"unshare({kinds})");
    }

    /// <summary>
    /// Has the calling thread, and nobody else, enter namespaces of a process. What holds for <see cref="UnshareThread"/> holds here too:
    /// after <see cref="NamespaceKinds.Pid"/> the thread can start processes but no threads.
    /// </summary>
    /// <param name="process">The process.</param>
    /// <param name="kinds">Which of its namespaces.</param>
    /// <exception cref="LinuxException">ESRCH: it has ended; EPERM: needs CAP_SYS_ADMIN.</exception>
    public static void EnterThread(PidFd process, NamespaceKinds kinds)
    {
        ArgumentNullException.ThrowIfNull(process);
        ExitWatch.Ensure();
        // A mount namespace cannot be entered by a thread that shares its working folder with others.
        if (Unshare(FileSystemAttributes) != 0)
            throw LinuxException.Last("unshare(CLONE_FS)");
        if (SetNamespace(process.Handle, (int)kinds) != 0)
            throw LinuxException.Last($"setns(pid {process.Pid}, {kinds})");
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(Microsoft.Win32.SafeHandles.SafeFileHandle process, int kinds);

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    private static partial int Unshare(int flags);
}
