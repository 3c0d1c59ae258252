using System.IO.Enumeration;
using HpcCr.Core;
using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>The regular files that fit a <see cref="FilePattern"/>, as far as the caller may look.</summary>
internal static class MatchingFiles
{
    /// <summary>Lists them, each once. Links are followed only where the pattern names them.</summary>
    /// <param name="spec">The job: its patterns; its own folder and any epochs are never looked into.</param>
    public static IReadOnlyList<string> Of(JobSpec spec) =>
        [.. spec.Capture.SelectMany(pattern => Below("/", pattern.Split('/', StringSplitOptions.RemoveEmptyEntries), spec.Folder)).Distinct()];

    private static IEnumerable<string> Below(string folder, string[] names, string closed)
    {
        if (folder == closed || EpochName.ParseAny(Path.GetFileName(folder)) is not null)
            return [];
        var (name, rest) = (names[0], names[1..]);
        if (name == FilePattern.AnyFolders)
        {
            var deeper = FoldersIn(folder).SelectMany(inner => Below(Path.Combine(folder, inner), names, closed));
            return rest.Length == 0 ? FilesIn(folder, "*").Concat(deeper) : Below(folder, rest, closed).Concat(deeper);
        }

        if (rest.Length == 0)
            return FilesIn(folder, name);
        return FilePattern.IsWild(name)
            ? FoldersIn(folder).Where(inner => Fits(name, inner)).SelectMany(inner => Below(Path.Combine(folder, inner), rest, closed))
            : Directory.Exists(Path.Combine(folder, name)) ? Below(Path.Combine(folder, name), rest, closed) : [];
    }

    private static IEnumerable<string> FilesIn(string folder, string name) => FilePattern.IsWild(name)
        ? Entries(folder).Where(entry => entry is FileInfo && Fits(name, entry.Name)).Select(entry => entry.FullName).Where(IsRegular)
        : ((string[])[Path.Combine(folder, name)]).Where(IsRegular);

    private static IEnumerable<string> FoldersIn(string folder) => Entries(folder).OfType<DirectoryInfo>().Select(inner => inner.Name);

    // What may not be listed has nothing that this user could store.
    private static IReadOnlyList<FileSystemInfo> Entries(string folder)
    {
        try
        {
            return [.. new DirectoryInfo(folder).EnumerateFileSystemInfos().Where(entry => entry.LinkTarget is null)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static bool Fits(string pattern, string name) => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false);

    private static bool IsRegular(string path) => FileStamp.Of(path) is not null;
}
