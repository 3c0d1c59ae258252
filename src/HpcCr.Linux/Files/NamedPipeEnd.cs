using System.Runtime.InteropServices;

namespace HpcCr.Linux;

/// <summary>An end of a FIFO (fifo(7)) that a process has open.</summary>
/// <param name="Inode">The FIFO's number in its file system.</param>
/// <param name="Descriptor">The descriptor.</param>
/// <param name="IsWriter">Whether it can be written to, and perhaps read from too.</param>
/// <param name="IsHungUp">Of a reader: its last writer has left.</param>
/// <param name="IsBlocking">Whether reads wait.</param>
public sealed partial record NamedPipeEnd(uint Inode, int Descriptor, bool IsWriter, bool IsHungUp, bool IsBlocking)
{
    private const int AccessMode = 3;
    private const int NonBlocking = 0x800;
    private const int SetFlags = 4;

    /// <summary>Those of one process.</summary>
    /// <param name="open">What it has open.</param>
    /// <exception cref="LinuxException">The process is not ours to reach into.</exception>
    public static IReadOnlyList<NamedPipeEnd> Of(IReadOnlyList<OpenDescriptor> open)
    {
        ArgumentNullException.ThrowIfNull(open);
        return [.. open.Where(file => file.Target.StartsWith('/')).Select(Look).OfType<NamedPipeEnd>()];
    }

    /// <summary>Has reads of a descriptor wait.</summary>
    /// <exception cref="LinuxException">The process is not ours to reach into.</exception>
    public static void SetBlocking(OpenDescriptor open)
    {
        ArgumentNullException.ThrowIfNull(open);
        if (open.OpenFlags() is not { } flags)
            return;
        using var process = PidFd.Open(open.Pid);
        using var file = process.GetFd(open.Number);
        if (Control(file, SetFlags, flags & ~NonBlocking) != 0)
            throw LinuxException.Last($"fcntl(pid {open.Pid}, fd {open.Number}, F_SETFL)");
    }

    private static NamedPipeEnd? Look(OpenDescriptor open)
    {
        if (FileFacts.Of(open.Path) is not { IsPipe: true } facts || open.OpenFlags() is not { } flags)
            return null;
        using var process = PidFd.Open(open.Pid);
        using var file = process.GetFd(open.Number);
        return new NamedPipeEnd((uint)facts.Inode, open.Number, (flags & AccessMode) != 0, PollApi.IsHungUp(file), (flags & NonBlocking) == 0);
    }

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(SafeHandle fd, int command, nint argument);
}
