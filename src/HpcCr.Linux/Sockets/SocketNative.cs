using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace HpcCr.Linux;

/// <summary>getsockopt(2), setsockopt(2), getsockname(2), getpeername(2) and recv(2).</summary>
internal static partial class SocketNative
{
    internal const int LevelSocket = 1;
    internal const int LevelTcp = 6;
    internal const int ReuseAddress = 2;
    internal const int Type = 3;
    internal const int KeepAlive = 9;
    internal const int AcceptConnections = 30;
    internal const int Protocol = 38;
    internal const int Domain = 39;
    internal const int Cookie = 57;
    internal const int TcpInfo = 11;
    internal const int TcpQuickAck = 12;
    internal const int TcpUserTimeout = 18;
    internal const int TcpRepair = 19;
    internal const int OutOfBand = 0x1;
    internal const int Peek = 0x2;
    internal const int DontWait = 0x40;

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    internal static partial int GetOption(SafeFileHandle socket, int level, int option, out int value, ref uint length);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    internal static partial int GetOption(SafeFileHandle socket, int level, int option, out ulong value, ref uint length);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    internal static unsafe partial int GetOption(SafeFileHandle socket, int level, int option, byte* value, ref uint length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    internal static partial int SetOption(SafeFileHandle socket, int level, int option, in int value, uint length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    internal static partial int SetOption(SafeFileHandle socket, int level, int option, byte[] value, uint length);

    [LibraryImport("libc", EntryPoint = "getsockname", SetLastError = true)]
    internal static unsafe partial int GetName(SafeFileHandle socket, byte* address, ref uint length);

    [LibraryImport("libc", EntryPoint = "getpeername", SetLastError = true)]
    internal static unsafe partial int GetPeer(SafeFileHandle socket, byte* address, ref uint length);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    internal static unsafe partial nint Receive(SafeFileHandle socket, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    internal static partial nint Receive(SafeFileHandle socket, out byte buffer, nuint length, int flags);
}
