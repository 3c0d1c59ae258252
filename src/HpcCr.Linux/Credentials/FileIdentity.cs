using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace HpcCr.Linux;

/// <summary>
/// Gives a child that runs as root the file-system identity of a user, so that a file server which squashes root sees the user. All else,
/// capabilities too, stays root's. execve(2) takes such an identity away, so it is given to a program that has begun to wait for a message
/// (recvfrom(2)), in whose place it makes the calls: a wrapper before it, such as a loader, is over by then.
/// </summary>
public static unsafe class FileIdentity
{
    private const int SetFileUserNumber = 122;
    private const int SetFileGroupNumber = 123;
    private const ulong ReceiveNumber = 45;
    private const int Rax = 10;
    private const int Rdi = 14;
    private const int OriginalRax = 15;
    private const int Rip = 16;
    private const ulong InstructionLength = 2;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    /// <summary>Whether it can be done on this processor.</summary>
    public static bool IsSupported => RuntimeInformation.ProcessArchitecture == Architecture.X64;

    /// <summary>The calling thread, for the rest of its life: what it starts has these groups, and keeps its capabilities when <see cref="Give"/> comes.</summary>
    /// <param name="groups">The user's groups.</param>
    /// <exception cref="LinuxException">EPERM: not root.</exception>
    public static void Prepare(IReadOnlyList<uint> groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        CredentialApi.SetThreadGroups([.. groups]);
        CredentialApi.KeepCapabilities();
    }

    /// <summary>Gives it. The caller is the only tracer meanwhile, and the child has one thread.</summary>
    /// <param name="pid">The child.</param>
    /// <param name="uid">The user.</param>
    /// <param name="gid">The user's primary group.</param>
    /// <exception cref="LinuxException">The child is gone, may not be traced, or has not got the identity. It is to be ended.</exception>
    /// <exception cref="TimeoutException">It does not come to wait for a message.</exception>
    public static void Give(int pid, uint uid, uint gid)
    {
        TraceApi.Ask(TraceApi.Seize, pid, 0, TraceApi.MarkSystemCalls);
        TraceApi.Ask(TraceApi.Interrupt, pid, 0, 0);
        _ = TraceApi.WaitForStop(pid, Deadline);
        // Groups first, as everywhere.
        Call(pid, SetFileGroupNumber, gid);
        Call(pid, SetFileUserNumber, uid);
        TraceApi.Ask(TraceApi.Detach, pid, 0, 0);
        Require(pid, "Gid:", gid);
        Require(pid, "Uid:", uid);
    }

    // Where it would wait for its first message the child makes our call instead, and then its own again.
    private static void Call(int pid, ulong number, uint argument)
    {
        GoTo(pid, TraceApi.AtEntry, ReceiveNumber);
        var own = stackalloc ulong[TraceApi.RegisterCount];
        var ours = stackalloc ulong[TraceApi.RegisterCount];
        TraceApi.Ask(TraceApi.GetRegisters, pid, 0, (nint)own);
        new Span<ulong>(own, TraceApi.RegisterCount).CopyTo(new Span<ulong>(ours, TraceApi.RegisterCount));
        (ours[OriginalRax], ours[Rdi]) = (number, argument);
        TraceApi.Ask(TraceApi.SetRegisters, pid, 0, (nint)ours);
        GoTo(pid, TraceApi.AtExit, number);
        (own[Rax], own[Rip]) = (own[OriginalRax], own[Rip] - InstructionLength);
        TraceApi.Ask(TraceApi.SetRegisters, pid, 0, (nint)own);
    }

    private static void GoTo(int pid, byte edge, ulong number)
    {
        var signal = 0;
        var clock = Stopwatch.StartNew();
        do
        {
            if (clock.Elapsed > Deadline)
                throw new TimeoutException($"process {pid} did not come to wait for a message within {Deadline.TotalSeconds:F0} s");
            TraceApi.Ask(TraceApi.Continue, pid, 0, signal == TraceApi.SystemCallStop ? 0 : signal);
            signal = TraceApi.WaitForStop(pid, Deadline);
        }
        while (signal != TraceApi.SystemCallStop || !TraceApi.IsAt(pid, edge, number));
    }

    private static void Require(int pid, string field, uint id)
    {
        var ids = ProcFs.StatusField($"/proc/{pid}/status", field)?.Split('\t', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (ids?[^1] != id.ToString(CultureInfo.InvariantCulture))
            throw new LinuxException($"setfs{field[..3].ToLowerInvariant()}({id}) in process {pid}", Errno.EPERM);
    }
}
