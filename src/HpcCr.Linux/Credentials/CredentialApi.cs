using System.Runtime.InteropServices;

namespace HpcCr.Linux;

/// <summary>The calls that change who a thread or process is (credentials(7)).</summary>
internal static unsafe partial class CredentialApi
{
    /// <summary>Asks setfsuid(2) and setfsgid(2) for the current value without changing it.</summary>
    public const uint Query = uint.MaxValue;

    private const int NoNewPrivileges = 38;

    // libc's setgroups changes all threads; the bare system call changes the calling one.
    private static long ThreadGroupsNumber => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 116,
        Architecture.Arm64 => 159,
        _ => throw new PlatformNotSupportedException($"setgroups(2) has no known number on {RuntimeInformation.ProcessArchitecture}."),
    };

    public static void SetThreadGroups(uint[] groups)
    {
        fixed (uint* pointer = groups)
        {
            if (SystemCall(ThreadGroupsNumber, groups.Length, pointer) != 0)
                throw LinuxException.Last($"setgroups({string.Join(',', groups)})");
        }
    }

    public static void SetProcessGroups(uint[] groups)
    {
        fixed (uint* pointer = groups)
        {
            if (SetGroups((nuint)groups.Length, pointer) != 0)
                throw LinuxException.Last($"setgroups({string.Join(',', groups)})");
        }
    }

    public static void SetNoNewPrivileges()
    {
        if (Control(NoNewPrivileges, 1, 0, 0, 0) != 0)
            throw LinuxException.Last("prctl(PR_SET_NO_NEW_PRIVS)");
    }

    /// <summary>Of the calling thread alone; returns the previous value, changed or not.</summary>
    [LibraryImport("libc", EntryPoint = "setfsuid")]
    public static partial uint SetFileUser(uint uid);

    /// <summary>Of the calling thread alone; returns the previous value, changed or not.</summary>
    [LibraryImport("libc", EntryPoint = "setfsgid")]
    public static partial uint SetFileGroup(uint gid);

    [LibraryImport("libc", EntryPoint = "setresuid", SetLastError = true)]
    public static partial int SetUsers(uint real, uint effective, uint saved);

    [LibraryImport("libc", EntryPoint = "setresgid", SetLastError = true)]
    public static partial int SetGroups(uint real, uint effective, uint saved);

    [LibraryImport("libc", EntryPoint = "gettid")]
    public static partial int ThreadId();

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "setgroups", SetLastError = true)]
    private static partial int SetGroups(nuint count, uint* groups);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int Control(int option, nint argument2, nint argument3, nint argument4, nint argument5);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long SystemCall(long number, nint count, uint* groups);
}
