using HpcCr.Core;

namespace HpcCr.Store;

/// <summary>The way to a file of an epoch.</summary>
public static class ImagePath
{
    /// <summary>What is wrong with the way as it is now, or null; a file that is missing is no fault of the way.</summary>
    /// <param name="folder">Where to begin.</param>
    /// <param name="path">The file, relative to it.</param>
    public static string? FaultOf(string folder, string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var parts = path.Split('/');
        var at = folder;
        foreach (var (index, part) in parts.Index())
        {
            at = Path.Combine(at, part);
            if (new FileInfo(at).LinkTarget is not null)
                return index == parts.Length - 1 ? "is a link" : "is behind a link";
        }

        return Directory.Exists(at) ? "is a folder" : null;
    }

    /// <summary>The failure of a restart that meets a file of another size.</summary>
    /// <param name="folder">Where the way begins.</param>
    /// <param name="path">The file, relative to it.</param>
    /// <param name="size">How long it is, in bytes.</param>
    /// <param name="expected">How long it was.</param>
    public static HpcCrException OtherSize(string folder, string path, long size, long expected) =>
        Damaged(folder, path, $"has {size} bytes instead of {expected}");

    /// <summary>The failure of a restart that meets such a file.</summary>
    /// <param name="folder">Where the way begins.</param>
    /// <param name="path">The file, relative to it.</param>
    /// <param name="how">What is wrong.</param>
    public static HpcCrException Damaged(string folder, string path, string how) =>
        new(FailureKind.Damaged, $"{Path.Combine(folder, path)} {how}; nothing was started", "Restart from another epoch; `hpccr list JOB` shows them.");
}
