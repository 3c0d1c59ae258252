using HpcCr.Linux;
using HpcCr.Plugins;

namespace HpcCr.Launcher;

/// <summary>Connected unix sockets and pipes of a sandbox whose other end a program outside the job holds: the engine cannot connect them again.</summary>
internal static class SandboxEnds
{
    private const int AccessMode = 3;
    private const int ReadWrite = 2;

    /// <summary>Looks at the processes of the sandbox.</summary>
    public static IReadOnlyList<OutsideEnd> Of(IReadOnlyList<ProcessLook> processes)
    {
        var inside = processes.Select(process => process.Pid).ToHashSet();
        var files = processes.SelectMany(process => process.Things).Select(thing => thing.Descriptor).OfType<OpenDescriptor>().ToList();
        var ends = Sockets(files).Concat(Pipes(files)).ToList();
        // Rare, so that it may be dear. The other end may also be on its way from one process of the job to another, in nobody's hands.
        var holders = ends.Count == 0 ? [] : HoldersOf(ends.Select(end => end.OtherEnd).ToHashSet(), inside);
        return
        [
            .. from end in ends
               where holders.ContainsKey(end.OtherEnd)
               select new OutsideEnd
               {
                   Id = end.File.Target,
                   Path = end.Path,
                   Pid = end.File.Pid,
                   Descriptor = end.File.Number,
                   Holder = ProcessNames.Of(holders[end.OtherEnd]),
               },
        ];
    }

    private static IEnumerable<(OpenDescriptor File, string OtherEnd, string Path)> Sockets(List<OpenDescriptor> files)
    {
        var held = files.Where(file => file.InodeOf("socket") is not null).DistinctBy(file => file.Target).ToDictionary(file => file.InodeOf("socket")!.Value);
        if (held.Count == 0)
            return [];
        var all = UnixDiag.List();
        var paths = all.ToDictionary(socket => socket.Inode, socket => socket.Path);
        return from socket in all
               where socket is { Peer: not 0, IsDatagram: false } && held.ContainsKey(socket.Inode) && !held.ContainsKey(socket.Peer)
               select (held[socket.Inode], $"socket:[{socket.Peer}]", paths.GetValueOrDefault(socket.Peer, ""));
    }

    // A pipe of which the job has both ends is the job's own, whoever has it too.
    private static IEnumerable<(OpenDescriptor File, string OtherEnd, string Path)> Pipes(List<OpenDescriptor> files) =>
        from pipe in files.Where(file => file.InodeOf("pipe") is not null).GroupBy(file => file.Target)
        let modes = pipe.Select(file => (file.OpenFlags() ?? ReadWrite) & AccessMode).ToHashSet()
        where modes.Count == 1 && !modes.Contains(ReadWrite)
        select (pipe.First(), pipe.Key, "");

    private static Dictionary<string, int> HoldersOf(HashSet<string> wanted, HashSet<int> job) =>
        ProcFs.All().Where(pid => !job.Contains(pid)).SelectMany(OpenDescriptor.Of).Where(file => wanted.Contains(file.Target))
            .DistinctBy(file => file.Target).ToDictionary(file => file.Target, file => file.Pid);
}
