using HpcCr.Core;
using HpcCr.Store;

namespace HpcCr.Launcher;

/// <summary>Epochs of a job that can be restarted in place of one that cannot.</summary>
internal static class GoodEpochs
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    /// <summary>What to do about an epoch that is refused: names the newest other one that is signed and has all its files.</summary>
    /// <param name="epochPath">The refused epoch.</param>
    /// <param name="job">Its job, if that is known; else the name of its folder's folder.</param>
    /// <param name="store">The user's view of the store.</param>
    /// <param name="key">What epochs are signed with.</param>
    public static string Advice(string epochPath, string? job, StoreAccess store, SigningKey key)
    {
        var folder = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(epochPath)) ?? "/";
        var name = job ?? Path.GetFileName(folder);
        var newest = store.RunWithin(Deadline, JobName.Printable(folder), () => Others(folder, epochPath).FirstOrDefault(path => IsGood(path, name, key)));
        return newest is null
            ? $"No other good epoch of {JobName.Printable(name)} was found in {JobName.Printable(folder)}."
            : $"The newest good epoch of {JobName.Printable(name)} is {JobName.Printable(newest)}.";
    }

    /// <summary>Whether an epoch is signed, of this job, and has all its files in their sizes. The hashes are checked when it is restarted.</summary>
    public static bool IsGood(string epochPath, string job, SigningKey key)
    {
        try
        {
            var (document, manifest) = EpochReader.ReadDocument(epochPath);
            return manifest.Job == job && ManifestSigner.FaultOf(document, manifest, key) is null
                && manifest.Nodes.All(node => node.Files.All(file => IsThere(epochPath, $"{node.Node}/{file.Path}", file.Size)));
        }
        catch (Exception e) when (e is HpcCrException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool IsThere(string epochPath, string file, long size) =>
        ImagePath.FaultOf(epochPath, file) is null && new FileInfo(Path.Combine(epochPath, file)) is { Exists: true } info && info.Length == size;

    private static IEnumerable<string> Others(string folder, string epochPath)
    {
        try
        {
            return EpochCatalog.Committed(folder).Reverse().Select(e => e.Path).Where(path => path != Path.TrimEndingDirectorySeparator(epochPath));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
