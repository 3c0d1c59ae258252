using System.Globalization;
using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>One way in which a process has a file: a descriptor, or a mapping that is shared and writable.</summary>
/// <param name="Path">The file, as the kernel names it.</param>
/// <param name="Link">Where in /proc it can be looked at.</param>
/// <param name="Flags">As in open(2); of a mapping: those with which every write goes where it was.</param>
/// <param name="Offset">Where the next byte would go; null for a mapping.</param>
internal sealed record FileUse(string Path, string Link, int Flags, long? Offset)
{
    private const int AccessMode = 3;
    private const int WriteOnly = 1;
    private const int ReadWrite = 2;
    private const int Append = 0x400;

    /// <summary>It lost its name.</summary>
    public bool IsDeleted { get; init; }

    /// <summary>The name that it had or has.</summary>
    public string Name => IsDeleted ? DeletedName.Of(Path) : Path;

    /// <summary>Something can be written by it.</summary>
    public bool IsWritable => (Flags & AccessMode) != 0;

    /// <summary>
    /// Whether bytes before the end may be rewritten by it. Who appends writes to the end whatever happens (O_APPEND), or has only
    /// writing in mind and stands at the end.
    /// </summary>
    /// <param name="size">How long the file is, in bytes.</param>
    public bool Rewrites(long size) => Offset is null
        || ((Flags & Append) == 0 && ((Flags & AccessMode) == ReadWrite || ((Flags & AccessMode) == WriteOnly && Offset < size)));

    /// <summary>Those of a process; empty when it is gone.</summary>
    public static IEnumerable<FileUse> Of(int pid) =>
        OpenDescriptor.Of(pid).Where(d => d.Target.StartsWith('/')).Select(Read).OfType<FileUse>().Concat(SharedMappings(pid));

    /// <summary>The shared and writable mappings of files of a process; empty when it is gone.</summary>
    public static IEnumerable<FileUse> SharedMappings(int pid)
    {
        // address perms offset device inode path
        foreach (var line in LinesOf($"/proc/{pid}/maps"))
            if (line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries) is [var range, [_, 'w', _, 's'], _, _, _, ['/', ..] path])
                yield return Marked(pid, new FileUse(path, $"/proc/{pid}/map_files/{string.Join('-', range.Split('-').Select(end => end.TrimStart('0')))}", ReadWrite, null));
    }

    private static FileUse Marked(int pid, FileUse use) => use with { IsDeleted = DeletedName.Is(pid, use.Path, use.Link) };

    private static FileUse? Read(OpenDescriptor descriptor)
    {
        var info = LinesOf($"/proc/{descriptor.Pid}/fdinfo/{descriptor.Number}");
        return Field(info, "pos:") is { } offset && Field(info, "flags:") is { } flags
            ? Marked(descriptor.Pid, new FileUse(descriptor.Target, descriptor.Path, Convert.ToInt32(flags, 8), long.Parse(offset, CultureInfo.InvariantCulture)))
            : null;
    }

    private static string? Field(string[] lines, string label) =>
        lines.FirstOrDefault(line => line.StartsWith(label, StringComparison.Ordinal))?[label.Length..].Trim();

    private static string[] LinesOf(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
