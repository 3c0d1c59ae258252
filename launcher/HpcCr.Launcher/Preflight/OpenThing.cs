using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>What a process has open or mapped.</summary>
/// <param name="Target">As /proc names it.</param>
/// <param name="Path">The link in /proc that leads to it.</param>
/// <param name="Facts">What it is; null when it has been closed since.</param>
/// <param name="Descriptor">The descriptor; null for what is only mapped.</param>
internal sealed record OpenThing(string Target, string Path, FileFacts? Facts, OpenDescriptor? Descriptor)
{
    /// <summary>It had a name and has lost its last one; memory that never had one does not count.</summary>
    public bool IsGhost => Facts is { IsRegular: true, Links: 0 } && Target.StartsWith('/') && Target.EndsWith(DeletedName.Mark, StringComparison.Ordinal)
        && !Nameless.Any(name => Target.StartsWith(name, StringComparison.Ordinal));

    /// <summary>Its target without what the kernel adds.</summary>
    public string Name => IsGhost ? DeletedName.Of(Target) : Target;

    // Memory that the kernel keeps as files without a place in any folder.
    private static readonly string[] Nameless = ["/memfd:", "/SYSV", "/dev/zero", "/[aio]", "/anon_hugepage", "/secretmem"];
}
