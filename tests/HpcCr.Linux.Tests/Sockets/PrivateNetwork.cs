using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace HpcCr.Linux.Tests;

/// <summary>A network namespace with a loopback and nothing else, on a thread of its own. It goes with the thread and the sockets made on it.</summary>
internal static partial class PrivateNetwork
{
    private const int CloneNewNet = 0x40000000;
    private const nuint SetInterfaceFlags = 0x8914;
    private const short FlagUpRunning = 0x41;

    /// <summary>Runs a test body inside; sockets made and processes started there are inside too.</summary>
    internal static void Run(Action body)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: makes a network namespace");
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Enter();
                body();
            }
            catch (Exception caught)
            {
                failure = ExceptionDispatchInfo.Capture(caught);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
    }

    private static void Enter()
    {
        if (Unshare(CloneNewNet) != 0)
            throw LinuxException.Last("unshare(CLONE_NEWNET)");
        using var any = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        // struct ifreq: name[16], then the flags.
        Span<byte> request = stackalloc byte[40];
        request.Clear();
        "lo"u8.CopyTo(request);
        BitConverter.TryWriteBytes(request[16..], FlagUpRunning);
        if (Ioctl((int)any.Handle, SetInterfaceFlags, ref MemoryMarshal.GetReference(request)) != 0)
            throw LinuxException.Last("ioctl(SIOCSIFFLAGS, lo)");
    }

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    private static partial int Unshare(int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(int descriptor, nuint request, ref byte argument);
}
