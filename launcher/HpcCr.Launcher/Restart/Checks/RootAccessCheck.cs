using HpcCr.Linux;

namespace HpcCr.Launcher;

/// <summary>Files that root may not open and the job's user may, as on a file server that squashes root: the engine opens them as the user.</summary>
internal sealed class RootAccessCheck : IRestoreCheck
{
    public string Name => "root";

    public RestoreFinding Look(RestoreTarget target)
    {
        var written = target.Sandbox.JobFiles.Where(file => file.IsPutBack).Select(file => file.Path).ToList();
        var needed = (target.Sandbox.NeededFiles ?? []).Select(file => file.Path).Except(written).ToList();
        var squashed = written.Where(path => IsSquashed(target, path, write: true)).Concat(needed.Where(path => IsSquashed(target, path, write: false))).ToList();
        var text = squashed.Count == 0 ? $"{written.Count + needed.Count} to open as root" : $"{squashed.Count} of {written.Count + needed.Count} to open that are closed to root; all are opened as the job's user";
        return new RestoreFinding(text, []);
    }

    private static bool IsSquashed(RestoreTarget target, string path, bool write) =>
        !FileRights.May(path, read: !write, write: write) && target.Store.Run(() => FileRights.May(path, read: !write, write: write));
}
