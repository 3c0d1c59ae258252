using System.Globalization;

namespace HpcCr.SystemTests.Infrastructure;

/// <summary>What a daemon takes at one moment.</summary>
/// <param name="Name">Which.</param>
/// <param name="Pid">Its process.</param>
/// <param name="MiB">Memory of its own: resident, and of no file.</param>
/// <param name="Descriptors">Open descriptors.</param>
internal sealed record DaemonFootprint(string Name, int Pid, double MiB, int Descriptors)
{
    /// <summary>Those of a lab's coordinator and of its first launcher.</summary>
    public static IEnumerable<DaemonFootprint> Of(Lab lab) => [Of("coordinator", Daemon.Coordinator(lab)), Of("launcher of node1", Daemon.Launcher(lab, 1))];

    private static DaemonFootprint Of(string name, int pid)
    {
        var line = ProcessText.Of($"/proc/{pid}/status").Split('\n').First(l => l.StartsWith("RssAnon:", StringComparison.Ordinal));
        var kib = double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        return new DaemonFootprint(name, pid, kib / 1024, Directory.GetFiles($"/proc/{pid}/fd").Length);
    }
}
