using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace HpcCr.Linux;

/// <summary>ioctl_tty(2), and read(2) and write(2) on terminals.</summary>
internal static unsafe partial class TerminalApi
{
    private const nuint GetSettings = 0x5401;
    private const nuint SetSettings = 0x5402;
    private const nuint FlowControl = 0x540A;
    private const nuint PacketMode = 0x5420;
    private const nuint GetDiscipline = 0x5424;
    private const nuint GetPacketMode = 0x80045438;
    private const nuint OpenPeer = 0x5441;
    private const int ReadWrite = 0x2;
    private const int NoControllingTerminal = 0x100;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;

    internal static TerminalSettings Settings(SafeHandle terminal)
    {
        TerminalSettings settings;
        return Control(terminal, GetSettings, &settings) == 0 ? settings : throw LinuxException.Last("ioctl(TCGETS)");
    }

    internal static void Set(SafeHandle terminal, TerminalSettings settings)
    {
        if (Control(terminal, SetSettings, &settings) != 0)
            throw LinuxException.Last("ioctl(TCSETS)");
    }

    /// <summary>0 for the usual one, N_TTY; null when it cannot be told.</summary>
    internal static int? Discipline(SafeHandle terminal)
    {
        var number = 0;
        return Control(terminal, GetDiscipline, &number) == 0 ? number : null;
    }

    internal static bool IsInPacketMode(SafeHandle master)
    {
        var on = 0;
        return Control(master, GetPacketMode, &on) == 0 && on != 0;
    }

    internal static void SetPacketMode(SafeHandle master, bool on)
    {
        var value = on ? 1 : 0;
        if (Control(master, PacketMode, &value) != 0)
            throw LinuxException.Last("ioctl(TIOCPKT)");
    }

    internal static void SetFlow(SafeHandle terminal, bool on) => Control(terminal, FlowControl, (void*)(on ? 1 : 0));

    /// <summary>Opens the other side of a master; reads and writes do not wait.</summary>
    internal static SafeFileHandle OpenSlave(SafeHandle master)
    {
        var descriptor = Control(master, OpenPeer, (void*)(ReadWrite | NoControllingTerminal | NonBlocking | CloseOnExec));
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw LinuxException.Last("ioctl(TIOCGPTPEER)");
    }

    /// <summary>What one read gives; null when that is an error, nothing to be read included.</summary>
    internal static byte[]? ReadOnce(SafeHandle terminal)
    {
        var buffer = new byte[65536];
        nint count;
        fixed (byte* bytes = buffer)
            count = Read(terminal, bytes, (nuint)buffer.Length);
        return count >= 0 ? buffer[..(int)count] : null;
    }

    /// <returns>How many were taken; 0 when there is no room.</returns>
    internal static int WriteOnce(SafeHandle terminal, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* at = bytes)
            return (int)Math.Max(0, Write(terminal, at, (nuint)bytes.Length));
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(SafeHandle fd, nuint request, void* argument);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(SafeHandle fd, byte* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeHandle fd, byte* buffer, nuint length);
}
