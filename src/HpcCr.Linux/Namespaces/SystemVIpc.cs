namespace HpcCr.Linux;

/// <summary>What there is in an ipc namespace (sysvipc(7)).</summary>
public static class SystemVIpc
{
    /// <summary>How many semaphore sets there are in a process's ipc namespace.</summary>
    /// <param name="pid">The process; 0 sets when it has gone.</param>
    /// <exception cref="LinuxException">EPERM: needs CAP_SYS_ADMIN.</exception>
    public static int SemaphoreSets(int pid)
    {
        var sets = 0;
        LinuxException? failure = null;
        // /proc/sysvipc shows the namespace of the thread that opens it.
        var thread = new Thread(() =>
        {
            try
            {
                using var process = PidFd.Open(pid);
                Namespaces.EnterThread(process, NamespaceKinds.Ipc);
                sets = File.ReadLines("/proc/sysvipc/sem").Skip(1).Count();
            }
            catch (LinuxException e)
            {
                // One that has gone has none.
                failure = e.Errno == Errno.ESRCH ? null : e;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? sets : throw failure;
    }
}
