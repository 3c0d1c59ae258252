using System.Text.Json.Serialization;
using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>What the kernel knew of the sandbox's processes at the cut and the engine's images do not have, or have wrongly; beside the images, as JSON.</summary>
/// <param name="Terminals">Terminals that were hung up or in which something waited.</param>
/// <param name="Fifos">Reading ends of FIFOs that had had no writer since they were opened.</param>
/// <param name="Locks">All locks of fcntl(2).</param>
/// <param name="Sockets">Sockets with options of which the images have nothing.</param>
/// <param name="CpuTimes">What processes with an RLIMIT_CPU had used.</param>
internal sealed record KernelStateRecord(
    IReadOnlyList<TerminalRecord> Terminals, IReadOnlyList<FifoRecord> Fifos, IReadOnlyList<LockRecord> Locks, IReadOnlyList<SocketRecord> Sockets, IReadOnlyList<CpuTimeRecord> CpuTimes)
{
    /// <summary>Whether there is nothing to be said.</summary>
    [JsonIgnore]
    public bool IsEmpty => Terminals.Count + Fifos.Count + Locks.Count + Sockets.Count + CpuTimes.Count == 0;

    /// <summary>Its name in staging and epoch.</summary>
    public const string FileName = "kernel-state.json";
}

/// <summary>A terminal's master, and what waited in the terminal: see <see cref="TerminalQueues"/>.</summary>
internal sealed record TerminalRecord(int Pid, int Descriptor, bool IsHungUp, byte[] Output, IReadOnlyList<byte[]> Lines, byte[] Begun);

/// <summary>A reading end of a FIFO.</summary>
internal sealed record FifoRecord(int Pid, int Descriptor, uint Inode, bool IsBlocking);

/// <summary>A lock of fcntl(2), by its owner.</summary>
internal sealed record LockRecord(int Pid, int Descriptor, bool IsExclusive, long Start, long Length);

/// <summary>A socket. KeepAlive and UserTimeoutMs: of a TCP socket without a connection.</summary>
internal sealed record SocketRecord(int Pid, int Descriptor, bool KeepAlive, int UserTimeoutMs, MulticastSettings? Multicast);

/// <summary>The processor time of a process, in seconds.</summary>
internal sealed record CpuTimeRecord(int Pid, ulong Seconds);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(KernelStateRecord))]
internal sealed partial class KernelStateJson : JsonSerializerContext;
