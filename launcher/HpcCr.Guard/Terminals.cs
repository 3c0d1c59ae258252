using System.Globalization;
using Google.Protobuf;
using HpcCr.Linux;
using HpcCr.Protocol.V1.Local;

namespace HpcCr.Guard;

/// <summary>The terminals whose masters processes of the sandbox have. While the engine dumps them they are empty.</summary>
internal sealed class Terminals
{
    private const string Slave = "/dev/pts/";
    private readonly List<(OpenDescriptor Master, bool HasSlave)> _masters = [];
    private readonly List<(OpenDescriptor Master, TerminalQueues Queues)> _taken = [];

    /// <summary>What was taken for the last dump.</summary>
    public IReadOnlyList<TerminalState> AtDump { get; private set; } = [];

    /// <summary>Finds them; the sandbox is frozen.</summary>
    /// <param name="open">What each of its processes has open.</param>
    public void Note(IReadOnlyList<IReadOnlyList<OpenDescriptor>> open)
    {
        _masters.Clear();
        AtDump = [];
        var masters = open.SelectMany(files => files).Select(file => (File: file, Number: file.TerminalMaster())).Where(m => m.Number is not null).ToList();
        if (masters.Count == 0)
            return;
        var slaves = open.SelectMany(files => files).Select(file => file.Target).Where(target => target.StartsWith(Slave, StringComparison.Ordinal)).ToHashSet();
        _masters.AddRange(masters.DistinctBy(m => m.Number).Select(m => (m.File, slaves.Contains(string.Create(CultureInfo.InvariantCulture, $"{Slave}{m.Number}")))));
    }

    /// <summary>Takes out what waits in them, until the result is disposed of; the sandbox is frozen all the while.</summary>
    public IDisposable Take()
    {
        _taken.Clear();
        foreach (var (master, hasSlave) in _masters)
            if (With(master, file => TerminalQueues.Take(file, hasSlave)) is { IsEmpty: false } queues)
                _taken.Add((master, queues));
        AtDump = [.. _taken.Select(t => ToWire(t.Master, t.Queues))];
        return new Borrowed(this);
    }

    private void PutBack()
    {
        foreach (var (master, queues) in _taken.Where(t => t.Queues.HasData))
            With(master, file =>
            {
                queues.PutBack(file);
                return queues;
            });
        _taken.Clear();
    }

    private static TerminalQueues? With(OpenDescriptor master, Func<Microsoft.Win32.SafeHandles.SafeFileHandle, TerminalQueues> work)
    {
        try
        {
            using var process = PidFd.Open(master.Pid);
            using var file = process.GetFd(master.Number);
            return work(file);
        }
        catch (Exception e) when (e is LinuxException or TimeoutException)
        {
            GuardLog.Write($"the terminal of process {master.Pid}, descriptor {master.Number}: {e.Message}");
            return null;
        }
    }

    private static TerminalState ToWire(OpenDescriptor master, TerminalQueues queues) => new()
    {
        Pid = ProcFs.NamespacePids(master.Pid) is [.., var inside] ? inside : 0,
        FileDescriptor = master.Number,
        HungUp = queues.IsHungUp,
        Output = ByteString.CopyFrom(queues.Output),
        Lines = { queues.Lines.Select(line => ByteString.CopyFrom(line)) },
        Begun = ByteString.CopyFrom(queues.Begun),
    };

    private sealed class Borrowed(Terminals terminals) : IDisposable
    {
        public void Dispose() => terminals.PutBack();
    }
}
