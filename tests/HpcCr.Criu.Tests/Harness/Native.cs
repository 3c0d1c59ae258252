using System.ComponentModel;
using System.Runtime.InteropServices;

namespace HpcCr.Criu.Tests.Harness;

/// <summary>The system calls that tests need and .NET has not.</summary>
internal static partial class Native
{
    public const int SigKill = 9;
    private const int UnixFamily = 1;
    private const int SeqPacket = 5;
    private const int SetDescriptorFlags = 2;
    private const int CloseOnExec = 1;

    /// <summary>A socketpair of packets without close-on-exec.</summary>
    public static (int Ours, int Theirs) SocketPair()
    {
        var ends = new int[2];
        if (SocketPair(UnixFamily, SeqPacket, 0, ends) != 0) throw new Win32Exception();
        return (ends[0], ends[1]);
    }

    public static void SetCloseOnExec(int descriptor)
    {
        if (Fcntl(descriptor, SetDescriptorFlags, CloseOnExec) != 0) throw new Win32Exception();
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int pid, int signal);

    /// <summary>The session of a process (0: this one); 0 when its leader is outside our pid namespace.</summary>
    [LibraryImport("libc", EntryPoint = "getsid", SetLastError = true)]
    public static partial int GetSid(int pid);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    public static partial int WaitPid(int pid, out int status, int options);

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Mount(string source, string target, string type, nuint flags, string data);

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unmount(string target, int flags);

    [LibraryImport("libc", EntryPoint = "socketpair", SetLastError = true)]
    private static partial int SocketPair(int family, int type, int protocol, [Out] int[] ends);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Fcntl(int descriptor, int command, int argument);
}
