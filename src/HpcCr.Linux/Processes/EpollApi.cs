using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace HpcCr.Linux;

/// <summary>epoll(7), for descriptors that .NET's own event loop does not know.</summary>
internal static unsafe partial class EpollApi
{
    private const int CloseOnExec = 0x80000;
    private const int Add = 1;
    private const int Delete = 2;
    private const uint Readable = 0x1;

    public static SafeFileHandle Create()
    {
        int fd = EpollCreate(CloseOnExec);
        return fd >= 0 ? new SafeFileHandle(fd, ownsHandle: true) : throw LinuxException.Last("epoll_create1()");
    }

    public static void Watch(SafeFileHandle epoll, SafeFileHandle fd, ulong token)
    {
        byte* entry = stackalloc byte[16];
        WriteEvent(entry, Readable, token);
        if (EpollControl(epoll, Add, fd, entry) != 0)
            throw LinuxException.Last("epoll_ctl(EPOLL_CTL_ADD)");
    }

    public static void Forget(SafeFileHandle epoll, SafeFileHandle fd)
    {
        byte* entry = stackalloc byte[16];
        _ = EpollControl(epoll, Delete, fd, entry);
    }

    /// <summary>The token of one descriptor that has become readable; waits for it without end.</summary>
    public static ulong WaitOne(SafeFileHandle epoll)
    {
        byte* entry = stackalloc byte[16];
        while (true)
        {
            int count = EpollWait(epoll, entry, 1, -1);
            if (count == 1)
                return *(ulong*)(entry + TokenOffset);
            if (count < 0 && Marshal.GetLastPInvokeError() != Errno.EINTR)
                throw LinuxException.Last("epoll_wait()");
        }
    }

    // struct epoll_event is packed on x86-64 only.
    private static int TokenOffset => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    private static void WriteEvent(byte* entry, uint events, ulong token)
    {
        *(uint*)entry = events;
        *(ulong*)(entry + TokenOffset) = token;
    }

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int EpollControl(SafeFileHandle epoll, int operation, SafeFileHandle fd, byte* entry);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    private static partial int EpollWait(SafeFileHandle epoll, byte* entries, int capacity, int milliseconds);
}
