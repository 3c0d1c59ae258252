namespace HpcCr.Linux;

/// <summary>A file, or what looks like one, that a process has mapped, as /proc names it.</summary>
/// <param name="Pid">The process.</param>
/// <param name="Range">The addresses of one such mapping.</param>
/// <param name="Target">A path, or a name such as <c>anon_inode:[io_uring]</c>; one that was deleted ends with <c>(deleted)</c>.</param>
public sealed record MappedFile(int Pid, string Range, string Target)
{
    /// <summary>The link in /proc; what it stands for can be looked at through it.</summary>
    public string Path => $"/proc/{Pid}/map_files/{Range}";

    /// <summary>The mappings of a process, each file once; empty when it is gone.</summary>
    /// <param name="pid">The process.</param>
    public static IReadOnlyList<MappedFile> Of(int pid) =>
    [
        .. (ProcFs.Read($"/proc/{pid}/maps") ?? "").Split('\n')
            // address perms offset device inode path
            .Select(line => line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries))
            // [heap], [stack] and the like are nobody's files.
            .Where(fields => fields is [_, _, _, _, _, not ['[', ..]])
            .DistinctBy(fields => fields[5])
            .Select(fields => new MappedFile(pid, fields[0], fields[5])),
    ];
}
