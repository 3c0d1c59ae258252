using System.Globalization;

namespace HpcCr.Linux;

/// <summary>Who a thread is, and who traces it (proc(5), status).</summary>
/// <param name="Number">The thread.</param>
/// <param name="Tracer">The process that traces it; 0: none.</param>
/// <param name="Users">Real, effective, saved and file-system uid.</param>
/// <param name="Groups">The same of its groups, and the supplementary ones after them.</param>
/// <param name="HasCapabilities">It has a capability: effective, permitted, inheritable or ambient.</param>
public sealed record ThreadStatus(int Number, int Tracer, IReadOnlyList<uint> Users, IReadOnlyList<uint> Groups, bool HasCapabilities)
{
    private static readonly string[] CapabilitySets = ["CapInh", "CapPrm", "CapEff", "CapAmb"];

    /// <summary>The threads of a process; empty when it is gone.</summary>
    /// <param name="pid">The process.</param>
    public static IReadOnlyList<ThreadStatus> Of(int pid)
    {
        try
        {
            return [.. Directory.GetDirectories($"/proc/{pid}/task").Select(Read).OfType<ThreadStatus>()];
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static ThreadStatus? Read(string folder)
    {
        var fields = new Dictionary<string, string>();
        foreach (var line in (ProcFs.Read(Path.Combine(folder, "status")) ?? "").Split('\n'))
            if (line.IndexOf(':', StringComparison.Ordinal) is var at and > 0)
                fields[line[..at]] = line[(at + 1)..].Trim();
        if (!fields.TryGetValue("TracerPid", out var tracer))
            return null;
        return new ThreadStatus(
            int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture),
            int.Parse(tracer, CultureInfo.InvariantCulture),
            Numbers(fields["Uid"]),
            [.. Numbers(fields["Gid"]), .. Numbers(fields["Groups"])],
            CapabilitySets.Any(set => fields.TryGetValue(set, out var bits) && bits.Trim('0').Length > 0));
    }

    private static uint[] Numbers(string text) =>
        [.. text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(number => uint.Parse(number, CultureInfo.InvariantCulture))];
}
