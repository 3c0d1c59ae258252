using System.Globalization;

namespace HpcCr.Linux;

/// <summary>A descriptor that a process has open, as /proc names what it stands for.</summary>
/// <param name="Pid">The process.</param>
/// <param name="Number">The descriptor.</param>
/// <param name="Target">A path, or a name such as <c>pipe:[4711]</c> and <c>socket:[4711]</c>.</param>
public sealed record OpenDescriptor(int Pid, int Number, string Target)
{
    /// <summary>The link in /proc; what it stands for can be looked at through it.</summary>
    public string Path => $"/proc/{Pid}/fd/{Number}";

    /// <summary>The descriptors of a process; empty when it is gone or not ours to look into.</summary>
    /// <param name="pid">The process.</param>
    public static IReadOnlyList<OpenDescriptor> Of(int pid)
    {
        try
        {
            return
            [
                .. from name in Directory.GetFileSystemEntries($"/proc/{pid}/fd").Select(System.IO.Path.GetFileName)
                   let target = ProcFs.LinkOf(pid, $"fd/{name}")
                   where target is not null
                   select new OpenDescriptor(pid, int.Parse(name, CultureInfo.InvariantCulture), target),
            ];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>The number in a name such as <c>pipe:[4711]</c>; null when it is a name of another kind.</summary>
    /// <param name="kind">The kind: <c>pipe</c>, <c>socket</c>.</param>
    public uint? InodeOf(string kind) =>
        Target.StartsWith(kind + ":[", StringComparison.Ordinal) && uint.TryParse(Target.AsSpan(kind.Length + 2, Target.Length - kind.Length - 3), out var inode) ? inode : null;

    /// <summary>The mount through which it was opened, as the first field of a mount table's lines has it; null when it is closed.</summary>
    public int? MountId() =>
        ProcFs.StatusField($"/proc/{Pid}/fdinfo/{Number}", "mnt_id:") is { } id ? int.Parse(id, CultureInfo.InvariantCulture) : null;

    /// <summary>The flags that it was opened with, as in open(2); null when it is closed.</summary>
    public int? OpenFlags() => ProcFs.StatusField($"/proc/{Pid}/fdinfo/{Number}", "flags:") is { } octal ? Convert.ToInt32(octal, 8) : null;

    /// <summary>Whether it is a pipe with a name in the file system.</summary>
    public bool IsNamedPipe() => Target.StartsWith('/') && RegularFile.IsPipe(Path);

    /// <summary>The terminal of which this is the controlling side (/dev/ptmx); null when it is none.</summary>
    public int? TerminalMaster() =>
        Target.EndsWith("/ptmx", StringComparison.Ordinal) && ProcFs.StatusField($"/proc/{Pid}/fdinfo/{Number}", "tty-index:") is { } index
            ? int.Parse(index, CultureInfo.InvariantCulture)
            : null;
}
