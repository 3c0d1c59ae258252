using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace HpcCr.Linux;

/// <summary>A control file of a cgroup, kept open: each write is one system call, and poll(2) reports its changes.</summary>
internal sealed unsafe partial class ControlFile : IDisposable
{
    private const int WriteOnly = 1;
    private const int CloseOnExec = 0x80000;
    private const short Priority = 0x2;
    private const short Error = 0x8;
    private readonly string _path;
    private readonly SafeFileHandle _handle;

    private ControlFile(string path, SafeFileHandle handle)
    {
        _path = path;
        _handle = handle;
    }

    public static ControlFile ForReading(string path) => Open(path, 0);

    public static ControlFile ForWriting(string path) => Open(path, WriteOnly);

    /// <summary>Writes a value to a control file once.</summary>
    public static void Write(string path, string value)
    {
        using ControlFile file = ForWriting(path);
        file.Write(Encoding.ASCII.GetBytes(value));
    }

    public void Write(ReadOnlySpan<byte> value)
    {
        fixed (byte* pointer = value)
        {
            if (WriteAt(_handle, pointer, (nuint)value.Length, 0) < 0)
                throw LinuxException.Last($"write({_path}, {Encoding.ASCII.GetString(value)})");
        }
    }

    /// <summary>Its present text (up to 4 KiB), read from the start; what changes from now on wakes <see cref="WaitForChange"/>.</summary>
    public string Read()
    {
        byte* buffer = stackalloc byte[4096];
        nint count = ReadAt(_handle, buffer, 4096, 0);
        return count >= 0 ? Encoding.ASCII.GetString(buffer, (int)count) : throw LinuxException.Last($"read({_path})");
    }

    /// <summary>Waits until the file has changed since it was last read, at most the time given.</summary>
    public void WaitForChange(TimeSpan atMost)
    {
        PollEntry entry = new() { Fd = Descriptor.Number(_handle), Events = Priority | Error };
        if (Poll(&entry, 1, (int)Math.Clamp(Math.Ceiling(atMost.TotalMilliseconds), 0, int.MaxValue)) < 0
            && Marshal.GetLastPInvokeError() != Errno.EINTR)
            throw LinuxException.Last($"poll({_path})");
    }

    public void Dispose() => _handle.Dispose();

    private static ControlFile Open(string path, int flags)
    {
        int fd = OpenFile(path, flags | CloseOnExec);
        return fd >= 0 ? new ControlFile(path, new SafeFileHandle(fd, ownsHandle: true)) : throw LinuxException.Last($"open({path})");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "pread", SetLastError = true)]
    private static partial nint ReadAt(SafeFileHandle fd, byte* buffer, nuint count, long offset);

    [LibraryImport("libc", EntryPoint = "pwrite", SetLastError = true)]
    private static partial nint WriteAt(SafeFileHandle fd, byte* buffer, nuint count, long offset);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(PollEntry* entries, nuint count, int milliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Fd;
        public short Events;
        public short Returned;
    }
}
