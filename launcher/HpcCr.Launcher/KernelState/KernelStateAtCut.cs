using System.Text.Json;
using HpcCr.Linux;
using HpcCr.Protocol.V1.Local;

namespace HpcCr.Launcher;

/// <summary>Notes what the engine does not, while the sandbox is frozen.</summary>
internal static class KernelStateAtCut
{
    /// <summary>Looks at the sandbox's processes; changes nothing.</summary>
    /// <param name="epoch">The epoch, drained.</param>
    public static KernelStateRecord Look(EpochWork epoch)
    {
        var open = epoch.Pids.Select(OpenDescriptor.Of).Where(files => files.Count > 0).ToList();
        var inside = open.ToDictionary(files => files[0].Pid, files => ProcFs.NamespacePids(files[0].Pid) is [.., var number] ? number : 0);
        return new KernelStateRecord([], Fifos(open, inside), Locks(open, inside), Sockets(open, inside, epoch), CpuTimes(epoch.Pids));
    }

    /// <summary>Writes it beside the images, if there is anything to be said.</summary>
    public static void Write(EpochWork epoch, KernelStateRecord seen, IEnumerable<TerminalState> terminals)
    {
        var state = seen with
        {
            Terminals = [.. terminals.Select(t => new TerminalRecord(t.Pid, t.FileDescriptor, t.HungUp, t.Output.ToByteArray(), [.. t.Lines.Select(line => line.ToByteArray())], t.Begun.ToByteArray()))],
        };
        if (!state.IsEmpty)
            AtomicFile.Write(Path.Combine(epoch.Staging, KernelStateRecord.FileName), JsonSerializer.SerializeToUtf8Bytes(state, KernelStateJson.Default.KernelStateRecord),
                UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static List<FifoRecord> Fifos(List<IReadOnlyList<OpenDescriptor>> open, Dictionary<int, int> inside)
    {
        var ends = open.SelectMany(files => NamedPipeEnd.Of(files).Select(end => (Pid: inside[files[0].Pid], End: end))).ToList();
        var written = ends.Where(e => e.End.IsWriter).Select(e => e.End.Inode).ToHashSet();
        return [.. ends.Where(e => !e.End.IsHungUp && !written.Contains(e.End.Inode)).Select(e => new FifoRecord(e.Pid, e.End.Descriptor, e.End.Inode, e.End.IsBlocking))];
    }

    private static List<LockRecord> Locks(List<IReadOnlyList<OpenDescriptor>> open, Dictionary<int, int> inside)
    {
        var owners = PosixLock.Owners();
        return [.. from files in open
                   where owners.Contains(files[0].Pid)
                   from found in PosixLock.Of(files)
                   select new LockRecord(inside[files[0].Pid], found.Descriptor, found.IsExclusive, found.Start, found.Length)];
    }

    private static List<SocketRecord> Sockets(List<IReadOnlyList<OpenDescriptor>> open, Dictionary<int, int> inside, EpochWork epoch)
    {
        var sockets = new List<SocketRecord>();
        var left = epoch.ParkedApart.ToHashSet();
        foreach (var files in open)
        {
            sockets.AddRange(MulticastSettings.Of(files).Select(found => new SocketRecord(inside[files[0].Pid], found.Key, false, 0, found.Value)));
            if (left.Count == 0)
                continue;
            foreach (var (cookie, descriptor) in KeepAlive.Find(files, left))
            {
                left.Remove(cookie);
                sockets.Add(new SocketRecord(inside[files[0].Pid], descriptor, epoch.Parked[cookie].KeepAlive, epoch.Parked[cookie].UserTimeoutMs, null));
            }
        }

        return sockets;
    }

    private static List<CpuTimeRecord> CpuTimes(IReadOnlyList<int> pids) =>
    [
        .. from pid in pids
           where ProcFs.HasCpuLimit(pid)
           let used = ProcFs.CpuTime(pid)
           where used is not null && used.Value.TotalSeconds >= 1
           select new CpuTimeRecord(ProcFs.NamespacePids(pid) is [.., var inside] ? inside : 0, (ulong)used.Value.TotalSeconds),
    ];
}
