using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace HpcCr.Linux;

/// <summary>The calls of netlink(7) that sock_diag needs.</summary>
internal static partial class NetlinkNative
{
    internal const int AfNetlink = 16;
    internal const int SockRaw = 3;
    internal const int SockCloseOnExec = 0x80000;
    internal const int NetlinkSockDiag = 4;
    internal const int MsgTrunc = 0x20;

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    internal static partial int Socket(int domain, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    internal static unsafe partial nint Send(SafeFileHandle socket, byte* data, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    internal static unsafe partial nint Receive(SafeFileHandle socket, byte* data, nint length, int flags);
}
