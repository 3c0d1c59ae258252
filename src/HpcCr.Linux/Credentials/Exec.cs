using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace HpcCr.Linux;

/// <summary>This process becomes another program (execve(2)).</summary>
public static unsafe partial class Exec
{
    private const nint Default = 0;
    private const nint Ignored = 1;
    private const int SetMask = 2;
    private const int ActionSize = 256;

    /// <summary>Replaces this process by a program; signals that .NET ignores (SIGPIPE) or blocks are at their defaults in it.</summary>
    /// <param name="path">The program: a path; see <see cref="ProgramPath.Resolve"/> for names.</param>
    /// <param name="argv">Its arguments, the name it is called by first.</param>
    /// <param name="environment">Its environment as <c>NAME=VALUE</c>.</param>
    /// <exception cref="LinuxException">The program cannot be run; this process goes on as before.</exception>
    [DoesNotReturn]
    public static void Replace(string path, IReadOnlyList<string> argv, IReadOnlyList<string> environment)
    {
        using var arguments = new NativeStrings(argv);
        using var variables = new NativeStrings(environment);

        // execve itself resets handlers to the default; what is ignored stays ignored, and the mask is kept.
        int[] ignored = [.. Enumerable.Range(1, Signals.Last).Where(IsIgnored)];
        foreach (int signal in ignored)
            _ = Signal(signal, Default);
        byte* none = stackalloc byte[SpawnApi.SignalSetSize];
        byte* before = stackalloc byte[SpawnApi.SignalSetSize];
        new Span<byte>(none, SpawnApi.SignalSetSize).Clear();
        _ = ThreadMask(SetMask, none, before);

        _ = Execute(path, arguments.Pointer, variables.Pointer);
        int errno = Marshal.GetLastPInvokeError();
        _ = ThreadMask(SetMask, before, null);
        foreach (int signal in ignored)
            _ = Signal(signal, Ignored);
        throw new LinuxException($"execve({path})", errno);
    }

    private static bool IsIgnored(int signal)
    {
        byte* action = stackalloc byte[ActionSize];
        return Action(signal, null, action) == 0 && *(nint*)action == Ignored;
    }

    [LibraryImport("libc", EntryPoint = "execve", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, byte** argv, byte** envp);

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint Signal(int signal, nint handler);

    [LibraryImport("libc", EntryPoint = "sigaction")]
    private static partial int Action(int signal, byte* action, byte* previous);

    [LibraryImport("libc", EntryPoint = "pthread_sigmask")]
    private static partial int ThreadMask(int how, byte* set, byte* previous);
}
