using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>Root may open the job's files: the engine does so as root, whom a file server may squash.</summary>
internal sealed class RootAccessCheck : IRestoreCheck
{
    public string Name => "root";

    public RestoreFinding Look(RestoreTarget target)
    {
        var written = target.Sandbox.JobFiles.Where(file => file.IsPutBack).Select(file => file.Path).ToList();
        var needed = (target.Sandbox.NeededFiles ?? []).Select(file => file.Path).Except(written).ToList();
        return new RestoreFinding($"{written.Count + needed.Count} to open as root",
            [.. written.Where(path => IsSquashed(target, path, write: true)).Concat(needed.Where(path => IsSquashed(target, path, write: false))).Select(path => TextOf(path))]);
    }

    /// <summary>What is said of a file that root may not open.</summary>
    internal static string TextOf(string path) => $"root may not open {path}, as on a file server that squashes root, and the engine opens files as root; move it, or have it exported without";

    private static bool IsSquashed(RestoreTarget target, string path, bool write) =>
        !FileRights.May(path, read: !write, write: write) && target.Store.Run(() => FileRights.May(path, read: !write, write: write));
}
