namespace HpcCr.Linux;

/// <summary>Urgent bytes that wait to be read apart from the stream (MSG_OOB): who copies a receive queue stops at their mark.</summary>
public static class UrgentData
{
    /// <summary>The TCP sockets of a process in which one waits.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="only">The inodes of those that are looked at.</param>
    /// <returns>Their descriptors; empty when the process has gone.</returns>
    /// <exception cref="LinuxException">The process is not ours to reach into (EPERM), or no descriptor is free (EMFILE).</exception>
    public static IReadOnlyList<int> Descriptors(int pid, IReadOnlySet<uint> only)
    {
        var found = new List<int>();
        ForeignSocket.ForEachTcp(pid, socket =>
        {
            if (socket.HasUrgentByte)
                found.Add(socket.Descriptor);
        }, only);
        return found;
    }
}
