namespace HpcCr.Linux;

/// <summary>Which sockets a process has open, from /proc/PID/fd.</summary>
public static class SocketInodes
{
    /// <summary>The inodes of all open sockets of a process, of every kind.</summary>
    /// <param name="pid">The process, in this mount's /proc.</param>
    /// <returns>Empty when the process has gone.</returns>
    /// <exception cref="UnauthorizedAccessException">The process is not ours to look into.</exception>
    public static IReadOnlySet<uint> Of(int pid) => Descriptors(pid).Select(entry => entry.Inode).ToHashSet();

    /// <summary>The open sockets of a process by descriptor number.</summary>
    internal static List<(int Descriptor, uint Inode)> Descriptors(int pid)
    {
        var found = new List<(int, uint)>();
        try
        {
            foreach (var link in Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd"))
            {
                if (TargetOf(link) is { } target && InodeOf(target) is { } inode && int.TryParse(Path.GetFileName(link.AsSpan()), out var descriptor))
                    found.Add((descriptor, inode));
            }
        }
        catch (IOException)
        {
            // The process went while we looked: what it had open is closed.
            return [];
        }
        return found;
    }

    private static string? TargetOf(string link)
    {
        try
        {
            return new FileInfo(link).LinkTarget;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static uint? InodeOf(string target) =>
        target.StartsWith("socket:[", StringComparison.Ordinal) && uint.TryParse(target.AsSpan(8, target.Length - 9), out var inode) ? inode : null;
}
