namespace HpcCr.Linux;

/// <summary>Leases of files (fcntl(2), F_SETLEASE): who opens such a file breaks the lease, and its holder is told with a signal.</summary>
public static class FileLease
{
    private const string Table = "/proc/locks";
    private const string Kind = "LEASE";

    /// <summary>Whether one of some processes holds any.</summary>
    /// <param name="processes">Their numbers.</param>
    public static bool IsHeldByAny(IReadOnlyCollection<int> processes)
    {
        // number: kind state mode pid device:inode from to
        return (ProcFs.Read(Table) ?? "").Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Any(fields => fields is [_, Kind, _, _, var holder, ..] && int.TryParse(holder, out var pid) && processes.Contains(pid));
    }
}
