using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>Whether only root can change an installed plugin: everybody's epochs depend on it, and it may run as root.</summary>
internal static class PluginTrust
{
    private const uint WritableByOthers = 0x12; // g+w, o+w

    // Whoever owns the launcher's own program, or a folder above it, may change what root runs in any case.
    private static readonly uint Ours = FileFacts.Of(Environment.ProcessPath ?? "/")?.Uid ?? 0;

    /// <summary>What is wrong with the files of a plugin or with the folders above; null when nothing is.</summary>
    public static string? FaultOf(string folder)
    {
        var isShipped = folder.StartsWith(AppContext.BaseDirectory, StringComparison.Ordinal);
        return (isShipped ? [folder] : Above(Path.GetFullPath(folder))).Concat(Below(folder)).Select(path => FaultOfOne(path, isShipped)).FirstOrDefault(fault => fault is not null);
    }

    private static string? FaultOfOne(string path, bool isShipped)
    {
        if (new FileInfo(path).LinkTarget is not null)
            return $"{path} is a link";
        if (FileFacts.Of(path) is not { } facts)
            return $"{path} is gone";
        if (facts.Uid != 0 && !(isShipped && facts.Uid == Ours))
            return $"{path} belongs to user {facts.Uid}";
        return (facts.Mode & WritableByOthers) != 0 ? $"{path} can be written by others than root" : null;
    }

    private static IEnumerable<string> Above(string? folder)
    {
        for (; folder is not null; folder = Path.GetDirectoryName(folder))
            yield return folder;
    }

    // Links are not followed: they are faults themselves.
    private static IEnumerable<string> Below(string folder) =>
        Directory.EnumerateFileSystemEntries(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0, ReturnSpecialDirectories = false });
}
