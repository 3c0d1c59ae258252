using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace HpcCr.Linux;

/// <summary>A new terminal (pty(7)): what is written to its slave comes out of its master.</summary>
public sealed unsafe partial class PseudoTerminal : IDisposable
{
    // _IOW('T', 0x31, int) and _IOR('T', 0x30, unsigned int)
    private const nuint Unlock = 0x40045431;
    private const nuint GetNumber = 0x80045430;

    private PseudoTerminal(SafeFileHandle master, string slavePath)
    {
        Master = master;
        SlavePath = slavePath;
    }

    /// <summary>The controlling side; close-on-exec.</summary>
    public SafeFileHandle Master { get; }

    /// <summary>Where the other side is to be opened, in the mount namespace in which the terminal was made.</summary>
    public string SlavePath { get; }

    /// <summary>How many bytes wait to be read from the master.</summary>
    public int Waiting => ReadableBytes.Of(Master);

    /// <summary>Makes one in the calling thread's mount namespace.</summary>
    /// <exception cref="LinuxException">ENOENT: no devpts is mounted; ENOSPC: there are too many.</exception>
    public static PseudoTerminal Open()
    {
        var master = FileApi.Open("/dev/ptmx", (int)(OpenFor.ReadWrite | OpenFor.NoControllingTerminal));
        var locked = 0;
        var number = 0;
        if (Control(master, Unlock, &locked) == 0 && Control(master, GetNumber, &number) == 0)
            return new PseudoTerminal(master, string.Create(CultureInfo.InvariantCulture, $"/dev/pts/{number}"));
        var failure = LinuxException.Last("ioctl(/dev/ptmx)");
        master.Dispose();
        throw failure;
    }

    /// <summary>Opens the other side; close-on-exec, and nobody's controlling terminal by that.</summary>
    /// <exception cref="LinuxException">ENOENT: in another mount namespace than the terminal was made in.</exception>
    public SafeFileHandle OpenSlave() => FileApi.Open(SlavePath, (int)(OpenFor.ReadWrite | OpenFor.NoControllingTerminal));

    /// <summary>Closes the master: whoever has the slave finds it hung up.</summary>
    public void Dispose() => Master.Dispose();

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(SafeFileHandle fd, nuint request, int* argument);
}
