using System.Globalization;
using HpcCr.Core;
using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>
/// What a tree has open whose other end is outside of it: pipes, unix sockets, terminals. On standard input, output and error it
/// can be replaced at a restart; elsewhere it stands in the way.
/// </summary>
internal static class OutsideEnds
{
    private const int LastStandard = 2;

    /// <summary>Looks at the processes of this node now.</summary>
    /// <param name="tree">The tree's processes.</param>
    public static (IReadOnlyList<ReplacedFile> Replaced, IReadOnlyList<string> Faults) Of(IReadOnlyList<int> tree)
    {
        var ours = tree.SelectMany(OpenDescriptor.Of).ToList();
        var inside = tree.ToHashSet();
        var pipes = ProcFs.All().Where(pid => !inside.Contains(pid)).SelectMany(OpenDescriptor.Of).Select(file => file.InodeOf("pipe")).OfType<uint>().ToHashSet();
        var peers = UnixDiag.List().Where(socket => socket is { Peer: not 0, IsDatagram: false }).ToDictionary(socket => socket.Inode, socket => socket.Peer);
        return Judge(ours, pipes, peers, TerminalKey(ours));
    }

    /// <summary>Tells which files are to be replaced, and which cannot be.</summary>
    /// <param name="ours">All that the tree has open.</param>
    /// <param name="pipes">The pipes that processes outside have open.</param>
    /// <param name="peers">The peers of connected unix sockets.</param>
    /// <param name="terminalKey">The engine's name of a terminal from outside; null for what is none.</param>
    internal static (IReadOnlyList<ReplacedFile> Replaced, IReadOnlyList<string> Faults) Judge(
        IReadOnlyList<OpenDescriptor> ours, IReadOnlySet<uint> pipes, IReadOnlyDictionary<uint, uint> peers, Func<OpenDescriptor, string?> terminalKey)
    {
        var sockets = ours.Select(file => file.InodeOf("socket")).OfType<uint>().ToHashSet();
        var replaced = new List<ReplacedFile>();
        var faults = new List<string>();
        foreach (var file in ours.GroupBy(file => file.Target))
        {
            var any = file.First();
            if (terminalKey(any) is { } terminal)
                replaced.Add(new ReplacedFile(terminal, Replacement.Terminal));
            else if (!IsOutside(any))
                continue;
            else if (file.Any(use => use.Number <= LastStandard))
                replaced.Add(new ReplacedFile(file.Key, StandsFor([.. file.Select(use => use.Number)])));
            else
                faults.Add($"process {any.Pid} ({ProcFs.NameOf(any.Pid)}) holds descriptor {any.Number}, {file.Key}, whose other end is outside");
        }

        return (replaced, faults);

        bool IsOutside(OpenDescriptor file) =>
            (file.InodeOf("pipe") is { } pipe && pipes.Contains(pipe))
            || (file.InodeOf("socket") is { } socket && peers.TryGetValue(socket, out var peer) && !sockets.Contains(peer));
    }

    private static Replacement StandsFor(IReadOnlyList<int> numbers) =>
        numbers.Contains(1) ? Replacement.StandardOutput : numbers.Contains(2) ? Replacement.StandardError : Replacement.Nothing;

    // A terminal that the tree controls itself, as `script` and `ssh` servers do, is in the images whole.
    private static Func<OpenDescriptor, string?> TerminalKey(IReadOnlyList<OpenDescriptor> ours)
    {
        var own = ours.Select(file => file.TerminalMaster()).OfType<int>().Select(index => string.Create(CultureInfo.InvariantCulture, $"/dev/pts/{index}")).ToHashSet();
        return file => IsTerminal(file.Target) && !own.Contains(file.Target) && DeviceNumbers.Of(file.Path) is { } numbers
            ? string.Create(CultureInfo.InvariantCulture, $"tty[{numbers.Special:x}:{numbers.Device:x}]")
            : null;
    }

    private static bool IsTerminal(string path) =>
        (path.StartsWith("/dev/pts/", StringComparison.Ordinal) && !path.EndsWith("ptmx", StringComparison.Ordinal))
        || (path.StartsWith("/dev/tty", StringComparison.Ordinal) && path != "/dev/tty")
        || path == "/dev/console";
}
