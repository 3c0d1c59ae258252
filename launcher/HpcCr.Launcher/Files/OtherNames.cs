using HpcCr.Core;
using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>
/// Other names of files that have lost the one by which the job has them. A restart links such a file to its other name, so that who opens it by that
/// name meets those that have it open: named semaphores are made like this.
/// </summary>
internal static class OtherNames
{
    private const int MaximumEntries = 20_000;

    /// <summary>Another name in the sandbox's own folders, as the job sees it.</summary>
    /// <param name="job">The job, frozen.</param>
    /// <param name="lost">The name that it has lost.</param>
    /// <param name="stamp">The file.</param>
    /// <exception cref="HpcCrException">There is none (unsupported).</exception>
    public static string InSandbox(LocalJob job, string lost, FileStamp stamp)
    {
        foreach (var (inside, folder) in PrivateFolders.Of(job.Spec, job.Layout))
        {
            var found = new DirectoryInfo(folder).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
                .FirstOrDefault(file => FileStamp.Of(file.FullName) is { } other && other.IsSameFile(stamp) && !IsOfEngine(file.Name));
            if (found is not null)
                return Path.Combine(inside, Path.GetRelativePath(folder, found.FullName));
        }

        throw new HpcCrException(FailureKind.Unsupported, $"a process of {job.Spec.Name} holds {lost}, which was deleted there and has another name that cannot be found",
            "The job runs on. Checkpoint when the file has been closed.");
    }

    /// <summary>Another name in the folder of the one that was lost; null when it is elsewhere, or the folder is too large to be searched.</summary>
    public static string? Beside(LocalJob job, string lost, FileStamp stamp) => job.Store.Run(() =>
    {
        try
        {
            return Directory.EnumerateFiles(Path.GetDirectoryName(lost) ?? "/").Take(MaximumEntries)
                .FirstOrDefault(path => FileStamp.Of(path) is { } other && other.IsSameFile(stamp) && !IsOfEngine(Path.GetFileName(path)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    });

    // The engine makes these for the time of its dump.
    private static bool IsOfEngine(string name) => name.StartsWith("link_remap.", StringComparison.Ordinal);
}
