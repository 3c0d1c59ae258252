using HpcCr.Core;

namespace HpcCr.Store;

/// <summary>Finds the epochs of a job by scanning its folder; nothing else says that an epoch exists.</summary>
public static class EpochCatalog
{
    /// <summary>The committed epochs, oldest first; empty when the folder is missing.</summary>
    public static IReadOnlyList<EpochEntry> Committed(string jobFolder) =>
        [.. Folders(jobFolder)
            .Select(path => (Epoch: EpochName.Parse(System.IO.Path.GetFileName(path)), Path: path))
            .Where(e => e.Epoch is not null && File.Exists(System.IO.Path.Combine(e.Path, Manifest.FileName)))
            .Select(e => new EpochEntry(e.Epoch!.Value, e.Path))
            .OrderBy(e => e.Epoch)];

    /// <summary>The highest number that was ever used, committed or not; 0 when there is none.</summary>
    public static int HighestNumber(string jobFolder) =>
        Folders(jobFolder).Select(path => EpochName.ParseAny(System.IO.Path.GetFileName(path)) ?? 0).DefaultIfEmpty(0).Max();

    private static IEnumerable<string> Folders(string jobFolder) =>
        Directory.Exists(jobFolder) ? Directory.EnumerateDirectories(jobFolder) : [];
}
