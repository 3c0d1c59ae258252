using System.Runtime.InteropServices;

namespace HpcCr.Linux;

/// <summary>How much has arrived at a socket, pipe or terminal and was not read (FIONREAD).</summary>
public static unsafe partial class ReadableBytes
{
    private const nuint Readable = 0x541B;
    private const nuint Unread = 0x5411;

    /// <summary>Of an open file; 0 where it cannot be told.</summary>
    public static int Of(SafeHandle file)
    {
        var count = 0;
        return Control(file, Readable, &count) == 0 ? count : 0;
    }

    /// <summary>Of another process's, frozen or not; null when that is not, or no longer, the file of this name, or cannot be read from.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="descriptor">Its descriptor.</param>
    /// <param name="target">What it stands for, as /proc names it.</param>
    public static int? Of(int pid, int descriptor, string target)
    {
        var open = new OpenDescriptor(pid, descriptor, target);
        if (ProcFs.LinkOf(pid, $"fd/{descriptor}") != target || open.OpenFlags() is not { } flags || (flags & 3) == 1)
            return null;
        try
        {
            using var process = PidFd.Open(pid);
            using var ours = process.GetFd(descriptor);
            return Of(ours);
        }
        catch (LinuxException)
        {
            return null;
        }
    }

    /// <summary>How much memory takes what was written to a unix socket and was not read at the other side (SIOCOUTQ); 0 where it cannot be told.</summary>
    internal static int UnreadByPeer(SafeHandle socket)
    {
        var count = 0;
        return Control(socket, Unread, &count) == 0 ? count : 0;
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(SafeHandle fd, nuint request, int* argument);
}
