using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>What /proc says of one process of the job, read once for all checks.</summary>
/// <param name="Pid">The process.</param>
/// <param name="Things">What it has open, and then what it has mapped.</param>
/// <param name="Threads">Its threads.</param>
internal sealed record ProcessLook(int Pid, IReadOnlyList<OpenThing> Things, IReadOnlyList<ThreadStatus> Threads)
{
    private const string Devices = "/dev/";

    /// <summary>Its open sockets.</summary>
    public IEnumerable<(OpenDescriptor Descriptor, uint Inode)> Sockets =>
        from descriptor in Things.Select(thing => thing.Descriptor).OfType<OpenDescriptor>()
        let inode = descriptor.InodeOf("socket")
        where inode is not null
        select (descriptor, inode.Value);

    /// <summary>Looks at a process; one that has gone has nothing.</summary>
    public static ProcessLook At(int pid) => new(pid,
    [
        .. OpenDescriptor.Of(pid).Select(file => new OpenThing(file.Target, file.Path, IsFile(file.Target) ? FileFacts.Of(file.Path) : null, file)),
        .. MappedFile.Of(pid).Select(file => new OpenThing(file.Target, file.Path, IsRemarkable(file.Target) ? FileFacts.Of(file.Path) : null, null)),
    ], ThreadStatus.Of(pid));

    private static bool IsFile(string target) => target.StartsWith('/');

    // A process maps dozens of libraries.
    private static bool IsRemarkable(string target) => target.StartsWith(Devices, StringComparison.Ordinal) || target.EndsWith(')');
}
