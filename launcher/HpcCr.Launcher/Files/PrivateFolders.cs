using HpcCr.Core;

namespace HpcCr.Launcher;

/// <summary>The sandbox's own folders: where the job sees them, and where they are.</summary>
internal static class PrivateFolders
{
    /// <summary>All of them, the most used first.</summary>
    public static IEnumerable<(string Inside, string Folder)> Of(JobSpec spec, SandboxLayout layout)
    {
        yield return ("/dev/shm", layout.SharedMemory);
        yield return (layout.TemporaryInside, layout.Temporary);
        if (spec.PrivateTmp)
            yield return ("/tmp", layout.Temporary);
    }

    /// <summary>Where a file in one of them is; null when the path is in none.</summary>
    /// <param name="spec">The job.</param>
    /// <param name="layout">Its folders here.</param>
    /// <param name="path">As the job sees it.</param>
    public static string? PathOf(JobSpec spec, SandboxLayout layout, string path) => Of(spec, layout)
        .Where(folder => path.StartsWith(folder.Inside + "/", StringComparison.Ordinal))
        .Select(folder => Path.Combine(folder.Folder, path[(folder.Inside.Length + 1)..])).FirstOrDefault();
}
